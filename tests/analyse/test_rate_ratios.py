"""Ratios of rates: other people's numbers, and intervals that hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.analyse.rate_ratios import dispersion, rate_ratio, scatter_interval


def test_the_example_of_poisson_test_in_r() -> None:
    """R, ``?poisson.test``: ``poisson.test(c(11, 6+8+7), c(800, 1083+1050+878))``."""
    found = rate_ratio(21, 11, 3011, 800)

    assert found.value == pytest.approx(1.971488, abs=1e-6)
    assert (found.low, found.high) == pytest.approx((0.8584264, 4.2772659), abs=1e-6)
    assert found.p == pytest.approx(0.07967, abs=1e-5)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.1, 50), st.floats(0.1, 50))
def test_exchanging_both_turns_the_ratio_over(a: int, b: int, s: float, t: float) -> None:
    one, other = rate_ratio(a, b, s, t), rate_ratio(b, a, t, s)

    assert one.p == pytest.approx(other.p, abs=1e-9)
    if a and b:
        assert one.value == pytest.approx(1 / other.value)
        assert one.low == pytest.approx(1 / other.high, rel=1e-6)
        assert one.low <= one.value <= one.high


def test_nothing_on_both_sides_says_nothing() -> None:
    found = rate_ratio(0, 0, 1, 1)

    assert math.isnan(found.value)
    assert (found.low, found.high, found.p) == (0.0, math.inf, 1.0)


@pytest.mark.parametrize("wrong", [(-1, 1, 1, 1), (1, 1, 0, 1), (1, 1, 1, -2)])
def test_a_negative_count_or_no_exposure_is_refused(wrong: tuple[int, int, float, float]) -> None:
    with pytest.raises(ValueError, match="negative count or no exposure"):
        rate_ratio(*wrong)


def test_scatter_only_widens() -> None:
    exact = rate_ratio(100, 130, 1, 1)
    calm, wild = (scatter_interval(exact, (100, 130), phi, 20) for phi in (1.0, 4.0))

    assert calm.low <= exact.low
    assert wild.low < calm.low < calm.high < wild.high
    assert wild.p > calm.p >= exact.p


def test_dispersion_is_never_less_than_chance() -> None:
    assert dispersion(np.full(9, 4.0), np.full(9, 4.0)) == 1.0
    assert dispersion(np.array([0.0, 8.0]), np.array([4.0, 4.0])) == 8.0
    assert dispersion(np.array([3.0]), np.array([1.0])) == 1.0
