"""An evacuation route is occupied."""

from tests.rules.plan_views import around, line, place, plan, says, works

from vigie.rules.evacuation_blocked import judge


def test_works_on_the_route_are_grave() -> None:
    found = judge(
        works(), around(place("place.evacuation_route", shape=line(x=100), label="Nord"))
    )[0]

    assert found is not None
    assert says(
        found, "« Nord » passe par 105 m de « Travaux »", '"Nord" passes through 105 m of "Travaux"'
    )
    assert found.severity == 5


def test_an_event_on_it_is_told() -> None:
    found = judge(plan("a"), around(place("place.evacuation_route", shape=line(), label="Nord")))[0]

    assert found is not None
    assert says(found, "100 m de « A »", '100 m of "A"')
    assert found.severity == 4
    assert found.numbers["works"] is False


def test_a_route_beside_is_no_clash() -> None:
    assert not judge(plan("a"), around(place("place.evacuation_route", shape=line(y=120))))
