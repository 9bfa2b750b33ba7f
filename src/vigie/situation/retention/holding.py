"""Legal holds: entering and releasing what an act of the judicial authority freezes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.base.ids import new_id
from vigie.desk.retention import HeldCase
from vigie.model.holds import Hold
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.watch.recording.archive import subject_of

DATASET = "retention"
_CORNERS = 3


@dataclass(frozen=True, slots=True)
class Act:
    """What an act says.

    Attributes:
        case: Reference of the case.
        authority: Who ordered it.
        act: Reference of the act.
        stores: Stores whose records it freezes.
        from_us: Start of the window of events, epoch µs.
        to_us: End of it, exclusive.
        until_us: When the hold lapses by itself.
        sources: Feeds; empty for all.
        ring: Corners of the zone (lon, lat); empty for everywhere.
        ids: Records; empty for all that fit.
    """

    case: str
    authority: str
    act: str
    stores: tuple[str, ...]
    from_us: int
    to_us: int
    until_us: int
    sources: tuple[str, ...] = ()
    ring: tuple[tuple[float, float], ...] = ()
    ids: tuple[str, ...] = ()


def add_hold(home: Home, caller: Caller, act: Act) -> HeldCase:
    """Freeze what an act covers, and nothing beside it.

    Raises:
        Forbidden: When the charter does not let the caller.
        WrongUsage: When the act is incomplete, or names a store that may not be held.
    """
    _check(home, act)
    subject: dict[str, Any] = {
        "hold": new_id("hold"),
        "stores": list(act.stores),
        "sources": list(act.sources),
        "from": to_rfc3339(act.from_us),
        "to": to_rfc3339(act.to_us),
        "until": to_rfc3339(act.until_us),
        "corners": len(act.ring),
        "ids": len(act.ids),
    }
    home.rights.ask(replace(caller, case=act.case), DATASET, Verb.ALTER, subject)
    hold = Hold(
        subject["hold"],
        act.stores,
        act.sources,
        act.from_us,
        act.to_us,
        act.ring,
        act.ids,
        act.until_us,
    )
    return home.desk.retention.add_hold(
        hold, case=act.case, authority=act.authority, act=act.act, by=caller.name
    )


def _check(home: Home, act: Act) -> None:
    for name in ("case", "authority", "act"):
        if not getattr(act, name).strip():
            raise WrongUsage(reason=f"{name} missing", field=name)
    rules = home.retention.rulebook.rules
    may = sorted({rule.store for rule in rules.values() if rule.holdable})
    refused = sorted(set(act.stores) - set(may))
    if refused or not act.stores:
        raise WrongUsage(reason=f"{', '.join(refused)}: {', '.join(may)}", field="stores")
    if act.from_us >= act.to_us:
        raise WrongUsage(reason="from >= to", field="to")
    if act.until_us <= now_us(home.clock):
        raise WrongUsage(reason="until is past", field="until")
    if act.ring and len(act.ring) < _CORNERS:
        raise WrongUsage(reason="a zone has three corners", field="zone")


def release_hold(home: Home, caller: Caller, hold_id: str) -> HeldCase:
    """Release a hold, that on recordings by the same act too: what it kept goes at the next run.

    Raises:
        Forbidden: When the charter does not let the caller.
        NotFound: There is none of that name.
        Conflict: It is released already.
    """
    home.rights.ask(caller, DATASET, Verb.ALTER, {"hold": hold_id, "release": True})
    released = home.desk.retention.release_hold(hold_id, by=caller.name)
    held = home.video.holds(released.act) if released.act else []
    cameras = sorted({one.camera_id for one in held if one.released_us is None})
    if cameras:
        told = {"hold": hold_id, "store": "video"} | subject_of("release", cameras, 0, 0)
        home.rights.ask(replace(caller, case=released.case), DATASET, Verb.ALTER, told)
        home.video.release(released.act)
    return released


def list_holds(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return the holds, newest first, released ones too."""
    home.rights.ask(caller, DATASET, Verb.CONSULT, {"what": "holds"})
    return describe_holds(home.desk.retention.holds(), now_us(home.clock))


def describe_holds(cases: Sequence[HeldCase], at_us: int) -> list[dict[str, Any]]:
    """Return holds as they are told."""
    return [
        {
            "id": one.hold.hold_id,
            "case": one.case,
            "authority": one.authority,
            "act": one.act,
            "stores": list(one.hold.stores),
            "sources": list(one.hold.sources),
            "from_at": to_rfc3339(one.hold.from_us),
            "to_at": to_rfc3339(one.hold.to_us),
            "zone": [list(corner) for corner in one.hold.ring],
            "records": len(one.hold.ids),
            "until_at": to_rfc3339(one.hold.until_us),
            "created_at": to_rfc3339(one.created_us),
            "created_by": one.created_by,
            "standing": one.hold.stands(at_us),
            "released_at": None
            if one.hold.released_us is None
            else to_rfc3339(one.hold.released_us),
        }
        for one in cases
    ]
