"""Counts of facts hour by hour, each beside the same hour of the weeks before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.judge.watched import HOUR_US, WEEK_US, Facts, Ints, Watched

HOURS_A_WEEK = WEEK_US // HOUR_US
CITY = 0
"""Cell that stands for everything watched."""


@dataclass(frozen=True, slots=True)
class HourCounts:
    """Counts of hours with their past, of every cell that ever had a fact.

    Attributes:
        cells: Cell of each row.
        hours_us: Start of the hour, epoch µs.
        observed: Facts in it.
        totals: Facts in the same hour of the weeks before, together.
        weeks: How many weeks those are.
    """

    cells: Ints
    hours_us: Ints
    observed: Ints
    totals: Ints
    weeks: Ints


def hour_counts(seen: Watched, facts: Facts, weeks: int, *, by_cell: bool) -> HourCounts:
    """Return the counts of every hour that touches the time judged and has a week of past.

    The hour under way is among them with what it has so far: a count only grows, so that what
    rings early would have rung at its end.

    Args:
        seen: The stretch of time.
        facts: The facts to count.
        weeks: How many weeks of the past.
        by_cell: Each cell by itself, instead of everything together.
    """
    origin = seen.since_us // HOUR_US
    first = max(seen.from_us // HOUR_US - origin, HOURS_A_WEEK)
    last = seen.to_us // HOUR_US - origin
    if by_cell:
        facts = facts.take(facts.cells != CITY)
    keys = facts.cells if by_cell else np.zeros(len(facts), dtype=np.int64)
    cells = np.unique(keys) if by_cell else np.array([CITY], dtype=np.int64)
    width = max(0, int(last - first + 1))
    if not width or not cells.size:
        empty = np.empty(0, dtype=np.int64)
        return HourCounts(empty, empty, empty, empty, empty)
    grid = np.zeros((cells.size, int(last) + 1), dtype=np.int64)
    hour = facts.at_us // HOUR_US - origin
    inside = (hour >= 0) & (hour <= last)
    np.add.at(grid, (np.searchsorted(cells, keys[inside]), hour[inside]), 1)
    columns = np.arange(first, last + 1)
    totals = np.zeros((cells.size, width), dtype=np.int64)
    known = np.zeros(width, dtype=np.int64)
    whole = -(-seen.since_us // HOUR_US) - origin
    for week in range(1, weeks + 1):
        past = columns - week * HOURS_A_WEEK
        there = past >= whole
        totals[:, there] += grid[:, past[there]]
        known += there
    kept = known > 0
    return HourCounts(
        np.repeat(cells, int(kept.sum())),
        np.tile((columns[kept] + origin) * HOUR_US, cells.size),
        grid[:, columns[kept]].ravel(),
        totals[:, kept].ravel(),
        np.tile(known[kept], cells.size),
    )
