"""The common face of all detectors: what was expected of a count, and how far it is from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
HIGHEST_LEVEL = 0.5
Counts = Sequence[float] | npt.NDArray[np.float64] | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a detector expected of one count.

    Attributes:
        expected: Mean expected.
        upper: Highest value that is still ordinary at the level asked for; a count above it is an
            alarm. Infinite where the past says nothing.
        p_value: P(a count at least this high) while nothing unusual happens; 1 without a past.
        base: How many values of the past this rests on.
        lower: Lowest ordinary value at the same level; 0 where only high counts matter.
        dispersion: Variance over mean that was found; 1 is Poisson.
        count: The count judged.
    """

    expected: float
    upper: float
    p_value: float
    base: int
    lower: float = 0.0
    dispersion: float = 1.0
    count: float = 0.0

    @property
    def alarm(self) -> bool:
        """Whether the count is above what is ordinary."""
        return self.count > self.upper


def without_past(count: float) -> Expectation:
    """Return the answer when there is no past to compare with: never an alarm."""
    return Expectation(float("nan"), float("inf"), 1.0, 0, count=float(count))


def known(history: Counts) -> Floats:
    """Return a past as floats; not-a-number stands for a value that never came.

    Raises:
        ValueError: When a value is negative or infinite, or the past is not one row.
    """
    past = np.asarray(history, dtype=np.float64)
    if past.ndim != 1 or np.isinf(past).any() or (past < 0).any():
        msg = "history: one row of values >= 0, nan where missing"
        raise ValueError(msg)
    return past


def level(alpha: float) -> float:
    """Return a level that can be used.

    Raises:
        ValueError: When it is not between 0 and 1/2.
    """
    if not 0.0 < alpha <= HIGHEST_LEVEL:
        msg = "alpha: above 0, at most 0.5"
        raise ValueError(msg)
    return float(alpha)
