"""Blank shots near a crowd."""

from tests.rules.plan_views import plan, says

from vigie.rules.blast_near_crowd import judge


def test_blank_fire_near_a_crowd_is_told() -> None:
    found = judge(
        plan("f", kind="event.film", x=250, attributes={"effects": "rain, blank_fire"}), plan("a")
    )

    assert found is not None
    assert says(found, "détonations à 150 m de « A »", 'blasts 150 m from "A"')
    assert found.severity == 4
    assert found.numbers["effects"] == "blank_fire"


def test_a_quiet_shoot_is_no_clash() -> None:
    assert not judge(plan("f", kind="event.film", attributes={"effects": "rain"}), plan("a"))


def test_far_away_is_no_clash() -> None:
    assert not judge(plan("f", x=500, attributes={"effects": "explosion"}), plan("a"))


def test_at_another_hour_is_no_clash() -> None:
    assert not judge(plan("f", start_h=2, attributes={"effects": "explosion"}), plan("a"))
