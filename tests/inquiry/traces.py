"""Random traces of requesters, approvers, replays and changed queries, against an oracle.

The oracle knows nothing of how cases are kept: it remembers who said yes to what and when, and says
whether an opening is due. A disclosure without it, or a refusal against it, ends the trace.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from tests.inquiry.scene import FROM, TO, Scene, query

from vigie.base.clock import now_us
from vigie.base.errors import VigieError
from vigie.inquiry import cases, requisitions
from vigie.inquiry.query import Query
from vigie.situation.own_door import OwnDoor

HOUR_US = 3_600_000_000
PEOPLE = ("ines", "karim", "lea", "dpo", "token", "sight")
"""Requester, custodian, another investigator, who oversees; a program; a borrowed sight."""

QUERIES: tuple[Query, ...] = (
    query(),
    query(from_us=FROM + HOUR_US),
    query(stores=("facts",)),
    query(to_us=TO + 1),
)
"""The act's own, two narrower ones, and one that goes a microsecond beyond."""

WIDER = 3


@dataclass
class Oracle:
    """What happened, told plainly."""

    members: set[str]
    bound: int | None = None
    binder: str = ""
    requesters: set[str] = field(default_factory=set)
    yes: list[tuple[str, int, int]] = field(default_factory=list)
    used: bool = False

    def due(self, who: str, which: int, at_us: int) -> bool:
        """Whether an opening of a query by somebody is due at an instant."""
        valid = {
            person
            for person, of, since in self.yes
            if of == self.bound and at_us - since < 24 * HOUR_US and person not in self.requesters
        }
        return (
            not self.used
            and which == self.bound
            and who == self.binder
            and who in self.members
            and {"karim", "dpo"} <= valid
        )


class Trace:
    """One case with one requisition, acted upon by anybody in any order."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.case_id = scene.case()
        self.name = scene.requisition(self.case_id)
        self.oracle = Oracle({"ines", "karim"}, requesters={"ines"})
        self.opened = 0
        self.asked = 0

    def door(self, who: str) -> OwnDoor:
        """The door of somebody, a program of theirs, or a sight that is not theirs."""
        if who == "token":
            ines = self.scene.callers["ines"]
            return OwnDoor(self.scene.home.rights, replace(ines, name="token:ines"))
        if who == "sight":
            dpo = self.scene.callers["dpo"]
            return OwnDoor(self.scene.home.rights, replace(dpo, view_as="investigator"))
        return self.scene.door(who)

    def _try(self, do: Any, *said: Any) -> bool:
        try:
            do(self.scene.home, *said)
        except VigieError:
            return False
        return True

    def sha(self, which: int) -> str:
        """The hash of one of the queries."""
        return QUERIES[which].sha256(self.name)

    def join(self, who: str) -> None:
        """Somebody is made a member by the requester."""
        said = {"login": who}
        if self._try(cases.write, self.door("ines"), self.case_id, "member", said):
            self.oracle.members.add(who)

    def bind(self, who: str, which: int) -> None:
        """Somebody binds a query."""
        done = self._try(requisitions.bind, self.door(who), self.case_id, self.name, QUERIES[which])
        assert not (done and which == WIDER), "a wider query was bound"
        if done:
            oracle = self.oracle
            assert who in oracle.members
            assert not oracle.used
            oracle.bound, oracle.binder, oracle.yes = which, who, []
            oracle.requesters.add(who)

    def approve(self, who: str, which: int) -> None:
        """Somebody says yes to a query."""
        at = now_us(self.scene.clock)
        said = (self.door(who), self.case_id, self.name, self.sha(which))
        if self._try(requisitions.approve, *said):
            assert who in {"karim", "dpo"}, f"{who} approved"
            self.oracle.yes.append((who, which, at))

    def run(self, who: str, which: int) -> None:
        """Somebody opens the vault; twice is a replay."""
        due = self.oracle.due(who, which, now_us(self.scene.clock))
        said = (self.door(who), self.case_id, self.name, self.sha(which))
        done = self._try(requisitions.take_warrant, *said)
        self.asked += 1
        assert done == due, f"{who} {which}: {'disclosed' if done else 'refused'}"
        if done:
            self.opened += 1
            self.oracle.used = True

    def wait(self, hours: int) -> None:
        """Time passes."""
        self.scene.clock.advance(timedelta(hours=hours))
