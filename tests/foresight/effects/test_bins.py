"""Intervals of counts and rates, and the hours of an event."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.effects.bins import (
    HOUR_US,
    Bins,
    count_quantiles,
    counts_estimate,
    rate_estimate,
)

MEANS = st.floats(0.01, 500.0)
EXTRA = st.floats(0.0, 3.0)


@given(MEANS, EXTRA)
def test_intervals_of_a_count_stand_one_in_the_other(mean: float, extra: float) -> None:
    told = counts_estimate(mean, mean * (1 + extra))
    assert 0.0 <= told.low95 <= told.low80 <= told.low50
    assert told.low50 <= told.high50 <= told.high80 <= told.high95


@given(MEANS, EXTRA, st.floats(-50.0, 50.0))
def test_what_is_left_of_a_number_less_a_count_has_its_intervals_turned_round(
    mean: float, extra: float, seen: float
) -> None:
    told = counts_estimate(mean, mean * (1 + extra))
    excess = told.shifted(seen, -1.0)
    assert excess.mean == pytest.approx(seen - mean)
    assert excess.low80 == pytest.approx(seen - told.high80)
    assert excess.high80 == pytest.approx(seen - told.low80)


@pytest.mark.parametrize(
    ("mean", "variance"), [(0.7, 0.7), (3.0, 3.0), (12.0, 30.0), (90.0, 110.0)]
)
def test_the_spread_quantiles_cover_as_much_as_they_say(mean: float, variance: float) -> None:
    chance = np.random.default_rng(5)
    if variance > mean:
        size = mean**2 / (variance - mean)
        drawn = chance.negative_binomial(size, size / (size + mean), 40_000)
    else:
        drawn = chance.poisson(mean, 40_000)
    smooth = drawn + chance.random(40_000) - 0.5
    low, high = count_quantiles(mean, variance, np.array([0.1, 0.9]))
    below = float(np.mean(smooth < low)) if low > 0 else 0.1
    assert below == pytest.approx(0.1, abs=0.01)
    assert float(np.mean(smooth > high)) == pytest.approx(0.1, abs=0.01)


def test_a_rate_without_doubt_has_no_width_and_a_negative_one_is_kept() -> None:
    assert rate_estimate(2.0, 0.0).high95 == 2.0
    below = rate_estimate(-1.0, 0.25)
    assert below.low80 < -1.0 < below.high80


def test_an_event_has_six_hours_after_its_start_or_two_after_its_end() -> None:
    bins = Bins()
    assert bins.hours_of(0, 2 * HOUR_US) == 10
    assert bins.hours_of(0, 7 * HOUR_US) == 13
    assert bins.hours_of(0, 23 * HOUR_US) == 20
    assert bins.hours[0] == -4
