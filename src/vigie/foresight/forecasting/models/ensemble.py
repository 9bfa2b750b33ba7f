"""Several models, averaged in the logarithm with weights that earned themselves on validation.

The members first learn without the last weeks, forecast them one slot ahead, and get the weights
(none negative, one in all) that would have given the least deviance there. Who knows best how much
a day brings need not know best where: the deviance is that of the city's totals plus that of the
shares of the places, and each has weights of its own. Then all learn again from everything. The
scatter of what was forecast in validation gives the intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from vigie.foresight.forecasting.intervals import Spread, fit_spread
from vigie.foresight.forecasting.models.boosted import Boosted, BoostedFitted
from vigie.foresight.forecasting.models.glm import Glm
from vigie.foresight.forecasting.models.hawkes import Hawkes
from vigie.foresight.forecasting.models.layered import LayersTold
from vigie.foresight.forecasting.models.protocol import Explained, Fitted, Model, walked
from vigie.foresight.forecasting.models.tracked import Tracked
from vigie.foresight.forecasting.sums import without_floor
from vigie.foresight.forecasting.tensor import FLOOR, Floats, Tensor, at_least_floor

VALIDATION_WEEKS = 8
FIRST = 2e-3
"""Pull of the weights towards the first member (on half the mean deviance): eight weeks are few,
and members that follow the past with a fixed background are at their best just after learning."""

ROUNDING = 1e-9

SLIGHT = 1e-12
"""Change of the mean loss below which weights are found: members differ by less than 1e-4."""


def weigh(logs: Floats, seen: Floats, pull: float = FIRST) -> Floats:
    """Return the weights of least Poisson deviance of a mean in the logarithm.

    Args:
        logs: ``(members, items)`` logarithms of forecasts.
        seen: ``(items,)`` counts.
        pull: How hard weights are drawn to the first member.
    """
    members = len(logs)
    first = np.eye(members)[0]

    def loss(weights: Floats) -> tuple[float, Floats]:
        score = weights @ logs
        mean = np.exp(score)
        away = weights - first
        value = float(np.mean(mean - seen * score)) + pull * float(away @ away) / 2
        return value, (logs @ (mean - seen)) / seen.size + pull * away

    total: Any = {"type": "eq", "fun": lambda weights: weights.sum() - 1.0}
    start = np.full(members, 1.0 / members)
    bounds = [(0.0, 1.0)] * members
    found = scipy.optimize.minimize(
        loss,
        start,
        jac=True,
        bounds=bounds,
        constraints=[total],
        method="SLSQP",
        options={"ftol": SLIGHT, "maxiter": 200},
    )
    weights = np.clip(found.x, 0.0, None)
    return np.asarray(weights / weights.sum())


def totals(mean: Floats) -> Floats:
    """Return ``(slots, kinds)``: what ``(cells, slots, kinds)`` says of the whole city."""
    return np.asarray(np.maximum(without_floor(mean).sum(axis=0), FLOOR))


@dataclass(frozen=True, slots=True)
class Mix:
    """How members are put together.

    Attributes:
        shares: ``(members,)`` weights of who says where.
        levels: ``(members,)`` weights of who says how much over the whole city.
    """

    shares: Floats
    levels: Floats

    @classmethod
    def earned(cls, told: list[Floats], seen: Floats) -> Mix:
        """Return the weights that would have given the least deviance.

        Args:
            told: By member, ``(cells, slots, kinds)``.
            seen: Counts of the same shape.
        """
        sums, total = [totals(mean) for mean in told], seen.sum(axis=0)
        known = np.maximum(total, FLOOR)
        logs = [
            np.log(at_least_floor(m * (known / s))).ravel() for m, s in zip(told, sums, strict=True)
        ]
        levels = np.log(np.stack([one.ravel() for one in sums]))
        return cls(
            weigh(np.stack(logs), seen.ravel()),
            weigh(levels, total.ravel(), FIRST * seen.shape[0]),
        )

    def of(self, means: list[Floats]) -> Floats:
        """Return the members' forecasts put together."""
        logs = [weight * np.log(mean) for weight, mean in zip(self.shares, means, strict=True)]
        mixed = np.exp(np.sum(logs, axis=0))
        mixed[mixed < FLOOR * (1.0 + ROUNDING)] = FLOOR
        level = [w * np.log(totals(mean)) for w, mean in zip(self.levels, means, strict=True)]
        return at_least_floor(mixed * (np.exp(np.sum(level, axis=0)) / totals(mixed)))


@dataclass(frozen=True, slots=True)
class EnsembleFitted:
    """Members, their weights, and how far validation scattered.

    Attributes:
        members: Fitted on everything.
        mix: Their weights.
        spread: From forecasts of the validation weeks.
    """

    name: str
    members: tuple[Fitted, ...]
    mix: Mix
    spread: Spread

    @property
    def weights(self) -> Floats:
        """Return ``(members,)``: who says where a fact is expected."""
        return self.mix.shares

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the weighted mean in the logarithm; see ``Fitted.predict``."""
        return self.mix.of([one.predict(tensor, origin, horizon) for one in self.members])

    def explain(self, tensor: Tensor, origin: int, horizon: int) -> Explained:
        """Return the forecast with the factors of its heaviest member that can say why.

        What the other members add or take is in the base.
        """
        mean = self.predict(tensor, origin, horizon)
        able = [
            (weight, one)
            for weight, one in zip(self.weights, self.members, strict=True)
            if isinstance(one, (BoostedFitted, LayersTold))
        ]
        if not able:
            return Explained(mean, mean, {})
        told = max(able, key=lambda pair: pair[0])[1].explain(tensor, origin, horizon)
        return Explained(mean, told.base * mean / told.mean, told.factors)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The weighted mean of others.

    Attributes:
        members: What is averaged where slots are days; the first is believed unless others earn it.
        of_parts: The same where a day has several slots, which the filters do not follow.
        weeks: Weeks of validation.
    """

    name: str = "ensemble"
    members: tuple[Model, ...] = (Boosted(), Tracked())
    of_parts: tuple[Model, ...] = (Boosted(), Glm(), Hawkes())
    weeks: int = VALIDATION_WEEKS

    def fit(self, tensor: Tensor, upto: int) -> EnsembleFitted:
        """Learn from slots before ``upto``.

        Raises:
            ValueError: When too little is known for the most demanding member and validation.
            MissingPart: When a native library of a member cannot be loaded.
        """
        first = upto - self.weeks * tensor.week
        if first < 1:
            raise ValueError("too few slots for validation")
        chosen = self.of_parts if tensor.per_day > 1 else self.members
        alive = tensor.counts[:, :first].any(axis=(1, 2))
        seen = tensor.counts[alive, first:upto]
        told = [walked(member.fit(tensor, first), tensor, first, upto)[alive] for member in chosen]
        mix = Mix.earned(told, seen)
        spread = fit_spread(mix.of(told), seen)
        members = tuple(member.fit(tensor, upto) for member in chosen)
        return EnsembleFitted(self.name, members, mix, spread)
