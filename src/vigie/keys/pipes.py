"""How the application and the keeper's process talk: a JSON head and bytes, over two pipes."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

_SIZE = struct.Struct("<Q")
_HEAD = struct.Struct("<I")

Frame = tuple[dict[str, Any], list[bytes]]


def send(pipe: IO[bytes], head: dict[str, Any], items: Sequence[bytes] = ()) -> None:
    """Write a head and its items to a pipe."""
    text = json.dumps(head | {"sizes": [len(item) for item in items]}).encode("ascii")
    size = _HEAD.size + len(text) + sum(map(len, items))
    pipe.write(b"".join((_SIZE.pack(size), _HEAD.pack(len(text)), text, *items)))
    pipe.flush()


def receive(pipe: IO[bytes]) -> Frame:
    """Read a head and its items from a pipe; ``EOFError`` when the other side has ended."""
    (size,) = _SIZE.unpack(_exactly(pipe, _SIZE.size))
    body = memoryview(_exactly(pipe, size))
    (length,) = _HEAD.unpack(body[: _HEAD.size])
    at = _HEAD.size + length
    head: dict[str, Any] = json.loads(bytes(body[_HEAD.size : at]))
    items = []
    for step in head.pop("sizes"):
        items.append(bytes(body[at : at + step]))
        at += step
    return head, items


def _exactly(pipe: IO[bytes], n: int) -> bytes:
    data = pipe.read(n)
    if len(data) < n:
        raise EOFError
    return data
