"""Intervals cover what they say, counted honestly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.forecasting import scoring
from vigie.foresight.forecasting.intervals import LEVELS, Spread, fit_spread


def drawn(alpha, seed=6, items=20_000):
    """Return means and negative binomial counts around them."""
    generator = np.random.default_rng(seed)
    mean = generator.gamma(1.0, 2.0, (items, 1)) + 0.01
    rate = mean * generator.gamma(1.0 / alpha, alpha, mean.shape) if alpha else mean
    return mean, generator.poisson(rate).astype(float)


@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.6])
def test_the_scatter_that_made_the_counts_is_found_back(alpha):
    assert fit_spread(*drawn(alpha)).alpha[0] == pytest.approx(alpha, abs=0.03)


@pytest.mark.parametrize("alpha", [0.0, 0.6])
def test_intervals_cover_their_level_and_printed_ones_no_less(alpha):
    mean, counts = drawn(alpha, seed=9)

    for one in scoring.coverage(fit_spread(*drawn(alpha)), mean, counts):
        assert one.calibrated == pytest.approx(one.level, abs=0.015)
        assert one.printed >= one.level - 0.015


def test_the_histogram_of_a_right_forecast_is_flat_and_of_a_narrow_one_is_not():
    mean, counts = drawn(0.6)

    flat = scoring.histogram(Spread(np.array([0.6])), mean, counts)
    narrow = scoring.histogram(Spread(np.zeros(1)), mean, counts)

    assert np.abs(flat - 1.0).max() < 0.06
    assert narrow[-1] > 1.3


@given(st.floats(0.001, 200.0), st.floats(0.0, 3.0))
def test_wider_levels_hold_narrower_ones(mean, alpha):
    spread = Spread(np.array([alpha]))

    narrow, middle, wide = spread.intervals(np.array([[mean]]), LEVELS)

    assert wide.low <= middle.low <= narrow.low <= narrow.high <= middle.high <= wide.high
