"""EARS: bounds from the values just before, and what each of the three leaves out.

Asked as R20 of the requirements.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vigie.judge.surveillance.ears import c1, c1_bounds, c2, c3

SERIES = st.lists(st.integers(0, 50), min_size=12, max_size=40)


def test_c2_does_not_look_at_the_two_values_just_before() -> None:
    calm = [2.0, 3.0, 1.0, 2.0, 4.0, 2.0, 3.0]
    assert c2(9, [*calm, 0, 0]) == c2(9, [*calm, 30, 40])
    assert c1(9, [*calm, 0, 0]) != c1(9, [*calm, 30, 40])


def test_c3_carries_an_excess_that_began_two_values_ago() -> None:
    calm = [2.0, 3.0, 1.0, 2.0, 4.0, 2.0, 3.0, 2.0, 3.0]
    alone, carried = c3(4, [*calm, 2, 3]), c3(4, [*calm, 8, 9])
    assert carried.upper < alone.upper
    assert carried.alarm
    assert not alone.alarm


def test_a_past_that_never_moved_makes_any_rise_an_alarm() -> None:
    assert c1(3, [2.0] * 7).alarm
    assert not c1(2, [2.0] * 7).alarm
    assert not c1(0, [0.0] * 7).alarm


def test_a_short_past_never_rings() -> None:
    assert not c1(99, [1.0, 2.0]).alarm
    assert c2(99, [1.0] * 4).base == 0
    assert c3(99, []).p_value == 1.0


def test_values_that_never_came_are_left_out_of_the_base() -> None:
    assert c1(5, [1.0, math.nan, 2.0, 3.0, math.nan, 2.0, 1.0]).base == 5


def test_a_baseline_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match="baseline"):
        c1(1, [1.0] * 7, baseline=2)


@given(series=SERIES, count=st.integers(0, 60))
def test_alarm_and_chance_agree(series: list[int], count: int) -> None:
    for found in (c1(count, series, alpha=0.01), c2(count, series, alpha=0.01)):
        if abs(found.upper - count) > 1e-9:
            assert found.alarm == (found.p_value < 0.01)


@given(series=SERIES)
def test_bounds_of_a_series_do_not_look_ahead(series: list[int]) -> None:
    whole, part = c1_bounds(series), c1_bounds(series[:-1])
    assert np.array_equal(whole[:-1], part, equal_nan=True)


def test_c1_on_normal_noise_rings_as_often_as_a_t_quantile_says() -> None:
    values = np.maximum(np.random.default_rng(9).normal(100, 5, 60_000), 0)
    bounds = c1_bounds(values, alpha=0.01)
    rung = float(np.mean(values[7:] > bounds[7:]))
    told = float(stats.t.sf(stats.norm.ppf(0.99) / math.sqrt(1 + 1 / 7), 6))
    assert rung == pytest.approx(told, rel=0.12)
    assert rung > 0.02
