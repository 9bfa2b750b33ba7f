"""How a part becomes files: sorting, compression, row groups, and what the Delta log may know.

A part is a local day (a month for thin kinds). Files of a part are sorted as the contract says, so
that the row groups of a file are compact in space and a viewport reads few of them. The Delta log
holds one statistic per file, a range of ``cell`` widened to whole ancestors of resolution 8: no
identifying value may stand in a log that outlives the rows (engine reference, section 3).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.base.errors import WrongUsage
from vigie.base.ids import new_id
from vigie.model.contracts import Contract

PART = "part"
PART_PATTERN = re.compile(r"\d{4}-\d{2}(-\d{2})?")
ROW_GROUP_ROWS = 32_768
FILE_ROWS = 1_000_000
STATISTICS = ("cell",)
"""Columns whose (widened) range the Delta log may hold."""

_FINER_THAN_8 = 0x3F << 15
"""The bits of digits 9 and 10 of an H3 index (https://h3geo.org/docs/core-library/h3Indexing)."""
_UNIQUE = {"fact_id", "measure_id", "plan_id", "place_id", "means_id", "source_ref", "geometry"}
_UNIQUE |= {"lon_e7", "lat_e7"}
_WRITERS = 2
_SYNCERS = 16


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table version.

    Attributes:
        path: Relative to the table's folder, ``part=2026-01-05/….parquet``.
        part: The part it belongs to.
        rows: Number of rows.
        size: Bytes.
        low: Not above the least ``cell`` in it; None when no row has one.
        high: Not below the greatest ``cell`` in it.
    """

    path: str
    part: str
    rows: int
    size: int
    low: int | None
    high: int | None

    def stats(self) -> str:
        """Return the Delta statistics of this file as JSON."""
        ranged = self.low is not None
        return json.dumps(
            {
                "numRecords": self.rows,
                "minValues": {"cell": self.low} if ranged else {},
                "maxValues": {"cell": self.high} if ranged else {},
                "nullCount": {},
            }
        )


def part_code(part: str) -> int:
    """Return a part as an integer that sorts like it (``2026-01-05`` -> 20260105).

    Raises:
        WrongUsage: When the text is not a local day or month.
    """
    if not PART_PATTERN.fullmatch(part):
        raise WrongUsage(reason=f"part {part!r}")
    return int(part.replace("-", ""))


def part_name(code: int) -> str:
    """Return the part of a code; the inverse of ``part_code``."""
    text = str(code)
    return f"{text[:4]}-{text[4:6]}" + (f"-{text[6:]}" if len(text) > 6 else "")  # noqa: PLR2004


def _sort_key(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    """Return a column as something quick to sort by: text becomes its rank."""
    if not pa.types.is_string(column.type):
        return column
    encoded = column.combine_chunks().dictionary_encode()
    rank = np.empty(len(encoded.dictionary), dtype=np.int32)
    order = pc.sort_indices(encoded.dictionary).to_numpy(zero_copy_only=False)
    rank[order] = np.arange(len(rank), dtype=np.int32)
    codes = pc.fill_null(encoded.indices, 0).to_numpy(zero_copy_only=False)
    ranks = rank[codes] if len(rank) else np.zeros(len(codes), dtype=np.int32)
    return pa.array(ranks, mask=encoded.is_null().to_numpy(zero_copy_only=False))


def sort_rows(contract: Contract, table: pa.Table) -> pa.Table:
    """Return the rows sorted by part, then as the contract says, then by id (nulls last)."""
    names = (PART, *contract.sort, contract.id_column)
    keys = {f"k{i}": _sort_key(table[name]) for i, name in enumerate(names)}
    order = pc.sort_indices(pa.table(keys), sort_keys=[(name, "ascending") for name in keys])
    return table.take(order)


def _slices(parts: pa.ChunkedArray, most: int) -> Iterator[tuple[str, int, int]]:
    """Yield ``(part, start, length)`` of each run of a sorted column, cut at so many rows."""
    runs = pc.run_end_encode(parts.combine_chunks())
    start = 0
    for part, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        while start < end:
            length = min(most, end - start)
            yield part, start, length
            start += length


def _write_file(folder: Path, table: pa.Table, part: str, stem: str, group_rows: int) -> DataFile:
    path = f"{PART}={part}/{stem}{new_id()}.parquet"
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    plain = [name for name in table.column_names if name not in _UNIQUE]
    with target.open("wb") as sink:
        pq.write_table(
            table,
            sink,
            compression="zstd",
            compression_level=1,
            row_group_size=group_rows,
            use_dictionary=plain,
            version="2.6",
            store_schema=False,
        )
    low, high = _widened_range(table)
    return DataFile(path, part, table.num_rows, target.stat().st_size, low, high)


def _widened_range(table: pa.Table) -> tuple[int | None, int | None]:
    """Return bounds of ``cell`` that tell no more than ancestors of resolution 8."""
    if "cell" not in table.column_names:
        return None, None
    bounds = pc.min_max(table["cell"])
    low, high = bounds["min"].as_py(), bounds["max"].as_py()
    return (None, None) if low is None else (low & ~_FINER_THAN_8, high | _FINER_THAN_8)


def write_sorted(
    folder: Path,
    table: pa.Table,
    stems: Mapping[str, str] | None = None,
    group_rows: int = ROW_GROUP_ROWS,
    file_rows: int = FILE_ROWS,
) -> list[DataFile]:
    """Write rows already sorted by part as one file per part, or several of at most so many rows.

    Args:
        folder: The table's folder.
        table: Rows with the ``part`` column, sorted.
        stems: What the names of a part's files begin with.
        group_rows: Rows of a group, of which a question reads all or none.
        file_rows: Rows of a file at most.

    Returns:
        The files, which no version of the table knows yet.
    """
    if table.num_rows == 0:
        return []
    table = table.combine_chunks()
    body = table.drop_columns([PART])
    pieces = list(_slices(table[PART], file_rows))

    def write(piece: tuple[str, int, int]) -> DataFile:
        part, start, length = piece
        stem = (stems or {}).get(part, "")
        return _write_file(folder, body.slice(start, length), part, stem, group_rows)

    if len(pieces) == 1:
        files = [write(pieces[0])]
        sync(folder / files[0].path)
        return files
    with ThreadPoolExecutor(_WRITERS) as pool:
        files = list(pool.map(write, pieces))
    with ThreadPoolExecutor(_SYNCERS) as pool:  # waits only: the disk joins what comes together
        list(pool.map(sync, [folder / file.path for file in files]))
    return files


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_files(folder: Path, schema: pa.Schema, files: Sequence[DataFile]) -> pa.Table:
    """Return the rows of some files, complete with their ``part``, in the schema given."""
    tables = []
    for file in files:
        body = pq.read_table(folder / file.path, partitioning=None)
        part = pa.array([file.part], pa.string()).take(pa.array(np.zeros(file.rows, np.int64)))
        body = body.append_column(PART, part)
        tables.append(pa.table([body[f.name].cast(f.type) for f in schema], names=schema.names))
    if not tables:
        return pa.schema([pa.field(f.name, f.type) for f in schema]).empty_table()
    return pa.concat_tables(tables)


def prune(
    files: Sequence[DataFile],
    *,
    parts: tuple[str, str] | None = None,
    cells: tuple[int, int] | None = None,
) -> list[DataFile]:
    """Return the files that can hold rows of a part range and of a ``cell`` range (inclusive)."""
    kept = []
    for file in files:
        if parts is not None and not parts[0] <= file.part <= parts[1]:
            continue
        if cells is not None and (
            file.low is None or file.high is None or file.low > cells[1] or file.high < cells[0]
        ):
            continue
        kept.append(file)
    return kept
