"""Erasing records so that no byte of them is left, and the scan that proves it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vigie.lake.commit import holding
from vigie.lake.index import IdIndex
from vigie.lake.layout import sort_rows, write_sorted
from vigie.lake.table import LakeTable
from vigie.model.contracts import Contract

_SQLITE = b"SQLite format 3\x00"
_BLOCK = 1 << 24


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did.

    Attributes:
        erased: Records deleted.
        narratives: Live texts deleted.
        parts: Parts rewritten.
        files: Data files deleted for good (replaced ones and leftovers of crashes).
        log_entries: Entries of the table's log deleted.
    """

    erased: int
    narratives: int
    parts: tuple[str, ...]
    files: int
    log_entries: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A place where something that was looked for still stands."""

    path: Path
    needle: str
    where: str


def erase_rows(
    contract: Contract, table: LakeTable, index: IdIndex, ids: Sequence[str]
) -> tuple[int, tuple[str, ...], int, int]:
    """Delete records for good; the caller holds the table's lock.

    Files that held them are rewritten without them, everything that the new version does not need
    is deleted (older versions, leftovers, log entries), and the index file is rewritten.

    Returns:
        Records deleted, parts changed, data files deleted, log files deleted.
    """
    index.catch_up(contract.name, table, contract.id_column)
    stale: defaultdict[str, set[str]] = defaultdict(set)
    for id_, (part, _) in index.find(contract.name, sorted(set(ids))).items():
        stale[part].add(id_)
    erased = sorted(id_ for found in stale.values() for id_ in found)
    if erased:
        remove, rest = holding(table, contract.id_column, stale)
        added = write_sorted(table.drafts, sort_rows(contract, rest))
        version = table.commit(added, remove, metadata={"vigie.operation": "erase"})
        index.record(contract.name, version.number, [], dropped=erased)
    files, entries = table.forget_history()
    index.forget_deleted()
    return len(erased), tuple(sorted(stale)), files, entries


def find_bytes(folder: Path, needles: Sequence[str | int]) -> list[Trace]:
    """Return every trace of some values in a folder, whatever hides them.

    Each file is read as raw bytes (text as UTF-8, an integer as eight bytes little-endian and as
    decimal digits); a Parquet file also value by value, since compression hides bytes; an SQLite
    file also row by row, since a long value may be cut by a page.

    Args:
        folder: Read with everything under it.
        needles: Texts and integers to look for.
    """
    traces = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        traces += [Trace(path, str(needle), "bytes") for needle in _in_file(path, needles)]
        for where, value in _values(path):
            text = str(value)
            traces += [Trace(path, str(n), where) for n in needles if str(n) in text]
    return traces


def _forms(needle: str | int) -> list[bytes]:
    if isinstance(needle, int):
        return [needle.to_bytes(8, "little", signed=True), str(needle).encode()]
    return [needle.encode()]


def _in_file(path: Path, needles: Sequence[str | int]) -> list[str | int]:
    """Return the needles that stand in a file, which is read once."""
    sought = {needle: _forms(needle) for needle in dict.fromkeys(needles)}
    longest = max((len(form) for forms in sought.values() for form in forms), default=1)
    found = set()
    kept = b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            seen = kept + block
            for needle, forms in sought.items():
                if any(form in seen for form in forms):
                    found.add(needle)
            kept = seen[-longest:]
    return [needle for needle in sought if needle in found]


def _values(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield ``(where, value)`` of everything a Parquet or SQLite file holds."""
    with path.open("rb") as stream:
        head = stream.read(len(_SQLITE))
    if head[:4] == b"PAR1":
        file = pq.ParquetFile(path)
        try:
            for batch in file.iter_batches():
                for name, column in zip(batch.schema.names, batch.columns, strict=True):
                    yield f"column {name}", column.to_pylist()
        finally:
            file.close()
    elif head == _SQLITE:
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            for (name,) in names.fetchall():
                for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608
                    yield f"table {name}", row
        finally:
            database.close()
