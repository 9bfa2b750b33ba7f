"""Facts as arrays: kind, instant, place in metres; uncertain times spread over their interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.foresight.effects.bins import HOUR_US, Floats, Ints

SURE_US = HOUR_US
"""A fact whose instant is known to the hour counts whole in the hour of its middle."""
LONGEST_US = 24 * HOUR_US
"""A fact that may have happened at any hour of more than a day says nothing of hours."""
SMALL_M = 150.0
"""A footprint no larger than this counts as its middle."""


@dataclass(frozen=True)
class Facts:
    """Pieces of facts, columns aligned; the weights of a fact sum to 1.

    Attributes:
        kinds: Codes; ``kind`` points into them.
        kind: Kind of each piece.
        at_us: Instant, epoch µs.
        x: Metres east.
        y: Metres north.
        weight: Share of the fact.
        counted: Facts in it.
        unsure: Facts left out because their time is not known to a day.
    """

    kinds: tuple[str, ...]
    kind: Ints
    at_us: Ints
    x: Floats
    y: Floats
    weight: Floats
    counted: int
    unsure: int

    def __len__(self) -> int:
        return len(self.kind)

    def before(self, until_us: int) -> Facts:
        """Return the pieces before an instant."""
        end = int(np.searchsorted(self.at_us, until_us))
        pieces = {name: getattr(self, name)[:end] for name in ("kind", "at_us", "x", "y", "weight")}
        return replace(self, **pieces, counted=round(float(pieces["weight"].sum())))

    @cached_property
    def tree(self) -> scipy.spatial.cKDTree:
        """The pieces' places, for searching."""
        return scipy.spatial.cKDTree(np.column_stack([self.x, self.y]))

    @cached_property
    def points(self) -> npt.NDArray[np.object_]:
        """The pieces' places as points, for distances to footprints that are no points."""
        return np.asarray(shapely.points(self.x, self.y), object)

    def near(self, footprint: BaseGeometry, reach_m: float) -> tuple[Ints, Floats]:
        """Return the pieces within reach of a footprint, ascending, and their distances to it."""
        middle = footprint.centroid
        west, south, east, north = footprint.bounds
        half = max(east - west, north - south) / 2
        if half <= SMALL_M:
            inside = self.tree.query_ball_point((middle.x, middle.y), reach_m, return_sorted=True)
            found = np.asarray(inside, np.int64)
            return found, np.hypot(self.x[found] - middle.x, self.y[found] - middle.y)
        wide = reach_m + float(np.hypot(east - west, north - south)) / 2 + half
        inside = self.tree.query_ball_point((middle.x, middle.y), wide, return_sorted=True)
        found = np.asarray(inside, np.int64)
        distance = shapely.distance(self.points[found], footprint)
        keep = distance <= reach_m
        return found[keep], np.asarray(distance[keep], np.float64)


def make_facts(
    *,
    kinds: Sequence[str],
    kind: npt.ArrayLike,
    earliest_us: npt.ArrayLike,
    latest_us: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
) -> Facts:
    """Return facts as arrays, each spread evenly over its interval (Ratcliffe 2000).

    A fact known to the hour stands at the middle of its interval; one known to a day at most is cut
    into equal pieces of at most an hour; others are left out and counted in ``unsure``.
    """
    which = np.asarray(kind, np.int64)
    start, end = np.asarray(earliest_us, np.int64), np.asarray(latest_us, np.int64)
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    width = np.maximum(0, end - start)
    placed = np.isfinite(east) & np.isfinite(north)
    kept = np.flatnonzero(placed & (width <= LONGEST_US))
    pieces = np.where(width[kept] <= SURE_US, 1, -(-width[kept] // HOUR_US))
    row = np.repeat(kept, pieces)
    number = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    of = np.repeat(pieces, pieces)
    at_us = start[row] + ((number + 0.5) / of * width[row]).astype(np.int64)
    order = np.argsort(at_us, kind="stable")
    row = row[order]
    return Facts(
        kinds=tuple(kinds),
        kind=which[row],
        at_us=at_us[order],
        x=east[row],
        y=north[row],
        weight=(1.0 / of)[order],
        counted=len(kept),
        unsure=int(np.sum(placed)) - len(kept),
    )
