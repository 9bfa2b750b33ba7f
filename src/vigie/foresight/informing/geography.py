"""Where a message holds: a zone, a ring that was drawn, streets by name; as words and as rings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from vigie.foresight.entry import AWAY_DEGREES, Box, Remark
from vigie.foresight.informing.checking import Where
from vigie.foresight.informing.message import CITY, Ring
from vigie.geo.zonings import Zoning

MOST_CORNERS = 200
MOST_RINGS = 20
LEAST_M2 = 2_500.0
"""A smaller ring (50 m by 50 m) would point at somebody's door."""

DIGITS = 5
_DEGREE_M = 111_320.0
_TOLERANCES = (0.0, 0.0001, 0.0003, 0.001, 0.003)


def rings_of(ground: BaseGeometry) -> tuple[Ring, ...]:
    """Return the outer rings of an area, the largest first, counter-clockwise and closed.

    CAP has no holes, so the public is told no hole either. Rings of more than ``MOST_CORNERS``
    corners are simplified; coordinates have five decimals (1 m).
    """
    parts = [one for one in shapely.get_parts(ground) if isinstance(one, shapely.Polygon)]
    parts.sort(key=lambda one: -one.area)
    found = [_ring(part) for part in parts[:MOST_RINGS]]
    return tuple(one for one in found if one)


def _ring(part: shapely.Polygon) -> Ring:
    outer = shapely.Polygon(part.exterior)
    simple = outer.convex_hull
    for tolerance in _TOLERANCES:
        less = outer.simplify(tolerance) if tolerance else outer
        if isinstance(less, shapely.Polygon) and len(less.exterior.coords) <= MOST_CORNERS:
            simple = less
            break
    if not isinstance(simple, shapely.Polygon):
        return ()
    corners = [(round(x, DIGITS), round(y, DIGITS)) for x, y in simple.exterior.coords]
    kept = [one for at, one in enumerate(corners) if at == 0 or one != corners[at - 1]]
    if len(set(kept)) < 3:  # noqa: PLR2004 - a triangle is the least area
        return ()
    kept[-1] = kept[0]
    turned = shapely.LinearRing(kept).is_ccw
    return tuple(kept if turned else kept[::-1])


def place_of(
    values: Mapping[str, Any], zonings: Mapping[str, Zoning], city: str, bounds: Box
) -> Where:
    """Return where values say that a message holds.

    Args:
        values: ``zone`` (``ZONING:ID`` or ``city``), ``ring`` (a GeoJSON Polygon), ``streets``.
        zonings: The city's zonings by name.
        city: Name of the city.
        bounds: West, south, east, north of the city, degrees.

    Returns:
        The place; what cannot stand is among its faults.
    """
    words: list[str] = []
    shapes: list[BaseGeometry] = []
    faults: list[Remark] = []
    zone = values.get("zone", "")
    if zone:
        label, ground = _zone(zone, zonings, city)
        if label:
            words.append(label)
            shapes += [] if ground is None else [ground]
        else:
            faults.append(Remark("zone", "inform_zone", {"value": str(zone)[:60]}))
    drawn = values.get("ring")
    if drawn is not None:
        ground = _drawn(drawn, bounds)
        if ground is None:
            params = {"most": MOST_CORNERS, "least": int(LEAST_M2)}
            faults.append(Remark("ring", "inform_ring", params))
        else:
            shapes = [ground]
            words = words or [city]
    streets = values.get("streets", ())
    if isinstance(streets, Sequence) and not isinstance(streets, str):
        named = [" ".join(one.split()) for one in streets if isinstance(one, str) and one.strip()]
        words += [", ".join(named)] if named else []
    rings = rings_of(shapely.union_all(shapes)) if shapes and not faults else ()
    return Where(" – ".join(words), rings, tuple(faults))


def _zone(zone: Any, zonings: Mapping[str, Zoning], city: str) -> tuple[str, BaseGeometry | None]:
    if zone == CITY:
        coarsest = min(zonings.values(), key=lambda one: len(one.ids), default=None)
        return city, None if coarsest is None else shapely.union_all(list(coarsest.polygons))
    name, _, zone_id = zone.partition(":") if isinstance(zone, str) else ("", "", "")
    zoning = zonings.get(name)
    if zoning is None or zone_id not in zoning.ids:
        return "", None
    at = zoning.ids.index(zone_id)
    return zoning.labels[at] or zone_id, zoning.polygons[at]


def _drawn(given: Any, bounds: Box) -> BaseGeometry | None:
    """Return a drawn ring as a valid polygon near the city; None when it is none."""
    if not isinstance(given, Mapping) or given.get("type") != "Polygon":
        return None
    try:
        found = shapely.force_2d(shape(dict(given)))
        if found.is_empty or shapely.get_num_coordinates(found) > MOST_CORNERS:
            return None
        if not found.is_valid or not all(math.isfinite(one) for one in found.bounds):
            return None
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, shapely.GEOSException):
        return None  # what GeoJSON promises and does not hold
    middle = math.cos(math.radians(max(-89.0, min(89.0, found.centroid.y))))
    large = found.area * _DEGREE_M * _DEGREE_M * middle >= LEAST_M2
    near = found.distance(shapely.box(*bounds)) <= AWAY_DEGREES
    return found if large and near else None
