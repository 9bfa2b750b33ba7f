"""The event log: what happened, in order, kept so that a reader can resume where it stopped."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vigie.base.clock import Clock, now_us
from vigie.intake.database import Database

FACT_RECORDED = "org.vigie.fact.recorded.v1"
FACTS_RECORDED = "org.vigie.facts.recorded.v1"
MEANS_MOVED = "org.vigie.means.moved.v1"
BATCH_RECORDED = "org.vigie.batch.recorded.v1"
SOURCE_STATE = "org.vigie.source.state.v1"
QUARANTINE_ADDED = "org.vigie.quarantine.added.v1"
PRESSURE = "org.vigie.intake.pressure.v1"

KEPT = 200_000
OTHER_PROCESS_S = 0.5


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        id: Its number; later events have greater ones, for ever.
        type: CloudEvents type.
        at_us: When it was logged, epoch µs.
        data: What it says.
    """

    id: int
    type: str
    at_us: int
    data: Any


class EventLog:
    """Events in ``intake.db``; other processes on the same home append to the same log.

    Attributes:
        tell: Called when something was logged here, so that another process need not look for it.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._changed = threading.Condition()
        self.tell: Callable[[], None] | None = None

    @property
    def latest_id(self) -> int:
        """Number of the newest event ever logged, 0 before the first."""
        row = self._database.row("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
        return int(row["seq"]) if row else 0

    @property
    def oldest_id(self) -> int:
        """Number of the oldest event still kept, 0 when none is."""
        row = self._database.row("SELECT min(id) AS id FROM events")
        return int(row["id"] or 0) if row else 0

    def append(self, type_: str, data: Mapping[str, Any]) -> int:
        """Log an event and return its number; durable when this returns."""
        number = self._database.write(lambda c: self.append_within(c, type_, data))
        self.announce()
        return number

    def append_all(self, events: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Log some events together; durable when this returns."""

        def write(connection: sqlite3.Connection) -> None:
            for type_, data in events:
                self.append_within(connection, type_, data)

        if events:
            self._database.write(write)
            self.announce()

    def append_within(
        self, connection: sqlite3.Connection, type_: str, data: Mapping[str, Any]
    ) -> int:
        """Log an event in the caller's transaction; call ``announce`` after it."""
        cursor = connection.execute(
            "INSERT INTO events (type, at_us, data) VALUES (?, ?, ?)",
            (type_, now_us(self._clock), json.dumps(data, ensure_ascii=False)),
        )
        return int(cursor.lastrowid or 0)

    def since(self, after: int, limit: int = 500) -> list[Event]:
        """Return the events after a number, in order, at most ``limit``."""
        rows = self._database.rows(
            "SELECT id, type, at_us, data FROM events WHERE id > ? ORDER BY id LIMIT ?",
            after,
            limit,
        )
        return [Event(r["id"], r["type"], r["at_us"], json.loads(r["data"])) for r in rows]

    def wait(self, after: int, timeout: float) -> bool:
        """Wait until there is an event after a number; say whether there is.

        Args:
            after: Number of the last event known.
            timeout: Longest wait, seconds.
        """
        until = time.monotonic() + timeout
        with self._changed:
            while self.latest_id <= after:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                # Another process may have logged: look again even when nobody here announced.
                self._changed.wait(min(left, OTHER_PROCESS_S))
        return True

    def announce(self) -> None:
        """Wake those who wait."""
        self.rung()
        if self.tell is not None:
            self.tell()

    def rung(self) -> None:
        """Wake those who wait: another process has announced."""
        with self._changed:
            self._changed.notify_all()

    def prune(self, *, keep: int = KEPT) -> int:
        """Drop all but the newest events; numbers are never used again."""

        def drop(connection: sqlite3.Connection) -> int:
            return connection.execute(
                "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - ?", (keep,)
            ).rowcount

        return self._database.write(drop)
