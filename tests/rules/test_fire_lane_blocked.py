"""A fire lane is occupied."""

import pytest
from shapely import box
from tests.rules.plan_views import around, line, place, plan, says

from vigie.rules.fire_lane_blocked import judge


def test_a_stage_on_the_lane_is_told() -> None:
    found = judge(plan("a"), around(place("place.fire_lane", shape=line(), label="Quai")))[0]

    assert found is not None
    assert says(
        found, "occupe 300 m² de la voie engins « Quai »", 'takes 300 m² of the fire lane "Quai"'
    )
    assert found.severity == 5
    assert found.geometry is not None
    assert found.geometry.area == pytest.approx(300)


def test_a_lane_drawn_as_an_area_counts_as_it_is() -> None:
    found = judge(
        plan("a"), around(place("place.fire_lane", shape=box(90, 0, 120, 100), label="Quai"))
    )[0]

    assert found is not None
    assert says(found, "1\u202f000 m²", "1,000 m²")
    assert found.severity == 5


def test_a_lane_beside_is_no_clash() -> None:
    assert not judge(plan("a"), around(place("place.fire_lane", shape=line(y=103))))


def test_less_than_three_square_metres_is_drawing() -> None:
    assert not judge(plan("a"), around(place("place.fire_lane", shape=box(99.99, 0, 120, 100))))
