"""The historical mean: each cell and kind, over all that is known when it is learnt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.forecasting.models.protocol import targets
from vigie.foresight.forecasting.tensor import Floats, Tensor, at_least_floor


@dataclass(frozen=True, slots=True)
class HistoricalFitted:
    """The mean of each cell and kind by rank of the slot within the day or week."""

    name: str
    means: Floats
    by_week: bool

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the mean of the past; see ``Fitted.predict``."""
        wanted = targets(tensor, origin, horizon)
        ranks = tensor.slot_of_week if self.by_week else tensor.calendar.part
        return at_least_floor(self.means[:, ranks[wanted]])


@dataclass(frozen=True, slots=True)
class Historical:
    """The plain mean (HARM of the literature), fixed when it is learnt.

    Attributes:
        by_week: Whether each slot of the week has its own mean, instead of each slot of the day.
    """

    name: str = "historical"
    by_week: bool = False

    def fit(self, tensor: Tensor, upto: int) -> HistoricalFitted:
        """Average slots before ``upto``.

        Raises:
            ValueError: When a rank within the day or week was never seen.
        """
        ranks = (tensor.slot_of_week if self.by_week else tensor.calendar.part)[:upto]
        count = tensor.week if self.by_week else tensor.per_day
        seen = np.bincount(ranks, minlength=count)
        if not seen.all():
            raise ValueError("too few slots to average")
        means = np.zeros((tensor.counts.shape[0], count, len(tensor.kinds)))
        for rank in range(count):
            means[:, rank] = tensor.counts[:, :upto][:, ranks == rank].mean(axis=1)
        return HistoricalFitted(self.name, means, self.by_week)
