"""More means promised than owned."""

from datetime import date

import pytest
from tests.rules.plan_views import DAY, HOUR, NOON, plan, says

from vigie.judge.rule import DayView, PlanView
from vigie.rules.stock_exceeded import judge


def test_more_agents_than_the_city_has_is_told() -> None:
    found = judge(day(asks("a", 60), asks("b", 50, start_h=1), agents=100))[0]

    assert found is not None
    assert says(
        found,
        "2 usages demandent ensemble 110 agents, la ville en a 100 : A et B",
        "2 uses together ask for 110 agents, the city has 100: A and B",
    )
    assert found.severity == 3
    assert found.identity == ("2026-11-26", "agents")
    assert found.from_us == NOON


def test_a_quarter_lacking_is_graver() -> None:
    found = judge(day(asks("a", 60), asks("b", 70), asks("c", 9, start_h=10), agents=100))[0]

    assert found is not None
    assert says(found, "demandent ensemble 130", "together ask for 130")
    assert found.severity == 4
    assert found.subjects == ("a", "b")


def test_enough_is_no_clash() -> None:
    assert not judge(day(asks("a", 60), asks("b", 40), agents=100))


def test_one_after_the_other_is_no_clash() -> None:
    assert not judge(day(asks("a", 60), asks("b", 60, start_h=4), agents=100))


def test_an_unknown_stock_judges_nobody() -> None:
    assert not judge(day(asks("a", 60), asks("b", 60)))


@pytest.mark.parametrize("said", ["beaucoup", "", "-5", "inf", "nan"])
def test_a_number_that_nobody_can_read_asks_for_nothing(said: str) -> None:
    assert not judge(day(plan("a", means={"agents": said}), asks("b", 90), agents=100))


def asks(plan_id: str, agents: int, start_h: float = 0) -> PlanView:
    """Return an event that engages agents."""
    return plan(plan_id, start_h=start_h, means={"agents": str(agents)})


def day(*plans: PlanView, **stock: float) -> DayView:
    """Return a day around noon."""
    return DayView(date(2026, 11, 26), NOON - 12 * HOUR, NOON - 12 * HOUR + DAY, plans, (), stock)
