"""The effect model of a city: fitted once on its past events, then asked about any event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.effects.asking import (
    Basis,
    Excess,
    Prediction,
    Question,
    predictive_ends,
    usual_people,
    usual_vagueness,
    vagueness,
)
from vigie.foresight.effects.bins import DAY_US, Bins, Estimate, Floats, Ints, rate_estimate
from vigie.foresight.effects.city_shape import city_shape
from vigie.foresight.effects.effect import Expected, Measured, choose
from vigie.foresight.effects.occasion import UNKNOWN_SIZE, Occasion
from vigie.foresight.effects.others import moved, overlap_of, ring_shares
from vigie.foresight.effects.past import Around, History, PastEvent, count_past
from vigie.foresight.effects.profiles import profile
from vigie.foresight.effects.rates import PEOPLE, Rates, Seen, branches, nearest, pooled_rates

__all__ = ["AHEAD_DAYS", "Basis", "EffectModel", "Excess", "Prediction", "Question"]

AHEAD_DAYS = 400
"""Days after the history for which the city's course is carried on."""
DIFFER = 0.05
"""Squared variation between events of a kind supposed before any is seen (22 %)."""
DIFFER_SURE = 0.1
"""Standard deviation of what is supposed: the past speaks where it is surer than that."""
LEAST_DIFFER = 0.01
UNKNOWN_DIFFER = 1.0
"""Squared variation added where nobody says how many will come."""
LEAST_EXPECTED = 1e-3
PASSES = 2


class EffectModel:
    """Rates by kind of event and everything needed to ask about an event.

    Attributes:
        history: What it was fitted on.
        bins: Rings and hours.
        past: Past events counted.
        spread: Usual spread of counts.
        rates: Rates of each kind of event and each kind above, per 10,000 people.
        profiles: Shares by ring and hour of each, kinds of facts x rings x hours.
        differ: Squared variation between events of each.
        others: What other events brought around each past event.
    """

    def __init__(self, history: History, bins: Bins | None = None) -> None:
        self.history = history
        self.bins = bins or Bins()
        shape = city_shape(
            history.facts,
            history.calendar,
            from_us=history.from_us,
            to_us=history.until_us,
            until_us=history.until_us + AHEAD_DAYS * DAY_US,
        )
        self.around = Around(history, shape, self.bins)
        self.past, self.spread = count_past(self.around)
        self.usual_people = usual_people(history.occasions)
        self.vague = usual_vagueness([event.occasion for event in self.past])
        self.rows = {event.occasion.plan_id: row for row, event in enumerate(self.past)}
        self._size = (
            len(self.past),
            len(self.kinds),
            len(self.bins.rings_m),
            len(self.bins.hours),
        )
        self.others: Floats
        self.rates: dict[str, Rates]
        self.profiles: dict[str, Floats]
        self.differ: dict[str, float]
        self._units: dict[tuple[str, int], Floats]
        self.refit(np.arange(len(self.past)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of facts."""
        return self.history.facts.kinds

    def people(self, occasion: Occasion) -> float:
        """Return the attendance counted with: likely, else the usual one of its kind."""
        if occasion.likely is not None:
            return occasion.likely
        known = self.usual_people
        kind = occasion.kind
        while kind and kind not in known:
            kind = kind.rpartition(".")[0]
        return known.get(kind, UNKNOWN_SIZE)

    def seen(self) -> Seen:
        """Return the counts around past events, events x kinds of facts."""
        base = np.stack([e.expected.mean.sum(2) for e in self.past])
        expected = base + self.others.sum(3)
        return Seen(
            observed=np.stack([e.observed.sum(2) for e in self.past]),
            expected=np.maximum(expected, LEAST_EXPECTED),
            known=np.stack([e.expected.known for e in self.past]),
            spread=self.spread.kinds,
            people=np.array([self.people(e.occasion) for e in self.past]) / PEOPLE,
        )

    def _fit(self, rows: Ints) -> None:
        """Fit profiles and rates on some past events; the profiles say what each ring tells."""
        seen = self.seen().rows(rows)
        kinds = tuple(self.past[row].occasion.kind for row in rows)
        profiles = {}
        hours = np.arange(len(self.bins.hours))
        for code, of in branches(kinds).items():
            look()
            chosen = rows[of]
            excess = sum(self.past[r].observed - self.past[r].expected.mean for r in chosen)
            excess = excess - self.others[chosen].sum(0)
            active = np.mean([hours < self.past[r].bins for r in chosen], axis=0)
            profiles[code] = profile(np.asarray(excess), active)
        self.profiles = profiles
        self._units = {}
        self.rates = pooled_rates(seen, kinds, {c: p.sum(2) for c, p in profiles.items()})
        self.differ = {
            code: self._differ(seen.rows(of), self.rates[code])
            for code, of in branches(kinds).items()
        }

    def fitted_on(self, rows: Ints) -> EffectModel:
        """Return the same counts with rates fitted on some of the past events alone.

        What a backtest needs: the rates as they were before an event. The course of the city stays
        that of the whole history.

        Args:
            rows: Positions in ``past``.
        """
        then = copy(self)
        then.refit(rows)
        return then

    def refit(self, rows: Ints) -> None:
        """Fit rates, profiles and what events bring each other on some of the past events."""
        self.others, self.rates, self.profiles, self.differ = np.zeros(self._size), {}, {}, {}
        for _ in range(PASSES if len(rows) else 0):
            self._fit(rows)
            for row in rows.tolist():
                look()
                self.others[row] = self._others_of(self.past[row].occasion)

    def _differ(self, seen: Seen, rates: Rates) -> float:
        """Return how much events of a kind differ beyond chance, leaning on the usual."""
        brought = np.maximum(rates.mean, 0.0)[None] * seen.people[:, None]
        mean = seen.expected.sum((1, 2)) + brought.sum(1)
        chance = self.spread.together * mean + seen.known.sum((1, 2))
        extra = (seen.observed.sum((1, 2)) - mean) ** 2 - chance
        told = float((brought.sum(1) ** 2 / np.maximum(chance, 1e-9)).sum())
        value = float((extra / np.maximum(chance, 1e-9)).sum()) / max(told, 1e-9)
        doubt = 2.0 * len(seen.people) / max(told, 1e-9) ** 2
        share = DIFFER_SURE**2 / (DIFFER_SURE**2 + doubt)
        return max(LEAST_DIFFER, share * value + (1 - share) * DIFFER)

    def rate(self, kind: str, kinds: Sequence[int] | None = None) -> Estimate:
        """Return the facts that events of a kind bring per 10,000 people, with what is not known.

        Args:
            kind: Kind of event.
            kinds: Kinds of facts; all together by default.
        """
        if not self.rates:
            return rate_estimate(0.0, 0.0)
        rates = self.rates[nearest(self.rates, kind)]
        chosen = choose(len(self.kinds), kinds)
        return rate_estimate(
            float((rates.mean * chosen).sum()), float((rates.variance * chosen).sum())
        )

    def effect(self, kind: str, people: float, hours: int) -> Floats:
        """Return what an event of this kind and size brings, kinds x rings x hours."""
        if not self.rates:
            return np.zeros(self._size[1:])
        code = nearest(self.rates, kind)
        if (code, hours) not in self._units:
            shares = self.profiles[code] * (np.arange(len(self.bins.hours)) < hours)
            shares = shares / np.maximum(shares.sum((1, 2), keepdims=True), 1e-12)
            brought = self.rates[code].mean / PEOPLE
            self._units[code, hours] = np.asarray(brought[:, None, None] * shares, np.float64)
        return np.asarray(self._units[code, hours] * people, np.float64)

    def _others_of(self, occasion: Occasion) -> Floats:
        """Return what other events, past or planned, bring into an event's rings and hours."""
        crowds = self.around.crowds
        middle = occasion.footprint.centroid
        near, steps, shifts = overlap_of(
            self.bins,
            occasion.starts_us,
            (middle.x, middle.y),
            crowds.starts_us,
            np.column_stack([crowds.x, crowds.y]),
        )
        shares = ring_shares(self.bins.rings_m)
        total = np.zeros(self._size[1:])
        for index, step, shift in zip(near.tolist(), steps.tolist(), shifts.tolist(), strict=True):
            other = self.history.occasions[index]
            if other.plan_id == occasion.plan_id:
                continue
            hours = self.bins.hours_of(other.starts_us, other.ends_us)
            total += moved(self.effect(other.kind, self.people(other), hours), shares[step], shift)
        hours = self.bins.hours_of(occasion.starts_us, occasion.ends_us)
        total[:, :, hours:] = 0.0
        return total

    def _rate_variance(self, kind: str, people: float) -> Floats:
        if not self.rates:
            return np.zeros(len(self.kinds))
        code = nearest(self.rates, kind)
        return self.rates[code].variance * (people / PEOPLE) ** 2

    def _doubt(self, occasion: Occasion) -> float:
        """Return the squared variation of the effect: between events, and of a vaguer attendance.

        How far attendance usually is from what is announced stands in the first already.
        """
        code = nearest(self.differ, occasion.kind)
        usual = self.differ.get(code, DIFFER)
        if not occasion.likely:
            return usual + UNKNOWN_DIFFER
        return usual + max(0.0, vagueness(occasion) - self.vague.get(code, 0.0))

    def expected(self, occasion: Occasion, until_us: int | None = None) -> Prediction:
        """Return what is foreseen around an event, planned, past or imagined.

        Args:
            occasion: The event.
            until_us: Control windows end here; the history's end by default. A past event is
                foreseen as it was then with its own start.
        """
        counted = self.around.count(occasion, until_us)
        found = self.around.past(counted, occasion)
        people = self.people(occasion)
        code = nearest(self.rates, occasion.kind) if self.rates else ""
        expected = self.surroundings(found, occasion)
        return Prediction(
            kinds=self.kinds,
            bins=self.bins,
            hours=counted.windows.bins,
            people=people,
            expected=expected,
            basis=self._basis(code, occasion, people, found),
            until_us=self.history.until_us,
        )

    def surroundings(self, found: PastEvent, occasion: Occasion) -> Expected:
        """Return what is expected around an event that has been counted."""
        people = self.people(occasion)
        return Expected(
            base=found.expected.mean,
            known=found.expected.known,
            others=self._others_of(occasion),
            effect=self.effect(occasion.kind, people, found.bins),
            rate_variance=self._rate_variance(occasion.kind, people),
            differ=self._doubt(occasion),
            spread=found.spread(self.spread),
        )

    def predict(self, question: Question) -> Prediction:
        """Return what is foreseen around an imagined event."""
        return self.expected(question.occasion())

    def _basis(self, code: str, occasion: Occasion, people: float, found: PastEvent) -> Basis:
        alike = [
            e.occasion
            for e in self.past
            if f"{e.occasion.kind}.".startswith(f"{code}." if code else "")
        ]
        sizes = [self.people(one) for one in alike] or [0.0]
        latest = sorted(alike, key=lambda one: -one.starts_us)
        return Basis(
            kind=code,
            plan_ids=tuple(one.plan_id for one in latest),
            people=(min(sizes), max(sizes)),
            beyond=not min(sizes) * 0.8 <= people <= max(sizes) * 1.25,
            supposed=occasion.likely is None,
            controls=found.expected.controls,
            relaxed=found.relaxed,
        )

    def measured(
        self,
        plan_id: str,
        kinds: Sequence[int] | None = None,
        rings: Sequence[int] | None = None,
        hours: Sequence[int] | None = None,
    ) -> Measured:
        """Return what happened around a past event against what is expected without it.

        Raises:
            KeyError: When it is no past event of the history.
        """
        event = self.past[self.rows[plan_id]]
        return self.surroundings(event, event.occasion).measured(
            event.observed, kinds, rings, hours
        )

    def expected_excess(self, occasions: Sequence[Occasion]) -> Mapping[str, Excess]:
        """Return, by plan id, the facts each plan is expected to bring, all kinds together."""
        if not self.rates or not occasions:
            return {}
        codes = [nearest(self.rates, one.kind) for one in occasions]
        people = np.array([self.people(one) for one in occasions]) / PEOPLE
        wanted = sorted(set(codes))
        total = {c: float(self.rates[c].mean.sum()) for c in wanted}
        doubt = {c: float(self.rates[c].variance.sum()) for c in wanted}
        count = {c: len(self._events_of(c)) for c in wanted}
        mean = np.array([total[c] for c in codes]) * people
        differ = np.array([self._doubt(o) for o in occasions])
        variance = (
            self.spread.together * np.abs(mean)
            + differ * mean**2
            + np.array([doubt[c] for c in codes]) * people**2
        )
        low, high = predictive_ends(mean, variance)
        return {
            o.plan_id: Excess(*ends, code, count[code])
            for o, ends, code in zip(
                occasions,
                zip(low.tolist(), mean.tolist(), high.tolist(), strict=True),
                codes,
                strict=True,
            )
        }

    def _events_of(self, code: str) -> list[PastEvent]:
        stem = f"{code}." if code else ""
        return [e for e in self.past if f"{e.occasion.kind}.".startswith(stem)]
