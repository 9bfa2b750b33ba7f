"""A route on a tram line."""

from typing import Any

from tests.rules.plan_views import HOUR, NOON, around, march, place, plan, says

from vigie.judge.rule import PlaceView, PlanView
from vigie.rules.route_on_tram import judge


def test_two_stops_of_one_tram_are_told() -> None:
    found = judge(march(), around(*stops("T1,19", "T1,M1")))[0]

    assert found is not None
    assert says(
        found,
        "longe la ligne T1 entre A et B (2 arrêts) pendant 2,0 h",
        "follows line T1 between A and B (2 stops) for 2.0 h",
    )
    assert found.severity == 3
    assert found.identity == ("m", "T1")


def test_one_stop_is_a_crossing_nobody_knows() -> None:
    assert not judge(march(), around(*stops("T1", "19")))


def test_a_bus_goes_round() -> None:
    assert not judge(march(), around(*stops("19", "19")))


def test_an_announced_change_settles_it() -> None:
    assert not judge(march(), around(*stops("T1", "T1"), plans=(change(),)))


def test_a_change_at_another_hour_settles_nothing() -> None:
    later = change(starts_us=NOON + 3 * HOUR, ends_us=NOON + 4 * HOUR)

    assert judge(march(), around(*stops("T1", "T1"), plans=(later,)))


def stops(first: str, second: str) -> tuple[PlaceView, PlaceView]:
    """Return two stops along the street with their lines."""
    return (
        place("place.stop", 10, 50, label="A", attributes={"routes": first}),
        place("place.stop", 150, 50, label="B", attributes={"routes": second}),
    )


def change(**values: Any) -> PlanView:
    """Return a change of service of line T1."""
    return plan(
        "s",
        **{"kind": "event.transport.service_change", "attributes": {"lines": "M1,T1"}, **values},
    )
