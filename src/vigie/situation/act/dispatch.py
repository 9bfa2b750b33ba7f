"""Confirming a dispatch: the one way to it, and only a person walks it.

Vigie gives no order: it writes down that a person decided, on what basis. The order itself goes by
radio or by the emergency service's own system.
"""

from __future__ import annotations

from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.desk.shift import By, Dispatch, Engaged, Said
from vigie.desk.shift_tables import DISPATCH
from vigie.privacy.purposes import Verb
from vigie.situation.act.lines import LEAST, scrubbed, tell, window_of
from vigie.situation.act.proposal import USABLE, Proposal, propose
from vigie.situation.act.standing import stand
from vigie.situation.act.subject import key_of, refuse_limits
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.rights import Subject, View


def require_person(home: Home, caller: Caller, subject: Subject) -> By:
    """Return the person who acts, as the desk keeps them; a refusal leaves its line.

    Raises:
        PersonRequired: A token, a program, the command line, another role's sight, or an account
            that is closed or not of that name and role.
    """
    person = bool(caller.account_id) and not caller.by_token and not caller.view_as
    person = person and any(
        one.account_id == caller.account_id
        and one.login == caller.name
        and one.role == caller.role
        and not one.disabled
        for one in home.desk.accounts.list_all()
    )
    if not person:
        home.rights.refuse(caller, "shift", Verb.ALTER, subject, why="person_required")
    return By(caller.name, caller.role, caller.account_id)


def confirm_dispatch(
    home: Home,
    caller: Caller,
    situation: str,
    unit: str,
    *,
    kind: str = "",
    reason: str = "",
) -> dict[str, Any]:
    """Write down that a person sends a means to a situation.

    The proposal is worked out again, so that its basis is that of the moment. Whoever takes another
    means than the one proposed says why.

    Args:
        home: The home.
        caller: The person.
        situation: ``alert:ID``, ``fact:ID`` or ``LON,LAT``.
        unit: Means taken: ``source|unit`` of a candidate of the proposal.
        kind: What the situation is about; empty for what its fact or alert says.
        reason: Why; needed for another means than the one proposed. No person's name survives.

    Raises:
        PersonRequired: When it is no person who signed in.
        Forbidden: When the role does not dispatch.
        NotFound: When there is no such situation, or no such means that suits it.
        WrongUsage: When a reason is missing.
    """
    key = key_of(situation)
    subject = {"dispatch": key, "unit": unit[:80]}
    by = require_person(home, caller, subject)
    refuse_limits(home.rights.ask(caller, "shift", Verb.ALTER, subject))
    proposal = propose(home, caller, key, kind)
    chosen, first = proposal.candidate(unit), proposal.first
    as_proposed = first is not None and first["unit"] == unit
    why = scrubbed(reason)
    if not as_proposed and len(why) < LEAST:
        raise WrongUsage(reason=f"reason: {LEAST} characters at least", field="reason")
    engaged = _engaged(proposal, chosen, as_proposed)
    found = home.desk.shift.dispatch(Said(DISPATCH, key, why), by, engaged)
    tell(home, found.line)
    return {
        "dispatch_id": found.dispatch_id,
        "number": found.line.number,
        "at": to_rfc3339(found.line.at_us),
        "proposed": as_proposed,
        "usable": chosen["verdict"] == USABLE,
    }


def _engaged(proposal: Proposal, chosen: dict[str, Any], as_proposed: bool) -> Engaged:
    """Return what is engaged, with the numbers that the person's decision rests on."""
    first = proposal.first
    return Engaged(
        means_id=chosen["means_id"],
        unit_ref=str(chosen["unit_ref"])[:200],
        means_kind=chosen["kind"],
        label=str(chosen["label"] or chosen["unit_ref"])[:200],
        source=chosen["source"],
        proposed=as_proposed,
        basis={
            **proposal.basis,
            "kind": proposal.kind,
            "proposed": None if first is None else first["unit"],
            "verdict": chosen["verdict"],
            **{name: chosen[name] for name in ("travel_s", "way_m", "guessed", "age_s", "status")},
            "soonest_s": None if first is None else first["travel_s"],
        },
    )


def dispatch_json(view: View, one: Dispatch, struck: bool) -> dict[str, Any]:
    """Return a dispatch with the person's line; words and names for who may see them."""
    words, engaged = view.sees("text"), one.engaged
    return {
        "dispatch_id": one.dispatch_id,
        "number": one.line.number,
        "at": to_rfc3339(one.line.at_us),
        "situation": one.line.said.situation,
        "means_id": engaged.means_id,
        "unit_ref": engaged.unit_ref,
        "means_kind": engaged.means_kind,
        "label": engaged.label,
        "source": engaged.source,
        "proposed": engaged.proposed,
        "basis": dict(engaged.basis),
        "reason": one.line.said.text if words else "",
        "role": one.line.by.role,
        "by": one.line.by.who if words else None,
        "called_off": struck,
    }


def dispatches_json(home: Home, view: View, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """Return the dispatches of a window; one whose line is struck was called off."""
    struck = {one.line.number for one in stand(home.desk.shift.lines(from_us, to_us)) if one.struck}
    return [
        dispatch_json(view, one, one.line.number in struck)
        for one in home.desk.shift.dispatches(from_us, to_us)
    ]


def list_dispatches(
    home: Home, caller: Caller, *, from_us: int | None = None, to_us: int | None = None
) -> list[dict[str, Any]]:
    """Return the dispatches confirmed in a window, the last twelve hours by default.

    Raises:
        Forbidden: When the role does not read the log of the shift.
        WrongUsage: When the window cannot be used.
    """
    start, end = window_of(home, from_us, to_us)
    subject = {"dispatches_from_us": start, "to_us": min(end, now_us(home.clock) + 1)}
    view = refuse_limits(home.rights.ask(caller, "shift", Verb.CONSULT, subject))
    return dispatches_json(home, view, start, end)
