"""How often a probability was right: by hand, by chance, and after calibration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.foresight.whatif.reliability import (
    Calibrator,
    calibration_error,
    error_by_chance,
    fit_calibrator,
    reliability,
)


def test_the_calibration_error_by_hand():
    told = np.array([0.05, 0.05, 0.95, 0.95])
    happened = np.array([0.0, 1.0, 1.0, 1.0])
    # first step: told .05, happened .5, two of four; last: told .95, happened 1
    assert calibration_error(told, happened) == pytest.approx(0.5 * 0.45 + 0.5 * 0.05)


def test_a_forecast_that_tells_the_truth_shows_no_more_than_chance():
    chance = np.random.default_rng(1)
    told = chance.random(4_000)
    happened = (chance.random(4_000) < told).astype(float)
    assert calibration_error(told, happened) < 2 * error_by_chance(told)
    assert error_by_chance(told) < error_by_chance(told[:200])


def test_a_forecast_too_sure_of_itself_is_found_out_and_mended():
    chance = np.random.default_rng(2)
    truth = chance.random(3_000)
    odds = np.log(truth / (1 - truth))
    told = 1 / (1 + np.exp(-(2.5 * odds + 1.0)))
    happened = (chance.random(3_000) < truth).astype(float)
    fitted = fit_calibrator(told[:1_500], happened[:1_500])
    mended = fitted(told[1_500:])
    assert calibration_error(told[1_500:], happened[1_500:]) > 0.1
    assert calibration_error(mended, happened[1_500:]) < 0.05
    assert fitted.slope == pytest.approx(0.4, abs=0.1)
    assert fitted.base == 1_500


def test_without_a_past_nothing_is_changed():
    told = np.array([0.1, 0.5, 0.9])
    assert fit_calibrator(np.zeros(0), np.zeros(0)) == Calibrator()
    assert Calibrator()(told) == pytest.approx(told)


def test_three_past_events_change_little():
    fitted = fit_calibrator(np.array([0.9, 0.9, 0.9]), np.array([0.0, 0.0, 0.0]))
    assert 0.3 < fitted(np.array([0.9]))[0] < 0.9


def test_how_often_it_was_wrong_is_counted():
    told = np.array([0.9, 0.9, 0.95, 0.1, 0.05, 0.5])
    happened = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    found = reliability(told, happened)
    assert (found.said_enough, found.wrongly_enough) == (3, 1)
    assert (found.said_short, found.wrongly_short) == (2, 1)
    assert found.events == 6
    assert sum(one.events for one in found.bins) == 6


def test_no_events_have_no_score():
    found = reliability(np.zeros(0), np.zeros(0))
    assert found.bins == ()
    assert math.isnan(found.ece)
    assert math.isnan(found.brier)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60),
    st.floats(-3, 3),
    st.floats(0.05, 3),
)
def test_probabilities_stay_probabilities_and_in_order(pairs, shift, slope):
    told = np.array([p for p, _ in pairs])
    happened = np.array([float(h) for _, h in pairs])
    found = reliability(told, happened)
    assert 0 <= found.ece <= 1
    for one in found.bins:
        assert one.low <= one.told <= one.high
        assert one.happened_low <= one.happened_high
    mended = Calibrator(slope, shift)(np.sort(told))
    assert ((mended > 0) & (mended < 1)).all()
    assert (np.diff(mended) >= 0).all()
