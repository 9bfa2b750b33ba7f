"""How a clash stands: decided while its plans are the same, open again when they change."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.desk.clash_states import ClashEntry
from vigie.foresight.clash_states import basis_of, changes, standing
from vigie.foresight.plans import PlanRecord
from vigie.judge.clashes import Clash
from vigie.judge.rule import Finding

AT = to_us(datetime(2026, 3, 28, 20, tzinfo=UTC))
MINUTE = 60_000_000
PLAN = PlanRecord(
    plan_id="a",
    kind="event.culture.concert",
    title="a",
    geometry=shapely.box(5.370, 43.290, 5.371, 43.291),
    starts_us=AT,
    ends_us=AT + 120 * MINUTE,
    setup_s=3_600,
    teardown_s=3_600,
    attendance=(4_000.0, 5_000.0, 7_000.0),
    state="authorised",
    declared=True,
    place_id=None,
    closes=("quais",),
    means={"agents": "12"},
    attributes={},
    source="agenda",
    provenance={},
)
CLASH = Clash("r", Finding(3, {"fr": "f.", "en": "e."}, AT, AT + 1, ("a",)))


def entry(state: str = "accepted", plan: PlanRecord = PLAN, severity: int = 3) -> ClashEntry:
    """A decision about the clash as a plan was then."""
    then = replace(CLASH, finding=replace(CLASH.finding, severity=severity))
    basis = basis_of(then, {"a": plan})
    words = {"fr": "f.", "en": "e."}
    return ClashEntry("c", 1, "r", state, "parce que", "", "lea", AT, AT + 1, ("a",), basis, words)


def test_nobody_decided_it_is_open() -> None:
    assert standing([], CLASH, {"a": PLAN}).state == "open"


@pytest.mark.parametrize("state", ["accepted", "solved"])
def test_a_decision_stands_while_plans_are_the_same(state: str) -> None:
    found = standing([entry(state)], CLASH, {"a": replace(PLAN, title="b", version=4)})

    assert (found.state, found.reopened) == (state, ())


def test_one_opened_again_by_hand_is_open() -> None:
    assert standing([entry(), entry("open")], CLASH, {"a": PLAN}).state == "open"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"starts_us": AT + 15 * MINUTE}, ("time",)),
        ({"setup_s": 7_200}, ("time",)),
        ({"geometry": shapely.box(5.3702, 43.290, 5.3712, 43.291)}, ("place",)),
        ({"geometry": shapely.box(5.3695, 43.2895, 5.3715, 43.2915)}, ("place",)),
        ({"geometry": None}, ("place",)),
        ({"attendance": (4_000.0, 5_600.0, 7_000.0)}, ("crowd",)),
        ({"attendance": (None, None, None)}, ("crowd",)),
        ({"closes": ()}, ("closures",)),
        ({"means": {"agents": "11"}}, ("means",)),
        ({"kind": "event.culture.festival"}, ("kind",)),
    ],
)
def test_a_material_change_opens_it_again(values: dict[str, Any], why: tuple[str, ...]) -> None:
    found = standing([entry()], CLASH, {"a": replace(PLAN, **values)})

    assert (found.state, found.reopened) == ("open", why)


@pytest.mark.parametrize(
    "values",
    [
        {"starts_us": AT + 14 * MINUTE},
        {"geometry": shapely.box(5.37005, 43.290, 5.37105, 43.291)},
        {"attendance": (1.0, 5_400.0, 9_000.0)},
        {"attributes": {"service": "Ville"}},
    ],
)
def test_a_small_change_does_not(values: dict[str, Any]) -> None:
    assert standing([entry()], CLASH, {"a": replace(PLAN, **values)}).state == "accepted"


def test_a_graver_finding_opens_it_again_and_a_milder_does_not() -> None:
    assert standing([entry(severity=2)], CLASH, {"a": PLAN}).reopened == ("severity",)
    assert standing([entry(severity=4)], CLASH, {"a": PLAN}).reopened == ()


def test_a_plan_that_is_not_there_any_more_opens_it_again() -> None:
    assert standing([entry()], CLASH, {}).reopened == ("plan",)


@given(
    st.integers(-(10**6), 10**6),
    st.floats(0, 1e6),
    st.lists(st.sampled_from(["a", "b"]), unique=True),
)
def test_nothing_changes_from_itself(shift: int, crowd: float, closes: list[str]) -> None:
    plan = replace(PLAN, starts_us=AT + shift, attendance=(None, crowd, None), closes=tuple(closes))
    basis = basis_of(CLASH, {"a": plan})

    assert changes(basis, basis) == ()
