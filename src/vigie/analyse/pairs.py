"""Pairs of facts near in space and in time: Knox's test in several bands, and Mantel's.

Both ask whether facts that are near each other are also near in time, more than their places and
their times, each left as it is, would bring together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from vigie.analyse.draws import draw, p_at_least
from vigie.base.errors import WrongUsage
from vigie.base.stopping import look

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_PAIRS = 60_000_000
"""Nine bytes each."""
_AT_ONCE = 4_000
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class ClosePairs:
    """Pairs within the widest distance, sorted by band of distance.

    Attributes:
        first: Position of one point.
        second: Position of the other.
        edges: Where each band begins in the columns, and the end.
        points: How many points there are.
    """

    first: npt.NDArray[np.int32]
    second: npt.NDArray[np.int32]
    edges: Ints
    points: int

    def counts(self) -> Ints:
        """Return the pairs in each band of distance, whatever their times."""
        return np.diff(self.edges)


@dataclass(frozen=True, slots=True)
class Knox:
    """Pairs by band of distance (rows) and band of time (columns).

    Attributes:
        observed: Pairs.
        expected: Their exact mean over all permutations of the times.
        low: 2.5 % quantile of the draws.
        high: 97.5 % quantile of the draws.
        p: Probability of at least as many, from the draws.
    """

    observed: Ints
    expected: Floats
    low: Floats
    high: Floats
    p: Floats


def close_pairs(
    x: Floats, y: Floats, upper_m: Sequence[float], *, blocks: bool = False
) -> ClosePairs:
    """Return the pairs of points by band of distance.

    Args:
        x: Metres.
        y: Metres.
        upper_m: Upper edge of each band, rising; an edge belongs to the band that it closes.
        blocks: Whether distance is that around blocks (east-west plus north-south) instead of the
            straight line.

    Raises:
        WrongUsage: When there would be more than ``MOST_PAIRS``.
        Stopping: When the process is told to stop.
    """
    bands: list[list[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]]] = [[] for _ in upper_m]
    place, norm = np.column_stack([x, y]), 1.0 if blocks else 2.0
    tree = KDTree(place)
    total = (int(tree.count_neighbors(tree, upper_m[-1], p=norm)) - len(place)) // 2
    if total > MOST_PAIRS:
        raise WrongUsage(reason=f"{total} pairs of facts, at most {MOST_PAIRS}", field="step_m")
    if total:
        for start in range(0, len(place), _AT_ONCE):
            look()
            some = KDTree(place[start : start + _AT_ONCE])
            found = some.sparse_distance_matrix(tree, upper_m[-1], p=norm, output_type="ndarray")
            first, second = found["i"] + start, found["j"]
            once = first < second
            band = np.searchsorted(np.asarray(upper_m), found["v"][once], side="left")
            one, other = first[once].astype(np.int32), second[once].astype(np.int32)
            for number, kept in enumerate(bands):
                mine = band == number
                kept.append((one[mine], other[mine]))
    sizes = [sum(len(one) for one, _ in kept) for kept in bands]
    empty = np.empty(0, np.int32)
    return ClosePairs(
        np.concatenate([empty, *(one for kept in bands for one, _ in kept)]),
        np.concatenate([empty, *(other for kept in bands for _, other in kept)]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        len(place),
    )


def tabulate(pairs: ClosePairs, day: npt.NDArray[np.int32], upper_days: Sequence[int]) -> Ints:
    """Return pairs by band of distance and of time; an edge belongs to the band that it closes."""
    below = np.zeros((len(pairs.edges) - 1, len(upper_days)), np.int64)
    for row in range(len(below)):
        for start in range(int(pairs.edges[row]), int(pairs.edges[row + 1]), _BLOCK):
            part = slice(start, min(start + _BLOCK, int(pairs.edges[row + 1])))
            apart = np.abs(day[pairs.first[part]] - day[pairs.second[part]])
            for column, edge in enumerate(upper_days):
                below[row, column] += np.count_nonzero(apart <= edge)
    return np.asarray(np.diff(below, axis=1, prepend=0), np.int64)


def in_pairs(
    pairs: ClosePairs, band: int, day: Ints, days: tuple[float, float]
) -> npt.NDArray[np.bool_]:
    """Return which points stand in a pair of a band of distance, apart by days from and to."""
    part = slice(int(pairs.edges[band]), int(pairs.edges[band + 1]))
    first, second = pairs.first[part], pairs.second[part]
    apart = np.abs(day[first] - day[second])
    near = (apart >= days[0]) & (apart <= days[1])
    found = np.zeros(pairs.points, np.bool_)
    found[first[near]] = found[second[near]] = True
    return found


def time_pairs(day: npt.NDArray[np.integer], upper_days: Sequence[int]) -> Ints:
    """Return the pairs of points in each band of time, whatever their places."""
    ordered = np.sort(day)
    rank = np.arange(len(ordered))
    below = [
        int((np.searchsorted(ordered, ordered + edge, side="right") - rank - 1).sum())
        for edge in upper_days
    ]
    return np.asarray(np.diff(below, prepend=0), np.int64)


def knox(pairs: ClosePairs, day: Ints, upper_days: Sequence[int], *, draws: int, seed: int) -> Knox:
    """Count pairs near in both, against permutations of the times among the points.

    The mean of all permutations is exact: pairs near in space times pairs near in time over all
    pairs (Knox 1964); quantiles and p are those of the draws.

    Args:
        pairs: Of the points.
        day: Day of each point.
        upper_days: Upper edge of each band of time, rising.
        draws: Permutations.
        seed: Of the permutations.

    Raises:
        Stopping: Between two draws, when the process is told to stop.
    """
    days = day.astype(np.int32)
    observed = tabulate(pairs, days, upper_days)
    everything = max(1, pairs.points * (pairs.points - 1) // 2)
    expected = np.outer(pairs.counts(), time_pairs(day, upper_days)) / everything
    drawn = draw(
        lambda chance: tabulate(pairs, chance.permutation(days), upper_days).astype(np.float64),
        draws,
        seed,
    )
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return Knox(observed, expected, low, high, p_at_least(observed.astype(np.float64), drawn))


def mantel(x: Floats, y: Floats, day: Ints, *, draws: int, seed: int) -> tuple[float, float]:
    """Return Mantel's correlation of nearness in space with nearness in time, and its p.

    Nearness is 1 / (1 + distance), in metres and in days (Mantel 1967). All pairs are held: meant
    for some thousand points. Without two different distances or times there is none: NaN and 1.

    Raises:
        Stopping: Between two draws, when the process is told to stop.
    """
    first, second = np.triu_indices(len(x), 1)
    space = 1.0 / (1.0 + np.hypot(x[first] - x[second], y[first] - y[second]))
    gaps = 1.0 / (1.0 + np.abs(day[first] - day[second]))
    if len(first) == 0 or np.ptp(space) == 0.0 or np.ptp(gaps) == 0.0:
        return float("nan"), 1.0
    centred = space - space.mean()
    spread = float(np.sqrt((centred**2).sum() * ((gaps - gaps.mean()) ** 2).sum()))

    def correlation(times: Ints) -> Floats:
        near = 1.0 / (1.0 + np.abs(times[first] - times[second]))
        return np.array([centred @ near / spread])

    observed = correlation(day)
    drawn = draw(lambda chance: correlation(chance.permutation(day)), draws, seed)
    return float(observed[0]), float(p_at_least(observed, drawn)[0])
