"""Past events most like one: how far apart two events are, part by part.

A distance in the manner of Gower (J. C. Gower, "A general coefficient of similarity and some of its
properties", Biometrics 27 (1971) 857-871): each part lies between 0 (alike) and 1, parts that one
of the two does not tell are left out, and the distance is the weighted mean of the others. It is
symmetric, and 0 between an event and itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

import numpy as np

from vigie.foresight.effects.bins import DAY_US, HOUR_US
from vigie.foresight.effects.calendar import EPOCH_DAY, SUNDAY, TERM, Calendar
from vigie.foresight.effects.occasion import Occasion
from vigie.model.times import local_us

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "kind": 0.30,
        "place": 0.20,
        "size": 0.15,
        "hour": 0.10,
        "day": 0.07,
        "season": 0.04,
        "duration": 0.04,
        "weather": 0.04,
        "holidays": 0.03,
        "opponent": 0.03,
    }
)
"""How much each part weighs; they sum to 1."""
FAR_M = 2_000.0
"""Places this far apart or more are not alike at all."""
TENFOLD = math.log(10.0)
YEAR_DAYS = 365.25
HALF_DAY_H = 12.0
WARM_C = 15.0
"""Difference of temperature from which two days are not alike at all."""
WET_MM = 0.2
TWO_SIDES = re.compile(
    r"^(?:[^:]*:\s*)?(?P<home>.{2,60}?)\s+(?:-|\u2013|\u2014|vs\.?|contre)\s+(?P<away>.{2,60})$"
)


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather in the hours of an event.

    Attributes:
        rain_mm: Rain, mm.
        temperature_c: Mean temperature, degrees Celsius.
    """

    rain_mm: float
    temperature_c: float


@dataclass(frozen=True, slots=True)
class Portrait:
    """What two events are compared by; None where it is not known.

    Attributes:
        plan_id: Its plan.
        kind: Kind of event.
        place_id: Venue.
        x: Metres east of its middle.
        y: Metres north.
        people: Attendance.
        hour: Local hour of the start, with its fraction.
        day: Kind of day, 0 Monday to 6 Sunday and holidays.
        year_day: Day in the year, 0 to 366.
        lasts_h: Hours from start to end.
        weather: Weather.
        opponent: The other side, of a match.
        holidays: Public holiday, school holidays or term (``Calendar.holidays_of``).
    """

    plan_id: str
    kind: str
    place_id: str | None
    x: float
    y: float
    people: float | None
    hour: float
    day: int
    year_day: float
    lasts_h: float
    weather: Weather | None = None
    opponent: str | None = None
    holidays: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a likeness.

    Attributes:
        name: Name in ``WEIGHTS``.
        distance: 0 alike to 1 not alike.
        weight: Its share of the whole, those left out shared among the others.
        value: What differs: metres, ratio of sizes, hours, days; a text for kinds, holidays and
            opponents.
    """

    name: str
    distance: float
    weight: float
    value: float | str


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike a past event is.

    Attributes:
        plan_id: The past event.
        distance: 0 to 1.
        parts: What makes it, heaviest difference last.
    """

    plan_id: str
    distance: float
    parts: tuple[Part, ...]


def opponent_of(title: str, attributes: Mapping[str, str] | None = None) -> str | None:
    """Return the other side of a match: as the feed says it, else the second name of the title."""
    told = (attributes or {}).get("opponent") or (attributes or {}).get("adversaire")
    if told:
        return told.strip().casefold()
    found = TWO_SIDES.match(title.strip())
    return found["away"].strip().casefold() if found else None


def portrait_of(occasion: Occasion, calendar: Calendar, weather: Weather | None = None) -> Portrait:
    """Return what an event is compared by."""
    at = np.array([occasion.starts_us], np.int64)
    local = int(local_us(at, calendar.timezone)[0])
    middle = occasion.footprint.centroid
    day_number = local // DAY_US
    return Portrait(
        plan_id=occasion.plan_id,
        kind=occasion.kind,
        place_id=occasion.place_id,
        x=float(middle.x),
        y=float(middle.y),
        people=occasion.likely,
        hour=local % DAY_US / HOUR_US,
        day=int(calendar.kinds_of(np.array([day_number]))[0]),
        year_day=float(day_number % YEAR_DAYS),
        lasts_h=(occasion.ends_us - occasion.starts_us) / HOUR_US,
        weather=weather,
        opponent=opponent_of(occasion.title) if ".sport." in f"{occasion.kind}." else None,
        holidays=calendar.holidays_of(EPOCH_DAY + timedelta(days=day_number)),
    )


def kind_distance(one: str, other: str) -> float:
    """Return how far apart two kinds stand in the tree: 0 the same, 1 nothing but the root.

    The share of the two ways up to the closest kind above both.
    """
    a, b = one.split("."), other.split(".")
    common = 0
    for left, right in zip(a, b, strict=False):
        if left != right:
            break
        common += 1
    return (len(a) + len(b) - 2 * common) / (len(a) + len(b))


def _around_clock(one: float, other: float, whole: float) -> float:
    gap = abs(one - other) % whole
    return min(gap, whole - gap)


def _day_distance(one: int, other: int) -> float:
    """Return 0 for the same kind of day, 0.5 within week or weekend, 1 across."""
    if one == other:
        return 0.0
    return 0.5 if (one >= SUNDAY - 1) == (other >= SUNDAY - 1) else 1.0


def _holidays(one: Portrait, other: Portrait) -> tuple[float, str] | None:
    """Return 0 for days alike, 0.5 for a public holiday and one of school holidays, 1 else."""
    if one.holidays is None or other.holidays is None:
        return None
    if one.holidays == other.holidays:
        return 0.0, other.holidays
    return 1.0 if TERM in {one.holidays, other.holidays} else 0.5, other.holidays


def _place(one: Portrait, other: Portrait) -> tuple[float, float]:
    metres = math.hypot(one.x - other.x, one.y - other.y)
    if one.place_id is not None and one.place_id == other.place_id:
        return 0.0, 0.0
    return min(1.0, metres / FAR_M), metres


def _size(one: Portrait, other: Portrait) -> tuple[float, float] | None:
    if not one.people or not other.people:
        return None
    ratio = other.people / one.people
    return min(1.0, abs(math.log(ratio)) / TENFOLD), ratio


def _weather(one: Portrait, other: Portrait) -> tuple[float, float] | None:
    if one.weather is None or other.weather is None:
        return None
    wet = (one.weather.rain_mm >= WET_MM) != (other.weather.rain_mm >= WET_MM)
    warmer = other.weather.temperature_c - one.weather.temperature_c
    return 0.5 * float(wet) + 0.5 * min(1.0, abs(warmer) / WARM_C), warmer


def compare(one: Portrait, other: Portrait) -> dict[str, tuple[float, float | str]]:
    """Return each part that both tell: its distance, and what differs."""
    lasting = min(one.lasts_h, other.lasts_h) / max(one.lasts_h, other.lasts_h, 1e-9)
    hours = _around_clock(one.hour, other.hour, 2 * HALF_DAY_H)
    days = _around_clock(one.year_day, other.year_day, YEAR_DAYS)
    found: dict[str, tuple[float, float | str] | None] = {
        "kind": (kind_distance(one.kind, other.kind), other.kind),
        "place": _place(one, other),
        "size": _size(one, other),
        "hour": (hours / HALF_DAY_H, hours),
        "day": (_day_distance(one.day, other.day), float(other.day)),
        "season": (days / (YEAR_DAYS / 2), days),
        "duration": (1.0 - lasting, other.lasts_h),
        "weather": _weather(one, other),
        "holidays": _holidays(one, other),
        "opponent": None
        if one.opponent is None or other.opponent is None
        else (float(one.opponent != other.opponent), other.opponent),
    }
    return {name: part for name, part in found.items() if part is not None}


def likeness(one: Portrait, other: Portrait) -> Likeness:
    """Return how alike two events are, and by what."""
    parts = compare(one, other)
    whole = sum(WEIGHTS[name] for name in parts)
    told = [
        Part(name, distance, WEIGHTS[name] / whole, value)
        for name, (distance, value) in parts.items()
    ]
    distance = min(1.0, sum(part.distance * part.weight for part in told))
    order = sorted(told, key=lambda part: (part.distance * part.weight, part.name))
    return Likeness(other.plan_id, distance, tuple(order))


def most_alike(asked: Portrait, past: Sequence[Portrait], k: int) -> list[Likeness]:
    """Return the ``k`` past events most like one, the closest first; never the event itself."""
    found = [likeness(asked, other) for other in past if other.plan_id != asked.plan_id]
    return sorted(found, key=lambda one: (one.distance, one.plan_id))[: max(0, k)]
