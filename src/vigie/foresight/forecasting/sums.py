"""Sums of a forecast: what stands at the floor adds nothing, and how wide a sum's interval is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from vigie.foresight.forecasting.intervals import LEAST_ALPHA
from vigie.foresight.forecasting.tensor import FLOOR, Floats


def without_floor(mean: Floats) -> Floats:
    """Return the mean with 0 where a model says no more than the floor.

    The floor keeps scores finite; summed over a thousand quiet places it would be a fact a day that
    nobody expects.
    """
    return np.asarray(np.where(mean <= FLOOR, 0.0, mean))


@dataclass(frozen=True, slots=True)
class Total:
    """Sums of forecasts with their spread.

    Attributes:
        mean: The sums.
        size: Size of the negative binomial of that mean and spread.
    """

    mean: Floats
    size: Floats

    @property
    def _chance(self) -> Floats:
        return np.asarray(self.size / (self.size + np.maximum(self.mean, 1e-12)))

    def bounds(self, level: float) -> tuple[Floats, Floats]:
        """Return the central interval of a level."""
        tail = (1.0 - level) / 2.0
        low, high = (scipy.stats.nbinom.ppf(q, self.size, self._chance) for q in (tail, 1.0 - tail))
        return np.asarray(low), np.asarray(high)

    def surprise(self, counts: Floats) -> Floats:
        """Return the chance of a count as far out as this one, on its own side."""
        above = scipy.stats.nbinom.sf(counts - 1, self.size, self._chance)
        below = scipy.stats.nbinom.cdf(counts, self.size, self._chance)
        return np.asarray(np.minimum(above, below))


def total(parts: Floats, alpha: float, axis: tuple[int, ...]) -> Total:
    """Return the sums of forecasts along axes, the parts scattering independently.

    Each part's variance is μ + α·μ²; the sum's is their sum, told as a negative binomial again.
    """
    mean = np.asarray(parts.sum(axis=axis))
    squares = np.asarray((parts**2).sum(axis=axis))
    widened: npt.NDArray[np.float64] = (
        max(alpha, LEAST_ALPHA) * squares / np.maximum(mean, 1e-12) ** 2
    )
    return Total(mean, 1.0 / np.maximum(widened, LEAST_ALPHA))
