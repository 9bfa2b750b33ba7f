"""Places drawn in an event file, as GeoJSON (RFC 7946) in WGS 84, longitude before latitude."""

from __future__ import annotations

import itertools
import math
from typing import Annotated, Literal

import shapely
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from shapely.geometry.base import BaseGeometry

from vigie.geo.distance import haversine_m

DIGITS = 6
"""Decimals of a degree that are kept: a tenth of a metre."""
MOST_POINTS = 2_000
MOST_LON, MOST_LAT = 180.0, 85.0


def _position(at: tuple[float, float]) -> tuple[float, float]:
    lon, lat = at
    known = math.isfinite(lon) and math.isfinite(lat)
    if not known or abs(lon) > MOST_LON or abs(lat) > MOST_LAT:
        msg = "longitude -180 to 180, latitude -85 to 85"
        raise ValueError(msg)
    return round(lon, DIGITS), round(lat, DIGITS)


Position = Annotated[tuple[float, float], AfterValidator(_position)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PointShape(_Shape):
    """A point."""

    type: Literal["Point"] = "Point"
    coordinates: Position

    def geometry(self) -> BaseGeometry:
        """Return the point."""
        return shapely.Point(self.coordinates)


class LineShape(_Shape):
    """A line of two points or more."""

    type: Literal["LineString"] = "LineString"
    coordinates: Annotated[tuple[Position, ...], Field(min_length=2, max_length=MOST_POINTS)]

    def geometry(self) -> BaseGeometry:
        """Return the line."""
        return shapely.LineString(self.coordinates)

    def length_m(self) -> float:
        """Return the length along the great circle, metres."""
        ends = itertools.pairwise(self.coordinates)
        return float(sum(haversine_m(*one, *other) for one, other in ends))


def _rings(
    rings: tuple[tuple[tuple[float, float], ...], ...],
) -> tuple[tuple[tuple[float, float], ...], ...]:
    closed = tuple(ring if ring[0] == ring[-1] else (*ring, ring[0]) for ring in rings)
    if any(len(ring) < 4 for ring in closed):  # noqa: PLR2004 - RFC 7946, 3.1.6
        msg = "a ring has three corners or more"
        raise ValueError(msg)
    if not shapely.Polygon(closed[0], closed[1:]).is_valid:
        msg = "the outline crosses itself"
        raise ValueError(msg)
    return closed


Ring = Annotated[tuple[Position, ...], Field(min_length=3, max_length=MOST_POINTS)]


class PolygonShape(_Shape):
    """A polygon: outline, then holes; rings are closed when they are not."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: Annotated[
        tuple[Ring, ...], Field(min_length=1, max_length=50), AfterValidator(_rings)
    ]

    def geometry(self) -> BaseGeometry:
        """Return the polygon."""
        return shapely.Polygon(self.coordinates[0], self.coordinates[1:])


Shape = PointShape | LineShape | PolygonShape


def apart_m(one: Shape, other: Shape) -> float:
    """Return how far apart the middles of two shapes are, metres."""
    first, second = one.geometry().centroid, other.geometry().centroid
    return float(haversine_m(first.x, first.y, second.x, second.y))
