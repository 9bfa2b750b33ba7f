"""Controls: weights of a planted mixture, other people's quotient, errors that hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.analyse.controls import contrast, displacement_quotient, simplex_weights, synthetic


@given(st.integers(0, 999))
def test_a_planted_mixture_is_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    donors = rng.gamma(4, 1, (5, 40))
    truth = rng.dirichlet(np.ones(5))

    assert simplex_weights(truth @ donors, donors) == pytest.approx(truth, abs=1e-3)


def test_weights_are_a_share_of_one_and_a_ridge_evens_them() -> None:
    rng = np.random.default_rng(1)
    donors, target = rng.gamma(4, 1, (6, 20)), rng.gamma(4, 1, 20)
    loose, even = (simplex_weights(target, donors, ridge) for ridge in (0.0, 1e6))

    assert loose.min() >= 0
    assert loose.sum() == pytest.approx(1)
    assert even == pytest.approx(np.full(6, 1 / 6), abs=0.01)


def test_a_halved_place_is_seen_as_halved() -> None:
    counts = np.r_[np.full(20, 30.0), np.full(20, 15.0)]
    donors = np.vstack([np.full(40, 100.0), np.full(40, 10.0)])
    weights = synthetic(counts, donors, 20, 4, 0.1)
    found = contrast(counts, donors, weights, 20)

    assert math.exp(found.log_ratio) == pytest.approx(0.5)
    assert found.expected == pytest.approx(np.full(40, 30.0))
    assert found.z < -5


def test_equal_places_give_the_difference_in_differences() -> None:
    """With one donor the log ratio is that of the four sums."""
    counts = np.r_[np.full(10, 8.0), np.full(10, 12.0)]
    donor = np.r_[np.full(10, 20.0), np.full(10, 40.0)][None, :]
    found = contrast(counts, donor, np.ones(1), 10)

    assert found.log_ratio == pytest.approx(math.log((12 / 8) / (40 / 20)))
    assert found.error == pytest.approx(math.sqrt(1 / 80 + 1 / 120 + 1 / 200 + 1 / 400))


def test_the_error_is_that_of_repeated_draws() -> None:
    logs, errors = [], []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        donors = rng.poisson(20, (6, 60)).astype(float)
        found = contrast(rng.poisson(9, 60).astype(float), donors, np.full(6, 1 / 6), 30)
        logs.append(found.log_ratio)
        errors.append(found.error)

    assert np.std(logs) == pytest.approx(np.mean(errors), rel=0.15)
    assert abs(np.mean(logs)) < 0.02


def test_no_fact_gives_no_ratio() -> None:
    found = contrast(np.zeros(8), np.ones((1, 8)), np.ones(1), 4)

    assert math.isnan(found.log_ratio)
    assert math.isnan(found.z)


@pytest.mark.parametrize(
    ("near", "quotient"),
    [((50, 50), 0.0), ((50, 40), 0.5), ((50, 60), -0.5), ((50, 80), -1.5)],
)
def test_the_quotient_tells_displacement_from_diffusion(near, quotient: float) -> None:
    """By the formula of Bowers and Johnson; the place went from 100 to 80, controls stayed."""
    assert displacement_quotient((100, 80), near, (400, 400)) == pytest.approx(quotient)


def test_nothing_gained_nothing_to_displace() -> None:
    assert math.isnan(displacement_quotient((100, 100), (50, 60), (400, 400)))
    assert math.isnan(displacement_quotient((100, 50), (50, 60), (400, 0)))
