"""A forecast summed by district and day, for those who are told no finer figure.

A sum whose base (the facts it rests on) is above zero and under the least count is withheld. The
others are rounded to two digits: yesterday's facts move a mean by a fraction of a percent, and two
forecasts of two days must not be subtracted to find them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from vigie.foresight.forecasting.sums import total, without_floor
from vigie.foresight.forecasting.tensor import Floats, Integers

DIGITS = 2
LEVEL = 0.80


def rounded(value: float) -> float:
    """Return a number with its two first digits; under 0.1 to two decimals."""
    if value <= 0.0:
        return 0.0
    digits = DIGITS - 1 - math.floor(math.log10(value))
    return round(value, min(digits, DIGITS))


def by_district(
    expected: Floats, base: Integers, area: Integers, names: Sequence[str], *,
    per_day: int, alpha: float, least: int,
) -> tuple[list[dict[str, Any]], int]:  # fmt: skip
    """Return what is expected in each district, day by day, and how many districts are withheld.

    Args:
        expected: ``(cells, slots)`` of one kind.
        base: ``(cells,)`` facts that each place rests on.
        area: ``(cells,)`` number of the district; -1 for none: told together as the last one.
        names: Name of each district.
        per_day: Slots of a day.
        alpha: Spread of the kind.
        least: Least count told.
    """
    rows: list[dict[str, Any]] = []
    withheld = 0
    for number in [*range(len(names)), -1]:
        within = area == number
        if not within.any():
            continue
        n = int(base[within].sum())
        row: dict[str, Any] = {"area": names[number] if number >= 0 else "", "expected": None}
        if 0 < n < least:
            withheld += 1
            rows.append({**row, "low": None, "high": None})
            continue
        parts = without_floor(expected[within].reshape(int(within.sum()), -1, per_day))
        days = total(parts, alpha, (0, 2))
        low, high = days.bounds(LEVEL)
        rows.append(
            {
                **row,
                "expected": [rounded(float(one)) for one in days.mean],
                "low": [rounded(float(one)) for one in low],
                "high": [rounded(float(one)) for one in high],
            }
        )
    return rows, withheld
