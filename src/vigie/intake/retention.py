"""What intake forgets: processed payloads, refused rows, news; by age, payloads also by size.

A payload may hold personal data: none outlives its term. What waits is never dropped. Each
deletion is told in the same transaction (table ``forgotten``), without personal data, for the
register of destructions.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vigie.base.settings import IntakeSettings
from vigie.intake.database import Database
from vigie.intake.spool import Spool

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
SPOOL_GRACE_S = 3_600
"""A file younger than this may belong to a message that is just being written."""
STEP = 20_000
"""Rows deleted in one transaction: what is received meanwhile waits no longer than for one."""

TOO_OLD = """
SELECT message_id AS id, received_us AS at FROM messages
WHERE state <> 'pending' AND received_us <= ? ORDER BY seq LIMIT ?
"""
TOO_MUCH = """
SELECT message_id AS id, received_us AS at FROM messages WHERE seq IN (
    SELECT seq FROM (
        SELECT seq, sum(size) OVER (ORDER BY seq DESC) AS kept
        FROM messages WHERE state <> 'pending'
    ) WHERE kept > ?
) LIMIT ?
"""


@dataclass(slots=True)
class Terms:
    """How long intake keeps what it took, microseconds.

    Attributes:
        journal_us: Processed payloads.
        quarantine_us: Refused rows.
        events_us: News for the console.
        batches_us: Which loads there were.
    """

    journal_us: int
    quarantine_us: int
    events_us: int
    batches_us: int = 400 * DAY_US

    @classmethod
    def of(cls, settings: IntakeSettings) -> Terms:
        """Return the terms of the settings."""
        kept_us = settings.quarantine_days * DAY_US
        return cls(kept_us, kept_us, kept_us)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A deletion that the register of destructions has not taken over yet."""

    number: int
    store: str
    n: int
    digest: str
    first_us: int
    last_us: int
    before_us: int
    at_us: int


def tell_within(
    connection: sqlite3.Connection, store: str, rows: Sequence[sqlite3.Row], before_us: int, at: int
) -> int:
    """Note what is deleted in the caller's transaction; rows have ``id`` and ``at``."""
    if rows:
        ids = sorted(str(row["id"]) for row in rows)
        instants = [row["at"] for row in rows]
        digest = hashlib.sha256("".join(f"{id_}\n" for id_ in ids).encode()).hexdigest()
        connection.execute(
            "INSERT INTO forgotten (store, n, digest, first_us, last_us, before_us, at_us)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (store, len(rows), digest, min(instants), max(instants), before_us, at),
        )
    return len(rows)


def count_expired(database: Database, terms: Terms, now_us: int) -> dict[str, int]:
    """Return how many rows of each store have reached their term."""
    wanted = {
        "journal": (
            "SELECT count(*) AS n FROM messages WHERE state <> 'pending' AND received_us <= ?",
            terms.journal_us,
        ),
        "quarantine": (
            """SELECT count(*) AS n FROM quarantine WHERE created_us <= ?
            AND (raw <> x'' OR params <> '{}')""",
            terms.quarantine_us,
        ),
        "events": ("SELECT count(*) AS n FROM events WHERE at_us <= ?", terms.events_us),
    }
    found = {}
    for store, (query, term_us) in wanted.items():
        row = database.row(query, now_us - term_us)
        found[store] = int(row["n"]) if row else 0
    return found


_BY_HOUR = {
    "journal": "SELECT received_us / ?1 AS hour, count(*) AS n FROM messages"
    " WHERE state <> 'pending' GROUP BY 1 ORDER BY 1",
    "quarantine": "SELECT created_us / ?1 AS hour, count(*) AS n FROM quarantine"
    " WHERE raw <> x'' OR params <> '{}' GROUP BY 1 ORDER BY 1",
    "events": "SELECT at_us / ?1 AS hour, count(*) AS n FROM events GROUP BY 1 ORDER BY 1",
}


def count_by_hour(database: Database, store: str) -> list[tuple[int, int]]:
    """Return the first instant of each hour (epoch µs) with rows, and how many it has."""
    hour_us = 3_600 * SECOND_US
    return [(row["hour"] * hour_us, row["n"]) for row in database.rows(_BY_HOUR[store], hour_us)]


def forgotten(database: Database) -> list[Forgotten]:
    """Return the deletions not taken over yet, in order."""
    return [Forgotten(*row) for row in database.rows("SELECT * FROM forgotten ORDER BY number")]


def settle(database: Database, number: int) -> None:
    """Note that the register has taken over all deletions up to one."""
    database.write(
        lambda c: c.execute("DELETE FROM forgotten WHERE number <= ?", (number,)).rowcount
    )


def shred_within(connection: sqlite3.Connection, numbers: Collection[int]) -> int:
    """Wipe the payloads of messages in the caller's transaction; hash and size stay.

    Args:
        connection: The transaction.
        numbers: The messages, by ``seq``.
    """
    return connection.executemany(
        "UPDATE messages SET payload = NULL, spool = NULL WHERE seq = ?",
        [(number,) for number in sorted(numbers)],
    ).rowcount


def prune(database: Database, spool: Spool, *, before_us: int, max_bytes: int, now_us: int) -> int:
    """Drop processed messages received up to an instant, then the oldest above a size.

    Args:
        database: The journal's.
        spool: Files of messages that are gone are removed from it.
        before_us: Epoch µs.
        max_bytes: Payload bytes kept at most.
        now_us: Epoch µs.

    Returns:
        How many messages were dropped.

    Raises:
        Unavailable: When the journal cannot be written.
    """
    dropped = 0
    for query, bound in ((TOO_OLD, before_us), (TOO_MUCH, max_bytes)):

        def drop(connection: sqlite3.Connection, query: str = query, bound: int = bound) -> int:
            rows = connection.execute(query, (bound, STEP)).fetchall()
            ids = [(row["id"],) for row in rows]
            connection.executemany("DELETE FROM messages WHERE message_id = ?", ids)
            return tell_within(connection, "journal", rows, before_us, now_us)

        while n := database.write(drop):
            dropped += n
    idle = spool.idle_since(now_us / SECOND_US - SPOOL_GRACE_S)
    rows = database.rows("SELECT spool FROM messages WHERE spool IS NOT NULL")
    used = {row["spool"] for row in rows}
    for name in idle:
        if name not in used:
            spool.drop(name)
    return dropped


def prune_events(database: Database, *, before_us: int, now_us: int) -> int:
    """Drop the news up to an instant; returns how many."""

    def drop(connection: sqlite3.Connection) -> int:
        rows = connection.execute(
            "SELECT id, at_us AS at FROM events WHERE at_us <= ? ORDER BY id LIMIT ?",
            (before_us, STEP),
        ).fetchall()
        connection.executemany("DELETE FROM events WHERE id = ?", [(row["id"],) for row in rows])
        return tell_within(connection, "events", rows, before_us, now_us)

    dropped = 0
    while n := database.write(drop):
        dropped += n
    return dropped
