"""Quasi-Poisson regression: an offset is an exposure, leverages add up to the columns."""

import numpy as np
import pytest

from vigie.model.poisson import fit


def test_an_offset_is_an_exposure_and_leverages_add_up_to_the_columns() -> None:
    rng = np.random.default_rng(4)
    design = np.column_stack([np.ones(200), rng.normal(size=200)])
    exposure = rng.uniform(0.2, 5.0, 200)
    counts = rng.poisson(exposure * np.exp(design @ [1.5, -0.3])).astype(float)

    found = fit(counts, design, offset=np.log(exposure))

    assert found.converged
    assert found.coefficients == pytest.approx([1.5, -0.3], abs=0.15)
    assert design.T @ (counts - found.mean) == pytest.approx(
        [0.0, 0.0], abs=1e-6
    )  # score equations
    assert found.leverage.sum() == pytest.approx(2.0)


def test_as_many_columns_as_counts_is_no_regression() -> None:
    with pytest.raises(ValueError, match="more counts than columns"):
        fit(np.ones(2), np.eye(2))
