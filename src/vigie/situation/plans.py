"""Plans as people read them: lists, one, and the agenda day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound
from vigie.foresight.agenda import agenda
from vigie.foresight.clashes import clashes_between
from vigie.foresight.plans import PlanRecord, get_plan, plans_between
from vigie.judge.clashes import Clash
from vigie.model.times import local_columns
from vigie.situation.caller import Caller
from vigie.situation.facts import provenance_json, zones_at
from vigie.situation.home import Home
from vigie.situation.rights import View
from vigie.situation.tomorrow.entry import may_json, shown_values, tag_of

LONGEST_US = 400 * 86_400 * 1_000_000
AGENDA_DAYS = 120


def plan_json(plan: PlanRecord) -> dict[str, Any]:
    """Return a plan as the interface answers it."""
    low, likely, high = plan.attendance
    point = None if plan.geometry is None else plan.geometry.representative_point()
    return {
        "plan_id": plan.plan_id,
        "kind": plan.kind,
        "title": plan.title,
        "source": plan.source,
        "starts_at": to_rfc3339(plan.starts_us),
        "ends_at": to_rfc3339(plan.ends_us),
        "setup_s": plan.setup_s,
        "teardown_s": plan.teardown_s,
        "lon": None if point is None else round(point.x, 6),
        "lat": None if point is None else round(point.y, 6),
        "place_id": plan.place_id,
        "geometry": _shape(plan.geometry),
        "attendance_low": low,
        "attendance_likely": likely,
        "attendance_high": high,
        "state": plan.state,
        "declared": plan.declared,
        "closes": list(plan.closes),
        "means": dict(plan.means),
        "attributes": dict(plan.attributes),
        "version": plan.version,
        "service": plan.service,
        "disputed": sorted(name.replace("_us", "_at") for name in plan.disputed),
    }


def _shape(geometry: BaseGeometry | None) -> dict[str, Any] | None:
    return None if geometry is None else dict(mapping(geometry))


def clash_json(clash: Clash) -> dict[str, Any]:
    """Return a clash as the interface answers it."""
    finding = clash.finding
    place = finding.geometry
    return {
        "clash_id": clash.clash_id,
        "rule": clash.rule,
        "severity": finding.severity,
        "plans": list(finding.subjects),
        "from": to_rfc3339(finding.from_us),
        "to": to_rfc3339(finding.to_us),
        "geometry": None if place is None or place.is_empty else _shape(place),
        "explanation": dict(finding.explanation),
        "numbers": dict(finding.numbers),
    }


def holds_plan(view: View) -> Callable[[PlanRecord], bool]:
    """Return whether a plan lies within the view's sources and zones."""
    return lambda plan: view.holds(plan.source, plan.geometry)


def list_plans(
    home: Home, caller: Caller, from_us: int, to_us: int
) -> tuple[View, list[PlanRecord]]:
    """Return the plans whose occupation touches a window, by start, and the view they are seen by.

    Raises:
        Forbidden: When the role may not see plans.
    """
    view = home.rights.ask(caller, "plans", subject={"from_us": from_us, "to_us": to_us})
    return view, list(filter(holds_plan(view), plans_between(home.plans, from_us, to_us)))


def plan_seen(home: Home, caller: Caller, plan_id: str) -> dict[str, Any]:
    """Return one plan.

    Raises:
        Forbidden: When the role may not see plans.
        NotFound: When there is no such plan.
    """
    return _plan_in(home.rights.ask(caller, "plans", subject={"plan": plan_id}), home, plan_id)[1]


def _plan_in(view: View, home: Home, plan_id: str) -> tuple[PlanRecord, dict[str, Any]]:
    plan = get_plan(home.plans, plan_id)
    if not holds_plan(view)(plan):
        raise NotFound(what="plan", name=plan_id)
    return plan, view.blank(plan_json(plan))


def plan_tag(home: Home, plan_id: str) -> str:
    """Return the entity tag of a plan, which a change must name; raises ``NotFound``."""
    return tag_of(get_plan(home.plans, plan_id))


def read_plan(home: Home, caller: Caller, plan_id: str) -> dict[str, Any]:
    """Return everything about one plan, its clashes too.

    Raises:
        Forbidden: When the role may not see plans.
        NotFound: When there is no such plan.
    """
    view = home.rights.ask(caller, "plans", subject={"plan": plan_id})
    plan, answer = _plan_in(view, home, plan_id)
    row = {**plan.provenance, "source": plan.source} if plan.provenance else None
    disputed = {name: one for name, one in plan.disputed.items() if view.sees(name)}
    found = clashes_seen(home, view, plan.from_us, plan.to_us)
    return {
        **answer,
        "provenance": None if row is None else provenance_json(home, row, with_ref=False),
        "fed": shown_values(disputed),
        "may": may_json(home, caller, plan),
        "zones": zones_at(home, answer["lon"], answer["lat"]),
        "clashes": [clash_json(one) for one in found if plan_id in one.finding.subjects],
    }


def clashes_seen(home: Home, view: View, from_us: int, to_us: int) -> list[Clash]:
    """Return the clashes of a window that a view sees: of plans it sees, judged among those alone.

    A view without limits is answered by the home's book of clashes where that holds the window.
    """
    first_us, last_us = home.clashes.window()
    if view.everywhere and first_us <= from_us and to_us <= last_us:
        found = home.clashes.clashes()
        return [c for c in found if c.finding.from_us < to_us and c.finding.to_us > from_us]
    at, seen = now_us(home.clock), holds_plan(view)
    ground = home.clashes.ground()
    return clashes_between(
        home.plans, home.rules, from_us, to_us, now_us=at, seen=seen, ground=ground
    )


def today(home: Home, at_us: int | None = None) -> date:
    """Return the city's date at an instant, now by default."""
    at = now_us(home.clock) if at_us is None else at_us
    days = local_columns(np.array([at], dtype=np.int64), home.settings.city.timezone).local_day
    found: date = days[0].as_py()
    return found


def read_agenda(home: Home, caller: Caller, from_us: int | None, days: int) -> list[dict[str, Any]]:
    """Return the agenda day by day, from the local day of an instant (today by default).

    Raises:
        Forbidden: When the role may not see plans.
    """
    view = home.rights.ask(caller, "plans", subject={"from_us": from_us, "days": days})
    found = agenda(
        home.plans,
        home.rules,
        first=today(home, from_us),
        days=max(1, min(days, AGENDA_DAYS)),
        timezone=home.settings.city.timezone,
        now_us=now_us(home.clock),
        seen=holds_plan(view),
        known=lambda start, end: clashes_seen(home, view, start, end),
    )
    return [
        {
            "day": one.day.isoformat(),
            "from": to_rfc3339(one.from_us),
            "to": to_rfc3339(one.to_us),
            "plans": len(one.plans),
            "attendance": dict(zip(("low", "likely", "high"), one.attendance, strict=True)),
            "unknown_attendance": one.unknown_attendance,
            "clashes": len(one.clashes),
            "items": [view.blank(plan_json(plan)) for plan in one.plans],
        }
        for one in found
    ]
