"""The level of the city: what a year ago says of a day, and that nothing later is read."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.foresight.forecasting.models import city
from vigie.foresight.forecasting.models.city import YEAR, fit_city
from vigie.foresight.forecasting.models.discounting import When
from vigie.foresight.forecasting.tensor import Tensor

DAYS, UPTO = 760, 700
FIRST = date(2016, 1, 1)


def town(shocks, seed=0, ahead=28, holidays=()):
    """Four places, two kinds, 200 facts a day on average, times the shock of the day."""
    usual = np.array([50.0, 25.0])[None, None, None, :] * shocks[None, None, :, None]
    counts = np.random.default_rng(seed).poisson(np.broadcast_to(usual, (2, 2, shocks.size, 2)))
    return Tensor.from_grid(counts, ("a", "b"), FIRST, ahead=ahead, holidays=holidays)


def repeated(size, seed=5):
    """Shocks of days that come again after fifty-two weeks."""
    year = np.exp(np.random.default_rng(seed).normal(0.0, size, YEAR))
    return np.resize(year, DAYS)


def told(tensor, upto=UPTO, last=DAYS):
    """Return the totals expected of the days from ``upto``, each told at its own start."""
    days = np.arange(upto, last)
    return fit_city(tensor.until(upto), upto).means(tensor, tensor.counts, When(days, days))


def test_a_day_that_stood_out_a_year_ago_is_expected_to_again():
    shocks = repeated(0.2)

    mean = told(town(shocks)).sum(axis=1)

    assert np.corrcoef(np.log(mean), np.log(shocks[UPTO:]))[0, 1] > 0.8


def test_where_the_years_have_nothing_in_common_a_year_ago_says_nothing():
    shocks = np.exp(np.random.default_rng(8).normal(0.0, 0.2, DAYS))

    mean = told(town(shocks)).sum(axis=1)

    assert np.log(mean).std() < 0.08


def error(upto, monkeypatch, *, season):
    """Return how far a town that follows the seasons is from what is expected of it."""
    usual = np.exp(0.2 * np.sin(2.0 * np.pi * np.arange(DAYS) / YEAR))
    if not season:
        monkeypatch.setattr(city, "LEAST_SEASON", DAYS)
    mean = told(town(usual), upto, upto + 92).sum(axis=1)
    return np.square(np.log(mean / (300.0 * usual[upto : upto + 92]))).mean()


def test_the_season_of_a_year_ago_corrects_a_level_that_lags(monkeypatch):
    assert error(640, monkeypatch, season=True) < 0.9 * error(640, monkeypatch, season=False)


def test_a_season_known_for_a_few_months_only_is_not_extrapolated(monkeypatch):
    assert error(500, monkeypatch, season=True) == error(500, monkeypatch, season=False)


def test_a_day_with_a_name_is_left_to_its_name():
    shocks = np.ones(DAYS)
    day = 300
    shocks[day] = 2.5
    plain = town(shocks)
    named = town(shocks, holidays={date.fromordinal(FIRST.toordinal() + day): "Fair"})
    at = np.array([day + YEAR])

    one, other = (
        fit_city(each.until(650), 650).means(each, each.counts, When(at, at)).sum()
        for each in (plain, named)
    )

    assert abs(other / 300.0 - 1.0) < 0.1
    assert abs(one / 300.0 - 1.0) < 0.5


@cache
def learnt():
    """Return a town and what was learnt from its first days, once for every example."""
    tensor = town(repeated(0.1))
    return tensor, fit_city(tensor.until(UPTO), UPTO)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**16), origin=st.integers(UPTO, DAYS - 30), ahead=st.integers(1, 28))
def test_a_year_ago_never_reads_past_the_origin(seed, origin, ahead):
    tensor, fitted = learnt()
    counts = tensor.counts.copy()
    counts[:, origin:] = np.random.default_rng(seed).poisson(90.0, counts[:, origin:].shape)
    when = When.beyond(origin, ahead)

    assert np.array_equal(
        fitted.means(tensor, tensor.counts, when), fitted.means(tensor, counts, when)
    )
