"""A message of the journal as it travels: its label in one header, its sealed content as payload.

A content above one payload's size travels in pieces, each bound by its label and place; all bytes
were sealed before they left the process that took them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

VERSION = 1
LABEL = "Vigie-Entry"
UNIQUE = "Nats-Msg-Id"
PIECE = 512 * 2**10
"""Most bytes of one payload; a server takes twice that unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is told of an entry beside its content.

    Attributes:
        message_id: What the sender was told.
        source: Feed.
        name: File or message name.
        media: Media type.
        received_us: When it was received, epoch µs.
        sha256: Of the content.
        size: Bytes of the content, in plain.
        spool: Its name in the spool; empty for a small one.
    """

    message_id: str
    source: str
    name: str
    media: str
    received_us: int
    sha256: str
    size: int
    spool: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an entry.

    Attributes:
        parcel: The entry.
        offset: Where it begins in the sealed content.
        whole: Bytes of the sealed content.
        content: The bytes.
    """

    parcel: Parcel
    offset: int
    whole: int
    content: bytes

    def headers(self) -> dict[str, str]:
        """Return the headers that it travels with; the server leaves out what it has by its id."""
        told = {"v": VERSION, **asdict(self.parcel), "offset": self.offset, "whole": self.whole}
        return {
            UNIQUE: f"{self.parcel.message_id}/{self.offset}",
            LABEL: json.dumps(told, separators=(",", ":")),
        }


def read_piece(headers: Mapping[str, str] | None, content: bytes) -> Piece:
    """Return the piece that a message is.

    Raises:
        ValueError: When it is none, or of a version that is not known.
    """
    try:
        told = json.loads((headers or {})[LABEL])
        if told.pop("v") != VERSION:
            raise ValueError(LABEL)
        offset, whole = told.pop("offset"), told.pop("whole")
        piece = Piece(Parcel(**told), offset, whole, content)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(LABEL) from error
    if not all(isinstance(getattr(piece.parcel, f.name), _KINDS[str(f.type)]) for f in _FIELDS):
        raise ValueError(LABEL)
    if type(offset) is not int or type(whole) is not int:
        raise ValueError(LABEL)
    if offset < 0 or offset + len(content) > whole:
        raise ValueError(LABEL)
    return piece


_KINDS = {"str": str, "int": int}
_FIELDS = fields(Parcel)


def pieces(parcel: Parcel, content: bytes, *, size: int = PIECE) -> list[Piece]:
    """Return the pieces of a content, one even for nothing."""
    whole = len(content)
    return [
        Piece(parcel, offset, whole, content[offset : offset + size])
        for offset in range(0, max(whole, 1), size)
    ]
