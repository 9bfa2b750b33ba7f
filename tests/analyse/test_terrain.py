"""Risk terrain: brute force and scikit-learn agree; what is planted is found, nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import PoissonRegressor

from vigie.analyse.terrain import (
    around,
    blocks,
    choose,
    deviance,
    folds_of,
    judge,
    lasso_path,
    penalties_of,
)


def _city(seed: int, weights: list[float], cells: int = 900):
    chance = np.random.default_rng(seed)
    side = int(cells**0.5)
    x, y = (one.ravel() * 300.0 for one in np.meshgrid(np.arange(side), np.arange(side)))
    places = [chance.uniform(0, side * 300, (25, 2)) for _ in weights]
    columns = np.column_stack([around(x, y, each, 900.0) for each in places])
    exposure = chance.gamma(2.0, 2.0, len(x)) + 0.2
    counts = chance.poisson(exposure * np.exp(-1.0 + columns @ np.array(weights)))
    return columns, counts.astype(float), exposure, blocks(x, y, 1_800.0)


def test_without_penalty_it_is_the_regression_of_scikit_learn() -> None:
    columns, counts, exposure, _ = _city(1, [0.8, 0.0, -0.4])
    theirs = PoissonRegressor(alpha=0, tol=1e-10, max_iter=2_000)
    theirs.fit(columns, counts / exposure, sample_weight=exposure)
    ours = lasso_path(columns, counts, exposure, np.array([1e-3, 0.0]))[-1]

    assert ours[0] == pytest.approx(theirs.intercept_, abs=1e-4)
    assert ours[1:] == pytest.approx(theirs.coef_, abs=1e-4)


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_with_a_penalty_it_is_the_least_that_brute_force_finds(share: float) -> None:
    """L-BFGS-B on weights split into what is positive and what is negative."""
    columns, counts, exposure, _ = _city(2, [0.8, 0.0, -0.4, 0.1])
    penalty = share * penalties_of(columns, counts, exposure)[0]
    many = columns.shape[1]

    def loss(at: np.ndarray) -> float:
        linear = at[0] + columns @ (at[1 : many + 1] - at[many + 1 :])
        return float((exposure * np.exp(linear) - counts * linear).mean() + penalty * at[1:].sum())

    bounds = [(None, None)] + [(0, None)] * (2 * many)
    best = minimize(loss, np.zeros(2 * many + 1), method="L-BFGS-B", bounds=bounds,
                    options={"maxiter": 5_000, "ftol": 1e-14, "gtol": 1e-9})  # fmt: skip
    ours = lasso_path(columns, counts, exposure, np.array([penalty]))[0]
    mine = np.concatenate([ours[:1], np.maximum(ours[1:], 0), np.maximum(-ours[1:], 0)])

    assert loss(mine) <= best.fun + 1e-7
    assert ours[1:] == pytest.approx(best.x[1 : many + 1] - best.x[many + 1 :], abs=2e-3)


def test_at_the_first_penalty_nothing_is_kept() -> None:
    columns, counts, exposure, _ = _city(3, [0.8, -0.4])
    path = lasso_path(columns, counts, exposure, penalties_of(columns, counts, exposure))

    assert np.abs(path[0, 1:]).max() < 1e-6
    assert np.exp(path[0, 0]) == pytest.approx(counts.sum() / exposure.sum())
    assert (path[-1, 1:] != 0).all()


def test_what_is_planted_is_kept_with_its_factor_and_beats_exposure_alone() -> None:
    """Planted: a factor e^0.9 near kind 0, none near the five others."""
    found = judge(*_city(4, [0.9, 0.0, 0.0, 0.0, 0.0, 0.0]), seed=1)
    at = found.kept.tolist().index(0)

    assert found.better
    assert found.deviance < found.naive
    assert found.factor[at, 1] < np.exp(0.9) < found.factor[at, 2]
    assert found.factor[at, 0] == pytest.approx(np.exp(0.9), rel=0.15)
    assert (found.risk[:, 1] <= found.risk[:, 0]).all()
    assert (found.risk[:, 0] <= found.risk[:, 2]).all()


def test_where_nothing_is_planted_exposure_alone_is_seldom_beaten() -> None:
    """10 cities; at 5 % more than 2 have probability 1.2 %."""
    told = sum(judge(*_city(seed, [0.0] * 4, cells=400), seed=1).better for seed in range(10))

    assert told <= 2


def test_too_few_blocks_or_facts_are_refused() -> None:
    columns, counts, exposure, block = _city(5, [0.5], cells=100)
    with pytest.raises(ValueError, match="too few"):
        judge(columns, counts, exposure, np.zeros(len(block), np.int64), 1)
    with pytest.raises(ValueError, match="too few"):
        judge(columns, counts * 0, exposure, block, 1)


def test_a_place_counts_less_the_farther_it_is() -> None:
    """By hand: quartic kernel at 0, half the reach, the reach."""
    found = around(np.array([0.0, 50, 100, 200]), np.zeros(4), np.array([[0.0, 0.0]]), 100.0)

    assert found == pytest.approx([1.0, 0.5625, 0.0, 0.0])
    assert around(np.zeros(2), np.zeros(2), np.empty((0, 2)), 9.0).tolist() == [0.0, 0.0]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_deviance_is_never_negative_and_zero_at_the_counts(counts: list[int]) -> None:
    given = np.array(counts, float)

    assert deviance(given, np.maximum(given, 1e-12)) == pytest.approx(0.0, abs=1e-6)
    assert deviance(given, given + 1.0) >= 0.0


@given(st.lists(st.floats(-5_000, 5_000), min_size=10, max_size=60), st.integers(0, 5))
def test_blocks_are_never_cut_by_folds(x: list[float], seed: int) -> None:
    at = np.array(x)
    block = blocks(at, at[::-1], 500.0)
    fold = folds_of(block, np.ones(len(at)), seed)

    assert all(len(set(fold[block == one])) == 1 for one in set(block))


def test_the_choice_is_the_same_for_the_same_folds() -> None:
    columns, counts, exposure, block = _city(6, [0.9, 0.0], cells=400)
    fold = folds_of(block, exposure, 2)

    assert choose(columns, counts, exposure, fold).tolist() == (
        choose(columns, counts, exposure, fold).tolist()
    )
