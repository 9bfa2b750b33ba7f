"""Periods and occasions on the local clock: "the last 28 days", "Mondays at seven".

A period is made of whole local days, weeks, months or years that are over; an occasion is the
instant at which the local clock shows an hour. An hour that a clock change skips is meant as one
that follows it by as much (the rule of ``model.times``); one that comes twice is its first.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from vigie.base.clock import to_us
from vigie.model.times import at_local, day_bounds

UNITS: Final = ("day", "week", "month", "year")
EVERY: Final = ("day", "week", "month")
MOST: Final = {"day": 7_300, "week": 1_040, "month": 240, "year": 20}
"""Longest periods: twenty years."""
MONTHS: Final = 12
WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Period:
    """The last so many whole days, weeks (from Monday), months or years.

    Attributes:
        unit: Of what, one of ``UNITS``.
        n: How many.
    """

    unit: str
    n: int

    def bounds(self, at_us: int, timezone: str) -> tuple[int, int]:
        """Return start and end (exclusive), epoch µs, of the period as it stands at an instant."""
        today = at_local(at_us, timezone).date()
        if self.unit == "day":
            first, last = today - timedelta(days=self.n), today
        elif self.unit == "week":
            last = today - timedelta(days=today.weekday())
            first = last - timedelta(weeks=self.n)
        elif self.unit == "month":
            last = today.replace(day=1)
            first = _months_before(last, self.n)
        else:
            last = date(today.year, 1, 1)
            first = date(today.year - self.n, 1, 1)
        return day_bounds(first, timezone)[0], day_bounds(last, timezone)[0]


def _months_before(first: date, n: int) -> date:
    months = first.year * MONTHS + first.month - 1 - n
    return date(months // MONTHS, months % MONTHS + 1, 1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When something is done again and again.

    Attributes:
        every: Each local day, week or month, one of ``EVERY``.
        hour: Local hour, 0 to 23.
        weekday: Of a week, 0 for Monday.
        day: Of a month, 1 to 31; a shorter month takes its last.
    """

    every: str
    hour: int
    weekday: int = 0
    day: int = 1

    def on(self, day: date) -> bool:
        """Say whether a local day has an occasion."""
        if self.every == "week":
            return day.weekday() == self.weekday
        if self.every == "month":
            return day.day == min(self.day, monthrange(day.year, day.month)[1])
        return True


def _instant(day: date, hour: int, timezone: str) -> int:
    return to_us(datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(timezone)))


def _from(rhythm: Rhythm, after_us: int, timezone: str) -> Iterator[int]:
    """Yield the occasions after an instant, without end."""
    day = at_local(after_us, timezone).date()
    while True:
        if rhythm.on(day):
            at = _instant(day, rhythm.hour, timezone)
            if at > after_us:
                yield at
        day += timedelta(days=1)


def next_after(rhythm: Rhythm, after_us: int, timezone: str) -> int:
    """Return the first occasion after an instant, epoch µs."""
    return next(_from(rhythm, after_us, timezone))


def between(rhythm: Rhythm, after_us: int, until_us: int, timezone: str) -> list[int]:
    """Return the occasions after an instant, up to and including another, oldest first."""
    found = []
    for at in _from(rhythm, after_us, timezone):
        if at > until_us:
            break
        found.append(at)
    return found
