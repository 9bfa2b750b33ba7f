"""Where last month's forecast was most wrong, place by place and day by day.

A day of a place is a miss when its count lies outside the 95 % interval; one in twenty must be, if
the intervals are right. How many were is told beside the list of the worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from vigie.foresight.forecasting.backtest import Rolled
from vigie.foresight.forecasting.intervals import fit_spread
from vigie.foresight.forecasting.judging import Verdict
from vigie.foresight.forecasting.sums import total
from vigie.foresight.forecasting.tensor import Tensor

DAYS = 28
MOST = 40
LEVEL = 0.95


def misses(tensor: Tensor, rolled: Rolled, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return how many place-days missed in the last 28 days judged, and the worst of them.

    Each row: ``kind``, ``cell``, ``day``, ``expected``, ``low``, ``high``, ``n`` and ``above``
    (more than expected). Numbers are of what was shown: forecast or baseline.
    """
    rows: list[tuple[float, dict[str, Any]]] = []
    told = {"days": 0, "cases": 0, "outside": 0}
    for at, verdict in enumerate(verdicts):
        means = rolled.means[verdict.model]
        spread = fit_spread(
            rolled.part(means, judged=False)[..., [at]],
            rolled.part(rolled.truth, judged=False)[..., [at]],
        )
        days = min(DAYS, rolled.part(means, judged=True).shape[1] // tensor.per_day)
        slots = days * tensor.per_day
        mean, seen = means[:, -slots:, at], rolled.truth[:, -slots:, at]
        parts = mean.reshape(mean.shape[0], -1, tensor.per_day)
        count = seen.reshape(parts.shape).sum(axis=2)
        day_sums = total(parts, float(spread.alpha[0]), (2,))
        (low, high), chance = day_sums.bounds(LEVEL), day_sums.surprise(count)
        expected = day_sums.mean
        outside = (count < low) | (count > high)
        told["days"] = days
        told["cases"] += count.size
        told["outside"] += int(outside.sum())
        first = rolled.stretch.end - slots
        for cell, day in np.argwhere(outside).tolist():
            row = {
                "kind": verdict.kind,
                "cell": tensor.cells[cell],
                "day": _day(tensor, first + day * tensor.per_day),
                "expected": round(float(expected[cell, day]), 3),
                "low": int(low[cell, day]),
                "high": int(high[cell, day]),
                "n": int(count[cell, day]),
                "above": bool(count[cell, day] > high[cell, day]),
            }
            rows.append((float(chance[cell, day]), row))
    rows.sort(key=lambda one: (one[0], one[1]["kind"], one[1]["cell"], one[1]["day"]))
    share = told["outside"] / told["cases"] if told["cases"] else 0.0
    return {
        **told,
        "share": round(share, 4),
        "nominal": round(1.0 - LEVEL, 4),
        "worst": [row for _, row in rows[:MOST]],
    }


def _day(tensor: Tensor, slot: int) -> str:
    return date.fromordinal(int(tensor.calendar.ordinal[slot])).isoformat()
