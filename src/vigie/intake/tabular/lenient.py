"""Delimited rows that are not clean: each judged alone, by Python's own reader."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from vigie.intake.connector import CHUNK_ROWS

_MAX_JOINED_LINES = 500
_SHOWN_BYTES = 4096

csv.field_size_limit(1 << 30)  # the reader's own cap is on bytes of a record, before parsing


@dataclass(slots=True)
class BadRow:
    """A row that is refused: position in its stretch (from 1), reason, bytes."""

    code: str
    line: int
    params: dict[str, Any]
    raw: bytes


@dataclass(slots=True)
class Stretch:
    """Some rows read leniently.

    Attributes:
        columns: One list of values for each column, None for empty.
        positions: Position of each good row in the stretch, from 1.
        raws: Bytes of each good row.
        rejects: The refused rows.
        lines: Records the stretch covers: good, refused and blank.
        padded: Good rows that ended early and were filled with empty cells.
    """

    width: int
    columns: list[list[str | None]] = field(init=False)
    positions: list[int] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)
    rejects: list[BadRow] = field(default_factory=list)
    lines: int = 0
    padded: int = 0

    def __post_init__(self) -> None:
        self.columns = [[] for _ in range(self.width)]

    def add(self, fields: list[str], raw: bytes) -> None:
        """Add a good row."""
        self.positions.append(self.lines)
        self.raws.append(raw)
        for column, value in zip(self.columns, fields, strict=True):
            column.append(value or None)

    def refuse(self, code: str, raw: bytes, **params: Any) -> None:
        """Add a refused row."""
        self.rejects.append(BadRow(code, self.lines, params, raw))


class LenientRows:
    """Cuts text into rows line by line; joins lines only where a quoted field goes on.

    Args:
        separator: Between fields.
        width: Fields of a whole row.
        least: Fewest fields of a row that is taken, the rest being empty.
        max_line_bytes: Longest row.

    Attributes:
        rest: What is left for the next piece: an unfinished row.
        skipping: Whether the piece ended inside a line that was refused as too long.
    """

    def __init__(self, separator: str, width: int, least: int, max_line_bytes: int) -> None:
        self._separator = separator
        self._width = width
        self._least = least
        self._max = max_line_bytes
        self.skipping = False
        self.rest = b""

    def read(self, data: bytes, *, final: bool, cut_off: bool) -> Iterator[Stretch]:
        """Yield the rows of ``data``.

        Args:
            data: UTF-8 text.
            final: Whether nothing follows.
            cut_off: Whether the file ended without a line end (one was added).
        """
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b" ").split(b"\n")
        tail = lines.pop()
        self.rest = b""
        stretch = Stretch(self._width)
        position = 0
        while position < len(lines):
            taken = self._one(lines, position, stretch, final=final, cut_off=cut_off)
            if taken == 0:
                break
            position += taken
            if len(stretch.positions) + len(stretch.rejects) >= CHUNK_ROWS:
                yield stretch
                stretch = Stretch(self._width)
        self._keep_rest(lines[position:], tail, stretch)
        if stretch.lines:
            yield stretch

    def _keep_rest(self, lines: list[bytes], tail: bytes, stretch: Stretch) -> None:
        rest = b"\n".join([*lines, tail])
        if len(rest) > self._max and not lines:
            if not self.skipping:
                stretch.lines += 1
                stretch.refuse("line_too_long", rest[:_SHOWN_BYTES], limit=self._max)
            self.skipping = True
            return
        self.rest = rest

    def _one(
        self, lines: list[bytes], at: int, stretch: Stretch, *, final: bool, cut_off: bool
    ) -> int:
        """Read the row that begins at a line; return how many lines it took, 0 to wait for more."""
        line = lines[at]
        if self.skipping:  # the end of a line that was refused as too long
            self.skipping = False
            return 1
        if len(line) > self._max:
            stretch.lines += 1
            stretch.refuse("line_too_long", line[:_SHOWN_BYTES], limit=self._max)
            return 1
        if not line.strip():
            stretch.lines += 1
            return 1
        fields, unclosed = self._fields(line)
        taken = 1
        if unclosed:
            joined = self._join(lines, at, final=final)
            if joined is None:
                return 0
            fields, taken = joined or (fields, 1)
            unclosed = not joined
        stretch.lines += 1
        raw = b"\n".join(lines[at : at + taken]) + b"\n"
        last = final and cut_off and at + taken == len(lines)
        self._judge(fields, raw, stretch, unclosed=unclosed, last=last)
        return taken

    def _judge(
        self, fields: list[str], raw: bytes, stretch: Stretch, *, unclosed: bool, last: bool
    ) -> None:
        if len(fields) > self._width and not any(fields[self._width :]):
            fields = fields[: self._width]
        if not unclosed and self._least <= len(fields) < self._width:
            stretch.padded += 1
            fields = fields + [""] * (self._width - len(fields))
        if not unclosed and len(fields) == self._width:
            stretch.add(fields, raw)
        elif last and (unclosed or len(fields) < self._width):
            stretch.refuse("truncated_file", raw)
        elif unclosed:
            stretch.refuse("unclosed_quote", raw)
        else:
            stretch.refuse("ragged_row", raw, found=len(fields), expected=self._width)

    def _fields(self, record: bytes) -> tuple[list[str], bool]:
        """Return the fields of a record and whether its last quoted field goes on.

        One line more is held ready: a reader that takes it was still within quotes. (That the last
        field ends with a line end says nothing: it may have been written so, and closed.)
        """
        lines = record.decode("utf-8", errors="replace").split("\n")
        reader = csv.reader([line + "\n" for line in [*lines, ""]], delimiter=self._separator)
        fields = next(reader, [])
        return fields, reader.line_num != len(lines)

    def _join(
        self, lines: list[bytes], at: int, *, final: bool
    ) -> tuple[list[str], int] | tuple[()] | None:
        """Join lines until a quoted field closes and the row is as wide as it should be.

        Returns:
            Fields and number of lines; an empty tuple when no join works; None when the next piece
            may still close it.
        """
        record = lines[at]
        for count in range(2, _MAX_JOINED_LINES + 1):
            if at + count > len(lines):
                return () if final else None
            following = lines[at + count - 1]
            record = record + b"\n" + following
            if len(record) > self._max:
                return ()
            if b'"' not in following:
                continue
            fields, unclosed = self._fields(record)
            if not unclosed:
                return (fields, count) if len(fields) == self._width else ()
        return ()
