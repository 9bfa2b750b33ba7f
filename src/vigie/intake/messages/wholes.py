"""Tables of which every row is taken, column by column: the same readers, far fewer calls.

A reader of some cells of a row is asked once for each distinct combination of them, so that half a
million rows of a few hundred zones and slots cost a few hundred readings. A file in which anything
is to be said of any row is not read this way at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pyarrow as pa

from vigie.intake.connector import CHUNK_ROWS, Parsed
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import array_of
from vigie.intake.messages.sheets import Cells, Headings, as_json_rows
from vigie.intake.tabular.block import Block
from vigie.intake.tabular.cells import as_text
from vigie.model.contracts import CONTRACTS, RecordKind

Reader = tuple[Sequence[str], Callable[[Cells], Any]]
"""Fields that are read together, and what reads them or raises ``RowRefused``."""

Columns = dict[str, list[Any]]
"""What the rows say, by reader, in order."""


def read_whole(
    blocks: Sequence[Block],
    headings: Headings,
    given: Mapping[str, str],
    readers: Mapping[str, Reader],
) -> Columns | None:
    """Return what all the rows of a file say, or None when anything is to be said of one of them.

    That is: a row that a reader refuses or that could not be cut, a remark, a column removed, a
    field that no reader is for, no row at all.

    Args:
        blocks: The whole file.
        headings: Its fields.
        given: The feed's own headings.
        readers: By the name of what they read.
    """
    fields = {name for names, _ in readers.values() for name in names}
    said: Columns = {name: [] for name in readers}
    for block in blocks:
        if block.notices or block.rejects:
            return None
        if not len(block):
            continue
        columns, notices = headings.columns(block, given)
        if notices or not fields.issuperset(columns):
            return None
        try:
            for name, (names, read) in readers.items():
                said[name] += by_distinct(columns, names, read, len(block))
        except RowRefused:
            return None
    return said if any(said.values()) else None


def by_distinct(
    columns: Mapping[str, Sequence[str | None]],
    names: Sequence[str],
    read: Callable[[Cells], Any],
    count: int,
) -> list[Any]:
    """Return what each row says in some of its cells, each distinct combination read once.

    Args:
        columns: By field, as long as ``count``.
        names: The fields that are read together.
        read: Reads the cells of one row; what it raises ends the reading.
        count: How many rows there are.
    """
    present = [name for name in names if name in columns]
    if not present:
        return [read({})] * count
    keys = list(zip(*(columns[name] for name in present), strict=True))
    said = {}
    for key in dict.fromkeys(keys):
        cells = zip(present, key, strict=True)
        said[key] = read({name: value for name, value in cells if value is not None})
    return [said[key] for key in keys]


def parsed_whole(
    kind: RecordKind,
    columns: Mapping[str, Sequence[Any]],
    blocks: Sequence[Block],
    *,
    place_names: Sequence[str] | None = None,
) -> Iterator[Parsed]:
    """Yield the records of a file, one for each row, in chunks.

    Args:
        kind: Their kind.
        columns: By name, as the contract has them; instants in epoch µs.
        blocks: The file.
        place_names: Names of places, located by the kit where there are no coordinates.
    """
    contract = CONTRACTS[kind]
    numbers = [number for block in blocks for number in block.rows.tolist()]
    read = sum(block.read for block in blocks)
    for start in range(0, len(numbers), CHUNK_ROWS):
        part = slice(start, start + CHUNK_ROWS)
        arrays = {
            name: array_of(contract.column(name).type, values[part])
            for name, values in columns.items()
        }
        yield Parsed(
            kind=kind,
            table=contract.conform(pa.table(arrays), only=contract.names("given")),
            rows=pa.array(numbers[part], pa.int64()),
            place_name=None if place_names is None else pa.array(place_names[part], pa.string()),
            read=read if start == 0 else 0,
            raw=partial(_raw, blocks, start),
        )


def _raw(blocks: Sequence[Block], start: int, index: int) -> bytes:
    """Return the row of a record of the chunk that begins at ``start``, as a payload of its own."""
    at = start + index
    for block in blocks:
        if at < len(block):
            cells = {name: as_text(a.slice(at, 1))[0].as_py() for name, a in block.columns.items()}
            return as_json_rows([cells])
        at -= len(block)
    return b""
