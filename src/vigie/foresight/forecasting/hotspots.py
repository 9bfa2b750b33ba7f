"""Hot spots: which small cells to flag for the next weeks, from places and days of past facts.

At 600 feet a cell sees a handful of facts a year, and a plain count of the last year is hard to
beat. What is added here: half-lives are mixed instead of chosen, each cell's neighbours lend a
little, and a rare kind is shrunk towards what all kinds together say of the cell. With a gamma
prior of shape a and mean m the posterior rate of a cell is m·(a + seen) / (a + m·time): where much
was seen its own past speaks, where little was seen the other kinds do.

The maps of every half-life, neighbourhood and prior are averaged with equal weights, the same for
every kind. Which values are averaged was settled while looking at Chicago's twelve months of 2017,
so figures on those months are not those of unseen ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.forecasting.tensor import Floats, Integers

HALF_LIVES = (90.0, 180.0, 365.0, 2000.0)
LENT = (0.0, 0.025, 0.05)
"""Weight of each of the eight neighbours."""

SHAPES = (1.0, 2.0, 4.0, 8.0)
POWERS = (0.5, 0.8)
"""How the prior mean follows the count of all kinds: below 1, since a kind is not all kinds."""

LONG = 2000.0


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


def smoothed(facts: Facts, values: Floats, deviation: float) -> Floats:
    """Return a Gaussian kernel density on the grid, ``deviation`` in cells."""
    reach = int(np.ceil(4.0 * deviation))
    steps = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (steps / deviation) ** 2)
    kernel /= kernel.sum()
    grid = values.reshape(facts.rows, facts.columns)
    for axis in (0, 1):
        grid = np.apply_along_axis(np.convolve, axis, grid, kernel, "same")
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
    every = discounted_map(known, origin, LONG)
    prior = every + LENT[-1] * around(known, every) + 1.0
    total = np.zeros(known.cells)
    for half_life in HALF_LIVES:
        own = discounted_map(known, origin, half_life, kind)
        if not own.any():
            raise ValueError("nothing of that kind is known before the origin")
        beside = around(known, own)
        first = int(known.day.min())
        time = float((0.5 ** (np.arange(1, origin - first + 1) / half_life)).sum())
        for lent in LENT:
            seen = own + lent * beside
            for one in _maps(seen, prior, time * (1.0 + 8.0 * lent), kind):
                total += one / one.sum()
    return np.asarray(total / total.sum())


def _maps(seen: Floats, prior: Floats, time: float, kind: int | None) -> list[Floats]:
    """Return the plain map and, for one kind, those shrunk towards all kinds."""
    maps = [seen]
    if kind is None:
        return maps
    for power in POWERS:
        mean = prior**power
        mean *= seen.sum() / time / mean.sum()
        maps += [mean * (shape + seen) / (shape + mean * time) for shape in SHAPES]
    return maps


def efficiency(intensity: Floats, counts: Floats, cells: int) -> float:
    """Return the PEI of flagging the ``cells`` of highest intensity: caught over the most possible.

    NaN when nothing happened.
    """
    best = np.sort(counts)[::-1][:cells].sum()
    if not best:
        return float("nan")
    chosen = np.argsort(-intensity, kind="stable")[:cells]
    return float(counts[chosen].sum() / best)
