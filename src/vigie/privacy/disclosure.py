"""Disclosure control of counts: thresholds and rounding, before a figure leaves its plane.

Primary rules only; secondary suppression (what margins give away) and noise stand apart. A figure
that is withheld is ``None``, never 0: nobody must read "nothing happened" where it says "too few to
tell" (law reference, 3.2).

The thresholds adopted: 5 for planning inside the city, 11 between services and for the public (as
INSEE's fiscal households), 20 for telephone presence.
"""

from __future__ import annotations

from types import MappingProxyType

THRESHOLDS = MappingProxyType({"internal": 5, "agency": 11, "public": 11, "telecom": 20})
"""Least count shown, by audience."""


def threshold(audience: str) -> int:
    """Return the least count shown to an audience.

    Raises:
        ValueError: When no such audience is known.
    """
    if audience not in THRESHOLDS:
        msg = f"no such audience: {audience}"
        raise ValueError(msg)
    return THRESHOLDS[audience]


def may_show(count: int | None, least: int) -> bool:
    """Say whether a count may be shown: none at all, or at least ``least``.

    Zero may be shown: nobody stands behind it.
    """
    return count is not None and (count == 0 or count >= least)


def round_to(count: float, base: int) -> int:
    """Return a count, or an estimate of one, rounded to the nearest multiple of ``base``.

    A half goes upwards. Deterministic: the same count always gives the same figure, so repeating a
    query tells nothing more. The error is at most half of ``base``.

    Raises:
        ValueError: When the count is negative or ``base`` is below 1.
    """
    if base < 1 or count < 0:
        msg = "a count is not negative, a base at least 1"
        raise ValueError(msg)
    return int((2 * count + base) // (2 * base)) * base
