"""Rates of zones: the numbers of PySAL, exact limits, and probabilities that hold."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vigie.analyse.intervals import poisson_interval
from vigie.analyse.rates import Shrunk, against_rest, funnel, interval, shrink, widen


def test_shrunk_rates_are_those_of_esda() -> None:
    """esda's docstring of ``Empirical_Bayes``: homicides in St Louis, the first ten rates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.smoothing import Empirical_Bayes
        from libpysal import examples, io

        table = io.open(examples.get_path("stl_hom.csv"), "r")
        counts, people = (np.array(table[:, n], float).ravel() for n in (10, 13))
        table.close()
        theirs = Empirical_Bayes(counts, people).r.ravel()
    ours = shrink(counts, people)
    printed = [2.36718950e-05, 4.54539167e-05, 4.78114019e-05, 2.76907146e-05, 6.58989323e-05]

    assert ours.mean[:5] == pytest.approx(printed, rel=1e-8)
    assert ours.mean == pytest.approx(theirs, rel=1e-12)
    assert (ours.low < ours.mean).all()
    assert (ours.mean < ours.high).all()


def test_rates_that_differ_no_more_than_chance_are_all_the_mean() -> None:
    found = shrink(np.array([10.0, 11, 9, 10]), np.full(4, 5.0))

    assert found.mean.tolist() == [2.0] * 4
    assert found.low[0] == pytest.approx(poisson_interval(40)[0] / 20)


def test_intervals_of_shrunk_rates_hold_the_rate_that_often() -> None:
    """4,000 rates of one gamma: 95 % of the intervals hold theirs (standard error .4 %)."""
    chance = np.random.default_rng(2)
    true = chance.gamma(4.0, 0.5, 4_000)
    exposure = chance.uniform(1, 30, 4_000)
    found = shrink(chance.poisson(true * exposure).astype(float), exposure)
    held = ((found.low <= true) & (true <= found.high)).mean()

    assert 0.935 < held < 0.965


def test_without_error_and_scatter_the_interval_is_garwoods() -> None:
    low, high = poisson_interval(7)

    assert interval(7, 2.0, 1.0, 0.0) == pytest.approx((low / 2, high / 2))
    assert interval(0, 2.0, 1.0, 0.0) == pytest.approx((0.0, poisson_interval(0)[1] / 2))


@given(st.integers(0, 2_000), st.floats(1.0, 5.0), st.floats(0.0, 0.6))
def test_an_error_of_the_exposure_and_scatter_only_widen(n: int, phi: float, error: float) -> None:
    low, high = interval(n, 3.0, phi, error)
    exact = interval(n, 3.0, 1.0, 0.0)

    assert low <= exact[0] * (1 + 1e-9)
    assert high >= exact[1] * (1 - 1e-9)


def test_the_error_of_a_ratio_is_covered() -> None:
    """Count and exposure both uncertain: 95 % of 2,000 intervals hold the rate."""
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(2_000):
        exposure = 100.0 * math.exp(chance.normal(0, 0.2))
        low, high = interval(int(chance.poisson(50.0)), exposure, 1.0, 0.2)
        held += low <= 0.5 <= high

    assert 0.935 < held / 2_000 < 0.97


def test_widened_rates_keep_their_mean() -> None:
    found = widen(Shrunk(np.array([2.0]), np.array([1.0]), np.array([4.0])), np.array([0.0]))

    assert (found.mean[0], found.low[0], found.high[0]) == pytest.approx((2.0, 1.0, 4.0))


def test_the_funnel_is_the_quantiles_of_poisson() -> None:
    low, high = funnel(2.0, np.array([5.0, 50.0]), 0.025, 1.0)

    assert (low * [5, 50]).tolist() == stats.poisson.ppf(0.025, [10, 100]).tolist()
    assert (high * [5, 50]).tolist() == stats.poisson.ppf(0.975, [10, 100]).tolist()


def test_p_is_exact_given_the_sum() -> None:
    """One zone of 12 facts in 1 against 30 in 9: a binomial of 42 at one tenth."""
    p = against_rest(
        np.array([12.0, 30.0]), np.array([1.0, 9.0]), np.zeros(2), scatter=1.0, free=10
    )

    assert p[0] == pytest.approx(stats.binomtest(12, 42, 0.1).pvalue)
    assert p[1] == pytest.approx(p[0])


def test_p_stays_at_its_level_when_counts_scatter() -> None:
    """2,000 pairs of counts that scatter three times more than chance, told the scatter."""
    chance = np.random.default_rng(5)
    low = 0
    for _ in range(2_000):
        counts = chance.poisson(chance.gamma(20.0, 2.0, 5)).astype(float)
        p = against_rest(counts, np.ones(5), np.zeros(5), scatter=3.0, free=200)
        low += p[0] <= 0.05

    assert low / 2_000 < 0.065
