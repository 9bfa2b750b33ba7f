"""Two crowds for one station."""

from datetime import date

from tests.rules.plan_views import DAY, HOUR, NOON, place, plan, says

from vigie.judge.rule import DayView, PlaceView, PlanView
from vigie.rules.same_station import judge


def test_two_crowds_leaving_by_one_station_are_told() -> None:
    found = judge(day(plan("a"), plan("b", x=950, start_h=0.5)))[0]

    assert found is not None
    assert says(
        found,
        "16\u202f000 personnes vers la station « Metro » à 30 min d'écart",
        '16,000 people to the station "Metro" 30 min apart',
    )
    assert found.severity == 3
    assert found.subjects == ("a", "b")


def test_twenty_thousand_are_graver() -> None:
    found = judge(day(plan("a", attendance=(1, 2_500, 12_000)), plan("b")))[0]

    assert found is not None
    assert says(found, "20\u202f000", "20,000")
    assert found.severity == 4


def test_two_large_crowds_in_sight_are_another_rule() -> None:
    assert not judge(day(plan("a"), plan("b", start_h=0.5)))


def test_an_hour_apart_is_no_clash() -> None:
    assert not judge(day(plan("a"), plan("b", x=950, start_h=1)))


def test_a_crowd_far_from_any_station_is_no_clash() -> None:
    assert not judge(day(plan("a"), plan("b", x=3_000)))


def test_the_day_of_the_later_end_tells_it() -> None:
    assert not judge(day(plan("a"), plan("b", x=950, start_h=0.5), shift_h=24))


def test_no_station_no_clash() -> None:
    assert not judge(day(plan("a"), plan("b", x=950), places=()))


METRO = place("place.station.metro", 500, 50)


def day(*plans: PlanView, shift_h: float = 0, places: tuple[PlaceView, ...] = (METRO,)) -> DayView:
    """Return a day around noon."""
    from_us = NOON - 12 * HOUR + int(shift_h * HOUR)
    return DayView(date(2026, 11, 26), from_us, from_us + DAY, plans, places)
