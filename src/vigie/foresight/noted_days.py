"""How the danger note did: facts above expected on the past days noted 1, 2, … 10.

The expected facts of a day are the mean of the same weekday of the eight weeks before it, noted or
not: what a person with a calendar would say. The ratio of a note is the sum of its days' facts over
the sum of their expected. Its interval is that of a ratio of sums, by resampling whole days, so
that days that differ more than chance widen it. A note that says something has ratios that grow
with it: the rank correlation over days tells how far.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import scipy

WEEKS = 8
FEWEST_WEEKS = 4
DRAWS = 400
LEVEL = 0.8


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """What became of the days of one note.

    Attributes:
        note: The note, 1 to 10.
        days: Days noted so: the base.
        facts: Facts of these days.
        expected: Facts expected without knowing the note.
        ratio: Facts over expected.
        low: Lower end of the 80 % interval of the ratio.
        high: Upper end.
    """

    note: int
    days: int
    facts: int
    expected: float
    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How the note did over a past.

    Attributes:
        first: First day counted.
        last: Last day counted.
        days: Days counted: those with a note and enough weeks before them.
        records: By note; notes that no day had are absent.
        correlation: Rank correlation (Spearman) of note and ratio over days, -1 to 1; None when
            fewer than 10 days or one note only.
        low: Lower end of its 80 % interval, by resampling days.
        high: Upper end.
    """

    first: date | None
    last: date | None
    days: int
    records: tuple[NoteRecord, ...]
    correlation: float | None
    low: float | None
    high: float | None


def expected_by_day(counts: Mapping[date, int], weeks: int = WEEKS) -> dict[date, float]:
    """Return the mean of the same weekday in the weeks before each day, where enough are known."""
    found = {}
    for day in counts:
        before = [counts.get(day - timedelta(weeks=i)) for i in range(1, weeks + 1)]
        known = [n for n in before if n is not None]
        if len(known) >= FEWEST_WEEKS:
            found[day] = sum(known) / len(known)
    return found


def usual_of(counts: Mapping[date, int], day: date, weeks: int = WEEKS) -> float:
    """Return the facts of a usual day of that weekday, from the latest weeks known before it.

    0 when nothing is known. A day to come may lie weeks after the last count.
    """
    past = sorted(one for one in counts if one < day and one.weekday() == day.weekday())[-weeks:]
    return sum(counts[one] for one in past) / len(past) if past else 0.0


def reliability(notes: Mapping[date, int], counts: Mapping[date, int]) -> Reliability:
    """Return how notes did against counts.

    Args:
        notes: Note by day, 1 to 10.
        counts: Facts by day, every day of the past told, those without any as 0.
    """
    expected = {day: n for day, n in expected_by_day(counts).items() if n > 0}
    days = sorted(set(notes) & set(expected))
    if not days:
        return Reliability(None, None, 0, (), None, None, None)
    note = np.array([notes[day] for day in days])
    facts = np.array([counts[day] for day in days], dtype=float)
    usual = np.array([expected[day] for day in days])
    rng = np.random.default_rng(len(days))
    records = tuple(
        _record(int(value), facts[note == value], usual[note == value], rng)
        for value in np.unique(note)
    )
    mid, low, high = _correlation(note, facts / usual, rng)
    return Reliability(days[0], days[-1], len(days), records, mid, low, high)


def _record(
    note: int, facts: np.ndarray, usual: np.ndarray, rng: np.random.Generator
) -> NoteRecord:
    n = len(facts)
    ratio = float(facts.sum() / usual.sum())
    drawn = rng.integers(0, n, (DRAWS, n))
    # One day alone tells nothing of how days differ: chance of counts is added to each draw.
    seen = rng.poisson(np.maximum(facts, 1.0)[drawn]).sum(axis=1)
    low, high = _ends(seen / usual[drawn].sum(axis=1))
    return NoteRecord(note, n, int(facts.sum()), float(usual.sum()), ratio, low, high)


def _correlation(
    note: np.ndarray, ratio: np.ndarray, rng: np.random.Generator
) -> tuple[float | None, float | None, float | None]:
    if len(note) < 10 or len(np.unique(note)) < 2:  # noqa: PLR2004 - fewer say nothing
        return None, None, None
    picks = rng.integers(0, len(note), (DRAWS, len(note)))
    low, high = _ends(_spearman(note[picks], ratio[picks]))
    return float(_spearman(note[None], ratio[None])[0]), low, high


def _spearman(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the rank correlation of each row; 0 where a row has one value only."""
    left, right = (
        scipy.stats.rankdata(values, axis=1) - (values.shape[1] + 1) / 2 for values in (one, other)
    )
    scale = np.sqrt((left**2).sum(axis=1) * (right**2).sum(axis=1))
    both = (left * right).sum(axis=1)
    found: np.ndarray = np.divide(both, scale, out=np.zeros(len(both)), where=scale > 0)
    return found


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
