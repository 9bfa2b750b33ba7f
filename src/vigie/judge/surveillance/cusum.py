"""Poisson CUSUM: small excesses that last, which no single count betrays.

Source: Lucas, "Counted data CUSUM's", Technometrics 27 (1985) 129-144. The reference value of a
step with expected count m is ``k = m (d - 1) / ln d``: halfway, in likelihood, between the ordinary
rate and one ``d`` times as high.
"""

from __future__ import annotations

import math

import numpy as np

from vigie.judge.surveillance.expectation import Counts, Floats, known


def cusum(counts: Counts, expected: Counts, *, ratio: float = 2.0) -> Floats:
    """Return the CUSUM after each count; it never falls below 0.

    Args:
        counts: Counts in order; nan leaves the sum as it is.
        expected: What was expected of each.
        ratio: How many times the ordinary rate is to be found, above 1.

    Raises:
        ValueError: When lengths differ, a value is negative or the ratio is not above 1.
    """
    seen, mean = known(counts), known(expected)
    if len(seen) != len(mean) or not ratio > 1.0:
        msg = "as many expected as counts, ratio above 1"
        raise ValueError(msg)
    steps = np.nan_to_num(seen - mean * (ratio - 1.0) / math.log(ratio))
    total, sums = 0.0, np.empty(len(steps))
    for i, step in enumerate(steps):
        total = max(0.0, total + float(step))
        sums[i] = total
    return sums
