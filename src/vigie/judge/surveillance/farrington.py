"""Farrington's detector in its flexible form: season, trend, past outbreaks counting for less.

A quasi-Poisson regression on all of the past but the most recent part, with a level for the time of
the cycle that the count belongs to and levels for the rest of it, and a trend where it is
significant; past values with high residuals are weighted down and the regression fitted again.

Sources: Farrington, Andrews, Beale & Catchpole, J. R. Stat. Soc. A 159 (1996) 547-563; Noufaily et
al., Stat. Med. 32 (2013) 1206-1222; the flexible form as told in Salmon, Schumacher & Höhle, J.
Stat. Softw. 70 (2016) 10. Written from the papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from vigie.judge.surveillance.exceedance import negative_binomial_tail, ordinary_upper
from vigie.judge.surveillance.expectation import (
    Counts,
    Expectation,
    Floats,
    known,
    level,
    without_past,
)
from vigie.model.poisson import Fit, anscombe, fit

Ints = npt.NDArray[np.int64]
Power = Literal["none", "1/2", "2/3"]
Method = Literal["power", "plugin", "muan"]
_EXPONENT: dict[Power, float] = {"none": 1.0, "1/2": 0.5, "2/3": 2.0 / 3.0}

LEAST_FOR_TREND_CYCLES = 3
TREND_LEVEL = 0.05
_HIGHEST_LINEAR = 30.0


@dataclass(frozen=True, slots=True)
class Season:
    """How the past is read.

    Attributes:
        cycle: Values in a cycle: 52 weeks of a year, 7 days or 168 hours of a week.
        half_window: Values on each side of the same time of the cycle that count as like it.
        blocks: Levels of the cycle, that of the window included.
        left_out: Most recent values that are not looked at.
        weight_above: Standardised residual from which a past value counts for less.
        trend: Whether a trend may be fitted.
        recent: Counts of how many values, the newest included, must reach ``least`` together.
        least: What they must reach for an alarm at all; 0 for no such rule.
    """

    cycle: int = 52
    half_window: int = 3
    blocks: int = 10
    left_out: int = 26
    weight_above: float = 2.58
    trend: bool = True
    recent: int = 4
    least: float = 5.0


WEEKS = Season()


def power_bounds(
    mean: float, se: float, dispersion: float, alpha: float, power: Power = "2/3"
) -> tuple[float, float]:
    """Return the two bounds, each with a chance of ``alpha`` beyond it, after a power transform.

    The 2/3 power makes a Poisson count nearly symmetric (Farrington 1996, 3.3).

    Args:
        mean: Expected count, above 0.
        se: Its standard error, in counts.
        dispersion: Variance over mean.
        alpha: Chance beyond each bound.
        power: Transform.
    """
    exponent = _EXPONENT[power]
    tau = dispersion + se**2 / mean
    spread = exponent * np.sqrt(tau * mean ** (2.0 * exponent - 1.0))
    z = scipy.special.ndtri(1.0 - alpha)
    ends = (max(0.0, mean**exponent + sign * z * spread) for sign in (-1.0, 1.0))
    low, high = (float(end ** (1.0 / exponent)) for end in ends)
    return low, high


def power_tail(count: float, mean: float, se: float, dispersion: float) -> float:
    """Return the chance of a count at least this high after the 2/3 power transform."""
    exponent = _EXPONENT["2/3"]
    tau = dispersion + se**2 / mean
    spread = exponent * np.sqrt(tau * mean ** (2.0 * exponent - 1.0))
    return float(scipy.special.ndtr(-(count**exponent - mean**exponent) / spread))


def noufaily_bounds(
    linear: float, se: float, dispersion: float, alpha: float, count: float, *, at_upper: bool
) -> tuple[float, float, float]:
    """Return lower and upper quantile and the chance of a count, negative binomial.

    Args:
        linear: Linear predictor (logarithm of the mean).
        se: Its standard error.
        dispersion: Variance over mean; Poisson at 1.
        alpha: Chance beyond each quantile.
        count: The count judged.
        at_upper: Whether the distribution is taken at the upper bound of the mean ("muan"), which
            is cautious, or at the mean itself ("plug-in").
    """
    z = float(scipy.special.ndtri(1.0 - alpha)) if at_upper else 0.0
    mean = float(np.exp(min(linear + z * se, _HIGHEST_LINEAR)))
    lower = ordinary_upper(1.0 - alpha, mean, dispersion)
    upper = ordinary_upper(alpha, mean, dispersion)
    return float(lower), float(upper), float(negative_binomial_tail(count, mean, dispersion))


def farrington(
    count: float,
    history: Counts,
    *,
    season: Season = WEEKS,
    alpha: float = 0.01,
    method: Method = "power",
) -> Expectation:
    """Compare the next value of a series with its past.

    Args:
        count: The value now.
        history: All values before it in order, one for each step, the newest last; nan where one
            is missing.
        season: How the past is read.
        alpha: Chance of a false alarm that is accepted.
        method: ``power`` (Farrington's 2/3 power), ``plugin`` or ``muan`` (Noufaily).

    Returns:
        What was expected. With less than a whole cycle behind ``left_out`` the seasons fall
        away; with fewer values than a regression needs, never an alarm.

    Raises:
        ValueError: When the past or the level cannot be used.
    """
    asked, past = level(alpha), known(history)
    ago = np.arange(len(past), 0, -1)
    kept = (ago > season.left_out) & ~np.isnan(past)
    values, ago = past[kept], ago[kept]
    whole = len(values) > 0 and int(ago[0]) - season.left_out >= season.cycle
    blocks = _blocks(ago, season) if whole else np.zeros(len(values), dtype=np.int64)
    names = np.unique(np.append(blocks, 0))
    levels = (blocks[:, None] == names[None, 1:]).astype(np.float64)
    base = int((blocks == 0).sum())
    if len(values) < levels.shape[1] + 3 or base < 1:
        return without_past(count)
    plain = np.hstack([np.ones((len(values), 1)), levels])
    found = _robust(values, plain, season)
    row = np.zeros(plain.shape[1])
    row[0] = 1.0
    if season.trend and ago[0] - ago[-1] >= LEAST_FOR_TREND_CYCLES * season.cycle:
        sloped = np.hstack([plain, -ago[:, None] / season.cycle])
        tried = _robust(values, sloped, season)
        if _trusted(tried, values):
            found, row = tried, np.append(row, 0.0)
    linear, se = found.predict(row)
    answer = _answer(count, (linear, se, found.dispersion), asked, method)
    recent = np.append(past, count)[-season.recent :]
    quiet = season.least > 0 and np.nansum(recent) < season.least
    return Expectation(
        expected=float(np.exp(linear)),
        upper=float("inf") if quiet else answer[1],
        p_value=1.0 if quiet else answer[2],
        base=base,
        lower=answer[0],
        dispersion=found.dispersion,
        count=float(count),
    )


def _answer(
    count: float, predicted: tuple[float, float, float], alpha: float, method: Method
) -> tuple[float, float, float]:
    linear, se, dispersion = predicted
    if method == "power":
        mean = float(np.exp(linear))
        in_counts = mean * se
        low, high = power_bounds(mean, in_counts, dispersion, alpha)
        return low, high, power_tail(count, mean, in_counts, dispersion)
    return noufaily_bounds(linear, se, dispersion, alpha, count, at_upper=method == "muan")


def _blocks(ago: Ints, season: Season) -> Ints:
    """Return the level of each past value: 0 within the window of the time of the cycle now."""
    phase = (ago + season.half_window) % season.cycle
    inside = 2 * season.half_window + 1
    rest = max(1, season.cycle - inside)
    block = 1 + (phase - inside) * max(1, season.blocks - 1) // rest
    return np.where(phase < inside, 0, block).astype(np.int64)


def _robust(values: Floats, design: Floats, season: Season) -> Fit:
    """Fit, weight down what lies high above, fit again."""
    first = fit(values, design)
    residual = anscombe(values, first)
    high = residual > season.weight_above
    if not high.any():
        return first
    weights = np.where(high, np.maximum(residual, 1.0) ** -2.0, 1.0)
    return fit(values, design, weights * (len(values) / weights.sum()))


def _trusted(tried: Fit, values: Floats) -> bool:
    """Whether a trend is significant and leads nowhere that was never seen."""
    slope, variance = float(tried.coefficients[-1]), float(tried.covariance[-1, -1])
    z = slope / np.sqrt(variance) if variance > 0 else 0.0
    significant = 2.0 * float(scipy.special.ndtr(-abs(z))) < TREND_LEVEL
    return significant and float(np.exp(tried.coefficients[0])) <= float(values.max())
