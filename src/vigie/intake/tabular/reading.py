"""The right reader for a payload: by the mapping's format, corrected by what the bytes say."""

from __future__ import annotations

from collections.abc import Iterator

from vigie.intake.connector import Context, Payload
from vigie.intake.tabular.block import Block, guarded
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.intake.tabular.geojson import read_geojson
from vigie.intake.tabular.jsonlines import read_json_lines, read_json_records
from vigie.intake.tabular.mapping import TableMapping
from vigie.intake.tabular.parquet import read_parquet
from vigie.intake.tabular.sheets import read_sheet

_BINARY = {"xlsx", "parquet"}


def read_blocks(payload: Payload, context: Context, mapping: TableMapping) -> Iterator[Block]:
    """Yield the blocks of a payload; a file that cannot be read gives one that says why.

    A row of a binary format that was refused comes back from quarantine as one line of JSON, so
    that is read where a workbook or a Parquet file is expected.
    """
    form = mapping.file
    payload.content.seek(0)
    head = payload.content.read(16)
    payload.content.seek(0)
    kind = form.format
    if kind in _BINARY and head.lstrip().startswith(b"{"):
        kind = "jsonl"
    if kind == "parquet":
        blocks = read_parquet(payload.content, payload.name, context.max_archive_bytes)
    elif kind == "xlsx":
        blocks = read_sheet(payload.content, payload.name, form, context)
    elif kind == "geojson":
        blocks = read_geojson(payload.content, payload.name)
    elif kind == "json":
        blocks = read_json_records(payload.content, payload.name, form.records, context)
    elif kind == "jsonl":
        blocks = read_json_lines(payload.content, payload.name, context.max_line_bytes)
    else:
        blocks = read_delimited(
            payload.content,
            payload.name,
            DelimitedFormat(
                separator=form.separator,
                encoding=form.encoding,
                header=form.header,
                skip=form.skip,
                known=mapping.used,
                max_line_bytes=context.max_line_bytes,
            ),
        )
    return guarded(blocks)
