"""Farrington: season, trend and past outbreaks; the regression under it; false alarms.

Asked as R20 of the requirements.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.linear_model import PoissonRegressor

from vigie.judge.surveillance.farrington import (
    Season,
    farrington,
    noufaily_bounds,
    power_bounds,
    power_tail,
)
from vigie.model.poisson import fit

WEEK_OF_HOURS = Season(cycle=168, half_window=1, blocks=24, left_out=24, recent=1, least=3)


def seasonal(years: int, seed: int = 3, mean: float = 12.0, slope: float = 0.0) -> np.ndarray:
    week = np.arange(52 * years)
    rate = mean * np.exp(0.8 * np.cos(2 * np.pi * week / 52) + slope * week / 52)
    return np.random.default_rng(seed).poisson(rate).astype(float)


def test_regression_is_that_of_another_library() -> None:
    chance = np.random.default_rng(1)
    design = np.hstack([np.ones((300, 1)), chance.normal(size=(300, 3))])
    counts = chance.poisson(np.exp(design @ [1.0, 0.3, -0.2, 0.1])).astype(float)
    weights = chance.uniform(0.5, 2.0, 300)
    other = PoissonRegressor(alpha=0.0, tol=1e-10, max_iter=1_000)
    other.fit(design[:, 1:], counts, sample_weight=weights)
    found = fit(counts, design, weights)
    assert found.converged
    assert found.coefficients[1:] == pytest.approx(other.coef_, abs=1e-5)
    assert found.coefficients[0] == pytest.approx(other.intercept_, abs=1e-5)
    assert found.leverage.sum() == pytest.approx(4.0)


def test_a_winter_count_is_ordinary_in_winter_and_an_alarm_in_summer() -> None:
    past = seasonal(6)
    winter, summer = past[: 52 * 5], past[: 52 * 5 + 26]
    assert not farrington(28, winter).alarm
    assert farrington(28, summer).alarm


def test_a_past_outbreak_hides_the_next_one_less() -> None:
    clean = seasonal(6)[: 52 * 5]
    struck = clean.copy()
    struck[52 * 3 - 1 : 52 * 3 + 2] = 200.0
    weighted = farrington(50, struck)
    plain = farrington(50, struck, season=Season(weight_above=math.inf))
    assert weighted.upper < plain.upper
    assert weighted.expected < plain.expected


def test_a_significant_trend_is_followed_but_not_beyond_what_was_seen() -> None:
    rising = seasonal(7, slope=0.12)[: 52 * 6]
    followed = farrington(60, rising)
    flat = farrington(60, rising, season=Season(trend=False))
    assert followed.expected > 1.3 * flat.expected
    doubling = np.repeat([1.0, 2.0, 4.0, 8.0, 16.0], 52)
    assert farrington(16, doubling).expected <= doubling.max()


def test_a_short_past_has_no_seasons_and_an_empty_one_never_rings() -> None:
    short = farrington(30, [4.0, 5.0, 6.0, 5.0, 4.0] * 8)
    assert short.base == 14
    assert short.alarm
    assert not farrington(30, [4.0] * 20).alarm
    assert farrington(30, []).base == 0


def test_a_past_of_zeros_rings_for_five_not_for_four() -> None:
    zeros = np.zeros(52 * 4)
    assert not farrington(4, zeros).alarm
    assert farrington(5, zeros).alarm


def test_hours_of_a_week_are_a_cycle_like_weeks_of_a_year() -> None:
    hours = np.arange(168 * 8)
    rate = 2.0 + 6.0 * (hours % 168 >= 130) * (hours % 168 < 134)
    past = np.random.default_rng(5).poisson(rate).astype(float)
    busy, calm = past[: 168 * 7 + 132], past[: 168 * 7 + 60]
    assert not farrington(10, busy, season=WEEK_OF_HOURS, alpha=0.01).alarm
    assert farrington(12, calm, season=WEEK_OF_HOURS, alpha=0.001).alarm


@given(
    mean=st.floats(0.5, 200), phi=st.floats(1, 8), share=st.floats(0, 0.5), a=st.floats(0.001, 0.2)
)
def test_bounds_hold_the_mean_and_the_chance_beyond_is_the_level(
    mean: float, phi: float, share: float, a: float
) -> None:
    low, high = power_bounds(mean, share * mean, phi, a)
    assert 0 <= low <= mean <= high
    assert power_tail(high, mean, share * mean, phi) == pytest.approx(a, rel=1e-6)


@given(linear=st.floats(-2, 5), se=st.floats(0, 1), phi=st.floats(1, 5), count=st.integers(0, 400))
def test_the_cautious_bound_is_never_below_the_plug_in(
    linear: float, se: float, phi: float, count: int
) -> None:
    cautious = noufaily_bounds(linear, se, phi, 0.05, count, at_upper=True)
    plain = noufaily_bounds(linear, se, phi, 0.05, count, at_upper=False)
    assert cautious[1] >= plain[1]
    assert cautious[2] >= plain[2] - 1e-12


@settings(max_examples=30)
@given(st.lists(st.one_of(st.integers(0, 40), st.just(math.nan)), max_size=150))
def test_any_past_gives_an_answer(history: list[float]) -> None:
    for method in ("power", "plugin", "muan"):
        found = farrington(3, history, method=method, season=Season(cycle=12, left_out=4))
        assert 0.0 <= found.p_value <= 1.0
        assert found.upper >= 0.0


def test_false_alarms_on_a_seasonal_past_stay_within_their_interval() -> None:
    alpha, runs = 0.025, 600
    rung = 0
    for seed in range(runs):
        series = seasonal(6, seed=seed)[: 52 * 5 + 1 + seed % 52]
        rung += farrington(series[-1], series[:-1], alpha=alpha, method="plugin").alarm
    assert rung <= stats.binom.ppf(0.999, runs, alpha)
    assert rung >= 1
