"""The weights of the ensemble go to who forecasts best."""

from __future__ import annotations

import numpy as np

from vigie.foresight.forecasting.models.ensemble import weigh


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
