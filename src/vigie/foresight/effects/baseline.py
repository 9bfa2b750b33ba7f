"""Expected without the event: what the same place and hours bring on other days.

Control windows (``occasion``) are counted and carried over to the event's hours by the course of
the whole city (``city_shape``): a share of the city's facts of a kind falls in this ring at these
hours, and that share is what the controls tell. Shares of rare kinds lean on the ring's share of
all facts; single hours lean on the whole window. The share has a gamma posterior; counts around it
spread more than Poisson by a factor ``spread`` that the controls themselves show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.foresight.effects.bins import Floats, Ints
from vigie.foresight.effects.city_shape import CityShape
from vigie.foresight.effects.facts import Facts
from vigie.foresight.effects.occasion import Windows

LEAN_FACTS = 0.5
"""Facts by which a kind in a ring leans on the ring's share of all facts."""
LEAN_HOUR = 2.0
"""Facts by which an hour leans on the whole window."""


@dataclass(frozen=True)
class Counted:
    """Facts of an event's window and of its controls.

    Attributes:
        observed: Facts in the event's window, kinds x rings x hours.
        controls: Weighted sum of facts in control windows, kinds x rings x hours.
        controls2: The same with squared weights.
        course: The city's expected facts in the event's window, kinds x hours.
        courses: Their weighted sum in the control windows, kinds x hours.
        each: Facts in each window, kinds x windows; the event's first.
        each_course: The city's expected facts in each window, kinds x windows.
        windows: The windows.
    """

    observed: Floats
    controls: Floats
    controls2: Floats
    course: Floats
    courses: Floats
    each: Floats
    each_course: Floats
    windows: Windows


@dataclass(frozen=True)
class Local:
    """Facts within reach of a place.

    Attributes:
        kind: Kind of each piece.
        ring: Ring of each piece.
        at_us: Instant, ascending.
        weight: Share of the fact.
    """

    kind: Ints
    ring: Ints
    at_us: Ints
    weight: Floats


def local_facts(facts: Facts, found: Ints, distance_m: Floats, rings_m: Floats) -> Local:
    """Return the pieces found near a footprint, with the ring each lies in."""
    ring = np.searchsorted(rings_m, distance_m, side="left").astype(np.int64)
    return Local(facts.kind[found], ring, facts.at_us[found], facts.weight[found])


def place_in(windows: Windows, at_us: Ints) -> tuple[Ints, Ints, Ints]:
    """Return which of some instants, ascending, fall in a window, which window and hour bin."""
    ends = np.searchsorted(at_us, windows.edges_us, side="left")
    first, count = ends[:, 0], np.diff(ends, axis=1)
    inside = count.sum(1)
    bins = np.repeat(np.tile(np.arange(windows.bins), len(first)), count.ravel())
    window = np.repeat(np.arange(len(first)), inside)
    within = np.arange(len(window)) - np.repeat(np.cumsum(inside) - inside, inside)
    return first[window] + within, window, bins


def count_windows(local: Local, shape: CityShape, windows: Windows, rings: int) -> Counted:
    """Count the facts of the event's window and of its controls."""
    kinds, bins = shape.rate.shape[0], windows.bins
    inside, window, hour = place_in(windows, local.at_us)
    kind, ring, share = local.kind[inside], local.ring[inside], local.weight[inside]
    cell = (kind * rings + ring) * bins + hour
    size = kinds * rings * bins
    weight = windows.weight[window] * share
    own = window == 0
    course = shape.between(windows.edges_us)

    def summed(cells: Ints, values: Floats) -> Floats:
        counts = np.bincount(cells, values, minlength=size).reshape(kinds, rings, bins)
        return np.asarray(counts, np.float64)

    each = np.bincount(
        kind * len(windows.weight) + window, share, minlength=kinds * len(windows.weight)
    )
    return Counted(
        observed=summed(cell[own], share[own]),
        controls=summed(cell, weight),
        controls2=summed(cell, weight * windows.weight[window]),
        course=course[:, 0],
        courses=np.einsum("kwh,w->kh", course, windows.weight),
        each=np.asarray(each.reshape(kinds, len(windows.weight)), np.float64),
        each_course=course.sum(2),
        windows=windows,
    )


@dataclass(frozen=True)
class Baseline:
    """Expected without event.

    Attributes:
        mean: Expected facts, kinds x rings x hours.
        known: Variance of that expectation (what the controls leave unknown), kinds x rings.
        controls: Effective number of control windows.
    """

    mean: Floats
    known: Floats
    controls: float


def baseline(counted: Counted) -> Baseline:
    """Return what is expected in the event's window without the event.

    With ``C`` the weighted facts of the controls and ``S`` the city's weighted course over the same
    windows, the share of a kind in a ring is ``(C + a) / (S + a / r)``: it leans by ``a`` facts on
    the ring's share ``r`` of all kinds. Expected is the share times the city's course in the
    event's own hours, split over hours alike.
    """
    seen, course = counted.controls, counted.courses
    total, whole = seen.sum(2), course.sum(1)
    ring_share = (total.sum(0) + 0.1) / (whole.sum() + 1.0)
    share = (total + LEAN_FACTS) / (whole[:, None] + LEAN_FACTS / ring_share[None])
    hourly = (seen + LEAN_HOUR) / (course[:, None] + LEAN_HOUR / share[..., None])
    mean = hourly * counted.course[:, None]
    wanted = share * counted.course.sum(1)[:, None]
    mean *= (wanted / np.maximum(mean.sum(2), 1e-12))[..., None]
    squares = counted.controls2.sum(2)
    facts = LEAN_FACTS + np.where(squares > 0, total**2 / np.maximum(squares, 1e-12), 0.0)
    weight = counted.windows.weight
    effective = float(weight.sum() ** 2 / max(1e-12, float((weight**2).sum())))
    return Baseline(mean, wanted**2 / facts, effective if weight.any() else 0.0)


def pearson(counted: Counted, kinds: Ints | None = None) -> tuple[Floats, Floats]:
    """Return the squared Pearson residuals of control windows on the same kind of day.

    For kinds one by one, or summed over ``kinds``: residuals (rows x windows) and the expected
    number behind each. Each window is held against the share that all of them give.
    """
    each, course = counted.each, counted.each_course
    if kinds is not None:
        each, course = each[kinds], course[kinds]
    weight = counted.windows.weight
    share = (each @ weight + LEAN_FACTS) / (course @ weight + 1e-9)
    expected = share[:, None] * course
    if kinds is not None:
        each, expected = each.sum(0, keepdims=True), expected.sum(0, keepdims=True)
    at = np.flatnonzero(counted.windows.same_day)
    expected = np.maximum(expected[:, at], 1e-9)
    return (each[:, at] - expected) ** 2 / expected, expected
