"""The level of the whole city by kind, followed by a Kalman filter in the logarithm.

The logarithm of a day's total is a sum of few things that are not seen: a level that wanders, a
departure that lasts a week or so, a shock that is gone in two days, the season, the weekday and how
it changes with the season, the first and the middle of the month, and named holidays with the days
beside them. Each has a usual size and a way of being shared between kinds; after each day the
filter says how much of the surprise belongs to which (an extended filter on Poisson counts with a
scatter of the day that is forgotten at once). Nothing is refitted: what is not known stays at zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.forecasting.models.city import days_beside
from vigie.foresight.forecasting.models.discounting import When
from vigie.foresight.forecasting.tensor import Calendar, Floats, Tensor

YEAR = 365.25
START_DAYS = 45
WEEKDAYS, SATURDAY, MIDDLE = 7, 5, 15

SCATTER, SCATTER_SHARED = 0.065, 0.9
"""Usual size (in log) of what one day brings and the next knows nothing of; how far shared."""

NAMED, BESIDE, NAMED_SHARED = 0.15, 0.08, 0.6
LEAST_MEAN, MOST_LOG = 0.05, 12.0
LEAST_SURPRISE, MOST_SURPRISE = -0.7, 1.5
"""A day may say no more than this against what was expected, as a part of it."""

WINTERS = (-0.5, 0.0, 0.5)
"""How much larger (in log) shocks may be in the winter of the north than on average."""

LEAST_WINTER = 300
"""Days below which the size of the shocks has no season."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is not seen.

    Attributes:
        size: Usual size of it, in the logarithm.
        shared: How far kinds move together in it, 0 to 1.
        half_life: Days after which half of it is left; infinite for what lasts.
        wanders: Usual size of a day's change, for what lasts.
    """

    size: float
    shared: float
    half_life: float = np.inf
    wanders: float = 0.0

    @property
    def kept(self) -> float:
        """Return what is left of it after a day."""
        return float(0.5 ** (1.0 / self.half_life))


LEVEL = Part(1.0, 0.1, wanders=0.0025)
SHOCK = Part(0.1, 0.7, half_life=1.25)
EPISODE = Part(0.065, 0.9, half_life=8.0)
SEASON, SECOND_SEASON = Part(0.15, 0.9), Part(0.04, 0.9)
WEEKDAY = Part(0.1, 0.5, wanders=0.0001)
WEEKEND_SEASON = Part(0.035, 0.5)
FIRST_OF_MONTH, MIDDLE_OF_MONTH, HALF_OF_MONTH = Part(0.15, 0.8), Part(0.05, 0.8), Part(0.01, 0.8)
"""Chosen by descent on Chicago, April 2016 to September 2017 (training and validation parts)."""


def _parts(
    calendar: Calendar, names: Mapping[int, str], winter: float
) -> tuple[list[Part], Floats]:
    """Return the parts, and ``(parts, days)``: how much of each there is on each day.

    Args:
        calendar: Of the days.
        names: By ordinal, the days that have a part of their own.
        winter: See ``WINTERS``.
    """
    one = np.ones(calendar.weekday.size)
    angle = 2.0 * np.pi * calendar.yearday / YEAR
    weekday, monthday = calendar.weekday, calendar.monthday
    weekend = weekday >= SATURDAY
    found: list[tuple[Part, Floats]] = [
        (LEVEL, one),
        (SHOCK, np.exp(winter * np.cos(angle))),
        (EPISODE, one),
        (FIRST_OF_MONTH, monthday == 1),
        (MIDDLE_OF_MONTH, monthday == MIDDLE),
        (HALF_OF_MONTH, np.clip((monthday - MIDDLE) / MIDDLE, -1.0, 1.0)),
    ]
    for wave in (np.sin, np.cos):
        found.append((SEASON, wave(angle)))
        found.append((SECOND_SEASON, wave(2.0 * angle)))
        found.append((WEEKEND_SEASON, weekend * wave(angle)))
    found += [(WEEKDAY, weekday == day) for day in range(WEEKDAYS)]
    ordinals = calendar.ordinal.tolist()
    for name in sorted(set(names.values())):
        size = BESIDE if name.startswith(("before ", "after ")) else NAMED
        here = np.array([names.get(day) == name for day in ordinals])
        found.append((Part(size, NAMED_SHARED), here))
    return [part for part, _ in found], np.array([z for _, z in found], np.float64)


def _shared(by: float, kinds: int) -> Floats:
    return by * np.ones((kinds, kinds)) + (1.0 - by) * np.eye(kinds)


@dataclass(slots=True)
class _Belief:
    """What is believed of the parts at the start of a day."""

    mean: Floats
    covariance: Floats
    kept: Floats
    moved: Floats

    @classmethod
    def first(cls, parts: list[Part], level: Floats) -> _Belief:
        kinds = level.size
        mean = np.zeros((len(parts), kinds))
        mean[0] = level
        shape = (len(parts), kinds, len(parts), kinds)
        covariance, moved = np.zeros(shape), np.zeros(shape)
        for at, part in enumerate(parts):
            spread = _shared(part.shared, kinds)
            covariance[at, :, at] = part.size**2 * spread
            lost = part.size**2 * (1.0 - part.kept**2)
            moved[at, :, at] = (part.wanders**2 + lost) * spread
        kept = np.array([part.kept for part in parts])
        return cls(mean, covariance, kept, moved)

    def copy(self) -> _Belief:
        return _Belief(self.mean, self.covariance, self.kept, self.moved)

    def learn(self, here: Floats, seen: Floats) -> None:
        """Take in the totals of a day, and go on to the next; arrays are replaced, not altered."""
        kinds = seen.size
        expected = _level(here @ self.mean)
        with_day = np.tensordot(self.covariance, here, axes=(2, 0))
        of_day = np.tensordot(here, with_day, axes=(0, 0))
        noise = np.diag(1.0 / np.maximum(expected, LEAST_MEAN))
        noise = noise + SCATTER**2 * _shared(SCATTER_SHARED, kinds)
        flat = with_day.reshape(-1, kinds)
        gain = np.linalg.solve(of_day + noise, flat.T).T
        surprise = np.clip(seen / expected - 1.0, LEAST_SURPRISE, MOST_SURPRISE)
        self.mean = (self.mean + (gain @ surprise).reshape(self.mean.shape)) * self.kept[:, None]
        left = self.covariance - (gain @ flat.T).reshape(self.covariance.shape)
        keeps = self.kept[:, None, None, None] * self.kept[None, None, :, None]
        self.covariance = left * keeps + self.moved


def _level(log: Floats) -> Floats:
    return np.asarray(np.exp(np.clip(log, -MOST_LOG, MOST_LOG)))


def _follow(belief: _Belief, there: Floats, seen: Floats) -> Floats:
    """Take in days one by one; return ``(days, parts, kinds)``: the means after each of them."""
    means = np.empty((len(seen), *belief.mean.shape))
    for day, totals in enumerate(seen):
        belief.learn(there[:, day], totals)
        means[day] = belief.mean
    return means


@dataclass(frozen=True, slots=True)
class CityTracker:
    """What was believed of the city at the start of each day learnt from.

    Attributes:
        names: By ordinal, days with an effect of their own.
        winter: See ``WINTERS``.
        seen: ``(days, kinds)`` totals learnt from.
        means: ``(days + 1, parts, kinds)`` at the start of each day, and after the last.
    """

    names: Mapping[int, str]
    winter: float
    seen: Floats
    means: Floats
    _last: _Belief

    def totals(self, tensor: Tensor, counts: Floats, when: When) -> Floats:
        """Return ``(targets, kinds)``: the total expected over all cells.

        Args:
            tensor: For the calendar; its slots are days.
            counts: ``(cells, days, kinds)`` known counts.
            when: What is wanted.
        """
        parts, there = _parts(tensor.calendar, self.names, self.winter)
        means = self._means(parts, there, counts.sum(axis=0))
        kept = np.array([part.kept for part in parts])
        left = kept[None, :] ** (when.ahead - 1)[:, None]
        amounts = there[:, when.targets].T * left
        return _level(np.einsum("tp,tpk->tk", amounts, means[when.origins]))

    def _means(self, parts: list[Part], there: Floats, seen: Floats) -> Floats:
        """Return the means at the start of each day shown; another past is followed anew."""
        learnt = min(len(seen), len(self.seen))
        if not np.array_equal(seen[:learnt], self.seen[:learnt]):
            return _from_start(parts, there, seen)[0]
        further = _follow(self._last.copy(), there[:, learnt:], seen[learnt:])
        return np.concatenate([self.means[: learnt + 1], further])


def _from_start(parts: list[Part], there: Floats, seen: Floats) -> tuple[Floats, _Belief]:
    level = np.log(np.maximum(seen[:START_DAYS].mean(axis=0), LEAST_MEAN))
    belief = _Belief.first(parts, level)
    begun = belief.mean[None]
    return np.concatenate([begun, _follow(belief, there, seen)]), belief


def track_city(tensor: Tensor, upto: int) -> CityTracker:
    """Follow the level of the city over the days before ``upto``; slots are days."""
    seen = tensor.counts[:, :upto].sum(axis=0)
    past = set(tensor.calendar.ordinal[:upto].tolist())
    beside = {day: name for day, (name, _) in days_beside(tensor).items()}
    known = {name for day, name in beside.items() if day in past}
    names = {day: name for day, name in beside.items() if name in known}
    tried = []
    for winter in WINTERS if upto >= LEAST_WINTER else (0.0,):
        parts, there = _parts(tensor.calendar, names, winter)
        means, belief = _from_start(parts, there, seen)
        told = _level(np.einsum("pt,tpk->tk", there[:, START_DAYS:upto], means[START_DAYS:-1]))
        loss = float((told - scipy.special.xlogy(seen[START_DAYS:], told)).sum())
        tried.append((loss, CityTracker(names, winter, seen, means, belief)))
    return min(tried, key=lambda one: one[0])[1]
