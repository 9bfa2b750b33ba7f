"""Works on the diversion of a line."""

from typing import Any

from shapely import Point
from tests.rules.plan_views import HOUR, NOON, line, plan, says, works

from vigie.judge.rule import PlanView
from vigie.rules.line_diverted_twice import judge


def test_works_where_a_line_is_diverted_are_told() -> None:
    found = judge(diverted(), works(geometry=line(y=150)))

    assert found is not None
    assert says(
        found,
        "à 100 m du point où les lignes 19 et 54 sont déjà en déviation",
        "100 m from where 19 and 54",
    )
    assert found.severity == 3
    assert found.numbers["lines"] == "19,54"


def test_a_diversion_by_works_is_no_clash() -> None:
    assert not judge(diverted(cause="construction"), works())


def test_a_delay_is_no_clash() -> None:
    assert not judge(diverted(effect="delay"), works())


def test_works_further_off_are_no_clash() -> None:
    assert not judge(diverted(), works(geometry=line(y=300)))


def test_works_over_before_are_no_clash() -> None:
    assert not judge(diverted(), works(to_us=NOON))


def diverted(**attributes: Any) -> PlanView:
    """Return two bus lines diverted at noon."""
    told = {"effect": "diverted", "lines": "54,19", "cause": "demonstration", **attributes}
    return plan(
        "s",
        kind="event.transport.service_change",
        geometry=Point(100, 50),
        ends_us=NOON + 3 * HOUR,
        attributes=told,
    )
