"""What would have happened without: a weighted mean of places that had no measure.

Each place's series is divided by its own mean before the measure, so that places of any size can
stand for one another; the weights are not negative and sum to one (Abadie, Diamond & Hainmueller,
JASA 105 (2010) 493), found by minimising the squared difference before the measure. With chosen
controls and equal weights by size this is difference in differences on the ratio scale.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from vigie.analyse.days import Floats
from vigie.analyse.rate_ratios import dispersion

STEEP = 1e4
"""How hard the weights are held to sum to one, against series of mean one."""


def simplex_weights(target: Floats, donors: Floats, ridge: float = 0.0) -> Floats:
    """Return weights, not negative and summing to one, whose mean of donors is nearest a target.

    Args:
        target: Series, shape (times,).
        donors: Series, shape (donors, times).
        ridge: How much an even spread over many donors is preferred; 0 for not at all.
    """
    many = len(donors)
    rows = [donors.T, STEEP * np.ones((1, many))]
    sides = [target, np.array([STEEP])]
    if ridge > 0.0:
        rows.append(math.sqrt(ridge) * np.eye(many))
        sides.append(np.full(many, math.sqrt(ridge) / many))
    found = scipy.optimize.nnls(np.vstack(rows), np.concatenate(sides))[0]
    return np.asarray(found / found.sum(), np.float64)


@dataclass(frozen=True, slots=True)
class Contrast:
    """A place held against what was expected of it.

    Attributes:
        expected: What the place would have counted, by week, shape (weeks,).
        log_ratio: Logarithm of counted over expected after the measure; NaN without a fact.
        error: Its standard error: chance in all four sums, times the scatter of weeks.
        scatter: Variance over mean before the measure, at least 1.
    """

    expected: Floats
    log_ratio: float
    error: float
    scatter: float

    @property
    def z(self) -> float:
        """The log ratio in standard errors."""
        return self.log_ratio / self.error if self.error > 0 else math.nan


def contrast(counts: Floats, donors: Floats, weights: Floats, before: int) -> Contrast:
    """Hold a place against weighted donors.

    Args:
        counts: Counts of the place by week.
        donors: Counts of donors, shape (donors, weeks); each with facts before the measure.
        weights: Weights of the donors, summing to one.
        before: Weeks before the measure.
    """
    means = donors[:, :before].mean(axis=1)
    shape = (weights / means) @ donors
    expected = shape * counts[:before].mean()
    pre, post = float(counts[:before].sum()), float(counts[before:].sum())
    should = float(expected[before:].sum())
    scatter = dispersion(counts[:before], expected[:before], fitted=2)
    if min(pre, post, should) <= 0.0:
        return Contrast(expected, math.nan, math.nan, scatter)
    loads = weights / means
    lent = [
        float((loads**2 @ donors[:, part]).sum()) / float(shape[part].sum()) ** 2
        for part in (slice(0, before), slice(before, None))
    ]
    error = math.sqrt(scatter * (1.0 / pre + 1.0 / post + sum(lent)))
    return Contrast(expected, math.log(post / should), error, scatter)


def smoothed(counts: Floats, donors: Floats, before: int, smooth: int) -> tuple[Floats, Floats]:
    """Return what a place and donors counted before a measure, each divided by its own mean.

    Weeks are averaged over ``smooth`` neighbours first, for chance in single weeks says nothing.
    """
    kernel = np.ones(min(smooth, before)) / min(smooth, before)
    series = np.vstack([counts[None, :before], donors[:, :before]])
    scaled = series / series.mean(axis=1, keepdims=True)
    means = np.stack([np.convolve(one, kernel, mode="valid") for one in scaled])
    return means[0], means[1:]


def synthetic(counts: Floats, donors: Floats, before: int, smooth: int, ridge: float) -> Floats:
    """Return the weights that make the donors follow a place before the measure."""
    own, others = smoothed(counts, donors, before, smooth)
    return simplex_weights(own, others, ridge * others.shape[1])


def displacement_quotient(
    treated: tuple[float, float], near: tuple[float, float], control: tuple[float, float]
) -> float:
    """Return the weighted displacement quotient (Bowers & Johnson, J. Quant. Criminol. 19 (2003)).

    Args:
        treated: Counts in the place of the measure, before and after.
        near: Counts around it.
        control: Counts of the controls.

    Returns:
        Above 0: the benefit spread around; 0 to -1: part of it was displaced; below -1: more was
        displaced than gained. NaN where the place did not fare better than the controls, for then
        there is nothing to displace.
    """
    if min(control) <= 0.0:
        return math.nan
    gain = treated[1] / control[1] - treated[0] / control[0]
    if gain >= 0.0:
        return math.nan
    return (near[1] / control[1] - near[0] / control[0]) / gain
