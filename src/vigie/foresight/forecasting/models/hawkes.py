"""A self-exciting grid: what has just happened somewhere makes more of it likely there.

λ of a cell, slot and kind = rhythm of the week x (a · μ + θ · E), where μ is the long mean of the
cell and E the exponentially weighted mean of its past with decay ω (Mohler et al. 2015 on a grid,
exponential trigger). a, θ and ω of each kind maximise the likelihood directly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.forecasting.models.discounting import moving_average
from vigie.foresight.forecasting.models.ewma import week_rhythm
from vigie.foresight.forecasting.models.protocol import targets
from vigie.foresight.forecasting.tensor import Floats, Tensor, at_least_floor

HALF_LIVES = (1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 21.0, 30.0)
"""Days tried for the trigger; the likelihood chooses."""

TINY = 1e-9


@dataclass(frozen=True, slots=True)
class HawkesFitted:
    """What was learnt, by kind.

    Attributes:
        background: ``(cells, kinds)`` long mean.
        rhythm: ``(week, kinds)``.
        share: ``(kinds,)`` a, the weight of the background.
        trigger: ``(kinds,)`` θ, the weight of the recent past: below 1, or it would explode.
        half_life: ``(kinds,)`` days.
    """

    name: str
    background: Floats
    rhythm: Floats
    share: Floats
    trigger: Floats
    half_life: Floats

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the expected intensity; see ``Fitted.predict``.

        Beyond the first slot the excitation is itself expected: each slot brings the trigger's
        state closer to its balance at a · μ / (1 - θ).
        """
        wanted = targets(tensor, origin, horizon)
        flat = tensor.counts[:, :origin] / self.rhythm[tensor.slot_of_week[:origin]]
        level = np.empty((flat.shape[0], horizon, flat.shape[2]))
        for kind in range(flat.shape[2]):
            ground = self.share[kind] * self.background[:, kind]
            half_life = float(self.half_life[kind])
            state = moving_average(
                flat[:, :, kind], half_life, tensor.per_day, self.background[:, kind]
            )[:, -1]
            gain = 1.0 - 0.5 ** (1.0 / (half_life * tensor.per_day))
            for ahead in range(horizon):
                level[:, ahead, kind] = ground + self.trigger[kind] * state
                state = state + gain * (level[:, ahead, kind] - state)
        return at_least_floor(level * self.rhythm[tensor.slot_of_week[wanted]])


def _best(background: Floats, excited: Floats, rhythm: Floats, seen: Floats) -> Floats:
    """Return a, θ and the loss: the Poisson likelihood is convex in them."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        rate = rhythm * (weights[0] * background + weights[1] * excited) + TINY
        slope = rhythm * (1.0 - seen / rate)
        value = float((rate - scipy.special.xlogy(seen, rate)).sum())
        return value, np.array([(slope * background).sum(), (slope * excited).sum()])

    bounds = [(1e-3, 2.0), (0.0, 0.98)]
    found = scipy.optimize.minimize(loss, np.array([0.7, 0.3]), jac=True, bounds=bounds)
    return np.array([*found.x, found.fun])


@dataclass(frozen=True, slots=True)
class Hawkes:
    """Self-exciting grid with exponential trigger, times the rhythm of the week."""

    name: str = "hawkes"

    def fit(self, tensor: Tensor, upto: int) -> HawkesFitted:
        """Learn from slots before ``upto``.

        Raises:
            ValueError: When less than eight weeks are known.
        """
        if upto < 8 * tensor.week:
            raise ValueError("less than eight weeks of counts")
        counts, ranks = tensor.counts[:, :upto], tensor.slot_of_week[:upto]
        rhythm = week_rhythm(counts, ranks, tensor.week)
        background = counts.mean(axis=1)
        learnt = np.empty((len(tensor.kinds), 3))
        skip = 4 * tensor.week
        for kind in range(len(tensor.kinds)):
            used = background[:, kind] > 0
            ground, factor = background[used, kind], rhythm[ranks, kind]
            tried = []
            for half_life in HALF_LIVES:
                flat = counts[used, :, kind] / factor
                excited = moving_average(flat, half_life, tensor.per_day, ground)[:, skip:-1]
                seen = counts[used, skip:, kind]
                parts = (np.repeat(ground[:, None], excited.shape[1], 1), excited, factor[skip:])
                share, trigger, loss = _best(*parts, seen)
                tried.append((loss, share, trigger, half_life))
            learnt[kind] = min(tried)[1:]
        return HawkesFitted(self.name, background, rhythm, *learnt.T.copy())
