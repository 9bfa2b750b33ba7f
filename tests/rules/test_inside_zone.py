"""A fact inside a watched zone: grave enough, once within the quiet time."""

from tests.rules.watching import found, rings, sample


def test_it_is_as_grave_as_the_fact() -> None:
    (one,) = found("inside_zone", sample("inside_zone"))

    assert one.severity == 4
    assert one.explanation["en"].endswith("in the city.")


def test_a_quiet_time_makes_several_one() -> None:
    assert len(rings("inside_zone", sample("inside_zone"), quiet_min=0)) == 2
    assert len(rings("inside_zone", sample("inside_zone"), quiet_min=5)) == 2
    assert len(rings("inside_zone", sample("inside_zone"), quiet_min=6)) == 1


def test_what_is_slighter_or_of_another_kind_stays_silent() -> None:
    assert rings("inside_zone", sample("inside_zone"), severity_min=5) == []
    assert rings("inside_zone", sample("inside_zone"), kind="offence") == []
