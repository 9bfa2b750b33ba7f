"""Intervals around a forecast of counts: 50, 80 and 95 %.

A count is taken as negative binomial around its forecast: variance μ + α·μ², with an α of each
kind, found on past forecasts and what then happened (never on what the model learnt from). Where
the past shows no more scatter than Poisson, α is 0.

**How coverage is counted.** An interval of whole numbers cannot hold exactly 80 %: at a mean of
0.1, "0" alone holds 90 %. Two figures are therefore given, and named: ``coverage`` of the printed
integers, which is at least the nominal level by construction; and the calibration figure, the
mean share of [F(y-1), F(y)] inside the central probability (the expected coverage of the randomised
interval; Czado, Gneiting & Held 2009), which is the nominal level when the distribution is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.forecasting.tensor import Floats, at_least_floor

LEVELS = (0.50, 0.80, 0.95)
MOST_ALPHA = 5.0
LEAST_ALPHA = 1e-6


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole numbers between which a count should fall.

    Attributes:
        level: The share of counts meant to fall inside, 0 to 1.
        low: Least count inside.
        high: Greatest count inside.
    """

    level: float
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Spread:
    """How far counts scatter around their forecast.

    Attributes:
        alpha: ``(kinds,)``: the variance is μ + α·μ²; 0 is Poisson.
    """

    alpha: Floats

    def _size(self) -> Floats:
        return 1.0 / np.maximum(self.alpha, LEAST_ALPHA)

    def cdf(self, counts: Floats, mean: Floats) -> Floats:
        """Return P(Y <= counts); kinds are the last axis."""
        size, mean = self._size(), at_least_floor(mean)
        return np.asarray(scipy.stats.nbinom.cdf(counts, size, size / (size + mean)))

    def log_probability(self, counts: Floats, mean: Floats) -> Floats:
        """Return ln P(Y = counts); kinds are the last axis."""
        return log_negative_binomial(counts, at_least_floor(mean), self._size())

    def quantile(self, probability: float, mean: Floats) -> Floats:
        """Return the least whole number with at least that probability at or below it."""
        size, mean = self._size(), at_least_floor(mean)
        return np.asarray(scipy.stats.nbinom.ppf(probability, size, size / (size + mean)))

    def interval(self, level: float, mean: Floats) -> Interval:
        """Return the central interval of a level (0.5, 0.8, 0.95 …); kinds are the last axis."""
        tail = (1.0 - level) / 2.0
        return Interval(level, self.quantile(tail, mean), self.quantile(1.0 - tail, mean))

    def intervals(self, mean: Floats, levels: Sequence[float] = LEVELS) -> tuple[Interval, ...]:
        """Return one interval for each level."""
        return tuple(self.interval(level, mean) for level in levels)


def log_negative_binomial(counts: Floats, mean: Floats, size: Floats) -> Floats:
    """Return ln P(Y = counts) of a negative binomial of that mean and size (1 / α)."""
    return np.asarray(
        scipy.special.gammaln(counts + size)
        - scipy.special.gammaln(size)
        - scipy.special.gammaln(counts + 1.0)
        - size * np.log1p(mean / size)
        + scipy.special.xlogy(counts, mean / (mean + size))
    )


def fit_spread(mean: Floats, counts: Floats) -> Spread:
    """Find α of each kind by maximum likelihood on past forecasts and what then happened.

    Args:
        mean: ``(…, kinds)`` forecasts made without knowing ``counts``.
        counts: ``(…, kinds)`` what happened.
    """
    alphas = []
    for kind in range(mean.shape[-1]):
        mu = at_least_floor(mean[..., kind].ravel())
        seen = counts[..., kind].ravel()

        def loss(log_alpha: float, mu: Floats = mu, seen: Floats = seen) -> float:
            size = np.exp(-log_alpha)
            return -float(log_negative_binomial(seen, mu, size).sum())

        bounds = (np.log(LEAST_ALPHA), np.log(MOST_ALPHA))
        found = scipy.optimize.minimize_scalar(loss, bounds=bounds, method="bounded")
        alphas.append(float(np.exp(found.x)))
    return Spread(np.array(alphas))
