"""Mann and Kendall: cases by hand, scipy's tau, five in a hundred under the null."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from vigie.analyse.monotone import mann_kendall


def test_by_hand() -> None:
    """Five values that rise: S = 10, Var = 5 x 4 x 15 / 18, z = 9 / sqrt(16.667) (Gilbert 1987)."""
    found = mann_kendall(np.array([[1.0, 2, 3, 4, 5], [1, 1, 1, 1, 1], [1, 1, 2, 2, 3]]))

    assert found.tau == pytest.approx([1, 0, 0.8])
    assert found.z == pytest.approx([9 / np.sqrt(300 / 18), 0, 7 / np.sqrt((300 - 36) / 18)])
    assert found.p[1] == 1


@given(st.lists(st.integers(-5, 5), min_size=3, max_size=30))
def test_without_ties_tau_is_that_of_scipy(values: list[int]) -> None:
    series = np.array(values) + np.arange(len(values)) / 1000
    theirs = kendalltau(np.arange(len(values)), series).statistic

    assert mann_kendall(series[None]).tau[0] == pytest.approx(theirs)


def test_five_in_a_hundred_series_without_a_trend_are_below_five_in_a_hundred() -> None:
    found = mann_kendall(np.random.default_rng(1).normal(size=(4_000, 26)))

    assert 0.04 < (found.p < 0.05).mean() < 0.06
