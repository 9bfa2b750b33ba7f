"""Noise at night near a hospital."""

from tests.rules.plan_views import HOUR, NOON, around, place, plan, says

from vigie.rules.noise_near_hospital import judge


def test_a_loud_night_near_the_emergency_is_told() -> None:
    found = judge(
        plan("a", starts_us=NOON, ends_us=NOON + 5 * HOUR, clock=(20.0, 25.0)),
        around(place("place.hospital.emergency", 200, 50, label="Nord")),
    )[0]

    assert found is not None
    assert says(
        found,
        "est à 100 m de « Nord » pendant 3,0 h de nuit",
        'is 100 m from "Nord" for 3.0 h of the night',
    )
    assert found.severity == 4
    assert found.from_us == NOON + 2 * HOUR
    assert found.to_us == NOON + 5 * HOUR


def test_a_ward_without_emergency_is_milder() -> None:
    found = judge(
        plan("a", clock=(22.0, 23.0)), around(place("place.hospital", 200, 50, label="Sud"))
    )[0]

    assert found is not None
    assert says(found, "8\u202f000 personnes", "8,000 people")
    assert found.severity == 3


def test_by_day_is_no_clash() -> None:
    assert not judge(plan("a", clock=(14.0, 22.0)), around(place("place.hospital", 200, 50)))


def test_under_a_roof_is_no_clash() -> None:
    assert not judge(
        plan("a", clock=(22.0, 24.0), place_id="p", venue_kind="place.venue.hall"),
        around(place("place.hospital", 200, 50)),
    )
