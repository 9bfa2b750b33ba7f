"""What is usual by slot of the week, how wrong it is, and how far values lie from it.

Medians throughout: one gathering in four weeks is not what is usual.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SLOTS: Final = 72
"""Hours of the day by sort of day: working, Saturday, Sunday or holiday."""
LEAST_WEEKS_VALUES = 2
_MEDIAN_COST = np.pi / 2


def usual_of(values: Floats, slot: Ints) -> tuple[Floats, Floats]:
    """Return the median by slot and cell, and on how many values it stands."""
    found = np.full((SLOTS, values.shape[1]), np.nan)
    base = np.zeros((SLOTS, values.shape[1]))
    for one in np.unique(slot):
        rows = values[slot == one]
        base[one] = np.isfinite(rows).sum(axis=0)
        enough = base[one] >= LEAST_WEEKS_VALUES
        if enough.any():
            found[one, enough] = np.nanmedian(rows[:, enough], axis=0)
    return found, base


def lagged(deviation: Floats, lag: int) -> float:
    """Return the mean product of deviations so many hours apart, over all cells."""
    products = deviation[lag:] * deviation[: len(deviation) - lag]
    return float(np.nanmean(products)) if np.isfinite(products).any() else 0.0


def left_out(values: Floats, slot: Ints) -> Floats:
    """Return, by hour and cell, the median of the other hours of its slot; nan where too few."""
    found = np.full(values.shape, np.nan)
    for one in np.unique(slot):
        here = np.flatnonzero(slot == one)
        rows = np.sort(values[here], axis=0)  # nan last
        n = np.isfinite(rows).sum(axis=0)
        rank = np.argsort(np.argsort(values[here], axis=0), axis=0)
        half = n // 2
        # Of an even number the other middle one is the median; of an odd one, two of three.
        low = np.where(n % 2 == 0, np.where(rank < half, half, half - 1),
                       np.where(rank < half, half, half - 1))  # fmt: skip
        high = np.where(n % 2 == 0, low, np.where(rank <= half, half + 1, half))
        last = len(here) - 1
        pick = [np.take_along_axis(rows, np.clip(one, 0, last), axis=0) for one in (low, high)]
        found[here] = np.where(n > LEAST_WEEKS_VALUES, (pick[0] + pick[1]) / 2, np.nan)
    return found


def core_variance(values: Floats) -> float:
    """Return the variance that the median of the amounts stands for."""
    amounts = np.abs(values[np.isfinite(values)])
    return float((np.median(amounts) / scipy.stats.norm.ppf(0.75)) ** 2) if len(amounts) else 0.0


def median_error(n: Floats) -> Floats:
    """Return the variance of a median of so many values, in that of one value."""
    return np.asarray(_MEDIAN_COST / np.maximum(n + _MEDIAN_COST - 1.0, _MEDIAN_COST), np.float64)
