"""Time in the city: hours as UTC slots that carry their local day, hour, weekday and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from vigie.base.clock import require_aware, to_us

ZONE = ZoneInfo("Europe/Paris")
HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
DAY_US = 24 * HOUR_US

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

# School holidays of zone B (Marseille) in 2026; other years repeat these days.
_SCHOOL_HOLIDAYS = (
    ((2, 14), (3, 1)),
    ((4, 11), (4, 26)),
    ((7, 4), (8, 31)),
    ((10, 17), (11, 1)),
    ((12, 19), (12, 31)),
    ((1, 1), (1, 4)),
)


@dataclass(frozen=True)
class Span:
    """Consecutive UTC hours of a stretch of time, with their local labels.

    Attributes:
        start_us: First hour, epoch microseconds.
        hours: How many.
        local_hour: Local hour of each slot, 0-23.
        weekday: Local weekday of each slot, 0 = Monday.
        month: Local month, 1-12.
        ordinal: Local day as proleptic ordinal.
        holiday: Public holiday.
        school: School day.
    """

    start_us: int
    hours: int
    local_hour: IntArray
    weekday: IntArray
    month: IntArray
    ordinal: IntArray
    holiday: BoolArray
    school: BoolArray

    @property
    def end_us(self) -> int:
        """End, exclusive."""
        return self.start_us + self.hours * HOUR_US

    @property
    def slots_us(self) -> IntArray:
        """Start of each slot, epoch microseconds."""
        slots: IntArray = self.start_us + np.arange(self.hours, dtype=np.int64) * HOUR_US
        return slots

    @property
    def day_of_year(self) -> IntArray:
        """Day of the year of each slot, 1-366."""
        first = [date.fromordinal(int(o)).replace(month=1, day=1).toordinal() for o in self.ordinal]
        days: IntArray = self.ordinal - np.array(first, dtype=np.int64) + 1
        return days


def midnight(day: date) -> datetime:
    """Return the instant a local day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def local(us: int) -> datetime:
    """Return the local time of epoch microseconds."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(us))).astimezone(ZONE)


def local_day(at: datetime) -> date:
    """Return the local day of an aware instant."""
    return require_aware(at).astimezone(ZONE).date()


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year in metropolitan France."""
    return frozenset(holidays.country_holidays("FR", years=year))


def is_school_day(day: date) -> bool:
    """Say whether schools are open: a weekday outside zone B holidays and public holidays."""
    if day.weekday() >= 5 or day in public_holidays(day.year):
        return False
    mark = (day.month, day.day)
    return not any(first <= mark <= last for first, last in _SCHOOL_HOLIDAYS)


def span(first: date, days: int) -> Span:
    """Return the span of ``days`` local days from ``first``; 23 or 25 hours when clocks change."""
    start = midnight(first)
    end = midnight(first + timedelta(days=days))
    hours = int((end - start) / timedelta(hours=1))
    locals_ = [(start + timedelta(hours=h)).astimezone(ZONE) for h in range(hours)]
    dates = [at.date() for at in locals_]
    closed = {d for d in set(dates) if d in public_holidays(d.year)}
    schools = {d for d in set(dates) if is_school_day(d)}
    return Span(
        start_us=to_us(start),
        hours=hours,
        local_hour=np.array([at.hour for at in locals_], dtype=np.int64),
        weekday=np.array([d.weekday() for d in dates], dtype=np.int64),
        month=np.array([d.month for d in dates], dtype=np.int64),
        ordinal=np.array([d.toordinal() for d in dates], dtype=np.int64),
        holiday=np.array([d in closed for d in dates], dtype=np.bool_),
        school=np.array([d in schools for d in dates], dtype=np.bool_),
    )


def local_parts(us: IntArray) -> IntArray:
    """Return local wall-clock microseconds (as if UTC) of each instant, vectorised.

    Exact for Europe/Paris from 1996 on (EU directive 2000/84/EC: clocks change at 01:00 UTC on the
    last Sundays of March and October).
    """
    if len(us) == 0:
        return us.astype(np.int64)
    first, last = local(int(us.min())).year, local(int(us.max())).year
    offset = np.full(us.shape, HOUR_US, dtype=np.int64)
    for year in range(first - 1, last + 2):
        spring, autumn = (_change(year, month) for month in (3, 10))
        offset[(us >= spring) & (us < autumn)] = 2 * HOUR_US
    return us + offset


def _change(year: int, month: int) -> int:
    last = date(year, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    return to_us(datetime(year, month, sunday.day, 1, tzinfo=UTC))


def local_text(us: IntArray, style: str) -> list[str]:
    """Return local times as text, vectorised.

    Args:
        us: Instants, epoch microseconds.
        style: ``date`` (``JJ/MM/AAAA``), ``hm`` (``HH:MM``), ``hms``, ``stamp``
            (``JJ/MM/AAAA HH:MM:SS``) or ``offset`` (ISO 8601 with the offset).
    """
    wall = local_parts(us)
    iso = np.datetime_as_string(wall.astype("datetime64[us]"), unit="s").tolist()
    if style == "date":
        return [f"{t[8:10]}/{t[5:7]}/{t[:4]}" for t in iso]
    if style == "hm":
        return [t[11:16] for t in iso]
    if style == "hms":
        return [t[11:19] for t in iso]
    if style == "stamp":
        return [f"{t[8:10]}/{t[5:7]}/{t[:4]} {t[11:19]}" for t in iso]
    offsets = ((wall - us) // HOUR_US).tolist()
    return [f"{t}+0{o}:00" for t, o in zip(iso, offsets, strict=True)]


def utc_text(us: IntArray) -> list[str]:
    """Return instants as RFC 3339 in UTC, to the second."""
    iso = np.datetime_as_string(us.astype("datetime64[us]"), unit="s").tolist()
    return [f"{t}Z" for t in iso]
