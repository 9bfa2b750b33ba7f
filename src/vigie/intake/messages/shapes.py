"""Footprints as messages write them: position lists, rings, circles, to WKB in WGS 84 lon lat.

Which number comes first is a matter of the format: GML and DATEX II write latitude then longitude
for geographic systems (ISO 19136, EPSG:4326, ETRS89), CRS84 the other way round; CAP writes
``latitude,longitude``. Nothing is guessed from the values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.geo.distance import offset_point
from vigie.intake.messages.reading import RowRefused, number

MAX_RADIUS_KM = 2_000.0
_CIRCLE_SIDES = 32
_MOST_DIMENSIONS = 3
_LEAST_RING = 4
_LAT_FIRST = re.compile(
    r"(?:.*[:/#])?(?:4326|4258|4979)|ETRS89-?(?:LatLonh?)?|WGS ?84|", re.IGNORECASE
)
_LON_FIRST = re.compile(r"(?:.*[:/#])?CRS:?84", re.IGNORECASE)

Position = tuple[float, float]
"""Longitude, latitude, in degrees."""


class Footprint(NamedTuple):
    """Where something is: WKB, and a point within it; all None when nowhere."""

    wkb: bytes | None = None
    lon: float | None = None
    lat: float | None = None


def longitude_first(reference_system: str | None) -> bool:
    """Say whether a reference system writes the longitude first; none named is ETRS89 lat lon.

    Raises:
        RowRefused: ``unknown_code`` for a system that is not in degrees of WGS 84 or ETRS89.
    """
    name = (reference_system or "").strip()
    if _LAT_FIRST.fullmatch(name):
        return False
    if _LON_FIRST.fullmatch(name):
        return True
    raise RowRefused("unknown_code", value=name[-40:], column="srsName")


def position(first: str, second: str, *, lon_first: bool) -> Position:
    """Return a position from its two numbers.

    Raises:
        RowRefused: ``bad_geometry`` when one is no number, ``bad_coordinates`` when off the Earth.
    """
    try:
        values = [number({"v": one}, "v") for one in (first, second)]
    except RowRefused as refusal:
        raise RowRefused("bad_geometry") from refusal
    if values[0] is None or values[1] is None:
        raise RowRefused("bad_geometry")
    lon, lat = (values[0], values[1]) if lon_first else (values[1], values[0])
    if abs(lon) > 180 or abs(lat) > 90:  # noqa: PLR2004 -- degrees of a globe
        raise RowRefused("bad_coordinates", lon=f"{lon:g}", lat=f"{lat:g}")
    return lon, lat


def positions(text: str, *, lon_first: bool = False, dimensions: int = 2) -> list[Position]:
    """Return the positions of a GML ``posList``: numbers parted by blanks, heights left out.

    Raises:
        RowRefused: As ``position``, and ``bad_geometry`` when the numbers do not make up positions.
    """
    numbers = text.split()
    if not 2 <= dimensions <= _MOST_DIMENSIONS or not numbers or len(numbers) % dimensions:  # noqa: PLR2004
        raise RowRefused("bad_geometry")
    return [
        position(numbers[at], numbers[at + 1], lon_first=lon_first)
        for at in range(0, len(numbers), dimensions)
    ]


def line(points: Sequence[Position]) -> BaseGeometry:
    """Return a line, or a point when all positions are the same.

    Raises:
        RowRefused: ``bad_geometry`` when there is no position.
    """
    if not points:
        raise RowRefused("bad_geometry")
    if len(set(points)) == 1:
        return shapely.Point(points[0])
    return shapely.LineString(points)


def ring(points: Sequence[Position]) -> BaseGeometry:
    """Return the area within a closed ring; one that crosses itself is mended.

    Raises:
        RowRefused: ``bad_geometry`` when it is not closed, or encloses nothing.
    """
    if len(points) < _LEAST_RING or points[0] != points[-1]:
        raise RowRefused("bad_geometry")
    area = shapely.make_valid(shapely.Polygon(points))
    if area.is_empty or area.area == 0:
        raise RowRefused("bad_geometry")
    return area


def cap_polygon(text: str) -> BaseGeometry:
    """Return a polygon of CAP 1.2: ``lat,lon lat,lon …``, first and last the same.

    Raises:
        RowRefused: As ``ring`` and ``position``.
    """
    return ring([_pair(one) for one in text.split()])


def cap_circle(text: str) -> BaseGeometry:
    """Return a circle of CAP 1.2, ``lat,lon radius`` in km; a point when the radius is 0.

    Raises:
        RowRefused: ``bad_geometry`` when it is none or wider than ``MAX_RADIUS_KM``.
    """
    parts = text.split()
    if len(parts) != 2:  # noqa: PLR2004 -- centre and radius
        raise RowRefused("bad_geometry")
    lon, lat = _pair(parts[0])
    try:
        radius_km = number({"v": parts[1]}, "v") or 0.0
    except RowRefused as refusal:
        raise RowRefused("bad_geometry") from refusal
    if not 0 <= radius_km <= MAX_RADIUS_KM:
        raise RowRefused("bad_geometry")
    if radius_km == 0:
        return shapely.Point(lon, lat)
    bearings = np.linspace(0.0, 360.0, _CIRCLE_SIDES, endpoint=False)
    lons, lats = offset_point(lon, lat, radius_km * 1_000.0, bearings)
    if np.ptp(lons) > 180:  # noqa: PLR2004 -- it crosses the antimeridian: no flat area says that
        raise RowRefused("bad_geometry")
    return shapely.Polygon(np.column_stack((lons, lats)))


def _pair(text: str) -> Position:
    parts = text.split(",")
    if len(parts) != 2:  # noqa: PLR2004 -- latitude, longitude
        raise RowRefused("bad_geometry")
    return position(parts[0], parts[1], lon_first=False)


def footprint(shapes: Iterable[BaseGeometry]) -> Footprint:
    """Return shapes as one footprint, the same whatever their order."""
    found = list(shapes)
    if not found:
        return Footprint()
    whole = found[0] if len(found) == 1 else shapely.union_all(found)
    whole = shapely.normalize(shapely.force_2d(whole))
    inside = whole.representative_point()
    wkb = bytes(shapely.to_wkb(whole))
    return Footprint(wkb, round(float(inside.x), 6), round(float(inside.y), 6))
