"""Hot spots: which small cells to flag for the next weeks, from places and days of past facts.

At 600 feet a cell sees a handful of facts a year, and a plain count of the last year is hard to
beat. What is added here: half-lives are mixed instead of chosen, and a kind is shrunk towards what
the other kinds in a cell, and all kinds around it, say of it (a Poisson regression over the cells).
With a gamma prior of shape a and mean m the posterior of a count is m·(a + seen) / (a + m): where
much was seen its own past speaks, where little was seen the others do.

For one kind, shape, power and what is looked at were chosen on Chicago's months of 2016 by a rule
written before. All kinds together have nobody to borrow from: there each cell's neighbours lend a
little, and which values are averaged was settled while looking at the twelve months of 2017, so
figures of all kinds on those months are not those of unseen ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from sklearn.linear_model import PoissonRegressor

from vigie.foresight.forecasting.tensor import Floats, Integers

HALF_LIVES = (90.0, 180.0, 365.0, 2000.0)
LENT = (0.0, 0.025, 0.05)
"""Weight of each of the eight neighbours."""

SHAPE = 2.0
POWER = 0.8
"""How the prior follows the regression: below 1, since what it was fitted on is shown to it."""

LONG = 2000.0
WIDE = (2.0, 5.0)
"""Deviations, in cells, of the kernels that say what lies around."""

LEAST = 1e-6
HALF, WHOLE, SOME = 0.5, 1.0, 0.02
"""Added to a count, to that of eight neighbours and to a density before the logarithm."""

RIDGE = 20.0
"""Strength of the ridge, in cells: where there are few of them the regression says little."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Past facts on a grid.

    Attributes:
        rows: Of the grid.
        columns: Of the grid.
        cell: ``(facts,)`` row x columns + column.
        day: ``(facts,)`` number of the day.
        kind: ``(facts,)`` number of the kind.
    """

    rows: int
    columns: int
    cell: Integers
    day: Integers
    kind: Integers

    @property
    def cells(self) -> int:
        """Return how many cells the grid has."""
        return self.rows * self.columns

    def before(self, origin: int) -> Facts:
        """Return the facts before a day."""
        known = self.day < origin
        return Facts(self.rows, self.columns, self.cell[known], self.day[known], self.kind[known])

    def counted(self, first: int, last: int, kind: int | None = None) -> Floats:
        """Return the facts of each cell from day ``first`` to ``last - 1``."""
        kept = (self.day >= first) & (self.day < last)
        if kind is not None:
            kept &= self.kind == kind
        return np.bincount(self.cell[kept], minlength=self.cells).astype(np.float64)


def discounted_map(facts: Facts, origin: int, half_life: float, kind: int | None = None) -> Floats:
    """Return the discounted count of each cell; a fact counts half after ``half_life`` days."""
    kept = facts.day < origin
    if kind is not None:
        kept &= facts.kind == kind
    weights = 0.5 ** ((origin - facts.day[kept]) / half_life)
    return np.asarray(np.bincount(facts.cell[kept], weights, facts.cells), np.float64)


def around(facts: Facts, values: Floats) -> Floats:
    """Return the sum over the eight neighbours of each cell."""
    padded = np.pad(values.reshape(facts.rows, facts.columns), 1)
    total = np.zeros((facts.rows, facts.columns))
    for down in range(3):
        for right in range(3):
            total += padded[down : down + facts.rows, right : right + facts.columns]
    return np.asarray(total.ravel() - values)


def _kernel(deviation: float) -> Floats:
    reach = int(np.ceil(4.0 * deviation))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    return np.asarray(kernel / kernel.sum())


def _at_centre(deviation: float) -> float:
    """Return how much of a fact a kernel leaves in its own cell."""
    return float(_kernel(deviation).max() ** 2)


def smoothed(facts: Facts, values: Floats, deviation: float) -> Floats:
    """Return a Gaussian kernel density on the grid, ``deviation`` in cells."""
    kernel = _kernel(deviation)
    grid = values.reshape(facts.rows, facts.columns)
    for axis in (0, 1):
        grid = ndimage.convolve1d(grid, kernel, axis=axis, mode="constant")
    return np.asarray(grid.ravel())


def hot_spots(facts: Facts, origin: int, kind: int | None = None) -> Floats:
    """Return the relative intensity expected in each cell from day ``origin`` on; it sums to 1.

    Facts of ``origin`` and later are not read.

    Args:
        facts: Past facts of all kinds.
        origin: First day forecast.
        kind: Number of the kind, or None for all together.

    Raises:
        ValueError: When nothing of that kind is known before ``origin``.
    """
    known = facts.before(origin)
    if not (known.day.size if kind is None else (known.kind == kind).any()):
        raise ValueError("nothing of that kind is known before the origin")
    prior = None if kind is None else said_by_others(known, origin, kind) ** POWER
    total = np.zeros(known.cells)
    for half_life in HALF_LIVES:
        own = discounted_map(known, origin, half_life, kind)
        if prior is None:
            beside = around(known, own)
            maps = [own + lent * beside for lent in LENT]
        else:
            mean = prior * (own.sum() / prior.sum())
            maps = [mean * (SHAPE + own) / (SHAPE + mean)]
        for one in maps:
            total += one / one.sum()
    return np.asarray(total / total.sum())


def said_by_others(known: Facts, origin: int, kind: int) -> Floats:
    """Return the count of a kind in each cell that everything but that count lets expect.

    A Poisson regression over the cells: on the counts of the other kinds, and on those of all kinds
    in the eight neighbours and further around. A cell with nothing in or beside it gets hardly any.
    """
    columns = []
    for one in range(int(known.kind.max(initial=kind)) + 1):
        seen = discounted_map(known, origin, LONG, one)
        if one != kind:
            columns.append(np.log(seen + HALF))
        columns.append(np.log(around(known, seen) + WHOLE))
        for deviation in WIDE:
            there = smoothed(known, seen, deviation)
            if one == kind:
                there = np.maximum(there - seen * _at_centre(deviation), 0.0)
            columns.append(np.log(there + SOME))
    every = discounted_map(known, origin, LONG)
    used = every + around(known, every) > 0.0
    rows = np.stack(columns, axis=1)[used]
    rows = (rows - rows.mean(axis=0)) / (rows.std(axis=0) + 1e-9)
    seen = discounted_map(known, origin, LONG, kind)[used]
    model = PoissonRegressor(alpha=RIDGE / len(rows), solver="newton-cholesky", max_iter=50)
    expected = np.full(known.cells, LEAST)
    expected[used] = np.maximum(model.fit(rows, seen).predict(rows), LEAST)
    return expected


def efficiency(intensity: Floats, counts: Floats, cells: int) -> float:
    """Return the PEI of flagging the ``cells`` of highest intensity: caught over the most possible.

    NaN when nothing happened.
    """
    best = np.sort(counts)[::-1][:cells].sum()
    if not best:
        return float("nan")
    chosen = np.argsort(-intensity, kind="stable")[:cells]
    return float(counts[chosen].sum() / best)
