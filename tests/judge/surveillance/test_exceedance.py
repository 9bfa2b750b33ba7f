"""A count beyond its own past: exact tails, short pasts, zeros, spread; the rate of false alarms.

Asked as R20 of the requirements.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vigie.judge.surveillance.exceedance import (
    dispersion_of,
    exceedance,
    exceedances,
    negative_binomial_tail,
    ordinary_upper,
    poisson_tail,
    silence,
)

MEANS = st.floats(0.01, 500.0)
HISTORIES = st.lists(st.integers(0, 60), min_size=1, max_size=30)


@given(count=st.integers(0, 800), mean=MEANS)
def test_poisson_tail_is_the_distribution_s(count: int, mean: float) -> None:
    assert poisson_tail(count, mean) == pytest.approx(
        stats.poisson.sf(count - 1, mean), rel=1e-8, abs=1e-300
    )


@given(count=st.integers(0, 800), mean=MEANS, phi=st.floats(1.01, 20.0))
def test_wide_tail_is_the_negative_binomial_s(count: int, mean: float, phi: float) -> None:
    told = stats.nbinom.sf(count - 1, mean / (phi - 1.0), 1.0 / phi)
    assert negative_binomial_tail(count, mean, phi) == pytest.approx(told, rel=1e-6, abs=1e-300)


@given(mean=MEANS, phi=st.floats(1.0, 10.0), alpha=st.floats(1e-6, 0.5))
def test_upper_is_the_least_count_with_so_little_above(
    mean: float, phi: float, alpha: float
) -> None:
    upper = float(ordinary_upper(alpha, mean, phi))
    assert negative_binomial_tail(upper + 1, mean, phi) <= alpha
    assert upper == 0 or negative_binomial_tail(upper, mean, phi) > alpha


@given(history=HISTORIES, count=st.integers(0, 200), alpha=st.floats(1e-6, 0.5))
def test_alarm_and_chance_agree(history: list[int], count: int, alpha: float) -> None:
    found = exceedance(count, history, alpha=alpha)
    assert found.alarm == (found.p_value <= alpha)
    assert found.base == len(history)


@given(history=HISTORIES, count=st.integers(0, 100))
def test_a_higher_count_is_never_less_unusual(history: list[int], count: int) -> None:
    less, more = exceedance(count, history), exceedance(count + 1, history)
    assert more.p_value <= less.p_value


@given(history=HISTORIES, count=st.integers(0, 100))
def test_many_at_once_are_the_same_as_one_by_one(history: list[int], count: int) -> None:
    phi = dispersion_of(np.array(history, dtype=float))
    many = exceedances([count], [sum(history)], [len(history)], [phi])
    assert many[0] == pytest.approx(exceedance(count, history).p_value, rel=1e-12, abs=1e-300)


@given(total=st.integers(0, 400), n=st.integers(1, 60))
def test_silence_is_what_a_count_of_one_or_more_leaves(total: int, n: int) -> None:
    assert silence(total, n) == pytest.approx(1.0 - exceedances(1, total, n), abs=1e-9)


@given(total=st.integers(0, 400), n=st.integers(1, 60), count=st.integers(0, 100))
def test_a_poisson_past_gives_the_negative_binomial_of_jeffreys_prior(
    total: int, n: int, count: int
) -> None:
    told = stats.nbinom.sf(count - 1, total + 0.5, n / (n + 1))
    assert exceedances(count, total, n) == pytest.approx(told, rel=1e-6, abs=1e-12)


def test_a_past_of_zeros_needs_more_than_one_event_when_it_is_short() -> None:
    assert not exceedance(1, [0, 0, 0], alpha=0.01).alarm
    assert exceedance(1, [0] * 200, alpha=0.01).alarm
    assert exceedance(0, [0] * 200, alpha=0.5).p_value == 1.0


def test_a_shorter_past_is_believed_less() -> None:
    chances = [exceedance(9, [2] * n).p_value for n in (1, 4, 20, 200)]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] == pytest.approx(stats.poisson.sf(8, 2.0), rel=0.2)


def test_without_a_past_there_is_no_alarm_and_that_is_told() -> None:
    found = exceedance(1_000, [math.nan, math.nan])
    assert (found.base, found.p_value, found.alarm) == (0, 1.0, False)
    assert math.isinf(found.upper)
    assert math.isnan(found.expected)


def test_a_past_that_spreads_makes_the_same_count_less_unusual() -> None:
    even, uneven = [5, 5, 5, 5, 5, 5], [0, 0, 0, 15, 0, 15]
    assert exceedance(16, even).p_value < 1e-3 < exceedance(16, uneven).p_value


@pytest.mark.parametrize("history", [[-1.0], [math.inf], [[1.0], [2.0]]])
def test_a_past_that_is_none_is_refused(history: list[float]) -> None:
    with pytest.raises(ValueError, match="history"):
        exceedance(1, history)


@pytest.mark.parametrize("alpha", [0.0, -0.1, 0.6, math.nan])
def test_a_level_that_is_none_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        exceedance(1, [1], alpha=alpha)


@pytest.mark.parametrize(("mean", "phi", "weeks"), [(0.3, 1, 8), (2, 1, 8), (20, 1, 8), (6, 3, 26)])
def test_false_alarms_come_no_more_often_than_declared(mean: float, phi: float, weeks: int) -> None:
    chance = np.random.default_rng(6)
    n, alpha = 40_000, 0.01
    size = (n, weeks + 1)
    rates = chance.gamma(mean / (phi - 1), phi - 1, size) if phi > 1 else np.full(size, mean)
    drawn = chance.poisson(rates)
    past = drawn[:, :-1]
    spread = np.full(n, float(phi))
    p = exceedances(drawn[:, -1], past.sum(axis=1), np.full(n, weeks), spread)
    found = int((p <= alpha).sum())
    low, high = stats.binom.interval(0.999, n, alpha)
    assert found <= high
    if mean >= 6:
        assert found >= low / 2
