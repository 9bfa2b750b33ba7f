"""How right a forecast of counts was; every score is over **all** cells, zeros included.

Definitions and reference values: ``docs/explanation/forecasting.md``. ``mean`` and ``counts`` have
the same shape, ``(cells, slots, kinds)`` where it matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.forecasting.intervals import LEVELS, Spread
from vigie.foresight.forecasting.score_moments import log_scores, ranked_scores, standardised
from vigie.foresight.forecasting.tensor import FLOOR, Booleans, Floats, Integers, at_least_floor

PERCENT = 0.95
MASKED_WARNING = "forecast_masked_score"
"""Code of the text that stands beside a masked score."""
DRAWS = 4_000


def deviance(mean: Floats, counts: Floats) -> Floats:
    """Return the Poisson deviance of each item: 2·(y·ln(y/μ) - (y - μ)), μ clipped at 1e-3."""
    clipped = np.maximum(mean, FLOOR)
    return np.maximum(2.0 * (scipy.special.xlogy(counts, counts / clipped) - counts + clipped), 0.0)


def root_mean_square(mean: Floats, counts: Floats) -> float:
    """Return the root of the mean squared error."""
    return float(np.sqrt(np.mean((mean - counts) ** 2)))


def bias(mean: Floats, counts: Floats) -> float:
    """Return the total forecast over the total seen; 1 is right, NaN when nothing happened."""
    total = float(counts.sum())
    return float(mean.sum()) / total if total else float("nan")


def log_score(spread: Spread, mean: Floats, counts: Floats) -> Floats:
    """Return -ln of the probability given to what happened, for each item."""
    return -spread.log_probability(counts, mean)


def ranked_probability(spread: Spread, mean: Floats, counts: Floats) -> Floats:
    """Return the CRPS of each item: Σ over k of (F(k) - 1[y <= k])²; 0 is perfect."""
    mean = at_least_floor(mean)
    size = np.broadcast_to(1.0 / np.maximum(spread.alpha, 1e-6), mean.shape)
    odds = mean / (mean + size)
    here = np.exp(-size * np.log1p(mean / size))
    below = here.copy()
    score = np.zeros_like(mean)
    last = int(max(counts.max(initial=0.0), spread.quantile(1.0 - 1e-7, mean).max(initial=0.0)))
    for k in range(last + 1):
        score += (below - (counts <= k)) ** 2
        here = here * (k + size) / (k + 1) * odds
        below = np.minimum(below + here, 1.0)
    return score


@dataclass(frozen=True, slots=True)
class MaskedScore:
    """The score of the literature on cells where something happened, which rewards too much.

    A constant 1 everywhere beats every honest forecast on it (MAPE .364 in Chicago): it is printed
    with this warning or not at all.

    Attributes:
        mae: Mean absolute error over items with a count above zero.
        mape: The same, each divided by its count.
        warning: Code of the message that must stand beside these numbers.
    """

    mae: float
    mape: float
    warning: str = MASKED_WARNING


def masked(mean: Floats, counts: Floats) -> MaskedScore:
    """Return the masked MAE and MAPE, pooled over everything; see ``MaskedScore``."""
    happened = counts > 0
    error = np.abs(mean - counts)[happened]
    if not error.size:
        return MaskedScore(float("nan"), float("nan"))
    return MaskedScore(float(error.mean()), float((error / counts[happened]).mean()))


@dataclass(frozen=True, slots=True)
class Flagged:
    """What a map that flags a share of the area would have caught.

    Attributes:
        pai: Share of facts caught over share of area flagged; depends on the city.
        pei: Facts caught over the most that could have been, 0 to 1; comparable between cities.
        cells: Cells flagged each slot.
    """

    pai: float
    pei: float
    cells: int


def flagged(mean: Floats, counts: Floats, share: float, active: Booleans | None = None) -> Flagged:
    """Return PAI and PEI of the cells with the highest forecast, each slot anew.

    Kinds are scored one by one and averaged; ties go to the first cell. NaN when nothing happened.

    Args:
        mean: ``(cells, slots, kinds)``.
        counts: The same shape.
        share: Share of the active cells flagged.
        active: ``(cells,)`` cells that can have anything; all unless told.
    """
    if active is not None:
        mean, counts = mean[active], counts[active]
    cells = max(1, round(share * mean.shape[0]))
    chosen = np.argsort(-mean, axis=0, kind="stable")[:cells]
    caught = np.take_along_axis(counts, chosen, axis=0).sum(axis=(0, 1))
    best = -np.sort(-counts, axis=0)[:cells].sum(axis=(0, 1))
    total = counts.sum(axis=(0, 1))
    seen = total > 0
    if not seen.any():
        return Flagged(float("nan"), float("nan"), cells)
    area = cells / mean.shape[0]
    pai = float(np.mean(caught[seen] / total[seen] / area))
    return Flagged(pai, float(np.mean(caught[seen] / best[seen])), cells)


def standing(spread: Spread, mean: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return F(y - 1) and F(y): between which probabilities each count fell."""
    return spread.cdf(counts - 1.0, mean), spread.cdf(counts, mean)


def histogram(spread: Spread, mean: Floats, counts: Floats, bins: int = 10) -> Floats:
    """Return the non-randomised PIT histogram; every bin is 1 when the distribution is right.

    Czado, Gneiting & Held, Biometrics 65 (2009).
    """
    low, high = (one.ravel() for one in standing(spread, mean, counts))
    edges = np.linspace(0.0, 1.0, bins + 1)[:, None]
    reached = np.clip((edges - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    return np.asarray(np.diff(reached.mean(axis=1)) * bins)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often counts fell inside their interval.

    Attributes:
        level: What was announced.
        printed: Share of counts inside the printed whole numbers; it is above the level, since
            whole numbers cannot hold exactly 80 %.
        calibrated: Share expected of the randomised interval; the level, when the forecast's
            distribution is right.
        width: Mean width of the printed interval.
    """

    level: float
    printed: float
    calibrated: float
    width: float


def coverage(
    spread: Spread, mean: Floats, counts: Floats, levels: tuple[float, ...] = LEVELS
) -> tuple[Coverage, ...]:
    """Return the coverage of each level; see ``Coverage`` for its two ways of counting."""
    low, high = standing(spread, mean, counts)
    result = []
    for level in levels:
        tail = (1.0 - level) / 2.0
        inside = np.minimum(high, 1.0 - tail) - np.maximum(low, tail)
        part = np.clip(inside / np.maximum(high - low, 1e-12), 0.0, 1.0)
        interval = spread.interval(level, mean)
        within = (counts >= interval.low) & (counts <= interval.high)
        width = float(np.mean(interval.high - interval.low))
        result.append(Coverage(level, float(within.mean()), float(part.mean()), width))
    return tuple(result)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Wei & Held's test that forecast distributions are calibrated (TEST 23, 2014).

    Attributes:
        z: Standardised mean score; beyond ±1.96 the distributions are wrong.
        p: Two-sided p-value.
    """

    z: float
    p: float


SUMMED = {"log": log_scores, "ranked": ranked_scores}
"""Scores whose expectation is summed; the others' is exact."""


def calibration(
    mean: Floats, counts: Floats, alpha: Floats | float = 0.0, *, by: str = "dawid_sebastiani"
) -> Calibration:
    """Test calibration by a proper score of each item.

    Each score is standardised by its own expectation and variance under the forecast; the mean of
    the standardised scores times √n is the statistic (method 2 of R's ``surveillance``). Those of
    Dawid and Sebastiani, (y - μ)²/σ² + 2 ln σ, are exact: for a negative binomial of variance
    σ² = μ + α·μ² the excess kurtosis is 6·α + 1/σ².

    Args:
        mean: Forecast means.
        counts: What happened.
        alpha: Dispersion, broadcast on the last axis; 0 is Poisson.
        by: ``dawid_sebastiani``, ``log`` or ``ranked`` (the CRPS of counts).
    """
    if by in SUMMED:
        score = standardised(mean, counts, alpha, SUMMED[by])
    else:
        variance = mean + alpha * mean**2
        scatter = np.sqrt(6.0 * np.asarray(alpha) + 1.0 / variance + 2.0)
        score = ((counts - mean) ** 2 / variance - 1.0) / scatter
    z = float(score.sum() / np.sqrt(score.size))
    return Calibration(z, float(2.0 * scipy.stats.norm.sf(abs(z))))


@dataclass(frozen=True, slots=True)
class Difference:
    """One model's deviance less another's.

    Attributes:
        mean: Negative when the first is better.
        low: Lower end of the 95 % interval over weeks drawn with replacement.
        high: Upper end.
        won: Weeks in which the first was better.
        weeks: How many there are.
    """

    mean: float
    low: float
    high: float
    won: int
    weeks: int

    @property
    def sure(self) -> bool:
        """Return whether the first is better beyond chance."""
        return self.high < 0.0


def difference(
    one: Floats, other: Floats, counts: Floats, week: int, *, seed: int = 0, draws: int = DRAWS
) -> Difference:
    """Compare two forecasts by weekly block bootstrap of their deviance on all cells.

    Args:
        one: ``(cells, slots, kinds)``.
        other: The same shape.
        counts: The same shape.
        week: Slots in a week; the last block may be shorter.
        seed: Of the draws.
        draws: How many.
    """
    each = (deviance(one, counts) - deviance(other, counts)).mean(axis=(0, 2))
    block: Integers = np.arange(each.size) // week
    sums, sizes = np.bincount(block, each), np.bincount(block)
    picked = np.random.default_rng(seed).integers(0, sums.size, (draws, sums.size))
    means = sums[picked].sum(axis=1) / sizes[picked].sum(axis=1)
    tail = (1.0 - PERCENT) / 2.0
    low, high = (float(q) for q in np.quantile(means, (tail, 1.0 - tail)))
    return Difference(float(each.mean()), low, high, int((sums < 0).sum()), int(sums.size))
