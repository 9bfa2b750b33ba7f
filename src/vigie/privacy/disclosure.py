"""Disclosure control of counts: thresholds and rounding, before a figure leaves its plane.

Primary rules only; secondary suppression (what margins give away) and noise stand apart. A figure
that is withheld is ``None``, never 0: nobody must read "nothing happened" where it says "too few to
tell" (law reference, 3.2).

The thresholds adopted: 5 for planning inside the city, 11 between services and for the public (as
INSEE's fiscal households), 20 for telephone presence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType

THRESHOLDS = MappingProxyType({"internal": 5, "agency": 11, "public": 11, "telecom": 20})
"""Least count shown, by audience."""

DOMINANCE = 0.85
"""No unit may stand for more than this share of a published amount (INSEE, business tables)."""

LEAST_UNITS = 3
"""Least number of units behind a published amount (INSEE, business tables)."""


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

    Zero may be shown: nobody stands behind it. Where the zero itself would tell (everybody else
    was seen), use ``withhold_small`` with ``zero=False``.
    """
    return count is not None and (count == 0 or count >= least)


def withhold_small(
    counts: Iterable[int | None], least: int, *, zero: bool = True
) -> list[int | None]:
    """Return counts with those from 1 to ``least - 1`` withheld (``None``).

    Args:
        counts: Counts; ``None`` stays withheld.
        least: Least count shown.
        zero: Whether a zero is shown.

    Raises:
        ValueError: When a count is negative or ``least`` is below 1.
    """
    _check_least(least)
    shown: list[int | None] = []
    for count in counts:
        _check_count(count)
        visible = may_show(count, least) and (zero or count != 0)
        shown.append(count if visible else None)
    return shown


def withhold_by_group(
    values: Sequence[float | None], group_sizes: Sequence[int | None], least: int
) -> list[float | None]:
    """Return values with those of groups below ``least`` withheld; an unknown size is too small.

    Raises:
        ValueError: When the sequences differ in length, a size is negative or ``least`` below 1.
    """
    _check_least(least)
    shown: list[float | None] = []
    for value, size in zip(values, group_sizes, strict=True):
        _check_count(size)
        shown.append(value if size is not None and size >= least else None)
    return shown


def round_to(count: int, base: int) -> int:
    """Return a count rounded to the nearest multiple of ``base``, a half upwards.

    Deterministic: the same count always gives the same figure, so repeating a query tells nothing
    more. The error is at most half of ``base``.

    Raises:
        ValueError: When the count is negative or ``base`` is below 1.
    """
    _check_least(base)
    _check_count(count)
    return (2 * count + base) // (2 * base) * base


def round_all(counts: Iterable[int | None], base: int) -> list[int | None]:
    """Return counts rounded to multiples of ``base``; withheld ones stay withheld.

    Raises:
        ValueError: When a count is negative or ``base`` is below 1.
    """
    return [None if count is None else round_to(count, base) for count in counts]


def dominated(contributions: Iterable[float], share: float = DOMINANCE) -> bool:
    """Say whether an amount must be withheld because too few units stand behind it.

    True when fewer than three units contribute, or one contributes more than ``share`` of the
    total.

    Args:
        contributions: What each unit contributes; not negative.
        share: Greatest share one unit may have, between 0 and 1.

    Raises:
        ValueError: When a contribution is negative or the share is not between 0 and 1.
    """
    if not 0.0 < share <= 1.0:
        msg = "the share stands between 0 and 1"
        raise ValueError(msg)
    parts = [part for part in contributions if part != 0]
    if any(part < 0 for part in parts):
        msg = "a contribution is negative"
        raise ValueError(msg)
    return len(parts) < LEAST_UNITS or max(parts) > share * sum(parts)


def _check_least(least: int) -> None:
    if least < 1:
        msg = "a threshold or base is at least 1"
        raise ValueError(msg)


def _check_count(count: int | None) -> None:
    if count is not None and count < 0:
        msg = "a count is not negative"
        raise ValueError(msg)
