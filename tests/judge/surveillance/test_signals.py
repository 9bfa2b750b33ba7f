"""Scores of signals: near standard on a calm past; what is shared or slight raises nothing.

Requirement: R15.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.signal_view import SIGNALS, drawn, view

from vigie.judge.surveillance.combining import brown
from vigie.judge.surveillance.signals import (
    SLIGHT,
    WEEK_H,
    WEEKS,
    correlations,
    past_of,
    score_counts,
    score_levels,
)

FIRST = WEEKS * WEEK_H


def test_scores_of_a_calm_city_are_near_standard() -> None:
    seen = view()
    for level in (0, 1):
        assert float(np.nanstd(seen.scores[level])) == pytest.approx(1.0, abs=0.2)
        assert abs(float(np.nanmean(seen.scores[level]))) < 0.05


def test_past_is_the_same_hour_of_weeks_before() -> None:
    values = np.arange(3 * WEEK_H, dtype=float)[None, :]
    past = past_of(values, 2 * WEEK_H, weeks=3)
    assert past[0, 0, 0] == WEEK_H
    assert past[1, 0, 5] == 5
    assert np.isnan(past[2]).all()


def test_what_the_whole_city_shares_raises_nothing() -> None:
    values = drawn()[0]
    values[:, -10:] *= 1.5
    _, scores, _ = score_levels(values, FIRST, values.shape[1] - 10, SIGNALS[0])
    assert float(np.median(scores[:, -10:])) == pytest.approx(0.0, abs=0.1)
    values[4, -3] *= 1.5
    _, scores, _ = score_levels(values, FIRST, values.shape[1] - 10, SIGNALS[0])
    assert scores[4, -3] > 4


def test_a_departure_of_few_people_is_slight_however_rare() -> None:
    values = np.full((12, FIRST + 2 * WEEK_H), 50.0)
    values[3, -1] = 60.0
    values[4, -1] = 120.0
    _, scores, _ = score_levels(values, FIRST, values.shape[1] - 1, SIGNALS[0])
    assert scores[3, -1] <= SLIGHT
    assert scores[4, -1] > 5


def test_a_lone_fact_raises_nothing_and_many_do() -> None:
    counts = np.zeros((6, FIRST + WEEK_H))
    counts[0, ::97] = 1.0
    counts[1, -1], counts[2, -1] = 1.0, 4.0
    _, scores, weeks = score_counts(counts, FIRST, counts.shape[1] - 1)
    assert scores[1, -1] <= SLIGHT
    assert scores[2, -1] > 3
    assert weeks[-1] == WEEKS


def test_a_gap_in_a_sensor_is_no_score_and_a_short_past_is_none_either() -> None:
    values = drawn()[1]
    values[2, -5:] = np.nan
    _, scores, _ = score_levels(values, FIRST, values.shape[1] - 10, SIGNALS[1])
    assert np.isnan(scores[2, -5:]).all()
    _, early, _ = score_levels(values, WEEK_H, values.shape[1] - 10, SIGNALS[1])
    assert np.isnan(early[:, :WEEK_H]).all()


def test_correlation_of_signals_is_measured_where_both_came() -> None:
    chance = np.random.default_rng(8)
    one = chance.normal(size=5_000)
    other = 0.6 * one + 0.8 * chance.normal(size=5_000)
    lone = np.full(5_000, np.nan)
    lone[:20] = 1.0
    found = correlations(np.stack([one, other, lone]))
    assert found[0, 1] == pytest.approx(0.6, abs=0.05)
    assert found[0, 2] == 0.0


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.one_of(st.floats(1e-9, 1.0), st.just(float("nan"))), min_size=3, max_size=3),
        min_size=1,
        max_size=6,
    )
)
def test_a_missing_signal_is_as_if_it_did_not_exist(rows: list[list[float]]) -> None:
    p = np.array(rows)
    correlation = np.array([[1.0, 0.4, 0.0], [0.4, 1.0, 0.2], [0.0, 0.2, 1.0]])
    found = brown(p, correlation)
    for row, value in zip(p, found, strict=True):
        here = np.flatnonzero(~np.isnan(row))
        if here.size:
            alone = brown(row[here][None, :], correlation[np.ix_(here, here)])[0]
            assert value == pytest.approx(alone, rel=1e-9)
        else:
            assert value == 1.0
