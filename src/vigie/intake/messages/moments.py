"""Days and hours as French administrations write them, in one cell or two, to instants.

``12/03/2026 14:05``, ``2026-03-12`` beside ``14h05``, ``20260312``, an ISO 8601 text with its
offset. A day without an hour is the whole local day; an hour that the clock change makes
double is both.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from vigie.base.clock import to_us
from vigie.intake.messages.reading import RowRefused

_DAY = (
    r"(?:(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})"
    r"|(?P<d2>\d{1,2})[-/.](?P<m2>\d{1,2})[-/.](?P<y2>\d{4})"
    r"|(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2}))"
)
_CLOCK = r"(?P<h>\d{1,2})\s?[:hH]\s?(?P<mi>\d{2})?(?:[:mM](?P<s>\d{2}))?(?:[.,](?P<f>\d{1,9}))?"
_ZONE = r"\s?(?P<z>[Zz]|[+-]\d{2}:?\d{2})"
_WHOLE = re.compile(rf"{_DAY}(?:(?:[Tt]|\s+(?:à\s+)?){_CLOCK}(?:{_ZONE})?)?", re.ASCII)
_HOUR = re.compile(rf"{_CLOCK}(?:{_ZONE})?|(?P<hm>\d{{1,4}})|(?P<h6>\d{{6}})", re.ASCII)
_LENGTH = re.compile(
    r"(?:PT)?(?:(?P<h>\d{1,3})\s?[hH:]\s?)?(?:(?P<m>\d{1,4})\s?(?:[mM](?:in(?:utes?)?)?)?)?",
    re.ASCII,
)
_DAY_HOURS = 24
_FIELDS = ("y", "m", "d")


class Moment(NamedTuple):
    """When something was.

    Attributes:
        earliest_us: Earliest instant it can mean, epoch µs.
        latest_us: Latest instant, the same one unless the text leaves it open.
        remark: ``ambiguous_time`` or ``nonexistent_time`` at a change of the clocks, else empty.
        day_only: Whether no hour was said.
    """

    earliest_us: int
    latest_us: int
    remark: str = ""
    day_only: bool = False


def read_moment(day: str, hour: str | None, zone: str, column: str) -> Moment:
    """Return the moment that a day and an hour mean.

    Args:
        day: A day, or a day and its hour.
        hour: The hour where it stands in a cell of its own; it wins over that of ``day``.
        zone: IANA zone of what names none.
        column: For the reason of a refusal.

    Raises:
        RowRefused: ``bad_time``.
    """
    try:
        return _moment(day.strip()[:80], (hour or "").strip()[:80], zone)
    except (ValueError, OverflowError):
        shown = f"{day} {hour}" if hour else day
        raise RowRefused("bad_time", value=shown[:40], column=column) from None


def revision_of(changed: str | None, zone: str, column: str) -> int:
    """Return the revision that a time of change stands for: later is higher, none is 0.

    Raises:
        RowRefused: ``bad_time``.
    """
    return 0 if changed is None else read_moment(changed, None, zone, column).earliest_us


def shift_hour(hour: str) -> tuple[str, str] | None:
    """Return the two hours of a slot (``08:00-10:00``, ``8-10``, ``22h à 0h``), or None."""
    found = re.fullmatch(r"\s*(.{1,12}?)\s*(?:[-\u2013/]|à|a|to)\s*(.{1,12}?)\s*", hour)
    if found is None or any(_HOUR.fullmatch(one) is None for one in found.groups()):
        return None
    begin, end = (one + "h" if one.isdigit() and len(one) <= 2 else one for one in found.groups())  # noqa: PLR2004 -- an hour alone
    return begin, end


def minutes_of(length: str) -> int | None:
    """Return the minutes of a length of time (``90``, ``15 min``, ``1h30``, ``PT2H``), or None."""
    found = _LENGTH.fullmatch(length.strip())
    if found is None or not any(found.groups()):
        return None
    return int(found["h"] or 0) * 60 + int(found["m"] or 0)


@lru_cache(maxsize=65_536)
def _moment(day: str, hour: str, zone: str) -> Moment:
    found = _WHOLE.fullmatch(day)
    if found is None:
        raise ValueError(day)
    said = found.groupdict()
    tail = next(tail for tail in ("", "2", "3") if said[f"y{tail}"])
    on = date(*(int(said[f"{name}{tail}"]) for name in _FIELDS))
    if hour:
        clock = _HOUR.fullmatch(hour)
        if clock is None:
            raise ValueError(hour)
        said = clock.groupdict()
    clock_s, fraction_us = _seconds(said)
    if clock_s is None:
        return _whole_day(on, zone)
    return _at(on, clock_s, fraction_us, _stated(said["z"]), zone)


def _seconds(said: dict[str, str | None]) -> tuple[int | None, int]:
    """Return the seconds since midnight that a clock text says, and the microseconds beyond."""
    if (together := said.get("hm")) is not None:  # 905 and 0905 are five past nine, 45 is 0:45
        together = together.zfill(4) + "00"
    else:
        together = said.get("h6")
    if together is not None:
        parts = [int(together[at : at + 2]) for at in (0, 2, 4)]
    elif said["h"] is None:
        return None, 0
    else:
        parts = [int(said[name] or 0) for name in ("h", "mi", "s")]
    hours, minutes, seconds = parts
    if hours > _DAY_HOURS or minutes > 59 or seconds > 60:  # noqa: PLR2004 -- a clock's own bounds
        raise ValueError(parts)
    total = hours * 3_600 + minutes * 60 + min(seconds, 59)
    if total > _DAY_HOURS * 3_600:
        raise ValueError(parts)
    return total, int((said.get("f") or "0").ljust(6, "0")[:6])


def _stated(offset: str | None) -> tzinfo | None:
    if offset is None:
        return None
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))


def _at(on: date, seconds: int, fraction_us: int, stated: tzinfo | None, zone: str) -> Moment:
    wall = datetime(on.year, on.month, on.day) + timedelta(  # noqa: DTZ001 -- a local reading; its zone follows
        seconds=seconds, microseconds=fraction_us
    )
    if stated is not None:
        us = to_us(wall.replace(tzinfo=stated))
        return Moment(us, us)
    tz = ZoneInfo(zone)
    first, second = (to_us(wall.replace(tzinfo=tz, fold=fold)) for fold in (0, 1))
    if first == second:
        return Moment(first, first)
    if first < second:
        return Moment(first, second, "ambiguous_time")
    return Moment(first, first, "nonexistent_time")


def _whole_day(on: date, zone: str) -> Moment:
    begin, end = (_at(day, 0, 0, None, zone) for day in (on, on + timedelta(days=1)))
    return Moment(begin.earliest_us, end.earliest_us - 1, day_only=True)


def is_moment(text: str) -> bool:
    """Say whether a text is written like a day, with or without its hour."""
    return _WHOLE.fullmatch(text) is not None
