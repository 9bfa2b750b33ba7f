"""A change of a plan, and what it leaves alone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.whatif.small_city import PROJECTION, QUIET, plan

from vigie.base.errors import WrongUsage
from vigie.foresight.effects.bins import HOUR_US
from vigie.foresight.whatif.scenario import (
    Scenario,
    attendance_of,
    changed,
    filled,
    number_of,
    streets_named,
)
from vigie.model.dps import Degree, usual_degrees


def metres(geometry):
    return PROJECTION.geometries_to_metres(np.array([geometry], object))[0]


def test_no_change_leaves_the_plan():
    assert changed(plan(), Scenario(), PROJECTION) == plan()


def test_two_hours_later_moves_start_and_end_and_nothing_else():
    after = changed(plan(), Scenario(shift_min=120), PROJECTION)
    assert after.starts_us - plan().starts_us == 2 * HOUR_US
    assert after.ends_us - plan().ends_us == 2 * HOUR_US
    assert (after.geometry, after.attendance) == (plan().geometry, plan().attendance)


def test_a_plan_that_moves_keeps_its_size_and_loses_its_venue():
    before = plan(place_id="hall")
    after = changed(before, Scenario(place=QUIET), PROJECTION)
    assert metres(after.geometry).area == pytest.approx(metres(before.geometry).area, rel=1e-3)
    assert after.geometry.distance(shapely.Point(*QUIET)) < 1e-6
    assert after.place_id is None


def test_a_plan_without_a_footprint_moves_as_a_point():
    after = changed(plan(geometry=None), Scenario(place=QUIET), PROJECTION)
    assert after.geometry == shapely.Point(*QUIET)


def test_low_and_high_keep_their_proportion():
    after = changed(plan(), Scenario(attendance=4_000), PROJECTION)
    assert after.attendance == pytest.approx((2_800, 4_000, 5_200))


def test_a_public_that_was_unknown_gets_a_wide_interval():
    after = changed(plan(attendance=(None, None, None)), Scenario(attendance=100), PROJECTION)
    assert after.attendance == pytest.approx((70, 100, 130))


def test_means_and_closures_are_replaced_by_name():
    scenario = Scenario(means={"agents": 9}, closes=("Rue de la Place", "voie:Avenue du Nord"))
    after = changed(plan(), scenario, PROJECTION)
    assert (number_of(after, "agents"), number_of(after, "barriers")) == (9, 20)
    assert after.closes == ("voie:Rue de la Place", "voie:Avenue du Nord")
    assert streets_named(after.closes) == 2


@pytest.mark.parametrize(
    "values",
    [
        {"shift_min": 60 * 24 * 61},
        {"place": (200.0, 0.0)},
        {"attendance": -1},
        {"attendance": float("nan")},
        {"means": {"horses": 3}},
        {"means": {"agents": -1}},
        {"weather": "snow"},
        {"exit_width_m": 0.0},
        {"transit_share": 1.5},
        {"closes": ("x" * 81,)},
        {"closes": ("x",) * 51},
    ],
)
def test_what_cannot_be_is_refused(values):
    with pytest.raises(WrongUsage):
        Scenario(**values)


def test_the_grid_is_read_as_usual_for_the_kind_unless_told():
    kind = "event.culture.concert"
    assert Scenario().degrees(kind) == usual_degrees(kind)
    assert Scenario(rescue=Degree.HIGH).degrees(kind)[2] is Degree.HIGH


def test_what_is_a_fact_of_the_place_holds_before_as_after():
    asked = Scenario(shift_min=60, exit_width_m=12.0, transit_share=0.3, weather="rain")
    assert asked.common() == Scenario(exit_width_m=12.0, transit_share=0.3)


@pytest.mark.parametrize(
    ("told", "number"), [("12", 12), ("", None), ("douze", None), ("-3", None)]
)
def test_a_number_of_means_is_told_or_not(told, number):
    assert number_of(plan(means={"agents": told}), "agents") == number


def test_attendance_is_filled_where_it_can_be():
    assert filled((None, None, None)) is None
    assert filled((100.0, None, 300.0)) == (100, 200, 300)
    assert attendance_of(plan(attendance=(None, 1_000.0, None))) == (700, 1_000, 1_300)


@given(
    st.one_of(st.none(), st.floats(0, 1e5)),
    st.one_of(st.none(), st.floats(0, 1e5)),
    st.one_of(st.none(), st.floats(0, 1e5)),
)
def test_a_filled_attendance_is_ordered(low, likely, high):
    found = filled((low, likely, high))
    if found is not None and (low is None or high is None or low <= high):
        assert found[0] <= found[1] <= found[2]
