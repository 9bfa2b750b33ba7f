"""Pairs of facts near in space and in time: Knox's test in several bands, and Mantel's.

Both ask whether facts that are near each other are also near in time, more than their places and
their times, each left as it is, would bring together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from vigie.analyse.draws import draw, draw_together, p_at_least
from vigie.base.errors import WrongUsage
from vigie.base.stopping import look

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST_PAIRS = 60_000_000
"""Nine bytes each."""
_AT_ONCE = 4_000
_TOGETHER = 50
"""Draws whose days of one fact lie side by side in memory: one look-up of a fact serves all."""
_BLOCK = 1 << 13
_GROUP = 1 << 7
"""A byte counts so many pairs; what is left of a block is counted apart."""


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
    order = np.argsort(x, kind="stable").astype(np.int32)
    place, upper = np.column_stack([x, y])[order], np.asarray(upper_m, np.float64)
    east, north = np.ascontiguousarray(place[:, 0]), np.ascontiguousarray(place[:, 1])
    bands: list[list[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]]] = [[] for _ in upper_m]
    room = MOST_PAIRS
    for start in range(0, len(place), _AT_ONCE):
        look()
        first, second = _strip(place, start, float(upper[-1]), 1.0 if blocks else 2.0, room)
        room -= len(first)
        across, along = east[first] - east[second], north[first] - north[second]
        apart = np.abs(across) + np.abs(along) if blocks else across * across + along * along
        before = np.zeros(len(apart), np.bool_)
        for kept, edge in zip(bands, upper if blocks else upper * upper, strict=True):
            within = apart <= edge
            mine = np.flatnonzero(within & ~before)
            kept.append((order[first[mine]], order[second[mine]]))
            before = within
    sizes = [sum(len(one) for one, _ in kept) for kept in bands]
    empty = np.empty(0, np.int32)
    return ClosePairs(
        np.concatenate([empty, *(one for kept in bands for one, _ in kept)]),
        np.concatenate([empty, *(other for kept in bands for _, other in kept)]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        len(place),
    )


def _strip(place: Floats, start: int, upper: float, norm: float, room: int) -> tuple[Ints, Ints]:
    """Return the pairs of points of a strip from west to east with each other and those east of it.

    Every pair of points is so found once. Where more might be found than there is room for, they
    are counted before they are held.
    """
    end = min(start + _AT_ONCE, len(place))
    reach = int(np.searchsorted(place[:, 0], place[end - 1, 0] + upper, side="right"))
    mine, east = (
        scipy.spatial.KDTree(place[start:end]),
        scipy.spatial.KDTree(place[end:reach]) if reach > end else None,
    )
    size = end - start
    if size * (size // 2 + reach - end) > room:
        count = (int(mine.count_neighbors(mine, upper, p=norm)) - size) // 2
        count += 0 if east is None else int(mine.count_neighbors(east, upper, p=norm))
        if count > room:
            reason = f"more than {MOST_PAIRS} pairs of facts: narrower bands, or fewer"
            raise WrongUsage(reason=reason, field="step_m")
    inside = mine.query_pairs(upper, p=norm, output_type="ndarray") + start
    if east is None:
        return inside[:, 0], inside[:, 1]
    beyond = mine.sparse_distance_matrix(east, upper, p=norm, output_type="ndarray")
    return (
        np.concatenate([inside[:, 0], beyond["i"] + start]),
        np.concatenate([inside[:, 1], beyond["j"] + end]),
    )


def tabulate(
    pairs: ClosePairs, days: npt.NDArray[np.signedinteger], upper_days: Sequence[int]
) -> Ints:
    """Return pairs by draw, band of distance and band of time.

    Args:
        pairs: Of the points.
        days: Of each point (rows), in each draw (columns).
        upper_days: Upper edge of each band of time, rising; an edge belongs to the band that it
            closes.

    Raises:
        Stopping: When the process is told to stop.
    """
    below = np.zeros((days.shape[1], len(pairs.edges) - 1, len(upper_days)), np.int64)
    for band in range(below.shape[1]):
        for start in range(int(pairs.edges[band]), int(pairs.edges[band + 1]), _BLOCK):
            look()
            part = slice(start, min(start + _BLOCK, int(pairs.edges[band + 1])))
            apart = days.take(pairs.first[part], axis=0)
            apart -= days.take(pairs.second[part], axis=0)
            np.abs(apart, out=apart)
            for column, edge in enumerate(upper_days):
                below[:, band, column] += _true_in_columns(apart <= edge)
    return np.asarray(np.diff(below, axis=2, prepend=0), np.int64)


def _true_in_columns(marks: npt.NDArray[np.bool_]) -> Ints:
    """Return how many of each column are true: by bytes first, for that is what takes long."""
    whole = len(marks) // _GROUP * _GROUP
    grouped = np.add.reduce(marks[:whole].view(np.uint8).reshape(_GROUP, -1), dtype=np.uint8)
    found = np.add.reduce(grouped.reshape(-1, marks.shape[1]), dtype=np.int64)
    if whole < len(marks):
        found += np.add.reduce(marks[whole:], dtype=np.int64)
    return np.asarray(found, np.int64)


def _narrow(day: Ints) -> npt.NDArray[np.signedinteger]:
    """Return the days since the first of them, as narrow as their differences allow."""
    since = day - (day.min() if len(day) else 0)
    return since.astype(np.int16 if since.max(initial=0) <= np.iinfo(np.int16).max else np.int64)


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
        Stopping: When the process is told to stop.
    """
    days = _narrow(day)
    observed = tabulate(pairs, days[:, None], upper_days)[0]
    everything = max(1, pairs.points * (pairs.points - 1) // 2)
    expected = np.outer(pairs.counts(), time_pairs(day, upper_days)) / everything
    drawn = draw_together(
        lambda chances: tabulate(
            pairs, np.stack([one.permutation(days) for one in chances], axis=1), upper_days
        ).astype(np.float64),
        *(draws, seed, _TOGETHER),
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
