"""Saved questions and their reports: whose they are, when they are due, what is kept of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock, from_us, now_us
from vigie.base.errors import Forbidden, NotFound, PersonRequired, StaleVersion, WrongUsage
from vigie.desk.questions import Saved
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home
from vigie.situation.questions.reports import (
    ask_report,
    due,
    make_report,
    read_report,
)
from vigie.situation.questions.saved import (
    end_question,
    list_questions,
    read_question,
    save_question,
)

ANALYST = Caller("analyst", "analyst")
OTHER = Caller("other", "analyst")
PLANNER = Caller("planner", "planner")
WEEKS = Saved("Rythme de la semaine", "week_profile", unit="day", n=14)
DAILY = replace(WEEKS, every="day", hour=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Path:
    path: Path = tmp_path_factory.mktemp("questions") / "home"
    home, _ = sample.build(path)
    home.close()
    return path


@pytest.fixture
def clock(sample: ModuleType) -> FixedClock:
    return FixedClock(sample.NOW)


@pytest.fixture
def home(folder: Path, clock: FixedClock) -> Iterator[Home]:
    with open_home(folder, clock=clock) as opened:
        yield opened
        for question in opened.desk.questions.in_force():
            opened.desk.questions.change(
                question.question_id, None, after=question.number, role="analyst"
            )
        desk = opened.desk.retention
        for store in ("questions", "question_reports"):
            keys = [key for key, _ in desk.ended(store, now_us(clock) + 1)]
            desk.erase(store, keys)


def save(home: Home, saved: Saved = WEEKS, caller: Caller = ANALYST) -> str:
    return str(save_question(home, caller, saved)["question_id"])


def titles(home: Home, caller: Caller) -> list[str]:
    return [one["title"] for one in list_questions(home, caller)["items"]]


def test_a_question_is_its_owners_until_it_is_shared_with_a_role(home: Home) -> None:
    name = save(home)
    assert titles(home, ANALYST) == [WEEKS.title]
    assert titles(home, OTHER) == titles(home, PLANNER) == []
    with pytest.raises(NotFound):
        read_question(home, OTHER, name)
    save_question(home, ANALYST, replace(WEEKS, shared=("planner",)), name=name, after=1)
    assert titles(home, PLANNER) == [WEEKS.title]
    assert titles(home, OTHER) == []
    assert not read_question(home, PLANNER, name)["mine"]
    with pytest.raises(Forbidden):
        save_question(home, PLANNER, WEEKS, name=name, after=2)
    with pytest.raises(Forbidden):
        end_question(home, PLANNER, name, after=2)


def test_its_period_moves_with_the_days_and_its_versions_stay(
    home: Home, clock: FixedClock
) -> None:
    name = save(home)
    told = read_question(home, ANALYST, name)
    assert (told["from"], told["to"]) == ("2026-03-15T23:00:00Z", "2026-03-29T22:00:00Z")
    clock.advance(timedelta(days=1))
    assert read_question(home, ANALYST, name)["to"] == "2026-03-30T22:00:00Z"
    with pytest.raises(StaleVersion):
        save_question(home, ANALYST, WEEKS, name=name, after=7)
    save_question(home, ANALYST, replace(WEEKS, title="Autre nom"), name=name, after=1)
    versions = read_question(home, ANALYST, name)["versions"]
    assert [(one["number"], one["title"]) for one in versions] == [
        (1, WEEKS.title),
        (2, "Autre nom"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "},
        {"params": {"nothing": 1}},
        {"filters": {"bbox": "1,2,3,4"}},
        {"filters": {"kind": ["no.such.kind"]}},
        {"unit": "fortnight"},
        {"n": 0},
        {"unit": "", "from_us": 5, "to_us": 5},
        {"every": "hour"},
        {"every": "day", "hour": 24},
        {"shared": ("operator",)},
        {"language": "de"},
    ],
)
def test_what_cannot_be_asked_is_not_kept(home: Home, wrong: dict[str, object]) -> None:
    with pytest.raises(WrongUsage):
        save(home, replace(WEEKS, **wrong))
    with pytest.raises(NotFound):
        save(home, replace(WEEKS, analysis="none"))
    assert titles(home, ANALYST) == []


def test_only_a_person_who_may_ask_saves(home: Home) -> None:
    with pytest.raises(Forbidden):
        save(home, caller=Caller("operator", "operator"))
    with pytest.raises(PersonRequired):
        save(home, caller=Caller("token:robot", "analyst"))
    named = save_question(home, ANALYST, replace(WEEKS, title="Suivi de M. Jean Dupont"))
    assert "Dupont" not in named["title"]


def test_a_report_is_due_once_at_its_hour_and_holds_the_period_of_that_day(
    home: Home, clock: FixedClock
) -> None:
    name = save(home, DAILY)
    assert due(home) is None  # 14:00 in Paris; the next one is tomorrow at seven
    clock.advance(timedelta(hours=17))
    report = due(home)
    assert report is not None
    assert from_us(report.due_us) == datetime(2026, 3, 31, 5, tzinfo=UTC)
    made = make_report(home, report.report_id)
    assert (made.state, made.missed, made.told["late"]) == ("ready", 0, False)
    assert made.told["base"] > 1_000
    assert due(home) is None
    file, content = read_report(home, ANALYST, name, report.report_id)
    assert file == "vigie-week_profile-2026-03-31.pdf"
    assert content.startswith(b"%PDF-")
    assert make_report(home, report.report_id) == made  # made once, whoever asks again


def test_what_was_missed_is_caught_up_once_and_said(home: Home, clock: FixedClock) -> None:
    save(home, DAILY)
    clock.advance(timedelta(days=9))
    report = due(home)
    assert report is not None
    assert report.missed == 8
    made = make_report(home, report.report_id)
    assert (made.state, made.told["late"]) == ("ready", True)
    assert due(home) is None
    clock.advance(timedelta(days=1))
    following = due(home)
    assert following is not None
    assert following.missed == 0
    told = list_questions(home, ANALYST)["items"][0]["reports"]
    assert [(one["state"], one["missed"]) for one in told] == [("waiting", 0), ("ready", 8)]


def test_another_name_does_not_forget_an_occasion_another_hour_does(
    home: Home, clock: FixedClock
) -> None:
    name = save(home, DAILY)
    clock.advance(timedelta(days=1))
    save_question(home, ANALYST, replace(DAILY, title="Renommée"), name=name, after=1)
    report = due(home)
    assert report is not None
    make_report(home, report.report_id)
    clock.advance(timedelta(days=1))
    save_question(home, ANALYST, replace(DAILY, hour=9), name=name, after=2)
    assert due(home) is None


def test_a_failure_is_told_to_the_owner_and_nobody_else(home: Home, clock: FixedClock) -> None:
    name = save(home, replace(DAILY, shared=("analyst",)), Caller("gone", "analyst"))
    clock.advance(timedelta(days=1))
    report = due(home)
    assert report is not None
    made = make_report(home, report.report_id)
    assert made.state == "failed"
    told = list_questions(home, Caller("gone", "analyst"))
    assert told["failed"] == [name]
    assert "gone" in told["items"][0]["reports"][0]["failure"]["fr"]
    assert list_questions(home, ANALYST)["failed"] == []
    clock.advance(timedelta(days=3))
    assert due(home) is None
    schedule = list_questions(home, ANALYST)["items"][0]["schedule"]
    assert schedule["next"] is None
    assert "gone" in schedule["suspended"]["en"]
    with pytest.raises(NotFound):
        read_report(home, ANALYST, name, report.report_id)


def test_a_schedule_that_waited_goes_on_when_its_owner_has_the_role_again(
    home: Home, clock: FixedClock
) -> None:
    name = save(home, DAILY, Caller("late", "analyst"))
    clock.advance(timedelta(days=1))
    report = due(home)
    assert report is not None
    assert make_report(home, report.report_id).told["code"] == "question_owner_gone"
    clock.advance(timedelta(days=3))
    assert due(home) is None
    home.desk.accounts.create("late", name="L", role="analyst", password="correct-horse-battery")
    resumed = due(home)
    assert resumed is not None
    assert (resumed.question_id, resumed.missed) == (name, 2)


def test_a_report_is_for_the_role_it_was_made_for(home: Home) -> None:
    name = save(home, replace(WEEKS, shared=("planner", "analyst")))
    report = str(ask_report(home, ANALYST, name)["report_id"])
    make_report(home, report)
    assert read_report(home, OTHER, name, report)[1].startswith(b"%PDF-")
    with pytest.raises(NotFound):
        read_report(home, PLANNER, name, report)
    with pytest.raises(Forbidden):
        read_report(home, Caller("operator", "operator"), name, report)
    assert list_questions(home, PLANNER)["items"][0]["reports"] == []


def test_taking_a_report_away_is_a_line_of_the_audit(home: Home) -> None:
    name = save(home)
    report = str(ask_report(home, ANALYST, name)["report_id"])
    make_report(home, report)
    read_report(home, ANALYST, name, report)
    lines = lines_before(home.audit, Query(dataset="figures"), home.audit.count()).lines
    verbs = [(str(one.verb), one.subject.get("report")) for _, one in lines]
    assert ("disclose", report) in verbs
    assert ("combine", report) in verbs


def test_questions_and_reports_end_by_their_rules_into_the_register(
    home: Home, clock: FixedClock
) -> None:
    name = save(home)
    kept = save(home, replace(WEEKS, title="En vigueur"))
    report = str(ask_report(home, ANALYST, name)["report_id"])
    make_report(home, report)
    end_question(home, ANALYST, name, after=1)
    clock.advance(timedelta(days=360))
    assert home.retention.look().erased.get("question_reports", 0) == 0
    clock.advance(timedelta(days=10))
    erased = home.retention.run().erased
    assert (erased["questions"], erased["question_reports"]) == (1, 1)
    rules = {one["rule"] for one in home.retention.proofs()}
    assert {"questions", "question_reports"} <= rules
    assert home.desk.questions.versions(name) == []
    assert home.desk.questions.get(kept).saved.title == "En vigueur"
