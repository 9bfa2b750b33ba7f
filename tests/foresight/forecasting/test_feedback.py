"""The loop of patrols and discoveries: the urn of the literature, and Vigie's own chain."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from vigie.foresight.forecasting.feedback import MOST_DRIFT, Town, stress, true_rates, urn
from vigie.foresight.forecasting.models import MODELS
from vigie.foresight.forecasting.tensor import Floats, Tensor


@pytest.mark.parametrize(
    ("rates", "corrected", "mean", "spread"),
    [
        ((0.3, 0.2), False, 0.77, 0.07),
        ((0.3, 0.2), True, 0.594, 0.03),
        ((0.3, 0.3), False, 0.494, 0.106),
        ((0.3, 0.3), True, 0.504, 0.024),
    ],
)
def test_the_urn_of_ensign_et_al_runs_away_unless_it_is_corrected(
    rates: tuple[float, float], corrected: bool, mean: float, spread: float
) -> None:
    """Ensign et al. 2018, as simulated for the analytics reference (section 4)."""
    shares = urn(rates, corrected=corrected)
    assert shares.mean() == pytest.approx(mean, abs=0.02)
    assert shares.std() == pytest.approx(spread, abs=0.015)


def test_the_town_has_the_share_it_says() -> None:
    town = Town()
    rates = true_rates(town, 1).reshape(town.rows, town.columns)
    west = rates[:, : town.columns // 2].sum()
    assert west / rates.sum() == pytest.approx(town.share)
    assert rates.mean() == pytest.approx(town.daily)


def test_the_mean_stays_at_the_truth_with_the_rule_and_leaves_it_without() -> None:
    """Requirement: AIA-1."""
    found = stress(MODELS["historical"], runs=2)
    assert found.passed
    assert found.drift <= MOST_DRIFT
    assert abs(found.share - found.truth) < 0.03
    assert found.unruled - found.truth > 0.05
    assert len(found.path) == len(found.unruled_path) == found.weeks == 52


@dataclass(frozen=True)
class Obsessed:
    """A model that sees twice as much where it has looked most: it must not pass."""

    name: str = "obsessed"

    def fit(self, tensor: Tensor, upto: int) -> Obsessed:
        return replace(self)

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        mean = tensor.counts[:, :origin].mean(axis=1) ** 3
        return np.repeat(mean[:, None, :], horizon, axis=1) + 1e-3


def test_a_model_that_exaggerates_is_caught() -> None:
    found = stress(Obsessed, runs=1)
    assert not found.passed
    assert found.as_json()["passed"] is False
    assert found.as_json()["drift"] == round(found.drift, 4)


def test_the_same_seed_gives_the_same_year() -> None:
    one, other = (stress(MODELS["naive"], runs=1, weeks=8, seed=4) for _ in range(2))
    assert one == other
