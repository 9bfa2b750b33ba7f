"""Tables inside a ZIP archive (GTFS and its like): judged first, then read by name."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

import numpy as np
import pyarrow as pa

from vigie.base.clock import to_us
from vigie.base.translations import Phrase
from vigie.intake.archives import ArchiveLimits, judge_zip
from vigie.intake.connector import Context, Payload
from vigie.intake.tabular.block import Block, FileRefused, guarded
from vigie.intake.tabular.cells import as_text
from vigie.intake.tabular.delimited import DelimitedFormat, read_delimited
from vigie.model.notices import Notice, Reject

BAD_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)
"""What ``zipfile`` raises for what others sent; the last two for a packing or a lock it has not."""


def open_zip(payload: Payload, context: Context) -> zipfile.ZipFile:
    """Return an archive that the caps let through.

    Raises:
        FileRefused: When it is empty, unreadable, or refused by the caps.
    """
    size = payload.content.seek(0, 2)
    if size == 0:
        raise FileRefused("empty_file")
    limits = ArchiveLimits(
        context.max_archive_bytes, context.max_archive_ratio, context.max_archive_files
    )
    refusal = judge_zip(payload.content, size, limits)
    if refusal is not None:
        raise FileRefused(refusal.code, **refusal.params)
    try:
        return zipfile.ZipFile(payload.content)
    except BAD_ZIP:
        raise FileRefused("unreadable", reason=Phrase("reason_zip")) from None


@dataclass(slots=True)
class Table:
    """One table of an archive, whole, as texts.

    Attributes:
        columns: Texts by column name, trimmed, null where empty.
        rows: Row number of each row.
        raw: Gives a row as header and line.
        size: Rows.
    """

    columns: dict[str, pa.StringArray] = field(default_factory=dict)
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    raw: Callable[[int], bytes] = field(default=lambda _index: b"")
    size: int = 0

    def text(self, name: str) -> pa.StringArray:
        """Return a column; all null when the table has none of that name."""
        found = self.columns.get(name)
        return pa.nulls(self.size, pa.string()) if found is None else found


class TableArchive:
    """A ZIP file of delimited tables.

    Args:
        payload: The archive.
        context: Caps.

    Attributes:
        names: Base names of the members, in lower case, to member names.
        newest_us: Date of the newest member, epoch µs: a later edition has a later one.
        notices: Remarks from reading.
        rejects: Malformed rows, and tables that could not be read.

    Raises:
        FileRefused: When the archive is empty, unreadable, or refused by the caps.
    """

    def __init__(self, payload: Payload, context: Context) -> None:
        self._zip = open_zip(payload, context)
        self._context = context
        self.notices: list[Notice] = []
        self.rejects: list[Reject] = []
        members = [member for member in self._zip.infolist() if not member.is_dir()]
        self.names = {PurePosixPath(m.filename).name.lower(): m.filename for m in members}
        self.newest_us = max((_date_us(member) for member in members), default=0)

    def table(self, name: str, known: Collection[str]) -> Table | None:
        """Return a table by its base name; None when the archive has none of that name.

        A row may end after the columns that are ``known``: programs that write such tables leave
        out the empty cells at the end. Malformed rows are in ``rejects``, each as a small archive
        of its own.
        """
        if name not in self.names:
            return None
        try:
            content = io.BytesIO(self._zip.read(self.names[name]))
        except BAD_ZIP:
            self.rejects.append(Reject("unreadable", params={"reason": Phrase("reason_zip")}))
            return Table()
        form = DelimitedFormat(
            separator=",",
            known=known,
            needed=known,
            max_line_bytes=self._context.max_line_bytes,
        )
        blocks = []
        for block in guarded(read_delimited(content, name, form)):
            self.notices += block.notices
            self.rejects += [_as_archive(name, reject) for reject in block.rejects]
            if len(block):
                blocks.append(block)
        return _joined(name, blocks)


def _date_us(member: zipfile.ZipInfo) -> int:
    try:
        return to_us(datetime(*member.date_time, tzinfo=UTC))
    except ValueError:
        return 0


def _as_archive(name: str, reject: Reject) -> Reject:
    if not reject.raw:
        return Reject(reject.code, row=reject.row, params=reject.params | {"file": name})
    return Reject(reject.code, reject.row, reject.params, raw=archive_of(name, reject.raw))


def archive_of(name: str, content: bytes) -> bytes:
    """Return an archive that holds one member, the same bytes for the same content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def _joined(name: str, blocks: list[Block]) -> Table:
    if not blocks:
        return Table()
    starts = np.cumsum([0, *(len(block) for block in blocks)])

    def raw(index: int) -> bytes:
        at = int(np.searchsorted(starts, index, side="right")) - 1
        return archive_of(name, blocks[at].raw(index - int(starts[at])))

    return Table(
        columns={
            column: pa.concat_arrays([as_text(block.columns[column]) for block in blocks])
            for column in blocks[0].columns
        },
        rows=np.concatenate([block.rows for block in blocks]),
        raw=raw,
        size=int(starts[-1]),
    )
