"""A zone is judged by the others: against another's regression, and at its own level."""

import numpy as np
import pytest
from scipy import stats

from vigie.analyse.explained import explain, fit_mixed


def drawn(seed: int, *, zones: int = 16, periods: int = 4, apart: float = 0.0):
    chance = np.random.default_rng(seed)
    zone, period = (axis.ravel() for axis in np.indices((zones, periods)))
    columns = chance.normal(size=(len(zone), 2))
    sampling = chance.uniform(0.01, 0.05, len(zone))
    y = 0.3 * period + columns @ [0.5, -0.2] + chance.normal(0, 0.2, zones)[zone]
    y += chance.normal(0, 0.1, len(zone)) + chance.normal(0, np.sqrt(sampling))
    return y + apart * (zone == 3), sampling, columns, zone, period


def test_one_survey_of_even_samples_is_a_regression_without_the_zone() -> None:
    """With one row a zone and one variance it is least squares: externally studentized residuals,
    as in Cook and Weisberg (1982), reckoned here by their textbook formula."""
    chance = np.random.default_rng(5)
    x = chance.normal(size=20)
    y = 1 + 0.5 * x + chance.normal(0, 0.4, 20)
    zone, period = np.arange(20), np.zeros(20, np.int64)
    found = explain(y, np.full(20, 1e-7), x[:, None], zone, period)

    design = np.column_stack([np.ones(20), x])
    hat = design @ np.linalg.pinv(design)
    rest = y - hat @ y
    left = 20 - 2
    inner = (rest @ rest - rest**2 / (1 - np.diag(hat))) / (left - 1)
    studentized = rest / np.sqrt(inner * (1 - np.diag(hat)))
    assert (y - found.expected) / found.spread == pytest.approx(studentized, rel=2e-2)
    assert found.p == pytest.approx(2 * stats.t.sf(abs(studentized), left - 1), rel=0.08, abs=1e-4)
    assert found.weights[0, 0] == pytest.approx((np.linalg.pinv(design) @ y)[1], rel=1e-4)


def test_variances_and_weights_are_those_of_the_full_matrices() -> None:
    """The zone's own level is folded in by a formula; here the whole covariance is written out."""
    y, sampling, columns, zone, period = drawn(2)
    design = np.concatenate([np.eye(4)[period], columns], axis=1)
    found = fit_mixed(y, sampling, design, zone, (0.05, 0.05))

    whole = np.diag(sampling + found.row) + found.zone * (zone[:, None] == zone)
    inverse = np.linalg.inv(whole)
    covariance = np.linalg.inv(design.T @ inverse @ design)
    assert found.covariance == pytest.approx(covariance)
    assert found.weights == pytest.approx(covariance @ design.T @ inverse @ y)


def test_weights_are_recovered_and_a_zone_apart_is_found() -> None:
    told = explain(*drawn(1, apart=1.2))

    assert told.weights[0, 1] < 0.5 < told.weights[0, 2]
    assert told.weights[1, 1] < told.weights[1, 2] < 0
    zone = drawn(1)[3]
    assert told.zone_p[zone == 3].max() < 0.001
    assert told.zone_p[zone != 3].min() > 0.01


def test_where_nothing_is_apart_p_is_even() -> None:
    """Of 12 draws of 16 zones, by both tests; .05 may come out as .01, or as .11."""
    told = [explain(*drawn(seed)) for seed in range(12)]
    zone_p = np.concatenate([one.zone_p[::4] for one in told])
    row_p = np.concatenate([one.p for one in told])

    assert 0.01 <= (zone_p <= 0.05).mean() <= 0.11
    assert 0.02 <= (row_p <= 0.05).mean() <= 0.09
    assert stats.kstest(zone_p, "uniform").pvalue > 0.001


def test_too_few_zones_explain_nothing() -> None:
    y, sampling, columns, zone, period = drawn(1, zones=6)

    with pytest.raises(ValueError, match="too few"):
        explain(y, sampling, columns, zone, period)
