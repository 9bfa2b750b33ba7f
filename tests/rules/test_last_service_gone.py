"""The last departure is gone."""

import pytest
from tests.rules.plan_views import around, place, plan, says

from vigie.judge.rule import PlaceView
from vigie.rules.last_service_gone import judge


def test_a_concert_that_ends_after_the_last_metro_is_told() -> None:
    found = judge(plan("a", clock=(22.0, 24.75)), around(metro("00:30")))[0]

    assert found is not None
    assert says(
        found,
        "« Metro » (00:30) : 8\u202f000 personnes y arrivent 45 min après",
        '"Metro" (00:30): 8,000 people reach it 45 min after',
    )
    assert found.severity == 3
    assert found.numbers["late_min"] == 45


def test_a_last_departure_in_the_evening_counts_as_it_is() -> None:
    found = judge(plan("a", clock=(20.0, 22.5)), around(metro("22:30")))[0]

    assert found is not None
    assert says(found, "30 min après", "30 min after")
    assert found.severity == 3


def test_in_time_is_no_clash() -> None:
    assert not judge(plan("a", clock=(20.0, 23.0)), around(metro("00:30")))


def test_a_night_service_is_no_clash() -> None:
    assert not judge(plan("a", clock=(22.0, 26.0)), around(metro("04:30")))


@pytest.mark.parametrize("said", ["", "tard", "24h", "12:"])
def test_a_departure_that_nobody_can_read_says_nothing(said: str) -> None:
    assert not judge(plan("a", clock=(22.0, 29.0)), around(metro(said)))


def metro(last: str) -> PlaceView:
    """Return a station with its last departure."""
    return place("place.station.metro", 200, 50, attributes={"last_departure": last})
