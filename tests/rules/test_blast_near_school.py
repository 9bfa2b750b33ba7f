"""Blank shots near a school."""

from tests.rules.plan_views import around, place, plan, says

from vigie.rules.blast_near_school import judge


def test_blank_fire_near_a_school_is_told() -> None:
    found = judge(
        plan("f", attributes={"effects": "blank_fire"}),
        around(place("place.school", 200, 50, label="Lycée")),
    )[0]

    assert found is not None
    assert says(found, "à 100 m au plus près (Lycée)", "100 m at the nearest from Lycée")
    assert found.severity == 4


def test_a_quiet_shoot_is_no_clash() -> None:
    assert not judge(plan("f"), around(place("place.school", 200, 50)))
