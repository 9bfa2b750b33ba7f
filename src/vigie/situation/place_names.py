"""What people call a place of an answer: a zone by its label, a cell by a known place nearby."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vigie.analyse.map_layer import CELL
from vigie.geo.cells import cell_center, parse_cell
from vigie.geo.distance import bearing_deg, haversine_m
from vigie.geo.zonings import Zoning
from vigie.situation.frame import DISTRICTS, CityFrame

FARTHEST_M = 2_500.0
"""A known place farther than this says nothing about where a cell is."""
AT_M = 60.0
"""Nearer than this a cell is called by the place itself."""
FR = ("N", "NE", "E", "SE", "S", "SO", "O", "NO")
EN = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place by name.

    Attributes:
        place_id: Zone id or H3 address.
        fr: In French.
        en: In English.
    """

    place_id: str
    fr: str
    en: str


def names_of(
    frame: CityFrame, places: Sequence[str], column: str, zoning: Zoning | None = None
) -> list[PlaceName]:
    """Return the name of each place, in order; an unknown zone keeps its id.

    Args:
        frame: The city's frame.
        places: Zone ids, or H3 addresses where ``column`` is ``cell``.
        column: Column of the answer that they stand in.
        zoning: Zoning of the zones.
    """
    if column == CELL:
        return [_cell_name(frame, place) for place in places]
    labels = {} if zoning is None else dict(zip(zoning.ids, zoning.labels, strict=True))
    told = [labels.get(place, place) for place in places]
    return [PlaceName(place, name, name) for place, name in zip(places, told, strict=True)]


def point_name(frame: CityFrame, lon: float, lat: float) -> tuple[str, str]:
    """Return what a point is called, French and English.

    The nearest known place with distance (to 100 m) and direction; the district where none is
    near; its degrees where neither is known.
    """
    spots = [] if frame.gazetteer is None else frame.gazetteer.spots()
    if spots:
        x, y = (np.array([spot[axis] for spot in spots], np.float64) for axis in (1, 2))
        away = haversine_m(x, y, lon, lat)
        nearest = int(np.argmin(away))
        if away[nearest] <= AT_M:
            return spots[nearest][0], spots[nearest][0]
        if away[nearest] <= FARTHEST_M:
            metres = max(100, int(round(float(away[nearest]), -2)))
            turn = float(bearing_deg(x[nearest], y[nearest], lon, lat))
            way = round(turn / 45.0) % len(FR)
            name = spots[nearest][0]
            return f"{name}, {metres} m {FR[way]}", f"{name}, {metres} m {EN[way]}"
    districts = frame.zonings.get(DISTRICTS)
    if districts is not None:
        index = int(np.asarray(districts.assign(np.array([lon]), np.array([lat])))[0])
        if index >= 0:
            return districts.labels[index], districts.labels[index]
    degrees = f"{lat:.4f}, {lon:.4f}"
    return degrees, degrees


def _cell_name(frame: CityFrame, cell: str) -> PlaceName:
    lon, lat = cell_center(parse_cell(cell))
    return PlaceName(cell, *point_name(frame, lon, lat))
