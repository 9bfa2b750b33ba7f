"""Flags under other rates of reporting: stable where far ahead, grey where nearly level."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vigie.foresight.forecasting.sensitivity import FLAGGED, stability


def test_a_place_far_ahead_stays_flagged_and_one_among_equals_does_not() -> None:
    ahead = np.array([10.0, *np.ones(9)])
    assert stability(ahead, np.arange(10)).share == 1.0
    level = stability(np.linspace(1.0, 1.01, 10), np.arange(10))
    assert level.share < 0.5
    assert level.grey.tolist() == level.flagged.tolist()
    assert not level.stable


def test_within_one_area_reporting_changes_no_order() -> None:
    found = stability(np.linspace(1.0, 2.0, 30), np.zeros(30, np.int64))
    assert found.share == 1.0
    assert not found.grey.any()


@given(
    arrays(np.float64, st.integers(1, 60), elements=st.floats(0.0, 50.0)),
    st.integers(-1, 5),
)
def test_as_many_are_flagged_as_was_said_and_shares_are_shares(
    expected: np.ndarray, area: int
) -> None:
    found = stability(expected, np.full(expected.size, area), draws=20)
    size = max(1, int(np.ceil(FLAGGED * expected.size)))
    assert found.flagged.sum() == size
    assert 0.0 <= found.share <= 1.0
    assert np.isclose(found.stays.sum(), size)
    assert not (found.grey & ~found.flagged).any()
