"""Widths, minutes and densities, to the digit of the sources."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import WrongUsage
from vigie.foresight.whatif.egress import (
    CEILING_RATE,
    PLANNED_RATE,
    STEPPED_RATE,
    arrived_share,
    crowding,
    egress_curve,
    minutes_to_leave,
    module_level,
    station_load,
    table_of,
    walkway_level,
    width_needed,
)

PEOPLE = st.integers(0, 200_000)
WIDTH = st.floats(0.8, 300.0)
RATES = st.sampled_from((PLANNED_RATE, STEPPED_RATE, CEILING_RATE))


def test_a_full_stadium_in_eight_minutes_needs_the_published_widths():
    assert width_needed(67_394, 8, CEILING_RATE) == pytest.approx(102.7, abs=0.05)
    assert width_needed(67_394, 8, PLANNED_RATE) == pytest.approx(140.4, abs=0.05)


def test_the_rates_are_those_of_the_green_guide_and_the_measured_one():
    assert (PLANNED_RATE, STEPPED_RATE, CEILING_RATE) == (60, 66, 82)


@pytest.mark.parametrize(
    ("flow", "level"),
    [(22.9, "A"), (23, "B"), (32.9, "B"), (33, "C"), (49, "D"), (66, "E"), (82, "F"), (120, "F")],
)
def test_a_walkway_has_the_level_fruin_gives_it(flow, level):
    assert walkway_level(flow) == level


@pytest.mark.parametrize(
    ("area", "level"), [(4, "A"), (3, "B"), (2, "C"), (1, "D"), (0.5, "E"), (0.4, "F")]
)
def test_an_area_per_person_has_the_level_fruin_gives_it(area, level):
    assert module_level(area) == level


def test_a_crowd_is_called_too_dense_above_the_ceiling_and_crushed_at_seven():
    assert not crowding(4_699, 1_000).over_ceiling
    assert crowding(4_701, 1_000).over_ceiling
    assert not crowding(6_999, 1_000).crush
    assert crowding(7_000, 1_000).crush


def test_a_slow_release_leaves_no_queue_where_exits_are_wide():
    curve = egress_curve(6_000, 20.0, 60, release_min=10)
    assert curve.longest_queue == 0
    assert curve.last == 10


def test_a_queue_is_what_has_come_and_not_left():
    curve = egress_curve(6_000, 10.0, 60, release_min=5, step_min=1)
    assert curve.left.tolist() == [0, 600, 1200, 1800, 2400, 3000, 3600, 4200, 4800, 5400, 6000]
    assert curve.queue.tolist() == [0, 600, 1200, 1800, 2400, 3000, 2400, 1800, 1200, 600, 0]
    assert curve.longest_queue == 3_000


def test_nobody_leaves_at_once():
    curve = egress_curve(0, 10.0)
    assert curve.last == 0
    assert curve.left.tolist() == [0]


@pytest.mark.parametrize(("width", "rate"), [(0, 60), (-1, 60), (10, 0), (float("nan"), 60)])
def test_exits_without_width_or_rate_are_refused(width, rate):
    with pytest.raises(WrongUsage):
        egress_curve(100, width, rate)
    with pytest.raises(WrongUsage):
        minutes_to_leave(100, width, rate)


@given(PEOPLE, WIDTH, RATES, st.floats(0, 60))
def test_everybody_leaves_and_nobody_twice(people, width, rate, release):
    curve = egress_curve(people, width, rate, release_min=release)
    assert curve.left[-1] == pytest.approx(people)
    assert (np.diff(curve.left) >= -1e-9).all()
    assert (curve.queue >= -1e-9).all()
    assert (np.diff(curve.left) <= width * rate * 0.25 + 1e-6).all()
    assert curve.last >= minutes_to_leave(people, width, rate) - 1e-9


@given(PEOPLE, st.floats(1, 60), RATES)
def test_the_width_needed_lets_them_out_in_just_that_time(people, minutes, rate):
    width = width_needed(people, minutes, rate)
    if people:
        assert minutes_to_leave(people, width, rate) == pytest.approx(minutes)
    else:
        assert width == 0


@given(PEOPLE, WIDTH)
def test_the_ceiling_is_never_slower_than_what_is_planned(people, width):
    slow, fast = (egress_curve(people, width, r).last for r in (PLANNED_RATE, CEILING_RATE))
    assert fast <= slow


@given(st.floats(10, 300), st.floats(0, 60))
def test_the_public_comes_between_the_opening_and_the_latest(opens, late):
    at = np.linspace(opens, -late, 50)
    share = arrived_share(at, opens, late)
    assert share[0] == pytest.approx(0, abs=1e-9)
    assert share[-1] == pytest.approx(1)
    assert (np.diff(share) >= -1e-9).all()


def test_half_have_come_when_the_gates_have_been_open_for_about_half_the_time():
    assert arrived_share(np.array([60.0]), 120.0, 0.0)[0] == pytest.approx(0.5)


def test_a_station_that_takes_fewer_than_come_has_a_queue_that_lasts():
    curve = egress_curve(6_000, 10.0, 60, step_min=1)
    longest, gone = station_load(curve.left, curve.minutes, share=0.5, per_hour=9_000)
    # 300 a minute come for 10 minutes, 150 a minute are taken
    assert longest == pytest.approx(1_500)
    assert gone == pytest.approx(20)


def test_a_station_that_takes_more_than_come_has_none():
    curve = egress_curve(6_000, 10.0, 60, step_min=1)
    assert station_load(curve.left, curve.minutes, 0.5, 36_000) == (0.0, 10.0)


def test_a_share_that_is_none_is_refused():
    with pytest.raises(WrongUsage):
        station_load(np.zeros(2), np.arange(2.0), 1.2, 100)


def test_curves_become_rows_of_a_chart():
    rows = table_of([egress_curve(120, 1.0, rate, step_min=1) for rate in (60, 82)])
    assert rows[0] == {"rate": 60, "minute": 0, "left": 0, "queue": 120}
    assert {row["rate"] for row in rows} == {60, 82}
