"""Two persons, one exact query, once, within a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.inquiry.scene import FROM, SQUARE, TO, Scene, paper, query
from tests.inquiry.traces import PEOPLE, QUERIES, Trace

from vigie.audit.reading import stored_lines
from vigie.audit.record import from_text
from vigie.base.errors import (
    Forbidden,
    NotFound,
    QueryTooWide,
    RequisitionRefused,
    StaleVersion,
    WrongUsage,
)
from vigie.desk.case_acts import CaseAct
from vigie.inquiry import cases, requisitions
from vigie.inquiry.articles import ARTICLES
from vigie.inquiry.case import fold
from vigie.inquiry.query import make_query, query_of
from vigie.inquiry.requisitions import HELD, Document

who, which = st.sampled_from(PEOPLE), st.integers(0, len(QUERIES) - 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("bind"), who, which),
        st.tuples(st.just("approve"), st.sampled_from(["karim", "dpo"]), which),
        st.tuples(st.just("approve"), who, which),
        st.tuples(st.just("run"), st.just("ines"), which),
        st.tuples(st.just("run"), who, which),
        st.tuples(st.just("join"), st.sampled_from(["lea", "dpo"])),
        st.tuples(st.just("wait"), st.integers(1, 25)),
    ),
    max_size=14,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.integers(0, 2), steps=STEPS)
def test_nothing_is_disclosed_without_two_valid_approvals(
    scene: Scene, first: int, steps: list[tuple[Any, ...]]
) -> None:
    """Requirement: REQ-2."""
    trace = Trace(scene)
    trace.bind("ines", first)
    for name, *said in steps:
        getattr(trace, name)(*said)
    assert trace.opened <= 1


def test_a_requisition_opens_once_for_whoever_bound_it(scene: Scene) -> None:
    """Requirement: REQ-2."""
    trace = Trace(scene)
    trace.bind("ines", 0)
    trace.approve("karim", 0)
    trace.run("ines", 0)
    trace.approve("dpo", 0)
    trace.run("karim", 0)
    trace.run("ines", 0)
    assert trace.opened == 1
    trace.run("ines", 0)
    assert (trace.opened, trace.asked) == (1, 4)


def test_approvals_end_after_a_day_and_with_another_query(scene: Scene) -> None:
    """Requirement: REQ-2."""
    trace = Trace(scene)
    trace.bind("ines", 0)
    trace.approve("karim", 0)
    trace.wait(23)
    trace.approve("dpo", 0)
    trace.wait(1)
    trace.run("ines", 0)
    trace.approve("karim", 0)
    trace.bind("ines", 1)
    trace.run("ines", 0)
    trace.run("ines", 1)
    assert trace.opened == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"article": "60"}, "article"),
        ({"number": " "}, "number"),
        ({"authority": ""}, "authority"),
        ({"document": Document()}, "document"),
        ({"document": Document("x", "beef")}, "document"),
        ({"emergency": True}, "emergency"),
    ],
)
def test_a_requisition_that_lacks_anything_is_refused(
    scene: Scene, changes: dict[str, Any], field: str
) -> None:
    """Requirement: REQ-1."""
    case_id = scene.case()
    with pytest.raises(WrongUsage) as found:
        scene.requisition(case_id, **changes)
    assert found.value.params["field"] == field
    assert set(ARTICLES) == {"60-1", "60-2", "77-1-1", "77-1-2", "99-3", "99-4"}


def _shifted(by: float) -> tuple[tuple[float, float], ...]:
    return tuple((x + by, y) for x, y in SQUARE)


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (lambda: query(to_us=TO + 1), "window"),
        (lambda: query(from_us=FROM - 1), "window"),
        (lambda: query(ring=_shifted(1e-6)), "area"),
        (lambda: query(stores=("facts", "narratives")), "stores"),
        (lambda: query(stores=("facts",), sources=("rescue",)), "sources"),
        (lambda: query(stores=("facts",)), "sources"),
    ],
)
def test_a_wider_query_is_refused_and_never_trimmed(
    scene: Scene, asked: Callable[[], Any], what: str
) -> None:
    """Requirement: REQ-1."""
    case_id = scene.case()
    act = query(stores=("facts",), sources=("police",))
    name = scene.requisition(case_id, act=act)
    with pytest.raises(QueryTooWide) as found:
        requisitions.bind(scene.home, scene.door("ines"), case_id, name, asked())
    assert found.value.params["what"] == what
    (told,) = cases.show_case(scene.home, scene.door("ines"), case_id)["requisition_list"]
    assert told["query"] is None


def test_a_window_of_more_than_thirty_days_is_none() -> None:
    """Requirement: REQ-1."""
    day = 86_400_000_000
    assert make_query(0, 30 * day, SQUARE).to_us == 30 * day
    with pytest.raises(QueryTooWide):
        make_query(0, 30 * day + 1, SQUARE)


@given(
    st.integers(0, 10**15),
    st.integers(1, 10**12),
    st.lists(st.sampled_from(["police", "rescue", "c"]), unique=True),
)
def test_a_query_has_one_text_and_reads_back(start: int, length: int, sources: list[str]) -> None:
    """Requirement: REQ-2."""
    asked = make_query(start, start + length, SQUARE, stores=("plans", "facts"), sources=sources)
    closed = [*SQUARE, SQUARE[0]]
    again = make_query(start, start + length, closed, stores=("facts", "plans"), sources=sources)
    assert query_of(asked.to_json()) == asked
    assert asked.canonical("r") == again.canonical("r")
    assert asked.sha256("r") != asked.sha256("s")
    other = replace(asked, to_us=asked.to_us + 1)
    assert other.sha256("r") != asked.sha256("r")


def test_a_refused_step_is_a_line_with_its_reason(scene: Scene) -> None:
    """Requirement: REQ-2."""
    case_id = scene.case()
    name = scene.requisition(case_id)
    sha = query().sha256(name)
    requisitions.bind(scene.home, scene.door("ines"), case_id, name, query())
    with pytest.raises(RequisitionRefused):
        requisitions.approve(scene.home, scene.door("ines"), case_id, name, sha)
    audit = scene.home.audit
    ((_, stored),) = stored_lines(audit, audit.count() - 1, audit.count())
    line = from_text(stored.text)
    assert (line.outcome, line.who, line.subject["why"]) == ("refused", "ines", "requester")
    assert line.case == "26/01234"


def test_what_the_act_covers_is_held_at_once_and_nothing_beside_it(scene: Scene) -> None:
    """Requirement: REQ-5."""
    case_id = scene.case()
    name = scene.requisition(case_id)
    (held,) = [one for one in scene.home.desk.retention.holds() if one.act == name]
    rules = scene.home.retention.rulebook.rules
    assert all(rules[store].holdable for store in HELD)
    rows = scene.home.lake.scan("facts").select(["source", "fact_id", "earliest_us", "lon", "lat"])
    covered = [row["fact_id"] for row in rows.to_pylist() if held.hold.covers(*row.values())]
    assert covered == [scene.ids[0]]


def test_an_emergency_waives_the_document_for_a_day_and_never_the_two_persons(
    scene: Scene,
) -> None:
    """Requirement: REQ-2."""
    case_id = scene.case()
    name = scene.requisition(case_id, emergency=True, document=Document())
    sha = query().sha256(name)
    requisitions.bind(scene.home, scene.door("ines"), case_id, name, query())
    requisitions.approve(scene.home, scene.door("karim"), case_id, name, sha)
    with pytest.raises(RequisitionRefused):
        requisitions.take_warrant(scene.home, scene.door("ines"), case_id, name, sha)
    requisitions.approve(scene.home, scene.door("dpo"), case_id, name, sha)
    requisitions.take_warrant(scene.home, scene.door("ines"), case_id, name, sha)
    with pytest.raises(RequisitionRefused):
        cases.close_case(scene.home, scene.door("ines"), case_id)
    scene.clock.advance(timedelta(hours=24))
    other = scene.case()
    with pytest.raises(RequisitionRefused) as found:
        scene.requisition(other)
    assert found.value.params["why"] == "overdue"
    said = {"document": Document("acte.pdf", "b" * 64), "verdict": "justified"}
    with pytest.raises(Forbidden):
        requisitions.review(scene.home, scene.door("karim"), case_id, name, **said)
    requisitions.review(scene.home, scene.door("dpo"), case_id, name, **said)
    assert scene.requisition(other)
    cases.close_case(scene.home, scene.door("ines"), case_id)


def test_two_who_run_at_once_open_once(scene: Scene) -> None:
    """Requirement: REQ-2."""
    case_id = scene.case()
    name = scene.requisition(case_id)
    sha = scene.approved(case_id, name)
    case = cases.load(scene.home, case_id)
    requisitions.take_warrant(scene.home, scene.door("ines"), case_id, name, sha)
    with pytest.raises(StaleVersion):
        cases.append(scene.home, scene.door("ines"), case, "run", {"requisition_id": name})


def test_a_case_is_known_to_its_members_and_its_notes_to_nobody_else(scene: Scene) -> None:
    """Requirement: REQ-1."""
    case_id = scene.case()
    said = {"text": "Vérifier l’heure du 06 12 34 56 78"}
    cases.write(scene.home, scene.door("ines"), case_id, "task", said)
    at = {"at_us": FROM, "certainty": "inferred", "text": "Départ supposé par le nord"}
    told = cases.write(scene.home, scene.door("karim"), case_id, "timeline", at)
    assert "06 12" not in told["entries"][0]["text"]
    assert told["entries"][1]["certainty"] == "inferred"
    with pytest.raises(NotFound):
        cases.show_case(scene.home, scene.door("lea"), case_id)
    seen = cases.show_case(scene.home, scene.door("dpo"), case_id)
    assert seen["entries"] == []
    assert [one["act"] for one in seen["history"]] == ["open", "task", "timeline"]
    assert case_id not in {
        one["case_id"] for one in cases.list_cases(scene.home, scene.door("lea"))["items"]
    }


def test_statistics_withhold_small_counts(scene: Scene) -> None:
    """Requirement: REQ-6."""
    case_id = scene.case()
    for number in range(11):
        scene.requisition(case_id, article="99-4", number=f"n {number}")
    scene.requisition(case_id, article="99-3")
    found = requisitions.statistics(scene.home, scene.door("dpo"))
    told = {row["article"]: row["n"] for row in found["items"]}
    assert told["99-4"] == 11
    assert told["99-3"] is None
    before = requisitions.count_requisitions(scene.home)
    cases.close_case(scene.home, scene.door("ines"), case_id)
    assert requisitions.count_requisitions(scene.home) == before


def test_acts_that_cannot_follow_each_other_are_no_case() -> None:
    """Requirement: REQ-2."""
    stray = CaseAct("c", 2, "note", {}, "a", "a", "investigator", 0)
    with pytest.raises(RequisitionRefused):
        fold("c", [stray])


def test_the_paper_of_the_scene_is_whole() -> None:
    assert paper().act == query()
