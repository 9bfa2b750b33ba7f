"""The envelope of curves: by hand, the level it holds, the band and p that agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.analyse.envelopes import envelope


def test_of_one_distance_it_is_the_two_sided_rank() -> None:
    """Observed above 99 draws: of 100, only it and the least are at an end."""
    found = envelope(np.array([1_000.0]), np.arange(99.0)[:, None])

    assert found.p == pytest.approx(0.02)
    assert found.low[0] > 0
    assert found.high[0] < 1_000


def test_the_shape_counts_and_not_only_the_worst_distance() -> None:
    """By hand: first of ranks (1, 1) is more extreme than (1, 2), though both touch an end."""
    drawn = np.array([[2.0, 5], [3, 4], [4, 3], [5, 2], [6, 6]])
    observed = np.array([1.0, 1.0])

    assert envelope(observed, drawn).p == pytest.approx(2 / 6)  # the last is (1, 1) from above


def test_p_is_as_often_small_as_it_says() -> None:
    """800 curves like the others: 5 % have p to .05 (three standard errors: 2.4 %)."""
    chance = np.random.default_rng(1)
    curves = [np.cumsum(chance.normal(size=(100, 8)), axis=1) for _ in range(800)]
    share = np.mean([envelope(one[0], one[1:]).p <= 0.05 for one in curves])

    assert 0.026 < share < 0.074


@given(st.integers(0, 500))
def test_a_curve_leaves_the_band_where_and_only_where_p_is_small(seed: int) -> None:
    chance = np.random.default_rng(seed)
    curves = np.cumsum(chance.normal(size=(60, 5)), axis=1)
    curves[0] += chance.choice([0.0, 3.0])
    found = envelope(curves[0], curves[1:])
    outside = ((curves[0] < found.low) | (curves[0] > found.high)).any()

    assert outside == (found.p <= 0.05)
