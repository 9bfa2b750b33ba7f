"""A built city and what the real connectors read from it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import vigie.connectors
from vigie.base.settings import CitySettings
from vigie.city.ledger import Feed
from vigie.city.manifest import CityManifest
from vigie.city.truth import Truth, make_truth
from vigie.intake.checks import check, naive_columns
from vigie.intake.connector import Connector, Context, Parsed, Payload, discover
from vigie.intake.prepare import with_defaults
from vigie.model.contracts import CONTRACTS


@dataclass
class Read:
    """What a connector read, after the kit's checks; ``kind`` is what its feed is mainly about."""

    kind: str = ""
    kinds: Counter[str] = field(default_factory=Counter)
    refs: Counter[str] = field(default_factory=Counter)
    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    narratives: list[str | None] = field(default_factory=list)
    rejected: list[tuple[str, int, str]] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)

    @property
    def table(self) -> pa.Table:
        return self.table_of(self.kind)

    def table_of(self, kind: str) -> pa.Table:
        return pa.concat_tables(self.tables[kind])

    @property
    def every_table(self) -> list[pa.Table]:
        return [self.table_of(kind) for kind in self.tables]


@dataclass
class BuiltCity:
    """A folder and its manifest."""

    folder: Path
    manifest: CityManifest
    _reads: dict[str, Read] = field(default_factory=dict, repr=False)

    @cached_property
    def truth(self) -> Truth:
        of = self.manifest
        return make_truth(seed=of.seed, days=of.days, scale=of.scale, now=of.now)

    @cached_property
    def connectors(self) -> dict[str, Connector]:
        return discover(vigie.connectors)

    def parquet(self, name: str) -> pa.Table:
        return pq.read_table(self.folder / "truth" / f"{name}.parquet")

    def tellings(self, source: str) -> list[dict[str, Any]]:
        """What a source tells in its files."""
        told = self.parquet("tellings").to_pylist()
        return [t for t in told if t["source"] == source and t["past"]]

    def chunks(self, feed: Feed, name: str, content: bytes) -> Iterator[Parsed]:
        mapping = {}
        if feed.mapping:
            mapping = tomllib.loads((self.folder / feed.mapping).read_text(encoding="utf-8"))
        context = Context(
            source=feed.source,
            timezone="Europe/Paris",
            now=self.manifest.now,
            mapping=mapping,
            options=feed.options,
            bbox=CitySettings().bbox,
        )
        payload = Payload(name=name, content=BytesIO(content), size=len(content))
        yield from self.connectors[feed.connector].parse(payload, context)

    def read(self, feed: Feed) -> Read:
        """Read every file of a feed with its real connector and the kit's checks, once."""
        if feed.source in self._reads:
            return self._reads[feed.source]
        out = self._reads[feed.source] = Read(feed.kind)
        for path in feed.paths:
            content = (self.folder / path).read_bytes()
            for parsed in self.chunks(feed, Path(path).name, content):
                self.add(out, path, parsed)
        return out

    def add(self, out: Read, path: str, parsed: Parsed) -> None:
        contract = CONTRACTS[parsed.kind]
        rows = np.asarray(parsed.rows)
        given = with_defaults(contract, parsed.table)
        verdicts = check(
            parsed.kind,
            contract.conform(given, only=contract.names("given")),
            rows,
            received_at=self.manifest.now,
            bbox=CitySettings().bbox,
            naive=tuple(naive_columns(parsed.kind, parsed.table)),
        )
        out.rejected += [(path, r.row or 0, r.code) for r in parsed.rejects]
        out.rejected += [(path, int(rows[r.index]), r.code) for r in verdicts.refused]
        for notice in (*parsed.notices, *verdicts.notices):
            out.notices[notice.code] += notice.count
        good = pa.array(verdicts.good)
        kept = verdicts.table.filter(good)
        out.tables.setdefault(parsed.kind, []).append(kept)
        out.kinds[parsed.kind] += kept.num_rows
        out.refs.update(kept["source_ref"].to_pylist())
        if parsed.narratives is not None:
            out.narratives += parsed.narratives.filter(good).to_pylist()
