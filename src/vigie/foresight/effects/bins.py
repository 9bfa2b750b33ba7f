"""Rings around an event and hours relative to its start, and the numbers told about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
LEVELS = (0.50, 0.80, 0.95)
SURE = 1e-6
"""Least share of the mean by which a variance exceeds it: Poisson but for this."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Where and when around an event facts are counted.

    Attributes:
        rings_m: Outer radii of the rings, metres, ascending; the first begins at the footprint.
        before_h: Hours before the start that count.
        after_h: Least hours after the start that count.
        beyond_h: Hours after the end that count, when the event lasts longer than ``after_h``.
        most_h: Most hours after the start that count, whatever the event lasts.
    """

    rings_m: tuple[float, ...] = (500.0, 1_000.0, 2_000.0)
    before_h: int = 4
    after_h: int = 6
    beyond_h: int = 2
    most_h: int = 16

    @property
    def reach_m(self) -> float:
        """The outermost radius."""
        return self.rings_m[-1]

    @property
    def hours(self) -> tuple[int, ...]:
        """First instants of the hour bins, relative to the start."""
        return tuple(range(-self.before_h, self.most_h))

    def hours_of(self, starts_us: int, ends_us: int) -> int:
        """Return how many hour bins an event has, from ``-before_h`` on."""
        lasting = math.ceil(max(0, ends_us - starts_us) / HOUR_US)
        return self.before_h + min(self.most_h, max(self.after_h, lasting + self.beyond_h))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its intervals.

    Attributes:
        mean: Expected value.
        low50: Lower end of the 50 % interval; the others alike.
    """

    mean: float
    low50: float
    high50: float
    low80: float
    high80: float
    low95: float
    high95: float

    def shifted(self, by: float, sign: float = 1.0) -> Estimate:
        """Return ``by + sign * self``; a negative sign turns the intervals round."""
        ends = [
            (self.low50, self.high50),
            (self.low80, self.high80),
            (self.low95, self.high95),
        ]
        turned = [(by + sign * a, by + sign * b) for a, b in ends]
        flat = [end for pair in turned for end in sorted(pair)]
        return Estimate(by + sign * self.mean, *flat)

    def scaled(self, factor: float) -> Estimate:
        """Return every number times a factor."""
        return self.shifted(0.0, factor)


NOTHING = Estimate(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def of_quantiles(mean: float, quantile: npt.NDArray[np.float64]) -> Estimate:
    """Return an estimate from the quantiles 25, 75, 10, 90, 2.5, 97.5 %."""
    return Estimate(mean, *(float(q) for q in quantile))


TAILS = tuple(end for level in LEVELS for end in ((1 - level) / 2, (1 + level) / 2))


def counts_estimate(mean: float, variance: float) -> Estimate:
    """Return the predictive intervals of a count of this mean and variance.

    Negative binomial (Poisson where the variance does not exceed the mean), with quantiles of the
    count spread evenly over its unit (mid-P): intervals of small counts do not jump.
    """
    if mean <= 0.0:
        return NOTHING
    return of_quantiles(mean, count_quantiles(mean, variance, np.array(TAILS)))


def count_quantiles(mean: float | Floats, variance: float | Floats, tails: Floats) -> Floats:
    """Return mid-P quantiles of negative binomial (or Poisson) counts, never below zero."""
    size = mean * mean / np.maximum(variance - mean, SURE * mean)
    law = scipy.stats.nbinom(size, size / (size + mean))
    whole = law.ppf(tails)
    below, mass = law.cdf(whole - 1), law.pmf(whole)
    spread = whole - 0.5 + (tails - below) / np.maximum(mass, 1e-300)
    return np.maximum(0.0, np.asarray(spread, dtype=np.float64))


def rate_estimate(mean: float, variance: float) -> Estimate:
    """Return the intervals of a rate known up to a variance: gamma, or normal below zero."""
    if variance <= 0.0:
        return Estimate(mean, *([mean] * 6))
    tails = np.array(TAILS)
    if mean > 0.0:
        shape = mean * mean / variance
        return of_quantiles(mean, scipy.stats.gamma(shape, scale=variance / mean).ppf(tails))
    return of_quantiles(mean, scipy.stats.norm(mean, math.sqrt(variance)).ppf(tails))
