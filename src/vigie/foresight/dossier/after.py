"""After the event: planned, forecast and happened side by side.

Facts around the event are counted by ring and time (before, during, after) and set beside what the
same rings brought at the same weekday and hours on other weeks: the raw count of an event's evening
says nothing without it. The expected count has a gamma posterior (Jeffreys) from the control weeks;
its predictive distribution is a negative binomial, widened by the spread that the controls show.

Small counts are withheld cell by cell: a count from 1 to ``least - 1`` and, so that no difference
gives it away, the expected value too wherever the controls together hold so few. Neither totals nor
margins are given, so nothing can be found by subtraction.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.foresight.dossier.model import Content, PostKind
from vigie.geo.projection import Projection, to_metres

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOUR_US: Final = 3_600_000_000
WEEK_US: Final = 7 * 24 * HOUR_US
RINGS_M: Final = (0.0, 300.0, 600.0, 1_000.0)
"""Edges of the rings around the footprint, metres; what lies within it belongs to the first."""
AROUND_US: Final = 2 * HOUR_US
"""How long before and after the event is counted."""
CONTROL_WEEKS: Final = 8
LEAST_CONTROLS: Final = 4
"""With fewer control weeks no expected value is given."""
LEVEL: Final = 80
PHASES: Final = ("before", "during", "after")


@dataclass(frozen=True, slots=True)
class Counted:
    """One ring and phase.

    Attributes:
        ring_m: From and to, metres from the footprint.
        phase: before, during or after.
        from_us: Start of the phase, epoch µs.
        to_us: End.
        happened: Facts; None when withheld.
        expected: Mean without the event; None when withheld or when controls are too few.
        low: Lower end of the interval at ``LEVEL`` percent in which the count falls without event.
        high: Upper end.
        controls: Weeks it rests on.
        beyond: Whether what happened lies above, below or inside the interval; None if not told.
    """

    ring_m: tuple[float, float]
    phase: str
    from_us: int
    to_us: int
    happened: int | None
    expected: float | None
    low: float | None
    high: float | None
    controls: int
    beyond: str | None


def phases(starts_us: int, ends_us: int) -> tuple[tuple[str, int, int], ...]:
    """Return the phases of an event: name, start, end."""
    return (
        ("before", starts_us - AROUND_US, starts_us),
        ("during", starts_us, ends_us),
        ("after", ends_us, ends_us + AROUND_US),
    )


def control_shifts(
    starts_us: int, ends_us: int, busy: Sequence[tuple[int, int]], known: tuple[int, int]
) -> list[int]:
    """Return by how many µs the event's hours are moved to its control weeks, the nearest first.

    Args:
        starts_us: Start of the event.
        ends_us: End of the event.
        busy: Occupations of other sizeable events near, from and to: such a week is no control.
        known: From when to when facts are known.
    """
    found = []
    for back in range(1, 2 * CONTROL_WEEKS + 1):
        for sign in (-1, 1):
            shift = sign * back * WEEK_US
            start, end = starts_us + shift - AROUND_US, ends_us + shift + AROUND_US
            if start < known[0] or end > known[1]:
                continue
            if any(begin < end and stop > start for begin, stop in busy):
                continue
            found.append(shift)
    return found[:CONTROL_WEEKS]


def distances_m(footprint: BaseGeometry, lon: Floats, lat: Floats, plane: Projection) -> Floats:
    """Return the distance of points from a footprint, metres; NaN where there is no point."""
    flat = shapely.make_valid(to_metres(footprint, plane))
    x, y = plane.to_metres(lon, lat)
    placed = np.isfinite(x) & np.isfinite(y)
    found = np.full(len(x), np.nan)
    found[placed] = shapely.distance(flat, shapely.points(x[placed], y[placed]))
    return found


def predictive(counts: Sequence[int], level: int = LEVEL) -> tuple[float, float, float]:
    """Return mean and interval of the next count after control counts, all of equal exposure.

    Gamma posterior with Jeffreys' prior (shape 1/2), hence a negative binomial; its variance is
    multiplied by the controls' ratio of variance to mean where that is above 1.
    """
    n, total = len(counts), float(sum(counts))
    mean = (total + 0.5) / n
    variance = mean * (1.0 + 1.0 / n)
    spread = float(np.var(counts, ddof=1)) / max(total / n, 1e-9) if n > 1 else 1.0
    variance *= max(1.0, spread)
    size = mean * mean / max(variance - mean, 1e-9)
    distribution = scipy.stats.nbinom(size, size / (size + mean))
    tail = (1.0 - level / 100.0) / 2.0
    return total / n, float(distribution.ppf(tail)), float(distribution.ppf(1.0 - tail))


def count_around(
    distance_m: Floats,
    at_us: Ints,
    *,
    event: tuple[int, int],
    shifts: Sequence[int],
    least: int,
) -> list[Counted]:
    """Return what happened and what was to be expected, ring by ring and phase by phase.

    Args:
        distance_m: Distance of each fact from the footprint; NaN for facts without a place.
        at_us: Middle of the time in which each fact can have happened.
        event: Start and end of the event.
        shifts: Control weeks (``control_shifts``).
        least: Least count shown.
    """
    found = []
    edges = list(itertools.pairwise(RINGS_M))
    for ring, (near, far) in enumerate(edges):
        inside = (distance_m > near if ring else distance_m >= 0) & (distance_m <= far)
        times = np.sort(at_us[inside])
        for phase, start, end in phases(*event):
            happened = _between(times, start, end)
            controls = [_between(times, start + shift, end + shift) for shift in shifts]
            found.append(_cell((near, far), (phase, start, end), happened, controls, least))
    return found


def _between(times: Ints, start: int, end: int) -> int:
    first, last = np.searchsorted(times, (start, end))
    return int(last - first)


def _cell(
    ring: tuple[float, float],
    phase: tuple[str, int, int],
    happened: int,
    controls: Sequence[int],
    least: int,
) -> Counted:
    small = 0 < happened < least
    few = len(controls) < LEAST_CONTROLS or 0 < sum(controls) < least
    expected = low = high = None
    if not few:
        expected, low, high = predictive(controls)
    beyond = None
    if not small and low is not None and high is not None:
        beyond = "above" if happened > high else "below" if happened < low else "inside"
    return Counted(
        ring_m=ring,
        phase=phase[0],
        from_us=phase[1],
        to_us=phase[2],
        happened=None if small else happened,
        expected=None if expected is None else round(expected, 2),
        low=low,
        high=high,
        controls=len(controls),
        beyond=beyond,
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """People seen by presence measures.

    Attributes:
        most: Highest count of an hour of the event at the places measured.
        usual: Median of the same hour and weekday on control weeks.
        excess: What the event brought: most minus usual.
        low: excess with the highest of the control weeks.
        high: excess with the lowest.
        places: How many places were measured.
        controls: Weeks it rests on.
    """

    most: float
    usual: float
    excess: float
    low: float
    high: float
    places: int
    controls: int


def seen_presence(
    at_us: Ints, value: Floats, place: Ints, *, event: tuple[int, int], shifts: Sequence[int]
) -> Seen | None:
    """Return the presence that the event brought, or None without measures of it or of controls.

    Args:
        at_us: Start of each measure, one an hour and place.
        value: People.
        place: Number of the place.
        event: Start and end of the event.
        shifts: Control weeks.
    """
    sums: dict[int, float] = {}
    for hour, people in zip((at_us // HOUR_US).tolist(), value.tolist(), strict=True):
        sums[hour] = sums.get(hour, 0.0) + people
    hours = range(event[0] // HOUR_US, math.ceil(event[1] / HOUR_US))
    measured = [(sums[hour], hour) for hour in hours if hour in sums]
    if not measured:
        return None
    most, top = max(measured)
    usual = [sums[top + s // HOUR_US] for s in shifts if top + s // HOUR_US in sums]
    if len(usual) < LEAST_CONTROLS:
        return None
    middle = float(np.median(usual))
    return Seen(
        most=most,
        usual=middle,
        excess=most - middle,
        low=most - max(usual),
        high=most - min(usual),
        places=len(set(place.tolist())),
        controls=len(usual),
    )


@dataclass(frozen=True, slots=True)
class Engaged:
    """Means that a file plans.

    Attributes:
        headcount: People at posts, by kind of post, at the same time.
        hours: Hours of people, from the shifts, or from the posts that have none.
        barriers: Pieces, by kind.
        responders: First-aiders.
    """

    headcount: dict[str, int]
    hours: float
    barriers: dict[str, int]
    responders: int


def engaged(content: Content) -> Engaged:
    """Return the means that a content plans."""
    headcount: dict[str, int] = {}
    hours = 0.0
    with_shifts = {shift.post for shift in content.shifts}
    for post in content.posts:
        headcount[post.kind] = headcount.get(post.kind, 0) + post.headcount
        if post.id not in with_shifts:
            hours += post.headcount * (post.to_at - post.from_at).total_seconds() / 3_600
    for shift in content.shifts:
        hours += shift.headcount * (shift.to_at - shift.from_at).total_seconds() / 3_600
    barriers: dict[str, int] = {}
    for barrier in content.barriers:
        barriers[barrier.kind] = barriers.get(barrier.kind, 0) + barrier.count
    order = [kind for kind in PostKind if kind in headcount]
    return Engaged(
        headcount={str(kind): headcount[kind] for kind in order},
        hours=round(hours, 1),
        barriers={str(kind): n for kind, n in sorted(barriers.items())},
        responders=content.first_aid.responders,
    )
