"""Poisson regression whose intervals take counts that scatter and cling together into account.

Fitted as everywhere in the house (``vigie.model.poisson``). The covariance is the larger, for each
combination asked for, of two: the quasi-Poisson one
(scatter beyond chance, same every day) and the one robust to any dependence within blocks such as
weeks (Liang & Zeger, Biometrika 73 (1986) 13). Intervals use Student's t with as many degrees of
freedom as there are blocks less one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from vigie.analyse.days import Floats, Ints
from vigie.model.poisson import fit


@dataclass(frozen=True, slots=True)
class PoissonFit:
    """A fitted log-linear model of counts.

    Attributes:
        weights: Coefficients, one for each column.
        quasi: Their covariance under scatter alone.
        robust: Their covariance with dependence within blocks.
        scatter: Variance over mean, at least 1.
        free: Degrees of freedom of intervals.
        expected: Fitted counts.
    """

    weights: Floats
    quasi: Floats
    robust: Floats
    scatter: float
    free: int
    expected: Floats

    def factor(self, combination: Floats) -> Floats:
        """Return ``exp(combination @ weights)`` with its 95 % interval; shape (rows, 3).

        Args:
            combination: Rows of columns, shape (rows, columns).
        """
        at = combination @ self.weights
        variances = [
            np.einsum("ij,jk,ik->i", combination, matrix, combination)
            for matrix in (self.quasi, self.robust)
        ]
        error = np.sqrt(np.clip(np.maximum(*variances), 0.0, None))
        reach = float(scipy.stats.t.ppf(0.975, self.free)) * error
        every = np.stack([at, at - reach, at + reach], axis=1)
        return np.asarray(np.exp(np.clip(every, -300, 300)), np.float64)


def fit_poisson(columns: Floats, counts: Floats, exposure: Floats, block: Ints) -> PoissonFit:
    """Fit ``counts`` to ``exposure * exp(columns @ weights)``.

    Args:
        columns: Shape (rows, columns), of full rank.
        counts: Counts, weighted ones included; not negative.
        exposure: How much each row was exposed, above 0.
        block: Which block each row belongs to.

    Raises:
        ValueError: When there are no more blocks than one, or no facts.
    """
    blocks = np.unique(block)
    if len(blocks) < 2 or counts.sum() <= 0:  # noqa: PLR2004
        msg = "nothing to fit"
        raise ValueError(msg)
    found = fit(counts, columns, offset=np.log(exposure))
    expected, quasi = found.mean, found.covariance
    inner = quasi / found.dispersion
    each = columns * (counts - expected)[:, None]
    sums = np.zeros((len(blocks), columns.shape[1]))
    np.add.at(sums, np.searchsorted(blocks, block), each)
    robust = inner @ (sums.T @ sums) @ inner * len(blocks) / (len(blocks) - 1)
    free = len(blocks) - 1
    return PoissonFit(found.coefficients, quasi, robust, found.dispersion, free, expected)
