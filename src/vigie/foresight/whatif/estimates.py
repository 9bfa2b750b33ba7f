"""An estimate with interval and base, and the difference of two made with the same draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEVEL = 0.8
"""Share of cases that an interval is meant to hold."""
SMALL_BASE = 8
"""Fewer past events than this is a small base, and is said to be one."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A quantity that is not known: where it lies, how sure, and what that rests on.

    Attributes:
        low: Lower end of the 80 % interval.
        likely: Median; the mean where facts are counted (``expected``).
        high: Upper end of the 80 % interval.
        base: Past events it rests on; 0 for a rule.
        basis: Their plan ids, newest first.
        method: ``effects`` (past events), ``load`` (the same through the table of crews),
            ``history`` (past plans), ``days``, ``plan`` (what the plan says), ``rule``, ``grid``,
            ``literature`` or ``geometry``.
        pool: Kind of plan the past events share; empty where there is none.
    """

    low: float
    likely: float
    high: float
    base: int
    basis: tuple[str, ...]
    method: str
    pool: str = ""

    @property
    def small(self) -> bool:
        """Whether the base is too small to say much."""
        return self.method in {"history", "load", "effects"} and self.base < SMALL_BASE


def summed_up(
    draws: FloatArray, *, base: int, basis: tuple[str, ...], method: str, pool: str = ""
) -> Estimate:
    """Return the median and the 80 % interval of draws."""
    edge = (1 - LEVEL) / 2
    low, likely, high = np.quantile(draws, [edge, 0.5, 1 - edge]).tolist()
    return Estimate(low, likely, high, base, basis, method, pool)


def expected(told: Estimate, draws: FloatArray) -> Estimate:
    """Return an estimate told by its mean, as counts are: a median of 0 would hide what is rare.

    The interval is widened where the mean of a skewed count lies outside it.
    """
    mean = float(draws.mean())
    return replace(told, low=min(told.low, mean), likely=mean, high=max(told.high, mean))


def difference(after: FloatArray, before: FloatArray, like: Estimate) -> Estimate:
    """Return after less before, draw by draw.

    Both must have been made with the same random numbers: what they share then cancels, and the
    interval is that of the change, which is narrower than two separate intervals suggest.
    """
    return summed_up(
        after - before, base=like.base, basis=like.basis, method=like.method, pool=like.pool
    )


def certain(value: float, method: str) -> Estimate:
    """Return a quantity that a rule or a geometry gives without an interval."""
    return Estimate(value, value, value, 0, (), method)
