"""Lagged correlation: right at every lag, and probabilities that are even under chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.analyse.shifts import (
    associate,
    effective_size,
    fisher_interval,
    lagged,
    residuals,
)


@given(st.integers(0, 999), st.integers(0, 6), st.integers(20, 70))
def test_each_lag_is_the_mean_product_of_what_overlaps(seed: int, most: int, size: int) -> None:
    one, other = np.random.default_rng(seed).normal(size=(2, size))
    found = lagged(one, other, most)

    for lag in range(-most, most + 1):
        a = one[: size - lag] if lag >= 0 else one[-lag:]
        b = other[lag:] if lag >= 0 else other[: size + lag]
        assert found[lag + most] == pytest.approx(float((a * b).mean()), abs=1e-9)


def test_probabilities_of_series_with_memory_are_even_under_chance() -> None:
    """200 pairs with memory 0.6: 5 % may give 10, more than 19 has probability 0.3 %."""
    small = {"p_block": 0, "p_shift": 0}
    for seed in range(200):
        rng = np.random.default_rng(seed)
        steps, series = rng.normal(size=(2, 220)), np.zeros((2, 220))
        for day in range(1, 220):
            series[:, day] = 0.6 * series[:, day - 1] + steps[:, day]
        one, other = (series - series.mean(1, keepdims=True)) / series.std(1, keepdims=True)
        found = associate(one, other, most=3, draws=99, rng=rng)
        small["p_block"] += found.p_block <= 0.05
        small["p_shift"] += found.p_shift <= 0.05

    assert small["p_block"] <= 19
    assert small["p_shift"] <= 19


def test_week_level_and_holidays_are_gone_though_they_multiply() -> None:
    days = np.arange(280)
    off = (days % 90 == 40).astype(int)
    season = np.exp(0.5 * np.sin(days / 60))
    mean = 100 * season * np.where(days % 7 == 5, 1.8, 1.0) * np.where(off == 1, 0.5, 1.0)
    counts = np.random.default_rng(1).poisson(mean).astype(float)
    left = residuals(counts, days % 7, off, 29)
    inner = days[14:-14]

    assert left.std() == pytest.approx(1)
    assert len(left) == 252
    assert np.corrcoef(left, season[14:-14])[0, 1] == pytest.approx(0, abs=0.1)
    assert abs(left[inner % 7 == 5].mean()) < 0.15
    assert np.corrcoef(left * np.where(inner % 7 == 5, 1, 0), season[14:-14])[0, 1] < 0.2
    assert not residuals(np.full(90, 3.0), np.arange(90) % 7, np.zeros(90, int), 29).any()


def test_memory_leaves_fewer_days() -> None:
    rng = np.random.default_rng(3)
    white = rng.normal(size=(2, 400))
    slow = np.cumsum(white, axis=1)
    slow = (slow - slow.mean(1, keepdims=True)) / slow.std(1, keepdims=True)

    assert effective_size(*white) > 200
    assert effective_size(*slow) < 40


def test_the_interval_of_fisher() -> None:
    """r = 0.5 of 28 pairs: 0.156 to 0.736 (z 0.5493 and 1.96 / 5)."""
    assert fisher_interval(0.5, 28) == pytest.approx((0.156, 0.736), abs=1e-3)
