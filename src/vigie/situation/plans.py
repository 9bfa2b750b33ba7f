"""Plans as people read them: lists, one, and the agenda day by day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound
from vigie.foresight.agenda import MAX_DAYS
from vigie.foresight.clashes import clashes_between
from vigie.foresight.ics import calendar_of
from vigie.foresight.plans import PlanRecord, get_plan, plans_between
from vigie.judge.clashes import Clash
from vigie.model.times import day_bounds
from vigie.situation.caller import Caller
from vigie.situation.facts import provenance_json, zones_at
from vigie.situation.home import Home
from vigie.situation.rights import View
from vigie.situation.tomorrow.agenda import PlanFilters, agenda_days, day_json, local_day, seen_by
from vigie.situation.tomorrow.entry import may_json, tag_of
from vigie.situation.tomorrow.versions import shown_values

LONGEST_US = 400 * 86_400 * 1_000_000
AGENDA_DAYS = MAX_DAYS


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
        "accuracy_m": plan.accuracy_m,
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


holds_plan = seen_by


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
        "tag": tag_of(plan),
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


def read_agenda(
    home: Home,
    caller: Caller,
    from_us: int | None,
    days: int,
    *,
    listed: PlanFilters | None = None,
    once: bool = False,
) -> dict[str, Any]:
    """Return the agenda day by day, from the local day of an instant (today by default).

    Args:
        home: The home.
        caller: Who asks.
        from_us: An instant of the first day, epoch µs.
        days: How many days.
        listed: Which plans are listed; all by default. The note is the day's, whatever is listed.
        once: Tell each plan once, under ``plans``, and days by ``listed`` alone.

    Raises:
        Forbidden: When the role may not see plans.
    """
    first = None if from_us is None else local_day(home, from_us)
    view, found = agenda_days(home, caller, first, days)
    listed = listed or PlanFilters()
    told: dict[str, dict[str, Any]] = {}

    def tell(plan: PlanRecord) -> dict[str, Any]:
        if plan.plan_id not in told:
            told[plan.plan_id] = view.blank(plan_json(plan))
        return told[plan.plan_id]

    items = [day_json(one, tell, listed) for one in found]
    if once:
        items = [{**one, "items": []} for one in items]
    return {"items": items, "plans": list(told.values()) if once else [], "next": None}


def agenda_calendar(
    home: Home,
    caller: Caller,
    from_us: int | None,
    days: int,
    *,
    listed: PlanFilters | None = None,
    language: str = "fr",
) -> bytes:
    """Return the agenda as an iCalendar, from the local day of an instant (today by default).

    Raises:
        Forbidden: When the role may not see plans.
    """
    zone = home.settings.city.timezone
    first = local_day(home, now_us(home.clock) if from_us is None else from_us)
    start = day_bounds(first, zone)[0]
    end = day_bounds(first + timedelta(days=max(1, min(days, AGENDA_DAYS)) - 1), zone)[1]
    view = home.rights.ask(caller, "plans", subject={"from_us": start, "to_us": end, "ics": True})
    seen = holds_plan(view)
    listed = listed or PlanFilters()
    plans = [
        plan
        for plan in plans_between(home.plans, start, end)
        if seen(plan) and listed.takes(plan) and plan.starts_us < end and plan.ends_us > start
    ]
    name = f"Vigie {home.settings.city.name}"

    def place(plan: PlanRecord) -> tuple[float, float] | None:
        told = view.blank(plan_json(plan))
        return None if told["lon"] is None else (told["lon"], told["lat"])

    return calendar_of(plans, name=name, language=language, geometry=place)
