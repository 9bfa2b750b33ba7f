"""The naive model: what happened in the same slot of the last known week.

It is what every other model must beat to be shown as a forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

from vigie.foresight.forecasting.models.protocol import targets
from vigie.foresight.forecasting.tensor import Floats, Tensor, at_least_floor


@dataclass(frozen=True, slots=True)
class Naive:
    """The count of the same weekday (and part of the day), the last time it is known."""

    name: str = "naive"

    def fit(self, tensor: Tensor, upto: int) -> Naive:
        """Learn nothing.

        Raises:
            ValueError: When less than a week is known.
        """
        if upto < tensor.week:
            raise ValueError("less than a week of counts")
        return self

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the counts a whole number of weeks before; see ``Fitted.predict``."""
        wanted = targets(tensor, origin, horizon)
        weeks = (wanted - origin) // tensor.week + 1
        return at_least_floor(tensor.counts[:, wanted - weeks * tensor.week])
