"""A hydrant inside a footprint."""

from tests.rules.plan_views import around, place, plan, says, works

from vigie.rules.hydrant_covered import judge


def test_hydrants_inside_are_told_together() -> None:
    found = judge(
        plan("a"),
        around(
            place("place.hydrant", 50, 50, label="PI 7"),
            place("place.hydrant", 60, 50, label="PI 8"),
        ),
    )[0]

    assert found is not None
    assert says(found, "2 points d'eau incendie (PI 7 et PI 8)", "2 fire hydrants (PI 7 and PI 8)")
    assert found.severity == 3
    assert found.numbers == {"hydrants": 2}


def test_one_is_told_alone() -> None:
    found = judge(plan("a"), around(place("place.hydrant", 50, 50, label="PI 7")))[0]

    assert found is not None
    assert says(found, "1 point d'eau incendie (PI 7)", "1 fire hydrant (PI 7)")
    assert found.severity == 3


def test_one_outside_is_no_clash() -> None:
    assert not judge(plan("a"), around(place("place.hydrant", 102, 50)))


def test_a_line_covers_nothing() -> None:
    assert not judge(works(), around(place("place.hydrant", 50, 50)))
