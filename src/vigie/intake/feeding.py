"""A feed that is fetched: tried when due, remembered across restarts, shown in its health."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vigie.base.clock import Clock, now_us
from vigie.base.errors import VigieError
from vigie.base.logging import get_logger
from vigie.intake.circuit import Circuit, Schedule, State, next_try_us
from vigie.intake.database import Database
from vigie.intake.polling import Fetched

TICK_S = 1.0
CHANCE = secrets.SystemRandom().random
_WORST: tuple[State, ...] = ("open", "half_open", "closed")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FeedState:
    """How fetching is going, for people.

    Attributes:
        circuit: ``closed`` (all is well or not yet given up), ``open`` (left alone),
            ``half_open`` (the next trial decides).
        failures: In a row.
        reason: Of the last failure, or what to know; a code, or empty.
        next_us: When it is tried next, epoch µs.
    """

    circuit: State
    failures: int
    reason: str
    next_us: int


class Feed:
    """One thing to fetch, with its schedule and its circuit."""

    def __init__(
        self,
        key: str,
        source: str,
        schedule: Schedule,
        fetch: Callable[[], Fetched],
        *,
        database: Database,
        clock: Clock,
        wake: Callable[[], None],
        chance: Callable[[], float] = CHANCE,
    ) -> None:
        """Take up where the last process left off.

        Args:
            key: Where it is fetched from; the same after a restart.
            source: Feed it fills.
            schedule: When it is fetched while all is well.
            fetch: Fetches once; tells a failure rather than raise it.
            database: Remembers.
            clock: Tells the time.
            wake: Told when something was journalled.
            chance: Gives numbers from 0 to 1.
        """
        self.key = key
        self.source = source
        self._schedule = schedule
        self._fetch = fetch
        self._database = database
        self._clock = clock
        self._wake = wake
        self._chance = chance
        row = database.row("SELECT * FROM feeds WHERE feed = ?", key)
        self._tried_us: int | None = row["tried_us"] if row else None
        self._circuit = (
            Circuit(row["failures"], row["openings"], row["open_until_us"], row["reason"])
            if row
            else Circuit()
        )

    def turn(self) -> bool:
        """Fetch if it is due; says whether it was.

        Raises:
            TooManyRequests, Unavailable: When the journal cannot take: no fault of the feed's.
        """
        now = now_us(self._clock)
        if next_try_us(self._schedule, self._circuit, self._tried_us, now) > now:
            return False
        self._tried_us = now
        try:
            fetched = self._fetch()
        except VigieError:
            raise
        except Exception:
            self._note(Fetched(0, taken=False, reason="internal_failure"))
            raise
        self._note(fetched)
        if fetched.taken:
            self._wake()
        return True

    def _note(self, fetched: Fetched) -> None:
        now = now_us(self._clock)
        before = self._circuit
        if fetched.reason:
            self._circuit = before.failed(now, fetched.reason, self._chance())
        else:
            self._circuit = Circuit()
        if (before.openings == 0) != (self._circuit.openings == 0):
            state = self._circuit.state(now)
            log.warning("circuit", source=self.source, state=state, reason=fetched.reason)
        values = (
            self.key,
            self.source,
            self._circuit.failures,
            self._circuit.openings,
            self._circuit.open_until_us,
            fetched.reason or fetched.remark,
            self._tried_us,
            next_try_us(self._schedule, self._circuit, self._tried_us, now),
        )
        self._database.write(
            lambda c: (
                c.execute(
                    "INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values
                ).rowcount
            )
        )


def forget_others(database: Database, keys: Iterable[str]) -> None:
    """Forget what is no longer in the settings."""
    known = set(keys)

    def forget(connection: sqlite3.Connection) -> int:
        held = [row["feed"] for row in connection.execute("SELECT feed FROM feeds")]
        gone = [(key,) for key in held if key not in known]
        return connection.executemany("DELETE FROM feeds WHERE feed = ?", gone).rowcount

    database.write(forget)


def feed_states(database: Database, now: int) -> dict[str, FeedState]:
    """Return how fetching is going by source; the worst, where a source is fetched from several."""
    found: dict[str, FeedState] = {}
    for row in database.rows("SELECT * FROM feeds ORDER BY source, next_us"):
        circuit = Circuit(row["failures"], row["openings"], row["open_until_us"])
        one = FeedState(circuit.state(now), row["failures"], row["reason"], row["next_us"])
        held = found.get(row["source"])
        if held is None or _badness(one) < _badness(held):
            found[row["source"]] = one
    return found


def _badness(one: FeedState) -> tuple[int, int, bool]:
    return (_WORST.index(one.circuit), -one.failures, not one.reason)
