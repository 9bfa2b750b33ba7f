"""What fire crews need on the ground: lanes kept for their engines along a front, and hydrants.

They stand still, whatever the seed, and are drawn from a generator of their own: nothing else that
is drawn in the city moved when they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from vigie.city import geography
from vigie.city.chance import stream

LANES = 8
HYDRANTS = 24
LANE_M = 45.0
LANE_WIDTH_M = 3.5
FROM_AXIS_M = 9.0
"""Between the middle of the street and the near edge of a lane: works on the street leave it."""
HYDRANT_FROM_AXIS_M = 7.0
AHEAD_M = 3.0
"""A lane's hydrant stands so far before its beginning."""
SCAFFOLD_M = 14.0
_MOVED = 13


@dataclass(frozen=True, slots=True)
class FireSite:
    """A fire lane or a hydrant.

    Attributes:
        ref: Its place id.
        kind: Taxonomy code.
        name: What it is called.
        street: The street it lies on.
        where: Its area or point, lon lat.
    """

    ref: str
    kind: str
    name: str
    street: str
    where: BaseGeometry


def _beside(line: BaseGeometry, at_m: float, along: np.ndarray, away: np.ndarray) -> np.ndarray:
    """Return points in metres: so far along a line from a place on it, so far to its left."""
    start, end = (np.array(line.interpolate(m).coords[0]) for m in (at_m, at_m + 1.0))
    ahead = (end - start) / np.hypot(*(end - start))
    left = np.array([-ahead[1], ahead[0]])
    return np.asarray(start + np.outer(along, ahead) + np.outer(away, left))


def _degrees(points: np.ndarray) -> np.ndarray:
    return np.column_stack(geography.to_degrees(points[:, 0], points[:, 1]))


def _spots(many: int, name: str) -> list[tuple[str, BaseGeometry, float]]:
    """Draw streets, none twice, and a place on each."""
    chance = stream(_MOVED, "fire", name)
    streets = [one for one in geography.streets() if geography.metric(one.line).length > 4 * LANE_M]
    picked = chance.choice(len(streets), many, replace=False)
    found = []
    for index, share in zip(picked.tolist(), chance.uniform(0.2, 0.6, many).tolist(), strict=True):
        line = geography.metric(streets[index].line)
        found.append((streets[index].name, line, share * line.length))
    return found


def _lane(line: BaseGeometry, at_m: float, length_m: float, *, over_m: float = 0.0) -> Polygon:
    """Return a strip beside a street, from ``AHEAD_M + over_m`` before a place on it if widened."""
    begin = 0.0 if over_m == 0.0 else -AHEAD_M - over_m
    near, far = FROM_AXIS_M - over_m, FROM_AXIS_M + LANE_WIDTH_M + over_m
    along = np.array([begin, length_m, length_m, begin])
    return Polygon(_degrees(_beside(line, at_m, along, np.array([near, near, far, far]))))


def _hydrant(number: int, street: str, line: BaseGeometry, at_m: float, away_m: float) -> FireSite:
    point = _degrees(_beside(line, at_m, np.array([-AHEAD_M]), np.array([away_m])))[0]
    return FireSite(
        ref=f"hydrant.{number:03d}",
        kind="place.hydrant",
        name=f"Poteau d'incendie {number:03d}, {street}",
        street=street,
        where=Point(point),
    )


@cache
def fire_sites() -> tuple[FireSite, ...]:
    """Return the fire lanes, each with a hydrant before it, and hydrants along other streets."""
    lanes = _spots(LANES, "lanes")
    found = [
        FireSite(
            ref=f"fire_lane.{number:02d}",
            kind="place.fire_lane",
            name=f"Voie engins, {street}",
            street=street,
            where=_lane(line, at_m, LANE_M),
        )
        for number, (street, line, at_m) in enumerate(lanes, start=1)
    ]
    middle = FROM_AXIS_M + LANE_WIDTH_M / 2
    before = [(*one, middle) for one in lanes]
    others = [(*one, HYDRANT_FROM_AXIS_M) for one in _spots(HYDRANTS - LANES, "hydrants")]
    found += [_hydrant(number, *one) for number, one in enumerate([*before, *others], start=1)]
    return tuple(found)


def scaffold() -> tuple[str, BaseGeometry]:
    """Return the street and ground of a scaffold that stands on the first lane and its hydrant."""
    street, line, at_m = _spots(LANES, "lanes")[0]
    ground = _lane(line, at_m, SCAFFOLD_M, over_m=1.0)
    return street, shapely.set_precision(ground, 1e-6, mode="pointwise")
