"""Footprints of plans: well-known text read safely, routes along known places, a point on each."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.intake.messages.reading import RowRefused

MAX_TEXT = 200_000
_WKT = re.compile(
    r"(?:SRID=4326;)?\s{0,9}(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s{0,9}(?:Z|M|ZM)?\s{0,9}"
    r"\([0-9eE+\-., ()\s]*\)",
    re.IGNORECASE | re.ASCII,
)
_EDGE = (180.0, 90.0)


def from_text(text: str) -> BaseGeometry:
    """Return a shape from well-known text (OGC 06-103r4), longitude before latitude.

    Collections are not taken: a reader that nests without end would bring the house down.

    Raises:
        RowRefused: ``bad_geometry`` or ``bad_coordinates``.
    """
    if len(text) > MAX_TEXT or _WKT.fullmatch(text.strip()) is None:
        raise RowRefused("bad_geometry")
    bare = re.sub(r"(?i)^\s*SRID=4326;", "", text)
    try:
        with np.errstate(all="ignore"):  # a number that overflows is infinite, and refused below
            return _checked(shapely.from_wkt(bare))
    except (shapely.errors.ShapelyError, ValueError) as error:
        raise RowRefused("bad_geometry") from error


def to_text(content: bytes) -> str:
    """Return well-known binary, as the readers of tables give it, as well-known text."""
    return str(shapely.to_wkt(shapely.from_wkb(content), rounding_precision=-1))


def _checked(shape: BaseGeometry | None) -> BaseGeometry:
    if shape is None or shape.is_empty:
        raise RowRefused("bad_geometry")
    flat = shapely.force_2d(shape)
    west, south, east, north = flat.bounds
    if not (max(abs(west), abs(east)) <= _EDGE[0] and max(abs(south), abs(north)) <= _EDGE[1]):
        raise RowRefused("bad_coordinates", lon=f"{west:g}", lat=f"{south:g}")
    return flat


def along(points: Sequence[tuple[float, float]]) -> BaseGeometry | None:
    """Return the line through points, longitude and latitude; None for fewer than two places."""
    return shapely.LineString(points) if len(set(points)) > 1 else None


def point_on(shape: BaseGeometry) -> tuple[float, float]:
    """Return a point of a shape: longitude, latitude."""
    point = shapely.point_on_surface(shape)
    return float(point.x), float(point.y)
