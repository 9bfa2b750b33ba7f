"""The effect of one event: foreseen before it, measured after it; two different things.

*Measured*: what happened around a past event minus what is expected there without it. Its interval
says how far the count would have moved by chance alone.

*Foreseen*: what an event is likely to bring, from the rates of its kind and its attendance. Its
interval is predictive: it also holds how much events of that kind differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from vigie.foresight.effects.bins import (
    NOTHING,
    SURE,
    TAILS,
    Estimate,
    Floats,
    counts_estimate,
    of_quantiles,
    rate_estimate,
)

TINY = 1e-6


@dataclass(frozen=True)
class Spread:
    """How much counts spread beyond Poisson.

    Attributes:
        kinds: Factor on the variance by kind of fact.
        together: The same for all kinds together.
    """

    kinds: Floats
    together: float

    def over(self, mean: Floats) -> float:
        """Return the factor for a choice of kinds, given what each is expected to bring.

        What kinds have in common (weather, a livelier night) weighs by the share chosen.
        """
        total = float(mean.sum())
        if total <= 0.0:
            return 1.0
        chosen = mean > 0
        apart = float((mean * self.kinds).sum() / total)
        share = float(chosen.mean())
        return max(1.0, apart + max(0.0, self.together - apart) * share)


@dataclass(frozen=True)
class Foreseen:
    """What is expected of a choice of kinds, rings and hours.

    Attributes:
        without: Facts without the event (others planned nearby included).
        effect: Facts the event brings.
        total: Facts in all.
    """

    without: Estimate
    effect: Estimate
    total: Estimate


@dataclass(frozen=True)
class Measured:
    """What happened around a past event, for a choice of kinds, rings and hours.

    Attributes:
        observed: Facts that happened; a fact of uncertain hour counts by its share.
        without: Facts expected without the event.
        excess: Observed minus expected: this event's effect by its own count alone.
        leaning: The same, leaning on the rates of its kind of event.
    """

    observed: float
    without: Estimate
    excess: Estimate
    leaning: Estimate


def choose(size: int, chosen: Sequence[int] | None) -> Floats:
    """Return 1 for what is chosen, 0 else; None chooses all."""
    if chosen is None:
        return np.ones(size)
    mask = np.zeros(size)
    mask[list(chosen)] = 1.0
    return mask


@dataclass(frozen=True)
class Expected:
    """Expected facts around an event, and how well they are known.

    Attributes:
        base: Without any event, kinds x rings x hours.
        known: Variance of that expectation, kinds x rings.
        others: What other events bring there, kinds x rings x hours.
        effect: What this event brings, kinds x rings x hours.
        rate_variance: Variance of the whole effect from not knowing the rate, by kind of fact.
        differ: Squared coefficient of variation between events of the same kind.
        spread: Spread of counts.
    """

    base: Floats
    known: Floats
    others: Floats
    effect: Floats
    rate_variance: Floats
    differ: float
    spread: Spread

    def _mask(
        self,
        kinds: Sequence[int] | None,
        rings: Sequence[int] | None,
        hours: Sequence[int] | None,
    ) -> Floats:
        k, r, h = self.base.shape
        return (
            choose(k, kinds)[:, None, None]
            * choose(r, rings)[None, :, None]
            * choose(h, hours)[None, None, :]
        )

    def moments(
        self,
        kinds: Sequence[int] | None = None,
        rings: Sequence[int] | None = None,
        hours: Sequence[int] | None = None,
    ) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return mean and predictive variance of the facts without the event, and of its effect."""
        mask = self._mask(kinds, rings, hours)
        base = (self.base * mask).sum(2)
        others = (self.others * mask).sum((1, 2))
        whole = np.maximum(self.base.sum(2), 1e-12)
        usual = base.sum(1) + np.maximum(others, 0.0)
        mean = float(base.sum() + others.sum())
        variance = (
            self.spread.over(usual) * float(usual.sum())
            + float(((base / whole) ** 2 * self.known).sum())
            + self.differ * float((others**2).sum())
        )
        effect = (self.effect * mask).sum((1, 2))
        all_of_it = self.effect.sum((1, 2))
        part = effect / np.where(np.abs(all_of_it) > TINY, all_of_it, 1.0)
        brought = float(effect.sum())
        brought_variance = (
            self.spread.over(np.maximum(effect, 0.0)) * float(np.abs(effect).sum())
            + self.differ * brought**2
            + float((part**2 * self.rate_variance).sum())
        )
        return (max(mean, TINY), variance), (brought, brought_variance)

    def over(
        self,
        kinds: Sequence[int] | None = None,
        rings: Sequence[int] | None = None,
        hours: Sequence[int] | None = None,
    ) -> Foreseen:
        """Return what is foreseen of a choice of kinds, rings and hours; None for all."""
        (mean, variance), (brought, differing) = self.moments(kinds, rings, hours)
        effect = (
            counts_estimate(brought, differing)
            if brought > 0
            else rate_estimate(brought, differing)
        )
        return Foreseen(
            without=counts_estimate(mean, variance),
            effect=effect,
            total=counts_estimate(max(TINY, mean + brought), variance + differing),
        )

    def measured(
        self,
        observed: Floats,
        kinds: Sequence[int] | None = None,
        rings: Sequence[int] | None = None,
        hours: Sequence[int] | None = None,
    ) -> Measured:
        """Return what happened against what is expected, for a choice of kinds, rings and hours."""
        count = float((observed * self._mask(kinds, rings, hours)).sum())
        (mean, variance), (brought, differing) = self.moments(kinds, rings, hours)
        without = counts_estimate(mean, variance)
        return Measured(
            observed=count,
            without=without,
            excess=without.shifted(count, -1.0),
            leaning=own_effect(count, (mean, variance), (brought, differing)),
        )


def _law(mean: float, variance: float, up_to: int) -> Floats:
    numbers = np.arange(up_to + 1)
    size = mean * mean / max(variance - mean, SURE * mean)
    return np.asarray(scipy.stats.nbinom.pmf(numbers, size, size / (size + mean)), np.float64)


def own_effect(
    observed: float, without: tuple[float, float], effect: tuple[float, float]
) -> Estimate:
    """Return how many of the facts seen the event brought, knowing the rates of its kind.

    Of ``observed`` facts, ``a`` were brought and the rest would have happened anyway: the
    probability of each ``a`` is that of both numbers. Where no effect is foreseen (or a negative
    one) nothing can be told apart by this, and the answer is zero.
    """
    seen = max(0, round(observed))
    mean, variance = effect
    if mean <= TINY:
        return NOTHING
    weight = _law(mean, variance, seen) * _law(*without, seen)[::-1]
    total = float(weight.sum())
    if total <= 0.0:
        return counts_estimate(min(mean, float(seen)), variance)
    weight /= total
    numbers = np.arange(seen + 1)
    rising = np.cumsum(weight)
    at = np.minimum(np.searchsorted(rising, np.array(TAILS)), seen)
    below = rising[at] - weight[at]
    ends = at - 0.5 + (np.array(TAILS) - below) / np.maximum(weight[at], 1e-300)
    return of_quantiles(float((numbers * weight).sum()), np.clip(ends, 0.0, float(seen)))
