"""Two counts held against each other: the ratio of their rates, with its exact interval.

Given their sum, one of two Poisson counts is binomial; the interval of that share by Clopper and
Pearson (1934) is the interval of the ratio (Przyborowski & Wilenski, Biometrika 31 (1940) 313).
It holds when facts are independent of one another. Facts come in series: ``scatter_interval``
widens it by how much the counts of like periods really vary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

from vigie.analyse.days import Floats


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two rates.

    Attributes:
        value: Second over first; NaN when the first is zero.
        low: 95 % interval, low.
        high: 95 % interval, high; infinite when the first count is zero.
        p: Two-sided exact probability of a split this uneven when both rates are the same.
    """

    value: float
    low: float
    high: float
    p: float


def rate_ratio(first: int, second: int, first_for: float, second_for: float) -> Ratio:
    """Return the rate of the second count over the rate of the first.

    Args:
        first: Count seen first.
        second: Count seen second.
        first_for: How long, or for how many, the first was counted; above 0.
        second_for: The same for the second.

    Raises:
        ValueError: When a count is negative or an exposure is not above 0.
    """
    if min(first, second) < 0 or min(first_for, second_for) <= 0.0:
        msg = "negative count or no exposure"
        raise ValueError(msg)
    if first + second == 0:
        return Ratio(math.nan, 0.0, math.inf, 1.0)
    found = scipy.stats.binomtest(second, first + second, second_for / (first_for + second_for))
    share = found.proportion_ci(0.95, method="exact")
    scale = first_for / second_for
    high = math.inf if share.high >= 1.0 else share.high / (1.0 - share.high) * scale
    value = second / first * scale if first else math.nan
    return Ratio(value, share.low / (1.0 - share.low) * scale, high, float(found.pvalue))


def dispersion(counts: Floats, expected: Floats, fitted: int = 1) -> float:
    """Return how much counts vary beyond Poisson (Pearson's chi-square per degree of freedom).

    Args:
        counts: Counts of like periods.
        expected: What each was expected to be; periods where nothing was are left out.
        fitted: Numbers that were fitted to the counts.

    Returns:
        At least 1: chance alone is never taken for less than it is.
    """
    known = expected > 0
    free = int(known.sum()) - fitted
    if free < 1:
        return 1.0
    excess = (counts[known] - expected[known]) ** 2 / expected[known]
    return max(1.0, float(excess.sum()) / free)


def scatter_interval(ratio: Ratio, counts: tuple[float, float], phi: float, free: int) -> Ratio:
    """Return the ratio with an interval for counts that vary ``phi`` times more than Poisson.

    Student's t with ``free`` degrees of freedom on the logarithm; never inside the exact interval.
    Without a fact on one side the exact interval stays.
    """
    if min(counts) <= 0 or free < 1 or not math.isfinite(ratio.value):
        return ratio
    error = math.sqrt(phi * (1.0 / counts[0] + 1.0 / counts[1]))
    reach = float(scipy.stats.t.ppf(0.975, free)) * error
    p = 2.0 * float(scipy.stats.t.sf(abs(math.log(ratio.value)) / error, free))
    return Ratio(
        ratio.value,
        min(ratio.low, ratio.value * math.exp(-reach)),
        max(ratio.high, ratio.value * math.exp(reach)),
        max(ratio.p, p),
    )
