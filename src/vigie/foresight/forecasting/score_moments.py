"""Scores of counts in standard deviations of their own forecast: what Wei and Held's test sums.

Expectation and variance of the logarithmic and of the ranked probability score have no closed form
for a Poisson or a negative binomial forecast: both are summed over the counts there may be.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from vigie.foresight.forecasting.tensor import Floats, at_least_floor

_LEFT = 1e-14
"""Probability beyond the counts that are summed."""
_AT_ONCE = 256


def log_scores(log_chance: Floats) -> Floats:
    """Return the score of each count (rows), from the logarithm of what each was given."""
    return -log_chance


def ranked_scores(log_chance: Floats) -> Floats:
    """Return Σ over k of (F(k) - 1[y <= k])² for each count y (rows), from the same logarithms."""
    reached = np.minimum(np.cumsum(np.exp(log_chance), axis=0), 1.0)
    below = np.cumsum(reached**2, axis=0) - reached**2
    above = np.cumsum(((1.0 - reached) ** 2)[::-1], axis=0)[::-1]
    return np.asarray(below + above, np.float64)


def standardised(
    mean: Floats, counts: Floats, alpha: Floats | float, scores: Callable[[Floats], Floats]
) -> Floats:
    """Return the score of each item less its expectation, over its deviation, by the forecast.

    Args:
        mean: Forecast means.
        counts: What happened.
        alpha: Dispersion, broadcast on the last axis; 0 is Poisson.
        scores: From logarithms of probabilities, counts by items, to scores of the same shape.
    """
    every = np.broadcast_arrays(at_least_floor(mean), counts, np.asarray(alpha, np.float64))
    mu, seen, scatter = (np.asarray(one, np.float64).ravel() for one in every)
    found = np.empty(mu.size)
    order = np.argsort(mu)
    for start in range(0, mu.size, _AT_ONCE):
        some = order[start : start + _AT_ONCE]
        log_chance = _log_chances(mu[some], scatter[some], float(seen[some].max()))
        told, chance = scores(log_chance), np.exp(log_chance)
        expected = (chance * told).sum(axis=0)
        variance = (chance * (told - expected) ** 2).sum(axis=0)
        own = told[seen[some].astype(np.int64), np.arange(len(some))]
        found[some] = (own - expected) / np.sqrt(variance)
    return found


def _log_chances(mean: Floats, alpha: Floats, least: float) -> Floats:
    """Return ln P(Y = k) for k (rows) from 0 to where next to nothing is left, by item."""
    poisson = alpha <= 0.0
    size = 1.0 / np.where(poisson, 1.0, alpha)
    share = size / (size + mean)
    far = np.where(
        poisson, scipy.stats.poisson.isf(_LEFT, mean), scipy.stats.nbinom.isf(_LEFT, size, share)
    )
    k = np.arange(max(float(far.max()), least) + 1.0)[:, None]
    found = np.where(
        poisson, scipy.stats.poisson.logpmf(k, mean), scipy.stats.nbinom.logpmf(k, size, share)
    )
    return np.asarray(found, np.float64)
