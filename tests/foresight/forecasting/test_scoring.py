"""Scores: their definitions, other people's numbers, and what must hold for every forecast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import special, stats

from vigie.foresight.forecasting import scoring
from vigie.foresight.forecasting.intervals import LEAST_ALPHA, Spread
from vigie.foresight.forecasting.models import MODELS
from vigie.foresight.forecasting.tensor import FLOOR, Tensor

COUNTS = arrays.arrays(np.float64, (3, 4, 2), elements=st.integers(0, 30).map(float))
MEANS = arrays.arrays(np.float64, (3, 4, 2), elements=st.floats(FLOOR, 40.0))
MU = np.array([0.1, 1.0, 3.0, 6.0, np.pi, 100.0])
SEEN = np.array([0.0, 0.0, 2.0, 14.0, 5.0, 63.0])


@given(MEANS, COUNTS)
def test_deviance_is_never_negative(mean, counts):
    assert (scoring.deviance(mean, counts) >= 0.0).all()


@given(COUNTS)
def test_deviance_is_zero_where_the_forecast_is_what_happened(counts):
    assert np.allclose(scoring.deviance(counts + 0.0, counts)[counts > 0], 0.0, atol=1e-9)


@given(MEANS, COUNTS)
def test_deviance_is_positive_where_they_differ(mean, counts):
    apart = np.abs(mean - counts) > 0.01
    assert (scoring.deviance(mean, counts)[apart] > 0.0).all()


def test_a_mean_below_the_floor_is_taken_at_the_floor():
    assert scoring.deviance(np.zeros(1), np.zeros(1))[0] == pytest.approx(2.0 * FLOOR)


@given(MEANS, COUNTS, st.floats(0.05, 1.0))
def test_pei_is_between_zero_and_one_and_one_for_who_knew(mean, counts, share):
    told = scoring.flagged(mean, counts, share)
    knew = scoring.flagged(counts.sum(axis=1, keepdims=True) * 0 + counts, counts, share)

    if counts.any():
        assert 0.0 <= told.pei <= 1.0
        assert knew.pei == pytest.approx(1.0)
    else:
        assert np.isnan(told.pei)


@pytest.mark.parametrize(
    ("alpha", "wanted"),
    [
        (0.0, 6.07760977730636),
        (2.0, -0.468561113465647),
        (1.0 / np.array([0.1, 0.1, 10.0, 10.0, 100.0, 100.0]), 2.81071829075294),
    ],
)
def test_the_calibration_statistic_is_that_of_the_package_surveillance(alpha, wanted):
    """Values of ``test-calibration.R`` of R's surveillance (item T11)."""
    assert scoring.calibration(MU, SEEN, alpha).z == pytest.approx(wanted, rel=1e-9)


VARYING = 1.0 / np.array([0.1, 0.1, 10.0, 10.0, 100.0, 100.0])


@pytest.mark.parametrize(
    ("by", "alpha", "wanted", "within"),
    [
        ("log", 0.0, 5.955339, 2e-6),
        ("ranked", 0.0, 4.456472, 2e-6),
        ("ranked", 2.0, -0.437254, 2e-4),
        ("ranked", VARYING, 2.572236, 2e-4),
    ],
)
def test_so_are_those_of_the_logarithmic_and_the_ranked_score(by, alpha, wanted, within):
    """The same test of surveillance (item T11), which sums negative binomials to 1e-4 only."""
    assert scoring.calibration(MU, SEEN, alpha, by=by).z == pytest.approx(wanted, abs=within)


@pytest.mark.parametrize(("alpha", "wanted"), [(2.0, 0.403872), (VARYING, 2.770905)])
def test_summed_as_far_as_surveillance_sums_the_logarithmic_score_is_its_own(alpha, wanted):
    """T11: it stops at 1e-5 of the distribution; gone on with, its sums come to ours."""

    def z(left):
        """Return the statistic by the terms of Wei and Held's equation 11, so much left out."""
        found = []
        for mu, seen, size in zip(MU, SEEN, np.broadcast_to(1.0 / alpha, 6), strict=True):
            told = stats.nbinom(size, size / (size + mu))
            k = np.arange(told.ppf(1.0 - left) + 6)
            term = special.betaln(k + 1, size) + np.log(k + size)
            whole = special.xlogy(mu + size, mu + size) - special.xlogy(mu, mu)
            mean = (told.pmf(k) * term).sum() + whole - special.xlogy(size, size)
            square = (told.pmf(k) * (term + k * np.log1p(size / mu)) ** 2).sum()
            variance = square - (mean - size * np.log1p(mu / size)) ** 2
            found.append((-told.logpmf(seen) - mean) / np.sqrt(variance))
        return sum(found) / np.sqrt(6)

    assert z(1e-5) == pytest.approx(wanted, abs=1e-6)
    assert scoring.calibration(MU, SEEN, alpha, by="log").z == pytest.approx(z(1e-13), abs=1e-5)


@pytest.mark.parametrize("by", ["dawid_sebastiani", *scoring.SUMMED])
def test_right_forecasts_are_seldom_doubted_and_wrong_ones_are(by):
    """At 5 %, of 50 right forecasts 2.5 are doubted on average, more than 8 once in a thousand."""
    chance = np.random.default_rng(3)
    mean = chance.gamma(2.0, 1.0, 200)
    tables = chance.poisson(mean, (50, 200)).astype(float)

    assert sum(scoring.calibration(mean, one, by=by).p < 0.05 for one in tables) <= 8
    assert scoring.calibration(mean, 2.0 * tables[0], by=by).p < 1e-6


@pytest.mark.parametrize("alpha", [0.0, 0.8])
@pytest.mark.parametrize("mean", [0.05, 1.3, 40.0])
def test_the_pit_of_the_true_distribution_is_uniform(mean, alpha):
    """Czado, Gneiting & Held (2009): every bin holds its share, whatever the mean (item T15)."""
    spread = Spread(np.array([alpha]))
    size = 1.0 / max(alpha, LEAST_ALPHA)
    at = (np.arange(20_000) + 0.5) / 20_000
    counts = stats.nbinom.ppf(at, size, size / (size + mean))[:, None]

    bins = scoring.histogram(spread, np.full_like(counts, mean), counts)

    assert bins == pytest.approx(np.ones(10), abs=2e-3)


def test_the_crps_of_a_certain_forecast_is_its_distance():
    spread = Spread(np.zeros(1))

    near = scoring.ranked_probability(spread, np.array([[FLOOR]]), np.array([[3.0]]))

    assert near[0, 0] == pytest.approx(3.0, abs=0.01)


def test_the_crps_prefers_the_truth():
    generator = np.random.default_rng(1)
    counts = generator.poisson(2.0, (4000, 1)).astype(float)
    spread = Spread(np.zeros(1))

    scores = [
        scoring.ranked_probability(spread, np.full_like(counts, mean), counts).mean()
        for mean in (1.0, 2.0, 4.0)
    ]

    assert scores[1] == min(scores)


def test_a_difference_is_sure_only_beyond_chance():
    generator = np.random.default_rng(2)
    counts = generator.poisson(2.0, (10, 70, 1)).astype(float)
    truth, wrong = np.full_like(counts, 2.0), np.full_like(counts, 4.0)

    better = scoring.difference(truth, wrong, counts, week=7)
    same = scoring.difference(truth, truth, counts, week=7)

    assert better.sure
    assert (better.won, better.weeks) == (10, 10)
    assert not same.sure
    assert same.mean == 0.0


def test_the_masked_score_carries_its_warning():
    told = scoring.masked(np.ones(3), np.array([0.0, 1.0, 3.0]))

    assert told.warning == "forecast_masked_score"
    assert told.mae == pytest.approx(1.0)
    assert told.mape == pytest.approx(1.0 / 3.0)


@pytest.mark.shared
def test_the_reference_values_of_chicago_are_reproduced(shared_dir):
    """Item T17 and section 1.2 of the reference: constant 1 and the historical mean."""
    from datetime import date

    file = np.load(shared_dir / "data" / "chicago" / "grid_tensor_chi_3km.npz")
    parts = np.concatenate([file["trn"], file["val"], file["tst"]], axis=2)
    tensor = Tensor.from_grid(parts, [str(k) for k in file["categories"]], date(2016, 1, 1))
    train, test = file["trn"].shape[2], parts.shape[2] - file["tst"].shape[2]
    counts = tensor.counts[:, test:]
    mean = MODELS["historical"]().fit(tensor, train).predict(tensor, test, counts.shape[1])

    ones = scoring.masked(np.ones_like(counts), counts)
    harm = scoring.masked(mean, counts)

    assert (round(ones.mae, 4), round(ones.mape, 4)) == (1.4569, 0.3641)
    assert (round(harm.mae, 4), round(harm.mape, 4)) == (1.0788, 0.5178)
    assert round(float(scoring.deviance(mean, counts).mean()), 4) == 0.5028
