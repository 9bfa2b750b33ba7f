"""Great-circle distances and bearings on the mean sphere."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG), metres."""

Floats = npt.NDArray[np.float64]
Degrees = npt.ArrayLike
Box = tuple[float, float, float, float]
"""West, south, east, north, degrees."""

_LEAST_M_PER_DEG = 110_500.0
"""Less than a degree of latitude anywhere."""
_HIGHEST_LAT = 85.0


def haversine_m(lon1: Degrees, lat1: Degrees, lon2: Degrees, lat2: Degrees) -> Floats:
    """Return great-circle distances in metres; arguments in degrees, broadcast together.

    The sphere errs by at most 0.56 % against the ellipsoid. NaN gives NaN.
    Formula: R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984) 159.
    """
    a_lon, a_lat, b_lon, b_lat = (
        np.radians(np.asarray(angle, np.float64)) for angle in (lon1, lat1, lon2, lat2)
    )
    half = (
        np.sin((b_lat - a_lat) / 2.0) ** 2
        + np.cos(a_lat) * np.cos(b_lat) * np.sin((b_lon - a_lon) / 2.0) ** 2
    )
    return np.asarray(2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))), np.float64)


def bearing_deg(lon1: Degrees, lat1: Degrees, lon2: Degrees, lat2: Degrees) -> Floats:
    """Return initial bearings from the first to the second point, degrees clockwise from north."""
    a_lon, a_lat, b_lon, b_lat = (
        np.radians(np.asarray(angle, np.float64)) for angle in (lon1, lat1, lon2, lat2)
    )
    turn = b_lon - a_lon
    east = np.sin(turn) * np.cos(b_lat)
    north = np.cos(a_lat) * np.sin(b_lat) - np.sin(a_lat) * np.cos(b_lat) * np.cos(turn)
    return np.asarray(np.degrees(np.arctan2(east, north)) % 360.0, np.float64)


def grow_box(box: Box, by_m: float) -> Box:
    """Return a box that holds everything within a distance of another; not across 180 degrees."""
    west, south, east, north = box
    up = by_m / _LEAST_M_PER_DEG
    highest = min(_HIGHEST_LAT, max(abs(south), abs(north)) + up)
    sideways = up / math.cos(math.radians(highest))
    return (
        max(-180.0, west - sideways),
        max(-90.0, south - up),
        min(180.0, east + sideways),
        min(90.0, north + up),
    )


def offset_point(lon: Any, lat: Any, distance_m: Any, bearing: Any) -> tuple[Floats, Floats]:
    """Return the points at a distance and bearing from others, as ``(lon, lat)`` in degrees.

    Longitudes come back within [-180, 180).
    """
    start_lon, start_lat = np.radians(lon), np.radians(lat)
    angle = np.asarray(distance_m, np.float64) / EARTH_RADIUS_M
    course = np.radians(bearing)
    end_lat = np.arcsin(
        np.sin(start_lat) * np.cos(angle) + np.cos(start_lat) * np.sin(angle) * np.cos(course)
    )
    end_lon = start_lon + np.arctan2(
        np.sin(course) * np.sin(angle) * np.cos(start_lat),
        np.cos(angle) - np.sin(start_lat) * np.sin(end_lat),
    )
    wrapped = (np.degrees(end_lon) + 540.0) % 360.0 - 180.0
    return np.asarray(wrapped, np.float64), np.asarray(np.degrees(end_lat), np.float64)
