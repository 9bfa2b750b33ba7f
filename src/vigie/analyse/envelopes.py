"""One test of a whole curve: how extreme it is among curves drawn under "nothing is going on".

Looking at many distances and telling the worst one finds something nearly always. Here curves are
ranked as wholes, by their extreme rank lengths (Myllymäki, Mrkvička, Grabarnik, Seijo and Hahn
2017, J. Royal Statistical Society B 79:381): one p, and a band that holds 95 % of the curves whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]


class Envelope(NamedTuple):
    """The band that 95 % of the curves stay in as wholes, and how extreme the observed one is."""

    low: Floats
    high: Floats
    p: float


def envelope(observed: Floats, drawn: Floats, level: float = 0.05) -> Envelope:
    """Return the global envelope of curves and the p of the observed one, two-sided.

    The observed curve counts among them, so p is at least ``1 / (draws + 1)``, and curves as
    extreme as it count against it.

    Args:
        observed: By distance.
        drawn: Draws first.
        level: Share of the curves that may leave the band.
    """
    curves = np.vstack([observed[None], drawn])
    many = len(curves)
    below = scipy.stats.rankdata(curves, method="average", axis=0)
    rank = np.sort(np.minimum(below, many + 1 - below), axis=1)
    order = np.lexsort(rank.T[::-1])
    place = np.empty(many, np.int64)
    changed = np.any(np.diff(rank[order], axis=0) != 0, axis=1)
    place[order] = np.concatenate([[0], np.cumsum(changed)])
    p = float((place <= place[0]).sum()) / many
    size = np.bincount(place)
    extreme = np.cumsum(size)[place] / many  # share of curves at least as extreme
    kept = curves[extreme > level]
    return Envelope(kept.min(axis=0), kept.max(axis=0), p)
