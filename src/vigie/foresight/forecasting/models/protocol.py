"""What a model of the forecast is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from vigie.foresight.forecasting.tensor import Family, Floats, Integers, Tensor

DAYS_AHEAD = 28
"""How many days ahead a forecast may look."""


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a forecast is what it is.

    Attributes:
        mean: ``(cells, horizon, kinds)`` the forecast.
        base: The number that the factors multiply, same shape or a scalar.
        factors: By family, ``(cells, horizon, kinds)``: the forecast is ``base`` times the product
            of all of them. 1 changes nothing, 1.2 adds a fifth.
    """

    mean: Floats
    base: Floats
    factors: dict[Family, Floats]


class Fitted(Protocol):
    """A model that has learnt; it knows nothing of the tensor beyond what it is shown."""

    @property
    def name(self) -> str:
        """Return the machine name of the model that learnt."""
        ...

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the mean expected in slots ``origin`` to ``origin + horizon - 1``.

        Args:
            tensor: Of the same cells and kinds as the one learnt from. Counts from ``origin`` on
                are not read; the calendar must reach the end of the horizon.
            origin: First slot forecast; all earlier counts are known.
            horizon: How many slots, one or more.

        Returns:
            ``(cells, horizon, kinds)``, at least ``FLOOR`` everywhere.
        """
        ...


class Explaining(Fitted, Protocol):
    """A fitted model that says why."""

    def explain(self, tensor: Tensor, origin: int, horizon: int) -> Explained:
        """Return the forecast and its factors by family."""
        ...


@runtime_checkable
class Walking(Protocol):
    """A fitted model that tells a run of slots at once, each as ``predict`` would at its start."""

    def walk(self, tensor: Tensor, first: int, last: int) -> Floats:
        """Return ``(cells, last - first, kinds)``; see ``walked``."""
        ...


def walked(fitted: Fitted, tensor: Tensor, first: int, last: int) -> Floats:
    """Return slots ``first`` to ``last - 1``, each told one slot ahead, all earlier counts known.

    It is what a backtest of one slot ahead does; models that can do it at once do, with the same
    result as one ``predict`` after the other.
    """
    if isinstance(fitted, Walking):
        return fitted.walk(tensor, first, last)
    steps = [fitted.predict(tensor, origin, 1) for origin in range(first, last)]
    return np.concatenate(steps, axis=1)


class Model(Protocol):
    """A way of forecasting, before it has learnt."""

    @property
    def name(self) -> str:
        """Return the machine name, key of ``MODELS``."""
        ...

    def fit(self, tensor: Tensor, upto: int) -> Fitted:
        """Learn from slots 0 to ``upto - 1`` and nothing later.

        Raises:
            ValueError: When ``upto`` leaves too little to learn from.
            MissingPart: When a native library of the model cannot be loaded.
        """
        ...


def targets(tensor: Tensor, origin: int, horizon: int) -> Integers:
    """Return the numbers of the slots forecast.

    Raises:
        ValueError: When the calendar does not reach them.
    """
    if origin < 1 or horizon < 1 or origin + horizon > tensor.span:
        raise ValueError("the calendar does not reach the end of the horizon")
    return np.arange(origin, origin + horizon)
