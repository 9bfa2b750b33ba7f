"""Is it as right in one part of the city as in another? Expected over observed, by group of places.

Groups are districts, and fifths of the places by how many facts they have. No group is made by who
lives there: no figure of a population stands in a forecast, and none is needed to see that it is
wrong somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vigie.analyse.intervals import poisson_interval
from vigie.foresight.forecasting.backtest import Rolled
from vigie.foresight.forecasting.judging import Verdict, hits
from vigie.foresight.forecasting.sums import without_floor
from vigie.foresight.forecasting.tensor import Floats, Integers

FIFTHS = 5
LOW, HIGH = 0.9, 1.1
"""Between these, expected over observed is as it should be."""


def density_fifths(total: Floats) -> Integers:
    """Return the fifth of each place by its number of facts, 0 the fewest; ties by place."""
    rank = np.argsort(np.argsort(total, kind="stable"), kind="stable")
    return np.asarray(rank * FIFTHS // max(total.size, 1), np.int64)


def groups(
    rolled: Rolled, verdicts: Sequence[Verdict], total: Floats, district: Integers,
    names: Sequence[str],
) -> list[dict[str, Any]]:  # fmt: skip
    """Return how right what was shown was, group by group, on the weeks that judge.

    Args:
        rolled: The backtest.
        verdicts: What is shown of each kind.
        total: ``(cells,)`` facts before the judged weeks.
        district: ``(cells,)`` number of the district; -1 for none.
        names: Name of each district.
    """
    shown = np.stack(
        [rolled.part(rolled.means[v.model], judged=True)[..., at] for at, v in enumerate(verdicts)],
        axis=2,
    )
    truth = rolled.part(rolled.truth, judged=True)
    fifths = density_fifths(total)
    found = [_row("density", str(n + 1), fifths == n, shown, truth) for n in range(FIFTHS)]
    found += [
        _row("district", name, district == n, shown, truth)
        for n, name in enumerate(names)
        if (district == n).any()
    ]
    return found


def _row(by: str, name: str, within: Any, shown: Floats, truth: Floats) -> dict[str, Any]:
    mean, seen = shown[within], truth[within]
    n, expected = round(float(seen.sum())), float(without_floor(mean).sum())
    low, high = poisson_interval(n)
    ratio: Mapping[str, float | None] = {
        "value": round(expected / n, 4) if n else None,
        "low": round(expected / high, 4),
        "high": round(expected / low, 4) if low else None,
    }
    return {
        "by": by,
        "name": name,
        "cells": int(np.count_nonzero(within)),
        "facts": n,
        "expected": round(expected, 2),
        "ratio": ratio,
        "even": bool(
            n and ratio["low"] is not None and ratio["low"] <= HIGH
            and (ratio["high"] is None or ratio["high"] >= LOW)
        ),
        "pei": hits(mean, seen, 0.10)["pei"],
    }  # fmt: skip
