"""What the effect model is asked and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from shapely.geometry import Point

from vigie.foresight.effects.bins import Bins, Floats
from vigie.foresight.effects.effect import Expected
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.effects.rates import branches


@dataclass(frozen=True)
class Question:
    """An event that is imagined: what, where, when, how many.

    Attributes:
        kind: Kind of event.
        x: Metres east of its middle, in the model's projection.
        y: Metres north.
        starts_us: Start for the public.
        ends_us: End for the public.
        attendance: Low, likely, high.
        plan_id: Plan it stands for, left out of what is planned nearby.
    """

    kind: str
    x: float
    y: float
    starts_us: int
    ends_us: int
    attendance: tuple[float | None, float | None, float | None]
    plan_id: str = ""

    def occasion(self) -> Occasion:
        """Return it as an occasion whose footprint is a point."""
        return Occasion(
            plan_id=self.plan_id,
            kind=self.kind,
            footprint=Point(self.x, self.y),
            starts_us=self.starts_us,
            ends_us=self.ends_us,
            attendance=self.attendance,
        )


@dataclass(frozen=True)
class Basis:
    """What a number rests on.

    Attributes:
        kind: Kind of event whose rates are used: the event's own, or one above it.
        plan_ids: Past events behind those rates, latest first.
        people: Smallest and largest attendance among them.
        beyond: The attendance asked about lies outside that range: the rate is extrapolated.
        supposed: Attendance was not known and was supposed.
        controls: Effective number of control windows behind the expected without event.
        relaxed: Control windows disturbed by other plans had to be kept.
    """

    kind: str
    plan_ids: tuple[str, ...]
    people: tuple[float, float]
    beyond: bool
    supposed: bool
    controls: float
    relaxed: bool


@dataclass(frozen=True)
class Prediction:
    """What is foreseen around an event.

    Attributes:
        kinds: Kinds of facts, in the order of the arrays of ``expected``.
        bins: Rings and hours.
        hours: How many hour bins the event has, from ``-bins.before_h`` on.
        people: Attendance counted with.
        expected: Expected facts without and by the event; ``expected.over(...)`` gives intervals.
        basis: What it rests on.
        until_us: End of the history it knows.
    """

    kinds: tuple[str, ...]
    bins: Bins
    hours: int
    people: float
    expected: Expected
    basis: Basis
    until_us: int


@dataclass(frozen=True)
class Excess:
    """Facts a plan is expected to bring, with the 80 % predictive interval.

    Attributes:
        low: Lower end.
        mid: Expected.
        high: Upper end.
        kind: Kind of event whose rates are used.
        events: Past events behind them.
    """

    low: float
    mid: float
    high: float
    kind: str
    events: int


def usual_people(occasions: Sequence[Occasion]) -> dict[str, float]:
    """Return the median attendance of each kind of event and each kind above."""
    known = [o for o in occasions if o.likely is not None]
    found = branches(tuple(o.kind for o in known)) if known else {}
    return {
        code: float(np.median([known[i].likely or 0.0 for i in rows]))
        for code, rows in found.items()
    }


def vagueness(occasion: Occasion) -> float:
    """Return the squared variation of an announced attendance, low and high being its 80 % ends."""
    low, likely, high = occasion.attendance
    if low is None or high is None or not likely:
        return 0.0
    return float(((high - low) / (2 * 1.2816 * likely)) ** 2)


def usual_vagueness(occasions: Sequence[Occasion]) -> dict[str, float]:
    """Return the median vagueness of each kind of event and each kind above."""
    return {
        code: float(np.median([vagueness(occasions[i]) for i in rows]))
        for code, rows in branches(tuple(o.kind for o in occasions)).items()
    }


def predictive_ends(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return the 80 % predictive interval of many effects at once; negative ones as normal."""
    centre = np.maximum(mean, 1e-9)
    extra = np.maximum(variance - centre, 1e-9 * centre)
    size = centre**2 / extra
    law = scipy.stats.nbinom(size, size / (size + centre))
    wide = 1.2816 * np.sqrt(np.maximum(variance, 0.0))
    low = np.where(mean > 0, law.ppf(0.1), mean - wide)
    high = np.where(mean > 0, law.ppf(0.9), mean + wide)
    return low, high
