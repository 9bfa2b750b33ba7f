"""Better than naive or not shown: verdicts, scores on all places, coverage, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from tests.foresight.forecasting.test_backtest import town

from vigie.foresight.forecasting.backtest import Rolled, roll, stretch_of
from vigie.foresight.forecasting.judging import (
    BASELINE,
    FORECAST,
    calibration,
    choose,
    hits,
    judge,
    judged,
    pit,
    score,
)
from vigie.foresight.forecasting.models import MODELS
from vigie.foresight.forecasting.tensor import Floats, Tensor

SIMPLE = {name: MODELS[name] for name in ("naive", "historical")}


@dataclass(frozen=True)
class Seer:
    """A model that knows the counts of a town, times a factor."""

    truth: Floats
    factor: float = 1.0
    name: str = "seer"

    def fit(self, tensor: Tensor, upto: int) -> Seer:
        return self

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        return self.factor * self.truth[:, origin : origin + horizon] + 0.3


def rolled(factor: float, kinds: int = 1) -> tuple[Tensor, Rolled]:
    tensor = town(24, kinds=kinds)
    stretch = stretch_of(tensor)
    assert stretch is not None
    seer = Seer(tensor.counts, factor)
    return tensor, roll(tensor, stretch, 7, models={**SIMPLE, "seer": lambda: seer})


def test_a_model_that_beats_both_baselines_is_shown() -> None:
    tensor, found = rolled(1.0)
    (verdict,) = judge(found, tensor.kinds, tensor.week)
    assert (verdict.state, verdict.model) == (FORECAST, "seer")
    assert all(low > 0 for _, low, _ in verdict.gains.values())
    assert verdict.as_json()["why"]["fr"].startswith("Meilleur")


def test_a_model_that_is_worse_is_not_and_the_baseline_is_named() -> None:
    tensor, found = rolled(30.0)
    (verdict,) = judge(found, tensor.kinds, tensor.week)
    assert (verdict.state, verdict.model, verdict.chosen) == (BASELINE, "historical", "seer")
    assert "référence" in verdict.as_json()["why"]["fr"]


def test_a_model_no_better_than_the_mean_is_not_shown() -> None:
    tensor = town(24)
    stretch = stretch_of(tensor)
    assert stretch is not None
    twin = {**SIMPLE, "twin": MODELS["historical"]}
    found = roll(tensor, stretch, 7, models=twin)
    (verdict,) = judge(found, tensor.kinds, tensor.week)
    assert verdict.state == BASELINE
    assert verdict.gains["naive"][1] > 0


def test_the_weeks_that_choose_are_not_those_that_judge() -> None:
    tensor, found = rolled(1.0)
    cut = found.stretch.judged - found.stretch.begin
    turned = {name: values.copy() for name, values in found.means.items()}
    turned["seer"][:, cut:] = 50.0
    later = Rolled(found.stretch, turned, found.truth, {})
    assert choose(later, 0) == "seer"
    (verdict,) = judge(later, tensor.kinds, tensor.week)
    assert verdict.state == BASELINE


def test_kinds_are_judged_apart() -> None:
    tensor, found = rolled(1.0, kinds=2)
    spoiled = found.means["seer"].copy()
    spoiled[..., 1] = 40.0
    mixed = Rolled(found.stretch, {**found.means, "seer": spoiled}, found.truth, {})
    assert [one.state for one in judge(mixed, tensor.kinds, tensor.week)] == [FORECAST, BASELINE]


def test_scores_are_over_all_places_and_beside_the_naive_one() -> None:
    tensor, found = rolled(1.0, kinds=2)
    scores = score(found, tensor.kinds, tensor.week)
    assert set(scores) == {"naive", "historical", "seer"}
    own = scores["seer"]["k0"]
    mean, truth = (found.part(one, judged=True) for one in (found.means["seer"], found.truth))
    mean, truth = mean[..., 0], truth[..., 0]
    deviance = 2 * (np.where(truth > 0, truth * np.log(np.maximum(truth, 1e-9) / mean), 0.0)
                    - truth + mean)  # fmt: skip
    assert own["deviance"]["value"] == pytest.approx(float(deviance.mean()), abs=1e-4)
    assert own["facts"] == int(truth.sum())
    assert own["masked"]["warning"] == "forecast_masked_score"
    assert own["bias"] == pytest.approx(float(mean.sum() / truth.sum()), abs=1e-5)
    assert len(own["weekly"]) == 12


def test_the_true_rate_is_calibrated_and_covered() -> None:
    tensor, found = rolled(1.0)
    chance = np.random.default_rng(0)
    mean = chance.gamma(2.0, 0.5, found.truth.shape)
    drawn = chance.poisson(mean).astype(float)
    whole = judged(Rolled(found.stretch, {"true": mean}, drawn, {}), "true")
    (fifty, eighty, ninety) = (one for one in score(
        Rolled(found.stretch, {"true": mean}, drawn, {}), ("k",), tensor.week,
    )["true"]["k"]["coverage"])  # fmt: skip
    assert fifty["randomised"] == pytest.approx(0.5, abs=0.05)
    assert eighty["randomised"] == pytest.approx(0.8, abs=0.05)
    assert ninety["printed"] >= 0.93
    assert max(abs(one - 1.0) for one in pit(whole)) < 0.45
    for one in calibration(whole.mean, whole.truth):
        assert one["expected"] == pytest.approx(one["seen"], rel=0.6)


def test_pei_is_one_for_the_best_choice_and_pai_says_how_dense() -> None:
    truth = np.zeros((10, 1, 1))
    truth[:2, 0, 0] = [8.0, 2.0]
    assert hits(truth, truth, 0.10) == {"pei": 1.0, "pai": 8.0}
    assert hits(-truth, truth, 0.10) == {"pei": 0.0, "pai": 0.0}
    assert hits(truth, np.zeros_like(truth), 0.10) == {"pei": None, "pai": None}
