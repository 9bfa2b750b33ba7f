"""An event as the effect model sees it, and the windows it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.foresight.effects.bins import DAY_US, HOUR_US, Bins, Bools, Floats, Ints
from vigie.foresight.effects.calendar import Calendar
from vigie.foresight.plans import PlanRecord
from vigie.geo.projection import Projection

LONGEST_H = 24
UNKNOWN_SIZE = 500.0
"""Attendance supposed of a plan that says nothing, when it may disturb a control window."""
WEEKS = 26
OTHER_DAYS = 0.2
"""Weight of a control on another kind of day, against 1 on the same."""
SAME_RINGS_M = 500.0
"""Rings around places so far apart have about 60 % of what is not known in common."""
HALF_LIFE_DAYS = 91.0
NEAR_M = 1_000.0
SAME_PLACE_M = 500.0
DISTURBS = 0.10
LEAST_DISTURBING = 150.0
LEAST_WINDOWS = 12


@dataclass(frozen=True)
class Occasion:
    """An event: where, when, what, how many.

    Attributes:
        plan_id: Id of the plan; empty for one that is only imagined.
        kind: Kind of event, taxonomy code.
        footprint: In metres.
        starts_us: Start for the public.
        ends_us: End for the public.
        attendance: Low, likely, high; None where unknown.
        title: Title.
        place_id: Venue, when known.
    """

    plan_id: str
    kind: str
    footprint: BaseGeometry
    starts_us: int
    ends_us: int
    attendance: tuple[float | None, float | None, float | None]
    title: str = ""
    place_id: str | None = None

    @property
    def likely(self) -> float | None:
        """Likely attendance, None when unknown."""
        return self.attendance[1]


def occasion_of(plan: PlanRecord, projection: Projection) -> Occasion | None:
    """Return a plan as an occasion.

    None for what no hourly effect can be told of: without place, longer than a day, cancelled.
    """
    if plan.geometry is None or plan.geometry.is_empty or plan.state == "cancelled":
        return None
    if not 0 < plan.ends_us - plan.starts_us <= LONGEST_H * HOUR_US:
        return None
    moved = projection.geometries_to_metres(np.array([plan.geometry], object))[0]
    return Occasion(
        plan_id=plan.plan_id,
        kind=plan.kind,
        footprint=shapely.make_valid(moved),
        starts_us=plan.starts_us,
        ends_us=plan.ends_us,
        attendance=plan.attendance,
        title=plan.title,
        place_id=plan.place_id,
    )


@dataclass(frozen=True)
class Crowds:
    """Every occasion's place, time and size, to see which windows others disturb."""

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    x: Floats
    y: Floats
    starts_us: Ints
    ends_us: Ints
    size: Floats

    @classmethod
    def of(cls, occasions: Sequence[Occasion]) -> Crowds:
        """Return the crowds of these occasions."""
        middles = [occasion.footprint.centroid for occasion in occasions]
        sizes = [UNKNOWN_SIZE if o.likely is None else o.likely for o in occasions]
        return cls(
            ids=tuple(o.plan_id for o in occasions),
            kinds=tuple(o.kind for o in occasions),
            x=np.array([m.x for m in middles], np.float64),
            y=np.array([m.y for m in middles], np.float64),
            starts_us=np.array([o.starts_us for o in occasions], np.int64),
            ends_us=np.array([o.ends_us for o in occasions], np.int64),
            size=np.array(sizes, np.float64),
        )

    def disturbance(
        self, occasion: Occasion, from_us: Ints, to_us: Ints, reach_m: float
    ) -> tuple[Floats, Bools]:
        """Return how many people of other plans act in each window, and where the same does.

        People count by the share that a normal spread of ``NEAR_M`` leaves at their distance. The
        same acts where another plan of the same kind stands within ``SAME_PLACE_M``.
        """
        middle = occasion.footprint.centroid
        distance = np.hypot(self.x - middle.x, self.y - middle.y)
        other = np.array([one != occasion.plan_id for one in self.ids], bool)
        near = np.flatnonzero((distance <= reach_m + 2 * NEAR_M) & other)
        if len(near) == 0:
            return np.zeros(len(from_us)), np.zeros(len(from_us), bool)
        buffer = 2 * HOUR_US
        acts = (self.starts_us[near][None] - buffer < to_us[:, None]) & (
            self.ends_us[near][None] + buffer > from_us[:, None]
        )
        people = self.size[near] * np.exp(-0.5 * (distance[near] / NEAR_M) ** 2)
        same = np.array([self.kinds[i] == occasion.kind for i in near], bool)
        same &= distance[near] <= SAME_PLACE_M
        return acts @ people, np.asarray((acts & same[None]).any(1), bool)


@dataclass(frozen=True)
class Windows:
    """An event's window, first, and its control windows, each cut into hour bins.

    Attributes:
        edges_us: Windows x (bins + 1) instants.
        weight: Weight of each window as a control; 0 for the event's own.
        same_day: Control on the same kind of day.
        disturbed: Share of the windows of the history left out because other plans act there.
        relaxed: Whether disturbed windows had to be kept for want of others.
    """

    edges_us: Ints
    weight: Floats
    same_day: Bools
    disturbed: float
    relaxed: bool

    @property
    def bins(self) -> int:
        """Hour bins of each window."""
        return len(self.edges_us[0]) - 1


def windows_of(
    occasion: Occasion,
    crowds: Crowds,
    calendar: Calendar,
    bins: Bins,
    history: tuple[int, int],
) -> Windows:
    """Return the event's window and its controls: same local hours, other days, +- 26 weeks.

    Days of the same kind weigh 1, other days ``OTHER_DAYS``; both fade with the time between, by
    half in ``HALF_LIFE_DAYS``. Windows in which others act too are left out; where fewer than
    ``LEAST_WINDOWS`` would remain the least disturbed are kept, and ``relaxed`` says so.
    """
    hours = bins.hours_of(occasion.starts_us, occasion.ends_us)
    days = np.concatenate([[0], np.arange(1, 7 * WEEKS + 1), -np.arange(1, 7 * WEEKS + 1)])
    starts = calendar.same_clock(occasion.starts_us, days)
    begin = starts - bins.before_h * HOUR_US
    edges = begin[:, None] + np.arange(hours + 1, dtype=np.int64) * HOUR_US
    inside = (edges[:, 0] >= history[0]) & (edges[:, -1] <= history[1])
    inside[0] = True
    edges, days = edges[inside], days[inside]
    kind = calendar.kinds_of_day(edges[:, 0] + bins.before_h * HOUR_US)
    same = kind == kind[0]
    people, again = crowds.disturbance(occasion, edges[:, 0], edges[:, -1], bins.reach_m)
    limit = max(LEAST_DISTURBING, DISTURBS * (occasion.likely or 0.0))
    clear = ~again & (people <= limit)
    clear[0] = False
    relaxed = int(clear.sum()) < LEAST_WINDOWS
    if relaxed:
        order = np.argsort(np.where(again, np.inf, people)[1:], kind="stable")[:LEAST_WINDOWS] + 1
        clear[order[~again[order]]] = True
    weight = np.where(same, 1.0, OTHER_DAYS) * 0.5 ** (np.abs(days) / HALF_LIFE_DAYS)
    disturbed = 1.0 - float(clear[1:].mean()) if len(clear) > 1 else 0.0
    keep = clear.copy()
    keep[0] = True
    weight = np.where(clear, weight, 0.0)
    return Windows(edges[keep], weight[keep], same[keep] & clear[keep], disturbed, relaxed)


def shared_controls(occasions: Sequence[Occasion]) -> Floats:
    """Return how far the controls of events are the same days at the same place, events x events.

    Controls fade on both sides by half in ``HALF_LIFE_DAYS``: two sums with such weights, ``d``
    days apart, have the correlation ``(1 + rd) exp(-rd)`` with ``r`` the rate of fading. Rings
    around two places have the less in common the farther apart they are.
    """
    day = np.array([one.starts_us for one in occasions], np.float64) / DAY_US
    middle = [one.footprint.centroid for one in occasions]
    x, y = np.array([[m.x for m in middle], [m.y for m in middle]], np.float64)
    faded = np.log(2.0) / HALF_LIFE_DAYS * np.abs(day[:, None] - day[None])
    apart = np.hypot(x[:, None] - x[None], y[:, None] - y[None])
    return np.asarray(
        (1.0 + faded) * np.exp(-faded - 0.5 * (apart / SAME_RINGS_M) ** 2), np.float64
    )
