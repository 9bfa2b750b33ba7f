"""Requisitions: entered, bound to one exact query, approved by two others, used once (REQ-1, 2).

Every step asks the charter and writes its line before it is kept; a step that the case does not
allow is a refused line too. An emergency waives the document for 24 hours, never the two persons.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from vigie.base.clock import now_us
from vigie.base.errors import Forbidden, RequisitionRefused, WrongUsage
from vigie.base.ids import new_id
from vigie.desk.retention import HeldCase
from vigie.inquiry.articles import ARTICLES
from vigie.inquiry.case import CONTROLLER, CUSTODIAN, Case, Requisition
from vigie.inquiry.cases import (
    LONGEST,
    OVERSEER,
    append,
    case_json,
    load,
    person,
    reference_of,
    requisition_json,
    seen,
    words,
)
from vigie.inquiry.house import Door, House
from vigie.inquiry.query import DAY_US, Query
from vigie.inquiry.recordings import cameras_in, recorder_of, seen_video
from vigie.model.holds import Hold
from vigie.privacy.purposes import Verb

DATASET, VAULT = "requisitions", "vault"
HELD: tuple[str, ...] = ("facts", "narratives", "sealed_missions", "sealed_offences")
"""Stores that a requisition freezes at once; what else is gathered outlives any inquiry."""

HOLD_US = 90 * DAY_US
"""A hold lapses by itself after this, were the case forgotten (REQ-5)."""

VERDICTS = ("justified", "unjustified")
_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Document:
    """The written act: its name, its hash; the paper itself stays with the custodian.

    Attributes:
        name: File name.
        sha256: Of its bytes, lower-case hexadecimal; empty while an emergency waits for it.
    """

    name: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a requisition says.

    Attributes:
        article: One of ``ARTICLES``.
        number: Of the requisition.
        authority: Service that requires; no person's name.
        act: The widest window, area, stores and feeds that it allows.
        document: The written act.
        emergency: Whether the document comes within 24 hours.
    """

    article: str
    number: str
    authority: str
    act: Query
    document: Document
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Warrant:
    """The right to read one query once; only ``take_warrant`` gives one.

    Attributes:
        case: The case as it stands with the use written down.
        requisition: What it rests on.
        query: What may be read.
        sha256: Its hash.
        package_id: Package that it is for.
        at_us: When it was given, epoch µs.
        lines: Lines of the audit about the requisition so far.
    """

    case: Case
    requisition: Requisition
    query: Query
    sha256: str
    package_id: str
    at_us: int
    lines: tuple[int, ...]


def enter(house: House, door: Door, case_id: str, paper: Paper) -> dict[str, Any]:
    """Enter a requisition and freeze at once what its act covers, and nothing beside it (REQ-5).

    Raises:
        Forbidden: When the charter does not let the caller.
        NotFound: There is no such case of theirs.
        WrongUsage: When anything is missing (REQ-1); ``field`` says what.
        RequisitionRefused: The case is closed, or the caller is its custodian or no member.
    """
    subject: dict[str, Any] = {"id": case_id[:40], "act": "requisition", **paper.act.subject()}
    hand = person(door, DATASET, Verb.COLLECT, subject)
    case = seen(house, door, case_id)
    content = _checked(paper) | {"requisition_id": new_id("req")}
    for why, holds in (
        ("closed", case.state == "open"),
        ("not_member", hand in case.members),
        ("custodian", hand != case.custodian),
        ("overdue", not overdue_anywhere(house, hand)),
    ):
        if not holds:
            _refuse(door, Verb.COLLECT, subject, case, RequisitionRefused(why=why))
    subject |= {"requisition": content["requisition_id"], "article": paper.article}
    line, _ = door.ask(DATASET, Verb.COLLECT, subject, case=reference_of(case))
    after = append(house, door, case, "requisition", {**content, "line": line})
    freeze(house, door, after, after.requisition(content["requisition_id"]))
    return case_json(after, now_us(house.clock))


def _checked(paper: Paper) -> dict[str, Any]:
    if paper.article not in ARTICLES:
        raise WrongUsage(reason=f"article: {', '.join(ARTICLES)}", field="article")
    sha = paper.document.sha256
    if sha and _SHA.fullmatch(sha) is None:
        raise WrongUsage(reason="document: SHA-256", field="document")
    if not sha and not paper.emergency:
        raise WrongUsage(reason="document missing", field="document")
    if sha and paper.emergency:
        raise WrongUsage(reason="emergency: with a document it is none", field="emergency")
    return {
        "article": paper.article,
        "number": words(paper.number, "number", most=60),
        "authority": words(paper.authority, "authority", most=LONGEST),
        "act": paper.act.to_json(),
        "document": {"name": paper.document.name[:LONGEST], "sha256": sha},
        "emergency": paper.emergency,
    }


def freeze(house: House, door: Door, case: Case, one: Requisition) -> HeldCase:
    """Hold what the act covers: facts and texts of its window and area, recordings at once."""
    at = now_us(house.clock)
    act = one.act
    times = (act.from_us, act.to_us)
    hold = Hold(new_id("hold"), HELD, act.sources, *times, act.ring, (), at + HOLD_US)
    recorder = recorder_of(house)
    if recorder is not None and "video" in act.stores:
        cameras = cameras_in(house, act)
        told = {"requisition": one.requisition_id, "act": "hold"} | seen_video(cameras, times)
        door.ask(DATASET, Verb.COLLECT, told, case=reference_of(case))
        recorder.hold(cameras, *times, one.requisition_id, until_us=at + HOLD_US)
    return house.desk.retention.add_hold(
        hold,
        case=reference_of(case),
        authority=str(one.content["authority"]),
        act=one.requisition_id,
        by=door.name,
    )


def bind(
    house: House, door: Door, case_id: str, requisition_id: str, query: Query
) -> dict[str, Any]:
    """Bind the exact query; approvals given to another one are void.

    Raises:
        QueryTooWide: It goes beyond the act; it is not cut to fit.
        RequisitionRefused: See ``Case.may_bind``.
        Forbidden: When the charter does not let the caller.
    """
    sha = query.sha256(requisition_id)
    subject = {"requisition": requisition_id[:40], "act": "bind", "query": sha, **query.subject()}
    hand = person(door, DATASET, Verb.ALTER, subject)
    case, at = seen(house, door, case_id), now_us(house.clock)
    try:
        found = case.may_bind(requisition_id, hand, at)
        _must_not_be_locked(house, hand)
    except RequisitionRefused as error:
        _refuse(door, Verb.ALTER, subject, case, error)
    query.refuse_wider_than(found.act)
    line, _ = door.ask(DATASET, Verb.ALTER, subject, case=reference_of(case))
    content = {"requisition_id": requisition_id, "query": query.to_json(), "line": line}
    return case_json(append(house, door, case, "bind", content), now_us(house.clock))


def approve(
    house: House, door: Door, case_id: str, requisition_id: str, sha256: str
) -> dict[str, Any]:
    """Approve one exact query by its hash: as custodian of the case, or as who oversees.

    Raises:
        RequisitionRefused: See ``Case.may_approve``.
        Forbidden: When the charter does not let the caller.
    """
    subject = {"requisition": requisition_id[:40], "act": "approve", "query": sha256[:64]}
    hand = person(door, DATASET, Verb.ALTER, subject)
    case, at = seen(house, door, case_id), now_us(house.clock)
    side = CONTROLLER if door.role == OVERSEER else CUSTODIAN
    try:
        case.may_approve(requisition_id, hand, side, sha256, at)
    except RequisitionRefused as error:
        _refuse(door, Verb.ALTER, subject, case, error)
    told = {**subject, "side": side}
    line, _ = door.ask(DATASET, Verb.ALTER, told, case=reference_of(case))
    content = {
        "requisition_id": requisition_id,
        "side": side,
        "query_sha256": sha256,
        "line": line,
    }
    return case_json(append(house, door, case, "approve", content), now_us(house.clock))


def take_warrant(
    house: House, door: Door, case_id: str, requisition_id: str, sha256: str
) -> Warrant:
    """Use a requisition: from here on it is spent, whatever becomes of the reading (REQ-2).

    Raises:
        RequisitionRefused: See ``Case.may_run``.
        StaleVersion: Somebody else used or changed it meanwhile; nothing may be read.
        Forbidden: When the charter does not open the vault to the caller.
    """
    subject = {"requisition": requisition_id[:40], "act": "run", "query": sha256[:64]}
    hand = person(door, VAULT, Verb.DISCLOSE, subject)
    case, at = seen(house, door, case_id), now_us(house.clock)
    try:
        found = case.may_run(requisition_id, hand, sha256, at)
        _must_not_be_locked(house, hand)
    except RequisitionRefused as error:
        _refuse(door, Verb.DISCLOSE, subject, case, error, dataset=VAULT)
    query = found.query
    if query is None:
        raise RequisitionRefused(why="no_query")
    recipient = str(found.content["authority"])
    line, _ = door.ask(
        VAULT,
        Verb.DISCLOSE,
        {**subject, **query.subject()},
        case=reference_of(case),
        recipient=recipient,
    )
    package_id = new_id("package")
    content = {
        "requisition_id": requisition_id,
        "query_sha256": sha256,
        "package_id": package_id,
        "line": line,
    }
    after = append(house, door, case, "run", content)
    return Warrant(
        case=after,
        requisition=after.requisition(requisition_id),
        query=query,
        sha256=sha256,
        package_id=package_id,
        at_us=at,
        lines=_lines(house, case_id, requisition_id),
    )


def _lines(house: House, case_id: str, requisition_id: str) -> tuple[int, ...]:
    acts = house.desk.case_acts.of(case_id)
    found = (
        one.content.get("line")
        for one in acts
        if one.act == "open" or one.content.get("requisition_id") == requisition_id
    )
    return tuple(sorted(line for line in found if isinstance(line, int)))


def review(
    house: House,
    door: Door,
    case_id: str,
    requisition_id: str,
    *,
    document: Document,
    verdict: str,
) -> dict[str, Any]:
    """Review an emergency on the document that has come; the requester is free again.

    Raises:
        Forbidden: When the caller does not oversee, or asked for it.
        RequisitionRefused: It is no emergency, or reviewed already.
        WrongUsage: The verdict is none, or the document is missing though it is justified.
    """
    subject = {"requisition": requisition_id[:40], "act": "review", "verdict": verdict[:20]}
    hand = person(door, DATASET, Verb.ALTER, subject)
    case = seen(house, door, case_id)
    found = case.requisition(requisition_id)
    if door.role != OVERSEER or hand in found.requesters:
        door.refuse(DATASET, Verb.ALTER, subject, why="requester", case=reference_of(case))
    if not found.emergency or found.review:
        _refuse(door, Verb.ALTER, subject, case, RequisitionRefused(why="reviewed"))
    if verdict not in VERDICTS:
        raise WrongUsage(reason=f"verdict: {', '.join(VERDICTS)}", field="verdict")
    if verdict == VERDICTS[0] and _SHA.fullmatch(document.sha256) is None:
        raise WrongUsage(reason="document: SHA-256", field="document")
    line, _ = door.ask(DATASET, Verb.ALTER, subject, case=reference_of(case))
    content = {
        "requisition_id": requisition_id,
        "verdict": verdict,
        "document": {"name": document.name[:LONGEST], "sha256": document.sha256},
        "line": line,
    }
    return case_json(append(house, door, case, "review", content), now_us(house.clock))


def overdue_anywhere(house: House, hand: str) -> bool:
    """Say whether an emergency that a hand asked for waits for its review for more than 24 h."""
    at = now_us(house.clock)
    entered = house.desk.case_acts.standing("requisition")
    waiting = {one.case_id for one in entered if one.content["emergency"]}
    return any(
        one.overdue(at) and hand in one.requesters
        for case_id in sorted(waiting)
        for one in load(house, case_id).requisitions.values()
    )


def _must_not_be_locked(house: House, hand: str) -> None:
    if overdue_anywhere(house, hand):
        raise RequisitionRefused(why="overdue")


def _refuse(
    door: Door,
    verb: Verb,
    subject: Mapping[str, Any],
    case: Case,
    error: RequisitionRefused,
    *,
    dataset: str = DATASET,
) -> NoReturn:
    """Write a refusal that is the case's, not the charter's, then raise it."""
    try:
        why = str(error.params["why"])
        door.refuse(dataset, verb, subject, why=why, case=reference_of(case))
    except Forbidden:
        raise error from None


def show(house: House, door: Door, case_id: str, requisition_id: str) -> dict[str, Any]:
    """Return one requisition with the exact query and its hash.

    Raises:
        Forbidden: When the charter does not open requisitions to the role.
        NotFound: There is no such case that the caller may know of.
    """
    subject = {"requisition": requisition_id[:40]}
    person(door, DATASET, Verb.CONSULT, subject)
    door.ask(DATASET, Verb.CONSULT, subject)
    case = seen(house, door, case_id)
    return requisition_json(case.requisition(requisition_id), now_us(house.clock))


def statistics(house: House, door: Door) -> dict[str, Any]:
    """Return requisitions by month and article; small counts are withheld (REQ-6).

    Raises:
        Forbidden: When the charter does not open requisitions to the role.
    """
    _, least = door.ask(DATASET, Verb.CONSULT, {"statistics": True})
    counts = count_requisitions(house)
    rows = [
        {"month": month, "article": article, "n": n if n >= least else None}
        for (month, article), n in sorted(counts.items())
    ]
    return {"items": rows, "least": least, "next": None}


def count_requisitions(house: House) -> Counter[tuple[str, str]]:
    """Return how many requisitions were entered, by month and article, closed cases among them."""
    return house.desk.case_acts.requisition_counts()
