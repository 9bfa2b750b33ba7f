"""Moments of a calendar (RFC 5545): content lines, zones, dates, local clock readings, durations.

Content lines are split and values read by ``icalendar``. Zones are resolved here, because the
library keeps every zone that a file defines for the files that come after it.
"""

from __future__ import annotations

import io
import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from dateutil.tz import tzical

from vigie.intake.messages.occurrences import instant_of, later, midnight
from vigie.intake.messages.reading import RowRefused

MAX_VALUES = 5_000
"""Most values on one line of dates."""

_WHEN = re.compile(r"[0-9]{8}(?:T[0-9]{6}Z?)?")
_SPAN = re.compile(
    r"([+-]?)P(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?"
    r"(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,8})S)?)?"
)
_OFFSET = r"[+-](?:0[0-9]|1[0-5])[0-5][0-9](?:[0-5][0-9])?"
_ZONE_LINE = re.compile(
    r"BEGIN:(?:STANDARD|DAYLIGHT)|END:(?:STANDARD|DAYLIGHT)|DTSTART:[0-9]{8}T[0-9]{6}"
    rf"|TZOFFSET(?:FROM|TO):{_OFFSET}|RDATE:[0-9]{{8}}T[0-9]{{6}}"
    r"|RRULE:FREQ=YEARLY(?:;(?:BYMONTH=(?:1[0-2]|[1-9])|BYDAY=(?:-1|[1-4])(?:MO|TU|WE|TH|FR|SA|SU)"
    r"|INTERVAL=1|WKST=(?:MO|SU)|UNTIL=[0-9]{8}T[0-9]{6}Z?)){1,4}"
)
_ZONE_IGNORED = re.compile(r"(?:TZNAME|COMMENT|LAST-MODIFIED|X-[A-Z0-9-]+)[;:].*", re.IGNORECASE)
_MOST_ZONE_LINES = 64


@dataclass(frozen=True, slots=True)
class Line:
    """A content line: parameters by upper-case name, value with its escapes undone."""

    name: str
    params: Mapping[str, str]
    value: str


def line_of(text: str) -> Line | None:
    """Return a content line in its parts; None when it is none."""
    if "\n" in text:
        return None
    from icalendar.parser import Contentline  # noqa: PLC0415 - late: slow to load

    made: Any = Contentline  # the library leaves it untyped
    try:
        name, params, value = made(text, strict=False).parts()
    except ValueError:
        return None
    known = {str(key).upper(): str(one) for key, one in params.items()}
    return Line(str(name).upper(), known, str(value))


class Zones:
    """The zones of a file: by their IANA name, by their Windows name, else as the file says.

    Args:
        defined: Lines of the zones that the file defines.
        renamed: Option of the feed: what a zone that nobody knows is, by IANA name.
        city: Zone of floating times.
    """

    def __init__(
        self, defined: Mapping[str, Sequence[str]], renamed: Mapping[str, str], city: str
    ) -> None:
        self._defined, self._renamed = defined, renamed
        self.city = zoneinfo.ZoneInfo(city)
        self._known: dict[str, tzinfo | None] = {}

    def find(self, tzid: str) -> tzinfo:
        """Return a zone.

        Raises:
            RowRefused: ``unknown_code`` when nobody knows it.
        """
        if tzid not in self._known:
            self._known[tzid] = self._named(tzid) or _defined_zone(self._defined.get(tzid, ()))
        zone = self._known[tzid]
        if zone is None:
            raise RowRefused("unknown_code", value=tzid[:40], column="TZID")
        return zone

    def lines(self, tzids: set[str]) -> list[str]:
        """Return the definitions of some zones, as content lines."""
        found = [["BEGIN:VTIMEZONE", *_without(self._defined[tzid]), "END:VTIMEZONE"]
                 for tzid in sorted(tzids & self._defined.keys())]  # fmt: skip
        return [line for lines in found for line in lines]

    def _named(self, tzid: str) -> tzinfo | None:
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - late

        bare = str(self._renamed.get(tzid, tzid)).strip("/")
        parts = bare.split("/")
        for name in (bare, WINDOWS_TO_OLSON.get(bare, ""), "/".join(parts[-2:])):
            if name in iana_names():
                return zoneinfo.ZoneInfo(name)
        return None


def _without(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not line.upper().endswith(":VTIMEZONE")]


@lru_cache(maxsize=1)
def iana_names() -> frozenset[str]:
    """Return the names of all zones; asked once, because the answer is looked for on disk."""
    return frozenset(zoneinfo.available_timezones())


def _defined_zone(lines: Sequence[str]) -> tzinfo | None:
    """Return a zone from its definition, or None when it is not of the plain yearly kind."""
    kept = ["BEGIN:VTIMEZONE", "TZID:zone"]
    for line in _without(lines):
        bare = re.sub(r"(?i)^(dtstart|rdate);[^:]{1,80}:", r"\1:", line)
        if bare.upper().startswith("TZID") or _ZONE_IGNORED.fullmatch(bare):
            continue
        if _ZONE_LINE.fullmatch(bare.upper()) is None:
            return None
        kept.append(bare.upper())
    if not 2 < len(kept) <= _MOST_ZONE_LINES:  # noqa: PLR2004 -- more than its head
        return None
    try:
        return tzical(io.StringIO("\n".join([*kept, "END:VTIMEZONE", ""]))).get()
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Moment:
    """A day or a local clock reading in its zone.

    Attributes:
        wall: The reading, naive; midnight for a day.
        zone: Its zone.
        whole_day: Whether only the day is told.
    """

    wall: datetime
    zone: tzinfo
    whole_day: bool = False

    @property
    def us(self) -> int:
        """Its instant, epoch µs."""
        return instant_of(self.wall, self.zone)


def moments(line: Line, zones: Zones) -> list[Moment]:
    """Return the moments on a line of dates; of a period, its beginning.

    Raises:
        RowRefused: ``bad_time``, or ``unknown_code`` for a zone.
    """
    texts = line.value.split(",")
    if len(texts) > MAX_VALUES:
        raise RowRefused("too_many_occurrences", limit=MAX_VALUES)
    return [_moment(text.partition("/")[0].strip(), line, zones) for text in texts]


def _moment(text: str, line: Line, zones: Zones) -> Moment:
    if _WHEN.fullmatch(text) is None:
        raise RowRefused("bad_time", value=text[:40], column=line.name)
    from icalendar.prop import vDDDTypes  # noqa: PLC0415 - late: slow to load

    made: Any = vDDDTypes  # the library leaves it untyped
    try:
        read = made.from_ical(text)
    except ValueError as error:
        raise RowRefused("bad_time", value=text[:40], column=line.name) from error
    if not isinstance(read, datetime):
        return Moment(midnight(read), zones.city, whole_day=True)
    if read.tzinfo is not None:
        return Moment(read.replace(tzinfo=None), UTC)
    tzid = line.params.get("TZID", "").strip()
    return Moment(read, zones.find(tzid) if tzid else zones.city)


@dataclass(frozen=True, slots=True)
class Span:
    """How long something lasts: days on the calendar, then time on the clock (RFC 5545, 3.3.6)."""

    days: int
    exact: timedelta

    def end_us(self, start: Moment) -> int:
        """Return when it is over, epoch µs.

        Raises:
            RowRefused: ``bad_time`` at the end of the calendar.
        """
        day = later(start.wall, timedelta(days=self.days))
        return instant_of(day, start.zone) + self.exact // timedelta(microseconds=1)


def span(line: Line) -> Span:
    """Return the span of a ``DURATION``.

    Raises:
        RowRefused: ``bad_time``; ``time_reversed`` when it is negative.
    """
    found = _SPAN.fullmatch(line.value.strip().upper())
    if found is None or not any(found.groups()[1:]):
        raise RowRefused("bad_time", value=line.value[:40], column=line.name)
    weeks, days, hours, minutes, seconds = (int(one or 0) for one in found.groups()[1:])
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if found[1] == "-" and (weeks or days or exact):
        raise RowRefused("time_reversed")
    return Span(7 * weeks + days, exact)
