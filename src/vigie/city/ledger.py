"""The ledger: what each feed says of the truth, kept apart so that methods can be scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vigie.city.span import BoolArray, IntArray
from vigie.city.texts import Planted

TIMESTAMP = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Feed:
    """One native feed on disk.

    Attributes:
        source: Name the feed is registered under.
        connector: Connector that reads it.
        mapping: Mapping file, relative to the folder, or empty.
        kind: Record kind it gives.
        paths: Files, relative to the folder, in order.
        rows: Rows in the files, repeated and defective ones included.
        records: Distinct records expected in the lake.
        repeats: Rows that say a known record again (repeated lines, later revisions).
        defects: Rows made wrong on purpose that must be refused.
        options: Options of the feed for its connector.
        via: Transport of its live messages: ``push`` (HTTP with a token), ``folder`` (files that
            are dropped), ``sftp`` (the same, elsewhere), ``poll`` (an address that is fetched),
            ``mqtt`` or ``hand`` (none of its own).
        period_s: How often it speaks; 0 as its connector says.
        title: French and English; empty as its connector says.
        also: Distinct records of other kinds that the same rows give, by kind.
    """

    source: str
    connector: str
    mapping: str
    kind: str
    paths: tuple[str, ...]
    rows: int
    records: int
    repeats: int = 0
    defects: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    via: str = "push"
    period_s: int = 0
    title: dict[str, str] = field(default_factory=dict)
    also: dict[str, int] = field(default_factory=dict)


@dataclass
class Ledger:
    """Accumulates, feed by feed, the link from source rows to the truth."""

    tellings: list[pa.Table] = field(default_factory=list)
    defects: list[dict[str, Any]] = field(default_factory=list)
    planted: list[tuple[str, str, str, str, str, int, int]] = field(default_factory=list)

    def tell(
        self,
        source: str,
        refs: Iterable[str],
        incident: IntArray,
        *,
        role: Iterable[str],
        from_us: IntArray,
        to_us: IntArray,
        reported_us: IntArray,
        past: BoolArray,
    ) -> None:
        """Record which source row tells which incident, with what the source knows of its time.

        ``past`` says which rows stand in the files; the others come with the live replay.
        """
        columns = {
            "source": pa.array([source] * len(incident), pa.string()),
            "source_ref": pa.array(list(refs), pa.string()),
            "incident": pa.array(incident, pa.int64()),
            "role": pa.array(list(role), pa.string()),
            "earliest_at": pa.array(from_us, pa.int64()).cast(TIMESTAMP),
            "latest_at": pa.array(to_us, pa.int64()).cast(TIMESTAMP),
            "reported_at": pa.array(reported_us, pa.int64()).cast(TIMESTAMP),
            "past": pa.array(past, pa.bool_()),
        }
        self.tellings.append(pa.table(columns))

    def defect(self, source: str, file: str, row: int, ref: str, code: str) -> None:
        """Record a row made wrong on purpose and the reason code it must get."""
        self.defects.append(
            {"source": source, "file": file, "row": row, "source_ref": ref, "code": code}
        )

    def plant_texts(self, source: str, refs: Sequence[str], where: str, planted: Planted) -> None:
        """Record values planted in free texts (0-based characters of the field)."""
        self.planted.extend(
            (source, refs[text], where, kind, value, start, start + len(value))
            for text, kind, value, start in zip(
                planted.text, planted.kind, planted.value, planted.start, strict=True
            )
        )

    def plant_fields(
        self, source: str, where: str, kind: str, values: Iterable[tuple[str, str]]
    ) -> None:
        """Record fields that are a personal value from end to end, as (reference, value)."""
        self.planted.extend(
            (source, ref, where, kind, value, 0, len(value)) for ref, value in values
        )

    def write(self, folder: Path) -> None:
        """Write the ledger's tables as Parquet."""
        if self.tellings:
            pq.write_table(pa.concat_tables(self.tellings), folder / "tellings.parquet")
        pq.write_table(pa.Table.from_pylist(self.defects, _DEFECTS), folder / "defects.parquet")
        columns = list(zip(*self.planted, strict=True)) or [()] * len(_PLANTED)
        pq.write_table(pa.table(columns, schema=_PLANTED), folder / "planted.parquet")


_DEFECTS = pa.schema(
    [
        ("source", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
        ("source_ref", pa.string()),
        ("code", pa.string()),
    ]
)
_PLANTED = pa.schema(
    [
        ("source", pa.string()),
        ("source_ref", pa.string()),
        ("field", pa.string()),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
    ]
)
