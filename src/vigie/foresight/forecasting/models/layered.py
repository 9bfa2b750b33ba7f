"""City level times shares of the cells times their drifts: what counts alone can say.

The total of the city by kind comes from ``city``; a slow exponentially weighted mean says which
part of it falls in each cell; ``DRIFTS`` then correct the part, each on what the former left. Every
step is a gamma-Poisson mean, so that a rare kind in a quiet cell hardly moves, and all of them are
told from the past alone, slot by slot.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np

from vigie.foresight.forecasting.models.city import CityFitted, fit_city
from vigie.foresight.forecasting.models.discounting import Drift, When, moving_average
from vigie.foresight.forecasting.models.ewma import START_DAYS
from vigie.foresight.forecasting.models.protocol import Explained, targets
from vigie.foresight.forecasting.tensor import FLOOR, Family, Floats, Tensor, at_least_floor

BASE = 200.0
"""Days: half-life of the share of each cell and kind."""

DRIFTS = (
    Drift("cell", 20.0, 640.0, pooled=True),
    Drift("week", 250.0, 640.0, pooled=True, rank="week"),
    Drift("weekend", 250.0, 320.0, rank="weekend"),
    Drift("around", 5.0, 3000.0, pooled=True, around=True),
    Drift("repeat", 0.5, 40.0, fades=True),
)
"""Chosen by descent on Chicago, Oct 2016 to Sept 2017 (training and validation parts)."""

BY_PART = (
    Drift("part", 200.0, 320.0, pooled=True, rank="part"),
    Drift("part_kind", 200.0, 320.0, rank="part"),
)
"""Added where a day has several slots."""

TRACKED = "tracked"
"""What following level and shares from day to day changes; see ``tracked``."""

FAMILIES = {
    TRACKED: Family.RECENT,
    "cell": Family.RECENT,
    "week": Family.CALENDAR,
    "weekend": Family.CALENDAR,
    "around": Family.NEIGHBOURS,
    "repeat": Family.RECENT,
    "part": Family.CALENDAR,
    "part_kind": Family.CALENDAR,
}


@dataclass(frozen=True, slots=True)
class Layers:
    """The forecast taken apart.

    Attributes:
        when: Which targets, told at which origins.
        mean: ``(cells, targets, kinds)``.
        share: Before the drifts, the same shape.
        drifts: By name, ``(cells, targets, kinds or 1)``.
        total: ``(targets, kinds)`` of the city.
    """

    when: When
    mean: Floats
    share: Floats
    drifts: dict[str, Floats]
    total: Floats


def _normal(part: Floats) -> Floats:
    return np.asarray(part / np.maximum(part.sum(axis=0, keepdims=True), 1e-12))


class LayersTold(ABC):
    """A fitted model that tells its forecast in layers; what is asked of a model follows."""

    __slots__ = ()

    @abstractmethod
    def layers(self, tensor: Tensor, counts: Floats, *wishes: When) -> tuple[Layers, ...]:
        """Return the forecast of every wish, from known counts.

        Args:
            tensor: For the calendar and the neighbours.
            counts: ``(cells, slots, kinds)`` known counts.
            wishes: What is wanted; no origin beyond the counts.
        """

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        """Return the mean expected; see ``Fitted.predict``."""
        targets(tensor, origin, horizon)
        when = When.beyond(origin, horizon)
        return self.layers(tensor, tensor.counts[:, :origin], when)[0].mean

    def walk(self, tensor: Tensor, first: int, last: int) -> Floats:
        """Return slots ``first`` to ``last - 1``, each told at its own start; see ``walked``."""
        slots = np.arange(first, last)
        return self.layers(tensor, tensor.counts[:, :last], When(slots, slots))[0].mean

    def explain(self, tensor: Tensor, origin: int, horizon: int) -> Explained:
        """Return the forecast and what multiplies the level of each place."""
        targets(tensor, origin, horizon)
        counts = tensor.counts[:, :origin]
        layers = self.layers(tensor, counts, When.beyond(origin, horizon))[0]
        return explain_layers(layers, counts)


@dataclass(frozen=True, slots=True)
class LayeredFitted(LayersTold):
    """What was learnt; the states of the cells are read from the known counts at each origin."""

    name: str
    city: CityFitted
    drifts: tuple[Drift, ...]
    base: float

    def layers(self, tensor: Tensor, counts: Floats, *wishes: When) -> tuple[Layers, ...]:
        """Return the forecast of every wish; see ``LayersTold.layers``."""
        slots, per_day = counts.shape[1], tensor.per_day
        start = counts[:, : START_DAYS * per_day].mean(axis=1)
        means = moving_average(counts, self.base, per_day, start)
        past = When.each(slots)
        told = (past, *(wish for wish in wishes if not wish.same(past)))
        shares = [_normal(means[:, wish.origins]) for wish in told]
        parts = list(shares)
        totals = counts.sum(axis=0)[None]
        kept: list[dict[str, Floats]] = [{} for _ in told]
        for drift in self.drifts:
            ratios = drift.ratios(counts, parts[0] * totals, tensor, *told)
            for at, ratio in enumerate(ratios):
                parts[at] = _normal(parts[at] * ratio)
                kept[at][drift.name] = ratio
        result = []
        further = iter(range(1, len(told)))
        for wish in wishes:
            at = 0 if wish.same(past) else next(further)
            total = self.city.means(tensor, counts, wish)
            mean = at_least_floor(parts[at] * total[None])
            result.append(Layers(wish, mean, shares[at], kept[at], total))
        return tuple(result)


def explain_layers(layers: Layers, counts: Floats) -> Explained:
    """Return factors by family: the level of the place is the base; their product is the mean.

    Drifts are normalised over the city; what that takes stands with the calendar, whose factor is
    what the other families leave, so that the product is the forecast.
    """
    base = np.maximum(layers.share * counts.mean(axis=1).sum(axis=0), FLOOR)
    factors = {Family.RECENT: np.ones(base.shape), Family.NEIGHBOURS: np.ones(base.shape)}
    for name, ratio in layers.drifts.items():
        family = FAMILIES[name]
        if family in factors:
            factors[family] = factors[family] * ratio
    others = factors[Family.RECENT] * factors[Family.NEIGHBOURS]
    factors[Family.CALENDAR] = layers.mean / (base * others)
    return Explained(layers.mean, base, factors)


@dataclass(frozen=True, slots=True)
class Layered:
    """City level x shares x drifts.

    Attributes:
        drifts: What corrects the shares, in order.
        base: Half-life of the shares, days.
    """

    name: str = "layered"
    drifts: tuple[Drift, ...] = field(default=DRIFTS)
    base: float = BASE

    def fit(self, tensor: Tensor, upto: int) -> LayeredFitted:
        """Learn the city's level from slots before ``upto``; the rest is read at each origin.

        Raises:
            ValueError: When less than eight weeks are known.
        """
        drifts = self.drifts + (BY_PART if tensor.per_day > 1 else ())
        return LayeredFitted(self.name, fit_city(tensor, upto), drifts, self.base)
