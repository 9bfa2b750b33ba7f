"""What the journal tells of itself: what waits and since when, what commits took, can it write."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from vigie.intake.database import Database


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was taken and is not processed yet.

    Attributes:
        n: Messages.
        oldest_us: Receipt of the oldest, epoch µs; None when none waits.
        last_done_us: When messages were last processed; None when never.
    """

    n: int
    oldest_us: int | None
    last_done_us: int | None


class Figures:
    """Figures of one journal; any process may ask."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> Waiting:
        """Return what waits; raises ``Unavailable`` when the journal cannot be read."""
        row = self._database.row(
            "SELECT count(*) AS n, min(received_us) AS oldest,"
            " (SELECT max(at_us) FROM batches) AS done FROM messages WHERE state = 'pending'"
        )
        return Waiting(row["n"], row["oldest"], row["done"]) if row else Waiting(0, None, None)

    def commits(self, after: int | None) -> tuple[int, list[float]]:
        """Return the place of the newest commit, and how many seconds each after a place took.

        Args:
            after: Place returned before; None asks for the place alone.
        """
        row = self._database.row("SELECT max(rowid) AS last FROM batches")
        last = int(row["last"] or 0) if row else 0
        if after is None or last <= after:
            return last, []
        rows = self._database.rows(
            "SELECT duration_ms FROM batches WHERE rowid > ? AND rowid <= ?", after, last
        )
        return last, [row["duration_ms"] / 1_000 for row in rows]

    def oldest_received_since(self, at_us: int) -> int | None:
        """Return the oldest receipt of what was committed from an instant on; None of nothing."""
        rows = self._database.rows("SELECT origins FROM batches WHERE at_us >= ?", at_us)
        told = [origin[0] for row in rows for origin in json.loads(row["origins"])]
        return min(told, default=None)

    def try_writing(self) -> None:
        """Write the schema's number over itself and flush: no content changes.

        Raises:
            Unavailable: When the journal cannot be written now.
        """

        def write(connection: sqlite3.Connection) -> None:
            number = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute(f"PRAGMA user_version = {number}")

        self._database.write(write)

    def schema(self) -> int:
        """Return the version of the tables on disk; a newer process may have changed it."""
        row = self._database.row("PRAGMA user_version")
        return int(row[0]) if row else 0
