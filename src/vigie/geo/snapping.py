"""Places told less exactly: the middle of a street segment, or a point that twenty addresses share.

A position is never shifted at random, which repeating a question would average out, but replaced
by a point that everything around shares: the middle of the nearest *segment* of a street (about
100 m), or, for the public, the *snap point* of a catchment: neighbouring segments of one
arrondissement that have together at least twenty addresses (law reference, 3.2 and MIN-1; police.uk
asks for eight). Where the city has told no street nearby, the centre of an H3 cell stands in:
resolution 10 for a street's segment, resolution 8 for a snap point.

What is shown depends on the place alone: not on the record, the hour or the reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from vigie.geo.cells import cell_centers, cells_of
from vigie.geo.projection import Projection
from vigie.geo.zonings import Zoning

SEGMENT_M = 100.0
"""Longest segment of a street."""
REACH_M = {"street": 150.0, "public": 400.0}
"""How far a segment may be and still stand for a place; beyond it a cell does."""
FALLBACK = {"street": 10, "public": 8}
FALLBACK_RADIUS_M = {"street": 76.0, "public": 532.0}
"""Circumradius of the mean cell of that resolution."""
WIDEST_CELL = 1.3
"""No cell has a circumradius so many times that of the mean cell (H3: pentagons aside)."""
LEAST_ADDRESSES = 20
METRES_PER_ADDRESS = 20.0
"""Where a street does not say its house numbers: one address for so many metres (cautious: French
streets have more)."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Street:
    """The course of a street, WGS 84, with its first and last house number where known."""

    line: shapely.LineString
    numbers: tuple[int, int] | None = None

    def addresses(self, length_m: float) -> float:
        """Return how many addresses it has, cautiously: of its numbers one in two is taken."""
        if self.numbers is None:
            return length_m / METRES_PER_ADDRESS
        return abs(self.numbers[1] - self.numbers[0]) / 2 + 1


class Shown(NamedTuple):
    """Where places are shown, and the radius that holds what is shown there, metres."""

    lon: Floats
    lat: Floats
    radius_m: Floats


class SnapMap:
    """Which point stands for a place, at each precision.

    Attributes:
        segments: How many segments of streets it knows.
        catchments: How many snap points.
    """

    def __init__(
        self, streets: Iterable[Street], plane: Projection, districts: Zoning | None
    ) -> None:
        self._plane = plane
        self._districts = districts
        lines, addresses = _cut(streets, plane)
        self._lines = np.array(lines, object)
        self._tree = shapely.STRtree(self._lines)
        middles = shapely.line_interpolate_point(self._lines, 0.5, normalized=True)
        self._middles = np.asarray(middles, object)
        self._district = self._district_of(self._middles)
        self._catchment, self._point, self._addresses = _gather(
            self._middles, np.array(addresses), self._district
        )
        self._radius = _radii(self._lines, self._middles, self._catchment, self._point)
        self.segments = len(lines)
        self.catchments = len(self._point)

    def addresses(self) -> Floats:
        """Return how many addresses each catchment has."""
        return self._addresses

    def farthest_m(self, precision: str) -> float:
        """Return how far at most a place is shown from where it is, metres.

        Raises:
            KeyError: For another precision than ``street`` or ``public``.
        """
        cell = WIDEST_CELL * FALLBACK_RADIUS_M[precision]
        if precision == "street":
            return max(cell, SEGMENT_M / 2 + REACH_M[precision])
        return max(cell, float(self._radius.max(initial=0.0)))

    def show(self, lon: npt.ArrayLike, lat: npt.ArrayLike, precision: str) -> Shown:
        """Return where places are shown.

        Args:
            lon: Longitudes, degrees; NaN stays NaN.
            lat: Latitudes, degrees.
            precision: ``exact``, ``street`` or ``public``.

        Returns:
            Arrays as long as the input; the radius is that of what stands behind the point, the
            same for every place shown there, so that it tells nothing of the place itself.

        Raises:
            KeyError: For another precision.
        """
        lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        if precision == "exact":
            return Shown(lon, lat, np.zeros(lon.shape))
        known = np.isfinite(lon) & np.isfinite(lat)
        shown = Shown(*(np.full(lon.shape, np.nan) for _ in range(3)))
        if known.any():
            found = self._show(lon[known], lat[known], precision)
            for whole, part in zip(shown, found, strict=True):
                whole[known] = part
        return shown

    def _show(self, lon: Floats, lat: Floats, precision: str) -> Shown:
        cells = cells_of(lon, lat, FALLBACK[precision])
        out = Shown(*cell_centers(cells), np.full(lon.shape, FALLBACK_RADIUS_M[precision]))
        segment = self._nearest(lon, lat, REACH_M[precision])
        near = np.flatnonzero(segment >= 0)
        if precision == "public":
            near = near[self._catchment[segment[near]] >= 0]
        which = segment[near]
        points = self._middles[which]
        radius = np.full(len(near), SEGMENT_M / 2 + REACH_M["street"])
        if precision == "public":
            group = self._catchment[which]
            points, radius = self._middles[self._point[group]], self._radius[group]
        out.lon[near], out.lat[near] = self._plane.to_degrees(
            shapely.get_x(points), shapely.get_y(points)
        )
        out.radius_m[near] = radius
        return out

    def _nearest(self, lon: Floats, lat: Floats, reach_m: float) -> Ints:
        """Return the nearest segment of each place in its own district, -1 where none is near."""
        found = np.full(lon.shape, -1, np.int64)
        if not len(self._lines):
            return found
        points = np.asarray(shapely.points(*self._plane.to_metres(lon, lat)), object)
        places, segments = self._tree.query(points, predicate="dwithin", distance=reach_m)
        district = self._districts.assign(lon, lat) if self._districts else np.zeros(lon.shape)
        same = district[places] == self._district[segments]
        places, segments = places[same], segments[same]
        far = shapely.distance(points[places], self._lines[segments])
        order = np.lexsort((segments, far, places))
        places, segments = places[order], segments[order]
        first = np.r_[True, places[1:] != places[:-1]] if len(places) else np.zeros(0, bool)
        found[places[first]] = segments[first]
        return found

    def _district_of(self, middles: npt.NDArray[np.object_]) -> Ints:
        if self._districts is None or not len(middles):
            return np.zeros(len(middles), np.int64)
        lon, lat = self._plane.to_degrees(shapely.get_x(middles), shapely.get_y(middles))
        return self._districts.assign(lon, lat)


def _cut(streets: Iterable[Street], plane: Projection) -> tuple[list[BaseGeometry], list[float]]:
    """Cut the streets into equal segments of at most 100 m, each with its share of addresses."""
    lines: list[BaseGeometry] = []
    addresses: list[float] = []
    for street in streets:
        course = plane.geometries_to_metres(np.array([street.line], object))[0]
        if not course.length > 0:
            continue
        parts = int(np.ceil(course.length / SEGMENT_M))
        ends = np.linspace(0.0, course.length, parts + 1)
        lines += [substring(course, *ends[at : at + 2]) for at in range(parts)]
        addresses += [street.addresses(course.length) / parts] * parts
    return lines, addresses


def _gather(
    middles: npt.NDArray[np.object_], addresses: Floats, district: Ints
) -> tuple[Ints, Ints, Floats]:
    """Gather segments into catchments of one district with enough addresses.

    Segments of a district are taken in the order of a Morton curve, which keeps
    neighbours together; each catchment is closed once it has enough, and what is left over at the
    end joins the last one. A district with too few addresses has no catchment.

    Returns:
        The catchment of each segment (-1 for none), the segment in the middle of each catchment,
        and the addresses of each.
    """
    catchment = np.full(len(middles), -1, np.int64)
    members: list[list[int]] = []
    walk = _walk(middles)
    for one in np.unique(district):
        here = walk[district[walk] == one]
        open_, groups = [], []
        for segment in here.tolist():
            open_.append(segment)
            if addresses[open_].sum() >= LEAST_ADDRESSES:
                groups.append(open_)
                open_ = []
        if groups:
            groups[-1] += open_
        members += groups
    points, sums = [], []
    for number, group in enumerate(members):
        catchment[group] = number
        x, y = shapely.get_x(middles[group]), shapely.get_y(middles[group])
        points.append(group[int(np.argmin(np.hypot(x - x.mean(), y - y.mean())))])
        sums.append(float(addresses[group].sum()))
    return catchment, np.array(points, np.int64), np.array(sums)


def _walk(middles: npt.NDArray[np.object_]) -> Ints:
    """Return the segments in the order of a Morton curve over squares of 100 m."""
    if not len(middles):
        return np.zeros(0, np.int64)
    x, y = shapely.get_x(middles), shapely.get_y(middles)
    column, row = ((v - v.min()) // SEGMENT_M for v in (x, y))
    code = np.zeros(len(middles), np.int64)
    for bit in range(20):
        code |= ((column.astype(np.int64) >> bit) & 1) << (2 * bit)
        code |= ((row.astype(np.int64) >> bit) & 1) << (2 * bit + 1)
    return np.lexsort((np.arange(len(middles)), code))


def _radii(
    lines: npt.NDArray[np.object_], middles: npt.NDArray[np.object_], catchment: Ints, point: Ints
) -> Floats:
    """Return how far a place shown at each snap point may be."""
    radii = np.zeros(len(point))
    for segment in np.flatnonzero(catchment >= 0).tolist():
        group = catchment[segment]
        far = shapely.hausdorff_distance(lines[segment], middles[point[group]]) + REACH_M["public"]
        radii[group] = max(radii[group], far)
    return radii


def columns(shown: Shown) -> dict[str, pa.Array]:
    """Return what is shown as columns; a place that is not known stays null."""
    return {
        "lon": pa.array(shown.lon, from_pandas=True),
        "lat": pa.array(shown.lat, from_pandas=True),
        "accuracy_m": pa.array(shown.radius_m, pa.float32(), from_pandas=True),
    }
