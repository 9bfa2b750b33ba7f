"""EARS C1, C2 and C3: a count against the mean and spread of the values just before it.

Source: Hutwagner et al., "The bioterrorism preparedness and response Early Aberration Reporting
System", J. Urban Health 80 (2003) i89-i96; Fricker, Hegler & Dunfee, Stat. Med. 27 (2008) 3407.
Short memory and no season: for series with neither a year nor a week of their own.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.lib.stride_tricks import sliding_window_view

from vigie.judge.surveillance.expectation import (
    Counts,
    Expectation,
    Floats,
    known,
    level,
    without_past,
)

BASELINE = 7
GAP = 2
"""C2 and C3 leave out the two values just before, so that an outbreak does not hide itself."""


def c1(
    count: float, history: Counts, *, alpha: float = 0.001, baseline: int = BASELINE
) -> Expectation:
    """Compare a count with the ``baseline`` values just before it."""
    return _compare(count, known(history), level(alpha), baseline, gap=0)


def c2(
    count: float, history: Counts, *, alpha: float = 0.001, baseline: int = BASELINE
) -> Expectation:
    """Compare a count with the ``baseline`` values that end two values before it."""
    return _compare(count, known(history), level(alpha), baseline, gap=GAP)


def c3(
    count: float, history: Counts, *, alpha: float = 0.025, baseline: int = BASELINE
) -> Expectation:
    """Compare a count, helped by what the two before it had above their own expectation.

    ``C3 = sum over the last three of max(0, C2 - 1)``; the upper bound is the count at which it
    reaches the normal quantile of ``alpha``.
    """
    past, asked = known(history), level(alpha)
    now = _compare(count, past, asked, baseline, gap=GAP)
    if not now.base:
        return now
    carried = 0.0
    for back in (1, 2):
        if back < len(past) and not np.isnan(past[-back]):
            one = _score(float(past[-back]), past[:-back], baseline)
            carried += max(0.0, one - 1.0)
    z = _quantile(asked)
    window = _window(past, baseline, GAP)
    mean, spread = float(window.mean()), float(window.std(ddof=1))
    total = carried + max(0.0, _standard(count, mean, spread) - 1.0)
    return Expectation(
        expected=mean,
        upper=mean + spread * max(0.0, 1.0 + z - carried),
        p_value=float(scipy.special.ndtr(-total)),
        base=len(window),
        count=float(count),
    )


def c1_bounds(series: Counts, *, alpha: float = 0.001, baseline: int = BASELINE) -> Floats:
    """Return the C1 upper bound of every value of a series; nan for the first ``baseline``."""
    values, z = known(series), _quantile(level(alpha))
    bounds = np.full(len(values), np.nan)
    if len(values) > baseline:
        windows = sliding_window_view(values[:-1], baseline)
        bounds[baseline:] = windows.mean(axis=1) + z * windows.std(axis=1, ddof=1)
    return bounds


def _quantile(alpha: float) -> float:
    return float(scipy.special.ndtri(1.0 - alpha))


def _window(past: Floats, baseline: int, gap: int) -> Floats:
    """Return the values compared with, those that never came left out."""
    end = len(past) - gap
    window = past[max(0, end - baseline) : max(0, end)]
    return window[~np.isnan(window)]


def _standard(count: float, mean: float, spread: float) -> float:
    """Return how many spreads a count is above a mean; infinite above a past without spread."""
    if spread > 0.0:
        return (count - mean) / spread
    return float("inf") if count > mean else 0.0


def _score(count: float, past: Floats, baseline: int) -> float:
    window = _window(past, baseline, GAP)
    if len(window) < BASELINE_LEAST:
        return 0.0
    return _standard(count, float(window.mean()), float(window.std(ddof=1)))


BASELINE_LEAST = 3


def _compare(count: float, past: Floats, alpha: float, baseline: int, *, gap: int) -> Expectation:
    if baseline < BASELINE_LEAST:
        msg = f"baseline: {BASELINE_LEAST} values at least"
        raise ValueError(msg)
    window = _window(past, baseline, gap)
    if len(window) < BASELINE_LEAST:
        return without_past(count)
    mean, spread = float(window.mean()), float(window.std(ddof=1))
    return Expectation(
        expected=mean,
        upper=mean + _quantile(alpha) * spread,
        p_value=float(scipy.special.ndtr(-_standard(count, mean, spread))),
        base=len(window),
        count=float(count),
    )
