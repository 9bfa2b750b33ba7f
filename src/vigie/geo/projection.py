"""Projections to metres: the French national one, and a local one for any city."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import WrongUsage

WGS84 = CRS.from_epsg(4326)
LAMBERT93 = CRS.from_epsg(2154)
"""RGF93 v1 / Lambert-93, the legal projection of metropolitan France (decree 2000-1276)."""

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]


class Projection:
    """A two-way map between WGS 84 degrees (lon, lat) and metres (x, y)."""

    def __init__(self, crs: CRS) -> None:
        self.crs = crs
        self._forward = Transformer.from_crs(WGS84, crs, always_xy=True)
        self._inverse = Transformer.from_crs(crs, WGS84, always_xy=True)

    def to_metres(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return ``(x, y)`` in metres; a point outside the projection's domain gives infinity."""
        x, y = self._forward.transform(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
        return np.asarray(x, np.float64), np.asarray(y, np.float64)

    def to_degrees(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return ``(lon, lat)`` in degrees."""
        lon, lat = self._inverse.transform(np.asarray(x, np.float64), np.asarray(y, np.float64))
        return np.asarray(lon, np.float64), np.asarray(lat, np.float64)

    def geometries_to_metres(self, geometries: npt.ArrayLike) -> Geometries:
        """Return the geometries with vertices in metres (edges stay straight)."""
        return _transform(geometries, self.to_metres)

    def geometries_to_degrees(self, geometries: npt.ArrayLike) -> Geometries:
        """Return the geometries with coordinates in degrees."""
        return _transform(geometries, self.to_degrees)

    def buffer(self, geometry: BaseGeometry, distance_m: float) -> BaseGeometry:
        """Return a geometry in degrees grown by a distance in metres."""
        grown = shapely.buffer(self.geometries_to_metres(np.array([geometry], object)), distance_m)
        result: BaseGeometry = self.geometries_to_degrees(grown)[0]
        return result


def _transform(geometries: npt.ArrayLike, move: Any) -> Geometries:
    def moved(coordinates: Floats) -> Floats:
        return np.column_stack(move(coordinates[:, 0], coordinates[:, 1]))

    return np.asarray(shapely.transform(np.asarray(geometries, object), moved), object)


@lru_cache(maxsize=1)
def lambert93() -> Projection:
    """Return Lambert-93; scale is within 0.1 % of true almost everywhere in metropolitan France."""
    return Projection(LAMBERT93)


@lru_cache(maxsize=64)
def projection_of(code: str) -> Projection:
    """Return the projection of a coordinate reference system by its code (``EPSG:2154``).

    Raises:
        WrongUsage: When there is no such system.
    """
    try:
        return Projection(CRS.from_user_input(code))
    except CRSError as error:
        raise WrongUsage(f"unknown coordinate reference system {code}", value=code) from error


@lru_cache(maxsize=64)
def local_projection(lon: float, lat: float) -> Projection:
    """Return an equal-area projection centred on a point.

    Lambert azimuthal equal-area: areas are exact everywhere, and within 50 km of the centre
    distances are true to 2 in 100,000. Meant for one city.
    """
    crs = CRS.from_proj4(
        f"+proj=laea +lat_0={lat!r} +lon_0={lon!r} +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
    )
    return Projection(crs)


def to_metres(geometry: BaseGeometry, projection: Projection | None = None) -> BaseGeometry:
    """Return one geometry in metres, in Lambert-93 unless told otherwise.

    Outside metropolitan France pass ``local_projection`` of the city's centre: Lambert-93 stretches
    distances without limit away from its domain.
    """
    moved: BaseGeometry = (projection or lambert93()).geometries_to_metres(
        np.array([geometry], object)
    )[0]
    return moved
