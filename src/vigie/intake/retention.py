"""What the journal forgets: processed payloads, by age and by size.

A payload may hold personal data: none outlives the quarantine period. What waits is never dropped.
"""

from __future__ import annotations

import sqlite3

from vigie.intake.database import Database
from vigie.intake.spool import Spool

SECOND_US = 1_000_000
SPOOL_GRACE_S = 3_600
"""A file younger than this may belong to a message that is just being written."""

_TOO_OLD = "DELETE FROM messages WHERE state <> 'pending' AND received_us < ?"
_TOO_MUCH = """
DELETE FROM messages WHERE state <> 'pending' AND seq IN (
    SELECT seq FROM (
        SELECT seq, sum(size) OVER (ORDER BY seq DESC) AS kept
        FROM messages WHERE state <> 'pending'
    ) WHERE kept > ?
)
"""


def prune(database: Database, spool: Spool, *, before_us: int, max_bytes: int, now_us: int) -> int:
    """Drop processed messages received before an instant, then the oldest above a size.

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

    def drop(connection: sqlite3.Connection) -> int:
        expired = connection.execute(_TOO_OLD, (before_us,)).rowcount
        return int(expired + connection.execute(_TOO_MUCH, (max_bytes,)).rowcount)

    dropped = database.write(drop)
    idle = spool.idle_since(now_us / SECOND_US - SPOOL_GRACE_S)
    rows = database.rows("SELECT spool FROM messages WHERE spool IS NOT NULL")
    used = {row["spool"] for row in rows}
    for name in idle:
        if name not in used:
            spool.drop(name)
    return dropped
