"""Several signals of every cell, hour by hour, each against its own past at the same hour of week.

A level (people present, decibels, speed) is compared with the median of the same hours of past
weeks; its spread is the median absolute deviation of that cell at that hour of day, and what the
whole city shares in an hour (a holiday, the first warm evening) is taken out. A count of facts is
compared with a rate learnt from the cell and from the city's week together, because most cells have
none in most hours; its chance is the mid-p, so that a zero says nothing either way (Lancaster,
JASA 56, 1961).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from vigie.judge.surveillance.exceedance import negative_binomial_tail
from vigie.judge.surveillance.expectation import Floats

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

WEEK_H = 168
DAY_H = 24
WEEKS = 8
LEAST_WEEKS = 3
TO_SIGMA = 1.4826
"""Median absolute deviation of a normal variable to its standard deviation."""
FARTHEST = 8.0
"""Scores are cut here: one broken sensor may not outweigh all others."""
SHARED_BY = 10
"""Cells needed to tell what the city shares from what one place does."""
PSEUDO_WEEKS = 8.0
SLIGHT = 1.0
"""Highest score of a departure too slight to be told."""
LEAST_COUNT = 2.0
"""A lone fact, however rare its kind, raises no signal."""
_HALF_MEDIAN = 0.5


@dataclass(frozen=True, slots=True)
class Signal:
    """Something measured or counted by cell and hour.

    Attributes:
        name: Metric, or theme of facts with ``facts.`` before it.
        title: In a few words, French and English.
        sort: ``level`` or ``count``; ``relative`` for a level whose spread grows with it.
        sign: 1 where more is unusual, -1 where less is.
        crowd: Whether it is an aggregate that tells of people together (never a fact).
        unit: Symbol shown after values.
        floor: Smallest spread believed, in the unit (a share for ``relative``).
        grain: Step to which values are rounded at the source; no spread is finer.
        least: Smallest departure that may raise it, in the unit.
    """

    name: str
    title: Mapping[str, str]
    sort: Literal["level", "relative", "count"] = "level"
    sign: int = 1
    crowd: bool = False
    unit: str = ""
    floor: float = 0.0
    grain: float = 0.0
    least: float = 0.0


@dataclass(frozen=True)
class Scored:
    """Scores of all signals in all cells and hours, with what they rest on.

    Attributes:
        signals: What was looked at, S of them.
        cells: H3 cells of resolution 8, shape (C,).
        lon: Longitude of their centres.
        lat: Latitude.
        hours_us: Start of each hour, epoch µs, shape (H,).
        days: Number of the local day of each hour, shape (H,).
        values: Seen, shape (S, C, H); nan where nothing came.
        expected: Expected, same shape.
        scores: Standard scores, positive where unusual, same shape.
        weeks: Same hours of past weeks behind each signal and hour, shape (S, H).
        planned: Whether something declared is under way there, shape (C, H).
        judged: First position of the hours to judge; those before are the past to learn from.
        least: Fewest people whose presence may be told.
    """

    signals: tuple[Signal, ...]
    cells: Ints
    lon: Floats
    lat: Floats
    hours_us: Ints
    days: Ints
    values: Floats
    expected: Floats
    scores: Floats
    weeks: Ints
    planned: Flags
    judged: int
    least: int = 20

    def of(self, names: set[str]) -> Ints:
        """Return the positions of signals by name."""
        found = [i for i, one in enumerate(self.signals) if one.name in names]
        return np.array(found, dtype=np.int64)


def weeks_before(values: Floats, first: int, weeks: int = WEEKS) -> Iterator[Floats]:
    """Yield the same hours of each past week, shape (C, H - first); nan before the start."""
    width = values.shape[1] - first
    for week in range(1, weeks + 1):
        past = np.full((values.shape[0], width), np.nan)
        start = first - week * WEEK_H
        skip = max(0, -start)
        if skip < width:
            past[:, skip:] = values[:, start + skip : start + width]
        yield past


def past_of(values: Floats, first: int, weeks: int = WEEKS) -> Floats:
    """Return the same hours of past weeks, shape (weeks, C, H - first); nan before the start."""
    return np.stack(list(weeks_before(values, first, weeks)))


def _median(values: Floats, axis: int) -> Floats:
    """Return medians that leave nan out and are nan where nothing is left, without a warning."""
    filled = np.sort(values, axis=axis)
    n = (~np.isnan(values)).sum(axis=axis)
    low = np.expand_dims(np.maximum((n - 1) // 2, 0), axis)
    high = np.expand_dims(np.maximum(n // 2, 0), axis)
    both = np.take_along_axis(filled, low, axis) + np.take_along_axis(
        filled, np.minimum(high, values.shape[axis] - 1), axis
    )
    return np.asarray(np.where(n > 0, both.squeeze(axis) * _HALF_MEDIAN, np.nan))


def score_levels(
    values: Floats, first: int, judged: int, signal: Signal
) -> tuple[Floats, Floats, Ints]:
    """Score a level.

    Args:
        values: Shape (C, H); nan where nothing came.
        first: Position from which scores are wanted; hours before serve as past only.
        judged: Position from which hours are judged; spreads are learnt before it.
        signal: What it is.

    Returns:
        Expected and scores, both (C, H - first), and how many weeks stand behind each hour.
    """
    past = past_of(values, first)
    there = (~np.isnan(past)).sum(axis=0)
    expected = np.where(there >= LEAST_WEEKS, _median(past, 0), np.nan)
    now = values[:, first:]
    seen = apart = now - expected
    grain = np.full(apart.shape, signal.grain)
    if signal.sort == "relative":
        apart = seen / np.maximum(expected, 1.0)
        grain = grain / np.maximum(expected, 1.0)
    hour = np.arange(first, values.shape[1]) % DAY_H
    known = np.arange(first, values.shape[1]) < judged
    spread = np.full(apart.shape, np.nan)
    own = _median(np.abs(apart[:, known]), 1) if known.any() else np.full(len(apart), np.nan)
    for one in range(DAY_H):
        here = (hour == one) & known
        if here.any():
            found = _median(np.abs(apart[:, here]), 1)
            spread[:, hour == one] = np.fmax(found, _HALF_MEDIAN * own)[:, None]
    scale = np.maximum(np.maximum(TO_SIGMA * spread, grain), max(signal.floor, 1e-9))
    scores = signal.sign * apart / scale
    counted = (~np.isnan(scores)).sum(axis=0)
    shared = np.where(counted >= SHARED_BY, _median(scores, 0), 0.0)
    scores = scores - shared[None, :]
    slight = signal.sign * seen < signal.least
    scores = np.where(slight, np.minimum(scores, SLIGHT), scores)
    return expected, np.clip(scores, -FARTHEST, FARTHEST), there.max(axis=0).astype(np.int64)


def score_counts(values: Floats, first: int, judged: int) -> tuple[Floats, Floats, Ints]:
    """Score counts of facts; arguments and answer as for ``score_levels``."""
    counts = np.nan_to_num(values)
    total = np.zeros((values.shape[0], values.shape[1] - first))
    weeks = np.zeros(total.shape[1], dtype=np.int64)
    for past in weeks_before(values, first):
        weeks += (~np.isnan(past)).any(axis=0)
        total += np.nan_to_num(past)
    learnt = counts[:, : max(judged, 1)]
    position = np.arange(learnt.shape[1]) % WEEK_H
    by_hour = np.bincount(position, weights=learnt.sum(axis=0), minlength=WEEK_H)
    hours = np.maximum(np.bincount(position, minlength=WEEK_H), 1)
    profile = by_hour / hours
    usual = max(float(profile.mean()), 1e-12)
    level = learnt.mean(axis=1) + 1e-6
    mean0 = level[:, None] * (profile / usual)[np.arange(first, values.shape[1]) % WEEK_H][None, :]
    expected = (total + PSEUDO_WEEKS * mean0) / (weeks + PSEUDO_WEEKS)[None, :]
    now = counts[:, first:]
    known = np.arange(first, values.shape[1]) < judged
    mean = expected[:, known]
    squares = (now[:, known] - mean) ** 2 / np.maximum(mean, 1e-6)
    pearson = float(squares.mean()) if mean.size else 1.0
    phi = max(1.0, min(pearson, 5.0)) * (1.0 + 1.0 / (weeks + PSEUDO_WEEKS))
    at_least = negative_binomial_tail(now, expected, phi[None, :])
    above = negative_binomial_tail(now + 1.0, expected, phi[None, :])
    middle = np.clip(0.5 * (at_least + above), 1e-12, 1.0 - 1e-12)
    enough = weeks >= LEAST_WEEKS
    scores = np.where(enough[None, :], -scipy.special.ndtri(middle), np.nan)
    scores = np.where(now < LEAST_COUNT, np.minimum(scores, SLIGHT), scores)
    return expected, np.clip(scores, -FARTHEST, FARTHEST), weeks


def correlations(scores: Floats) -> Floats:
    """Return the correlation of signals over rows where both came; 0 where too few did.

    Args:
        scores: Shape (S, n).
    """
    size = len(scores)
    found = np.eye(size)
    for i in range(size):
        for j in range(i):
            both = ~np.isnan(scores[i]) & ~np.isnan(scores[j])
            if both.sum() < WEEK_H:
                continue
            one, other = scores[i, both], scores[j, both]
            spread = float(one.std() * other.std())
            if spread > 0:
                rho = float(((one - one.mean()) * (other - other.mean())).mean()) / spread
                found[i, j] = found[j, i] = rho
    return found
