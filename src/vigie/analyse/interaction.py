"""Three more questions of whether facts near in space are near in time, one number each.

Knox asks within one distance and one time; here: less what each fact's own neighbours bring
(Baker's modified Knox), and whose neighbours are the same in both, whatever the distances
(Jacquez), which holds where facts are dense here and rare there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from vigie.analyse.draws import draw, p_at_least

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Tested(NamedTuple):
    """A statistic, its exact mean over all permutations of the times, and its p.

    ``low`` and ``high`` hold 95 % of the draws.
    """

    value: float
    expected: float
    low: float
    high: float
    p: float


def _near(place: Floats, reach: float) -> scipy.sparse.csr_array:
    """Return 1 for each two points at most so far apart, without a point itself."""
    pairs = scipy.spatial.KDTree(place).query_pairs(reach, output_type="ndarray")
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    ones = np.ones(len(rows))
    return scipy.sparse.csr_array((ones, (rows, columns)), shape=(len(place), len(place)))


def nearest(place: Floats, k: int) -> scipy.sparse.csr_array:
    """Return for each point 1 at its k nearest others; ties count in part.

    Points at one distance share what is left of the k evenly, so the answer does not depend on the
    order of the rows (Jacquez 1996 takes one of them). A point far from nothing else has fewer.

    Args:
        place: Shape (points, dimensions).
        k: How many, at least 1.
    """
    size = len(place)
    k = min(k, size - 1)
    if k < 1:
        return scipy.sparse.csr_array((size, size))
    tree = scipy.spatial.KDTree(place)
    reach = np.atleast_2d(tree.query(place, k + 1)[0])[:, k]
    rows, columns, weights = [], [], []
    for row, others in enumerate(tree.query_ball_point(place, reach * (1 + 1e-12) + 1e-12)):
        mine = np.array([one for one in others if one != row], np.int64)
        far = np.sqrt(((place[mine] - place[row]) ** 2).sum(axis=1))
        tied = far >= reach[row] * (1 - 1e-12) - 1e-12
        weight = np.where(tied, (k - (~tied).sum()) / max(int(tied.sum()), 1), 1.0)
        rows.append(np.full(len(mine), row))
        columns.append(mine)
        weights.append(weight)
    at = (np.concatenate(rows), np.concatenate(columns))
    return scipy.sparse.csr_array((np.concatenate(weights), at), shape=(size, size))


class _Relation(NamedTuple):
    """Of times: how much of it each point has; and, dealt out in an order, how much pairs have."""

    each: Floats
    of: Callable[[Ints, Ints, Ints], Floats]


def _within(day: Floats, reach: float) -> _Relation:
    """Return the relation of days at most so far apart, a point itself left out."""
    ordered = np.sort(day)
    left, right = (
        np.searchsorted(ordered, day - reach, "left"),
        np.searchsorted(ordered, day + reach, "right"),
    )
    return _Relation(
        (right - left - 1).astype(np.float64),
        lambda order, a, b: _apart_at_most(day[order], reach, a, b),
    )


def _apart_at_most(day: Floats, reach: float, a: Ints, b: Ints) -> Floats:
    return (np.abs(day[a] - day[b]) <= reach).astype(np.float64)


def _weighted(given: scipy.sparse.csr_array) -> _Relation:
    """Return the relation that a matrix holds, looked up by pairs."""
    told = given.tocoo()
    size = given.shape[0]
    key = told.row.astype(np.int64) * size + told.col
    order = np.argsort(key)
    key, weight = np.append(key[order], np.int64(-1)), np.append(told.data[order], 0.0)

    def of(order: Ints, a: Ints, b: Ints) -> Floats:
        wanted = order[a] * size + order[b]
        at = np.searchsorted(key[:-1], wanted)
        return np.where(key[at] == wanted, weight[at], 0.0)

    return _Relation(np.asarray(given.sum(axis=1), np.float64).ravel(), of)


def _tested(
    one: scipy.sparse.csr_array, other: _Relation, *, less: bool, draws: int, seed: int
) -> Tested:
    """Return the shared weight of two relations, the second dealt out to other points in draws.

    Args:
        one: Of places.
        other: Of times.
        less: Whether what each point's own neighbours bring is taken off; both relations are then
            the same both ways.
        draws: Permutations.
        seed: Of them.
    """
    size = one.shape[0]
    near = np.asarray(one.sum(axis=1)).ravel()
    pairs = (scipy.sparse.triu(one) * 2.0 if less else one).tocoo()
    ends = (pairs.row.astype(np.int64), pairs.col.astype(np.int64))

    def shared(order: Ints) -> Floats:
        total = float(pairs.data @ other.of(order, *ends))
        taken = float(near @ other.each[order]) / max(size - 1, 1) if less else 0.0
        return np.array([total - taken])

    observed = shared(np.arange(size, dtype=np.int64))
    drawn = draw(lambda chance: shared(chance.permutation(size).astype(np.int64)), draws, seed)
    low, high = np.quantile(drawn[:, 0], [0.025, 0.975])
    every = max(size * (size - 1), 1)
    expected = 0.0 if less else float(near.sum()) * float(other.each.sum()) / every
    return Tested(
        float(observed[0]), expected, float(low), float(high), float(p_at_least(observed, drawn)[0])
    )


def modified_knox(
    x: Floats, y: Floats, day: Ints, reach: tuple[float, float], *, draws: int, seed: int
) -> Tested:
    """Return pairs near in both less those that each fact's own neighbours bring (Baker 2004).

    A place whose activity changed has many neighbours in space and in time at once; so much is not
    counted as interaction. Mean of the permutations: 0.

    Args:
        x: Metres.
        y: Metres.
        day: Days.
        reach: Metres and days up to which two facts are near.
        draws: Permutations.
        seed: Of them.

    Raises:
        Stopping: Between two draws, when the process is told to stop.
    """
    space = _near(np.column_stack([x, y]), reach[0])
    time = _within(day.astype(np.float64), reach[1])
    found = _tested(space, time, less=True, draws=draws, seed=seed)
    return Tested(found.value / 2, found.expected, found.low / 2, found.high / 2, found.p)


def jacquez(x: Floats, y: Floats, day: Ints, k: int, *, draws: int, seed: int) -> Tested:
    """Return how many of the k nearest in space are among the k nearest in time (Jacquez 1996).

    Raises:
        Stopping: Between two draws, when the process is told to stop.
    """
    space = nearest(np.column_stack([x, y]), k)
    time = _weighted(nearest(day.astype(np.float64)[:, None], k))
    return _tested(space, time, less=False, draws=draws, seed=seed)
