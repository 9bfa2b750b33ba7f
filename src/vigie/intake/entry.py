"""One entry of the journal, as it is read back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

COLUMNS = "seq, message_id, source, name, media, received_us, sha256, size, spool, attempts, state"


@dataclass(frozen=True, slots=True)
class Message:
    """A payload in the journal.

    Attributes:
        seq: Order of arrival.
        message_id: What the sender was told.
        source: Feed it came by.
        name: File or message name, without folder.
        media: Media type when told.
        received_us: When it was received, epoch µs.
        sha256: Of the content.
        size: Bytes.
        spool: Its name in the spool, when it lies there.
        attempts: How often processing was begun before.
        state: ``pending``, ``done`` or ``failed``.
    """

    seq: int
    message_id: str
    source: str
    name: str
    media: str
    received_us: int
    sha256: str
    size: int
    spool: str | None
    attempts: int
    state: str


def message_of(row: sqlite3.Row) -> Message:
    """Return the message of a row of ``COLUMNS``."""
    return Message(**dict(row))
