"""A case as the sum of its acts: pure; what may follow what is decided here and nowhere else.

Acts are append-only and numbered without a gap; the whole history is the case (AUD, REQ-1, REQ-2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from vigie.base.errors import RequisitionRefused
from vigie.inquiry.query import Query, query_of

HOUR_US = 3_600_000_000
VALID_US: Final = 24 * HOUR_US
"""An approval ends after this (REQ-2)."""

REVIEW_US: Final = 24 * HOUR_US
"""Within this time of its entry, an emergency requisition must be reviewed on its document."""

OPEN, CLOSED = "open", "closed"
CUSTODIAN, CONTROLLER = "custodian", "controller"
SIDES: Final = (CUSTODIAN, CONTROLLER)
CERTAINTIES: Final = ("observed", "reported", "inferred")
"""What an entry of the timeline is: seen, told by somebody, or a hypothesis (marked as such)."""

ACTS: Final = (
    *("open", "note", "task", "task_done", "timeline", "member", "member_out"),
    *("requisition", "bind", "approve", "run", "package", "review", "close"),
)


class Act(Protocol):
    """One act, as the desk keeps it."""

    @property
    def number(self) -> int:
        """1, 2, … without a gap."""

    @property
    def act(self) -> str:
        """One of ``ACTS``."""

    @property
    def content(self) -> Mapping[str, Any]:
        """What was said."""

    @property
    def who(self) -> str:
        """Login."""

    @property
    def hand(self) -> str:
        """Account behind it."""

    @property
    def at_us(self) -> int:
        """When, epoch µs."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's yes to one exact query."""

    side: str
    hand: str
    who: str
    query_sha256: str
    at_us: int


@dataclass(slots=True)
class Requisition:
    """A requisition, and what became of it.

    Attributes:
        requisition_id: Its id.
        content: Article, authority, number, office, document and its hash, as entered.
        act: The widest query that the act allows.
        requesters: Hands that entered it or bound a query to it: none of them may approve.
        entered_us: When it was entered.
        emergency: Whether its document was still to come.
        query: The exact query bound to it; None before.
        query_sha256: Its hash.
        approvals: Of that exact query only.
        run_us: When it was used; None before. It is used once.
        run_by: By which hand.
        package: What the package is: id, hash, counts; empty before.
        review: What the review of an emergency found; empty before.
    """

    requisition_id: str
    content: Mapping[str, Any]
    act: Query
    requesters: set[str]
    entered_us: int
    emergency: bool
    query: Query | None = None
    query_sha256: str = ""
    bound_by: str = ""
    approvals: list[Approval] = field(default_factory=list)
    run_us: int | None = None
    run_by: str = ""
    package: Mapping[str, Any] = field(default_factory=dict)
    review: Mapping[str, Any] = field(default_factory=dict)

    def valid(self, at_us: int) -> list[Approval]:
        """Return the approvals that hold now: right query, other hands, not over 24 h old."""
        return [
            one
            for one in self.approvals
            if one.query_sha256 == self.query_sha256
            and one.hand not in self.requesters
            and 0 <= at_us - one.at_us < VALID_US
        ]

    def overdue(self, at_us: int) -> bool:
        """Say whether an emergency has waited for its review for more than 24 h."""
        return self.emergency and not self.review and at_us >= self.entered_us + REVIEW_US

    def state_at(self, at_us: int) -> str:
        """Return ``entered``, ``bound``, ``approved``, ``expired`` or ``used``."""
        if self.run_us is not None:
            return "used"
        if self.query is None:
            return "entered"
        if {one.side for one in self.valid(at_us)} == set(SIDES):
            return "approved"
        return "expired" if any(at_us - a.at_us >= VALID_US for a in self.approvals) else "bound"


@dataclass(slots=True)
class Case:
    """A case, folded from its acts.

    Attributes:
        case_id: Its id.
        number: Number of the last act.
        content: Reference, authority, offence.
        custodian: Account that keeps the evidence and approves on that side.
        members: Logins by account, the custodian among them.
        opened_us: When.
        state: open or closed.
        requisitions: By id, in order of entry.
        entries: Notes, tasks and timeline, as told.
        closed: What the closing said; empty before.
    """

    case_id: str
    number: int = 0
    content: Mapping[str, Any] = field(default_factory=dict)
    custodian: str = ""
    members: dict[str, str] = field(default_factory=dict)
    opened_us: int = 0
    state: str = OPEN
    requisitions: dict[str, Requisition] = field(default_factory=dict)
    entries: list[dict[str, Any]] = field(default_factory=list)
    closed: Mapping[str, Any] = field(default_factory=dict)

    def requisition(self, requisition_id: str) -> Requisition:
        """Return one; refuse an unknown one.

        Raises:
            RequisitionRefused: ``unknown``.
        """
        found = self.requisitions.get(requisition_id)
        if found is None:
            raise RequisitionRefused(why="unknown")
        return found

    def overdue(self, at_us: int) -> bool:
        """Say whether an emergency of this case waits for its review too long."""
        return any(one.overdue(at_us) for one in self.requisitions.values())

    def may_bind(self, requisition_id: str, hand: str, at_us: int) -> Requisition:
        """Return a requisition that a hand may bind a query to.

        Raises:
            RequisitionRefused: ``closed``, ``unknown``, ``used``, ``overdue``, ``not_member`` or
                ``custodian`` (who approves does not ask).
        """
        found = self._open(requisition_id, at_us)
        _must(hand in self.members, "not_member")
        _must(hand != self.custodian, CUSTODIAN)
        return found

    def may_approve(
        self, requisition_id: str, hand: str, side: str, sha256: str, at_us: int
    ) -> Requisition:
        """Return a requisition that a hand may approve now, for one exact query (REQ-2).

        Raises:
            RequisitionRefused: Besides those of ``may_bind``: ``no_query``, ``changed_query``,
                ``requester``, ``not_custodian``, ``same_hand``, ``approved_already``.
        """
        found = self._open(requisition_id, at_us)
        _must(found.query is not None, "no_query")
        _must(sha256 == found.query_sha256, "changed_query")
        _must(hand not in found.requesters, "requester")
        _must(side in SIDES, "side")
        _must(side != CUSTODIAN or hand == self.custodian, "not_custodian")
        _must(side != CONTROLLER or hand != self.custodian, "same_hand")
        _must(all(one.hand != hand for one in found.valid(at_us)), "approved_already")
        return found

    def may_run(self, requisition_id: str, hand: str, sha256: str, at_us: int) -> Requisition:
        """Return a requisition that a hand may use now: the one gate before the vault (REQ-2).

        Raises:
            RequisitionRefused: Besides those above: ``not_requester``, ``approvals``.
        """
        found = self._open(requisition_id, at_us)
        _must(found.query is not None, "no_query")
        _must(sha256 == found.query_sha256, "changed_query")
        _must(hand in self.members and hand == found.bound_by, "not_requester")
        valid = found.valid(at_us)
        hands = {one.hand for one in valid}
        _must(len(hands) >= len(SIDES), "approvals")
        _must({one.side for one in valid} == set(SIDES), "approvals")
        return found

    def _open(self, requisition_id: str, at_us: int) -> Requisition:
        _must(self.state == OPEN, "closed")
        found = self.requisition(requisition_id)
        _must(found.run_us is None, "used")
        _must(not self.overdue(at_us), "overdue")
        return found


def _must(holds: bool, why: str) -> None:
    if not holds:
        raise RequisitionRefused(why=why)


def fold(case_id: str, acts: Iterable[Act]) -> Case:
    """Return a case as its acts make it.

    Raises:
        RequisitionRefused: ``broken``: acts that cannot follow each other.
    """
    case = Case(case_id)
    for one in acts:
        if one.number != case.number + 1 or (one.act == "open") != (one.number == 1):
            raise RequisitionRefused(why="broken")
        _take(case, one)
        case.number = one.number
    return case


def _take(case: Case, one: Act) -> None:
    said = one.content
    if one.act == "open":
        case.content, case.opened_us = said, one.at_us
        case.custodian = said["custodian"]
        case.members = {said["custodian"]: said["custodian_login"], one.hand: one.who}
    elif one.act == "member":
        case.members[said["account"]] = said["login"]
    elif one.act == "member_out":
        case.members.pop(said["account"], None)
    elif one.act == "close":
        case.state, case.closed = CLOSED, said
    elif one.act in {"note", "task", "task_done", "timeline"}:
        told = {"act": one.act, "number": one.number, "by": one.who, "at_us": one.at_us}
        case.entries.append({**said, **told})
    elif one.act == "requisition":
        case.requisitions[said["requisition_id"]] = Requisition(
            said["requisition_id"],
            said,
            query_of(said["act"]),
            {one.hand},
            one.at_us,
            bool(said["emergency"]),
        )
    elif one.act in ACTS:
        _take_step(case.requisition(said["requisition_id"]), one)
    else:
        raise RequisitionRefused(why="broken")


def _take_step(found: Requisition, one: Act) -> None:
    said = one.content
    if one.act == "bind":
        found.query, found.bound_by = query_of(said["query"]), one.hand
        found.query_sha256 = found.query.sha256(found.requisition_id)
        found.requesters.add(one.hand)
        found.approvals = []
    elif one.act == "approve":
        found.approvals.append(
            Approval(said["side"], one.hand, one.who, said["query_sha256"], one.at_us)
        )
    elif one.act == "run":
        found.run_us, found.run_by = one.at_us, one.hand
    elif one.act == "package":
        found.package = said
    else:
        found.review = {**said, "by": one.who, "at_us": one.at_us}
