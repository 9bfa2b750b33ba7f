"""Mann and Kendall's test: does a series go up or down, whatever its shape?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]


class Monotone(NamedTuple):
    """By series.

    Attributes:
        tau: Pairs that rise less pairs that fall, over all pairs: from -1 to 1.
        z: Standard deviations from none, with continuity correction; 0 where nothing differs.
        p: Two-sided.
    """

    tau: Floats
    z: Floats
    p: Floats


def mann_kendall(series: Floats) -> Monotone:
    """Return the test of each row, ties counted (Mann 1945; Kendall 1975).

    Args:
        series: Rows of values in order of time; at least two values.
    """
    rows, length = series.shape
    score = np.zeros(rows)
    ties = np.zeros(rows)
    for at in range(length - 1):
        step = np.sign(series[:, at + 1 :] - series[:, at : at + 1])
        score += step.sum(axis=1)
    for row, values in enumerate(series):
        _, sizes = np.unique(values, return_counts=True)
        ties[row] = (sizes * (sizes - 1) * (2 * sizes + 5)).sum()
    pairs = length * (length - 1) / 2
    variance = (length * (length - 1) * (2 * length + 5) - ties) / 18.0
    moved = variance > 0
    z = np.zeros(rows)
    z[moved] = ((score - np.sign(score)) / np.sqrt(np.where(moved, variance, 1.0)))[moved]
    return Monotone(score / pairs, z, np.asarray(2.0 * scipy.special.ndtr(-np.abs(z)), np.float64))
