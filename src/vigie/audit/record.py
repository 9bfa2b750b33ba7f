"""How a line stands on disk: canonical text, salt, leaf; and how a segment is read back.

A segment holds the lines of one day of UTC: ``MAGIC``, then for each line its length in four bytes,
its leaf hash, its salt and its text. Without salt and text a leaf says nothing: what a line said
cannot be guessed from it, however few the possible texts are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, NamedTuple

from vigie.audit.line import Line
from vigie.privacy.merkle import leaf_hash
from vigie.privacy.purposes import Purpose, Verb

MAGIC = b"VIGIEAU1"
SALT = 16
HASH = 32
HEAD = 4 + HASH + SALT
LONGEST = 1 << 20
"""Bytes of text that a line may have: its subject is a description, never the data itself."""


_FIELDS = tuple(one.name for one in fields(Line))


def to_text(line: Line) -> bytes:
    """Return the canonical text of a line: JSON in UTF-8, keys sorted, no space.

    Raises:
        ValueError: When a number is no JSON number, or the text is longer than ``LONGEST``.
    """
    told = {name: getattr(line, name) for name in _FIELDS} | {"subject": dict(line.subject)}
    text = json.dumps(
        told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8", "replace")
    if len(text) > LONGEST:
        msg = f"line of {len(text)} bytes"
        raise ValueError(msg)
    return text


def from_text(text: bytes) -> Line:
    """Return the line of a canonical text; raises ``ValueError`` when it is none."""
    try:
        told: dict[str, Any] = json.loads(text)
        return Line(**told | {"verb": Verb(told["verb"]), "purpose": Purpose(told["purpose"])})
    except (KeyError, TypeError) as error:
        msg = "not a line"
        raise ValueError(msg) from error


def leaf_of(salt: bytes, text: bytes) -> bytes:
    """Return the leaf of a line: ``SHA-256(0x00 || salt || text)``."""
    return leaf_hash(salt + text)


class Stored(NamedTuple):
    """A line as it stands in a segment.

    Attributes:
        end: Where it ends, bytes from the segment's beginning.
        leaf: Leaf hash written beside it.
        salt: Its salt.
        text: Its canonical text.
    """

    end: int
    leaf: bytes
    salt: bytes
    text: bytes

    @property
    def whole(self) -> bool:
        """Whether text and salt are those of the leaf."""
        return leaf_of(self.salt, self.text) == self.leaf


def pack(salt: bytes, text: bytes) -> tuple[bytes, bytes]:
    """Return the leaf of a line and the bytes that stand for the line in a segment."""
    leaf = leaf_of(salt, text)
    return leaf, len(text).to_bytes(4, "big") + leaf + salt + text


def unpack(content: bytes, start: int) -> Iterator[Stored]:
    """Yield the complete lines of a segment's bytes, up to the first that is not all there.

    Args:
        content: Bytes of the segment from ``start`` on.
        start: Where they begin in it; used for ``end``.
    """
    at = 0
    while at + HEAD <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        end = at + HEAD + length
        if not 0 < length <= LONGEST or end > len(content):
            return
        leaf, salt = content[at + 4 : at + 4 + HASH], content[at + 4 + HASH : at + HEAD]
        yield Stored(start + end, leaf, salt, content[at + HEAD : end])
        at = end
