"""Delimited text, streamed: fast on clean blocks, exact and forgiving on the block that is not.

A block whose quotes all stand where RFC 4180 wants them is cut into records by counting quotes and
read by Arrow. Any other block goes line by line through Python's reader: a row with too many or too
few fields, an unclosed quote or a huge line is refused alone, and the row after it gets in.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as arrow_csv

from vigie.intake.connector import CHUNK_ROWS
from vigie.intake.tabular.block import Block, FileRefused, no_rows
from vigie.intake.tabular.encoding import HEAD_BYTES, Decoding, utf8_blocks
from vigie.intake.tabular.lenient import LenientRows, Stretch
from vigie.intake.tabular.separators import choose_separator, show, unique_names
from vigie.model.notices import Notice, Reject

_QUOTE, _NEWLINE, _RETURN = 0x22, 0x0A, 0x0D
_ARROW_WORTH_ROWS = 24  # below this, starting Arrow's reader costs more than it saves

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DelimitedFormat:
    """How a delimited file is expected to be.

    Attributes:
        separator: Stated separator; None to sniff.
        encoding: Stated encoding; None to detect.
        header: Whether the first row names the columns.
        skip: Lines before the header.
        known: Column names the reader needs; they help to find the separator.
        needed: When given, a row may end after the last of these columns, and the rest is empty;
            otherwise a short row is refused.
        max_line_bytes: Longest record.
    """

    separator: str | None = None
    encoding: str | None = None
    header: bool = True
    skip: int = 0
    known: Collection[str] = ()
    needed: Collection[str] = ()
    max_line_bytes: int = 1 << 20


@dataclass(slots=True)
class _Layout:
    """What the head of the file said."""

    separator: str
    names: list[str]
    header_line: bytes
    body_from: int
    notices: list[Notice]

    def mini(self, record: bytes) -> bytes:
        """Return one record as a file of its own, in UTF-8 with a mark, header included."""
        return codecs.BOM_UTF8 + self.header_line + record


def read_delimited(content: BinaryIO, file: str, form: DelimitedFormat) -> Iterator[Block]:
    """Yield the rows of a delimited file as blocks of strings (null for an empty cell).

    Args:
        content: Stream at its beginning.
        file: Name, for notices.
        form: What is expected.

    Raises:
        FileRefused: ``empty_file`` or ``unreadable``.
    """
    decoding = Decoding(stated=form.encoding)
    pieces = utf8_blocks(content, decoding)
    first = next(pieces, b"")
    if not first.strip():
        raise FileRefused("empty_file")
    layout = _read_head(first, file, form)
    body = _Body(layout, form, file)
    if layout.notices:
        yield no_rows(notices=layout.notices)
    pending = first[layout.body_from :]
    for piece in pieces:
        yield from body.take(pending, final=False)
        pending = piece
    yield from body.take(pending, final=True)
    if body.row == 0:
        yield no_rows(notices=[Notice("empty_file", severity="warning", file=file)])
    if remarks := decoding.notices(file):
        yield no_rows(notices=remarks)


def _read_head(first: bytes, file: str, form: DelimitedFormat) -> _Layout:
    cut = first.find(b"\n", HEAD_BYTES)
    lines = (first if cut < 0 else first[: cut + 1]).decode("utf-8", errors="replace").split("\n")
    before = min(form.skip, len(lines) - 1)
    while before < len(lines) - 1 and not lines[before].strip():
        before += 1
    text = "\n".join(lines[before:])
    separator, overruled = choose_separator(text, form.separator, form.known)
    notices = []
    if overruled is not None:
        params = {"found": show(overruled)}
        notices.append(Notice("wrong_separator", severity="warning", file=file, params=params))
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=separator)
    try:
        header = next(reader)
    except (csv.Error, StopIteration):
        raise FileRefused("unreadable", reason="header") from None
    offset = len("".join(line + "\n" for line in lines[:before]).encode("utf-8"))
    if not form.header:
        names = [f"column_{position}" for position in range(1, len(header) + 1)]
        return _Layout(separator, names, b"\n" * form.skip, offset, notices)
    read = lines[before : before + reader.line_num]
    header_line = "".join(line + "\n" for line in read).encode("utf-8")
    if len(header_line) > form.max_line_bytes:
        raise FileRefused("line_too_long", limit=form.max_line_bytes)
    body_from = min(len(first), offset + len(header_line))
    skipped = b"\n" * form.skip  # so that a mini-payload is read by the same mapping
    return _Layout(separator, unique_names(header), skipped + header_line, body_from, notices)


class _Body:
    """The rows after the header, cut into records and blocks."""

    def __init__(self, layout: _Layout, form: DelimitedFormat, file: str) -> None:
        self._layout = layout
        self._max = form.max_line_bytes
        self._file = file
        self._carry = b""
        present = [n for n, name in enumerate(layout.names, start=1) if name in form.needed]
        least = max(present, default=len(layout.names))
        self._lenient = LenientRows(layout.separator, len(layout.names), least, self._max)
        self.row = 0

    def take(self, piece: bytes, *, final: bool) -> Iterator[Block]:
        """Yield the complete records of what is pending and this piece."""
        data = self._carry + piece if self._carry else piece
        self._carry = b""
        if not data:
            return
        cut_off = final and not data.endswith(b"\n")
        if cut_off:
            data += b"\n"
        ends = None if self._lenient.skipping else self._record_ends(data)
        if ends is None or (final and (len(ends) == 0 or ends[-1] != len(data))):
            yield from self._take_lenient(data, final=final, cut_off=cut_off)
            return
        if len(ends) == 0 or len(data) - int(ends[-1]) > self._max:
            if len(data) <= self._max:
                self._carry = data
                return
            yield from self._take_lenient(data, final=final, cut_off=cut_off)
            return
        self._carry = data[int(ends[-1]) :]
        starts = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
        for first in range(0, len(ends), CHUNK_ROWS):
            chosen = slice(first, first + CHUNK_ROWS)
            last = cut_off and first + CHUNK_ROWS >= len(ends)
            yield from self._records(data, starts[chosen], ends[chosen], cut_off=last)

    def _record_ends(self, data: bytes) -> Positions | None:
        """Return where each record ends, or None when the quotes do not allow to count them."""
        codes = np.frombuffer(data, np.uint8)
        newlines = np.flatnonzero(codes == _NEWLINE)
        if b"\r" in data:
            returns = np.flatnonzero(codes == _RETURN)
            if returns[-1] + 1 >= len(codes) or not (codes[returns + 1] == _NEWLINE).all():
                return None
        quotes = np.flatnonzero(codes == _QUOTE)
        if len(quotes) == 0:
            return newlines + 1
        if not self._quotes_in_place(codes, quotes):
            return None
        outside = np.searchsorted(quotes, newlines) % 2 == 0
        ends: Positions = newlines[outside] + 1
        return ends

    def _quotes_in_place(self, codes: npt.NDArray[np.uint8], quotes: Positions) -> bool:
        separator = ord(self._layout.separator)
        opening, closing = quotes[0::2], quotes[1::2]
        before = codes[np.maximum(opening - 1, 0)]
        starts_field = (before == separator) | (before == _NEWLINE) | (opening == 0)
        starts_field |= before == _QUOTE
        if not starts_field.all():
            return False
        beyond = closing + 1 >= len(codes)
        after = codes[np.minimum(closing + 1, len(codes) - 1)]
        ends_field = (after == separator) | (after == _NEWLINE) | (after == _RETURN) | beyond
        ends_field |= after == _QUOTE
        return bool(ends_field.all())

    def _records(
        self, data: bytes, starts: Positions, ends: Positions, *, cut_off: bool
    ) -> Iterator[Block]:
        lengths = ends - starts
        region = data[int(starts[0]) : int(ends[-1])]
        begins = np.frombuffer(data, np.uint8)[starts]
        blank = (lengths == 1) | ((lengths == len(b"\r\n")) & (begins == _RETURN))
        kept = np.flatnonzero(~blank)
        table = None
        if len(kept) >= _ARROW_WORTH_ROWS and int(lengths.max()) <= self._max:
            table = self._by_arrow(region, len(kept))
        if table is None:
            yield from self._take_lenient(region, final=True, cut_off=cut_off)
            return
        first_row = self.row + 1
        self.row += len(starts)
        chosen_starts, chosen_ends = starts[kept], ends[kept]

        def raw(index: int) -> bytes:
            return self._layout.mini(data[int(chosen_starts[index]) : int(chosen_ends[index])])

        yield Block(
            columns=dict(zip(self._layout.names, table.columns, strict=True)),
            rows=first_row + kept,
            raw=raw,
            read=len(kept),
        )

    def _by_arrow(self, region: bytes, rows: int) -> pa.RecordBatch | None:
        names = self._layout.names
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(region),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=len(region) + 1, column_names=names
                ),
                parse_options=arrow_csv.ParseOptions(
                    delimiter=self._layout.separator, newlines_in_values=True
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != rows:
            return None
        arrays = [column.combine_chunks() for column in table.columns]
        return pa.RecordBatch.from_arrays(arrays, names=names)

    def _take_lenient(self, data: bytes, *, final: bool, cut_off: bool) -> Iterator[Block]:
        for stretch in self._lenient.read(data, final=final, cut_off=cut_off):
            yield self._from_stretch(stretch)
        if not final:
            self._carry = self._lenient.rest

    def _from_stretch(self, stretch: Stretch) -> Block:
        before = self.row
        self.row += stretch.lines
        columns = {
            name: pa.array(values, pa.string())
            for name, values in zip(self._layout.names, stretch.columns, strict=True)
        }
        rejects = [
            Reject(
                reject.code,
                row=before + reject.line,
                params=reject.params,
                raw=self._layout.mini(reject.raw),
            )
            for reject in stretch.rejects
        ]
        return Block(
            columns=columns,
            rows=np.asarray(stretch.positions, np.int64) + before,
            raw=lambda index: self._layout.mini(stretch.raws[index]),
            notices=self._padded(stretch),
            rejects=rejects,
            read=len(stretch.positions) + len(rejects),
        )

    def _padded(self, stretch: Stretch) -> list[Notice]:
        if not stretch.padded:
            return []
        width = len(self._layout.names)
        params = {"found": f"< {width}", "expected": width}
        return [Notice("ragged_row", "info", file=self._file, count=stretch.padded, params=params)]
