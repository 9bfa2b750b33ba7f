"""More people than places."""

from tests.rules.plan_views import DAY, NOON, plan, says

from vigie.rules.capacity_exceeded import judge


def test_a_likely_crowd_above_the_capacity_is_grave() -> None:
    found = judge(plan("a", capacity=4_500), NOON)

    assert found is not None
    assert says(
        found,
        "8\u202f000 personnes pour 4\u202f500 places (78 % de trop)",
        "8,000 people for 4,500 places (78 % too many)",
    )
    assert found.severity == 4


def test_a_high_one_alone_is_milder() -> None:
    found = judge(plan("a", capacity=6_000), NOON)

    assert found is not None
    assert says(found, "33 % de trop", "33 % too many")
    assert found.severity == 2


def test_the_width_of_an_estimate_is_no_clash() -> None:
    assert not judge(plan("a", capacity=7_500), NOON)


def test_without_a_capacity_nothing_is_said() -> None:
    assert not judge(plan("a"), NOON)


def test_what_is_over_is_no_clash() -> None:
    assert not judge(plan("a", capacity=10), NOON + DAY)
