"""The question of an allocation made ready: what is expected where, where posts may stand.

Asked of ``figures`` with the verb *combine*, for what comes out is counted facts: places of fewer
facts than the charter's least count are pooled or left out before anything is computed
(``foresight.allocation.demand``), and nothing is told finer than the charter's precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from vigie.analyse.running import Selection
from vigie.base.clock import now_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.foresight.allocation.demand import (
    CITY_WIDE,
    FINE,
    PUBLIC,
    Demand,
    from_history,
    on_ground,
)
from vigie.foresight.allocation.event import CROWD, with_event
from vigie.foresight.allocation.hypercube import MOST_EXACT
from vigie.foresight.allocation.past import HOUR_US, LATE_US, read_past, weeks_before
from vigie.foresight.allocation.problem import Conditions, Given, Problem
from vigie.foresight.allocation.sites import Ground, Landmark, find_sites, ways_m
from vigie.foresight.effects.history import Reach
from vigie.foresight.effects.model import Prediction
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.forecasting.evidence import check_kinds
from vigie.foresight.plans import PlanRecord
from vigie.geo.projection import Projection, local_projection
from vigie.privacy.purposes import Verb
from vigie.situation.assessed_use import require_assessed
from vigie.situation.caller import Caller
from vigie.situation.frame import DISTRICTS
from vigie.situation.home import Home
from vigie.situation.places import select_places
from vigie.situation.plans import holds_plan
from vigie.situation.rights import View

MOST_HOURS: Final = 48
MOST_POINTS: Final = 400
WEEKS: Final = 26
DEFAULT_POSTS: Final = 4
EVENT_RADIUS_M: Final = 800.0
AROUND_EVENT_H: Final = 2
"""Hours before and after an event that posts stand, unless hours are asked for."""
LEAST_WEEKS: Final = 8
"""Past weeks without another crowd there below which all weeks are taken."""
NAMED: Final = (
    "place.landmark",
    "place.square",
    "place.station.metro",
    "place.station.rail",
    "place.venue",
    "place.shopping",
    "place.market",
    "place.park",
    "place.beach",
    "place.hospital",
    "place.government",
)
"""Kinds of places that tell people where a post stands, and where one may stand."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        posts: Posts to site; None takes as many as the plan's agents make.
        per_post: People at each; the following as in ``Given``.
        reach_s: Response time wanted, seconds.
        speed_kmh: Speed on the way.
        on_scene_min: Minutes that an answered fact keeps a unit.
        answered: Share of the facts expected that need a unit.
        plan_id: Event; empty for an ordinary day.
        from_us: Start of an ordinary day's window; the event's otherwise.
        to_us: Its end.
        zone: Zoning and zone id of an ordinary day; None for the whole city.
        radius_m: How far around an event posts and facts count.
        conditions: What must be kept.
        kinds: Kinds of facts; the usual ones of forecasts by default.
        weeks: Past weeks looked at.
        available: People available; None for as many as needed.
        first_aid_posts: First-aid posts to site; None takes the plan's.
        around_h: Hours of setting up and clearing away.
    """

    posts: int | None = None
    per_post: int = 2
    reach_s: float = 300.0
    speed_kmh: float = 4.5
    on_scene_min: float = 25.0
    answered: float = 1.0
    plan_id: str = ""
    from_us: int = 0
    to_us: int = 0
    zone: tuple[str, str] | None = None
    radius_m: float = EVENT_RADIUS_M
    conditions: Conditions = field(default_factory=Conditions)
    kinds: tuple[str, ...] = ()
    weeks: int = WEEKS
    available: int | None = None
    first_aid_posts: int | None = None
    around_h: tuple[int, int] = (0, 0)

    def given(self, plan: PlanRecord | None) -> Given:
        """Return the means; raises ``WrongUsage``."""
        posts = self.posts
        if posts is None:
            posts = DEFAULT_POSTS if plan is None else planned_posts(plan, self.per_post)
        return Given(
            posts,
            self.per_post,
            self.reach_s,
            self.speed_kmh,
            self.on_scene_min,
            self.answered,
        )


@dataclass(frozen=True)
class Case:
    """A question made ready.

    Attributes:
        asked: What was asked.
        plan: The event, or None.
        from_us: First hour, epoch µs.
        hours: How many.
        plane: Metres around it.
        footprint: The event's ground; None without.
        given: The means.
        demand: What is expected.
        problem: The question that proposals answer; None where too little is known, or no site.
        events: Past events behind what this event brings; 0 without.
        brings: What it brings, part of the demand: low, mid, high; None without.
    """

    asked: Asked
    plan: PlanRecord | None
    from_us: int
    hours: int
    plane: Projection | None
    footprint: BaseGeometry | None
    given: Given
    demand: Demand
    problem: Problem | None
    events: int = 0
    brings: tuple[float, float, float] | None = None


def planned_posts(plan: PlanRecord, per_post: int) -> int:
    """Return how many posts the agents of a plan make, 12 at most; 4 where it says nothing."""
    told = plan.means.get("agents", "")
    agents = int(told) if told.isdecimal() else 0
    return min(MOST_EXACT, max(1, agents // per_post)) if agents else DEFAULT_POSTS


def prepare(home: Home, caller: Caller, asked: Asked) -> Case:
    """Return the question made ready, asked of plans, places and figures in turn.

    Raises:
        Forbidden: When the charter does not open it, or the assessment is missing.
        NotFound: When there is no such plan, zoning or zone.
        WrongUsage: When the window is too long, or no earlier week is known.
    """
    plan = seen_plan(home, caller, asked.plan_id) if asked.plan_id else None
    window = _window(asked, plan)
    subject = {"from_us": window[0], "to_us": window[1], "plan": asked.plan_id}
    told = {name: value for name, value in subject.items() if value}
    view = home.rights.ask(caller, "figures", Verb.COMBINE, told)
    require_assessed(home, caller, "forecasts", Verb.COMBINE)
    given = asked.given(plan)
    footprint = None if plan is None else plan.geometry
    if plan is not None and (footprint is None or footprint.is_empty):
        raise WrongUsage(reason="the event has no place", field="plan_id")
    area = _area(home, asked, footprint)
    brought = None if plan is None else _prediction(home, view, plan)
    demand = _demand(home, view, asked, window, (area, brought is not None))
    if brought is not None and area is not None and not len(demand.lon):
        demand = on_ground(demand, area)
    plane = _plane(footprint if footprint is not None else area, demand)
    found = None
    if brought is not None:
        prediction, occasion, metres = brought
        kinds = check_kinds(asked.kinds)
        found = with_event(
            demand,
            prediction,
            occasion,
            metres,
            kinds=kinds,
            from_us=window[0],
            radius_m=asked.radius_m,
        )
        demand = found.demand
    return Case(
        asked=asked,
        plan=plan,
        from_us=window[0],
        hours=demand.hours,
        plane=plane,
        footprint=footprint,
        given=given,
        demand=demand,
        problem=_problem(home, caller, (asked, given), demand, (area, footprint, plane)),
        events=0 if found is None else found.events,
        brings=None if found is None else found.brings,
    )


def seen_plan(home: Home, caller: Caller, plan_id: str) -> PlanRecord:
    """Return a plan that the caller may see.

    Raises:
        Forbidden: When the charter does not open plans.
        NotFound: When there is no such plan for the caller.
    """
    view = home.rights.ask(caller, "plans", subject={"plan": plan_id})
    plan = home.plans.get(plan_id)
    if not holds_plan(view)(plan):
        raise NotFound(what="plan", name=plan_id)
    return plan


def _window(asked: Asked, plan: PlanRecord | None) -> tuple[int, int]:
    """Return whole hours that hold the occasion."""
    start, end = asked.from_us, asked.to_us
    if plan is not None and not end:
        start = plan.starts_us - AROUND_EVENT_H * HOUR_US
        end = plan.ends_us + AROUND_EVENT_H * HOUR_US
    start -= start % HOUR_US
    end += -end % HOUR_US
    if not HOUR_US <= end - start <= MOST_HOURS * HOUR_US:
        raise WrongUsage(reason=f"window: 1 to {MOST_HOURS} hours", field="to")
    return start, end


def _area(home: Home, asked: Asked, footprint: BaseGeometry | None) -> BaseGeometry | None:
    if footprint is not None:
        middle = footprint.centroid
        return local_projection(middle.x, middle.y).buffer(footprint, asked.radius_m)
    if asked.zone is None:
        return None
    zoning = home.frame.zoning(asked.zone[0])
    return zoning.polygons[zoning.index_of(asked.zone[1])]


def _demand(
    home: Home,
    view: View,
    asked: Asked,
    window: tuple[int, int],
    where: tuple[BaseGeometry | None, bool],
) -> Demand:
    """Return what is usual; where an event is added to it, of weeks without another crowd."""
    area, quiet = where
    first_us = home.lake.query("extent")["first_us"][0].as_py()
    at = now_us(home.clock)
    known = (at if first_us is None else first_us, at - LATE_US)
    windows = weeks_before(
        *window, weeks=asked.weeks, timezone=home.settings.city.timezone, known=known
    )
    if quiet and windows:
        windows = _quiet(home, windows, area)
    kinds = check_kinds(asked.kinds)
    past = read_past(home.lake, view.select(Selection(*window, kinds=kinds)), windows, area)
    if past.occasions == 0:
        raise WrongUsage(reason="no earlier week is known", field="from")
    levels: tuple[int, ...] = FINE if area is not None and not asked.zone else CITY_WIDE
    if view.precision == "public":
        levels = PUBLIC
    while True:
        demand = from_history(
            past.cells,
            past.hours,
            past.evidence,
            size=(window[1] - window[0]) // HOUR_US,
            occasions=past.occasions,
            least=view.least,
            resolutions=levels,
            area=area,
        )
        if len(demand.lon) <= MOST_POINTS or len(levels) == 1:
            return demand
        levels = levels[1:]


def _quiet(
    home: Home, windows: list[tuple[int, int]], area: BaseGeometry | None
) -> list[tuple[int, int]]:
    """Return the windows in which no crowd was planned within the area; all when few are left."""
    plans = [
        plan
        for plan in home.plans.between(windows[-1][0], windows[0][1])
        if plan.state != "cancelled"
        and (plan.attendance[1] or 0.0) >= CROWD
        and plan.geometry is not None
        and (area is None or area.intersects(plan.geometry))
    ]
    kept = [
        window
        for window in windows
        if not any(plan.starts_us < window[1] and plan.ends_us > window[0] for plan in plans)
    ]
    return kept if len(kept) >= LEAST_WEEKS else windows


def _prediction(
    home: Home, view: View, plan: PlanRecord
) -> tuple[Prediction, Occasion, Projection] | None:
    """Return what the effect model foresees of an event; None when no past event tells."""
    standing = home.reckoned.standing(now_us(home.clock), Reach(view.sources(), view.area))
    occasion = standing.occasion(plan)
    if occasion is None or not standing.model.past:
        return None
    prediction = standing.model.expected(occasion)
    return (prediction, occasion, standing.projection) if prediction.basis.plan_ids else None


def _plane(shape: BaseGeometry | None, demand: Demand) -> Projection | None:
    if shape is not None:
        return local_projection(shape.centroid.x, shape.centroid.y)
    if not len(demand.lon):
        return None
    return local_projection(float(np.median(demand.lon)), float(np.median(demand.lat)))


def landmarks(home: Home, caller: Caller) -> list[Landmark]:
    """Return the places with a name that the caller may see."""
    view = home.rights.ask(caller, "places")
    rows = view.rows(select_places(home, NAMED)).to_pylist()
    return [
        Landmark(row["lon"], row["lat"], row["label"])
        for row in rows
        if row["lon"] is not None and row["lat"] is not None and row["label"]
    ]


def _problem(
    home: Home,
    caller: Caller,
    wanted: tuple[Asked, Given],
    demand: Demand,
    where: tuple[BaseGeometry | None, BaseGeometry | None, Projection | None],
) -> Problem | None:
    area, footprint, plane = where
    asked, given = wanted
    if plane is None or demand.says_nothing:
        return None
    gazetteer = home.frame.gazetteer
    streets: list[BaseGeometry] = []
    if gazetteer is not None:
        streets = [line for line, _ in gazetteer.streets()]
    if area is not None:
        streets = [line.intersection(area) for line in streets if line.intersects(area)]
    ground = Ground(area, footprint, landmarks(home, caller), _lines(streets))
    weights = demand.mid.sum(axis=1)
    sites = find_sites(
        ground,
        (demand.lon, demand.lat, weights),
        plane,
        spacing_m=max(60.0, min(400.0, given.reach_m / 4.0)),
    )
    if not sites:
        return None
    zoning = home.frame.zonings.get(DISTRICTS)
    district = np.zeros(len(demand.lon), np.int64)
    site_district = np.zeros(len(sites), np.int64)
    labels: Sequence[str] = ("",)
    if zoning is not None:
        labels = zoning.labels
        district = zoning.assign(demand.lon, demand.lat)
        at = np.array([(one.lon, one.lat) for one in sites], np.float64).reshape(-1, 2)
        site_district = zoning.assign(at[:, 0], at[:, 1])
    return Problem(
        demand=demand,
        sites=sites,
        ways_m=ways_m((demand.lon, demand.lat, demand.radius_m), sites, plane),
        given=given,
        conditions=asked.conditions,
        labels=labels,
        district=district,
        site_district=site_district,
    )


def _lines(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    parts = shapely.get_parts(np.array(list(shapes), object))
    return [one for one in parts if one.geom_type == "LineString" and not one.is_empty]
