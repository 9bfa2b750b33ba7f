"""Kinds of day in a city: seven weekdays, a public holiday as a Sunday, school holidays."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

import holidays
import numpy as np

from vigie.base.clock import EPOCH
from vigie.foresight.effects.bins import DAY_US, HOUR_US, Ints
from vigie.model.times import local_us, resolve_local

SUNDAY = 6
EPOCH_DAY = EPOCH.date()
PUBLIC, SCHOOL, TERM = "public", "school", "term"
"""A public holiday, a day of school holidays, neither."""


def public_holidays(first: date, last: date, country: str) -> frozenset[date]:
    """Return the public holidays of a country between two days, both included."""
    every = holidays.country_holidays(country, years=range(first.year, last.year + 1))
    return frozenset(day for day in every if first <= day <= last)


def day_of(at_us: int, timezone: str) -> date:
    """Return the local day of an instant."""
    local = local_us(np.array([at_us], np.int64), timezone)
    return EPOCH_DAY + timedelta(days=int(local[0] // DAY_US))


class Calendar:
    """Local hours and kinds of day of a city.

    Attributes:
        timezone: IANA zone.
        holidays: Days that count as Sundays.
        breaks: School holidays, first and last day of each, by time.
    """

    def __init__(
        self,
        timezone: str,
        days_off: AbstractSet[date] = frozenset(),
        breaks: Sequence[tuple[date, date]] = (),
    ) -> None:
        self.timezone = timezone
        self.holidays = frozenset(days_off)
        self.breaks = tuple(sorted(breaks))
        self._off = np.array(sorted((day - EPOCH_DAY).days for day in days_off), np.int64)

    def kinds_of_day(self, at_us: Ints) -> Ints:
        """Return the kind of the local day of each instant: 0 Monday to 6 Sunday and holidays."""
        return self.kinds_of(local_us(at_us, self.timezone) // DAY_US)

    def kinds_of(self, days: Ints) -> Ints:
        """Return the kind of each local day, given as days since 1970-01-01."""
        kind = (days + 3) % 7
        return np.asarray(np.where(np.isin(days, self._off), SUNDAY, kind), np.int64)

    def holidays_of(self, day: date) -> str | None:
        """Return ``PUBLIC``, ``SCHOOL`` or ``TERM``; None before and after the breaks known."""
        if day in self.holidays:
            return PUBLIC
        if not self.breaks or not self.breaks[0][0] <= day <= self.breaks[-1][1]:
            return None
        return SCHOOL if any(first <= day <= last for first, last in self.breaks) else TERM

    def hours_of(self, at_us: Ints) -> Ints:
        """Return the local hour of each instant, 0-23."""
        local = local_us(at_us, self.timezone)
        return np.asarray(local % DAY_US // HOUR_US, np.int64)

    def same_clock(self, at_us: int, days: Ints) -> Ints:
        """Return the instants of the same local clock reading, some days earlier or later."""
        local = int(local_us(np.array([at_us], np.int64), self.timezone)[0])
        found = resolve_local(local + days * DAY_US, self.timezone)
        return np.asarray(found.at_us.to_numpy(), np.int64)
