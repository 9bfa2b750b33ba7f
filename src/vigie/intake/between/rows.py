"""What passes between hosts, in the journal's own table: held back, taken over, settled."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vigie.intake.between.parcel import Parcel
from vigie.intake.database import Database

RELAYED = "stream"
"""Owner of a message that waits for whoever leads to take it from the stream."""
AT_ONCE = 500
DONE, SHREDDED, UNKNOWN, WAITING = "done", "shredded", "unknown", "waiting"
OVER = frozenset({DONE, SHREDDED})
_HELD = """
SELECT seq, message_id FROM messages INDEXED BY messages_pending
WHERE state = 'pending' AND (owner IS NULL OR owner = ?) AND seq > ? ORDER BY seq LIMIT ?
"""
_ENTRY = """
SELECT message_id, source, name, media, received_us, sha256, size,
    coalesce(spool, '') AS spool, payload FROM messages WHERE message_id = ?
"""
_TAKE = """
INSERT INTO messages
    (message_id, source, name, media, received_us, sha256, size, spool, payload, sealed)
VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, 1)
ON CONFLICT (message_id) DO UPDATE SET owner = NULL WHERE owner = ? AND state = 'pending'
"""
_SETTLE = """
UPDATE messages SET state = 'done', owner = NULL
WHERE message_id = ? AND state = 'pending' AND (owner IS NULL OR owner = ?)
"""
_WIPE = "UPDATE messages SET payload = NULL, spool = NULL WHERE message_id = ?"


@dataclass(frozen=True, slots=True)
class Held:
    """An entry that is passed on: its sealed content, if it is small."""

    parcel: Parcel
    payload: bytes | None


def waiting(database: Database, after: int, limit: int) -> list[tuple[int, str]]:
    """Return what waits here for another host after a place in this journal: places and ids."""
    return [(row["seq"], row["message_id"]) for row in database.rows(_HELD, RELAYED, after, limit)]


def held(database: Database, message_id: str) -> Held | None:
    """Return an entry with its sealed content; None when it is gone."""
    row = database.row(_ENTRY, message_id)
    return Held(Parcel(*tuple(row)[:-1]), row["payload"]) if row else None


def taking(parcel: Parcel, payload: bytes | None) -> Callable[[sqlite3.Connection], int]:
    """Return the job that puts an entry of the stream into this journal, once; 1: it was new."""
    values = (
        *(parcel.message_id, parcel.source, parcel.name, parcel.media, parcel.received_us),
        *(parcel.sha256, parcel.size, parcel.spool, payload, RELAYED),
    )
    return lambda connection: connection.execute(_TAKE, values).rowcount


def states(database: Database, ids: Sequence[str]) -> dict[str, str]:
    """Return how entries stand in this journal: done, done and wiped, waiting or unknown."""
    found = dict.fromkeys(ids, UNKNOWN)
    for some in _some(ids):
        marks = ", ".join("?" * len(some))
        for row in database.rows(
            "SELECT message_id, state, payload IS NULL AND spool IS NULL AS wiped"  # noqa: S608
            f" FROM messages WHERE message_id IN ({marks})",
            *some,
        ):
            done = SHREDDED if row["wiped"] else DONE
            found[row["message_id"]] = WAITING if row["state"] == "pending" else done
    return found


def settle(database: Database, told: dict[str, str]) -> list[str]:
    """Mark entries as processed where they are, wipe what may not be kept.

    Args:
        database: The journal's.
        told: How each stands, by id.

    Returns:
        Names in the spool that no entry has any more.
    """
    done = [one for one, state in told.items() if state in OVER]
    wiped = [one for one, state in told.items() if state == SHREDDED]
    if not done:
        return []

    def run(connection: sqlite3.Connection) -> list[str]:
        connection.executemany(_SETTLE, [(one, RELAYED) for one in done])
        names = []
        for one in wiped:
            row = connection.execute("SELECT spool FROM messages WHERE message_id = ?", (one,))
            names += [name for (name,) in row if name]
        connection.executemany(_WIPE, [(one,) for one in wiped])
        return names

    names = database.write(run)
    if wiped:
        database.empty_log()
    return names


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
