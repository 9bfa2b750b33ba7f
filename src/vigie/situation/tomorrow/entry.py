"""Plans entered, amended and decided by hand, each by the charter and with its line in the audit.

A partner service declares its own uses of public space and changes those it declared, and those
its own feeds brought. An operator reports gatherings that nobody declared, and nothing else. To
authorise or cancel is a decision of its own (dataset ``authorisations``), with a reason; a service
may call off what it declared itself. Nothing is written over: every act is a version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vigie.base.clock import to_rfc3339
from vigie.base.errors import Conflict, NotFound, StaleVersion
from vigie.base.ids import new_id
from vigie.foresight.entry import (
    FIELDS,
    SUBSTANCE,
    Entered,
    Remark,
    changed_fields,
    check,
    invalid,
    scrubbed_reason,
)
from vigie.foresight.plans import PlanRecord, values_of
from vigie.privacy.decision import LEAST_REASON
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.rights import OWN_ROLE, View
from vigie.situation.tomorrow.versions import version_json

EVENT_TYPE = "org.vigie.plan.changed.v1"
SOURCE = "entry"
"""Feed name under which plans stand that no feed brought; ``entry.SERVICE`` for a partner's."""

ONLY_WILD = frozenset({"operator"})
"""Roles that report gatherings nobody declared and touch no other plan."""

DECISIONS = ("authorised", "declared", "cancelled")


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of an act.

    Attributes:
        plan_id: The plan.
        notices: What was replaced, or is unusual.
    """

    plan_id: str
    notices: tuple[Remark, ...]


def tag_of(plan: PlanRecord) -> str:
    """Return what changes whenever a plan does, at its feed or by hand (an entity tag)."""
    told = json.dumps([plan.version, values_of(plan), sorted(plan.disputed)], sort_keys=True)
    return f'"{plan.version}-{hashlib.blake2b(told.encode(), digest_size=9).hexdigest()}"'


def service_of(home: Home, caller: Caller) -> str:
    """Return the partner service of a caller; empty for the city's own people."""
    if caller.role != OWN_ROLE or not caller.account_id:
        return ""
    scope = home.desk.scopes.of_account(caller.account_id)
    return "" if scope is None else scope.partner


def source_of(service: str) -> str:
    """Return the name under which the plans of a service stand."""
    return f"{SOURCE}.{service}" if service else SOURCE


def owns(home: Home, caller: Caller, view: View, plan: PlanRecord) -> bool:
    """Say whether a plan is the caller's to change: everybody's own are those of the view.

    What a partner's colleagues entered counts as its own, and what its feeds brought.
    """
    if view.limits.sources is not None:
        mine = source_of(service_of(home, caller))
        if plan.source != mine and plan.source not in view.limits.sources:
            return False
    return view.area is None or (
        plan.geometry is not None and bool(view.area.intersects(plan.geometry))
    )


def _refuse_beyond(home: Home, caller: Caller, view: View, plan: PlanRecord, verb: Verb) -> None:
    subject = {"plan": plan.plan_id}
    if not owns(home, caller, view, plan):
        home.rights.refuse(caller, "plans", verb, subject, why="plan_not_yours")
    if caller.role in ONLY_WILD and plan.declared:
        home.rights.refuse(caller, "plans", verb, subject, why="only_undeclared")


def _checked(home: Home, values: Mapping[str, Any]) -> Entered:
    found = check(values, home.settings.city.bbox)
    place = found.values["place_id"]
    if place is not None and not home.lake.scan("places", ids=[place], columns=["place_id"]):
        raise invalid([Remark("place_id", "entry_no_place")])
    return found


def enter(home: Home, caller: Caller, values: Mapping[str, Any], *, reason: str = "") -> Kept:
    """Enter a plan that no feed brought.

    Args:
        home: The home.
        caller: Who enters it.
        values: See ``foresight.entry.check``.
        reason: Why, where there is something to say.

    Raises:
        Forbidden: When the role enters no plans, or not this one.
        EntryInvalid: When a field cannot stand.
    """
    plan_id = new_id("plan")
    view = home.rights.ask(caller, "plans", Verb.COLLECT, {"plan": plan_id})
    found = _checked(home, values)
    service = service_of(home, caller)
    if found.values["state"] not in {"draft", "declared"}:
        raise invalid([Remark("state", "entry_not_decided_here")])
    plan = _as_plan(plan_id, found, source_of(service))
    _refuse_beyond(home, caller, view, plan, Verb.COLLECT)
    _write(home, caller, plan, found, act="entered", reason=scrubbed_reason(reason), fed=None)
    return Kept(plan_id, found.notices)


def amend(
    home: Home,
    caller: Caller,
    plan_id: str,
    change: Mapping[str, Any],
    *,
    tag: str,
    reason: str = "",
) -> Kept:
    """Change some fields of a plan, whoever brought it: a version on top.

    Whoever may not authorise and changes what an authorisation was given for, asks for it again.

    Raises:
        Forbidden: When the plan is not the caller's to change.
        NotFound: When there is no such plan.
        StaleVersion: When ``tag`` is not that of the plan as it stands.
        EntryInvalid: When a field cannot stand.
    """
    subject = {"plan": plan_id, "fields": sorted(set(change) & set(FIELDS))}
    view = home.rights.ask(caller, "plans", Verb.ALTER, subject)
    plan = home.plans.get(plan_id)
    _refuse_beyond(home, caller, view, plan, Verb.ALTER)
    _same(plan, tag)
    if change.get("state", plan.state) != plan.state and not (
        {plan.state, change["state"]} <= {"draft", "declared"}
    ):
        raise invalid([Remark("state", "entry_not_decided_here")])
    before = values_of(plan)
    found = _checked(home, {**before, **change})
    _refuse_beyond(home, caller, view, _as_plan(plan_id, found, plan.source), Verb.ALTER)
    notices = found.notices
    changed = changed_fields(before, found.values)
    reopened = plan.state == "authorised" and bool(SUBSTANCE.intersection(changed))
    if reopened and not home.rights.may(caller, "authorisations", Verb.ALTER):
        found.values["state"] = "declared"
        changed = (*changed, "state")
        notices = (*notices, Remark("state", "entry_reopened"))
    if changed:
        _write(home, caller, plan, found, act="amended", reason=scrubbed_reason(reason))
    return Kept(plan_id, notices)


def decide(
    home: Home, caller: Caller, plan_id: str, decision: str, *, tag: str, reason: str
) -> Kept:
    """Authorise a plan, cancel it, or take the decision back (``declared``), for a reason.

    Raises:
        Forbidden: When the role does not decide.
        NotFound: When there is no such plan.
        Conflict: When it is so already.
        StaleVersion: When ``tag`` is not that of the plan as it stands.
        EntryInvalid: When the decision is unknown or the reason too short.
    """
    view = home.rights.ask(
        caller, "authorisations", Verb.ALTER, {"plan": plan_id, "decision": decision[:20]}
    )
    plan = home.plans.get(plan_id)
    if not view.holds(plan.source, plan.geometry):
        raise NotFound(what="plan", name=plan_id)
    _decided(home, caller, plan, decision, tag=tag, reason=reason)
    return Kept(plan_id, ())


def withdraw(home: Home, caller: Caller, plan_id: str, *, tag: str, reason: str) -> Kept:
    """Call off a plan that is the caller's own to change, for a reason.

    Raises:
        Forbidden: When the plan is not the caller's to change.
        NotFound: When there is no such plan.
        Conflict: When it is called off already.
        StaleVersion: When ``tag`` is not that of the plan as it stands.
        EntryInvalid: When the reason is too short.
    """
    view = home.rights.ask(caller, "plans", Verb.ALTER, {"plan": plan_id, "decision": "cancelled"})
    plan = home.plans.get(plan_id)
    _refuse_beyond(home, caller, view, plan, Verb.ALTER)
    _decided(home, caller, plan, "cancelled", tag=tag, reason=reason)
    return Kept(plan_id, ())


def _decided(
    home: Home, caller: Caller, plan: PlanRecord, decision: str, *, tag: str, reason: str
) -> None:
    _same(plan, tag)
    if decision not in DECISIONS:
        raise invalid([Remark("decision", "entry_state", {"value": decision[:20]})])
    why = scrubbed_reason(reason)
    if len(why) < LEAST_REASON:
        raise invalid([Remark("reason", "entry_reason", {"least": LEAST_REASON})])
    if plan.state == decision:
        raise Conflict(what="plan", name=plan.plan_id)
    found = Entered({**values_of(plan), "state": decision}, plan.geometry, ())
    act = "reopened" if decision == "declared" else decision
    _write(home, caller, plan, found, act=act, reason=why)


def settle(home: Home, caller: Caller, plan_id: str, take: list[str], *, tag: str) -> Kept:
    """End a dispute between what stands by hand and what the feed says now.

    The fields of ``take`` become what the feed says; the others stay as they are by hand.

    Raises:
        Forbidden: When the plan is not the caller's to change.
        NotFound: When there is no such plan.
        Conflict: When nothing is in dispute.
        StaleVersion: When ``tag`` is not that of the plan as it stands.
        EntryInvalid: When a field is not in dispute, or takes a decision (``state``).
    """
    view = home.rights.ask(
        caller, "plans", Verb.ALTER, {"plan": plan_id, "take": sorted(set(take) & set(FIELDS))}
    )
    plan = home.plans.get(plan_id)
    _refuse_beyond(home, caller, view, plan, Verb.ALTER)
    _same(plan, tag)
    if not plan.disputed:
        raise Conflict(what="plan", name=plan_id)
    unknown = [Remark(name[:40], "entry_unknown") for name in take if name not in plan.disputed]
    if "state" in take and not home.rights.may(caller, "authorisations", Verb.ALTER):
        unknown.append(Remark("state", "entry_not_decided_here"))
    if unknown:
        raise invalid(unknown)
    taken = {name: plan.disputed[name] for name in take}
    found = _checked(home, {**values_of(plan), **taken})
    _write(home, caller, plan, found, act="settled", reason="")
    return Kept(plan_id, found.notices)


def history(home: Home, caller: Caller, plan_id: str) -> list[dict[str, Any]]:
    """Return the versions of a plan by hand, newest first, each with what changed.

    Who did it is told to those who decide on plans and to colleagues of the same service; others
    are told the service.

    Raises:
        Forbidden: When the role may not see plans.
        NotFound: When there is no such plan.
    """
    view = home.rights.ask(caller, "plans", subject={"plan": plan_id, "history": True})
    plan = home.plans.get(plan_id)
    if not view.holds(plan.source, plan.geometry):
        raise NotFound(what="plan", name=plan_id)
    trusted = home.rights.may(caller, "authorisations", Verb.ALTER)
    service = service_of(home, caller)
    versions = home.desk.plan_versions.of(plan_id)
    found = []
    for index, one in enumerate(versions):
        before = versions[index - 1].record if index else one.fed
        told = trusted or (bool(service) and one.service == service)
        found.append(version_json(view, one, before, told=told))
    return found[::-1]


def may_json(home: Home, caller: Caller, plan: PlanRecord) -> dict[str, bool]:
    """Return what a caller may do to a plan; nothing is decided by it."""
    amends = home.rights.may(caller, "plans", Verb.ALTER)
    if amends and caller.role == OWN_ROLE:
        limits = home.rights.limits(caller, "plans", Verb.ALTER)
        mine = source_of(service_of(home, caller))
        amends = limits.sources is None or plan.source in {*limits.sources, mine}
    amends = amends and not (caller.role in ONLY_WILD and plan.declared)
    decides = home.rights.may(caller, "authorisations", Verb.ALTER)
    return {
        "amend": amends,
        "authorise": decides and plan.state in {"draft", "declared"},
        "cancel": decides and plan.state != "cancelled",
        "withdraw": amends and not decides and plan.state != "cancelled",
        "reopen": decides and plan.state in {"authorised", "cancelled"},
    }


def _same(plan: PlanRecord, tag: str) -> None:
    if tag.strip().removeprefix("W/") != tag_of(plan):
        raise StaleVersion(what="plan", name=plan.plan_id)


def _as_plan(plan_id: str, found: Entered, source: str) -> PlanRecord:
    kept = dict(found.values)
    kept.pop("geometry")
    attendance = tuple(kept.pop(f"attendance_{name}") for name in ("low", "likely", "high"))
    closes = tuple(kept.pop("closes"))
    return PlanRecord(
        plan_id=plan_id,
        geometry=found.shape,
        attendance=attendance,
        closes=closes,
        source=source,
        provenance={},
        **kept,
    )


_STANDING: Any = object()


def _write(
    home: Home,
    caller: Caller,
    plan: PlanRecord,
    found: Entered,
    *,
    act: str,
    reason: str,
    fed: PlanRecord | None = _STANDING,
) -> None:
    """Write a version and tell those who listen; what the feed says now is kept beside it."""
    said = home.plans.fed(plan.plan_id) if fed is _STANDING else fed
    before = {} if act == "entered" else values_of(plan)
    version = home.desk.plan_versions.append(
        plan.plan_id,
        after=plan.version,
        who=caller.name,
        service=service_of(home, caller),
        act=act,
        changed=changed_fields(before, found.values),
        reason=reason,
        source=plan.source,
        window=found.window,
        record=found.values,
        fed={} if said is None else values_of(said),
    )
    point = None if found.shape is None else found.shape.representative_point()
    home.intake.events.append(
        EVENT_TYPE,
        {
            "plan_id": plan.plan_id,
            "source": plan.source,
            "kind": found.values["kind"],
            "state": found.values["state"],
            "version": version.version,
            "starts_at": to_rfc3339(found.values["starts_us"]),
            "ends_at": to_rfc3339(found.values["ends_us"]),
            "lon": None if point is None else round(point.x, 6),
            "lat": None if point is None else round(point.y, 6),
        },
    )
