"""XLSX workbooks: one sheet, unpacked under caps before the reader sees it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

import numpy as np
import python_calamine

from vigie.base.translations import Phrase
from vigie.intake.archives import ArchiveLimits, judge_zip
from vigie.intake.connector import CHUNK_ROWS, Context
from vigie.intake.tabular.block import Block, FileRefused, json_line, no_rows
from vigie.intake.tabular.mapping import FileFormat
from vigie.intake.tabular.objects import column_of
from vigie.intake.tabular.separators import unique_names
from vigie.model.notices import Notice

_BAD_WORKBOOK = (
    python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


def read_sheet(content: BinaryIO, file: str, form: FileFormat, context: Context) -> Iterator[Block]:
    """Yield the rows of a sheet as blocks; dates and numbers keep their type.

    Args:
        content: Seekable stream.
        file: Name, for notices.
        form: Sheet, header, rows to skip.
        context: Caps of archives: a workbook is one.

    Raises:
        FileRefused: ``empty_file``, ``unreadable``, or why the archive was refused.
    """
    sheet = _open(_repacked(content, context), form.sheet)
    rows = iter(sheet.iter_rows())
    for _ in range(form.skip):
        next(rows, None)
    header: list[Any] = []
    names: list[str] = []
    if form.header:
        header = next((row for row in rows if any(cell != "" for cell in row)), [])
        names = unique_names([_name(cell) for cell in header])
        if not names:
            raise FileRefused("empty_file")
    number, pending, numbers = 0, [], []
    for row in rows:
        number += 1
        if not names:
            names = [f"column_{position}" for position in range(1, len(row) + 1)]
        if all(cell == "" for cell in row):
            continue
        pending.append(row)
        numbers.append(number)
        if len(pending) == CHUNK_ROWS:
            yield _block(names, pending, numbers)
            pending, numbers = [], []
    if pending:
        yield _block(names, pending, numbers)
    elif number == 0:
        yield no_rows(notices=[Notice("empty_file", file=file)])


def _repacked(content: BinaryIO, context: Context) -> io.BytesIO:
    """Return the workbook with each member unpacked under the caps.

    The reader is compiled code that trusts the archive; Python's reader stops at the declared size,
    so what it gives is what was judged.
    """
    size = content.seek(0, 2)
    if size == 0:
        raise FileRefused("empty_file")
    limits = ArchiveLimits(
        context.max_archive_bytes, context.max_archive_ratio, context.max_archive_files
    )
    refusal = judge_zip(content, size, limits)
    if refusal is not None:
        raise FileRefused(refusal.code, **refusal.params)
    repacked = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(content) as packed,
            zipfile.ZipFile(repacked, "w", zipfile.ZIP_STORED) as plain,
        ):
            for member in packed.infolist():
                if not member.is_dir():
                    plain.writestr(member.filename, packed.read(member))
    except _BAD_WORKBOOK:
        raise FileRefused("unreadable", reason=Phrase("reason_workbook")) from None
    repacked.seek(0)
    return repacked


def _open(workbook: BinaryIO, name: str) -> python_calamine.CalamineSheet:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(workbook)
        names = book.sheet_names
        if name and name not in names:
            raise FileRefused("unreadable", reason=Phrase("reason_no_sheet", name=name))
        if not names:
            raise FileRefused("unreadable", reason=Phrase("reason_workbook"))
        return book.get_sheet_by_name(name or names[0])
    except _BAD_WORKBOOK:
        raise FileRefused("unreadable", reason=Phrase("reason_workbook")) from None


def _name(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _cell(cell: Any) -> Any:
    if cell == "":
        return None
    if isinstance(cell, time | timedelta):
        return str(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return cell
    return cell


def _block(names: list[str], rows: list[list[Any]], numbers: list[int]) -> Block:
    width = len(names)
    columns = {
        name: column_of([_cell(row[i]) if i < len(row) else None for row in rows])
        for i, name in enumerate(names)
    }

    def raw(index: int) -> bytes:
        return json_line({name: _cell(rows[index][i]) for i, name in enumerate(names[:width])})

    return Block(columns=columns, rows=np.asarray(numbers, np.int64), raw=raw, read=len(rows))
