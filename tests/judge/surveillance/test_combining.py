"""Chances put together: uniform while nothing happens, whatever the correlation measured.

Asked as R20 of the requirements.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vigie.judge.surveillance.combining import (
    bonferroni,
    discovery_rates,
    fisher,
    normal_score,
    stouffer,
)

CHANCES = st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=12)


@given(CHANCES)
def test_fisher_and_discovery_rates_are_those_of_scipy(chances: list[float]) -> None:
    p = np.array(chances)
    assert fisher(p) == pytest.approx(stats.combine_pvalues(p, "fisher").pvalue, rel=1e-6)
    assert discovery_rates(p) == pytest.approx(stats.false_discovery_control(p), rel=1e-12)


@given(CHANCES)
def test_stouffer_of_independent_signals_is_scipy_s(chances: list[float]) -> None:
    p = np.clip(np.array(chances), 1e-9, 1 - 1e-9)
    found = stouffer(normal_score(p)[None, :], np.eye(len(p)))[0]
    assert found == pytest.approx(stats.combine_pvalues(p, "stouffer").pvalue, rel=1e-5)


def test_correlated_signals_ring_as_often_as_declared_only_with_their_correlation() -> None:
    correlation = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]])
    scores = np.random.default_rng(2).multivariate_normal(np.zeros(3), correlation, 100_000)
    told = float(np.mean(stouffer(scores, correlation) < 0.01))
    naive = float(np.mean(stouffer(scores, np.eye(3)) < 0.01))
    low, high = (x / 100_000 for x in stats.binom.interval(0.999, 100_000, 0.01))
    assert low <= told <= high
    assert naive > 3 * high
    p = stats.norm.sf(scores[:20_000])
    brown = float(np.mean([fisher(row, correlation) < 0.01 for row in p]))
    assert brown == pytest.approx(0.01, abs=0.004)


def test_a_missing_signal_is_left_out_and_none_at_all_is_no_sign() -> None:
    scores = np.array([[3.0, math.nan], [math.nan, math.nan]])
    found = stouffer(scores, np.eye(2))
    assert found[0] == pytest.approx(stats.norm.sf(3.0))
    assert found[1] == 1.0
    assert fisher(np.array([])) == 1.0


@given(CHANCES)
def test_many_tests_never_make_a_chance_smaller(chances: list[float]) -> None:
    p = np.array(chances)
    assert (bonferroni(p) >= p).all()
    assert (discovery_rates(p) >= p - 1e-15).all()
    assert (bonferroni(p) >= discovery_rates(p) - 1e-12).all()
