"""Which part of each kind falls in each place, followed from day to day by one filter for all.

The logarithm of a share is a sum of what wanders slowly and of what comes and goes within a week.
Either is partly common to all kinds of a place, partly common to places that lie near, and partly
its own; the filter knows what each of them usually amounts to, so that one surprise corrects the
place, its kinds and its surroundings at once, each by as much as it tells of them. Totals of the
city are given, so that a busy day corrects nothing. Every two weeks the filter asks anew how sure
it is; in between, and after what it learnt from, its gains stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.forecasting.models.discounting import When
from vigie.foresight.forecasting.tensor import Booleans, Floats, Tensor

START_DAYS, STEP, RECENT_DAYS = 45, 14, 28
HALF_LIFE = 7.0
REACH = 2.0
"""How many cells away what is common to near places has fallen to a third or so."""

MOST_STATES = 600
"""Places times kinds above which this is not done: its work grows with the third power."""

POOLED, EVEN, LEAST_MEAN = 0.3, 0.05, 1e-3


@dataclass(frozen=True, slots=True)
class Sizes:
    """Usual sizes, in the logarithm.

    Attributes:
        own: Of one kind in one place.
        cell: Of all kinds in one place.
        near: Of all kinds in places that lie near.
        near_own: Of one kind in places that lie near.
    """

    own: float
    cell: float
    near: float
    near_own: float


WANDERS = Sizes(0.0007, 0.002, 0.0012, 0.0017)
"""A day's change of what lasts."""

DEPARTS = Sizes(0.05, 0.03, 0.03, 0.034)
BEGINS = Sizes(0.3, 0.3, 0.5, 0.2)
"""All chosen by descent on Chicago, June 2016 to September 2017 (training and validation parts)."""


def can_track(tensor: Tensor, upto: int) -> bool:
    """Return whether there are few enough places and kinds, and long enough a past."""
    places = int(tensor.counts[:, :upto].any(axis=(1, 2)).sum())
    return upto > START_DAYS and 0 < places * len(tensor.kinds) <= MOST_STATES


def _nearness(centres: Floats | None, places: Booleans) -> Floats:
    """Return how much places have in common by lying near, 1 on the diagonal."""
    if centres is None or places.sum() < 2:  # noqa: PLR2004 - a place alone has none near it
        return np.eye(int(places.sum()))
    apart = scipy.spatial.distance_matrix(centres[places], centres[places])
    nearest = np.where(apart > 0.0, apart, np.inf).min(axis=1)
    unit = float(np.median(nearest))
    return np.exp(-apart / (REACH * unit)) if np.isfinite(unit) else np.eye(len(apart))


def _spread(sizes: Sizes, near: Floats, kinds: int) -> Floats:
    alike, apart, alone = np.ones((kinds, kinds)), np.eye(kinds), np.eye(len(near))
    return np.asarray(
        sizes.own**2 * np.kron(alone, apart)
        + sizes.cell**2 * np.kron(alone, alike)
        + sizes.near**2 * np.kron(near, alike)
        + sizes.near_own**2 * np.kron(near, apart)
    )


def _shares(log: Floats) -> Floats:
    """Return shares that add up to 1 over the first axis but the last."""
    part = np.exp(log - log.max(axis=-2, keepdims=True))
    return np.asarray(part / part.sum(axis=-2, keepdims=True))


@dataclass(slots=True)
class _Sureness:
    """How sure the filter is, of what lasts and of what departs: blocks of one covariance."""

    covariance: Floats
    wanders: Floats
    departs: Floats

    def gain(self, mean: Floats) -> Floats:
        """Return the gain of a day with these means, and let ``STEP`` such days go by."""
        size = mean.size
        both = self.covariance[:, :size] + self.covariance[:, size:]
        of_day = both[:size] + both[size:]
        gain = scipy.linalg.cho_solve(
            scipy.linalg.cho_factor(of_day + np.diag(1.0 / mean)), both.T
        ).T
        days = scipy.linalg.cho_factor(of_day + np.diag(1.0 / (STEP * mean)))
        self.covariance -= scipy.linalg.cho_solve(days, both.T).T @ both.T
        left = 0.5 ** (STEP / HALF_LIFE)
        self.covariance[size:] *= left
        self.covariance[:, size:] *= left
        self.covariance[:size, :size] += STEP * self.wanders
        self.covariance[size:, size:] += (1.0 - left**2) * self.departs
        return np.asarray(gain)


@dataclass(frozen=True, slots=True)
class PlaceTracker:
    """What was believed of the places at the start of each day learnt from.

    Attributes:
        places: ``(cells,)`` which are followed: those where anything happened.
        states: ``(days + 1, 2, places, kinds)``: what lasts and what departs.
        gain: ``(2 x states, states)`` on surprises in the logarithm, after the last day.
        usual: ``(places, kinds)`` means that the gain was made for.
    """

    places: Booleans
    seen: Floats
    states: Floats
    gain: Floats
    usual: Floats

    def shares(self, counts: Floats, rhythm: Floats, told: Floats, when: When) -> Floats:
        """Return ``(places, targets, kinds)``: the part of the city's total in each place.

        Args:
            counts: ``(cells, days, kinds)`` known counts.
            rhythm: ``(cells, days, kinds)`` factor of the weekday in each place on known days.
            told: ``(cells, targets, kinds)`` the same for the targets.
            when: What is wanted.
        """
        seen = counts[self.places]
        states = self._states(seen, np.log(rhythm[self.places]))
        left = 0.5 ** ((when.ahead - 1) / HALF_LIFE)
        there = states[when.origins]
        log = there[:, 0] + left[:, None, None] * there[:, 1]
        log = log + np.log(told[self.places]).transpose(1, 0, 2)
        return _shares(log).transpose(1, 0, 2)

    def _states(self, seen: Floats, rhythm: Floats) -> Floats:
        learnt = min(seen.shape[1], self.seen.shape[1])
        if not np.array_equal(seen[:, :learnt], self.seen[:, :learnt]):
            learnt = START_DAYS
        states = [self.states[: learnt + 1]]
        state = self.states[learnt]
        for day in range(learnt, seen.shape[1]):
            state = _next(state, seen[:, day], rhythm[:, day], self.gain, self.usual)
            states.append(state[None])
        return np.concatenate(states)


def _next(state: Floats, seen: Floats, rhythm: Floats, gain: Floats, usual: Floats) -> Floats:
    mean = _shares(state.sum(axis=0) + rhythm) * seen.sum(axis=0)
    surprise = ((seen - mean) / usual).ravel()
    after = state + (gain @ surprise).reshape(state.shape)
    after[1] *= 0.5 ** (1.0 / HALF_LIFE)
    return np.asarray(after)


def track_places(tensor: Tensor, upto: int, rhythm: Floats) -> PlaceTracker:
    """Follow the shares of the places over the days before ``upto``; slots are days.

    Args:
        tensor: Counts, and where the cells lie.
        upto: First day that is not known.
        rhythm: ``(cells, days, kinds)`` factor of the weekday in each place, known at each day.
    """
    counts = tensor.counts[:, :upto]
    places = np.asarray(counts.any(axis=(1, 2)))
    seen, rhythm = counts[places], np.log(rhythm[places])
    size, kinds = len(seen), seen.shape[2]
    near = _nearness(tensor.centres, places)
    departs = _spread(DEPARTS, near, kinds)
    begins = scipy.linalg.block_diag(_spread(BEGINS, near, kinds), departs)
    sure = _Sureness(begins, _spread(WANDERS, near, kinds), departs)
    sums = seen[:, :START_DAYS].sum(axis=1) + 0.5
    pooled = sums.sum(axis=1, keepdims=True) / sums.sum() * sums.sum(axis=0)
    states = np.zeros((upto + 1, 2, size, kinds))
    states[: START_DAYS + 1, 0] = np.log(sums - 0.5 + POOLED * pooled + EVEN)
    totals = seen.sum(axis=0)
    gain, usual = np.zeros((0, 0)), np.zeros((0, 0))
    for day in range(START_DAYS, upto):
        if (day - START_DAYS) % STEP == 0:
            share = _shares(states[day].sum(axis=0) + rhythm[:, day])
            recent = totals[max(0, day - RECENT_DAYS) : day].mean(axis=0)
            usual = np.maximum(share * recent, LEAST_MEAN)
            gain = sure.gain(usual.ravel())
        states[day + 1] = _next(states[day], seen[:, day], rhythm[:, day], gain, usual)
    return PlaceTracker(places, seen, states, gain, usual)
