"""iCalendar (RFC 5545) as text: the components of a file, one broken event costing only itself.

Components are found here and not by ``icalendar``, which reads a whole file or nothing; what stands
on a line is read in ``moments``.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from vigie.base.clock import from_us
from vigie.base.translations import Phrase
from vigie.intake.messages.calendar_times import Line, Moment, Span, Zones, line_of, moments, span
from vigie.intake.messages.reading import RowRefused, number, text
from vigie.intake.messages.tree import MAX_DEPTH
from vigie.intake.tabular.block import FileRefused
from vigie.model.notices import Notice
from vigie.model.times import SECOND_US

MAX_LINE = 20_000
"""Longest content line that is read."""

_NAME = re.compile(r"([A-Za-z0-9-]{1,60})(?=[;:])")
_FOLD = re.compile(rb"\r?\n[ \t]")
_BREAK = re.compile(r"\r\n|\n|\r")
_DAY = Span(1, timedelta())


@dataclass(slots=True)
class Component:
    """An event as it stands in the file.

    Attributes:
        lines: Unfolded content lines by upper-case name; nested components are left out.
        method: ``METHOD`` of its calendar.
        whole: False when the file ends, or another event begins, before it does.
    """

    lines: dict[str, list[str]] = field(default_factory=dict)
    method: str = ""
    whole: bool = True

    def add(self, text: str) -> None:
        """Take one content line; what has no name is kept under none."""
        found = _NAME.match(text)
        name = found[1].upper() if found and len(text) <= MAX_LINE else ""
        self.lines.setdefault(name, []).append(text)


@dataclass(slots=True)
class CalendarText:
    """What a file holds.

    Attributes:
        events: Its events, in order.
        zones: Lines of the zones that it defines, by ``TZID``.
        others: Components that are no events, by name.
        notices: Remarks about the file.
    """

    events: list[Component] = field(default_factory=list)
    zones: dict[str, list[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    notices: list[Notice] = field(default_factory=list)


def read_calendar(data: bytes) -> CalendarText:
    """Return the components of an iCalendar file.

    Raises:
        FileRefused: ``unreadable`` when it is none or in UTF-16 or UTF-32, ``too_deep``.
    """
    calendar = CalendarText()
    reader = _Reader(calendar)
    lines = (line.strip(" \t\x00") for line in _BREAK.split(_decoded(data, calendar)))
    for line in filter(None, lines):
        if not reader.open and line.upper() != "BEGIN:VCALENDAR":
            if reader.begun:
                continue
            raise FileRefused("unreadable", reason=Phrase("reason_icalendar"))
        reader.take(line)
    reader.close()
    return calendar


def _decoded(data: bytes, calendar: CalendarText) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00B" in data[:8]:
        raise FileRefused("unreadable", reason=Phrase("reason_encoding"))
    unfolded = _FOLD.sub(b"", data.removeprefix(codecs.BOM_UTF8))
    try:
        return unfolded.decode("utf-8")
    except UnicodeDecodeError:
        calendar.notices.append(Notice("wrong_encoding", params={"found": "windows-1252"}))
        return unfolded.decode("cp1252", "replace")


class _Reader:
    """Follows ``BEGIN`` and ``END``."""

    def __init__(self, calendar: CalendarText) -> None:
        self._calendar = calendar
        self.open: list[str] = []
        self.begun = False
        self._method = ""
        self._event: Component | None = None
        self._zone: list[str] = []

    def take(self, line: str) -> None:
        """Take one line."""
        word, _, name = line.upper().partition(":")
        if word == "BEGIN":
            self._begin(name.strip())
        elif word == "END":
            self._end(name.strip())
        if self._within("VTIMEZONE"):
            self._zone.append(line)
        elif word in {"BEGIN", "END"} or not self.open:
            return
        elif self.open[-1] == "VEVENT" and self._event is not None:
            self._event.add(line)
        elif self.open[-1] == "VCALENDAR" and word == "METHOD":
            self._method = name.strip()[:20]

    def close(self) -> None:
        """Take the end of the file."""
        if self._event is not None:
            self._event.whole = False
            self._calendar.events.append(self._event)
            self._event = None

    def _within(self, name: str) -> bool:
        return name in self.open[:3]

    def _begin(self, name: str) -> None:
        if name == "VCALENDAR":
            self.close()
            self.open, self._method, self.begun = [], "", True
        elif name == "VEVENT":
            self.close()
            self.open = self.open[:1]
            self._event = Component(method=self._method)
        elif name == "VTIMEZONE":
            self._zone = []
        elif self.open[-1:] == ["VCALENDAR"]:
            self._calendar.others[name[:20]] += 1
        self.open.append(name)
        if len(self.open) > MAX_DEPTH:
            raise FileRefused("too_deep", limit=MAX_DEPTH)

    def _end(self, name: str) -> None:
        if name not in self.open:
            return
        while self.open.pop() != name:
            continue
        if name == "VEVENT" and self._event is not None:
            self._calendar.events.append(self._event)
            self._event = None
        elif name == "VTIMEZONE":
            names = [line[5:].strip() for line in self._zone if line.upper().startswith("TZID:")]
            for tzid in names[:1]:
                self._calendar.zones.setdefault(tzid, self._zone)


class Entry:
    """One event of a calendar, cut to what a list lets in.

    Args:
        component: As it stands in the file.
        zones: Zones of the file.
        lines: Its content lines by name, those that the list lets in.
    """

    def __init__(self, component: Component, zones: Zones, lines: dict[str, list[str]]) -> None:
        self.component = component
        self.texts = lines
        self._zones = zones

    def lines(self, name: str) -> list[Line]:
        """Return the content lines of a name; what is none is left out."""
        return [line for one in self.texts.get(name, ()) if (line := line_of(one)) is not None]

    def text(self, name: str) -> str | None:
        """Return the first text of a name, trimmed; None if blank."""
        return text([line.value for line in self.lines(name)])

    def moments(self, name: str) -> list[Moment]:
        """Return all moments of a name."""
        return [one for line in self.lines(name) for one in moments(line, self._zones)]

    def moment(self, name: str) -> Moment | None:
        """Return the first moment of a name, or None."""
        return next(iter(self.moments(name)), None)

    def date(self, sequence: int, changed_s: int) -> None:
        """Set the revision that the raw form tells."""
        self.texts["SEQUENCE"] = [f"SEQUENCE:{sequence}"]
        at = from_us(changed_s * SECOND_US)
        self.texts["LAST-MODIFIED"] = [f"LAST-MODIFIED:{at:%Y%m%dT%H%M%SZ}"]

    def raw(self) -> bytes:
        """Return the event as a calendar of its own, with the zones it names."""
        own = [line for lines in self.texts.values() for line in lines]
        tzids = {line.params.get("TZID", "") for name in self.texts for line in self.lines(name)}
        method = [f"METHOD:{self.component.method}"] if self.component.method else []
        end = ["END:VEVENT", "END:VCALENDAR", ""] if self.component.whole else []
        head = ["BEGIN:VCALENDAR", "VERSION:2.0", *method, *self._zones.lines(tzids)]
        return "\r\n".join([*head, "BEGIN:VEVENT", *own, *end]).encode("utf-8", "replace")


def position_of(entry: Entry) -> dict[str, float]:
    """Return ``lon`` and ``lat`` of an event that has a ``GEO``, else nothing.

    Raises:
        RowRefused: ``bad_number``.
    """
    said = entry.text("GEO")
    if said is None:
        return {}
    lat, _, lon = said.replace(",", ";").partition(";")
    pair = {"lon": number(lon, ""), "lat": number(lat, "")}
    if pair["lon"] is None or pair["lat"] is None:
        raise RowRefused("bad_number", value=said[:40], column="GEO")
    return {name: value for name, value in pair.items() if value is not None}


def length_of(entry: Entry, start: Moment) -> Span:
    """Return how long it lasts: days of a day, exact time otherwise (RFC 5545, 3.8.5.3).

    Raises:
        RowRefused: ``bad_time`` or ``time_reversed``.
    """
    end, durations = entry.moment("DTEND"), entry.lines("DURATION")
    if end is not None and start.whole_day and end.whole_day:
        days = (end.wall - start.wall).days
        if days < 0:
            raise RowRefused("time_reversed")
        return Span(max(days, 1), timedelta())
    if end is not None:
        return Span(0, timedelta(microseconds=end.us - start.us))
    if durations:
        return span(durations[0])
    return _DAY if start.whole_day else Span(0, timedelta())
