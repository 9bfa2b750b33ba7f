"""Days, hours and weekdays as people type them in French: ``03/12/2026 21h30``, ``mardi``."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from vigie.geo.addresses import fold
from vigie.intake.messages.occurrences import instant_of, later, midnight
from vigie.intake.messages.reading import RowRefused, instant

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FRENCH = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY_AND_CLOCK = re.compile(r"(\S+)\s+(?:[àa]\s+)?(\S+)")
_CLOCK = re.compile(r"(\d{1,2})(?:[:hH](\d{2})?)(?::?(\d{2})(?:\.0{1,6})?)?", re.ASCII)
_EVERY_DAY = frozenset({"tous les jours", "quotidien", "quotidienne", "chaque jour"})
_MOST_DAYS = 400


def read_day(shown: str, column: str) -> date:
    """Return a day written ``3/12/2026`` or ``2026-12-03``.

    Raises:
        RowRefused: ``bad_time``.
    """
    found = _DAY.fullmatch(shown) or _ISO_DAY.fullmatch(shown)
    try:
        if found is not None:
            first, second, third = (int(part) for part in found.groups())
            return date(third, second, first) if found.re is _DAY else date(first, second, third)
    except ValueError as error:
        raise _bad(shown, column) from error
    raise _bad(shown, column)


def read_clock(shown: str, column: str) -> timedelta:
    """Return a time of day, ``7h``, ``07:30``, ``7h30``, ``24:00``, as counted from midnight.

    Raises:
        RowRefused: ``bad_time``.
    """
    found = _CLOCK.fullmatch(shown.replace(" ", ""))
    if found is None:
        raise _bad(shown, column)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    clock = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if clock > timedelta(days=1) or minutes >= 60 or seconds >= 60:  # noqa: PLR2004 -- of the clock
        raise _bad(shown, column)
    return clock


def read_when(shown: str, column: str, tz: str) -> tuple[int, date | None]:
    """Return an instant, epoch µs, and the day when only a day is told.

    Args:
        shown: A day, a day and an hour, or ISO 8601.
        column: Where it stands, for the reason.
        tz: Zone of a time that names none.

    Raises:
        RowRefused: ``bad_time``.
    """
    zone = ZoneInfo(tz)
    if _DAY.fullmatch(shown) or _ISO_DAY.fullmatch(shown):
        day = read_day(shown, column)
        return instant_of(midnight(day), zone), day
    parts = _DAY_AND_CLOCK.fullmatch(shown)
    if parts is not None and _CLOCK.fullmatch(parts[2]):
        day, clock = read_day(parts[1], column), read_clock(parts[2], column)
        return instant_of(later(midnight(day), clock), zone), None
    us = instant({column: shown}, column, tz)
    if us is None:
        raise _bad(shown, column)
    return us, None


def read_days(shown: str, column: str) -> frozenset[date]:
    """Return the days of a list, separated by commas, semicolons or blanks.

    Raises:
        RowRefused: ``bad_time``, also for more than 400.
    """
    texts = re.split(r"[,;\s]+", shown.strip(" ,;"))
    if len(texts) > _MOST_DAYS:
        raise _bad(shown, column)
    return frozenset(read_day(text, column) for text in texts)


def read_weekdays(shown: str, column: str) -> list[str]:
    """Return weekdays as RFC 5545 writes them, in the order of the week.

    ``mardi, jeudi et samedi``, ``mar-sam``, ``du mardi au samedi``, ``tous les jours``.

    Raises:
        RowRefused: ``unknown_code``.
    """
    if fold(shown) in _EVERY_DAY:
        return list(WEEKDAYS)
    told: set[int] = set()
    for part in re.split(r"[,;/+&]|\bet\b", shown.lower()):
        ends = [word for word in re.split(r"-|\bau?\b|\bdu\b|\ble\b|\bles\b", part) if word.strip()]
        days = [_weekday(word.strip(), shown, column) for word in ends]
        if not part.strip():
            continue
        if not days or len(days) > 2:  # noqa: PLR2004 -- from one to the other
            raise RowRefused("unknown_code", value=shown[:40], column=column)
        length = (days[-1] - days[0]) % 7
        told |= {(days[0] + step) % 7 for step in range(length + 1)}
    if not told:
        raise RowRefused("unknown_code", value=shown[:40], column=column)
    return [WEEKDAYS[day] for day in sorted(told)]


def _weekday(word: str, shown: str, column: str) -> int:
    full = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    bare = word.rstrip(".s") if len(word) > 3 else word  # noqa: PLR2004 -- mar., mardis
    for number, (name, short) in enumerate(zip(full, _FRENCH, strict=True)):
        if bare in {name, short}:
            return number
    raise RowRefused("unknown_code", value=shown[:40], column=column)


def end_of(day: date, tz: str) -> int:
    """Return when a day is over in a zone, epoch µs."""
    return instant_of(later(midnight(day), timedelta(days=1)), ZoneInfo(tz))


def on_day(day: datetime, clock: timedelta, tz: str, *, after: timedelta | None = None) -> int:
    """Return the instant of a time of day; when it is not after another, that of the next day.

    Args:
        day: Midnight of the day, naive.
        clock: From ``read_clock``.
        tz: The zone.
        after: The time of day that it must come after, or None.
    """
    later_by = timedelta(days=1) if after is not None and clock <= after else timedelta()
    return instant_of(later(day, clock + later_by), ZoneInfo(tz))


def _bad(shown: str, column: str) -> RowRefused:
    return RowRefused("bad_time", value=shown[:40], column=column)
