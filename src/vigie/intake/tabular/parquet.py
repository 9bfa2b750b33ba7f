"""Parquet files, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vigie.base.translations import Phrase
from vigie.intake.connector import CHUNK_ROWS
from vigie.intake.tabular.block import Block, FileRefused, json_line, no_rows
from vigie.intake.tabular.objects import column_of, flatten
from vigie.model.notices import Notice

_MAX_RATIO = 1_000
_ERRORS = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)


def read_parquet(content: BinaryIO, file: str, max_bytes: int) -> Iterator[Block]:
    """Yield the rows of a Parquet file as blocks with their native types.

    Args:
        content: Seekable stream.
        file: Name, for notices.
        max_bytes: Most bytes it may unpack to when it packs suspiciously well.

    Raises:
        FileRefused: ``empty_file``, ``unreadable`` or ``archive_bomb``.
    """
    size = content.seek(0, 2)
    content.seek(0)
    if size == 0:
        raise FileRefused("empty_file")
    try:
        source = pq.ParquetFile(content)
        _refuse_bomb(source.metadata, size, max_bytes)
        batches = source.iter_batches(batch_size=CHUNK_ROWS)
    except _ERRORS:
        raise FileRefused("unreadable", reason=Phrase("reason_parquet")) from None
    row = 0
    while True:
        try:
            batch = next(batches, None)
        except _ERRORS:
            raise FileRefused("unreadable", reason=Phrase("reason_parquet")) from None
        if batch is None:
            break
        if batch.num_rows:
            yield _block(batch, row)
            row += batch.num_rows
    if row == 0:
        yield no_rows(notices=[Notice("empty_file", file=file)])


def _refuse_bomb(metadata: Any, size: int, max_bytes: int) -> None:
    total = sum(
        metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups)
    )
    if total > max_bytes and total > _MAX_RATIO * size:
        raise FileRefused("archive_bomb", reason=f"{total} / {size}")


def _block(batch: pa.RecordBatch, before: int) -> Block:
    names, arrays = [], []
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_struct(array.type) or pa.types.is_nested(array.type):
            flat = [flatten({name: value}) for value in array.to_pylist()]
            for inner in dict.fromkeys(key for item in flat for key in item):
                names.append(inner)
                arrays.append(column_of([item.get(inner) for item in flat]))
        else:
            names.append(name)
            arrays.append(array)

    def raw(index: int) -> bytes:
        return json_line(
            {name: arr[index].as_py() for name, arr in zip(names, arrays, strict=True)}
        )

    return Block(
        columns=dict(zip(names, arrays, strict=True)),
        rows=np.arange(before + 1, before + batch.num_rows + 1, dtype=np.int64),
        raw=raw,
        read=batch.num_rows,
    )
