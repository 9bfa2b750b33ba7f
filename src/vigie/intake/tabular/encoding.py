"""From bytes in whatever encoding to UTF-8, block by block, without ever giving up.

French municipal exports come as UTF-8 (with a byte order mark from Excel or without), Windows-1252
or UTF-16. The stated encoding is tried first, but what the bytes say wins.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np

from vigie.intake.tabular.block import FileRefused
from vigie.model.notices import Notice

BLOCK_BYTES = 1 << 22
HEAD_BYTES = 1 << 16

_MARKS = (  # the longer mark first: UTF-32 little endian begins like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LEAD, _CONTINUES, _TOP_BITS = 0xC2, 0x80, 0xC0
_DEFINED_IN_1252 = bytes(code for code in range(256) if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D})
_BINARY_SHARE = 0.05


@dataclass(slots=True)
class Decoding:
    """How a file was decoded: filled while it is read.

    Attributes:
        stated: What the mapping or the format says, or None.
        mark: Encoding of the byte order mark, or None.
        found: Encodings met, in order of appearance, other than plain UTF-8.
    """

    stated: str | None = None
    mark: str | None = None
    found: list[str] = field(default_factory=list)

    def meet(self, name: str) -> None:
        """Note that a part of the file was in this encoding."""
        if name not in self.found:
            self.found.append(name)

    def notices(self, file: str) -> list[Notice]:
        """Return what the user should know about the encoding."""
        expected = canonical(self.stated) if self.stated else "utf-8"
        found = [name for name in self.found if name != expected]
        if self.mark == "utf-8" and expected != "utf-8-sig":
            found.insert(0, "utf-8-sig")
        return [
            Notice("wrong_encoding", severity="info", file=file, params={"found": name})
            for name in found
        ]


def canonical(name: str) -> str:
    """Return Python's name of an encoding, in the words of this module.

    Raises:
        LookupError: When Python does not know it.
    """
    known = codecs.lookup(name).name
    return {"cp1252": "windows-1252", "iso8859-1": "latin-1"}.get(known, known)


def _wide_without_mark(head: bytes) -> str | None:
    """Recognise UTF-16 without a mark: Latin text has a zero in every second byte."""
    if len(head) < 8:  # noqa: PLR2004 -- four characters say nothing yet
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _refuse_binary(head: bytes) -> None:
    control = sum(head.count(code) for code in (*range(9), *range(14, 32)))
    if head and control > _BINARY_SHARE * len(head):
        raise FileRefused("unreadable", reason="binary")


def _wide(content: BinaryIO, name: str, decoding: Decoding) -> Iterator[bytes]:
    decoding.meet(name)
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    while chunk := content.read(BLOCK_BYTES):
        yield decoder.decode(chunk).encode("utf-8")
    if rest := decoder.decode(b"", final=True):
        yield rest.encode("utf-8")


def _may_hold_utf8(data: bytes) -> bool:
    """Say whether any two bytes could begin a character of UTF-8."""
    codes = np.frombuffer(data, np.uint8)
    return bool(((codes[:-1] >= _LEAD) & ((codes[1:] & _TOP_BITS) == _CONTINUES)).any())


def _single_byte(data: bytes, decoding: Decoding) -> bytes:
    name = "latin-1" if data.translate(None, _DEFINED_IN_1252) else "windows-1252"
    decoding.meet(name)
    return data.decode(name).encode("utf-8")


def to_utf8(data: bytes, decoding: Decoding) -> bytes:
    """Return whole lines as UTF-8, whatever they were in; mixed files are settled line by line."""
    if data.isascii():
        return data
    stated = canonical(decoding.stated) if decoding.stated else None
    if stated not in {None, "utf-8", "utf-8-sig", "windows-1252", "latin-1"}:
        decoding.meet(str(stated))
        return data.decode(str(stated), errors="replace").encode("utf-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if not _may_hold_utf8(data):
            return _single_byte(data, decoding)
        return b"".join(_line_to_utf8(line, decoding) for line in data.splitlines(keepends=True))
    if stated in {"windows-1252", "latin-1"}:
        decoding.meet("utf-8")
    return data


def _line_to_utf8(line: bytes, decoding: Decoding) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(line, decoding)
    return line


def utf8_blocks(content: BinaryIO, decoding: Decoding) -> Iterator[bytes]:
    """Yield the content as UTF-8, in pieces that end at a line end where there is one.

    Args:
        content: Stream at its beginning.
        decoding: Says what is stated; is told what was found.

    Raises:
        FileRefused: ``unreadable`` when the content is binary.
    """
    head = content.read(HEAD_BYTES)
    for mark, name in _MARKS:
        if head.startswith(mark):
            decoding.mark = name
            content.seek(len(mark))
            break
    else:
        content.seek(0)
    wide = decoding.mark if decoding.mark not in {None, "utf-8"} else _wide_without_mark(head)
    if wide is not None:
        yield from _wide(content, wide, decoding)
        return
    _refuse_binary(head)
    if decoding.mark == "utf-8":
        decoding.stated = None
    old_line_ends = b"\n" not in head and b"\r" in head
    pending = b""
    while chunk := content.read(BLOCK_BYTES):
        data = pending + (chunk.replace(b"\r", b"\n") if old_line_ends else chunk)
        cut = data.rfind(b"\n") + 1
        if cut == 0 and len(data) < 4 * BLOCK_BYTES:
            pending = data
            continue
        cut = cut or len(data)
        pending = data[cut:]
        yield to_utf8(data[:cut], decoding)
    if pending:
        yield to_utf8(pending, decoding)
