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

from vigie.analyse.analysis import Frame
from vigie.analyse.days import Days, Floats, Ints, Spread, by_day, days_of
from vigie.base.clock import EPOCH
from vigie.geo.zonings import Zoning

WEEK = 7
FIRST_DONOR = 3
"""Where donors begin: before them come the place and two rings."""
LEAST_BEFORE = 5
"""Facts before the measure that a zone needs to be a control."""


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
    """

    treated: Floats
    rings: Floats
    donors: Floats
    zones: Ints
    before: int
    day: int
    first: Ints

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

    Raises:
        NotFound: When a zone does not exist.
    """
    lon, lat = (_floats(facts[name])[known.used] for name in ("lon", "lat"))
    group, zones = groups_of(
        lon, lat, zoning=zoning, treated=treated, controls=controls, ring_m=ring_m
    )
    days = days_of(frame)
    start, before, first = calendar(days, day)
    counts = by_day(
        known.early, known.late, days, frame.timezone, group=group, groups=len(zones) + FIRST_DONOR
    )
    from_day = start - WEEK * before - int(days.number[0])
    weekly = counts[:, from_day : from_day + WEEK * len(first)].reshape(-1, len(first), WEEK).sum(2)
    enough = weekly[FIRST_DONOR:, :before].sum(axis=1) >= LEAST_BEFORE
    return Weeks(
        weekly[0],
        weekly[1:FIRST_DONOR],
        weekly[FIRST_DONOR:][enough],
        zones[enough],
        before,
        start,
        first,
    )


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
    place = shapely.union_all([zoning.polygons[index] for index in chosen.tolist()])
    inner, outer = (zoning.projection.buffer(place, width) for width in (ring_m, 2 * ring_m))
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
