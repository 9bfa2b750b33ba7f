"""What operators' verdicts say of a rule: its share of false alarms, with interval and base."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import scipy

TRUE, FALSE, UNKNOWN = "true", "false", "unknown"
VERDICTS = (TRUE, FALSE, UNKNOWN)
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class FalseRate:
    """The share of false alarms among the alerts that were judged true or false.

    Attributes:
        share: False among true and false; None without any.
        low: Lower end of the 95 % interval (Wilson).
        high: Upper end.
        judged: True and false verdicts: the base.
        false: False ones.
        unknown: Verdicts that could not say; no part of the base.
        raised: All alerts, judged or not.
    """

    share: float | None
    low: float
    high: float
    judged: int
    false: int
    unknown: int
    raised: int


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of a share; 0 to 1 without a base.

    E. B. Wilson, "Probable inference", JASA 22 (1927) 209-212.
    """
    if n <= 0:
        return 0.0, 1.0
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return low, 1.0 if hits == n else min(1.0, middle + half)


def false_rate(verdicts: Iterable[str]) -> FalseRate:
    """Return what the verdicts on a rule's alerts say; an empty one is an alert not judged."""
    found = list(verdicts)
    false, true = found.count(FALSE), found.count(TRUE)
    judged = false + true
    low, high = wilson(false, judged)
    share = false / judged if judged else None
    return FalseRate(share, low, high, judged, false, found.count(UNKNOWN), len(found))


def rate_interval(n: int, days: float) -> tuple[float, float]:
    """Return the exact 95 % interval of a rate a day, given ``n`` events (Garwood, 1936)."""
    low = 0.0 if n == 0 else float(scipy.stats.chi2.ppf(0.025, 2 * n)) / 2
    high = float(scipy.stats.chi2.ppf(0.975, 2 * n + 2)) / 2
    return low / days, high / days
