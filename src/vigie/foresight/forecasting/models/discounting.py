"""Sums of the past in which a day counts for half after its half-life, and what they drift by.

A drift is the gamma-Poisson answer to "how far from expected has it been here of late": with a
prior worth ``prior`` facts at exactly the expected level, (Σ seen + prior) / (Σ expected + prior).
Few facts move it little, many facts move it a lot; that is the shrinkage of rare kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.forecasting.tensor import Floats, Integers, Tensor


def _decay(half_life: float, per_day: int) -> float:
    return float(0.5 ** (1.0 / (half_life * per_day)))


def discounted(values: Floats, half_life: float, per_day: int = 1) -> Floats:
    """Return the discounted sums of what came before each slot.

    Args:
        values: ``(cells, slots, …)``.
        half_life: Days after which a slot counts half.
        per_day: Slots in a day.

    Returns:
        ``(cells, slots + 1, …)``: item t sums slots before t, the last one of them with weight 1.
    """
    sums = np.zeros((values.shape[0], values.shape[1] + 1, *values.shape[2:]))
    decay = _decay(half_life, per_day)
    sums[:, 1:] = scipy.signal.lfilter([1.0], [1.0, -decay], values, axis=1)
    return sums


def moving_average(values: Floats, half_life: float, per_day: int, start: Floats) -> Floats:
    """Return the exponentially weighted mean of what came before each slot, begun at ``start``.

    Args:
        values: ``(cells, slots, …)``.
        half_life: Days after which a slot counts half.
        per_day: Slots in a day.
        start: ``(cells, …)`` the mean believed before the first slot.

    Returns:
        ``(cells, slots + 1, …)``.
    """
    decay = _decay(half_life, per_day)
    gone = decay ** np.arange(values.shape[1] + 1)
    gone = gone.reshape(1, -1, *(1,) * (values.ndim - 2))
    return (1.0 - decay) * discounted(values, half_life, per_day) + gone * start[:, None]


@dataclass(frozen=True, slots=True)
class When:
    """For which slots a forecast is wanted, and from when each is told.

    Attributes:
        origins: ``(n,)`` first slot not known.
        targets: ``(n,)`` slot forecast, at or after its origin.
    """

    origins: Integers
    targets: Integers

    @property
    def ahead(self) -> Integers:
        """Return how many slots each forecast looks ahead, 1 or more."""
        return self.targets - self.origins + 1

    def same(self, other: When) -> bool:
        """Return whether both want the same."""
        alike = np.array_equal(self.targets, other.targets)
        return alike and np.array_equal(self.origins, other.origins)

    @classmethod
    def each(cls, slots: int, ahead: int = 1) -> When:
        """Return every slot of a past, each told ``ahead`` slots before."""
        targets = np.arange(slots)
        return cls(np.maximum(targets - ahead + 1, 0), targets)

    @classmethod
    def beyond(cls, origin: int, horizon: int) -> When:
        """Return the slots from one origin on."""
        return cls(np.full(horizon, origin), np.arange(origin, origin + horizon))


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which a place departs from what is expected of it.

    Attributes:
        name: Machine name.
        half_life: Days.
        prior: Facts that the prior is worth.
        pooled: Whether all kinds drift together.
        around: Whether the place and its neighbours drift together.
        rank: "" for always, "week" for each slot of the week, "weekend", "part" of the day.
        fades: Whether the departure is forgotten as the horizon grows, by the same half-life.
    """

    name: str
    half_life: float
    prior: float
    pooled: bool = False
    around: bool = False
    rank: str = ""
    fades: bool = False

    def _gather(self, values: Floats, tensor: Tensor) -> Floats:
        if self.pooled:
            values = values.sum(axis=2, keepdims=True)
        if self.around:
            flat = values.reshape(values.shape[0], -1)
            values = (flat + tensor.neighbours @ flat).reshape(values.shape)
        return values

    def _ranks(self, tensor: Tensor) -> Integers:
        calendar = tensor.calendar
        if self.rank == "week":
            return tensor.slot_of_week
        if self.rank == "weekend":
            return (calendar.weekday >= 5).astype(np.int64)  # noqa: PLR2004 - Saturday
        if self.rank == "part":
            return calendar.part
        return np.zeros(tensor.span, np.int64)

    def _ranked(
        self, values: Floats, tensor: Tensor, when: tuple[When, ...]
    ) -> Iterator[tuple[int, Integers, Floats]]:
        """Yield, for each rank and wish, which targets have it and their sums."""
        ranks = self._ranks(tensor)
        slots = values.shape[1]
        origins = np.unique(np.concatenate([wanted.origins for wanted in when]))
        alone = origins.size == 1
        for rank in np.unique(ranks):
            kept = (ranks[:slots] == rank).astype(np.float64)
            if alone:  # one origin needs one sum, not those of every slot
                ages = origins[0] - 1 - np.arange(origins[0])
                kept = kept[: origins[0]] * _decay(self.half_life, tensor.per_day) ** ages
                sums = np.tensordot(values[:, : origins[0]], kept, axes=(1, 0))[:, None]
            else:
                sums = discounted(values * kept.reshape(1, -1, 1), self.half_life, tensor.per_day)
            for wish, wanted in enumerate(when):
                here = np.flatnonzero(ranks[wanted.targets] == rank)
                at = np.zeros_like(here) if alone else wanted.origins[here]
                yield wish, here, sums[:, at]

    def ratios(
        self, seen: Floats, expected: Floats, tensor: Tensor, *when: When
    ) -> tuple[Floats, ...]:
        """Return seen over expected, as it was known at each origin, for each target.

        Args:
            seen: ``(cells, slots, kinds)`` counts.
            expected: The same shape; each slot's was made without knowing it.
            tensor: For the calendar and the neighbours.
            when: What is wanted.

        Returns:
            One ``(cells, targets, kinds or 1)`` for each wish.
        """
        gathered = [self._gather(values, tensor) for values in (seen, expected)]
        shape = (seen.shape[0], gathered[0].shape[2])
        over = [np.empty((shape[0], w.targets.size, shape[1])) for w in when]
        under = [np.empty_like(one) for one in over]
        for values, into in zip(gathered, (over, under), strict=True):
            for wish, here, sums in self._ranked(values, tensor, when):
                into[wish][:, here] = sums
        ratios = []
        for above, below, wanted in zip(over, under, when, strict=True):
            ratio = (above + self.prior) / (below + self.prior)
            if self.fades:
                kept = _decay(self.half_life, tensor.per_day) ** (wanted.ahead - 1)
                ratio **= kept.reshape(1, -1, 1)
            ratios.append(ratio)
        return tuple(ratios)
