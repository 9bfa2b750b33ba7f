"""A visit near a gathering or works."""

from tests.rules.plan_views import line, march, plan, says, works

from vigie.rules.visit_exposed import judge


def test_a_march_near_a_visit_is_told() -> None:
    found = judge(plan("v", kind="event.visit"), march(geometry=line(y=300)))

    assert found is not None
    assert says(
        found, "« Manifestation » est à 200 m de « V »", '"Manifestation" is 200 m from "V"'
    )
    assert found.severity == 4


def test_works_are_milder() -> None:
    found = judge(plan("v", kind="event.visit"), works())

    assert found is not None
    assert says(found, "à 0 m", "is 0 m")
    assert found.severity == 3


def test_far_away_is_no_clash() -> None:
    assert not judge(plan("v", kind="event.visit"), march(geometry=line(y=500)))
