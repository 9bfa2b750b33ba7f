"""The written truth is enough to score a method: its numbers agree with what happened."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from tests.city.built_city import BuiltCity

from vigie.city.kinds import kinds
from vigie.city.truth import day_factor, weather_factor


@pytest.fixture(scope="module")
def effects(autumn: BuiltCity) -> dict[str, Any]:
    path = autumn.folder / "truth" / "effects.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_every_known_effect_is_written(effects: dict[str, Any]) -> None:
    assert set(effects["kinds"]) == {k.code for k in kinds()}
    assert {e["kind"] for e in effects["events"]} <= set(effects["kinds"])
    assert {m["factor"] for m in effects["measures"]} == {0.6, 1.0}
    assert {a["name"] for a in effects["anomalies"]} == {
        "epidemic",
        "silent_sensor",
        "stuck_sensor",
    }
    assert len(effects["planted_plans"]) == 5
    assert effects["log"]["double_share"] > 0
    assert all(entry["from_at"].endswith("+00:00") for entry in effects["hot_spots"])


def test_rates_and_factors_foresee_the_background(autumn: BuiltCity) -> None:
    """Rate x factors, summed over the span, is what a Poisson draw came from."""
    truth = autumn.truth
    background = truth.incidents.kind[truth.incidents.cause == 0]
    seen = np.bincount(background, minlength=len(kinds()))
    rates = autumn.parquet("rates").to_pandas()
    rates = rates[rates.zoning == "arrondissement"]
    by_hour = rates.groupby(["kind", "local_hour"]).per_day.sum()
    total = 0.0
    for number, kind in enumerate(kinds()):
        hourly = np.array([by_hour.get((kind.code, hour), 0.0) for hour in range(24)])
        factor = day_factor(kind, truth.span) * weather_factor(kind, truth.weather)
        expected = float((hourly[truth.span.local_hour] * factor).sum())
        total += expected
        thinned = any(measure.kind == kind.code for measure in truth.measures)
        if not thinned:
            assert abs(seen[number] - expected) < 5 * np.sqrt(expected) + 3, kind.code
    assert seen.sum() == pytest.approx(total, rel=0.03)


def test_shares_told_are_the_shares_written(autumn: BuiltCity, effects: dict[str, Any]) -> None:
    told = autumn.parquet("tellings").to_pandas()
    happened = autumn.parquet("incidents").to_pandas()
    old = happened[happened["at"] < happened["at"].min() + np.timedelta64(7, "D")]
    firsts = told[told.role != "double"]
    for source in ("main_courante", "rescue", "reports"):
        share = old.kind.map(lambda code, s=source: effects["kinds"][code]["tells"].get(s, 0.0))
        heard = old.incident.isin(firsts[firsts.source == source].incident).sum()
        assert heard == pytest.approx(share.sum(), rel=0.06)


def test_delays_are_the_delays_written(autumn: BuiltCity, effects: dict[str, Any]) -> None:
    told = autumn.parquet("tellings").to_pandas()
    at = autumn.parquet("incidents").to_pandas()["at"]
    seen = told[(told.source == "rescue") & (told.role == "first")]
    happened = at.loc[seen.incident].set_axis(seen.index)
    waited = (seen.reported_at - happened).dt.total_seconds() / 60
    assert waited.median() == pytest.approx(effects["sources"]["rescue"]["minutes"], rel=0.1)
