"""A limit that rings as often as declared, learnt from days on which nothing is known to have been.

The unit of an alarm is one cell on one local day: hours of the same evening are one alarm. The
limit is the value that, over the past, as many cell-days passed as the declared rate allows; no
distribution is assumed. What passes it later is reported beside the rate declared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from vigie.judge.surveillance.combining import brown
from vigie.judge.surveillance.expectation import Floats
from vigie.judge.surveillance.signals import Flags, Ints, Scored, correlations

LEAST_DAYS = 14
"""Days of the past below which no rate can be declared."""
RAISED = 1.645
"""A signal counts as raised from its own 5 % on."""


@dataclass(frozen=True, slots=True)
class Combined:
    """Chances of cells and hours together with the limit.

    Attributes:
        strength: -log10 of the combined chance, shape (C, H); 0 where too little is raised.
        limit: What an alarm must pass; infinite on too short a past.
        null_days: Days the limit rests on.
        allowed: Cell-days of the past above the limit.
        raised: Which signals are raised, shape (S, C, H).
        positions: Positions of the signals combined.
    """

    strength: Floats
    limit: float
    null_days: int
    allowed: int
    raised: Flags
    positions: Ints


def combine(
    scored: Scored,
    positions: Ints,
    *,
    declared_per_day: float,
    least_raised: int,
    needed: Ints | None = None,
    sustained: bool = False,
) -> Combined:
    """Combine signals and find the limit of the declared rate.

    Args:
        scored: The scores.
        positions: Which signals.
        declared_per_day: False alarms accepted a day, over all cells.
        least_raised: How many of the signals must be raised.
        needed: Signals of which one at least must be raised; None for any.
        sustained: Whether the hour before must be as strong.
    """
    size, hours = len(scored.cells), len(scored.hours_us)
    scores = scored.scores[positions]
    null = np.zeros((size, hours), dtype=np.bool_)
    null[:, : scored.judged] = ~scored.planned[:, : scored.judged]
    correlation = correlations(scores[:, null])
    flat = scores.reshape(len(positions), -1).T
    p_values = np.where(np.isnan(flat), np.nan, _upper(flat))
    strength = -np.log10(np.maximum(brown(p_values, correlation), 1e-300)).reshape(size, hours)
    raised = np.nan_to_num(scored.scores, nan=-1.0) >= RAISED
    enough = raised[positions].sum(axis=0) >= least_raised
    if needed is not None:
        enough &= raised[needed].any(axis=0)
    strength = np.where(enough & ~scored.planned, strength, 0.0)
    if sustained:
        strength[:, 1:] = np.minimum(strength[:, 1:], strength[:, :-1])
        strength[:, :1] = 0.0
    limit, days, allowed = limit_for(
        strength[:, : scored.judged], scored.days[: scored.judged], declared_per_day
    )
    return Combined(strength, limit, days, allowed, raised, positions)


def _upper(scores: Floats) -> Floats:
    return np.asarray(scipy.special.ndtr(-scores), dtype=np.float64)


def limit_for(strength: Floats, days: Ints, declared_per_day: float) -> tuple[float, int, int]:
    """Return the limit, the days behind it, and how many cell-days of them pass it.

    Args:
        strength: Shape (C, H) of the past.
        days: Local day of each hour.
        declared_per_day: Cell-days a day that may pass.
    """
    names = np.unique(days)
    if len(names) < LEAST_DAYS:
        return float("inf"), len(names), 0
    highest = np.stack([strength[:, days == day].max(axis=1) for day in names]).ravel()
    allowed = int(np.floor(declared_per_day * len(names)))
    ordered = np.sort(highest)[::-1]
    limit = float(ordered[allowed]) if allowed < len(ordered) else 0.0
    return max(limit, 1e-9), len(names), int((highest > limit).sum())


def first_alarms(combined: Combined, days: Ints, judged: int) -> list[tuple[int, int]]:
    """Return cell and hour positions of alarms: the first of each cell on each day, if judged."""
    above = combined.strength > combined.limit
    found = []
    for cell, hour in zip(*np.nonzero(above), strict=True):
        same = above[cell, :hour] & (days[:hour] == days[hour])
        if hour >= judged and not same.any():
            found.append((int(cell), int(hour)))
    return found
