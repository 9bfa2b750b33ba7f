"""Where a post may stand: the edge of a perimeter, known places, streets, and where demand is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.geo.projection import Projection

Floats = npt.NDArray[np.float64]

DETOUR: Final = 1.3
"""Way on foot or by road over the straight line, where the city has told no network."""
MOST_SITES: Final = 48
ON_EDGE: Final = 10
BUSIEST: Final = 16
STREET_STEP_M: Final = 250.0


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place with a name: a site, and what tells people where another site is."""

    lon: float
    lat: float
    label: str


@dataclass(frozen=True, slots=True)
class Site:
    """A place where a post may stand.

    Attributes:
        lon: Degrees.
        lat: Degrees.
        kind: ``perimeter``, ``place``, ``street`` or ``point``.
        near: Name of the nearest landmark; empty without any.
        near_m: Straight distance to it, metres.
    """

    lon: float
    lat: float
    kind: str
    near: str
    near_m: float


@dataclass(frozen=True, slots=True)
class Ground:
    """What sites are taken from, WGS 84.

    Attributes:
        area: Where posts may stand; None for anywhere.
        footprint: What is to be surrounded, an event's ground; None without.
        landmarks: Places with a name.
        streets: Courses of streets.
    """

    area: BaseGeometry | None
    footprint: BaseGeometry | None
    landmarks: Sequence[Landmark]
    streets: Sequence[BaseGeometry]


def find_sites(
    ground: Ground,
    points: tuple[Floats, Floats, Floats],
    plane: Projection,
    *,
    spacing_m: float,
    most: int = MOST_SITES,
) -> list[Site]:
    """Return candidate sites, no two nearer than ``spacing_m``, at most ``most``.

    First the edge of the footprint, then where most is expected, then landmarks, streets and the
    other points of demand; the choice among them is the solver's.

    Args:
        ground: What sites are taken from.
        points: Longitudes, latitudes and facts expected of the demand.
        plane: Metres around the city or event.
        spacing_m: Least distance between two.
        most: Most sites.
    """
    lon, lat, weight = points
    busiest = np.argsort(-weight, kind="stable")
    spots = [(float(lon[i]), float(lat[i])) for i in busiest]
    wanted = [(at, "perimeter") for at in _edge(ground.footprint, plane, spacing_m)]
    wanted += [(at, "point") for at in spots[:BUSIEST]]
    wanted += [((one.lon, one.lat), "place") for one in ground.landmarks]
    wanted += [(at, "street") for at in _along(ground.streets, plane)]
    wanted += [(at, "point") for at in spots[BUSIEST:]]
    if ground.area is not None:
        shapely.prepare(ground.area)
        where = np.array([at for at, _ in wanted], np.float64).reshape(-1, 2)
        inside = shapely.intersects_xy(ground.area, where[:, 0], where[:, 1])
        wanted = [one for one, kept in zip(wanted, inside, strict=True) if kept]
    kept = _apart(wanted, plane, spacing_m, most)
    named = _Names(ground.landmarks, plane)
    return [Site(at[0], at[1], kind, *named.of(at)) for at, kind in kept]


def _edge(
    footprint: BaseGeometry | None, plane: Projection, spacing_m: float
) -> list[tuple[float, float]]:
    """Return points on the edge of a footprint, evenly, at most ten."""
    if footprint is None or footprint.is_empty:
        return []
    shape = plane.geometries_to_metres(np.array([footprint], object))[0]
    line = shape.boundary if shape.geom_type.endswith("Polygon") else shape
    length = line.length
    if not length > 0.0:
        return [(footprint.representative_point().x, footprint.representative_point().y)]
    count = int(np.clip(length // max(spacing_m, 1.0), 1, ON_EDGE))
    steps = np.arange(count) * (length / count)
    dots = shapely.line_interpolate_point(shapely.line_merge(line), steps)
    lon, lat = plane.to_degrees(shapely.get_x(dots), shapely.get_y(dots))
    return [(float(x), float(y)) for x, y in zip(lon, lat, strict=True) if np.isfinite(x + y)]


def _along(streets: Sequence[BaseGeometry], plane: Projection) -> list[tuple[float, float]]:
    """Return points along streets, every 250 metres."""
    found: list[tuple[float, float]] = []
    for line in plane.geometries_to_metres(np.array(list(streets), object)):
        steps = np.arange(0.0, line.length, STREET_STEP_M) + min(STREET_STEP_M, line.length) / 2
        dots = shapely.line_interpolate_point(line, steps[steps <= line.length])
        lon, lat = plane.to_degrees(shapely.get_x(dots), shapely.get_y(dots))
        found += [(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
    return found


def _apart(
    wanted: Sequence[tuple[tuple[float, float], str]],
    plane: Projection,
    spacing_m: float,
    most: int,
) -> list[tuple[tuple[float, float], str]]:
    if not wanted:
        return []
    where = np.array([at for at, _ in wanted], np.float64)
    x, y = plane.to_metres(where[:, 0], where[:, 1])
    taken: list[int] = []
    for i in range(len(wanted)):
        if not taken or np.hypot(x[taken] - x[i], y[taken] - y[i]).min() >= spacing_m:
            taken.append(i)
        if len(taken) == most:
            break
    return [wanted[i] for i in taken]


class _Names:
    """The nearest landmark of a point."""

    def __init__(self, landmarks: Sequence[Landmark], plane: Projection) -> None:
        self._labels = [one.label for one in landmarks]
        self._plane = plane
        lon = np.array([one.lon for one in landmarks], np.float64)
        lat = np.array([one.lat for one in landmarks], np.float64)
        self._x, self._y = plane.to_metres(lon, lat)

    def of(self, at: tuple[float, float]) -> tuple[str, float]:
        if not self._labels:
            return "", float("nan")
        x, y = self._plane.to_metres(np.array([at[0]]), np.array([at[1]]))
        far = np.hypot(self._x - x[0], self._y - y[0])
        nearest = int(far.argmin())
        return self._labels[nearest], float(far[nearest])


def ways_m(
    points: tuple[Floats, Floats, Floats], sites: Sequence[Site], plane: Projection
) -> Floats:
    """Return the way from each site to what each point stands for, metres, ``(n, m)``.

    1.3 times the root mean square of the straight lines.

    Args:
        points: Longitudes, latitudes, and how far each stands for, metres.
        sites: Where posts may stand.
        plane: Metres around them.
    """
    x, y = plane.to_metres(*points[:2])
    at = np.array([(one.lon, one.lat) for one in sites], np.float64).reshape(-1, 2)
    sx, sy = plane.to_metres(at[:, 0], at[:, 1])
    straight = np.hypot(x[:, None] - sx[None, :], y[:, None] - sy[None, :])
    return np.asarray(DETOUR * np.hypot(straight, points[2][:, None]), np.float64)
