"""What a change of a plan would change, and whether its means suffice, by the charter.

Asked of ``figures`` with ``combine``: expected facts come from counts of past days. Small counts
(``view.least``): a kind of fact, or all facts, that rest on fewer facts than that around the place
are not told; what is told is drawn from a model of many weeks, in whole facts, never a count of a
cell. Nothing of a scenario is stored.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from shapely.geometry import shape

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound
from vigie.base.stopping import look, stoppable
from vigie.foresight.effects.history import Reach
from vigie.foresight.plans import PlanRecord, get_plan, plans_between
from vigie.foresight.whatif.knowledge import Known, Lines, build, known_of, read_surroundings
from vigie.foresight.whatif.reliability import reliability
from vigie.foresight.whatif.scenario import Scenario
from vigie.foresight.whatif.side import work_out
from vigie.foresight.whatif.telling import (
    adequacy_json,
    answer_json,
    cover_json,
    reliability_json,
    told_json,
)
from vigie.foresight.whatif.whatif import seed_of, what_if
from vigie.model.dps import Degree, first_aid_cover
from vigie.privacy.charter import Limits
from vigie.privacy.purposes import Verb
from vigie.situation.assessed_use import may_use, require_assessed
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import holds_plan
from vigie.situation.rights import View

STREETS = "streets"
BESIDE = ("places", "measures")
AHEAD_DAYS = 30
DAY_US = 86_400_000_000
LATEST = 60
"""Past events listed one by one under the diagram, newest first."""


def _lines(home: Home) -> Lines:
    """Return the city's streets by name; none where the frame has no such layer."""
    if STREETS not in home.frame.layers:
        return ()
    features = json.loads(home.frame.layer(STREETS))["features"]
    return [
        (str(one["properties"]["name"]), shape(one["geometry"]))
        for one in features
        if one["properties"].get("name") and one["geometry"]
    ]


@dataclass(frozen=True)
class _Reach:
    """How far somebody sees: whose facts, which plans, which places and measures."""

    facts: Reach
    ends: tuple[str, ...]
    holds: Callable[[PlanRecord], bool]
    keep: Callable[[str, pa.Table], pa.Table]


def _everything() -> _Reach:
    """Return the reach of the house itself, that of everybody without limits."""
    ends = (str(Limits()),) * len(BESIDE)
    return _Reach(Reach(), ends, lambda _plan: True, lambda _kind, table: table)


def _reach(home: Home, caller: Caller, view: View) -> _Reach:
    """Return how far a caller sees, after asking for what stands beside the facts too."""
    views = {kind: home.rights.ask(caller, kind, subject={"for": "whatif"}) for kind in BESIDE}
    return _Reach(
        Reach(view.sources(), view.area),
        tuple(str(one.limits) for one in views.values()),
        holds_plan(view),
        lambda kind, table: views[kind].keep(table),
    )


def _known(home: Home, reach: _Reach, *, wait: bool = False) -> Known:
    """Return what answers rest on, as far as a reach goes."""
    with stoppable(home.stop):
        return _fitted(home, reach, wait=wait)


def _fitted(home: Home, reach: _Reach, *, wait: bool) -> Known:
    at, city = now_us(home.clock), home.settings.city
    standing = home.reckoned.standing(at, reach.facts)

    def make() -> Known:
        surroundings = read_surroundings(
            home.lake,
            _lines(home),
            standing.projection,
            timezone=city.timezone,
            now_us=at,
            keep=reach.keep,
        )
        history = standing.model.history
        plans = plans_between(home.plans, history.from_us, history.until_us)
        return build(standing, list(filter(reach.holds, plans)), surroundings)

    return known_of(standing, reach.ends, make, wait=wait)


def keep_at_hand(home: Home) -> int:
    """Fit what answers rest on before anybody asks, and go through the coming month's plans.

    The house's own reckoning: nothing leaves, so that no right is asked and no line is due.

    Returns:
        Plans whose adequacy is at hand; none while it waits for the signed assessment.
    """
    if not may_use(home, "forecasts"):
        home.reckoned.needed = {}
        return 0
    known = _known(home, _everything(), wait=True)
    at = now_us(home.clock)
    ahead = plans_between(home.plans, at - DAY_US, at + AHEAD_DAYS * DAY_US)
    found = {plan.plan_id: known.briefs.of(plan) for plan in ahead}
    look()
    needed = {name: one.needed for name, one in found.items() if one is not None}
    home.reckoned.needed = {name: (one.low, one.likely, one.high) for name, one in needed.items()}
    return len(needed)


def adequacies(
    home: Home, caller: Caller, plans: Sequence[PlanRecord]
) -> dict[str, dict[str, Any]]:
    """Return, by plan id, whether the means of many plans suffice, as a list shows it.

    Plans of which nothing can be told are left out. Kept while a plan and the day's fit stand: 500
    plans that are at hand take no time, one that is not about ten milliseconds.

    Args:
        home: The home.
        caller: Who asks.
        plans: Plans the caller may see.

    Raises:
        AssessmentMissing: When forecasts wait for the signed assessment.
        Forbidden: When the role may not combine figures.
    """
    view = home.rights.ask(caller, "figures", Verb.COMBINE, subject={"ask": "adequacies"})
    require_assessed(home, caller, "forecasts", Verb.COMBINE)
    briefs = _known(home, _reach(home, caller, view)).briefs
    found = {plan.plan_id: briefs.of(plan) for plan in plans}
    return {name: adequacy_json(one) for name, one in found.items() if one is not None}


def _asked(home: Home, caller: Caller, plan_id: str) -> tuple[View, View, PlanRecord]:
    """Return the views of figures and plans, and the plan; what is expected waits as forecasts."""
    view = home.rights.ask(caller, "figures", Verb.COMBINE, subject={"plan": plan_id})
    require_assessed(home, caller, "forecasts", Verb.COMBINE)
    seen = home.rights.ask(caller, "plans", subject={"plan": plan_id})
    plan = get_plan(home.plans, plan_id)
    if not holds_plan(seen)(plan):
        raise NotFound(what="plan", name=plan_id)
    return view, seen, plan


def ask_what_if(
    home: Home, caller: Caller, plan_id: str, scenario: Scenario, *, wait: bool = False
) -> dict[str, Any]:
    """Return a plan before and after a change, side by side.

    Args:
        home: The home.
        caller: Who asks.
        plan_id: The plan.
        scenario: What is changed.
        wait: Whether to wait for the calibration by past events.

    Raises:
        AssessmentMissing: When forecasts wait for the signed assessment.
        Forbidden: When the role may not combine figures or see plans.
        NotFound: When there is no such plan.
        WrongUsage: When nothing can be told of it, or the change cannot be.
    """
    view, seen, plan = _asked(home, caller, plan_id)
    known = _known(home, _reach(home, caller, view), wait=wait)
    answer = answer_json(what_if(plan, scenario, known.cut(view.least)), known)
    return {**answer, "past": _past(home, seen, answer["figures"])}


def _past(home: Home, seen: View, figures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the past events that figures rest on, the newest first, as far as plans are seen."""
    sides = [one[side] for one in figures for side in ("before", "after") if one[side]]
    may, found = holds_plan(seen), {}
    for plan_id in dict.fromkeys(name for side in sides for name in side["basis"]):
        with contextlib.suppress(NotFound):  # erased since the model was fitted
            plan = get_plan(home.plans, plan_id)
            if may(plan):
                found[plan_id] = plan
    newest = sorted(found.values(), key=lambda one: (-one.starts_us, one.plan_id))
    return [
        {
            "plan_id": one.plan_id,
            "title": one.title,
            "kind": one.kind,
            "starts_at": to_rfc3339(one.starts_us),
        }
        for one in newest
    ]


def plan_adequacy(
    home: Home, caller: Caller, plan_id: str, *, wait: bool = False
) -> dict[str, Any]:
    """Return whether a plan's means suffice, as planned.

    Raises:
        AssessmentMissing: When forecasts wait for the signed assessment.
        Forbidden: When the role may not combine figures or see plans.
        NotFound: When there is no such plan.
        WrongUsage: When nothing can be told of it.
    """
    view, _, plan = _asked(home, caller, plan_id)
    known = _known(home, _reach(home, caller, view), wait=wait)
    side = work_out(plan, Scenario(), known.cut(view.least), seed=seed_of(plan))
    return {"plan_id": plan_id, **adequacy_json(side.adequacy), "ready": known.told is not None}


def read_reliability(home: Home, caller: Caller, *, wait: bool = False) -> dict[str, Any]:
    """Return how often adequacy was right about past events, beside the naive answers.

    Raises:
        Forbidden: When the role may not combine figures.
    """
    view = home.rights.ask(caller, "figures", Verb.COMBINE, subject={"ask": "reliability"})
    seen = home.rights.ask(caller, "plans", subject={"ask": "reliability"})
    known = _known(home, _reach(home, caller, view), wait=wait)
    told = known.told
    if told is None:
        return {"ready": False, "fitted_at": to_rfc3339(known.standing.fitted_us)}
    may = holds_plan(seen)
    events = [
        one
        for one in told_json(told)[-LATEST:][::-1]
        if seen.everywhere or may(get_plan(home.plans, one["plan_id"]))
    ]
    return {
        "ready": True,
        "fitted_at": to_rfc3339(known.standing.fitted_us),
        "calibrated": reliability_json(reliability(told.probability, told.sufficed)),
        "raw": reliability_json(reliability(told.raw, told.sufficed)),
        "naive": reliability_json(reliability(told.naive, told.sufficed)),
        "usual_share": reliability_json(reliability(told.share, told.sufficed)),
        "covered": round(told.covered, 4) if len(told.plan_ids) else None,
        "events": events,
    }


def read_first_aid(
    home: Home, caller: Caller, public: int, degrees: tuple[Degree, Degree, Degree]
) -> dict[str, Any]:
    """Return the first-aid cover that the national grid asks for, line by line.

    Args:
        home: The home.
        caller: Who asks.
        public: Peak simultaneous public.
        degrees: P2, E1 and E2.

    Raises:
        Forbidden: When the role may not see plans.
        WrongUsage: When the public cannot be.
    """
    home.rights.ask(caller, "plans", subject={"ask": "first_aid"})
    return cover_json(first_aid_cover(public, *degrees))
