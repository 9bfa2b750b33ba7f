"""Grants of detection: entered with their legal basis, ended by whoever may, over by themselves.

Without one nothing is analysed. The experiment of law 2023-380 ended on 31 March 2025, so a grant
names its own legal basis; Vigie does not judge it, it shows it, keeps it and stops at its end. It
is easier to close than to open: administrators enter, the shift's head and the data protection
officer may end as well. Who enters, reads or ends leaves a line in the audit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from shapely.geometry import Polygon

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.desk.detections import GrantHeld, Terms
from vigie.foresight.entry import scrubbed_reason
from vigie.model.legal_events import LEGAL_STATE, LegalEvent
from vigie.model.times import SECOND_US
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.camera_limits import cameras_within, refuse_beyond
from vigie.situation.detection.shelf import types_json
from vigie.situation.home import Home
from vigie.watch.vision.permit import Permit

DATASET = "detection_grants"
LONGEST_US = 366 * 86_400 * SECOND_US
"""A grant is for an event or a season, never for good."""

LARGEST_DEG = 0.2
"""A place at risk is no department: some 20 km across at most."""

LEAST_REASON = 8
LONGEST_REASON = 500
MOST_CAMERAS = 500
LONGEST = {
    "legal_basis": 300,
    "prefect_order": 200,
    "attestation": 200,
    "occasion": 200,
    "place": 200,
    "signed_by": 200,
}
"""Texts that must all be said, and their longest."""


def permit_of(held: GrantHeld) -> Permit:
    """Return a grant as an analysis holds it."""
    terms = held.terms
    return Permit(
        held.grant_id,
        frozenset(LegalEvent(one) for one in terms.types),
        frozenset(terms.cameras),
        terms.ring,
        terms.signed_us,
        terms.from_us,
        terms.to_us,
        held.ended_us,
    )


def state_of(held: GrantHeld, at_us: int) -> str:
    """Return how a grant stands: ended, over, to_come or in_force."""
    terms = held.terms
    if held.ended_us is not None:
        return "ended"
    if at_us >= terms.to_us:
        return "over"
    return "in_force" if at_us >= max(terms.from_us, terms.signed_us) else "to_come"


def list_grants(home: Home, caller: Caller, *, past: bool = False) -> dict[str, Any]:
    """Return the grants, the legal state in words, and the eight types with their detectors.

    Args:
        home: The home.
        caller: Who asks.
        past: Those that are over or were ended too.

    Raises:
        Forbidden: When the role may not see grants.
    """
    within = cameras_within(home, home.rights.ask(caller, DATASET, subject={"past": past}).limits)
    at_us = now_us(home.clock)
    held = home.desk.detections.grants(over_after_us=0 if past else at_us)
    told = [grant_json(one, at_us) for one in held if all(map(within, one.terms.cameras))]
    if not past:
        told = [one for one in told if one["state"] != "ended"]
    return {
        "items": told,
        "open": any(one["state"] == "in_force" for one in told),
        "legal_state": dict(LEGAL_STATE),
        "types": types_json(home.path),
        "may_give": home.rights.may(caller, DATASET, Verb.COLLECT),
        "may_end": home.rights.may(caller, DATASET, Verb.ALTER),
        "next": None,
    }


def give_grant(home: Home, caller: Caller, terms: Terms) -> dict[str, Any]:
    """Enter a grant that an authority signed.

    Raises:
        Forbidden: When the role may not, or a program asks.
        WrongUsage: When a part is missing or impossible; ``field`` says which.
    """
    subject = {"types": list(terms.types)[:8], "cameras": len(terms.cameras)}
    if caller.by_token:
        home.rights.refuse(caller, DATASET, Verb.COLLECT, subject, why="person_required")
    refuse_beyond(home, caller, (DATASET, Verb.COLLECT), terms.cameras, subject)
    home.rights.ask(
        caller,
        DATASET,
        Verb.COLLECT,
        subject | {"from": to_rfc3339(terms.from_us), "to": to_rfc3339(terms.to_us)},
    )
    _check_texts(terms)
    _check_times(home, terms)
    _check_place(terms)
    held = home.desk.detections.give(terms, who=caller.name, role=caller.role)
    return grant_json(held, now_us(home.clock))


def end_grant(home: Home, caller: Caller, grant_id: str, *, reason: str) -> dict[str, Any]:
    """End a grant now; what runs under it stops at its next picture.

    Raises:
        Forbidden: When the role may not.
        NotFound: When there is no such grant.
        Conflict: When it is over already.
        WrongUsage: When no reason is given.
    """
    subject = {"grant": grant_id[:40], "act": "end"}
    held = [one for one in home.desk.detections.grants() if one.grant_id == grant_id]
    cameras = [camera for one in held for camera in one.terms.cameras]
    refuse_beyond(home, caller, (DATASET, Verb.ALTER), cameras, subject)
    home.rights.ask(caller, DATASET, Verb.ALTER, subject)
    why = scrubbed_reason(reason)
    if not LEAST_REASON <= len(why) <= LONGEST_REASON:
        raise WrongUsage(
            reason=f"reason: {LEAST_REASON} to {LONGEST_REASON} characters", field="reason"
        )
    ended = home.desk.detections.end(grant_id[:40], who=caller.name, reason=why)
    return grant_json(ended, now_us(home.clock))


def grant_json(held: GrantHeld, at_us: int) -> dict[str, Any]:
    """Return a grant as it is told."""
    terms = held.terms
    return {
        "grant_id": held.grant_id,
        "state": state_of(held, at_us),
        "legal_basis": terms.legal_basis,
        "prefect_order": terms.prefect_order,
        "attestation": terms.attestation,
        "occasion": terms.occasion,
        "place": terms.place,
        "ring": [list(corner) for corner in terms.ring],
        "cameras": list(terms.cameras),
        "types": list(terms.types),
        "signed_by": terms.signed_by,
        "signed_at": to_rfc3339(terms.signed_us),
        "from": to_rfc3339(terms.from_us),
        "to": to_rfc3339(terms.to_us),
        "entered_by": held.who,
        "entered_at": to_rfc3339(held.at_us),
        "ended_at": None if held.ended_us is None else to_rfc3339(held.ended_us),
        "ended_by": held.ended_by,
        "end_reason": held.end_reason,
    }


def _check_texts(terms: Terms) -> None:
    for name, longest in LONGEST.items():
        text = getattr(terms, name)
        if not (text == text.strip() and 0 < len(text) <= longest and text.isprintable()):
            raise WrongUsage(reason=f"{name}: 1 to {longest} characters", field=name)
    known = [str(one) for one in LegalEvent]
    if not terms.types or len(set(terms.types)) != len(terms.types):
        raise WrongUsage(reason="types: one of the eight at least, each once", field="types")
    for one in terms.types:
        if one not in known:
            raise WrongUsage(reason=f"type {one[:40]}: {', '.join(known)}", field="types")
    if not 0 < len(terms.cameras) <= MOST_CAMERAS or not all(terms.cameras):
        raise WrongUsage(reason=f"cameras: 1 to {MOST_CAMERAS}", field="cameras")


def _check_times(home: Home, terms: Terms) -> None:
    if not 0 < terms.to_us - terms.from_us <= LONGEST_US:
        raise WrongUsage(reason="to: after from, within a year", field="to")
    if terms.signed_us > now_us(home.clock):
        raise WrongUsage(reason="signed_at: not in the future", field="signed_at")


def _check_place(terms: Terms) -> None:
    corners: Sequence[tuple[float, float]] = terms.ring
    on_earth = all(
        math.isfinite(x) and math.isfinite(y) and abs(x) <= 180.0 and abs(y) <= 90.0  # noqa: PLR2004
        for x, y in corners
    )
    shape = Polygon(corners) if len(corners) >= 3 and on_earth else None  # noqa: PLR2004
    if shape is None or not shape.is_valid or shape.area <= 0.0:
        raise WrongUsage(reason="ring: a polygon of three corners or more", field="ring")
    west, south, east, north = shape.bounds
    if max(east - west, north - south) > LARGEST_DEG:
        raise WrongUsage(reason=f"ring: {LARGEST_DEG} degrees across at most", field="ring")
