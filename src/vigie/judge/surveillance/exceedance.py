"""Exceedance: how probable a count is as the next of a past of like counts.

The Poisson rate is learnt with Jeffreys' prior, so that the next count is negative binomial and a
short past is believed less (Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6). Where the past
spreads more than Poisson, its variance over its mean widens the distribution further. All
functions take arrays and broadcast.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from vigie.judge.surveillance.expectation import (
    Counts,
    Expectation,
    Floats,
    known,
    level,
    without_past,
)

PRIOR = 0.5
"""Jeffreys' prior of a Poisson rate adds half an event to the past."""

LEAST_FOR_DISPERSION = 4
_DOUBLINGS = 60
_AS_POISSON = 1e-9

Number = float | Floats


def poisson_tail(count: npt.ArrayLike, mean: npt.ArrayLike) -> Floats:
    """Return P(X >= count) of a Poisson count."""
    k = np.ceil(np.asarray(count, dtype=np.float64))
    mu = np.asarray(mean, dtype=np.float64)
    tail = scipy.special.gammainc(np.maximum(k, 1.0), mu)
    return np.asarray(np.where(k <= 0, 1.0, tail), dtype=np.float64)


def negative_binomial_tail(
    count: npt.ArrayLike, mean: npt.ArrayLike, dispersion: npt.ArrayLike
) -> Floats:
    """Return P(X >= count) where the variance is ``dispersion`` times the mean; Poisson at 1."""
    k = np.ceil(np.asarray(count, dtype=np.float64))
    mu = np.asarray(mean, dtype=np.float64)
    phi = np.maximum(np.asarray(dispersion, dtype=np.float64), 1.0)
    over = np.maximum(phi - 1.0, _AS_POISSON)
    size = np.maximum(mu / over, 1e-300)
    wide = scipy.special.betainc(np.maximum(k, 1.0), size, over / (1.0 + over))
    tail = np.where(phi - 1.0 < _AS_POISSON, poisson_tail(k, mu), wide)
    return np.asarray(np.where(k <= 0, 1.0, np.where(mu <= 0, 0.0, tail)), dtype=np.float64)


def ordinary_upper(alpha: float, mean: npt.ArrayLike, dispersion: npt.ArrayLike = 1.0) -> Floats:
    """Return the least count u with P(X > u) <= alpha: the upper quantile 1 - alpha."""
    mu, phi = np.broadcast_arrays(
        np.asarray(mean, dtype=np.float64), np.asarray(dispersion, dtype=np.float64)
    )
    low = np.full(mu.shape, -1.0)
    high = np.ceil(mu + 1.0)
    for _ in range(_DOUBLINGS):
        short = negative_binomial_tail(high + 1.0, mu, phi) > alpha
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, 2.0 * high + 1.0, high)
    while (high - low > 1.0).any():
        middle = np.floor((low + high) / 2.0)
        enough = negative_binomial_tail(middle + 1.0, mu, phi) <= alpha
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.asarray(high, dtype=np.float64)


def dispersion_of(past: Floats) -> float:
    """Return variance over mean of like counts, at least 1; 1 for fewer than four values."""
    mean = float(past.mean()) if len(past) else 0.0
    if len(past) < LEAST_FOR_DISPERSION or mean <= 0.0:
        return 1.0
    return max(1.0, float(past.var(ddof=1)) / mean)


def learnt(
    past_total: npt.ArrayLike, past_n: npt.ArrayLike, dispersion: npt.ArrayLike = 1.0
) -> tuple[Floats, Floats]:
    """Return mean and variance over mean of the next count after ``past_n`` counts of a total.

    The uncertainty of the rate adds ``dispersion / past_n`` to the dispersion.
    """
    n = np.asarray(past_n, dtype=np.float64)
    phi = np.maximum(np.asarray(dispersion, dtype=np.float64), 1.0)
    mean = (np.asarray(past_total, dtype=np.float64) + PRIOR) / n
    return np.asarray(mean, dtype=np.float64), np.asarray(phi * (1.0 + 1.0 / n), dtype=np.float64)


def exceedances(
    counts: npt.ArrayLike,
    past_total: npt.ArrayLike,
    past_n: npt.ArrayLike,
    dispersion: npt.ArrayLike = 1.0,
) -> Floats:
    """Return P(X >= count) for many counts at once, each with its own past.

    Args:
        counts: Counts seen now.
        past_total: Sum of the like counts before.
        past_n: How many like counts before, 1 or more.
        dispersion: Variance over mean among them; 1 for Poisson.
    """
    mean, spread = learnt(past_total, past_n, dispersion)
    return negative_binomial_tail(counts, mean, spread)


def silence(past_total: npt.ArrayLike, past_n: npt.ArrayLike) -> Floats:
    """Return P(X = 0) of the next count after ``past_n`` Poisson counts of a total.

    In closed form: the complement of a tail loses the small chances that matter here.
    """
    n = np.asarray(past_n, dtype=np.float64)
    total = np.asarray(past_total, dtype=np.float64)
    return np.asarray((n / (n + 1.0)) ** (total + PRIOR), dtype=np.float64)


def exceedance(
    count: float, history: Counts, *, alpha: float = 0.01, dispersion: float | None = None
) -> Expectation:
    """Compare a count with like counts of the past (the same hour of the week, say).

    Args:
        count: Count seen now.
        history: Like counts before, in any order; nan where one is missing.
        alpha: Chance of a false alarm that is accepted.
        dispersion: Variance over mean where it is known better than from this past alone; None to
            learn it from this past.

    Returns:
        What was expected; without a past never an alarm.

    Raises:
        ValueError: When the past or the level cannot be used.
    """
    asked = level(alpha)
    past = known(history)
    past = past[~np.isnan(past)]
    if not len(past):
        return without_past(count)
    phi = dispersion_of(past) if dispersion is None else max(1.0, dispersion)
    mean, spread = learnt(float(past.sum()), len(past), phi)
    return Expectation(
        expected=float(mean),
        upper=float(ordinary_upper(asked, mean, spread)),
        p_value=float(negative_binomial_tail(count, mean, spread)),
        base=len(past),
        dispersion=phi,
        count=float(count),
    )
