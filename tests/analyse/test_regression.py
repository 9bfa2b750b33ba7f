"""Poisson regression: another implementation's weights, and blocks that move together."""

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor

from vigie.analyse.regression import fit_poisson


def _data(seed: int, rows: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, 2))
    exposure = rng.uniform(0.5, 3, rows)
    return x, rng.poisson(exposure * np.exp(1.0 + x @ [0.4, -0.2])).astype(float), exposure


def test_the_weights_are_those_of_scikit_learn() -> None:
    x, counts, exposure = _data(1)
    ours = fit_poisson(np.column_stack([np.ones(len(x)), x]), counts, exposure, np.arange(len(x)))
    theirs = PoissonRegressor(alpha=0, tol=1e-10, max_iter=500)
    theirs.fit(x, counts / exposure, sample_weight=exposure)

    assert ours.weights == pytest.approx([theirs.intercept_, *theirs.coef_], abs=1e-5)
    assert ours.scatter < 1.2


def test_a_single_mean_has_the_textbook_error() -> None:
    """The variance of the logarithm of a Poisson mean is one over the count."""
    fit = fit_poisson(np.ones((4, 1)), np.array([4.0, 6, 5, 5]), np.ones(4), np.arange(4))

    assert fit.quasi[0, 0] == pytest.approx(1 / 20, rel=1e-6)
    assert fit.factor(np.ones((1, 1)))[0, 0] == pytest.approx(5)


def test_blocks_that_move_together_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    block = np.repeat(np.arange(40), 7)
    counts = rng.poisson(np.repeat(rng.gamma(5, 2, 40), 7)).astype(float)
    alone = fit_poisson(np.ones((280, 1)), counts, np.ones(280), np.arange(280))
    together = fit_poisson(np.ones((280, 1)), counts, np.ones(280), block)

    assert together.robust[0, 0] > 3 * alone.robust[0, 0]
    assert together.free == 39


@pytest.mark.parametrize(("counts", "block"), [([0.0, 0.0], [0, 1]), ([1.0, 2.0], [0, 0])])
def test_nothing_to_fit_is_said(counts: list[float], block: list[int]) -> None:
    with pytest.raises(ValueError, match="nothing to fit"):
        fit_poisson(np.ones((2, 1)), np.array(counts), np.ones(2), np.array(block))
