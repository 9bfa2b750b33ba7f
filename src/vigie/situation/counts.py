"""A count as it is shown: never without the interval of the rate behind it."""

from __future__ import annotations

from dataclasses import dataclass

from vigie.analyse.intervals import poisson_interval

METHOD = (
    "95 % Poisson interval of the mean (Garwood 1936; Byar above 1,000); events that come in "
    "clusters spread more."
)


@dataclass(frozen=True, slots=True)
class Count:
    """A number of events with its 95 % interval.

    Attributes:
        n: Events counted: the base of the figure.
        low: Lower end of the interval of the mean.
        high: Upper end.
    """

    n: int
    low: float
    high: float


def count(n: int) -> Count:
    """Return a count with its interval."""
    low, high = poisson_interval(n)
    return Count(n, low, high)
