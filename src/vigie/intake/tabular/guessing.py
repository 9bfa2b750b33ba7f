"""Propose a mapping for a file nobody has described yet: commented, cautious, for a person to edit.

csv-detective (data.gouv.fr's own, it knows French coordinates, phones and addresses) judges values,
charset-normalizer the encoding; times, identifiers and personal data are judged here. What is not
recognised and could be about a person is proposed under ``[drop]``. No kind code is ever guessed:
the values are listed, commented out, with a suggestion where a label is near.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import charset_normalizer
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from vigie.base.errors import WrongUsage
from vigie.intake.connector import Context
from vigie.intake.tabular.block import Block, guarded
from vigie.intake.tabular.cells import as_text, is_text
from vigie.intake.tabular.columns import guess_column
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.intake.tabular.geojson import read_geojson
from vigie.intake.tabular.jsonlines import read_json_lines, read_json_records
from vigie.intake.tabular.mapping import FileFormat
from vigie.intake.tabular.parquet import read_parquet
from vigie.intake.tabular.proposal import Proposal, encoding_line, quoted
from vigie.intake.tabular.separators import choose_separator
from vigie.intake.tabular.sheets import read_sheet

SAMPLE_ROWS = 2_000
HEAD_BYTES = 1 << 18
_SUFFIXES = {
    ".xlsx": "xlsx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".geojson": "geojson",
    ".parquet": "parquet",
}
_ENCODINGS = ["cp1252", "latin_1", "iso8859_15", "cp850", "mac_roman"]
_CAPS = Context(source="", timezone="UTC", now=datetime(1970, 1, 1, tzinfo=UTC))


def guess_mapping(path: Path, *, timezone: str = "Europe/Paris", language: str = "fr") -> str:
    """Return a mapping proposed for a file, as commented TOML.

    Args:
        path: CSV, XLSX, JSON Lines, JSON, GeoJSON or Parquet file.
        timezone: Zone of the city, proposed for times that name none.
        language: Of the comments: ``fr`` or ``en``.

    Raises:
        WrongUsage: When the file has no rows that can be read.
        OSError: When the file cannot be opened.
    """
    with path.open("rb") as content:
        form = _SUFFIXES.get(path.suffix.lower(), "csv")
        lines = {"format": quoted(form)}
        if form == "csv":
            lines |= _text_lines(content)
        columns, rows, shapes = _sample(_blocks(form, content, path.name))
    if not rows:
        raise WrongUsage(reason=f"{path.name}: 0")
    guesses = [guess_column(name, array, timezone) for name, array in columns.items()]
    numeric = [guess.name for guess in guesses if guess.numeric]
    if any(_decimal_comma(columns[name]) for name in numeric):
        lines["decimal"] = quoted(",")
    proposal = Proposal(path.name, rows, lines, guesses, shapes, timezone, language)
    return proposal.text()


def _text_lines(content: BinaryIO) -> dict[str, str]:
    """Return what the bytes of a delimited file say about its separator and encoding."""
    head = content.read(HEAD_BYTES)
    content.seek(0)
    try:
        text, found = head.decode("utf-8-sig"), {}
    except UnicodeDecodeError:
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
        best = None if wide else charset_normalizer.from_bytes(head, cp_isolation=_ENCODINGS).best()
        name = "utf-16" if wide else best.encoding if best is not None else "cp1252"
        text, found = head.decode(name, errors="replace"), {"encoding": encoding_line(name)}
    separator, _ = choose_separator(text, None)
    return {"separator": quoted(separator)} | found


def _blocks(form: str, content: BinaryIO, name: str) -> Iterator[Block]:
    if form == "xlsx":
        blocks = read_sheet(content, name, FileFormat(format="xlsx"), _CAPS)
    elif form == "jsonl":
        blocks = read_json_lines(content, name, _CAPS.max_line_bytes)
    elif form == "json":
        blocks = read_json_records(content, name, "", _CAPS)
    elif form == "geojson":
        blocks = read_geojson(content, name)
    elif form == "parquet":
        blocks = read_parquet(content, name, _CAPS.max_archive_bytes)
    else:
        blocks = read_delimited(content, name, DelimitedFormat())
    return guarded(blocks)


def _sample(blocks: Iterator[Block]) -> tuple[dict[str, pa.Array], int, frozenset[str]]:
    """Return the first rows, and the kinds of geometry that stand beside them."""
    for block in blocks:
        if not len(block):
            continue
        columns = {name: array.slice(0, SAMPLE_ROWS) for name, array in block.columns.items()}
        shapes: frozenset[str] = frozenset()
        if block.geometry is not None:
            some = block.geometry.slice(0, SAMPLE_ROWS).drop_null().to_pylist()
            shapes = frozenset(shape.geom_type for shape in shapely.from_wkb(some))
        return columns, min(len(block), SAMPLE_ROWS), shapes
    return {}, 0, frozenset()


def _decimal_comma(array: pa.Array) -> bool:
    if not is_text(array):
        return False
    return bool(pc.any(pc.match_substring_regex(as_text(array), r"^[+-]?[0-9]+,[0-9]+$")).as_py())
