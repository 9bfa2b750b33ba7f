"""What a camera can see: a sector of a circle, by its direction, opening and range."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vigie.geo.distance import bearing_deg, haversine_m

FULL_TURN = 360.0
USUAL_RANGE_M = 100.0
"""Taken where a register does not say how far a camera sees."""


class Sight(StrEnum):
    """How surely a camera sees a point.

    ``sees``: within range and opening. ``turns``: within range of one that turns all the way round,
    so that it sees the point when pointed there. ``perhaps``: within range, the direction or the
    opening is not known. ``no``: out of range, or behind it.
    """

    SEES = "sees"
    TURNS = "turns"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Sector:
    """The field of view of a camera, as its register tells it.

    Attributes:
        lon: Of the camera.
        lat: Of the camera.
        azimuth_deg: Of the middle, clockwise from north; None where not told.
        opening_deg: 360 for one that turns; None where not told.
        range_m: None where not told.
    """

    lon: float
    lat: float
    azimuth_deg: float | None = None
    opening_deg: float | None = None
    range_m: float | None = None


def off_axis_deg(sector: Sector, lon: float, lat: float) -> float | None:
    """Return the angle between a camera's axis and a point, 0 to 180; None without an axis."""
    if sector.azimuth_deg is None:
        return None
    turn = float(bearing_deg(sector.lon, sector.lat, lon, lat)) - sector.azimuth_deg
    return abs((turn + FULL_TURN / 2) % FULL_TURN - FULL_TURN / 2)


def sight(sector: Sector, lon: float, lat: float, *, margin_m: float = 0.0) -> Sight:
    """Return how surely a camera sees a point.

    What stands between (walls, trees, hills) is not known and not told.

    Args:
        sector: The camera's field of view.
        lon: Of the point.
        lat: Of the point.
        margin_m: How exactly the point is located; closer than that, direction tells nothing.
    """
    away = float(haversine_m(sector.lon, sector.lat, lon, lat))
    reach = USUAL_RANGE_M if sector.range_m is None else sector.range_m
    if away > reach + margin_m:
        return Sight.NO
    if sector.opening_deg is not None and sector.opening_deg >= FULL_TURN:
        return Sight.TURNS
    off = off_axis_deg(sector, lon, lat)
    if off is None or sector.opening_deg is None:
        return Sight.PERHAPS
    if off <= sector.opening_deg / 2:
        return Sight.SEES if sector.range_m is not None else Sight.PERHAPS
    return Sight.PERHAPS if away <= margin_m else Sight.NO
