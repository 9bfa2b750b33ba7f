"""Every registered model: it forecasts, it stays positive, and it never looks past its origin."""

from __future__ import annotations

import sys
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.foresight.forecasting.counted import counted

from vigie.base.errors import MissingPart
from vigie.foresight.forecasting.models import MODELS, NAIVE, naive
from vigie.foresight.forecasting.models.boosted import Boosted, load_lightgbm
from vigie.foresight.forecasting.models.protocol import walked
from vigie.foresight.forecasting.tensor import FLOOR, Covariate, Family

UPTO = 180


@lru_cache
def tensor():
    return counted(days=200, ahead=28)


@lru_cache
def fitted(name):
    return MODELS[name]().fit(tensor(), UPTO)


def altered(seed, first):
    """Return the tensor with every count from ``first`` on replaced."""
    counts = tensor().counts.reshape(3, 4, 200, 2).copy()
    future = np.random.default_rng(seed)
    counts[:, :, first:] = future.poisson(7.0, counts[:, :, first:].shape)
    from vigie.foresight.forecasting.tensor import Tensor

    return Tensor.from_grid(counts, tensor().kinds, tensor().first, ahead=28)


def test_the_naive_model_is_registered_by_its_name():
    assert naive().name == NAIVE


@pytest.mark.parametrize("name", MODELS)
def test_a_model_carries_the_name_it_is_registered_under(name):
    assert MODELS[name]().name == name
    assert fitted(name).name == name


@pytest.mark.parametrize("name", MODELS)
def test_a_forecast_has_every_cell_slot_and_kind_and_is_positive(name):
    mean = fitted(name).predict(tensor(), 190, 28)

    assert mean.shape == (12, 28, 2)
    assert np.isfinite(mean).all()
    assert mean.min() >= FLOOR


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=4)
@given(seed=st.integers(0, 2**20), origin=st.integers(UPTO, 195), horizon=st.integers(1, 28))
def test_changing_the_future_does_not_change_a_forecast(name, seed, origin, horizon):
    other = altered(seed, origin)

    one = fitted(name).predict(tensor(), origin, horizon)

    assert np.array_equal(one, fitted(name).predict(other, origin, horizon))


@pytest.mark.parametrize("name", MODELS)
def test_changing_what_follows_the_training_does_not_change_what_is_learnt(name):
    other = MODELS[name]().fit(altered(3, UPTO), UPTO)

    one = fitted(name).predict(tensor(), UPTO, 7)

    assert np.allclose(one, other.predict(tensor(), UPTO, 7), rtol=1e-9)


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"historical"}))
def test_what_happened_yesterday_changes_a_forecast(name):
    other = altered(1, 180)

    one = fitted(name).predict(tensor(), 190, 7)

    assert not np.array_equal(one, fitted(name).predict(other, 190, 7))


@pytest.mark.parametrize("name", MODELS)
def test_a_walk_is_one_forecast_after_the_other(name):
    model = fitted(name)

    at_once = walked(model, tensor(), 182, 186)

    steps = [model.predict(tensor(), origin, 1) for origin in range(182, 186)]
    assert np.allclose(at_once, np.concatenate(steps, axis=1), rtol=1e-9)


@pytest.mark.parametrize("name", ["historical", "ewma", "glm", "hawkes", "layered", "boosted"])
def test_where_the_truth_is_steady_a_model_comes_near_it(name):
    from tests.foresight.forecasting.counted import truth

    mean = walked(fitted(name), tensor(), 182, 196)
    wanted = truth(days=200).reshape(12, 200, 2)[:, 182:196]

    assert abs(mean.sum() / wanted.sum() - 1.0) < 0.15
    assert np.corrcoef(mean.ravel(), wanted.ravel())[0, 1] > 0.9


@pytest.mark.parametrize("name", MODELS)
def test_a_horizon_beyond_the_calendar_is_refused(name):
    with pytest.raises(ValueError, match="calendar"):
        fitted(name).predict(tensor(), 200, 29)


@pytest.mark.parametrize("name", MODELS)
def test_a_day_in_four_slots_is_forecast_too(name):
    day_in_parts = counted(rows=2, columns=2, days=800, slot_hours=6, ahead=4)

    model = MODELS[name]().fit(day_in_parts, 780)

    assert model.predict(day_in_parts, 800, 4).shape == (4, 4, 2)


@pytest.mark.parametrize("name", ["layered", "boosted", "ensemble"])
def test_the_factors_of_an_explanation_multiply_to_the_forecast(name):
    told = fitted(name).explain(tensor(), 190, 7)

    product = told.base * np.prod(list(told.factors.values()), axis=0)

    forecast = fitted(name).predict(tensor(), 190, 7)
    assert np.allclose(told.mean, forecast, rtol=1e-6)
    assert np.allclose(np.maximum(product, FLOOR), forecast, rtol=1e-4)
    assert {Family.RECENT, Family.NEIGHBOURS, Family.CALENDAR} <= set(told.factors)


def test_a_planned_crowd_that_doubles_facts_is_found_by_the_trees():
    from dataclasses import replace

    crowd = (np.random.default_rng(2).random(228) < 0.3).astype(float)
    base = counted(rows=6, columns=6, days=200, ahead=28)
    counts = base.counts.copy()
    draw = np.random.default_rng(4).poisson(counts)
    counts += draw * crowd[None, :200, None] * 2
    plans = Covariate("crowd", Family.PLANS, crowd, known_ahead=True)
    shown = replace(base, counts=counts, covariates=(plans,))

    told = Boosted(ahead=(1,)).fit(shown, 200).explain(shown, 200, 28)

    factor = told.factors[Family.PLANS][shown.active].mean(axis=(0, 2))
    with_crowd, without = factor[crowd[200:] > 0], factor[crowd[200:] == 0]
    assert with_crowd.min() > without.max()


def test_without_its_native_library_the_trees_say_what_to_install(monkeypatch):
    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "lightgbm":
                raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.delitem(sys.modules, "lightgbm", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])

    with pytest.raises(MissingPart) as refused:
        load_lightgbm()

    assert refused.value.params["remedy"] == "apt install libgomp1"
