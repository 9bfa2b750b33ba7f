"""Cases as their members keep them: opened, noted, dated, closed; the whole history stays.

Only members read a case; whoever oversees reads its requisitions and no note. Words pass the
scrubber: a case file tells of places, hours and services, and there is no field for a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vigie.base.clock import from_us, now_us, to_rfc3339
from vigie.base.errors import NotFound, RequisitionRefused, WrongUsage
from vigie.base.ids import new_id
from vigie.desk.case_acts import Archived, CaseAct
from vigie.desk.evidence_shelf import ENDING, EvidenceShelf
from vigie.foresight.entry import scrubbed_reason
from vigie.inquiry.case import CERTAINTIES, CLOSED, OPEN, Case, Requisition, fold
from vigie.inquiry.house import Door, House
from vigie.inquiry.query import Query
from vigie.inquiry.recordings import recorder_of, seen_video
from vigie.model.taxonomy import TAXONOMY
from vigie.privacy.purposes import Verb

DATASET = "cases"
ROLE = "investigator"
OVERSEER = "dpo"
LONGEST = 120


def words(text: str, field: str, *, most: int = 500) -> str:
    """Return a text without what belongs to a person.

    Raises:
        WrongUsage: When it is empty or too long.
    """
    said = scrubbed_reason(text) if 0 < len(text.strip()) <= most else ""
    if not said:
        raise WrongUsage(reason=f"{field}: 1 to {most} characters", field=field)
    return said


def person(door: Door, dataset: str, verb: Verb, subject: Mapping[str, Any]) -> str:
    """Return the account of a person who signed in; anything else is refused, and a line.

    Raises:
        Forbidden: For a program, a token, or whoever has no account.
    """
    if not door.hand:
        door.refuse(dataset, verb, subject, why="person_required")
    return door.hand


def load(house: House, case_id: str) -> Case:
    """Return a case; raises ``NotFound``."""
    acts = house.desk.case_acts.of(case_id)
    if not acts:
        raise NotFound(what="case", name=case_id[:40])
    return fold(case_id, acts)


def seen(house: House, door: Door, case_id: str) -> Case:
    """Return a case that a caller may know of; to anybody else there is none.

    Raises:
        NotFound: There is none, or the caller is no member and does not oversee.
    """
    case = load(house, case_id)
    if door.hand not in case.members and door.role != OVERSEER:
        raise NotFound(what="case", name=case_id[:40])
    return case


def reference_of(case: Case) -> str:
    """Return the reference of a case."""
    return str(case.content["reference"])


def append(
    house: House, door: Door, case: Case, act: str, content: Mapping[str, Any], **more: Any
) -> Case:
    """Keep the next act of a case; returns the case with it.

    Raises:
        StaleVersion: Somebody was faster; nothing is kept.
    """
    at = now_us(house.clock)
    archives = more.pop("archives", ())
    one = CaseAct(
        case.case_id, case.number + 1, act, content, door.name, door.hand, door.role, at, **more
    )
    house.desk.case_acts.append(one, archives=archives)
    return load(house, case.case_id)


def open_case(
    house: House, door: Door, *, reference: str, authority: str, offence: str, custodian: str
) -> dict[str, Any]:
    """Open a case with its custodian, who is another investigator.

    Args:
        house: The home.
        door: The caller's.
        reference: Of the judicial authority.
        authority: Service that leads the inquiry; no person's name.
        offence: Taxonomy code under ``offence``.
        custodian: Login of who keeps the evidence.

    Raises:
        Forbidden: When the caller is no investigator who signed in.
        WrongUsage: When something is missing, or the custodian is no other investigator.
    """
    subject = {"act": "open", "offence": offence[:60]}
    hand = person(door, DATASET, Verb.COLLECT, subject)
    told = {
        "reference": words(reference, "reference", most=60),
        "authority": words(authority, "authority", most=LONGEST),
        "offence": offence,
    }
    if TAXONOMY.find(offence) is None or not TAXONOMY.is_within(offence, "offence"):
        raise WrongUsage(reason=f"offence: {offence[:60]}", field="offence")
    account = house.desk.accounts.get(custodian)
    if account.role != ROLE or account.account_id == hand or account.disabled:
        raise WrongUsage(reason="custodian: another investigator", field="custodian")
    case_id = new_id("case")
    told |= {"custodian": account.account_id, "custodian_login": account.login}
    line, _ = door.ask(
        DATASET, Verb.COLLECT, {**subject, "id": case_id}, case=str(told["reference"])
    )
    case = append(house, door, Case(case_id), "open", {**told, "line": line})
    return case_json(case, now_us(house.clock))


def list_cases(house: House, door: Door) -> dict[str, Any]:
    """Return the cases of which the caller is a member, or all of them to whoever oversees.

    Raises:
        Forbidden: When the charter does not open cases to the role.
    """
    person(door, DATASET, Verb.CONSULT, {"list": True})
    door.ask(DATASET, Verb.CONSULT, {"list": True})
    at = now_us(house.clock)
    cases = [fold(key, acts) for key, acts in house.desk.case_acts.all_cases().items()]
    mine = [c for c in cases if door.hand in c.members or door.role == OVERSEER]
    mine.sort(key=lambda one: (one.state != OPEN, -one.opened_us))
    return {"items": [head_json(one, at) for one in mine], "next": None}


def show_case(house: House, door: Door, case_id: str) -> dict[str, Any]:
    """Return a case with its whole history.

    Raises:
        Forbidden: When the charter does not open cases to the role.
        NotFound: There is none that the caller may know of.
    """
    person(door, DATASET, Verb.CONSULT, {"id": case_id[:40]})
    door.ask(DATASET, Verb.CONSULT, {"id": case_id[:40]})
    case = seen(house, door, case_id)
    told = case_json(case, now_us(house.clock), notes=door.hand in case.members)
    told["history"] = [
        {
            "number": one.number,
            "act": one.act,
            "by": one.who,
            "at": to_rfc3339(one.at_us),
            "requisition_id": one.content.get("requisition_id"),
        }
        for one in house.desk.case_acts.of(case_id)
    ]
    return told


def write(house: House, door: Door, case_id: str, act: str, said: Mapping[str, Any]) -> Any:
    """Write a note, a task, its end, an entry of the timeline, or change the members.

    Args:
        house: The home.
        door: The caller's.
        case_id: The case.
        act: note, task, task_done, timeline, member or member_out.
        said: ``text``; for the timeline ``at_us``, ``certainty`` (observed, reported, inferred) and
            where known ``lon``, ``lat``, ``record``; ``number`` of a task; ``login`` of a member.

    Raises:
        Forbidden: When the charter does not let the caller.
        NotFound: There is no such case of theirs, no such task, no such account.
        RequisitionRefused: The case is closed.
        WrongUsage: When something is missing.
    """
    subject = {"id": case_id[:40], "act": act[:20]}
    hand = person(door, DATASET, Verb.ALTER, subject)
    case = seen(house, door, case_id)
    if hand not in case.members:
        door.refuse(DATASET, Verb.ALTER, subject, why="not_member", case=reference_of(case))
    if case.state == CLOSED:
        raise RequisitionRefused(why="closed")
    content = _said(house, case, act, said)
    door.ask(DATASET, Verb.ALTER, subject, case=reference_of(case))
    return case_json(append(house, door, case, act, content), now_us(house.clock))


def _said(house: House, case: Case, act: str, said: Mapping[str, Any]) -> dict[str, Any]:
    if act in {"note", "task"}:
        return {"text": words(str(said.get("text", "")), "text")}
    if act == "timeline":
        if said.get("certainty") not in CERTAINTIES or not isinstance(said.get("at_us"), int):
            raise WrongUsage(reason=f"certainty: {', '.join(CERTAINTIES)}", field="certainty")
        told = {name: said.get(name) for name in ("certainty", "lon", "lat", "record")}
        told["happened_us"] = said["at_us"]
        return {**told, "text": words(str(said.get("text", "")), "text")}
    if act == "task_done":
        tasks = {one["number"] for one in case.entries if one["act"] == "task"}
        if said.get("number") not in tasks:
            raise NotFound(what="task", name=str(said.get("number"))[:20])
        return {"task": said["number"]}
    if act in {"member", "member_out"}:
        account = house.desk.accounts.get(str(said.get("login", "")))
        if account.role != ROLE or account.account_id == case.custodian:
            raise WrongUsage(reason="login: an investigator", field="login")
        return {"account": account.account_id, "login": account.login}
    raise WrongUsage(reason=f"act: {act[:20]}", field="act")


def close_case(house: House, door: Door, case_id: str) -> dict[str, Any]:
    """Close a case: holds are released, packages deleted, counts alone kept for the years.

    What the holds kept past its term goes at the next retention run (REQ-5); the acts themselves
    end a year later (PM-2).

    Raises:
        Forbidden: When the charter does not let the caller.
        NotFound: There is no such case of theirs.
        RequisitionRefused: The case is closed, or an emergency waits for its review.
    """
    subject = {"id": case_id[:40], "act": "close"}
    hand = person(door, DATASET, Verb.ALTER, subject)
    case = seen(house, door, case_id)
    if hand not in case.members:
        door.refuse(DATASET, Verb.ALTER, subject, why="not_member", case=reference_of(case))
    if case.state == CLOSED:
        raise RequisitionRefused(why="closed")
    if any(one.emergency and not one.review for one in case.requisitions.values()):
        raise RequisitionRefused(why="review")
    at = now_us(house.clock)
    door.ask(DATASET, Verb.ALTER, subject, case=reference_of(case))
    released = _release(house, door, case)
    archives = tuple(_archived(one) for one in case.requisitions.values())
    content = {"holds": released, "requisitions": len(archives)}
    closed = append(house, door, case, "close", content, ended_us=at, archives=archives)
    shelf = EvidenceShelf(house.path)
    named = [str(one.package.get("package_id", "")) for one in case.requisitions.values()]
    shelf.erase([f"{name}{ENDING}" for name in named if name])
    return case_json(closed, at)


def _release(house: House, door: Door, case: Case) -> int:
    held = [one for one in house.desk.retention.holds() if one.hold.released_us is None]
    mine = [one for one in held if one.act in case.requisitions]
    for one in mine:
        house.desk.retention.release_hold(one.hold.hold_id, by=door.name)
    recorder = recorder_of(house)
    if recorder is None:
        return len(mine)
    for name in (*case.requisitions, case.case_id):
        if cameras := recorder.held(name):
            told = {"id": case.case_id, "act": "release"} | seen_video(cameras, (0, 0))
            door.ask(DATASET, Verb.ALTER, told, case=reference_of(case))
            recorder.release(name)
    return len(mine)


def _archived(one: Requisition) -> Archived:
    month = from_us(one.entered_us).strftime("%Y-%m")
    counts = {name: int(n) for name, n in dict(one.package.get("counts", {})).items()}
    article = str(one.content["article"])
    return Archived(month, article, one.emergency, one.run_us is not None, counts)


def head_json(case: Case, at_us: int) -> dict[str, Any]:
    """Return a case as lists show it."""
    return {
        "case_id": case.case_id,
        "number": case.number,
        "reference": case.content["reference"],
        "authority": case.content["authority"],
        "offence": case.content["offence"],
        "custodian": case.content["custodian_login"],
        "state": case.state,
        "opened_at": to_rfc3339(case.opened_us),
        "requisitions": len(case.requisitions),
        "overdue": case.overdue(at_us),
    }


def case_json(case: Case, at_us: int, *, notes: bool = True) -> dict[str, Any]:
    """Return a case; without its notes and timeline to whoever oversees."""
    entries = [
        {
            "number": one["number"],
            "kind": one["act"],
            "text": one.get("text", ""),
            "by": one["by"],
            "written_at": to_rfc3339(one["at_us"]),
            **_dated(one),
        }
        for one in case.entries
    ]
    return head_json(case, at_us) | {
        "members": sorted(case.members.values()),
        "entries": entries if notes else [],
        "requisition_list": [requisition_json(one, at_us) for one in case.requisitions.values()],
        "closed": dict(case.closed) or None,
    }


def _dated(one: Mapping[str, Any]) -> dict[str, Any]:
    if one["act"] == "timeline":
        names = ("certainty", "lon", "lat", "record")
        return {name: one.get(name) for name in names} | {"at": to_rfc3339(one["happened_us"])}
    return {"task": one["task"]} if one["act"] == "task_done" else {}


def _query_json(asked: Query) -> dict[str, Any]:
    return asked.subject() | {"ring": [list(corner) for corner in asked.ring]}


def requisition_json(one: Requisition, at_us: int) -> dict[str, Any]:
    """Return a requisition with its approvals and what became of it."""
    said = one.content
    return {
        "requisition_id": one.requisition_id,
        "article": said["article"],
        "number": said["number"],
        "authority": said["authority"],
        "document": said["document"],
        "emergency": one.emergency,
        "act": _query_json(one.act),
        "query": None if one.query is None else _query_json(one.query),
        "query_text": None if one.query is None else one.query.canonical(one.requisition_id),
        "query_sha256": one.query_sha256 or None,
        "state": one.state_at(at_us),
        "entered_at": to_rfc3339(one.entered_us),
        "approvals": [
            {"side": a.side, "by": a.who, "at": to_rfc3339(a.at_us), "query_sha256": a.query_sha256}
            for a in one.approvals
        ],
        "run_at": None if one.run_us is None else to_rfc3339(one.run_us),
        "package": dict(one.package) or None,
        "review": dict(one.review) or None,
        "overdue": one.overdue(at_us),
    }
