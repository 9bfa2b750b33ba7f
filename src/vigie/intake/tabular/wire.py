"""The outermost fields of a protobuf message, so that a broken part costs only itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_VARINT = 10


class Part(NamedTuple):
    """One field of a message.

    Attributes:
        number: Field number; 0 for what cannot be read.
        content: Bytes of a length-delimited field, otherwise empty.
        raw: The field as it stands in the message, key included.
        whole: Whether it is all there.
    """

    number: int
    content: bytes
    raw: bytes
    whole: bool


def _varint(data: bytes, at: int) -> tuple[int, int] | None:
    value = 0
    for count in range(_MAX_VARINT):
        if at + count >= len(data):
            return None
        byte = data[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004 -- the last byte of a number has its top bit clear
            return value, at + count + 1
    return None


def messages(data: bytes) -> Iterator[Part]:
    """Yield the outermost fields of a message; what cannot be read ends it with a part not whole.

    See Protocol Buffers, "Encoding".
    """
    at = 0
    while at < len(data):
        start = at
        key = _varint(data, at)
        if key is None:
            yield Part(0, b"", data[start:], whole=False)
            return
        (number, kind), at = divmod(key[0], 8), key[1]
        length = {_FIXED64: 8, _FIXED32: 4}.get(kind, -1)
        begin = at
        if kind in {_VARINT, _BYTES}:
            found = _varint(data, at)
            if found is not None:
                begin = found[1]
                length = 0 if kind == _VARINT else found[0]
        if length < 0 or number == 0 or begin + length > len(data):
            yield Part(number if kind == _BYTES else 0, b"", data[start:], whole=False)
            return
        at = begin + length
        content = data[begin:at] if kind == _BYTES else b""
        yield Part(number, content, data[start:at], whole=True)


def text_of(value: str | bytes) -> str:
    """Return a string field; proto2 hands over bytes where it is not UTF-8, marked here as such."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
