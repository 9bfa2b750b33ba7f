"""Too many on the ground."""

from tests.rules.plan_views import DAY, NOON, line, plan, says

from vigie.rules.density_too_high import judge


def test_more_than_can_stand_is_grave() -> None:
    found = judge(plan("a", size_m=40), NOON)

    assert found is not None
    assert says(
        found,
        "8\u202f000 personnes sur 1\u202f600 m², soit 5,0 par m²",
        "8,000 people on 1,600 m²: 5.0 a m²",
    )
    assert found.severity == 5


def test_a_tight_crowd_is_told() -> None:
    found = judge(plan("a", size_m=50), NOON)

    assert found is not None
    assert says(found, "3,2 par m²", "3.2 a m²")
    assert found.severity == 3


def test_room_enough_is_no_clash() -> None:
    assert not judge(plan("a", size_m=60), NOON)


def test_a_line_has_no_area() -> None:
    assert not judge(plan("a", geometry=line()), NOON)


def test_a_venue_speaks_by_its_capacity() -> None:
    assert not judge(plan("a", size_m=10, capacity=10), NOON)


def test_what_is_over_is_no_clash() -> None:
    assert not judge(plan("a", size_m=10), NOON + DAY)
