"""Past events counted, and held against what is expected without them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vigie.base.stopping import look
from vigie.foresight.effects.baseline import (
    Baseline,
    Counted,
    Local,
    baseline,
    count_windows,
    local_facts,
    pearson,
)
from vigie.foresight.effects.bins import HOUR_US, Bins, Floats
from vigie.foresight.effects.calendar import Calendar
from vigie.foresight.effects.city_shape import CityShape
from vigie.foresight.effects.effect import Spread
from vigie.foresight.effects.facts import Facts
from vigie.foresight.effects.occasion import Crowds, Occasion, windows_of

LEAST_SPREAD = 1.0
SPREAD_PRIOR = 12.0
"""Controls by which the spread of one place leans on the usual one."""
KEPT_PLACES = 64


@dataclass(frozen=True)
class History:
    """What a city knows of its past: facts, events, calendar.

    Attributes:
        facts: Facts that count as evidence.
        occasions: Events, past and planned, by start.
        calendar: The city's calendar.
        from_us: Start of the facts.
        until_us: End of what is complete; late reports may still come after it.
    """

    facts: Facts
    occasions: tuple[Occasion, ...]
    calendar: Calendar
    from_us: int
    until_us: int

    def before(self, until_us: int) -> History:
        """Return what was known at an earlier instant; plans are those known now."""
        return replace(self, facts=self.facts.before(until_us), until_us=until_us)


@dataclass(frozen=True)
class PastEvent:
    """A past event counted.

    Attributes:
        occasion: The event.
        observed: Facts in its window, kinds x rings x hours.
        expected: Expected without any event.
        bins: Hour bins of its window; the arrays hold zeros beyond.
        relaxed: Control windows disturbed by others had to be kept.
        residual: Mean squared Pearson residual of its controls, all kinds together.
        told: Controls behind that.
    """

    occasion: Occasion
    observed: Floats
    expected: Baseline
    bins: int
    relaxed: bool
    residual: float
    told: int

    def spread(self, usual: Spread) -> Spread:
        """Return the spread of counts here: of all kinds together, leaning on the usual one."""
        together = (self.residual * self.told + usual.together * SPREAD_PRIOR) / (
            self.told + SPREAD_PRIOR
        )
        return Spread(usual.kinds, max(LEAST_SPREAD, together))


class Around:
    """Counts what happens around places, keeping what it has found of a place."""

    def __init__(self, history: History, shape: CityShape, bins: Bins) -> None:
        self.history = history
        self.shape = shape
        self.bins = bins
        self.crowds = Crowds.of(history.occasions)
        self._rings = np.asarray(bins.rings_m)
        self._every = np.arange(len(history.facts.kinds), dtype=np.int64)
        self._places: dict[bytes, Local] = {}

    def local(self, occasion: Occasion) -> Local:
        """Return the facts within reach of an event's footprint."""
        key = occasion.footprint.wkb
        if key not in self._places:
            if len(self._places) > KEPT_PLACES:
                self._places.clear()
            found, distance = self.history.facts.near(occasion.footprint, self.bins.reach_m)
            self._places[key] = local_facts(self.history.facts, found, distance, self._rings)
        return self._places[key]

    def count(self, occasion: Occasion, until_us: int | None = None) -> Counted:
        """Return the facts of an event's window and of its controls, these before ``until_us``."""
        end = self.history.until_us if until_us is None else until_us
        windows = windows_of(
            occasion, self.crowds, self.history.calendar, self.bins, (self.history.from_us, end)
        )
        return count_windows(self.local(occasion), self.shape, windows, len(self._rings))

    def past(self, counted: Counted, occasion: Occasion) -> PastEvent:
        """Return a past event with what was expected without it, padded to the longest window."""
        expected = baseline(counted)
        wide = len(self.bins.hours) - counted.windows.bins
        pad = ((0, 0), (0, 0), (0, wide))
        residual = pearson(counted, self._every)[0]
        return PastEvent(
            occasion=occasion,
            observed=np.pad(counted.observed, pad),
            expected=Baseline(np.pad(expected.mean, pad), expected.known, expected.controls),
            bins=counted.windows.bins,
            relaxed=counted.windows.relaxed,
            residual=float(residual.mean()) if residual.size else 0.0,
            told=residual.size,
        )


class SpreadSums:
    """Sums squared Pearson residuals of controls into the usual spread of counts."""

    def __init__(self, kinds: int) -> None:
        self._weighted = np.zeros(kinds)
        self._weight = np.zeros(kinds)
        self._together = np.zeros(2)
        self._every = np.arange(kinds, dtype=np.int64)

    def add(self, counted: Counted) -> None:
        """Add the controls of one event."""
        residual, expected = pearson(counted)
        told = np.minimum(expected, 1.0)
        self._weighted += (residual * told).sum(1)
        self._weight += told.sum(1)
        residual, expected = pearson(counted, self._every)
        self._together += residual.sum(), residual.size

    @property
    def spread(self) -> Spread:
        """The usual spread; rare kinds lean on 1."""
        kinds = (self._weighted + 20.0) / (self._weight + 20.0)
        together = (self._together[0] + 5.0) / (self._together[1] + 5.0)
        return Spread(np.maximum(LEAST_SPREAD, kinds), max(LEAST_SPREAD, float(together)))


def is_past(occasion: Occasion, history: History, bins: Bins) -> bool:
    """Say whether the whole window of an event lies within the history."""
    hours = bins.hours_of(occasion.starts_us, occasion.ends_us)
    begin = occasion.starts_us - bins.before_h * HOUR_US
    return begin >= history.from_us and begin + hours * HOUR_US <= history.until_us


def count_past(around: Around) -> tuple[tuple[PastEvent, ...], Spread]:
    """Return every past event counted, by start, and the usual spread of counts."""
    sums = SpreadSums(len(around.history.facts.kinds))
    chosen = [o for o in around.history.occasions if is_past(o, around.history, around.bins)]
    found: dict[str, PastEvent] = {}
    for occasion in sorted(chosen, key=lambda one: one.footprint.wkb):
        look()
        counted = around.count(occasion)
        sums.add(counted)
        found[occasion.plan_id] = around.past(counted, occasion)
    return tuple(found[one.plan_id] for one in chosen), sums.spread
