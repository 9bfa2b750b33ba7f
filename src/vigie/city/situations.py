"""What is planted on purpose: effects of events, hot spots, a measure that works, a placebo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.city import geography
from vigie.city.kinds import FloatArray
from vigie.city.span import DAY_US, BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class EventEffect:
    """Incidents an event brings on top of the background.

    Attributes:
        event: Kind of plan, with everything below it.
        kind: Kind of incident.
        per_10k: Mean extra incidents per 10,000 people present, at scale 1.
        spread_m: Standard deviation of the distance on each axis.
        before_h: Hours before the start from which it acts.
        after_h: Hours after the end until which it acts.
    """

    event: str
    kind: str
    per_10k: float
    spread_m: float
    before_h: float
    after_h: float


EVENT_EFFECTS: tuple[EventEffect, ...] = (
    EventEffect("event.sport.match", "road.parking.obstructive", 7.0, 550, 3.0, 0.5),
    EventEffect("event.sport.match", "road.traffic.obstruction", 1.6, 600, 2.0, 1.5),
    EventEffect("event.sport.match", "offence.person.brawl", 0.8, 350, 1.5, 2.0),
    EventEffect("event.sport.match", "offence.person.assault", 0.6, 400, 1.0, 2.5),
    EventEffect("event.sport.match", "offence.disorder.nuisance", 1.5, 450, 2.0, 2.0),
    EventEffect("event.sport.match", "space.trade.peddling", 1.4, 300, 3.0, 1.0),
    EventEffect("event.sport.match", "offence.property.theft.snatch", 0.5, 350, 2.0, 2.0),
    EventEffect("event.sport.match", "offence.disorder.drunkenness", 0.8, 400, 1.0, 2.0),
    EventEffect("event.sport.match", "rescue.person.illness", 1.2, 150, 1.0, 1.0),
    EventEffect("event.culture.concert", "road.parking.obstructive", 6.0, 350, 2.0, 0.5),
    EventEffect("event.culture.concert", "offence.disorder.noise.night", 2.5, 250, 0.0, 1.5),
    EventEffect("event.culture.concert", "rescue.person.illness", 1.5, 100, 0.5, 0.5),
    EventEffect("event.culture.festival", "offence.property.theft.snatch", 1.5, 250, 0.0, 1.0),
    EventEffect("event.culture.festival", "offence.disorder.drunkenness", 2.0, 300, 0.0, 2.0),
    EventEffect("event.culture.fireworks", "offence.property.theft.snatch", 0.8, 350, 1.0, 1.5),
    EventEffect("event.culture.fireworks", "rescue.person.illness", 0.8, 300, 1.0, 1.0),
    EventEffect("event.market", "space.trade.peddling", 4.0, 180, 0.0, 0.5),
    EventEffect("event.market", "road.parking.obstructive", 6.0, 250, 0.5, 0.5),
    EventEffect("event.demonstration", "road.traffic.obstruction", 4.0, 500, 0.5, 1.0),
    EventEffect("event.demonstration", "space.crowd.demonstration", 6.0, 300, 0.5, 0.5),
    EventEffect("event.demonstration", "offence.property.damage", 1.0, 350, 0.0, 2.0),
    EventEffect("event.gathering", "offence.disorder.gathering", 25.0, 120, 0.5, 2.0),
    EventEffect("event.gathering", "offence.disorder.noise.night", 12.0, 200, 0.0, 2.0),
    EventEffect("event.transport.cruise", "offence.property.theft", 1.5, 500, -1.0, 0.0),
)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A cluster of one kind, from an instant on."""

    name: str
    kind: str
    lon: float
    lat: float
    sigma_m: float
    per_day: float
    from_us: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A municipal measure that multiplies the rate of a kind within a radius, from an instant on.

    A factor of 1 is a placebo: an honest method finds no effect.
    """

    name: str
    kind: str
    lon: float
    lat: float
    radius_m: float
    factor: float
    from_us: int


def hot_spots(now_us: int, days: int) -> tuple[HotSpot, ...]:
    """Return the planted clusters."""
    recent = now_us - min(14, max(1, days // 4)) * DAY_US
    return (
        HotSpot(
            *("roulotte_merlan", "offence.property.theft.from_vehicle", 5.4045, 43.3370),
            *(220.0, 5.0, recent),
        ),
        HotSpot(*("rodeo_rose", "road.offence.rodeo", 5.4300, 43.3330, 250.0, 2.0, recent)),
    )


def measures_taken(now_us: int, days: int) -> tuple[Measure, ...]:
    """Return the measures taken by the city, one that works and one that changes nothing."""
    return (
        Measure(
            *("brigade_noailles", "space.trade.peddling", 5.3808, 43.2966, 600.0, 0.6),
            now_us - days * 3 // 8 * DAY_US,
        ),
        Measure(
            *("bennes_plaine", "space.cleanliness.dumping", 5.3868, 43.2948, 1000.0, 1.0),
            now_us - days // 4 * DAY_US,
        ),
    )


def within(measure: Measure, at_us: IntArray, lon: FloatArray, lat: FloatArray) -> BoolArray:
    """Say which points lie in a measure's radius once it has begun."""
    x, y = geography.to_metres(lon, lat)
    mx, my = geography.to_metres(np.array(measure.lon), np.array(measure.lat))
    near: BoolArray = np.hypot(x - mx, y - my) <= measure.radius_m
    return near & (at_us >= measure.from_us)
