"""Where incidents can happen: addresses along streets, points of the built city, and profiles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from shapely.geometry import Point

from vigie.city import geography
from vigie.city.chance import stream
from vigie.city.kinds import FloatArray
from vigie.city.span import IntArray

# Inhabitants of arrondissements 1 to 16, in round figures of common knowledge.
POPULATION = (
    *(39_000, 25_000, 52_000, 49_000, 46_000, 41_000, 34_000, 83_000),
    *(76_000, 57_000, 58_000, 63_000, 94_000, 61_000, 77_000, 16_000),
)
SITES_OFF_STREET = 5_200
STEP_M = 28.0
HOUSE_NUMBER_STEP = 2
NEAR_STREET_M = 90.0

# Profile -> spots (lon, lat, sigma in metres, weight) and a share spread like the population.
_SPOTS: dict[str, tuple[float, tuple[tuple[float, float, float, float], ...]]] = {
    "residents": (1.0, ()),
    "centre": (
        0.35,
        (
            (5.3765, 43.2970, 450, 3.0),
            (5.3810, 43.2965, 300, 2.5),
            (5.3755, 43.3020, 300, 1.5),
            (5.3838, 43.2860, 350, 1.2),
            (5.3810, 43.3025, 250, 1.2),
            (5.3870, 43.3120, 400, 1.0),
        ),
    ),
    "commerce": (
        0.40,
        (
            (5.3778, 43.2935, 350, 3.0),
            (5.3768, 43.2975, 250, 2.0),
            (5.3670, 43.3050, 300, 1.2),
            (5.4045, 43.3370, 300, 0.8),
            (5.3545, 43.3625, 350, 1.0),
            (5.4800, 43.2920, 500, 1.0),
            (5.3890, 43.2770, 350, 1.0),
        ),
    ),
    "nightlife": (
        0.20,
        (
            (5.3834, 43.2937, 220, 3.0),
            (5.3868, 43.2948, 200, 2.5),
            (5.3745, 43.2945, 280, 2.5),
            (5.3690, 43.2925, 200, 1.2),
            (5.3725, 43.2600, 400, 1.0),
            (5.3668, 43.3100, 300, 0.7),
        ),
    ),
    "estates": (
        0.10,
        (
            (5.3760, 43.3145, 300, 1.2),
            (5.4215, 43.3240, 400, 1.4),
            (5.4080, 43.3390, 400, 1.3),
            (5.3600, 43.3560, 450, 1.2),
            (5.3560, 43.3690, 400, 1.2),
            (5.3640, 43.3400, 350, 1.0),
            (5.3860, 43.3300, 350, 1.0),
            (5.4360, 43.2840, 450, 0.7),
            (5.4330, 43.3400, 350, 0.9),
        ),
    ),
    "transit": (0.15, ()),
    "beach": (
        0.0,
        (
            (5.3725, 43.2600, 350, 3.0),
            (5.3555, 43.2907, 180, 1.5),
            (5.3715, 43.2460, 220, 1.3),
            (5.3610, 43.2740, 200, 0.8),
            (5.3120, 43.3610, 300, 0.7),
        ),
    ),
    "market": (
        0.0,
        (
            (5.3808, 43.2966, 150, 3.0),
            (5.3868, 43.2948, 150, 1.0),
            (5.3660, 43.3310, 220, 1.6),
            (5.3755, 43.3010, 180, 1.8),
            (5.3900, 43.2790, 250, 0.8),
        ),
    ),
    "roads": (0.10, ()),
    "fringe": (
        0.0,
        (
            (5.4150, 43.2400, 900, 1.0),
            (5.4450, 43.3640, 900, 0.8),
            (5.5050, 43.3050, 900, 0.7),
            (5.3200, 43.3690, 900, 0.8),
        ),
    ),
}


@dataclass(frozen=True)
class Sites:
    """Candidate places, columns aligned.

    Attributes:
        lon: Longitude.
        lat: Latitude.
        street: Index in ``geography.streets()`` or -1 when no named street is near.
        number: House number, 0 without a street.
        arrondissement: 1 to 16.
        sector: Index of the police sector.
        maille: Index of the presence cell.
        weights: Profile name to probability of each site, summing to 1.
    """

    lon: FloatArray
    lat: FloatArray
    street: IntArray
    number: IntArray
    arrondissement: IntArray
    sector: IntArray
    maille: IntArray
    weights: dict[str, FloatArray]

    def __len__(self) -> int:
        return len(self.lon)


def _along_streets() -> tuple[FloatArray, IntArray, IntArray]:
    points, owners, numbers = [], [], []
    for index, street in enumerate(geography.streets()):
        line = geography.metric(street.line)
        steps = np.arange(STEP_M / 2, line.length, STEP_M)
        xy = np.array([line.interpolate(step).coords[0] for step in steps.tolist()])
        points.append(xy)
        owners.append(np.full(len(steps), index))
        numbers.append(1 + HOUSE_NUMBER_STEP * np.arange(len(steps)) + np.arange(len(steps)) % 2)
    lon, lat = geography.to_degrees(np.concatenate(points)[:, 0], np.concatenate(points)[:, 1])
    return np.column_stack([lon, lat]), np.concatenate(owners), np.concatenate(numbers)


def _off_street(known: FloatArray) -> FloatArray:
    """Return points of the built city: on land and within 1.2 km of a street, a stop or a place."""
    chance = stream(13, "sites")
    anchors = np.vstack(
        [
            known[::6],
            [(lon, lat) for _, lon, lat in geography.stops().values()],
            [(p.lon, p.lat) for p in geography.places()],
        ]
    )
    picked = anchors[chance.integers(0, len(anchors), SITES_OFF_STREET * 2)]
    x, y = geography.to_metres(picked[:, 0], picked[:, 1])
    x, y = x + chance.normal(0, 550, len(x)), y + chance.normal(0, 550, len(y))
    lon, lat = geography.to_degrees(x, y)
    land = shapely.contains_xy(geography.commune(), lon, lat)
    return np.column_stack([lon, lat])[land][:SITES_OFF_STREET]


def _nearest_street(points: FloatArray) -> IntArray:
    lines = [geography.metric(street.line) for street in geography.streets()]
    tree = shapely.STRtree(lines)
    x, y = geography.to_metres(points[:, 0], points[:, 1])
    found = np.full(len(points), -1, dtype=np.int64)
    index, nearest = tree.query_nearest(
        shapely.points(x, y), max_distance=NEAR_STREET_M, all_matches=False
    )
    found[index] = nearest
    return found


def _spread(arrondissement: IntArray) -> FloatArray:
    """Return the share of the population at each site."""
    counts = np.bincount(arrondissement, minlength=17)[arrondissement]
    people = np.asarray(POPULATION, dtype=np.float64)[arrondissement - 1] / counts
    return np.asarray(people / people.sum())


def _spots_of(profile: str) -> tuple[tuple[float, float, float, float], ...]:
    if profile == "transit":
        rail = {s for line in geography.lines() if line.mode == "metro" for s in line.stops}
        stops = geography.stops()
        heavy = {"m_charles": 4.0, "m_port": 2.5, "m_noailles": 2.5, "m_castellane": 2.0}
        return tuple((stops[s][1], stops[s][2], 120.0, heavy.get(s, 1.0)) for s in sorted(rail))
    return _SPOTS[profile][1]


def _profile(
    profile: str, lon: FloatArray, lat: FloatArray, street: IntArray, people: FloatArray
) -> FloatArray:
    share = _SPOTS[profile][0]
    x, y = geography.to_metres(lon, lat)
    weight = np.zeros(len(lon))
    for spot_lon, spot_lat, sigma, amount in _spots_of(profile):
        sx, sy = geography.to_metres(np.array(spot_lon), np.array(spot_lat))
        bump = np.exp(-((x - sx) ** 2 + (y - sy) ** 2) / (2 * sigma**2)) + 1e-9
        weight += amount * bump / bump.sum()
    if profile == "roads":
        ranks = {"axis": 4.0, "main": 1.8, "street": 0.5}
        by_street = np.array([ranks[s.rank] for s in geography.streets()] + [0.08])
        weight = by_street[street]
    if weight.sum() == 0:
        return people
    return np.asarray(share * people + (1 - share) * weight / weight.sum())


@cache
def sites() -> Sites:
    """Return the candidate sites; they do not depend on the seed: the city stands still."""
    known, owners, numbers = _along_streets()
    extra = _off_street(known)
    near = _nearest_street(extra)
    points = np.vstack([known, extra])
    street = np.concatenate([owners, near])
    number = np.concatenate([numbers, np.where(near >= 0, 2 + np.arange(len(near)) % 180, 0)])
    lon, lat = points[:, 0], points[:, 1]
    zonings = geography.zonings()
    zones = {name: zoning.locate(lon, lat) for name, zoning in zonings.items()}
    keep = np.all([zone >= 0 for zone in zones.values()], axis=0)
    lon, lat, street, number = lon[keep], lat[keep], street[keep], number[keep]
    arrondissement = zones["arrondissement"][keep] + 1
    people = _spread(arrondissement)
    return Sites(
        lon=lon,
        lat=lat,
        street=street,
        number=number,
        arrondissement=arrondissement,
        sector=zones["secteur_police"][keep],
        maille=zones["maille"][keep],
        weights={name: _profile(name, lon, lat, street, people) for name in _SPOTS},
    )


class Nearest:
    """Snaps points to the nearest site of the built city."""

    def __init__(self) -> None:
        self.x, self.y = geography.to_metres(sites().lon, sites().lat)
        self.tree = shapely.STRtree([Point(xy) for xy in zip(self.x, self.y, strict=True)])

    def snap(self, x: FloatArray, y: FloatArray) -> IntArray:
        """Return the nearest site of each point in local metres."""
        _, found = self.tree.query_nearest(shapely.points(x, y), all_matches=False)
        snapped: IntArray = found.astype(np.int64)
        return snapped


def pick(weights: FloatArray, n: int, chance: np.random.Generator) -> IntArray:
    """Return ``n`` positions drawn with these weights."""
    edges = np.cumsum(weights)
    picked = np.searchsorted(edges, chance.random(n) * edges[-1], side="right")
    within_range: IntArray = np.minimum(picked, len(weights) - 1).astype(np.int64)
    return within_range
