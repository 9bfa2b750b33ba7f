"""A table in whatever form it comes: CSV, XLSX, JSON, JSON Lines or GeoJSON, as its bytes say.

A row of a workbook or of a feature collection comes back from quarantine as JSON, and is read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator

from vigie.intake.connector import Context, Payload
from vigie.intake.tabular.block import Block, guarded
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.intake.tabular.geojson import read_geojson
from vigie.intake.tabular.jsonlines import read_json_records
from vigie.intake.tabular.mapping import FileFormat
from vigie.intake.tabular.sheets import read_sheet

_HEAD = 65_536
_GEOJSON = re.compile(rb'"type"\s*:\s*"Feature(?:Collection)?"')


def read_any_table(
    payload: Payload, context: Context, known: Collection[str] = (), sheet: str = ""
) -> Iterator[Block]:
    """Yield the blocks of a payload; a file that cannot be read gives one that says why.

    Args:
        payload: The file.
        context: Caps of lines and archives.
        known: Column names that help to find the separator of a CSV.
        sheet: Sheet of a workbook; empty: the first.
    """
    payload.content.seek(0)
    head = payload.content.read(_HEAD)
    payload.content.seek(0)
    first = head.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if head.startswith(b"PK\x03\x04"):
        form = FileFormat(format="xlsx", sheet=sheet)
        blocks = read_sheet(payload.content, payload.name, form, context)
    elif first not in {b"{", b"["}:
        stated = DelimitedFormat(known=known, max_line_bytes=context.max_line_bytes)
        blocks = read_delimited(payload.content, payload.name, stated)
    elif _GEOJSON.search(head):
        blocks = read_geojson(payload.content, payload.name)
    else:
        blocks = read_json_records(payload.content, payload.name, "", context)
    return guarded(blocks)
