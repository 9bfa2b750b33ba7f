"""The sealed vault, opened by a warrant: what its query covers, a line before each reading (REQ-2).

A fact is covered when its earliest instant lies in the window and its place in the polygon: what a
hold freezes by the same act, no more. A fact without a place is in no polygon. Texts are decrypted
by feed and day, those of the covered facts alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from vigie.base.clock import to_rfc3339, to_us
from vigie.geo.cells import cell_text
from vigie.inquiry.cases import reference_of
from vigie.inquiry.house import Door, House
from vigie.inquiry.query import Query
from vigie.inquiry.recordings import Segment, cameras_in, recorder_of, seen_video
from vigie.inquiry.requisitions import VAULT, Warrant
from vigie.lake.sealed import REGIMES
from vigie.privacy.purposes import Verb

IDS_A_LINE = 5_000
"""Ids of facts in one line of the audit."""


@dataclass(slots=True)
class Gathered:
    """What a warrant opened.

    Attributes:
        records: Rows by store, each as it is written into the package.
        segments: Recordings to be copied into it.
        recorder: Whether the home has a recorder at all.
        lines: Lines of the audit that this reading left.
    """

    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    recorder: bool = False
    lines: list[int] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many records of each store."""
        found = {store: len(rows) for store, rows in self.records.items()}
        return found | ({"video": len(self.segments)} if self.recorder else {})


class Vault:
    """Reads for one warrant.

    Args:
        house: The home.
        door: Of whoever the warrant was given to.
        warrant: What may be read.
    """

    def __init__(self, house: House, door: Door, warrant: Warrant) -> None:
        self._house, self._door, self._warrant = house, door, warrant
        self._query = warrant.query
        self._found = Gathered()
        self._files: dict[tuple[str, int], tuple[str | None, str | None]] = {}

    def gather(self) -> Gathered:
        """Return everything that the query covers, from every store that it names."""
        stores = self._query.stores
        facts = self._facts() if {"facts", "narratives", "originals"} & set(stores) else []
        if "facts" in stores:
            self._found.records["facts"] = [self._fact(row) for row in facts]
        if "narratives" in stores:
            self._found.records["narratives"] = list(self._narratives(facts))
        if "originals" in stores and self._house.lake.keeps_originals:
            self._found.records["originals"] = list(self._originals(facts))
        if "measures" in stores:
            self._found.records["measures"] = self._measures()
        if "plans" in stores:
            self._found.records["plans"] = self._plans()
        if "video" in stores:
            self._video()
        return self._found

    def _tell(self, **subject: Any) -> None:
        """Write down what is about to be read."""
        warrant = self._warrant
        told = {"requisition": warrant.requisition.requisition_id, "query": warrant.sha256}
        line, _ = self._door.ask(
            VAULT,
            Verb.DISCLOSE,
            {**told, "act": "read", **subject},
            case=reference_of(warrant.case),
            recipient=str(warrant.requisition.content["authority"]),
        )
        if line is not None:
            self._found.lines.append(line)

    def _covered(self, kind: str) -> pa.Table:
        query = self._query
        table = self._house.lake.scan(kind, from_us=query.from_us, to_us=query.to_us)
        found = covered(query, table)
        self._house.desk.field_uses.note(kind, found.column_names if found.num_rows else ())
        return found

    def _facts(self) -> list[dict[str, Any]]:
        self._tell(store="facts")
        return list(self._covered("facts").to_pylist())

    def _fact(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "fact_id": row["fact_id"],
            "kind": row["kind"],
            "source": row["source"],
            "earliest_at": to_rfc3339(row["earliest_us"]),
            "latest_at": to_rfc3339(row["latest_us"]),
            "lon": row["lon"],
            "lat": row["lat"],
            "accuracy_m": row["accuracy_m"],
            "cell": None if row["cell"] is None else cell_text(row["cell"]),
            "severity": row["severity"],
            "status": row["status"],
            "basis": row["basis"],
            "discovered_by": row["discovered_by"],
            "quantity": row["quantity"],
            "attributes": dict(row["attributes"] or ()),
            "provenance": self._provenance(row),
        }

    def _provenance(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return where a record came from, to the row of the file and the hash of the file."""
        received = to_us(row["received_at"])
        key = (row["batch_id"], received)
        if key not in self._files:
            message = self._house.intake.message_of(*key)
            self._files[key] = (None, None) if message is None else (message.name, message.sha256)
        name, sha256 = self._files[key]
        return {
            "batch_id": row["batch_id"],
            "row": row["row"],
            "revision": row["revision"],
            "received_at": to_rfc3339(received),
            "file": name,
            "file_sha256": sha256,
        }

    def _by_day(self, store: str, facts: list[dict[str, Any]]) -> Iterator[list[str]]:
        """Yield the facts of each feed and day, after the line that says so."""
        groups: dict[tuple[str, str], list[str]] = {}
        for row in facts:
            key = (row["source"], row["local_day"].isoformat())
            groups.setdefault(key, []).append(row["fact_id"])
        for (source, day), ids in sorted(groups.items()):
            for at in range(0, len(ids), IDS_A_LINE):
                some = ids[at : at + IDS_A_LINE]
                self._tell(store=store, source=source, day=day, facts=some)
                yield some

    def _narratives(self, facts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for ids in self._by_day("narratives", facts):
            for fact_id in ids:
                text = self._house.lake.narrative(fact_id)
                if text is not None:
                    yield {"fact_id": fact_id, "text": text}

    def _originals(self, facts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        regimes = [one for name in REGIMES if (one := self._house.lake.originals(name)) is not None]
        for ids in self._by_day("originals", facts):
            for regime in regimes:
                for fact_id, found in regime.read(ids).items():
                    yield {"fact_id": fact_id, "text": found.text, "source_ref": found.source_ref}

    def _measures(self) -> list[dict[str, Any]]:
        self._tell(store="measures")
        return [
            {
                "measure_id": row["measure_id"],
                "source": row["source"],
                "metric": row["metric"],
                "from_at": to_rfc3339(row["from_us"]),
                "to_at": to_rfc3339(row["to_us"]),
                "value": row["value"],
                "unit": row["unit"],
                "place_id": row["place_id"],
                "lon": row["lon"],
                "lat": row["lat"],
                "quality": row["quality"],
                "batch_id": row["batch_id"],
                "row": row["row"],
            }
            for row in self._covered("measures").to_pylist()
        ]

    def _plans(self) -> list[dict[str, Any]]:
        self._tell(store="plans")
        query, area = self._query, self._query.polygon
        return [
            {
                "plan_id": one.plan_id,
                "kind": one.kind,
                "title": one.title,
                "source": one.source,
                "state": one.state,
                "starts_at": to_rfc3339(one.starts_us),
                "ends_at": to_rfc3339(one.ends_us),
                "geometry": one.geometry.wkt,
                "version": one.version,
            }
            for one in self._house.plans.between(query.from_us, query.to_us)
            if one.geometry is not None
            and area.intersects(one.geometry)
            and (not query.sources or one.source in query.sources)
        ]

    def _video(self) -> None:
        recorder = recorder_of(self._house)
        if recorder is None:
            return
        self._found.recorder = True
        cameras = cameras_in(self._house, self._query)
        self._tell(**seen_video(cameras, (self._query.from_us, self._query.to_us)))
        segments = recorder.segments(cameras, self._query.from_us, self._query.to_us)
        self._found.segments = list(segments)


def covered(query: Query, table: pa.Table) -> pa.Table:
    """Return the rows of a table of the lake in a query's area and feeds; its window is given."""
    x, y = (table[name].to_numpy(zero_copy_only=False).astype(float) for name in ("lon", "lat"))
    inside = shapely.intersects_xy(query.polygon, np.nan_to_num(x, nan=999.0), y)
    mask = np.asarray(inside, dtype=bool) & ~np.isnan(x) & ~np.isnan(y)
    if query.sources:
        mask &= np.isin(np.array(table["source"].to_pylist(), dtype=object), query.sources)
    return table.filter(pa.array(mask))
