"""How surprising a count is, given counts of the same hours of the past.

With Jeffreys' prior the rate's posterior is Gamma(total + 1/2, n), so that the next count is
negative binomial: the uncertainty of the rate itself is inside the answer (Gelman et al., Bayesian
Data Analysis, 3rd ed., section 2.6).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

from vigie.judge.watched import Floats, Ints

PRIOR = 0.5


def upper_tail(observed: npt.ArrayLike, total: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
    """Return P(X >= observed) of the next count after ``n`` counts that sum to ``total``."""
    counts = np.asarray(n, dtype=np.float64)
    shape = np.asarray(total, dtype=np.float64) + PRIOR
    return np.asarray(nbinom.sf(np.asarray(observed) - 1, shape, counts / (counts + 1.0)))


def silence(total: npt.ArrayLike, n: npt.ArrayLike) -> Floats:
    """Return P(X = 0) of the next count after ``n`` counts that sum to ``total``."""
    counts = np.asarray(n, dtype=np.float64)
    shape = np.asarray(total, dtype=np.float64) + PRIOR
    return np.asarray((counts / (counts + 1.0)) ** shape)


def critical(total: npt.ArrayLike, n: npt.ArrayLike, chance: float, least: int = 1) -> Ints:
    """Return the least count, at least ``least``, whose upper tail is at most ``chance``."""
    counts = np.asarray(n, dtype=np.float64)
    shape = np.asarray(total, dtype=np.float64) + PRIOR
    found = nbinom.isf(chance, shape, counts / (counts + 1.0)) + 1
    return np.maximum(found, least).astype(np.int64)
