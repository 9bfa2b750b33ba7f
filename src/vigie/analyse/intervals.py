"""Intervals of counts, exact, without a statistics library.

The 95 % interval of a Poisson count is Garwood's (1936): the two rates at which the count seen is
just at the 2.5 % tail. It is found by bisection on the Poisson distribution function.
"""

from __future__ import annotations

import math
from functools import lru_cache

TAIL = 0.025
EXACT_UP_TO = 1_000


def _cdf(count: int, rate: float) -> float:
    """Return P(X <= count) for X Poisson of that rate, summed from its largest term outward."""
    if rate <= 0.0:
        return 1.0
    top = min(count, int(rate))
    log_top = top * math.log(rate) - rate - math.lgamma(top + 1)
    total = term = 1.0
    for k in range(top, 0, -1):
        term *= k / rate
        total += term
        if term < 1e-17 * total:
            break
    term = 1.0
    for k in range(top + 1, count + 1):
        term *= rate / k
        total += term
        if term < 1e-17 * total:
            break
    return min(1.0, math.exp(log_top) * total)


def _bisect(below: float, above: float, count: int, wanted: float) -> float:
    for _ in range(80):
        middle = (below + above) / 2.0
        if _cdf(count, middle) > wanted:
            below = middle
        else:
            above = middle
    return (below + above) / 2.0


@lru_cache(maxsize=8192)
def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a Poisson rate after seeing ``count``.

    Above 1,000 Byar's approximation is used; its error there is under 0.01 %
    (Breslow & Day, Statistical Methods in Cancer Research II, 1987).

    Args:
        count: Count seen, 0 or more.

    Raises:
        ValueError: When ``count`` is negative.
    """
    if count < 0:
        msg = "negative count"
        raise ValueError(msg)
    if count > EXACT_UP_TO:
        low = count * (1 - 1 / (9 * count) - 1.959964 / (3 * math.sqrt(count))) ** 3
        n = count + 1
        return low, n * (1 - 1 / (9 * n) + 1.959964 / (3 * math.sqrt(n))) ** 3
    span = 10.0 * math.sqrt(count + 1.0) + 10.0
    low = 0.0 if count == 0 else _bisect(0.0, float(count), count - 1, 1.0 - TAIL)
    return low, _bisect(float(count), count + span, count, TAIL)
