"""A measure in a place from a day on: the counts that judge it, week by week.

Weeks are counted from the day of the measure, so that every week is whole on one side of it.
Around the place lie two rings, where what was prevented may have moved, or where the good may have
spread. Zones that touch a ring are no controls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.analyse.analysis import Frame
from vigie.analyse.days import Days, Floats, Ints, Spread, by_day, by_window, days_of, windows
from vigie.base.clock import EPOCH
from vigie.geo.zonings import Zoning

WEEK, SATURDAY = 7, 5
PLACE, FIRST_DONOR = 0, 3
"""Where the place stands, and where donors begin: between them lie two rings."""
LEAST_BEFORE = 5
"""Facts before the measure that a zone needs to be a control."""


NIGHT = (22, 6)
"""Local hours the night begins and ends at."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells places apart, week by week: the place, its rings, then the donors.

    Attributes:
        night: Counts between 22:00 and 6:00, shape (places, weeks).
        weekend: Counts on Saturdays and Sundays.
        area_km2: Ground of each place.
    """

    night: Floats
    weekend: Floats
    area_km2: Floats

    def until(self, counts: Floats, places: Ints, before: int) -> Floats:
        """Return the characters of places by what they counted in so many weeks.

        These are the logarithm of facts by square kilometre and week, the shares of the night and
        of the weekend, and the mean of each third of the time over that of all of it.

        Args:
            counts: Counts of the places, shape (places, weeks).
            places: Which they are.
            before: Weeks looked at.

        Returns:
            Shape (places, 6).
        """
        known = counts[:, :before]
        sums = known.sum(axis=1)
        shares = [part[places, :before].sum(axis=1) / sums for part in (self.night, self.weekend)]
        thirds = np.array_split(known / (sums / before)[:, None], 3, axis=1)
        level = np.log(sums / before / self.area_km2[places])
        return np.column_stack([level, *shares, *(third.mean(axis=1) for third in thirds)])


@dataclass(frozen=True, slots=True)
class Weeks:
    """Counts by week around a measure.

    Attributes:
        treated: In the place, shape (weeks,).
        rings: In the rings, shape (2, weeks).
        donors: In the zones that may be controls, shape (donors, weeks).
        zones: Which zones of the zoning the donors are.
        before: Weeks before the measure.
        day: Day of the measure, days since 1970-01-01; a week begins on it.
        first: First day of each week.
        traits: What tells the places apart; None where nobody asks.
    """

    treated: Floats
    rings: Floats
    donors: Floats
    zones: Ints
    before: int
    day: int
    first: Ints
    traits: Traits | None = None

    @property
    def after(self) -> int:
        """Weeks from the measure on."""
        return len(self.treated) - self.before


def ids_of(text: str) -> tuple[str, ...]:
    """Return the zone ids of a text, between commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def calendar(days: Days, day: date | None) -> tuple[int, int, Ints]:
    """Return the day of a measure, the weeks before it, and the first day of every week.

    Args:
        days: The period.
        day: When the measure began; None for the middle of the period.
    """
    number = days.number[days.whole]
    if not len(number):
        return (0 if day is None else (day - EPOCH.date()).days), 0, np.empty(0, np.int64)
    start = int(number[0]) + len(number) // 2 if day is None else (day - EPOCH.date()).days
    before = max(0, (start - int(number[0])) // WEEK)
    after = max(0, (int(number[-1]) + 1 - start) // WEEK)
    return start, before, start + WEEK * np.arange(-before, after)


def count_weeks(
    facts: pa.Table,
    known: Spread,
    frame: Frame,
    *,
    zoning: Zoning,
    treated: tuple[str, ...],
    controls: tuple[str, ...],
    day: date | None,
    ring_m: float,
    characters: bool = False,
) -> Weeks:
    """Count facts by week in a place, in two rings around it and in zones that may be controls.

    Args:
        facts: Facts with ``lon`` and ``lat``.
        known: Their usable times.
        frame: The period.
        zoning: Zones the place and the controls are of.
        treated: Zones of the measure.
        controls: Zones to compare with; empty for all that touch no ring.
        day: When the measure began; None for the middle of the period.
        ring_m: Width of each ring, metres.
        characters: Whether to tell what tells the places apart.

    Raises:
        NotFound: When a zone does not exist.
    """
    lon, lat = (_floats(facts[name])[known.used] for name in ("lon", "lat"))
    group, zones = groups_of(
        lon, lat, zoning=zoning, treated=treated, controls=controls, ring_m=ring_m
    )
    days = days_of(frame)
    start, before, first = calendar(days, day)
    groups = len(zones) + FIRST_DONOR
    from_day = start - WEEK * before - int(days.number[0])

    def by_week(daily: Floats) -> Floats:
        part = daily[:, from_day : from_day + WEEK * len(first)]
        return part.reshape(len(daily), len(first), WEEK)

    daily = by_week(
        by_day(known.early, known.late, days, frame.timezone, group=group, groups=groups)
    )
    weekly = daily.sum(axis=2)
    enough = weekly[:, :before].sum(axis=1) >= LEAST_BEFORE
    enough[:FIRST_DONOR] = True
    traits = None
    if characters:
        night = windows(days.number, *NIGHT, frame.timezone)
        dark = by_window(known.early, known.late, *night, group=group, groups=groups)
        nights = by_week(dark).sum(axis=2)
        rest = by_week(np.asarray(days.weekday[None] >= SATURDAY, np.float64))
        ground = areas_of(zoning, treated, zones, ring_m)
        traits = Traits(nights[enough], (daily * rest).sum(axis=2)[enough], ground[enough])
    place, rings, donors = np.split(weekly[enough], [1, FIRST_DONOR])
    kept = zones[enough[FIRST_DONOR:]]
    return Weeks(place[0], rings, donors, kept, before, start, first, traits)


def areas_of(zoning: Zoning, treated: tuple[str, ...], zones: Ints, ring_m: float) -> Floats:
    """Return the ground of the place, of its rings and of zones, square kilometres."""
    place, inner, outer = around(zoning, treated, ring_m)
    flat = zoning.projection.geometries_to_metres(
        np.array([place, inner.difference(place), outer.difference(inner)], object)
    )
    return np.concatenate([shapely.area(flat) / 1e6, zoning.areas_km2[zones]])


def around(
    zoning: Zoning, treated: tuple[str, ...], ring_m: float
) -> tuple[BaseGeometry, BaseGeometry, BaseGeometry]:
    """Return a place, and it with one ring and with both."""
    chosen = [zoning.index_of(one) for one in treated]
    place = shapely.union_all([zoning.polygons[index] for index in chosen])
    inner, outer = (zoning.projection.buffer(place, width) for width in (ring_m, 2 * ring_m))
    return place, inner, outer


def groups_of(
    lon: Floats,
    lat: Floats,
    *,
    zoning: Zoning,
    treated: tuple[str, ...],
    controls: tuple[str, ...],
    ring_m: float,
) -> tuple[Ints, Ints]:
    """Return where each fact counts (0 the place, 1 and 2 the rings, then donors), and donors."""
    chosen = np.array([zoning.index_of(one) for one in treated], np.int64)
    _, inner, outer = around(zoning, treated, ring_m)
    zones = (
        np.array([zoning.index_of(one) for one in controls], np.int64)
        if controls
        else np.flatnonzero(~shapely.intersects(np.array(zoning.polygons, object), outer))
    )
    zones = zones[~np.isin(zones, chosen)]
    at = zoning.assign(lon, lat)
    position = np.full(len(zoning) + 1, -1, np.int64)
    position[zones] = np.arange(len(zones)) + FIRST_DONOR
    group = position[at]
    for ring, area in enumerate((outer, inner)):
        shapely.prepare(area)
        group[shapely.intersects_xy(area, lon, lat) & (group < FIRST_DONOR)] = 2 - ring
    group[np.isin(at, chosen)] = 0
    return group, zones


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    return np.asarray(column.to_numpy(zero_copy_only=False), np.float64)
