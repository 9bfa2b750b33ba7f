"""Rates of many zones: shrunk towards their mean, held against limits, each against the rest."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy

from vigie.analyse.intervals import poisson_interval
from vigie.analyse.rate_ratios import rate_ratio

Floats = npt.NDArray[np.float64]

NORMAL_95: Final = 1.959964


class Shrunk(NamedTuple):
    """Rates after what all of them say: mean and 95 % interval of each."""

    mean: Floats
    low: Floats
    high: Floats


def shrink(counts: Floats, exposure: Floats) -> Shrunk:
    """Return the posterior rates of a Poisson-gamma model, its gamma found by moments.

    The fewer facts were to be expected, the more a rate is drawn to the mean of all (Marshall 1991,
    Applied Statistics 40:283; Clayton and Kaldor 1987). Where the rates differ no more than chance
    makes them, each is the mean, with the interval of all counts together.

    Args:
        counts: By zone.
        exposure: By zone, above 0.
    """
    mean = float(counts.sum() / exposure.sum())
    spread = float((exposure * (counts / exposure - mean) ** 2).sum() / exposure.sum())
    between = spread - mean / float(exposure.mean())
    if between <= 0.0 or mean == 0.0:
        least, most = poisson_interval(round(counts.sum()))
        flat = np.ones(len(counts)) / float(exposure.sum())
        return Shrunk(float(counts.sum()) * flat, least * flat, most * flat)
    shape, rate = counts + mean**2 / between, exposure + mean / between
    low, high = (
        np.asarray(scipy.stats.gamma.ppf(tail, shape, scale=1.0 / rate), np.float64)
        for tail in (0.025, 0.975)
    )
    return Shrunk(shape / rate, low, high)


def interval(count: int, exposure: float, scatter: float, error: float) -> tuple[float, float]:
    """Return the 95 % interval of a rate whose exposure is itself uncertain.

    The exact interval of the count, widened by how much counts scatter, and the error of the
    exposure are put together on the logarithm (Donner and Zou 2012).

    Args:
        count: Facts.
        exposure: Above 0.
        scatter: Variance over mean of like counts, at least 1.
        error: Relative standard error of the exposure.
    """
    low, high = poisson_interval(count)
    beyond = NORMAL_95 * error
    if count == 0:
        return 0.0, high * scatter * math.exp(beyond) / exposure
    down, up = (math.log(one / count) * math.sqrt(scatter) for one in (low, high))
    rate = count / exposure
    return rate * math.exp(-math.hypot(down, beyond)), rate * math.exp(math.hypot(up, beyond))


def widen(shrunk: Shrunk, error: Floats) -> Shrunk:
    """Return shrunk rates whose intervals take the error of the exposure too; of none, as is."""
    if not (shrunk.low > 0).all():
        return shrunk
    down, up = (np.log(one / shrunk.mean) for one in (shrunk.low, shrunk.high))
    beyond = NORMAL_95 * error
    low, high = np.exp(-np.hypot(down, beyond)), np.exp(np.hypot(up, beyond))
    return Shrunk(shrunk.mean, shrunk.mean * low, shrunk.mean * high)


def funnel(mean: float, exposure: Floats, tail: float, scatter: float) -> tuple[Floats, Floats]:
    """Return the limits within which a rate stays by chance when all rates are the mean.

    Exact quantiles of the Poisson distribution, counts and limits scaled by the scatter
    (Spiegelhalter 2005, Statistics in Medicine 24:1185).
    """
    expected = mean * exposure / scatter
    low, high = (scipy.stats.poisson.ppf(one, expected) for one in (tail, 1.0 - tail))
    return low * scatter / exposure, high * scatter / exposure


def against_rest(
    counts: Floats, exposure: Floats, error: Floats, *, scatter: float, free: int
) -> Floats:
    """Return for each zone the two-sided probability that its rate is that of the others together.

    Exact given the sum of both counts; where counts scatter or the exposure has an error, no
    smaller than that of Student's t on the logarithm of the ratio of rates.

    Args:
        counts: By zone.
        exposure: By zone, above 0.
        error: Relative standard error of each exposure.
        scatter: Variance over mean of like counts, at least 1.
        free: Degrees of freedom of the scatter.
    """
    p = np.ones(len(counts))
    for zone, (count, of) in enumerate(zip(counts, exposure, strict=True)):
        rest, rest_of = counts.sum() - count, exposure.sum() - of
        if rest_of <= 0.0 or count + rest == 0:
            continue
        scatters = scatter != 1.0 or error[zone] != 0.0
        if scatters and count > 0 and rest > 0:
            spread = math.sqrt(scatter * (1 / count + 1 / rest) + error[zone] ** 2)
            z = abs(math.log(count / of * rest_of / rest)) / spread
            p[zone] = 2.0 * float(scipy.stats.t.sf(z, max(free, 1)))
        else:
            p[zone] = rate_ratio(round(rest / scatter), round(count / scatter), rest_of, of).p
    return p
