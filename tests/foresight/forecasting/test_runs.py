"""A model that feeds on itself is withheld, however well it did on the past."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.foresight.forecasting.test_backtest import town

from vigie.base.translations import LANGUAGES, codes, translate
from vigie.foresight import forecasting
from vigie.foresight.forecasting.feedback import MOST_DRIFT, WEEKS
from vigie.foresight.forecasting.judging import BASELINE, FORECAST, WHY, WITHHELD, Verdict
from vigie.foresight.forecasting.models import MODELS
from vigie.foresight.forecasting.runs import ahead, withhold_runaways
from vigie.foresight.forecasting.tensor import Floats, Tensor

SIMPLE = {name: MODELS[name] for name in ("naive", "historical")}


@dataclass(frozen=True)
class Obsessed:
    """A model that exaggerates what it has seen: patrols that follow it stay where they are."""

    name: str = "obsessed"

    def fit(self, tensor: Tensor, upto: int) -> Obsessed:
        return self

    def predict(self, tensor: Tensor, origin: int, horizon: int) -> Floats:
        mean = tensor.counts[:, :origin].mean(axis=1) ** 3
        return np.repeat(mean[:, None, :], horizon, axis=1) + 1e-3


def verdicts() -> tuple[Verdict, Verdict]:
    """One kind whose model beat both baselines, one that is given the mean."""
    return (
        Verdict("k0", FORECAST, "obsessed", "obsessed", "beats", {}),
        Verdict("k1", BASELINE, "historical", "obsessed", "not_better", {}),
    )


def test_a_model_that_fails_a_year_of_patrols_is_withheld_and_the_mean_stands_in() -> None:
    """Requirement: AIA-1."""
    models = {**SIMPLE, "obsessed": Obsessed}

    kept, tests = withhold_runaways(verdicts(), models)

    assert set(tests) == {"historical", "obsessed"}
    assert all(one.weeks == WEEKS == len(one.path) for one in tests.values())
    assert tests["obsessed"].drift > MOST_DRIFT >= tests["historical"].drift
    withheld, mean = kept
    assert (withheld.state, withheld.model, withheld.why) == (WITHHELD, "historical", "feedback")
    assert (withheld.kind, withheld.chosen) == ("k0", "obsessed")
    assert set(withheld.as_json()["why"]) == set(LANGUAGES)
    assert mean == verdicts()[1]

    tensor = town(16, kinds=2)
    numbers, factors = ahead(tensor, 7, kept, models)
    historical = MODELS["historical"]().fit(tensor, tensor.slots)
    assert np.array_equal(numbers, historical.predict(tensor, tensor.slots, 7))
    assert not factors


def test_a_model_that_passes_is_shown() -> None:
    shown = (Verdict("k0", FORECAST, "historical", "historical", "beats", {}),)

    kept, tests = withhold_runaways(shown, SIMPLE)

    assert kept == shown
    assert tests["historical"].passed


def told_codes() -> Iterator[str]:
    """Every code of a message that a module of the forecast names."""
    for path in Path(str(forecasting.__file__)).parent.rglob("*.py"):
        yield from re.findall(r'"(forecast_[a-z_]+)"', path.read_text(encoding="utf-8"))


def test_every_code_that_the_forecast_tells_has_its_text_in_both_languages() -> None:
    named = set(told_codes())

    assert "forecast_masked_score" in named
    assert named <= set(codes())
    for code in named:
        texts = {translate(code, language) for language in LANGUAGES}
        assert len(texts) == len(LANGUAGES)
        assert code not in texts


@pytest.mark.parametrize("why", WHY)
def test_every_reason_of_a_verdict_is_told_in_both_languages(why: str) -> None:
    assert set(WHY[why]) == set(LANGUAGES)
    assert len(set(WHY[why].values())) == len(LANGUAGES)
