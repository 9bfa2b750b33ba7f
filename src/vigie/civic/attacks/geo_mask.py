"""The address behind a masked place: how many addresses share the point that is shown?

The city is drawn: a grid of streets, an address every ten metres, two districts. The attacker knows
every address and the masking; behind a shown point he takes one of the addresses shown there.
"""

from __future__ import annotations

import math

import numpy as np
import shapely

from vigie.civic.attacking import Attack, Draw, Floats, Methods, Outcome
from vigie.geo.projection import Projection
from vigie.geo.snapping import LEAST_ADDRESSES
from vigie.geo.zonings import Zoning

WEST, SOUTH = 5.36, 43.28
SPAN_DEG = 0.02
STREETS = 9
ADDRESS_M = 10.0


def _city(draw: Draw) -> tuple[list[shapely.LineString], Projection, Zoning]:
    """Return streets across a square, not quite evenly, and its two halves as districts."""
    at = np.linspace(0.05, 0.95, STREETS) * SPAN_DEG
    shifts = draw.normal(0, 0.0002, (2, STREETS))
    lines = [
        shapely.LineString([(WEST + x, SOUTH), (WEST + x, SOUTH + SPAN_DEG)])
        for x in at + shifts[0]
    ] + [
        shapely.LineString([(WEST, SOUTH + y), (WEST + SPAN_DEG, SOUTH + y)])
        for y in at + shifts[1]
    ]
    middle = WEST + SPAN_DEG / 2
    halves = [
        {"type": "Feature", "properties": {"id": name}, "geometry": shapely.geometry.mapping(box)}
        for name, box in (
            ("west", shapely.box(WEST - 0.01, SOUTH - 0.01, middle, SOUTH + SPAN_DEG + 0.01)),
            ("east", shapely.box(middle, SOUTH - 0.01, WEST + SPAN_DEG + 0.01, SOUTH + 0.03)),
        )
    ]
    districts = Zoning.from_geojson("half", {"type": "FeatureCollection", "features": halves})
    return lines, districts.projection, districts


def _addresses(lines: list[shapely.LineString], plane: Projection) -> tuple[Floats, Floats]:
    courses = plane.geometries_to_metres(np.array(lines, object))
    points = np.concatenate(
        [
            shapely.line_interpolate_point(course, np.arange(0.0, course.length, ADDRESS_M))
            for course in courses
        ]
    )
    lon, lat = plane.to_degrees(shapely.get_x(points), shapely.get_y(points))
    return lon, lat


def run(methods: Methods, draw: Draw, runs: int) -> Outcome:
    """Guess so many addresses; a point with too few, or of two districts, counts as broken too."""
    lines, plane, districts = _city(draw)
    lon, lat = _addresses(lines, plane)
    shown_lon, shown_lat = methods.mask(lines, plane, districts)(lon, lat)
    points = np.round(np.column_stack([shown_lon, shown_lat]), 9)
    _, behind, sizes = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    behind = behind.reshape(-1)
    district = districts.assign(lon, lat)
    across = sum(len(set(district[behind == point].tolist())) > 1 for point in range(len(sizes)))
    victims = draw.integers(0, len(lon), runs)
    won = sum(draw.random() * sizes.item(behind[victim]) < 1 for victim in victims.tolist())
    chance = 1 / LEAST_ADDRESSES
    bound = chance + 3 * math.sqrt(chance * (1 - chance) / runs)
    few = int((sizes < LEAST_ADDRESSES).sum())
    numbers = {"fewest_addresses": int(sizes.min()), "too_few": few, "across_districts": across}
    return Outcome(runs, 1.0 if few or across else won / runs, bound, numbers)


ATTACK = Attack(
    name="geo_mask",
    title={
        "fr": "Retrouver l'adresse derrière un lieu montré au public",
        "en": "Find the address behind a place shown to the public",
    },
    measure={"fr": "part de réussite", "en": "share of successes"},
    runs=10_000,
    run=run,
)
