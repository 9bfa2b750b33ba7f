"""Controls: weights of a planted mixture, other people's quotient, errors that hold."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import lfilter

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


def test_the_toy_of_causal_impact_is_told_without_bias_and_within_the_interval() -> None:
    """Brodersen et al. (2015): y = 1.2 x + noise, x wandering about 100, 10 more from the 41st on.

    The error is that of counts: it is wider than what this noise would ask for.
    """
    off, held = [], 0
    for seed in range(200):
        chance = np.random.default_rng(seed)
        x = 100 + lfilter([1.0], [1.0, -0.999], chance.normal(0, 1, 52))
        y = 1.2 * x + chance.normal(0, 1, 52)
        y[40:] += 10
        found = contrast(y, x[None], np.ones(1), 40)
        off.append(float((y - found.expected)[40:].mean()) - 10)
        truth = math.log(y[40:].sum() / (y[40:].sum() - 120))
        held += abs(found.log_ratio - truth) <= 1.96 * found.error

    assert abs(np.mean(off)) < 0.5
    assert held >= 190


@pytest.fixture(scope="module")
def smoking() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Packs by year, California and 38 other states, and the names of those."""
    text = (Path(__file__).parent / "california.csv").read_text("utf-8")
    rows = [line.split(";") for line in text.splitlines() if not line.startswith("#")][1:]
    packs = {state: np.array(values, np.float64) for state, *values in rows}
    own = packs.pop("California")
    return own, np.array(list(packs.values())), list(packs)


def test_proposition_99_by_sales_alone(smoking: tuple[np.ndarray, np.ndarray, list[str]]) -> None:
    """R's synthdid: differences in differences -27.34911, synthetic control -19.61966 packs.

    That stops its search early; ours is nearer to California before 1989. Abadie, Diamond and
    Hainmueller, who ask incomes, prices, ages and beer too, tell "almost 20 packs" on average, 26
    in 2000, and weigh Utah, Nevada, Montana, Colorado and Connecticut.
    """
    own, others, names = smoking
    before = slice(0, 19)
    gap = own - others.mean(axis=0)
    weights = simplex_weights(own[before], others[:, before])
    left = own - weights @ others
    heavy = {name for name, weight in zip(names, weights, strict=True) if weight > 0.01}

    assert gap[19:].mean() - gap[before].mean() == pytest.approx(-27.34911, abs=2e-4)
    assert left[19:].mean() == pytest.approx(-19.61966, abs=0.2)
    assert left[-1] == pytest.approx(-26, abs=1)
    assert heavy == {"Utah", "Nevada", "Montana", "Connecticut", "Colorado", "New Hampshire"}
    assert names[int(weights.argmax())] == "Utah"
