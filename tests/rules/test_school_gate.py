"""A school gate hindered."""

from datetime import date

from tests.rules.plan_views import HOUR, NOON, around, place, plan, says

from vigie.rules.school_gate import judge


def test_a_street_closed_at_four_is_told() -> None:
    found = judge(
        plan("a", title="Tournage", closes=("circulation",), day=THURSDAY, clock=(15.0, 18.0)),
        around(place("place.school", 120, 50, label="Jaurès")),
    )[0]

    assert found is not None
    assert says(
        found,
        "ferme la voie à moins de 60 m d'une école (Jaurès) à 1 heure d'entrée ou de sortie",
        "closes the street within 60 m of Jaurès at 1 of the hours",
    )
    assert found.severity == 3
    assert found.numbers == {"schools": 1, "gate_hours": 1}


def test_lorries_in_the_morning_are_told() -> None:
    found = judge(
        plan("a", day=THURSDAY, clock=(9.0, 18.0)),
        around(place("place.school", 120, 50, label="E")),
    )[0]

    assert found is not None
    assert says(found, "s'installe à moins de 60 m", "sets up within 60 m")
    assert found.severity == 3


def test_a_sunday_is_no_clash() -> None:
    assert not judge(
        plan("a", closes=("circulation",), day=date(2026, 11, 29), clock=(14.0, 18.0)),
        around(place("place.school", 120, 50)),
    )


def test_a_public_holiday_is_no_clash() -> None:
    assert not judge(
        plan("a", closes=("circulation",), day=THURSDAY, holiday=True, clock=(14.0, 18.0)),
        around(place("place.school", 120, 50)),
    )


def test_in_the_evening_is_no_clash() -> None:
    assert not judge(
        plan("a", closes=("circulation",), day=THURSDAY, clock=(19.0, 22.0)),
        around(place("place.school", 120, 50)),
    )


def test_works_of_weeks_are_known_to_the_school() -> None:
    assert not judge(
        plan(
            "a", closes=("circulation",), day=THURSDAY, clock=(14.0, 18.0), to_us=NOON + 100 * HOUR
        ),
        around(place("place.school", 120, 50)),
    )


def test_without_a_day_nothing_is_said() -> None:
    assert not judge(plan("a", closes=("circulation",)), around(place("place.school", 120, 50)))


THURSDAY = date(2026, 11, 26)
