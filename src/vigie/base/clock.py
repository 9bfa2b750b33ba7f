"""The clock is an argument: nothing in Vigie asks the system for the time by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LEAP_US = 1_800_000_000
"""Half an hour: no synchronisation corrects so much, and an hour is what retention may err by."""
BELIEVED_US = 3_600_000_000


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


def wall_us() -> int:
    """Return what the machine's clock says, epoch µs."""
    return time.time_ns() // 1_000


def elapsed_us() -> int:
    """Return how long the machine has been up, sleep included where the system tells it."""
    counter = getattr(time, "CLOCK_BOOTTIME", None)
    return (time.monotonic_ns() if counter is None else time.clock_gettime_ns(counter)) // 1_000


class SteadyClock:
    """The machine's clock, but for leaps: one is believed only once it has stood for an hour.

    A clock set forward by a day, were it for ten minutes, would let a home forget a day too soon,
    and stamp what comes in so that it is forgotten a day too late. How long the machine has been up
    tells a leap from time that went by. A process that starts takes the clock as it finds it: it is
    a demonstration's; a home that keeps anything has a ``HouseClock``.

    Args:
        wall_us: The machine's clock, epoch µs.
        elapsed_us: What nobody sets and only ever goes on, µs.
        leap_us: From how much on a correction is a leap; smaller ones are followed at once.
    """

    def __init__(
        self,
        wall_us: Callable[[], int] = wall_us,
        elapsed_us: Callable[[], int] = elapsed_us,
        leap_us: int = LEAP_US,
    ) -> None:
        self._wall_us, self._elapsed_us, self._leap_us = wall_us, elapsed_us, leap_us
        self._offset_us = wall_us() - elapsed_us()
        self._leap: tuple[int, int] | None = None

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        elapsed_us = self._elapsed_us()
        offset_us = self._wall_us() - elapsed_us
        if abs(offset_us - self._offset_us) < self._leap_us:
            self._offset_us, self._leap = offset_us, None
            return from_us(elapsed_us + offset_us)
        leap = self._leap
        if leap is None or abs(offset_us - leap[0]) >= self._leap_us:
            leap = self._leap = offset_us, elapsed_us
        if elapsed_us - leap[1] >= BELIEVED_US:
            self._offset_us, self._leap = offset_us, None
        return from_us(elapsed_us + self._offset_us)

    def leapt_us(self) -> int:
        """Return how far the machine's clock stands from this one, a leap not believed yet."""
        return 0 if self._leap is None else self._leap[0] - self._offset_us


@runtime_checkable
class Leaping(Protocol):
    """A clock that does not follow every leap of the machine's."""

    def leapt_us(self) -> int:
        """Return how far the machine's clock stands from this one, µs."""
        ...


def leapt_us(clock: Clock) -> int:
    """Return how far the machine's clock stands from one that does not follow its leap yet."""
    return clock.leapt_us() if isinstance(clock, Leaping) else 0


def latest_us(clock: Clock) -> int:
    """Return the later of a clock and of the machine's that it does not believe, epoch µs.

    What somebody may do until an instant ends by either: a doubt opens nothing for longer.
    """
    return now_us(clock) + max(0, leapt_us(clock))


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
