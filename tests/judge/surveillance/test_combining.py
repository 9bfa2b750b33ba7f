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

from vigie.judge.surveillance.combining import brown

CHANCES = st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=12)


@given(CHANCES)
def test_of_independent_signals_it_is_fisher_s_sum_of_scipy(chances: list[float]) -> None:
    p = np.array(chances)
    found = brown(p[None, :], np.eye(len(p)))[0]
    assert found == pytest.approx(stats.combine_pvalues(p, "fisher").pvalue, rel=1e-6)


def test_correlated_signals_ring_as_often_as_declared_only_with_their_correlation() -> None:
    correlation = np.array([[1.0, 0.6, 0.3], [0.6, 1.0, 0.5], [0.3, 0.5, 1.0]])
    scores = np.random.default_rng(2).multivariate_normal(np.zeros(3), correlation, 100_000)
    p = stats.norm.sf(scores)
    told = float(np.mean(brown(p, correlation) < 0.01))
    naive = float(np.mean(brown(p, np.eye(3)) < 0.01))
    assert told == pytest.approx(0.01, abs=0.003)
    assert naive > 2 * told


def test_a_missing_signal_is_left_out_and_none_at_all_is_no_sign() -> None:
    chances = np.array([[0.001, math.nan], [math.nan, math.nan]])
    found = brown(chances, np.eye(2))
    assert found[0] == pytest.approx(0.001)
    assert found[1] == 1.0
