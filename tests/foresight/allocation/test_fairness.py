"""Exposure and its bounds, Gini, sums by district."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.allocation.fairness import by_district, exposure_limits, gini, shares


def test_the_exposure_ratio_is_units_per_need_against_the_whole() -> None:
    told = shares(
        need=np.array([10.0, 30.0]),
        counted=np.array([100, 300]),
        covered=np.array([5.0, 30.0]),
        units=np.array([4, 4]),
    )
    assert [one.ratio for one in told] == pytest.approx([2.0, 2 / 3])
    assert [one.alarm for one in told] == ["over", "under"]
    assert [one.covered for one in told] == pytest.approx([0.5, 1.0])
    assert told[0].low < told[0].ratio < told[0].high


def test_what_whole_units_cannot_mend_is_called_coarse() -> None:
    told = shares(np.array([1.0, 9.0]), np.array([10, 90]), np.zeros(2), np.array([0, 2]))
    assert told[0].alarm == "coarse"
    assert told[1].alarm == "none"


def test_a_district_without_need_has_no_ratio() -> None:
    told = shares(np.array([0.0, 2.0]), np.array([0, 9]), np.zeros(2), np.array([1, 1]))
    assert np.isnan(told[0].ratio)
    assert told[0].alarm == "none"


@given(st.lists(st.floats(0.1, 50.0), min_size=1, max_size=8), st.integers(1, 20))
def test_bounds_on_exposure_always_leave_room_for_all_posts(need: list[float], posts: int) -> None:
    sites = np.repeat(np.arange(len(need)), posts)
    limits = exposure_limits(np.array(need), sites, posts)
    assert sum(one.lower for one in limits) <= posts <= sum(one.upper for one in limits)


@given(
    st.lists(st.floats(0.0, 100.0), min_size=1, max_size=12).filter(
        lambda values: max(values) == 0.0 or max(values) > 1e-300  # else another unit is zero
    ),
    st.floats(0.1, 10.0),
)
def test_gini_lies_between_equal_and_one_has_all_whatever_the_unit(
    values: list[float], factor: float
) -> None:
    found = gini(values)
    if sum(values) == 0.0:
        assert np.isnan(found)
        return
    assert -1e-9 <= found <= (len(values) - 1) / len(values) + 1e-9
    assert gini(np.array(values) * factor) == pytest.approx(found, abs=1e-9)


def test_gini_of_known_values() -> None:
    assert gini([1, 1, 1, 1]) == pytest.approx(0.0)
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert gini([1, 3]) == pytest.approx(0.25)
    assert gini([5e-324]) == 0.0
    assert gini([1e-320, 3e-320]) == pytest.approx(0.25, abs=1e-3)


def test_what_lies_outside_any_district_counts_nowhere() -> None:
    assert by_district([1.0, 2.0, 4.0], np.array([0, -1, 1]), 3).tolist() == [1.0, 4.0, 0.0]
