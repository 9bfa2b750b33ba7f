"""Kinds of places with more facts than exposure tells: the planted one, with its factor.

Brute force and scikit-learn's numbers are in ``tests/analyse/test_terrain.py``.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
from tests.analyse.test_terrain_ground import places
from tests.analyses.facts_table import METRE_LAT, METRE_LON, at_metres, facts, frame, us

from vigie.analyse.terrain_ground import TerrainParameters
from vigie.analyses.risk_factors import ANALYSIS, run

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))
PARAMS = TerrainParameters(
    zoning="halves", exposure="area", resolution=10, block_m=300, near_m=100, far_m=250
)


def planted(seed: int, near: int) -> tuple[pa.Table, pa.Table]:
    """Return facts, some of them within 60 m of bars, and bars, stops and schools."""
    chance = np.random.default_rng(seed)
    there = places(["place.bar"] * 12 + ["place.stop"] * 20 + ["place.school"] * 8, seed)
    bar = chance.integers(0, 12, near)
    x, y = (
        (there[name].to_numpy()[bar] - corner) / size + chance.normal(0, 30, near)
        for name, corner, size in (("lon", 5.36, METRE_LON), ("lat", 43.28, METRE_LAT))
    )
    x = np.clip(np.concatenate([x, chance.uniform(0, 1_600, 600)]), 1, 1_600)
    y = np.clip(np.concatenate([y, chance.uniform(0, 1_100, 600)]), 1, 1_100)
    return at_metres(x, y, chance.integers(0, 7, len(x))), there


def test_the_planted_kind_comes_first_with_an_interval_above_one() -> None:
    table, there = planted(2, 500)
    found = run(table, PARAMS, replace(FRAME, places=there))
    rows = found.table.to_pylist()

    assert rows[0]["place_kind"] == "place.bar"
    assert 1 < rows[0]["low"] < rows[0]["factor"] < rows[0]["high"]
    assert rows[0]["places"] == 12
    assert 1_095 <= found.base <= 1_100  # one at a corner may be in a cell of no part
    assert "gain" in found.notes[-1]["en"]


def test_a_model_that_is_no_better_than_exposure_is_not_shown() -> None:
    table, there = planted(3, 0)
    found = run(table, PARAMS, replace(FRAME, places=there))

    assert found.table.num_rows == 0
    assert "not shown" in found.notes[-1]["en"]


def test_a_fact_between_evening_and_morning_is_none_of_the_night_window() -> None:
    night = PARAMS.model_copy(update={"from_hour": 22, "to_hour": 6})
    found = run(facts([us(2026, 3, 2, 17)], [us(2026, 3, 3, 7)]), night, FRAME)

    assert found.base == 0


def test_a_handful_of_facts_near_a_kind_is_withheld() -> None:
    assert ANALYSIS.count_column == "facts_near"
    assert ANALYSIS.suppress_below == 5
