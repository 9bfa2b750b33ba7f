"""The street before a fire station is closed."""

from tests.rules.plan_views import around, place, says, works

from vigie.rules.fire_station_exit import RULE, judge


def test_a_closed_street_before_the_station_is_told() -> None:
    found = judge(works(), around(place("place.fire_station", 100, 80, label="Caserne")))[0]

    assert found is not None
    assert says(found, "à 30 m de « Caserne »", '30 m from "Caserne"')
    assert found.severity == 5
    assert found.numbers["apart_m"] == 30.0


def test_nothing_near_is_no_clash() -> None:
    assert not judge(works(), around())


def test_only_what_lets_nothing_through_is_looked_at() -> None:
    assert RULE.first.wants(works())
    assert not RULE.first.wants(works(closes=("stationnement",)))
