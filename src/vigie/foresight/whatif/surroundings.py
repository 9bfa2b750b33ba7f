"""What stands around a footprint: streets it closes, stations that take its public, its area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.foresight.whatif.load import HOUR_US
from vigie.foresight.whatif.scenario import STREET
from vigie.geo.addresses import fold
from vigie.model.times import local_us

WALK_M = 800.0
"""How far a public walks to a station (proposal)."""
CROSSED_M = 12.0
"""A street that comes this near to a footprint is taken as closed by it (proposal)."""
LINE_WIDTH_M = 10.0
"""Width taken by an event on a line: a march, a race (proposal)."""
POINT_AREA_M2 = 2_500.0
WEEK_H = 168

PEOPLE_PER_DEPARTURE: Mapping[str, float] = MappingProxyType(
    {"place.station.metro": 300.0, "place.station.rail": 400.0, "place.stop": 70.0}
)
"""People that one departure takes away, standing room left by others counted off (proposal)."""


@dataclass(frozen=True)
class Street:
    """A street of the city: name and line in metres."""

    name: str
    line: BaseGeometry


@dataclass(frozen=True)
class Station:
    """A station or stop.

    Attributes:
        label: Its name.
        kind: Kind of place.
        x: Metres east.
        y: Metres north.
        departures: Departures by hour of the week (0 is Monday 0 h, local); empty when unknown.
    """

    label: str
    kind: str
    x: float
    y: float
    departures: tuple[float, ...] = ()

    def takes(self, hour: int) -> float:
        """Return the people it takes away in one hour of the week."""
        if not self.departures:
            return 0.0
        return self.departures[hour % WEEK_H] * PEOPLE_PER_DEPARTURE.get(self.kind, 0.0)


@dataclass(frozen=True)
class Surroundings:
    """What is known of the city around any place.

    Attributes:
        streets: Its streets.
        stations: Its stations and stops.
        capacity: People that a venue holds, by place id.
        rain: Hours of the history with rain, epoch µs of their beginning; None when unknown.
        dry: The same without rain.
        arrivals: Mean and standard deviation of emergency arrivals by hour of the week, the whole
            city; empty when unknown.
        arrivals_days: Days behind them.
        timezone: IANA zone.
    """

    streets: tuple[Street, ...] = ()
    stations: tuple[Station, ...] = ()
    capacity: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    rain: frozenset[int] | None = None
    dry: frozenset[int] | None = None
    arrivals: tuple[tuple[float, float], ...] = ()
    arrivals_days: int = 0
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Closed:
    """A street that is closed: its name, how much of it, and why.

    Attributes:
        name: The street.
        length_m: Length within the footprint's reach; 0 when only named.
        named: Whether the plan names it, or only its footprint crosses it.
    """

    name: str
    length_m: float
    named: bool


def closed_streets(
    footprint: BaseGeometry, closes: Sequence[str], streets: Sequence[Street], *, venue: bool
) -> list[Closed]:
    """Return the streets a plan closes: those it names, and those its footprint crosses.

    Args:
        footprint: In metres.
        closes: What the plan says it closes: ``voie:NAME``, or a name.
        streets: The city's streets, in metres.
        venue: The footprint is a building or an enclosure: it crosses no street.
    """
    named = {fold(code.removeprefix(STREET).replace("-", " ")) for code in closes}
    near = footprint.buffer(CROSSED_M)
    found: dict[str, Closed] = {}
    for street in streets:
        is_named = fold(street.name) in named
        crossed = 0.0 if venue else float(street.line.intersection(near).length)
        if not (is_named or crossed > CROSSED_M):
            continue
        known = found.get(street.name)
        length = crossed + (known.length_m if known else 0.0)
        found[street.name] = Closed(street.name, length, is_named or bool(known and known.named))
    return sorted(found.values(), key=lambda one: one.name)


def area_of(footprint: BaseGeometry) -> float:
    """Return the area people stand on, m²: a line is as wide as a march, a point a small square."""
    if footprint.area > 1.0:
        return float(footprint.area)
    if footprint.length > 1.0:
        return float(footprint.length) * LINE_WIDTH_M
    return POINT_AREA_M2


def hour_of_week(at_us: int, timezone: str) -> int:
    """Return the local hour of the week, 0 for Monday 0 h."""
    local = int(local_us(np.array([at_us], np.int64), timezone)[0])
    days, rest = divmod(local, 24 * HOUR_US)
    return (days + 3) % 7 * 24 + rest // HOUR_US


def stations_near(footprint: BaseGeometry, stations: Sequence[Station]) -> list[Station]:
    """Return the stations within a walk that take people away, nearest first."""
    far = [
        (float(footprint.distance(shapely.Point(one.x, one.y))), one)
        for one in stations
        if one.kind in PEOPLE_PER_DEPARTURE
    ]
    return [one for distance, one in sorted(far, key=lambda p: p[0]) if distance <= WALK_M]


def taken_per_hour(stations: Sequence[Station], hour: int) -> float:
    """Return the people that stations take away in an hour of the week, together."""
    return sum(one.takes(hour) for one in stations)
