"""How many accidents a stretch of road would see, from its exposure and its own count together.

The empirical Bayes estimate of Hauer, Harwood, Council and Griffith (Transportation Research
Record 1784 (2002) 126): counts are Poisson around a rate that varies between places of one
exposure as a gamma does; a place's own count is weighed against what its exposure tells, the more
the more is expected there. A high count alone regresses to the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from vigie.model.poisson import Fit, fit

Floats = npt.NDArray[np.float64]

ENOUGH_MEASURED = 10
"""Places of known traffic, at least, for traffic to enter."""


@dataclass(frozen=True, slots=True)
class Safety:
    """What is expected of each place and what is estimated.

    Attributes:
        expected: Accidents by exposure alone.
        estimate: Of the long-run mean, exposure and count together.
        low: Lower bound of its 95 % interval.
        high: Upper bound.
        p: How probable a count at least as high is, by exposure and chance alone.
        scatter: Variance of the rates between places of one exposure, over their squared mean.
        slope: Power of traffic with its standard error; NaN without enough measures.
    """

    expected: Floats
    estimate: Floats
    low: Floats
    high: Floats
    p: Floats
    scatter: float
    slope: tuple[float, float]


def _by_exposure(counts: Floats, exposure: Floats, traffic: Floats) -> tuple[Fit, bool]:
    known = np.isfinite(traffic) & (traffic > 0)
    design = np.ones((len(counts), 1))
    measured = int(known.sum()) >= ENOUGH_MEASURED and counts[known].sum() > 0
    if measured:
        log = np.zeros(len(counts))
        log[known] = np.log(traffic[known])
        log[known] -= log[known].mean()
        design = np.column_stack([design, log])
        if not known.all() and counts[~known].sum() > 0:
            design = np.column_stack([design, (~known).astype(np.float64)])
    return fit(counts, design, offset=np.log(exposure)), measured


def _scatter(counts: Floats, expected: Floats) -> float:
    """Return the scatter of rates, by moments, never under what chance alone may show (1 sigma).

    Without that floor, places that happen to scatter little would all be told as known exactly.
    """
    squares = float((expected**2).sum())
    if squares <= 0:
        return 1.0
    found = float(((counts - expected) ** 2 - expected).sum()) / squares
    return max(found, float(np.sqrt(2 / squares)), 1e-6)


def estimate_safety(counts: Floats, exposure: Floats, traffic: Floats) -> Safety:
    """Return what is expected and estimated of each place.

    Args:
        counts: Accidents.
        exposure: Length or the like, above 0; accidents grow in proportion to it.
        traffic: Vehicles, NaN where not measured; accidents grow with a power of it that is fitted.

    Raises:
        ValueError: When there are fewer than four places.
    """
    found, measured = _by_exposure(counts, exposure, traffic)
    expected = found.mean
    scatter = _scatter(counts, expected)
    shape, rate = 1 / scatter + counts, 1 / (scatter * np.maximum(expected, 1e-9)) + 1
    low, high = (scipy.special.gammaincinv(shape, tail) / rate for tail in (0.025, 0.975))
    slope = (float("nan"), float("nan"))
    if measured:
        slope = (float(found.coefficients[1]), float(np.sqrt(found.covariance[1, 1])))
    return Safety(
        expected,
        np.asarray(shape / rate, np.float64),
        np.asarray(low, np.float64),
        np.asarray(high, np.float64),
        np.where(counts > 0, scipy.special.pdtrc(np.maximum(counts - 1, 0.0), expected), 1.0),
        scatter,
        slope,
    )


def tells_later(
    before: Floats, after: Floats, exposure: Floats, traffic: Floats
) -> dict[str, float]:
    """Return how far three ways of telling the later counts from the earlier are off, per place.

    Root mean squared error of the raw count, of exposure alone and of the estimate.
    """
    safety = estimate_safety(before, exposure, traffic)
    ways = {"count": before, "exposure": safety.expected, "estimate": safety.estimate}
    ratio = after.sum() / max(before.sum(), 1.0)
    return {
        name: float(np.sqrt(((told * ratio - after) ** 2).mean())) for name, told in ways.items()
    }
