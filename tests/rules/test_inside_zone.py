"""A fact inside a watched zone: grave enough, once within the quiet time and the place."""

from tests.rules.watching import T0, fact, found, rings, sample

from vigie.geo.cells import cells_of


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


def test_a_second_fire_at_the_other_end_of_the_zone_is_another_alert() -> None:
    there = {"lon": 5.44, "lat": 43.25, "cell8": int(cells_of([5.44], [43.25], 8)[0].as_py())}
    told = sample("inside_zone") | {
        "facts": [
            fact("a", "rescue.fire.building", T0),
            fact("b", "rescue.fire.building", T0 + 60_000_000, **there),
            fact("c", "rescue.fire.building", T0 + 90_000_000),
        ]
    }

    assert [one.subjects[0] for one in found("inside_zone", told, quiet_min=15)] == ["a", "b"]
