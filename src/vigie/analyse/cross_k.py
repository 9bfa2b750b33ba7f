"""Ripley's K between two kinds: how many of one lie within a distance of the other, per density.

In a window of any shape, edges are answered by the border method: around points nearer to the edge
than the distance nothing is counted (Ripley 1988). Kinds that lie without regard to each other have
K = pi r^2. Two ways of drawing "nothing": one kind is moved as a whole, which keeps how each lies
by itself (Lotwick and Silverman 1982); or the two names are dealt out anew over the same points.
A moved kind leaves part of any window but a torus empty: each curve is reckoned on the common part,
and scaled to the number of points left (Mrkvička, Dvořák, González and Mateu 2021, Spatial
Statistics 42:100430).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.analyse.draws import draw
from vigie.analyse.envelopes import Envelope, envelope

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_LEAST_LEFT = 0.25
"""Least share of each kind that must remain in the common part of a moved window."""
_TRIES = 50
_RASTER = 120


@dataclass(frozen=True, slots=True)
class CrossK:
    """K by distance, with what it would be without a bond.

    Attributes:
        k: Square metres; NaN where no point is far enough from the edge.
        pairs: Pairs counted.
        band: Envelope of K and p of the whole curve.
        usual: Mean of the draws.
    """

    k: Floats
    pairs: npt.NDArray[np.int64]
    band: Envelope
    usual: Floats


class Window:
    """A window in metres: what lies in it, how far from its edge, and its common part with itself.

    Args:
        shape: Its polygon, metres.
    """

    def __init__(self, shape: BaseGeometry) -> None:
        self.shape = shape
        shapely.prepare(shape)
        self._edge = shape.boundary
        west, south, east, north = shape.bounds
        x, y = np.meshgrid(np.linspace(west, east, _RASTER), np.linspace(south, north, _RASTER))
        inside = shapely.intersects_xy(shape, x.ravel(), y.ravel())
        self._x, self._y = x.ravel()[inside], y.ravel()[inside]

    @property
    def area(self) -> float:
        """Square metres."""
        return float(self.shape.area)

    def holds(self, x: Floats, y: Floats) -> Bools:
        """Return which points lie in it."""
        return np.asarray(shapely.intersects_xy(self.shape, x, y), np.bool_)

    def to_edge(self, x: Floats, y: Floats) -> Floats:
        """Return how far points inside are from the edge, metres."""
        found = shapely.distance(shapely.points(x, y), self._edge)
        return np.asarray(found, np.float64)

    def common(self, east: float, north: float) -> float:
        """Return the area of what it has in common with itself moved."""
        share = self.holds(self._x - east, self._y - north).mean()
        return float(self.area * share)


def counts_near(first: Floats, second: Floats, reach: Floats) -> Floats:
    """Return how many of the second lie within each distance of each of the first.

    Args:
        first: Metres, shape (points, 2).
        second: The same.
        reach: Distances, rising.

    Returns:
        Shape (first, distances).
    """
    if not len(first) or not len(second):
        return np.zeros((len(first), len(reach)))
    found = scipy.spatial.KDTree(first).sparse_distance_matrix(
        scipy.spatial.KDTree(second), float(reach[-1]), output_type="ndarray"
    )
    band = np.searchsorted(reach, found["v"], side="left")
    size = len(reach) + 1
    flat = np.bincount(found["i"] * size + band, minlength=len(first) * size)
    sums = np.cumsum(flat.reshape(len(first), size)[:, :-1], axis=1)
    return np.asarray(sums, np.float64)


def in_pairs(first: Floats, second: Floats, edge: Floats, reach: float) -> tuple[Bools, Bools]:
    """Return which of each kind stand in a pair that K counts at a distance.

    Args:
        first: Metres, shape (points, 2).
        second: The same.
        edge: Distance of each of the first to the edge; those nearer than the distance count none.
        reach: The distance.
    """
    inner = np.flatnonzero(edge >= reach)
    mine, theirs = np.zeros(len(first), np.bool_), np.zeros(len(second), np.bool_)
    if len(inner) and len(second):
        found = scipy.spatial.KDTree(first[inner]).sparse_distance_matrix(
            scipy.spatial.KDTree(second), reach, output_type="ndarray"
        )
        mine[inner[found["i"]]] = True
        theirs[found["j"]] = True
    return mine, theirs


def curve(near: Floats, edge: Floats, reach: Floats, density: float) -> Floats:
    """Return K from how many are near each point that is farther from the edge than the distance.

    Args:
        near: Shape (points, distances).
        edge: Distance of each point to the edge.
        reach: Distances.
        density: Of the second kind, a square metre.
    """
    inner = edge[:, None] >= reach[None]
    many = inner.sum(axis=0)
    total = (near * inner).sum(axis=0)
    k = np.divide(total, many * density, out=np.full(len(reach), np.nan), where=many > 0)
    return np.asarray(k, np.float64)


def by_shift(
    first: Floats,
    second: Floats,
    window: Window,
    reach: Floats,
    *,
    most_m: float,
    draws: int,
    seed: int,
) -> CrossK:
    """Return K and its band when the second kind is moved as a whole.

    Args:
        first: Metres, shape (points, 2), in the window.
        second: The same.
        window: Where both were looked for.
        reach: Distances, rising.
        most_m: Longest move; what binds both over longer ranges than this stays in the draws.
        draws: Moves.
        seed: Of them.

    Raises:
        Stopping: Between two draws, when the process is told to stop.
    """
    home = window.to_edge(first[:, 0], first[:, 1])
    near = counts_near(first, second, reach)
    observed = curve(near, home, reach, len(second) / window.area)

    def moved(chance: np.random.Generator) -> Floats:
        for _ in range(_TRIES):
            turn, far = chance.uniform(0, 2 * math.pi), most_m * math.sqrt(chance.random())
            east, north = far * math.cos(turn), far * math.sin(turn)
            back = first - [east, north]
            mine = window.holds(back[:, 0], back[:, 1])
            left = window.holds(second[:, 0] + east, second[:, 1] + north)
            if min(mine.mean(), left.mean()) < _LEAST_LEFT:
                continue
            edge = np.minimum(home[mine], window.to_edge(back[mine, 0], back[mine, 1]))
            there = counts_near(back[mine], second[left], reach)
            density = float(left.sum()) / max(window.common(east, north), 1e-9)
            found = curve(there, edge, reach, density)
            if np.isfinite(found).all():
                return np.append(found, math.sqrt(mine.mean() * left.mean()))
        return np.append(observed, 1.0)

    drawn = draw(moved, draws, seed)
    curves, kept = drawn[:, :-1], drawn[:, -1]
    usual = _mean(curves)
    scaled = usual + (curves - usual) * np.sqrt(kept)[:, None]
    return _told(observed, scaled, usual, (near * (home[:, None] >= reach)).sum(axis=0))


def by_label(
    first: Floats, second: Floats, window: Window, reach: Floats, *, draws: int, seed: int
) -> CrossK:
    """Return K and its band when the names of both kinds are dealt out anew over all points.

    Raises:
        Stopping: Between two draws, when the process is told to stop.
    """
    every = np.vstack([first, second])
    many, size = len(first), len(every)
    edge = window.to_edge(every[:, 0], every[:, 1])
    found = scipy.spatial.KDTree(every).sparse_distance_matrix(
        scipy.spatial.KDTree(every), float(reach[-1]), output_type="ndarray"
    )
    one, other = found["i"], found["j"]
    band = np.searchsorted(reach, found["v"], side="left")
    apart = one != other
    one, other, band = one[apart], other[apart], band[apart]
    density = (size - many) / window.area

    def dealt(mine: Bools) -> Floats:
        pairs = mine[one] & ~mine[other]
        flat = np.bincount(one[pairs] * len(reach) + band[pairs], minlength=size * len(reach))
        near = np.cumsum(flat.reshape(size, len(reach)), axis=1).astype(np.float64)
        return curve(near[mine], edge[mine], reach, density)

    names = np.arange(size) < many
    observed = dealt(names)
    drawn = draw(lambda chance: dealt(chance.permutation(names)), draws, seed)
    near = counts_near(first, second, reach)
    counted = (near * (edge[:many, None] >= reach)).sum(axis=0)
    return _told(observed, drawn, _mean(drawn), counted)


def _mean(curves: Floats) -> Floats:
    known = np.isfinite(curves).all(axis=0)
    mean = np.where(known, curves, 0.0).mean(axis=0)
    return np.asarray(np.where(known, mean, np.nan), np.float64)


def _told(observed: Floats, drawn: Floats, usual: Floats, counted: Floats) -> CrossK:
    """Return the band over the distances at which every curve is known."""
    known = np.isfinite(observed) & np.isfinite(drawn).all(axis=0)
    low, high = (np.full(len(observed), np.nan) for _ in range(2))
    p = math.nan
    if known.any():
        found = envelope(observed[known], drawn[:, known])
        low[known], high[known], p = found.low, found.high, found.p
    return CrossK(observed, counted.astype(np.int64), Envelope(low, high, p), usual)
