"""From what a connector read to complete records: contract, scrub, locate, cells, time, ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.errors import WrongUsage
from vigie.geo.cells import cell_columns
from vigie.intake.checks import Box, Verdicts, check, mask_of, naive_columns
from vigie.intake.connector import Parsed
from vigie.intake.identify import record_id_column
from vigie.intake.joining import Origin
from vigie.intake.locating import Geocoder, place
from vigie.lake.partial import SAID
from vigie.lake.sealed import ORIGINALS
from vigie.model.contracts import CONTRACTS, NARRATIVES, TIMESTAMP, Contract, RecordKind
from vigie.model.notices import Notice, Reject
from vigie.model.times import local_columns
from vigie.privacy.sensitive import SENSITIVE_CLASSES, mask_sensitive

ScrubTexts = Callable[[list[str]], tuple[list[str], list[int]]]
"""Texts in, scrubbed texts and how many passages were removed from each."""

_INSTANTS = {"facts": ("earliest_at", "latest_at"), "measures": ("from_at", "to_at"),
             "plans": ("starts_at", "ends_at"), "means": ("at",)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What preparing needs beside the data.

    Attributes:
        source: Feed.
        timezone: City's zone.
        bbox: West, south, east, north of the city.
        geocoders: Asked in turn for rows without coordinates.
        scrub: Removes personal data from texts.
        originals: Whether texts are also kept as they were, for the sealed plane.
    """

    source: str
    timezone: str
    bbox: Box
    geocoders: Sequence[Geocoder]
    scrub: ScrubTexts
    originals: bool = False


@dataclass(slots=True)
class Prepared:
    """Complete records of one chunk, and what was said about it.

    Attributes:
        kind: Record kind.
        table: The contract's columns, all of them; ``batch_id`` is filled on commit.
        narratives: Scrubbed texts in the ``NARRATIVES`` form, or None.
        rejects: Rows for quarantine; ``row`` counts in the payload, joined or not.
        notices: Remarks.
        read: Rows of the payload that this chunk covers.
        originals: Texts before scrubbing, for the sealed plane only, or None.
        partial: Records told in part, with ``said`` beside the contract's columns, or None; they
            are not in ``table``.
    """

    kind: RecordKind
    table: pa.Table
    narratives: pa.Table | None
    rejects: list[Reject]
    notices: list[Notice]
    read: int
    originals: pa.Table | None = None
    partial: pa.Table | None = None

    @property
    def tables(self) -> list[pa.Table]:
        """All records, told whole or in part."""
        return [self.table, *([] if self.partial is None else [self.partial])]


@dataclass(slots=True)
class _Aligned:
    """A table and what lies row by row beside it."""

    table: pa.Table
    rows: npt.NDArray[np.int64]
    texts: dict[str, pa.Array] = field(default_factory=dict)

    def filter(self, good: npt.NDArray[np.bool_]) -> None:
        if good.all():
            return
        mask = pa.array(good)
        self.table = self.table.filter(mask)
        self.rows = self.rows[good]
        self.texts = {name: values.filter(mask) for name, values in self.texts.items()}


def prepare(
    parsed: Parsed,
    kitchen: Kitchen,
    *,
    received_us: npt.NDArray[np.int64],
    received_at: datetime,
    origin: Origin,
) -> Prepared:
    """Turn a parsed chunk into complete records.

    Args:
        parsed: From the connector.
        kitchen: Feed, zone, geocoders, scrubber.
        received_us: Time of receipt of each message of ``origin``.
        received_at: Instant that "future" is measured from.
        origin: Which message each row came by.

    Raises:
        WrongUsage: When the connector broke the chunk's shape (its bug, not the data's).
    """
    contract = CONTRACTS[parsed.kind]
    given = with_defaults(contract, parsed.table)
    aligned = _align(parsed, contract.conform(given, only=contract.names("given")))
    verdicts = check(
        parsed.kind,
        aligned.table,
        aligned.rows,
        received_at=received_at,
        bbox=kitchen.bbox,
        naive=tuple(naive_columns(parsed.kind, parsed.table)),
    )
    rejects = [*parsed.rejects, *_rejects(parsed, verdicts, aligned.rows)]
    notices = [*parsed.notices, *verdicts.notices]
    aligned.table = verdicts.table
    aligned.filter(verdicts.good)
    if "lon" in aligned.table.column_names:
        notices += _locate(contract, aligned, kitchen)
    index, rows = origin.split(aligned.rows)
    table = _complete(contract, aligned, kitchen, received_us[index], rows)
    narratives, remarks = _narratives(contract, aligned, table, kitchen)
    originals = _originals(aligned, table) if kitchen.originals and narratives else None
    told = [*notices, *remarks]
    whole, partial = _divided(table, aligned)
    return Prepared(parsed.kind, whole, narratives, rejects, told, parsed.read, originals, partial)


def _divided(table: pa.Table, aligned: _Aligned) -> tuple[pa.Table, pa.Table | None]:
    """Return the records told whole, and those told in part."""
    said = aligned.texts.get(SAID)
    if said is None:
        return table, None
    mask = pc.is_valid(said)
    partial = table.append_column(SAID, said).filter(mask)
    return table.filter(pc.invert(mask)), partial


def with_defaults(contract: Contract, table: pa.Table) -> pa.Table:
    """Return the table with the few values that the contract lets a source leave out.

    No revision is 0, no end is an instant, no basis is "reported", a plan is declared unless the
    source says otherwise. Finer time stamps than a microsecond are cut.
    """
    present = set(table.column_names)
    for index, entry in enumerate(table.schema):
        if pa.types.is_timestamp(entry.type) and entry.type.unit == "ns":
            micro = pa.timestamp("us", tz=entry.type.tz)
            column = pc.cast(table[entry.name], micro, safe=False)
            table = table.set_column(index, entry.name, column)
    defaults: dict[str, Any] = {"revision": 0}
    if contract.name == "facts":
        defaults["basis"] = "reported"
    if contract.name == "plans":
        defaults["declared"] = True
    for name, value in defaults.items():
        scalar = pa.scalar(value, contract.column(name).type)
        if name not in present:
            table = table.append_column(name, pa.repeat(scalar, table.num_rows))
        elif table[name].null_count:
            filled = pc.fill_null(pc.cast(table[name], scalar.type), scalar)
            table = table.set_column(table.schema.get_field_index(name), name, filled)
    if contract.name == "facts" and "earliest_at" in present:
        if "latest_at" not in present:
            table = table.append_column("latest_at", table["earliest_at"])
        elif table["latest_at"].null_count:
            start = pc.cast(table["earliest_at"], table["latest_at"].type)
            ends = pc.coalesce(table["latest_at"], start)
            table = table.set_column(table.schema.get_field_index("latest_at"), "latest_at", ends)
    return table


def _align(parsed: Parsed, table: pa.Table) -> _Aligned:
    rows = np.asarray(pc.fill_null(pa.array(parsed.rows, pa.int64()), 0))
    texts = {
        name: _one_array(values)
        for name, values in (
            ("narrative", parsed.narratives),
            ("address", parsed.address),
            ("place_name", parsed.place_name),
        )
        if values is not None
    }
    if parsed.said is not None:
        texts[SAID] = parsed.said
    lengths = {"rows": len(rows), **{name: len(values) for name, values in texts.items()}}
    for name, length in lengths.items():
        if length != table.num_rows:
            raise WrongUsage(reason=f"{name}: {length} values for {table.num_rows} rows")
    return _Aligned(table.combine_chunks(), rows, texts)


def _one_array(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(pa.string())


def _rejects(parsed: Parsed, verdicts: Verdicts, rows: npt.NDArray[np.int64]) -> list[Reject]:
    raw = parsed.raw
    return [
        Reject(
            refused.code,
            row=int(rows[refused.index]),
            params=refused.params,
            raw=b"" if raw is None else raw(refused.index),
        )
        for refused in verdicts.refused
    ]


def _locate(contract: Contract, aligned: _Aligned, kitchen: Kitchen) -> list[Notice]:
    texts = aligned.texts
    placed = place(aligned.table, texts.get("address"), texts.get("place_name"), kitchen.geocoders)
    aligned.table = placed.table
    notices = _count("geocoded", placed.found, aligned.rows, severity="info")
    if contract.name == "facts":
        unplaced = mask_of(pc.is_null(placed.table["lon"]))
        if SAID in texts:  # another revision may tell the place
            unplaced &= mask_of(pc.is_null(texts[SAID]))
        notices += _count("unplaced", unplaced, aligned.rows)
    return notices


def _count(
    code: str, mask: npt.NDArray[np.bool_], rows: npt.NDArray[np.int64], severity: Any = "warning"
) -> list[Notice]:
    hit = np.flatnonzero(mask)
    if not len(hit):
        return []
    return [Notice(code, severity=severity, row=int(rows[hit[0]]), count=len(hit))]


def _complete(
    contract: Contract,
    aligned: _Aligned,
    kitchen: Kitchen,
    received_us: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> pa.Table:
    """Add the derived columns."""
    table = aligned.table
    n = table.num_rows
    refs = table["source_ref"].to_pylist()
    columns: dict[str, Any] = {name: table[name] for name in table.column_names}
    columns[contract.id_column] = record_id_column(kitchen.source, refs)
    columns["source"] = pa.repeat(pa.scalar(kitchen.source, pa.string()), n)
    columns["received_at"] = pa.array(received_us).cast(TIMESTAMP)
    columns["batch_id"] = pa.repeat(pa.scalar("", pa.string()), n)
    columns["row"] = pa.array(rows)
    for name in _INSTANTS.get(contract.name, ()):
        columns[f"{name.removesuffix('_at')}_us"] = pc.cast(table[name], pa.int64())
    if contract.name == "places":
        since = pc.fill_null(pc.cast(table["valid_from_at"], pa.int64()), 0)
        columns["valid_from_us"] = since
    local = local_columns(_one_int(columns[contract.time_column]), kitchen.timezone)
    columns |= local._asdict()
    if "lon" in columns:
        columns |= cell_columns(_floats(table["lon"]), _floats(table["lat"]))._asdict()
    columns["part"] = part_of(local.local_day, thin=contract.thin)
    return pa.table(
        [_conformed(columns[c.name], c.type) for c in contract.columns], schema=contract.schema
    )


def _conformed(values: Any, kind: pa.DataType) -> Any:
    return values if values.type == kind else values.cast(kind)


def _one_int(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _floats(values: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.asarray(pc.fill_null(values, np.nan), np.float64)


def part_of(days: pa.Array, *, thin: bool) -> pa.StringArray:
    """Return the partition of each local day: the day, or its month for thin tables."""
    if len(days) == 0:
        return pa.array([], pa.string())
    coded = days.dictionary_encode()
    names = pc.strftime(coded.dictionary, format="%Y-%m" if thin else "%Y-%m-%d")
    return pc.take(names, coded.indices)


def _narratives(
    contract: Contract, aligned: _Aligned, table: pa.Table, kitchen: Kitchen
) -> tuple[pa.Table | None, list[Notice]]:
    texts = aligned.texts.get("narrative")
    if texts is None or contract.name != "facts":
        return None, []
    told = _told(texts)
    if not told.any():
        return None, []
    mask = pa.array(told)
    scrubbed, counts = kitchen.scrub(texts.filter(mask).to_pylist())
    masked = [mask_sensitive(text) for text in scrubbed]
    redactions = pa.array(counts, pa.int32())
    kept = table.select(["fact_id", "source", "revision", "part"]).filter(mask)
    columns = {
        "text": pa.array([text for text, _ in masked], pa.string()),
        "redactions": redactions,
        **{name: kept[name] for name in kept.column_names},
    }
    narratives = pa.table([columns[f.name] for f in NARRATIVES], schema=NARRATIVES)
    touched = np.asarray(pc.greater(redactions, 0))
    rows = aligned.rows[told]
    notices = _count("redacted_text", touched, rows, severity="info")
    for name in SENSITIVE_CLASSES:
        hit = np.asarray([name in said for _, said in masked])
        found = _count("sensitive_words", hit, rows, severity="info")
        notices += [replace(notice, params={"class": name}) for notice in found]
    return narratives, notices


def _told(texts: pa.Array) -> npt.NDArray[np.bool_]:
    return mask_of(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(texts)), 0))


def _originals(aligned: _Aligned, table: pa.Table) -> pa.Table:
    """Return the texts that were scrubbed as they were, with the source's own references."""
    texts = aligned.texts["narrative"]
    mask = pa.array(_told(texts))
    kept = table.filter(mask)
    columns = {name: kept[name] for name in ORIGINALS.names if name != "text"}
    columns["text"] = texts.filter(mask)
    return pa.table([columns[f.name] for f in ORIGINALS], schema=ORIGINALS)
