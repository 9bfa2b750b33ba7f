"""The mean of late: exponentially weighted by cell and kind, times the rhythm of the week."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.forecasting.models.discounting import moving_average
from vigie.foresight.forecasting.models.protocol import targets
from vigie.foresight.forecasting.tensor import Floats, Integers, Tensor, at_least_floor

HALF_LIFE = float(np.log(0.5) / np.log(1.0 - 0.005))
"""Days: the weight .005 a day of the reference benchmark."""

START_DAYS = 60


def week_rhythm(counts: Floats, ranks: Integers, length: int, prior: float = 200.0) -> Floats:
    """Return the factor of each slot of the week by kind, over the whole city; their mean is 1.

    A kind with few facts takes the rhythm of all kinds, by a prior worth ``prior`` facts.

    Args:
        counts: ``(cells, slots, kinds)``.
        ranks: ``(slots,)`` slot of the week.
        length: Slots in a week.
        prior: Facts.

    Returns:
        ``(length, kinds)``.
    """
    city = counts.sum(axis=0)
    sums = np.stack([city[ranks == rank].sum(axis=0) for rank in range(length)])
    times = np.maximum(np.bincount(ranks, minlength=length), 1)[:, None]
    expected = times * city.sum(axis=0) / max(len(city), 1)
    pooled = (sums.sum(axis=1, keepdims=True) + 1.0) / (expected.sum(axis=1, keepdims=True) + 1.0)
    prior_each = prior / length
    factors = (sums + prior_each * pooled) / (expected + prior_each)
    return np.asarray(factors / factors.mean(axis=0))


@dataclass(frozen=True, slots=True)
class EwmaFitted:
    """The rhythm learnt; the mean follows what is known at the origin."""

    name: str
    rhythm: Floats
    half_life: float

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the recent mean times the rhythm; see ``Fitted.predict``."""
        wanted = targets(tensor, origin, horizon)
        past = tensor.counts[:, :origin]
        start = past[:, : START_DAYS * tensor.per_day].mean(axis=1)
        level = moving_average(past, self.half_life, tensor.per_day, start)[:, -1:]
        return at_least_floor(level * self.rhythm[tensor.slot_of_week[wanted]])


@dataclass(frozen=True, slots=True)
class Ewma:
    """Exponentially weighted mean times weekday.

    Attributes:
        half_life: Days.
    """

    name: str = "ewma"
    half_life: float = HALF_LIFE

    def fit(self, tensor: Tensor, upto: int) -> EwmaFitted:
        """Learn the rhythm of the week from slots before ``upto``.

        Raises:
            ValueError: When less than a week is known.
        """
        if upto < tensor.week:
            raise ValueError("less than a week of counts")
        ranks = tensor.slot_of_week[:upto]
        rhythm = week_rhythm(tensor.counts[:, :upto], ranks, tensor.week)
        return EwmaFitted(self.name, rhythm, self.half_life)
