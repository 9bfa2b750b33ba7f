"""When a recurring plan takes place: rules of RFC 5545 within a horizon, in local clock time.

A weekly market at seven stays at seven when the clocks change: rules are followed on the local
clock and only then turned into instants. A reading that does not exist is taken with the offset of
before the change, one that exists twice is its first instant (RFC 5545, 3.3.5).

The rules are followed by ``dateutil``, which searches a rule that never comes true (the 30th of
February) up to the year 9999. The calendar repeats every 28 years from 1901 to 2099, and every 400
years for ever; rules are therefore followed in the same calendar some 7,900 years later, where the
end is near and a hostile rule costs no more than a good one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from vigie.base.clock import EPOCH, from_us, to_us
from vigie.intake.connector import Context
from vigie.intake.messages.reading import RowRefused
from vigie.model.times import DAY_US

HORIZON_DAYS, PAST_DAYS, MOST = 400, 30, 1_000
"""How far after and before receipt a recurrence is followed, and how many plans one may give."""
MAX_HORIZON_DAYS = 1_096
MAX_STEPS = 20_000
"""Most occurrences of one rule that are passed on the way to the horizon."""
MAX_EFFORT = 4_000_000
"""The same for all rules of a payload, which together may cost about a minute."""

_CYCLE_YEARS, _ERAS_YEARS = 28, 8_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2098
_RULE = re.compile(r"[A-Z-]{1,12}=[A-Z0-9,+-]{1,2000}(?:;[A-Z-]{1,12}=[A-Z0-9,+-]{1,2000}){0,14}")
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_DAY = r"(?:[+-]?(?:[1-9]|[1-4][0-9]|5[0-3]))?(?:MO|TU|WE|TH|FR|SA|SU)"
_LISTS = {
    "BYSECOND": r"[0-5]?[0-9]",
    "BYMINUTE": r"[0-5]?[0-9]",
    "BYHOUR": r"[01]?[0-9]|2[0-3]",
    "BYDAY": _DAY,
    "BYMONTHDAY": r"[+-]?(?:[1-9]|[12][0-9]|3[01])",
    "BYYEARDAY": r"[+-]?(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])",
    "BYWEEKNO": r"[+-]?(?:[1-9]|[1-4][0-9]|5[0-3])",
    "BYMONTH": r"[1-9]|1[0-2]",
    "BYSETPOS": r"[+-]?(?:[1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])",
}
_SINGLES = {
    "COUNT": r"[1-9][0-9]{0,5}",
    "INTERVAL": r"0{0,4}[1-9][0-9]{0,3}",
    "WKST": "MO|TU|WE|TH|FR|SA|SU",
}
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")
_CLOCKS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_MOST_A_DAY = 288
_SEARCH_EFFORT = 20_000  # of looking in vain for one more occurrence


@dataclass(slots=True)
class Horizon:
    """The stretch of time in which the recurrences of one payload are followed.

    Attributes:
        from_us: Its beginning, epoch µs.
        to_us: Its end, epoch µs.
        most: Most occurrences of one plan.
        effort: How many occurrences may still be looked at in all.
    """

    from_us: int
    to_us: int
    most: int
    effort: int = MAX_EFFORT

    @property
    def last_year(self) -> int:
        """Year in which it ends, UTC."""
        return from_us(self.to_us).year


def horizon_of(context: Context) -> Horizon:
    """Return the horizon that ``horizon_days``, ``past_days``, ``max_occurrences`` set."""
    options, now_us = context.options, to_us(context.now)
    ahead = _whole(options, "horizon_days", HORIZON_DAYS, MAX_HORIZON_DAYS)
    behind = _whole(options, "past_days", PAST_DAYS, MAX_HORIZON_DAYS)
    most = _whole(options, "max_occurrences", MOST, 10 * MOST)
    return Horizon(now_us - behind * DAY_US, now_us + ahead * DAY_US, most)


def _whole(options: Mapping[str, Any], name: str, default: int, limit: int) -> int:
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    return min(max(value, 0), limit)


def instant_of(wall: datetime, zone: tzinfo) -> int:
    """Return the instant of a local clock reading, epoch µs.

    Raises:
        RowRefused: ``bad_time`` at the ends of the calendar.
    """
    try:
        return _instant(wall, zone)
    except (OverflowError, ValueError) as error:
        raise RowRefused("bad_time", value=wall.isoformat()[:40], column="") from error


def _instant(wall: datetime, zone: tzinfo) -> int:
    at_us = to_us(wall.replace(tzinfo=zone, fold=0))
    if isinstance(zone, ZoneInfo):
        return at_us
    # Other zones may read what does not exist on the new clock instead of the old one.
    if from_us(at_us).astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return at_us
    return to_us((wall - timedelta(days=1)).replace(tzinfo=zone, fold=0)) + DAY_US


def later(wall: datetime, by: timedelta) -> datetime:
    """Return a local clock reading so much later.

    Raises:
        RowRefused: ``bad_time`` at the end of the calendar.
    """
    try:
        return wall + by
    except OverflowError as error:
        raise RowRefused("bad_time", value=wall.isoformat()[:40], column="") from error


def midnight(day: date) -> datetime:
    """Return the first clock reading of a day."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- local, its zone stands beside


def occurrences(
    rule: str, start: datetime, zone: tzinfo, horizon: Horizon
) -> tuple[list[datetime], bool]:
    """Return the local clock readings at which a rule comes true within a horizon, in order.

    Args:
        rule: Value of an ``RRULE``.
        start: Local clock reading of the first occurrence, naive.
        zone: Its zone.
        horizon: How far to look.

    Returns:
        The readings, and whether there are more than ``horizon.most`` of them.

    Raises:
        RowRefused: ``unknown_code`` for a rule that is none or recurs within the day,
            ``time_too_old`` when it begins before 1970, ``too_many_occurrences`` when too many
            lie before the horizon or the payload's effort is spent.
    """
    if horizon.effort < 0:
        raise RowRefused("too_many_occurrences", limit=MAX_STEPS)
    parts = _parts(rule)
    last_us = min(horizon.to_us, _until_us(parts.pop("UNTIL", ""), zone, horizon.to_us))
    if start.year < _FIRST_YEAR:
        raise RowRefused("time_too_old", value=start.isoformat()[:40])
    if instant_of(start, zone) > last_us or horizon.last_year > _LAST_YEAR:
        return [], False
    years = _years_later(horizon)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        followed = rrulestr(text, dtstart=_moved(start, years))
    except (ValueError, TypeError, KeyError) as error:
        raise _not_a_rule(rule) from error
    found: list[datetime] = []
    for steps, reading in enumerate(followed):
        wall = _moved(reading, -years)
        at_us = instant_of(wall, zone)
        if at_us > last_us:
            return found, False
        horizon.effort -= 1
        if steps >= MAX_STEPS or horizon.effort < 0:
            raise RowRefused("too_many_occurrences", limit=MAX_STEPS)
        if at_us >= horizon.from_us:
            if len(found) == horizon.most:
                return found, True
            found.append(wall)
    if "COUNT" not in parts:
        horizon.effort -= _SEARCH_EFFORT
    return found, False


def _not_a_rule(rule: str) -> RowRefused:
    return RowRefused("unknown_code", value=rule[:40], column="RRULE")


def _parts(rule: str) -> dict[str, str]:
    """Return the parts of a rule that is well formed and does not recur within the day."""
    bare = "".join(rule.split()).upper().rstrip(";")
    if _RULE.fullmatch(bare) is None:
        raise _not_a_rule(rule)
    pairs = [part.split("=", 1) for part in bare.split(";")]
    parts = {name: value for name, value in pairs if (name, value) != ("RSCALE", "GREGORIAN")}
    if len({name for name, _ in pairs}) < len(pairs) or parts.get("FREQ") not in _FREQUENCIES:
        raise _not_a_rule(rule)
    a_day = 1
    for name, value in parts.items():
        items = value.split(",")
        if name in _LISTS:
            fine = all(re.fullmatch(_LISTS[name], item) for item in items)
            a_day *= len(items) if name in _CLOCKS else 1
        elif name in _SINGLES:
            fine = re.fullmatch(_SINGLES[name], value) is not None
        else:
            fine = name in {"FREQ", "UNTIL"}
        if not fine:
            raise _not_a_rule(rule)
    if a_day > _MOST_A_DAY:
        raise _not_a_rule(rule)
    return parts


def _until_us(until: str, zone: tzinfo, default: int) -> int:
    """Return the instant after which a rule ends; a day ends when it is over."""
    if not until:
        return default
    found = _UNTIL.fullmatch(until)
    if found is None:
        raise RowRefused("bad_time", value=until[:40], column="RRULE.UNTIL")
    day, clock, utc = found.groups()
    try:
        wall = datetime.strptime(day + (clock or "235959"), "%Y%m%d%H%M%S")  # noqa: DTZ007 -- local
    except ValueError as error:
        raise RowRefused("bad_time", value=until[:40], column="RRULE.UNTIL") from error
    return instant_of(wall, EPOCH.tzinfo or zone) if utc else instant_of(wall, zone)


def _years_later(horizon: Horizon) -> int:
    """Return by how many years to move so that the calendar is the same and 9999 is near."""
    room = MAXYEAR - _ERAS_YEARS - (horizon.last_year + 1)
    return _ERAS_YEARS + _CYCLE_YEARS * (room // _CYCLE_YEARS)


def _moved(wall: datetime, years: int) -> datetime:
    return wall.replace(year=wall.year + years)
