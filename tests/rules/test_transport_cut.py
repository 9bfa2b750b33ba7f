"""Transport cut as a crowd leaves."""

from typing import Any

from shapely import Point
from tests.rules.plan_views import HOUR, NOON, plan, says

from vigie.judge.rule import PlanView
from vigie.rules.transport_cut import judge


def test_a_closed_metro_is_grave() -> None:
    found = judge(plan("a"), cut(effect="no_service"))

    assert found is not None
    assert says(found, "touche M1 et T3 à 100 m", "affects M1 and T3 100 m from")
    assert found.severity == 4
    assert found.numbers["people"] == 8_000


def test_with_thirty_thousand_it_is_graver() -> None:
    found = judge(plan("a", attendance=(1, 2, 30_000)), cut(effect="no_service"))

    assert found is not None
    assert says(found, "30\u202f000", "30,000")
    assert found.severity == 5


def test_a_diverted_tram_is_told() -> None:
    found = judge(plan("a"), cut(effect="diverted"))

    assert found is not None
    assert says(found, "quand 8\u202f000 personnes en sortent", "as 8,000 people leave it")
    assert found.severity == 3


def test_a_diverted_bus_is_no_clash() -> None:
    assert not judge(plan("a"), cut(effect="diverted", lines="19,54"))


def test_service_back_before_the_end_is_no_clash() -> None:
    assert not judge(plan("a"), cut(ends_h=2))


def test_a_stop_far_away_is_no_clash() -> None:
    assert not judge(plan("a", x=900), cut())


def cut(effect: str = "no_service", lines: str = "T3,M1", ends_h: float = 6) -> PlanView:
    """Return a change of service at a stop 100 m east of the square."""
    values: dict[str, Any] = {"effect": effect, "lines": lines}
    return plan(
        "s",
        kind="event.transport.service_change",
        geometry=Point(200, 50),
        from_us=NOON - HOUR,
        to_us=NOON + int(ends_h * HOUR),
        attributes=values,
    )
