"""A trend with its interval: recent counts against earlier ones, as a ratio of rates.

The logarithm of the ratio is taken as normal, its variance widened by the dispersion among the
counts (quasi-Poisson; McCullagh & Nelder 1989, 6.2). Half an event is added on both sides so that a
zero has a ratio too (Haldane; Gart & Zweifel, Biometrika 54, 1967).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy

from vigie.judge.surveillance.expectation import Counts, known

Direction = Literal["up", "down", "stable", "unknown"]
SHARE = 0.80
LEAST_VALUES = 4
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Trend:
    """How recent counts stand to earlier ones.

    Attributes:
        direction: ``stable`` while the interval holds 1; ``unknown`` on too short a past.
        ratio: Rate of the recent over that of the earlier; nan where unknown.
        low: Lower end of the interval.
        high: Upper end.
        base: Values on both sides.
        dispersion: Variance over mean, on both sides together.
    """

    direction: Direction
    ratio: float
    low: float
    high: float
    base: int
    dispersion: float = 1.0


def trend(recent: Counts, earlier: Counts, *, share: float = SHARE) -> Trend:
    """Compare two rows of counts of like steps.

    Args:
        recent: The recent counts.
        earlier: Those before.
        share: Of the interval.

    Raises:
        ValueError: When a count is negative or infinite.
    """
    new, old = (row[~np.isnan(row)] for row in (known(recent), known(earlier)))
    base = len(new) + len(old)
    if min(len(new), len(old)) < LEAST_VALUES:
        nan = float("nan")
        return Trend("unknown", nan, nan, nan, base)
    pearson = 0.0
    for row in (new, old):
        mean = float(row.mean())
        pearson += float(((row - mean) ** 2).sum()) / mean if mean > 0 else 0.0
    dispersion = max(1.0, pearson / (base - 2))
    a, b = float(new.sum()) + _HALF, float(old.sum()) + _HALF
    log_ratio = math.log(a / len(new)) - math.log(b / len(old))
    half = float(scipy.special.ndtri(0.5 + share / 2.0)) * math.sqrt(
        dispersion * (1.0 / a + 1.0 / b)
    )
    low, high = math.exp(log_ratio - half), math.exp(log_ratio + half)
    direction: Direction = "up" if low > 1.0 else "down" if high < 1.0 else "stable"
    return Trend(direction, math.exp(log_ratio), low, high, base, dispersion)
