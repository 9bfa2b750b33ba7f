"""Boxes of fragmented MP4 (ISO/IEC 14496-12): what is whole, where fragments begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

_HEAD = 8
_LARGE_HEAD = 16


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands whole in a file.

    Attributes:
        head: Bytes of its beginning (``ftyp`` and ``moov``); 0 when that is not whole.
        fragments: Byte offsets of its whole fragments (``moof`` with its ``mdat``).
        whole: Bytes up to the end of the last whole fragment.
    """

    head: int
    fragments: tuple[int, ...]
    whole: int


def read_layout(stream: BinaryIO, size: int) -> Layout:
    """Return what of the first ``size`` bytes of a fragmented MP4 is whole; reads heads only."""
    head, at, moof = 0, 0, -1
    fragments: list[int] = []
    whole = 0
    while at + _HEAD <= size:
        stream.seek(at)
        begin = stream.read(_LARGE_HEAD)
        length, kind = int.from_bytes(begin[:4], "big"), begin[4:8]
        if length == 1 and len(begin) == _LARGE_HEAD:
            length = int.from_bytes(begin[8:], "big")
        if length < _HEAD or at + length > size:
            break
        end = at + length
        if kind == b"moov":
            head = whole = end
        elif kind == b"moof":
            moof = at
        elif kind == b"mdat" and moof >= 0 and head:
            fragments.append(moof)
            moof, whole = -1, end
        at = end
    return Layout(head, tuple(fragments), whole)
