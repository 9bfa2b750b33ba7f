"""Items of a list inside a JSON document, one after the other, without loading the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from vigie.base.translations import Phrase
from vigie.intake.tabular.block import FileRefused
from vigie.intake.tabular.encoding import Decoding, utf8_blocks
from vigie.intake.tabular.objects import DECODER, JSON_ERRORS
from vigie.model.notices import Reject

_SPACE = re.compile(r"[ \t\r\n\ufeff\x1e]*")
_RESUME = re.compile(r"""[,\n]\s*(?=\{\s*")""")
_SHOWN_CHARACTERS = 4096
_OVERLAP = 64


class Items:
    """Reads the items of a list in a JSON document.

    A list at the top, the list under a key of the top object, or whole objects one after the other
    are understood. After a malformed item, reading goes on at the next thing that looks like the
    start of one, so that one bad item does not cost the rest of the file.

    Args:
        content: Stream at its beginning.
        key: Key of the list; empty: the first list of the top object.
        max_item: Most characters of one item.
        whole: Values of ``type`` that make a top object an item itself (GeoJSON's ``Feature``).

    Attributes:
        top: Members of the top object that came before the list and are small.
        decoding: How the text was encoded.
    """

    def __init__(
        self, content: BinaryIO, key: str, max_item: int, whole: frozenset[str] = frozenset()
    ) -> None:
        self.decoding = Decoding()
        self.top: dict[str, Any] = {}
        self._pieces = utf8_blocks(content, self.decoding)
        self._key = key
        self._max = max_item
        self._whole = whole
        self._text = ""
        self._at = 0
        self._tail = b""
        self._ended = False
        self._given_up = False
        self._passed: str | None = None

    def read(self) -> Iterator[tuple[str, Any]]:
        """Yield ``(text, value)`` of each item; a malformed one has a ``Reject`` as its value.

        Raises:
            FileRefused: ``empty_file``, or ``unreadable`` when no list can be found.
        """
        first = self._peek()
        if first == "":
            raise FileRefused("empty_file")
        if first == "[":
            self._at += 1
            yield from self._items()
            return
        if first != "{":
            raise FileRefused("unreadable", reason=Phrase("reason_json"))
        self._passed, begin = "", self._at
        if self._find_list():
            self._passed = None
            yield from self._items()
            return
        self._text, self._at, self._passed = self._passed_text(begin), 0, None
        yield from self._sequence()

    def _passed_text(self, begin: int) -> str:
        """Return what was read since the top object began, to read it again as an item."""
        return ((self._passed or "") + self._text)[begin:]

    def _more(self) -> bool:
        """Read on; drop what was passed. Returns whether anything came."""
        if self._ended:
            return False
        piece = next(self._pieces, None)
        if piece is None:
            self._ended = True
            rest = self._tail.decode("utf-8", "replace")
            self._text, self._tail = self._text + rest, b""
            return bool(rest)
        data = self._tail + piece
        cut = len(data)
        while cut and len(data) - cut < 4 and data[cut - 1] >= 0x80:  # noqa: PLR2004 -- a character is cut
            cut -= 1
        if self._passed is not None:
            self._passed += self._text[: self._at]
        self._text = self._text[self._at :] + data[:cut].decode("utf-8", "replace")
        self._tail, self._at = data[cut:], 0
        return True

    def _peek(self) -> str:
        """Return the next character that is not blank; empty at the end."""
        while True:
            blank = _SPACE.match(self._text, self._at)
            self._at = self._at if blank is None else blank.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _value(self) -> tuple[str, Any]:
        """Return the text and the value at the position, reading on as long as it is unfinished."""
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except JSON_ERRORS:
                left = len(self._text) - self._at
                if left <= self._max and self._more():
                    continue
                raise
            if end == len(self._text) and not isinstance(value, dict | list) and self._more():
                continue  # a number may go on in the next piece
            text = self._text[self._at : end]
            self._at = end
            return text, value

    def _find_list(self) -> bool:
        """Go to the first item of the list in the top object; False when there is none."""
        self._at += 1
        try:
            while self._peek() == '"':
                _, name = self._value()
                if self._peek() != ":":
                    return False
                self._at += 1
                opening = self._peek()
                if opening == "[" and (name == self._key or not self._key):
                    self._at += 1
                    return True
                _, value = self._value()
                if name == "type" and isinstance(value, str) and value in self._whole:
                    return False
                self.top[name] = (
                    value if not isinstance(value, dict | list) or name == "crs" else None
                )
                if self._peek() == ",":
                    self._at += 1
        except JSON_ERRORS:
            return False
        return False

    def _items(self) -> Iterator[tuple[str, Any]]:
        while True:
            following = self._peek()
            if following == "]":
                return
            if following == "":
                if not self._given_up:
                    yield "", Reject("truncated_file")
                return
            if following == ",":
                self._at += 1
                continue
            yield self._item()

    def _sequence(self) -> Iterator[tuple[str, Any]]:
        """Yield whole objects that follow one another (RFC 8142, or one lone object)."""
        while self._peek():
            yield self._item()

    def _item(self) -> tuple[str, Any]:
        try:
            return self._value()
        except JSON_ERRORS:
            return self._skip()

    def _skip(self) -> tuple[str, Any]:
        """Pass a malformed item; end where the next one seems to begin."""
        shown, begin, scan = "", self._at, self._at + 1
        while True:
            resume = _RESUME.search(self._text, scan)
            end = len(self._text) if resume is None else resume.start()
            shown = (shown + self._text[begin:end])[:_SHOWN_CHARACTERS]
            if resume is not None:
                self._at = resume.end()
                return shown, Reject("bad_row", params={"reason": Phrase("reason_json")})
            closed = self._text.rstrip().endswith(("]", "}"))
            kept = min(_OVERLAP, len(self._text) - begin)
            self._at = len(self._text) - kept
            if not self._more():
                self._at, self._given_up = len(self._text), True
                reason = {"reason": Phrase("reason_json")}
                return shown, Reject("bad_row" if closed else "truncated_file", params=reason)
            begin, scan = kept, 0
