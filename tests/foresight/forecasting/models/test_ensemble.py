"""The weights of the ensemble go to who forecasts best."""

from __future__ import annotations

import numpy as np
import pytest
from tests.foresight.forecasting.counted import counted

from vigie.foresight.forecasting.models.ensemble import Ensemble, Mix, totals, weigh
from vigie.foresight.forecasting.models.ewma import Ewma
from vigie.foresight.forecasting.models.historical import Historical
from vigie.foresight.forecasting.scoring import deviance
from vigie.foresight.forecasting.tensor import FLOOR


def test_weights_are_shares_and_the_true_member_gets_most():
    generator = np.random.default_rng(3)
    truth = generator.gamma(1.0, 2.0, 20_000) + 0.05
    wrong = truth * np.exp(generator.normal(0.0, 1.0, truth.size))

    weights = weigh(np.log(np.stack([wrong, truth])), generator.poisson(truth).astype(float))

    assert abs(weights.sum() - 1.0) < 1e-9
    assert weights[1] > 0.95


def test_two_members_with_errors_of_their_own_are_averaged():
    generator = np.random.default_rng(4)
    truth = generator.gamma(1.0, 2.0, 20_000) + 0.05
    logs = np.log(truth) + generator.normal(0.0, 0.5, (2, truth.size))

    weights = weigh(logs, generator.poisson(truth).astype(float))

    assert np.allclose(weights, 0.5, atol=0.05)


def test_who_knows_how_much_and_who_knows_where_are_each_believed_in_that():
    generator = np.random.default_rng(5)
    share = generator.dirichlet(np.full(30, 0.8))[:, None, None]
    level = 60.0 * np.exp(generator.normal(0.0, 0.7, (1, 80, 1)))
    seen = generator.poisson(share * level).astype(float)
    elsewhere = generator.dirichlet(np.full(30, 0.8))[:, None, None]
    how_much = np.maximum(elsewhere * level, 2e-3)
    where = np.maximum(share * 60.0, 2e-3) + np.zeros_like(level)

    mix = Mix.earned([how_much, where], seen)
    told = mix.of([how_much, where])

    assert mix.levels[0] > 0.9
    assert mix.shares[1] > 0.9
    for alone in (how_much, where):
        assert deviance(told, seen).mean() < 0.9 * deviance(alone, seen).mean()


def test_places_at_the_floor_add_nothing_to_the_total_and_stay_there():
    quiet = np.full((1000, 3, 1), FLOOR)
    quiet[0] = 2.0
    half = np.array([0.5, 0.5])

    told = Mix(half, half).of([quiet, quiet])

    assert np.allclose(totals(quiet), 2.0)
    assert np.allclose(told, quiet)


@pytest.mark.parametrize(("hours", "asked"), [(24, ("ewma",)), (12, ("historical", "ewma"))])
def test_parts_of_a_day_have_members_of_their_own(hours, asked):
    days = Ensemble(members=(Ewma(),), of_parts=(Historical(), Ewma()))
    tensor = counted(slot_hours=hours)

    fitted = days.fit(tensor, tensor.slots)

    assert tuple(one.name for one in fitted.members) == asked
    assert fitted.weights.shape == (len(asked),)
