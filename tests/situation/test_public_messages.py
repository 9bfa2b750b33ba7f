"""Who writes, who approves, what is refused, and which line each act leaves.

Requirement: R1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from vigie.audit.line import Line
from vigie.base.clock import FixedClock, now_us, to_us
from vigie.base.errors import Forbidden, NotFound, StaleVersion, Unavailable, WrongUsage
from vigie.civic.informing.board import shown_at
from vigie.desk.public_messages import PublicMessageRow
from vigie.foresight.informing.standing import MessageStepRefused
from vigie.privacy.charter import shipped_charter
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home
from vigie.situation.public_messages import (
    act_on_message,
    draft_message,
    list_messages,
    read_message,
)
from vigie.situation.rights import Rights

HOUR_US = 3_600_000_000
START = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
NOW_US = to_us(START)
PLANNER = Caller("ines", "planner", "account-1")
OTHER = Caller("paul", "planner", "account-2")
HEAD = Caller("head", "shift_head", "account-3")
OPERATOR = Caller("op", "operator", "account-4")


class Recorder:
    """An audit in memory that can be broken."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.broken = False

    def append(self, line: Line) -> int:
        if self.broken:
            raise Unavailable(what="audit")
        self.lines.append(line)
        return len(self.lines)

    def told(self) -> list[tuple[str, str, str, str]]:
        return [
            (str(one.verb), str(one.subject.get("act", "")), one.outcome, one.recipient)
            for one in self.lines
        ]


@pytest.fixture
def audit() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def opened(
    tmp_path_factory: pytest.TempPathFactory, sample: ModuleType
) -> Iterator[tuple[Home, FixedClock]]:
    path = tmp_path_factory.mktemp("public") / "home"
    made, _ = sample.build(path)
    made.close()
    clock = FixedClock(START)
    with open_home(path, clock=clock) as found:
        yield found, clock


@pytest.fixture
def clock(opened: tuple[Home, FixedClock]) -> Iterator[FixedClock]:
    """The clock of the home, put back after the test."""
    yield opened[1]
    opened[1].advance(START - opened[1].now())


@pytest.fixture
def home(opened: tuple[Home, FixedClock], audit: Recorder) -> Home:
    """The home with an audit of the test's own."""
    found, clock = opened
    rights = Rights(shipped_charter(), found.desk, clock, audit, found.frame)
    return replace(found, rights=rights)


def values(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title_fr": "Sortie de match",
        "title_en": "End of the match",
        "text_fr": "Le boulevard Michelet est fermé aux voitures.",
        "text_en": "Boulevard Michelet is closed to cars.",
        "advice_fr": "Prenez le métro.",
        "advice_en": "Take the metro.",
        "panel": ["MICHELET FERMÉ"],
        "category": "Transport",
        "urgency": "Expected",
        "severity": "Minor",
        "certainty": "Likely",
        "zone": "city",
        "streets": ["boulevard Michelet"],
        "expires_us": NOW_US + 6 * HOUR_US,
    }
    return told | changes


def submitted(home: Home, by: Caller = PLANNER, **changes: Any) -> dict[str, Any]:
    return draft_message(home, by, values(**changes), submit=True)


def published(home: Home) -> dict[str, Any]:
    one = submitted(home)
    return act_on_message(home, HEAD, one["message_id"], "approve", after=2, publish=True)


def public(home: Home) -> list[str]:
    shown = shown_at(home.desk.public_messages, now_us(home.clock))
    return [one.identifier.partition(".")[0] for one in shown.issues if one.type != "Cancel"]


def test_every_act_is_open_or_says_why_it_is_closed(home: Home) -> None:
    name = submitted(home)["message_id"]
    said = {
        who: read_message(home, caller, name)["closed"]
        for who, caller in (
            ("author", PLANNER),
            ("operator", OPERATOR),
            ("head", HEAD),
            ("program", replace(HEAD, name="token:screen")),
        )
    }
    assert said["author"] == {"submit": "state", "approve": "same_hand", "publish": "state"}
    assert (said["operator"]["approve"], said["operator"]["refuse"]) == ("role", "role")
    assert said["head"] == {"submit": "state", "publish": "state"}
    assert said["program"]["approve"] == "token"


def test_a_message_goes_from_one_hand_to_another_and_then_to_everybody(home: Home) -> None:
    one = submitted(home)
    name = one["message_id"]
    assert (one["state"], one["may"]) == ("submitted", ["draft", "refuse", "withdraw"])
    assert name not in public(home)
    assert "approve" in read_message(home, HEAD, name)["may"]
    approved = act_on_message(home, HEAD, name, "approve", after=2)
    assert (approved["state"], name in public(home)) == ("approved", False)
    told = act_on_message(home, PLANNER, name, "publish", after=3)
    assert (told["state"], name in public(home)) == ("published", True)
    assert [(one["act"], one["by"]) for one in told["history"]] == [
        ("draft", "ines"),
        ("submit", "ines"),
        ("approve", "head"),
        ("publish", "ines"),
    ]


@pytest.mark.parametrize("by", [PLANNER, Caller("token:ines", "planner", "account-1")])
def test_nobody_approves_what_their_own_hand_wrote(home: Home, audit: Recorder, by: Caller) -> None:
    """Another name of the same account is the same hand; the refusal is a line."""
    name = submitted(home)["message_id"]
    with pytest.raises(Forbidden):
        act_on_message(home, by, name, "approve", after=2)
    assert audit.told()[-1] == ("disclose", "approve", "refused", "")
    assert audit.lines[-1].subject["why"] in {"same_hand", "token"}


def test_a_program_approves_and_withdraws_nothing_public(home: Home) -> None:
    name = published(home)["message_id"]
    with pytest.raises(Forbidden):
        act_on_message(
            home, Caller("token:x", "shift_head", "account-9"), name, "withdraw", after=4,
            reason="Essai de programme",
        )  # fmt: skip
    assert name in public(home)


@pytest.mark.parametrize("role", ["operator", "analyst", "partner", "elected", "admin", "dpo"])
def test_roles_that_do_not_approve_do_not(home: Home, role: str) -> None:
    name = submitted(home)["message_id"]
    with pytest.raises(Forbidden):
        act_on_message(home, Caller(role, role, f"account-{role}"), name, "approve", after=2)
    if role != "operator":
        with pytest.raises(Forbidden):
            draft_message(home, Caller(role, role, "account-x"), values())


def test_every_act_leaves_its_line_and_what_is_told_is_disclosed(
    home: Home, audit: Recorder
) -> None:
    name = published(home)["message_id"]
    act_on_message(home, OTHER, name, "withdraw", after=4, reason="Le match est annulé")
    acts = [one for one in audit.told() if one[1]]
    assert acts == [
        ("alter", "draft", "allowed", ""),
        ("alter", "submit", "allowed", ""),
        ("disclose", "approve", "allowed", "public"),
        ("disclose", "publish", "allowed", "public"),
        ("disclose", "withdraw", "allowed", "public"),
    ]
    assert "Michelet" not in str([one.subject for one in audit.lines])


def test_where_no_line_can_be_written_nothing_is_published(home: Home, audit: Recorder) -> None:
    name = submitted(home)["message_id"]
    audit.broken = True
    with pytest.raises(Unavailable):
        act_on_message(home, HEAD, name, "approve", after=2, publish=True)
    assert len(home.desk.public_messages.of(name)) == 2


def test_an_approval_of_what_has_changed_meanwhile_is_refused(home: Home) -> None:
    name = submitted(home)["message_id"]
    draft_message(home, OPERATOR, values(title_fr="Autre"), name=name, after=2, submit=True)
    with pytest.raises(StaleVersion):
        act_on_message(home, HEAD, name, "approve", after=2)


def test_the_clock_ends_a_message_by_itself(home: Home, clock: FixedClock) -> None:
    name = published(home)["message_id"]
    waiting = submitted(home)["message_id"]
    clock.advance(timedelta(hours=6))
    assert name not in public(home)
    assert read_message(home, HEAD, name)["state"] == "expired"
    with pytest.raises(MessageStepRefused):
        act_on_message(home, HEAD, waiting, "approve", after=2)
    with pytest.raises(MessageStepRefused):
        draft_message(home, PLANNER, values(expires_us=NOW_US + 9 * HOUR_US), name=name, after=4)


def test_reasons_and_acts_are_asked_for(home: Home) -> None:
    name = submitted(home)["message_id"]
    with pytest.raises(WrongUsage):
        act_on_message(home, HEAD, name, "refuse", after=2, reason="non")
    with pytest.raises(WrongUsage):
        act_on_message(home, HEAD, name, "draft", after=2)
    with pytest.raises(NotFound):
        act_on_message(home, HEAD, "info-none", "approve", after=2)
    told = act_on_message(home, HEAD, name, "refuse", after=2, reason="Mme Martin se trompe")
    assert "Martin" not in told["history"][-1]["reason"]


def test_a_message_is_about_a_plan_that_its_writer_sees(home: Home) -> None:
    with pytest.raises(NotFound):
        draft_message(home, PLANNER, values(about="plan:none"))
    with pytest.raises(NotFound):
        draft_message(home, HEAD, values(about="alert:none"))


def test_a_row_changed_in_the_database_is_public_no_more(home: Home) -> None:
    """Who writes past the desk silences the message: what was approved no longer stands there."""
    name = published(home)["message_id"]
    row = PublicMessageRow
    with Session(home.desk.engine) as session, session.begin():
        content = dict(home.desk.public_messages.of(name)[-1].content) | {"text_fr": "Fuyez"}
        session.execute(
            update(row).where(row.message_id == name, row.number == 4).values(content=content)
        )
    assert name not in public(home)
    assert list_messages(home, HEAD)["broken"] == 1
    home.desk.retention.erase("public_messages", [name])


def test_messages_are_forgotten_whole_when_their_last_end_is_past(home: Home) -> None:
    name = published(home)["message_id"]
    end = NOW_US + 6 * HOUR_US
    assert name not in [key for key, _ in home.desk.retention.ended("public_messages", end)]
    assert name in [key for key, _ in home.desk.retention.ended("public_messages", end + 1)]
    home.desk.retention.erase("public_messages", [name])
    assert home.desk.public_messages.of(name) == []
