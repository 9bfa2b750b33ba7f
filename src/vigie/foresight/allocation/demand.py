"""What posts are for: facts expected by place and hour, with low and high, and their base.

Facts that a patrol or camera found weigh nothing: they say where somebody looked, and posts set by
them would find more of them (see ``vigie.foresight.forecasting.evidence``). They are counted apart,
only to show what following them would have changed.

**Disclosure.** A place is told only where at least ``least`` facts stand behind it: cells (H3,
resolution 9) with fewer are pooled into their parents (8, then 7), and what is still less is left
out and said. Hours with fewer share one value. Everything after this rests on what is told here, so
that no difference of two answers of one window says more than this table does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from vigie.base.errors import WrongUsage
from vigie.geo.cells import cell_centers, to_parents

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RESOLUTIONS: Final = (9, 8, 7)
CONFIDENCE: Final = 0.8


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
        counted: Facts that each point rests on, ``(n,)``.
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
    counted: Ints
    base: int
    left_out: int
    discovered: int
    occasions: int

    def __post_init__(self) -> None:
        shapes = {one.shape for one in (self.mid, self.low, self.high, self.found)}
        if len(shapes) != 1 or len(self.mid) != len(self.lon) or self.mid.ndim != 2:  # noqa: PLR2004
            raise WrongUsage(reason="demand: points by hours", field="demand")

    @property
    def hours(self) -> int:
        """How many hours it spans."""
        return int(self.mid.shape[1])

    def total(self) -> tuple[float, float, float]:
        """Return low, mid and high of all facts together, points being independent."""
        return spread(self.low.sum(axis=1), self.mid.sum(axis=1), self.high.sum(axis=1))

    def with_extra(self, low: Floats, mid: Floats, high: Floats) -> Demand:
        """Return it with what an event adds, ``(n, hours)`` each; independent of what is usual."""
        return replace(
            self,
            mid=np.maximum(self.mid + mid, 0.0),
            low=np.maximum(self.mid + mid - np.hypot(self.mid - self.low, mid - low), 0.0),
            high=np.maximum(self.mid + mid + np.hypot(self.high - self.mid, high - mid), 0.0),
        )


def spread(low: Floats, mid: Floats, high: Floats) -> tuple[float, float, float]:
    """Return low, mid and high of a sum of independent figures (ends add in quadrature)."""
    total = float(mid.sum())
    down, up = np.sqrt(((mid - low) ** 2).sum()), np.sqrt(((high - mid) ** 2).sum())
    return max(0.0, total - float(down)), total, total + float(up)


def from_history(
    cells: Ints,
    hours: Ints,
    evidence: npt.NDArray[np.bool_],
    *,
    size: int,
    occasions: int,
    least: int,
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

    Raises:
        WrongUsage: When there is no occasion.
    """
    if occasions < 1 or size < 1:
        raise WrongUsage(reason="no past occasion to rest on", field="weeks")
    points, counts, left_out = _pooled(cells[evidence], least)
    profile = _profile(hours[evidence], size, least)
    lon, lat = cell_centers(points)
    low, high = _jeffreys(counts)
    known, found_counts, _ = _pooled(cells[~evidence], least)
    extra = dict(zip(known.tolist(), found_counts.tolist(), strict=True))
    found = np.array([extra.get(one, 0) for one in points.tolist()], np.float64)
    per = profile[None, :] / occasions
    return Demand(
        lon=lon,
        lat=lat,
        mid=counts[:, None] * per,
        low=low[:, None] * per,
        high=high[:, None] * per,
        found=found[:, None] * per,
        counted=counts,
        base=int(counts.sum()),
        left_out=left_out,
        discovered=int((~evidence).sum()),
        occasions=occasions,
    )


def _pooled(cells: Ints, least: int) -> tuple[Ints, Ints, int]:
    """Return cells of at least ``least`` facts, coarser where need be, and how many are left."""
    rest = np.asarray(cells, np.int64)
    found: list[Ints] = []
    counts: list[Ints] = []
    for resolution in RESOLUTIONS:
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
    law = stats.gamma(counts + 0.5)
    low, high = np.asarray(law.ppf(tail)), np.asarray(law.ppf(1.0 - tail))
    return np.minimum(low, counts), np.maximum(high, counts)


def people_by_hour(
    demand: Demand, posts: int, per_post: int, *, before: int = 0, after: int = 0
) -> Sequence[int]:
    """Return the people asked for in each hour: every post manned from opening to close.

    Args:
        demand: What is expected; its hours are those that posts stand.
        posts: How many posts.
        per_post: People at each.
        before: Hours of setting up that half of the people come for.
        after: Hours of clearing away that half of the people stay for.
    """
    full = posts * per_post
    half = -(-full // 2)
    return [*([half] * before), *([full] * demand.hours), *([half] * after)]
