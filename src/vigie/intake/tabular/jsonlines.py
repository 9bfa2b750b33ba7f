"""JSON Lines, and JSON documents that hold a list of records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from vigie.base.translations import Phrase
from vigie.intake.connector import CHUNK_ROWS, Context
from vigie.intake.tabular.block import Block, FileRefused, no_rows
from vigie.intake.tabular.encoding import Decoding, utf8_blocks
from vigie.intake.tabular.objects import DECODER, JSON_ERRORS, block_of, flatten
from vigie.intake.tabular.streams import Items
from vigie.model.notices import Notice, Reject

_SHOWN_BYTES = 4096
_RECORD_SEPARATOR = "\x1e"  # RFC 8142


class _Lines:
    """Collects good and refused lines until a block is full."""

    def __init__(self) -> None:
        self.row = 0
        self._clear()

    def _clear(self) -> None:
        self.objects: list[dict[str, Any]] = []
        self.rows: list[int] = []
        self.raws: list[bytes] = []
        self.rejects: list[Reject] = []

    def add(self, line: bytes, *, cut_off: bool) -> None:
        """Read one line; ``cut_off`` says that the file ends in it."""
        self.row += 1
        text = line.decode("utf-8", errors="replace").strip(f" \t\r\n\ufeff{_RECORD_SEPARATOR}")
        if not text:
            return
        try:
            value = DECODER.decode(text)
        except JSON_ERRORS:
            code = "truncated_file" if cut_off else "bad_row"
            self._refuse(code, line, reason=Phrase("reason_json"))
            return
        if not isinstance(value, dict):
            self._refuse("bad_row", line, reason=Phrase("reason_not_object"))
            return
        self.objects.append(flatten(value))
        self.rows.append(self.row)
        self.raws.append(line + b"\n")

    def refuse_long(self, line: bytes, limit: int) -> None:
        """Refuse a line that is too long."""
        self.row += 1
        self._refuse("line_too_long", line[:_SHOWN_BYTES], limit=limit)

    def _refuse(self, code: str, line: bytes, **params: Any) -> None:
        self.rejects.append(Reject(code, row=self.row, params=params, raw=line + b"\n"))

    def full(self) -> bool:
        """Say whether the block holds as many rows as a block may."""
        return len(self.rows) + len(self.rejects) >= CHUNK_ROWS

    def flush(self) -> Iterator[Block]:
        """Yield what was collected."""
        if self.rows or self.rejects:
            raws = self.raws
            block = block_of(self.objects, self.rows, lambda index: raws[index])
            block.rejects = self.rejects
            block.read += len(self.rejects)
            yield block
        self._clear()


def read_json_lines(content: BinaryIO, file: str, max_line_bytes: int) -> Iterator[Block]:
    """Yield the objects of a JSON Lines file (also RFC 8142 sequences) as blocks.

    Raises:
        FileRefused: ``empty_file`` or ``unreadable``.
    """
    decoding = Decoding()
    lines = _Lines()
    carry, skipping = b"", False
    for piece in utf8_blocks(content, decoding):
        parts = (carry + piece).split(b"\n")
        carry = parts.pop()
        for line in parts:
            if skipping:
                skipping = False
            elif len(line) > max_line_bytes:
                lines.refuse_long(line, max_line_bytes)
            else:
                lines.add(line, cut_off=False)
            if lines.full():
                yield from lines.flush()
        if len(carry) > max_line_bytes:
            if not skipping:
                lines.refuse_long(carry, max_line_bytes)
            carry, skipping = b"", True
    if carry and not skipping:
        lines.add(carry, cut_off=True)
    if lines.row == 0:
        raise FileRefused("empty_file")
    nothing = not lines.rows and not lines.rejects
    yield from lines.flush()
    if nothing and lines.row and not carry.strip():
        yield no_rows(notices=decoding.notices(file))
        return
    if remarks := decoding.notices(file):
        yield no_rows(notices=remarks)


def read_json_records(
    content: BinaryIO, file: str, records: str, context: Context
) -> Iterator[Block]:
    """Yield the records of a JSON document: a list of objects, or an object with such a list.

    Args:
        content: Stream at its beginning.
        file: Name, for notices.
        records: Key of the list; empty: the document itself or its first list.
        context: Caps.

    Raises:
        FileRefused: ``empty_file`` or ``unreadable``.
    """
    items = Items(content, records, context.max_line_bytes)
    lines = _Lines()
    for text, value in items.read():
        raw = text.encode("utf-8", "replace").replace(b"\n", b" ")
        lines.row += 1
        if isinstance(value, dict):
            lines.objects.append(flatten(value))
            lines.rows.append(lines.row)
            lines.raws.append(b"[" + raw + b"]\n")
        elif isinstance(value, Reject):
            lines.rejects.append(Reject(value.code, lines.row, value.params, raw + b"\n"))
        else:
            reason = {"reason": Phrase("reason_not_object")}
            lines.rejects.append(Reject("bad_row", lines.row, reason, b"[" + raw + b"]\n"))
        if lines.full():
            yield from lines.flush()
    yield from lines.flush()
    if lines.row == 0:
        yield no_rows(notices=[Notice("empty_file", file=file)])
    if remarks := items.decoding.notices(file):
        yield no_rows(notices=remarks)
