"""What posts are for: facts expected by place and hour, with low and high, and their base.

Facts that a patrol or camera found weigh nothing: they say where somebody looked, and posts set by
them would find more of them (see ``vigie.foresight.forecasting.evidence``). They are counted apart,
only to show what following them would have changed.

**Disclosure.** A place is told only where at least ``least`` facts stand behind it: cells (H3)
with fewer are pooled into their parents, level by level, and what is still less is left out and
said. Hours with fewer share one value. Everything after this rests on what is told here, so
that no difference of two answers of one window says more than this table does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.base.errors import WrongUsage
from vigie.geo.cells import bbox_cells, cell_centers, resolution_of, to_parents
from vigie.geo.distance import EARTH_RADIUS_M

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FINE: Final = (10, 9, 8, 7)
CITY_WIDE: Final = (9, 8, 7)
PUBLIC: Final = (8, 7)
"""Resolutions at which places are told, finest first: around an event, over a city, in public."""
CONFIDENCE: Final = 0.8
EDGE_M: Final = {7: 1_406.5, 8: 531.4, 9: 200.8, 10: 75.9}
"""Mean edge of a cell by resolution (H3 4, table of cell statistics), metres."""
LEAST_SPREAD: Final = 8
GROUND: Final = 9
"""Resolution of the points that stand for ground of which nothing usual is told."""
TURNS: Final = np.arange(6) * np.pi / 3.0


@dataclass(frozen=True, slots=True)
class Demand:
    """Facts expected on one occasion, by point and hour.

    Attributes:
        lon: Points, degrees, ``(n,)``.
        lat: The same, north.
        mid: Facts expected, ``(n, hours)``.
        low: Lower end of the 80 % interval of the expectation.
        high: Upper end.
        found: What counting patrol and camera findings would add to ``mid``, ``(n, hours)``.
        counted: Facts that each point rests on, ``(n,)``; a share where one place is spread over
            several points.
        place: Place that each point is part of, ``(n,)``: points of one place are right or wrong
            together.
        radius_m: Root mean square distance from each point to what it stands for, metres.
        base: Facts it rests on in all.
        left_out: Facts in places of too few, of which nothing is told.
        discovered: Facts that patrols or cameras found, which weigh nothing.
        occasions: Past occasions looked at (weeks).
    """

    lon: Floats
    lat: Floats
    mid: Floats
    low: Floats
    high: Floats
    found: Floats
    counted: Floats
    place: Ints
    radius_m: Floats
    base: int
    left_out: int
    discovered: int
    occasions: int

    def __post_init__(self) -> None:
        shapes = {one.shape for one in (self.mid, self.low, self.high, self.found)}
        if len(shapes) != 1 or len(self.mid) != len(self.lon) or self.mid.ndim != 2:  # noqa: PLR2004
            raise WrongUsage(reason="demand: points by hours", field="demand")

    @property
    def says_nothing(self) -> bool:
        """Whether no place has enough facts to be told, or nothing is expected of any."""
        return not self.mid.sum() > 0.0

    @property
    def hours(self) -> int:
        """How many hours it spans."""
        return int(self.mid.shape[1])

    def total(self) -> tuple[float, float, float]:
        """Return low, mid and high of all facts together, places being independent."""
        return self.over(np.ones(len(self.lon), np.bool_))

    def over(self, chosen: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
        """Return low, mid and high of the points chosen, all hours together."""
        low, mid, high = (one[chosen].sum(axis=1) for one in (self.low, self.mid, self.high))
        return spread(low, mid, high, self.place[chosen])

    def in_hour(self, hour: int) -> tuple[float, float, float]:
        """Return low, mid and high of one hour."""
        return spread(self.low[:, hour], self.mid[:, hour], self.high[:, hour], self.place)

    def with_extra(self, low: Floats, mid: Floats, high: Floats) -> Demand:
        """Return it with what an event adds, ``(n, hours)`` each; independent of what is usual."""
        return replace(
            self,
            mid=np.maximum(self.mid + mid, 0.0),
            low=np.maximum(self.mid + mid - np.hypot(self.mid - self.low, mid - low), 0.0),
            high=np.maximum(self.mid + mid + np.hypot(self.high - self.mid, high - mid), 0.0),
        )


def spread(low: Floats, mid: Floats, high: Floats, place: Ints) -> tuple[float, float, float]:
    """Return low, mid and high of a sum: ends add within a place, in quadrature between places."""
    total = float(mid.sum())
    _, member = np.unique(place, return_inverse=True)
    down, up = (np.bincount(member.reshape(-1), one) for one in (mid - low, high - mid))
    return (
        max(0.0, total - float(np.sqrt((down**2).sum()))),
        total,
        total + float(np.sqrt((up**2).sum())),
    )


def from_history(
    cells: Ints,
    hours: Ints,
    evidence: npt.NDArray[np.bool_],
    *,
    size: int,
    occasions: int,
    least: int,
    resolutions: Sequence[int] = FINE,
    area: BaseGeometry | None = None,
) -> Demand:
    """Return what comparable past occasions lead to expect.

    The share of a place and the share of an hour are taken as independent, which is what few facts
    allow; the expectation of a place has the 80 % interval of its count (Jeffreys).

    Args:
        cells: Cell of each past fact, resolution 10, ``(f,)``.
        hours: Hour of the occasion of each, 0 to ``size - 1``.
        evidence: Whether each counts.
        size: Hours of an occasion.
        occasions: How many past occasions were looked at, facts or none.
        least: Least count told.
        resolutions: Levels of cells, finest first. What is known of a large cell only is spread
            over seven points in it, or 49.
        area: Where the facts lie: points outside it are not told, WGS 84.

    Raises:
        WrongUsage: When there is no occasion.
    """
    if occasions < 1 or size < 1:
        raise WrongUsage(reason="no past occasion to rest on", field="weeks")
    points, counts, left_out = _pooled(cells[evidence], least, resolutions)
    profile = _profile(hours[evidence], size, least)
    low, high = _jeffreys(counts)
    known, found_counts, _ = _pooled(cells[~evidence], least, resolutions)
    extra = dict(zip(known.tolist(), found_counts.tolist(), strict=True))
    found = np.array([extra.get(one, 0) for one in points.tolist()], np.float64)
    lon, lat, place, radius_m = _points(points, area, max(LEAST_SPREAD, resolutions[0] - 1))
    part = 1.0 / np.bincount(place, minlength=len(points))[place] if len(place) else np.zeros(0)
    per = part[:, None] * profile[None, :] / occasions
    return Demand(
        lon=lon,
        lat=lat,
        mid=counts[place][:, None] * per,
        low=low[place][:, None] * per,
        high=high[place][:, None] * per,
        found=found[place][:, None] * per,
        counted=counts[place] * part,
        place=place,
        radius_m=radius_m,
        base=int(counts.sum()),
        left_out=left_out,
        discovered=int((~evidence).sum()),
        occasions=occasions,
    )


def _pooled(cells: Ints, least: int, resolutions: Sequence[int]) -> tuple[Ints, Ints, int]:
    """Return cells of at least ``least`` facts, coarser where need be, and how many are left."""
    rest = np.asarray(cells, np.int64)
    found: list[Ints] = []
    counts: list[Ints] = []
    for resolution in resolutions:
        if not len(rest):
            break
        parents = np.asarray(to_parents(rest, resolution), np.int64)
        names, inverse, sizes = np.unique(parents, return_inverse=True, return_counts=True)
        enough = sizes >= max(least, 1)
        found.append(names[enough])
        counts.append(sizes[enough].astype(np.int64))
        rest = rest[~enough[inverse.reshape(-1)]]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), 0
    return np.concatenate(found), np.concatenate(counts), len(rest)


def _points(
    cells: Ints, area: BaseGeometry | None, smallest: int
) -> tuple[Floats, Floats, Ints, Floats]:
    """Return the points that stand for cells, the cell of each, and how far it stands for."""
    lon, lat = cell_centers(cells)
    place = np.arange(len(cells))
    level = np.array([resolution_of(int(one)) for one in cells], np.int64)
    while (level < smallest).any():
        large = np.flatnonzero(level < smallest)
        edge = np.array([EDGE_M[one] for one in level[large].tolist()])
        east, north = (np.concatenate(([0.0], one)) for one in (np.cos(TURNS), np.sin(TURNS)))
        step = edge * np.sqrt(3.0 / 7.0)
        new_lat = lat[large, None] + np.degrees(step[:, None] * north / EARTH_RADIUS_M)
        narrow = EARTH_RADIUS_M * np.cos(np.radians(lat[large]))
        new_lon = lon[large, None] + np.degrees(step[:, None] * east / narrow[:, None])
        rest = np.flatnonzero(level >= smallest)
        lon = np.concatenate((lon[rest], new_lon.ravel()))
        lat = np.concatenate((lat[rest], new_lat.ravel()))
        place = np.concatenate((place[rest], np.repeat(place[large], 7)))
        level = np.concatenate((level[rest], np.repeat(level[large] + 1, 7)))
    radius = np.sqrt(5.0 / 12.0) * np.array([EDGE_M[one] for one in level.tolist()], np.float64)
    if area is not None and len(lon):
        inside = np.asarray(shapely.intersects_xy(area, lon, lat), np.bool_)
        kept = inside | ~np.isin(place, place[inside])
        lon, lat, place, radius = lon[kept], lat[kept], place[kept], radius[kept]
    return lon, lat, place, radius


def _profile(hours: Ints, size: int, least: int) -> Floats:
    """Return the share of each hour; hours of few facts share what they have together."""
    counts = np.bincount(hours, minlength=size).astype(np.float64)[:size]
    small = counts < max(least, 1)
    if small.any():
        counts[small] = counts[small].sum() / small.sum()
    total = counts.sum()
    return counts / total if total > 0.0 else np.full(size, 1.0 / size)


def _jeffreys(counts: Ints) -> tuple[Floats, Floats]:
    tail = (1.0 - CONFIDENCE) / 2.0
    law = scipy.stats.gamma(counts + 0.5)
    low, high = np.asarray(law.ppf(tail)), np.asarray(law.ppf(1.0 - tail))
    return np.minimum(low, counts), np.maximum(high, counts)


def on_ground(demand: Demand, area: BaseGeometry) -> Demand:
    """Return the demand with the area's ground as points of which nothing usual is told.

    For an event where too few facts are known to tell a usual level: what the event itself brings
    then has somewhere to fall (``bring``).

    Args:
        demand: One without points.
        area: Where posts and facts count, WGS 84.
    """
    cells = bbox_cells(*area.bounds, resolution=GROUND)
    lon, lat = cell_centers(cells)
    inside = np.asarray(shapely.intersects_xy(area, lon, lat), np.bool_)
    cells, lon, lat = cells[inside], lon[inside], lat[inside]
    nothing = np.zeros((len(cells), demand.hours))
    return replace(
        demand,
        lon=lon,
        lat=lat,
        mid=nothing,
        low=nothing,
        high=nothing,
        found=nothing,
        counted=np.zeros(len(cells)),
        place=np.arange(len(cells)),
        radius_m=np.full(len(cells), np.sqrt(5.0 / 12.0) * EDGE_M[GROUND]),
    )


def people_by_hour(
    demand: Demand, posts: int, per_post: int, *, around_h: tuple[int, int] = (0, 0), follow: bool
) -> list[int]:
    """Return the people asked for in each hour.

    Args:
        demand: What is expected; its hours are those that posts stand.
        posts: How many posts.
        per_post: People at each.
        around_h: Hours of setting up before and of clearing away after, for which half come.
        follow: Whether posts follow what is expected of each hour (an ordinary day: all of them in
            the busiest hour, at least one always) instead of all standing throughout (an event).
    """
    half = -(-posts * per_post // 2)
    by_hour = demand.mid.sum(axis=0)
    share = by_hour / by_hour.max() if follow and by_hour.any() else np.ones(demand.hours)
    manned = np.maximum(1, np.ceil(posts * share - 1e-9)).astype(int) * per_post
    before, after = around_h
    return [*([half] * before), *manned.tolist(), *([half] * after)]


def bring(
    demand: Demand, away_m: Floats, rings_m: Sequence[float], effect: tuple[Floats, Floats, Floats]
) -> Demand:
    """Return the demand with what an event brings, ring by ring around it.

    Within a ring, what it brings falls on the points as what is usual does, half of it evenly.

    Args:
        demand: What is usual there.
        away_m: From the event to each point, metres, ``(n,)``.
        rings_m: Outer radii, ascending.
        effect: Low, mid and high of what the event brings, ``(rings, hours)`` each.
    """
    ring = np.searchsorted(np.asarray(rings_m), away_m, side="left")
    weights = demand.mid.sum(axis=1)
    part = np.zeros((len(weights), len(rings_m)))
    for r in range(len(rings_m)):
        inside = ring == r
        if inside.any():
            even = np.full(inside.sum(), 1.0 / inside.sum())
            usual = weights[inside] / weights[inside].sum() if weights[inside].any() else even
            part[inside, r] = (usual + even) / 2.0
    low, mid, high = (part @ one for one in effect)
    return demand.with_extra(low, mid, high)
