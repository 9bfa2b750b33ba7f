"""The clock is an argument: nothing in Vigie asks the system for the time by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Something that tells the time as an aware UTC datetime."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return from_us(time.time_ns() // 1_000)


class FixedClock:
    """A clock that stands still until it is moved (tests, replays)."""

    def __init__(self, at: datetime) -> None:
        self._at = require_aware(at)

    def now(self) -> datetime:
        """Return the instant the clock stands at."""
        return self._at

    def advance(self, by: timedelta) -> None:
        """Move the clock forward (or back, with a negative step)."""
        self._at += by


def require_aware(at: datetime) -> datetime:
    """Return ``at`` in UTC.

    Raises:
        ValueError: When ``at`` is naive: a time without a zone is an error, never a guess.
    """
    if at.tzinfo is None or at.utcoffset() is None:
        msg = "naive datetime"
        raise ValueError(msg)
    return at.astimezone(UTC)


def to_us(at: datetime) -> int:
    """Return epoch microseconds of an aware datetime, exactly (no floating point)."""
    return (require_aware(at) - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """Return the aware UTC datetime of epoch microseconds, exactly."""
    return EPOCH + timedelta(microseconds=us)


def now_us(clock: Clock) -> int:
    """Return the clock's time as epoch microseconds."""
    return to_us(clock.now())


def to_rfc3339(us: int) -> str:
    """Return epoch microseconds as RFC 3339 in UTC, with ``Z`` and microseconds only if any."""
    text = from_us(us).isoformat()
    return text.replace("+00:00", "Z")
