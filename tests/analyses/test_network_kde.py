"""Density along streets: by hand on one street, hot where planted, hardly ever where nothing is."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import shapely
from tests.analyses.facts_table import METRE_LAT, METRE_LON, at_metres, facts, frame

from vigie.analyse.running import withhold
from vigie.analyses.network_kde import ANALYSIS, NetworkDensityParameters, run
from vigie.geo.distance import haversine_m

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))
PARAMS = NetworkDensityParameters(draws=199)
CROSSING = (5.365, 43.285)


def _on_the_long_street(away_m: np.ndarray):
    """Return facts so many metres east of the crossing."""
    x = (CROSSING[0] - 5.36) / METRE_LON + away_m
    return at_metres(x, np.full(len(x), 0.005 / METRE_LAT), np.zeros(len(x), int))


def test_on_one_street_it_is_the_kernel_by_hand() -> None:
    """Ten facts, 500 m from any end: at their lixel's middle the mean height is that of quartic."""
    found = run(_on_the_long_street(np.full(10, 600.0)), PARAMS, FRAME)
    top = max(found.table.to_pylist(), key=lambda row: row["density"])
    half = (top["to_m"] - top["from_m"]) / 2 / 300
    mass = 2 * 15 / 16 * (half - 2 * half**3 / 3 + half**5 / 5)

    assert top["street"] == "Rue du Midi"
    assert top["density"] == pytest.approx(10 * mass / (2 * half * 0.3), rel=0.02)
    assert top["facts"] == pytest.approx(10)
    assert top["low"] < top["density"] < top["high"]
    assert found.base == 10


def test_all_facts_are_still_there_when_spread() -> None:
    chance = np.random.default_rng(2)
    found = run(_on_the_long_street(chance.uniform(-200, 1_000, 80)), PARAMS, FRAME)
    rows = found.table.to_pylist()
    km = [shapely.from_wkt(row["course"]) for row in rows]
    length = [haversine_m(*line.coords[0], *line.coords[-1]) / 1000 for line in km]

    assert sum(r["density"] * n for r, n in zip(rows, length, strict=True)) == pytest.approx(
        80, rel=0.01
    )


def test_a_planted_stretch_is_hot_and_an_even_street_is_not() -> None:
    chance = np.random.default_rng(5)
    even = chance.uniform(-240, 1_040, 150)
    planted = run(_on_the_long_street(np.append(even, chance.normal(700, 40, 60))), PARAMS, FRAME)
    hot = [row for row in planted.table.to_pylist() if row["kind_of_spot"] == "hot"]

    assert len(hot) >= 2
    assert all(haversine_m(row["lon"], row["lat"], 5.3736, 43.285) < 300 for row in hot)
    assert hot[0]["q"] <= 0.05
    assert all(row["z"] * 2 == round(row["z"] * 2) for row in planted.table.to_pylist())


def test_what_is_vague_or_off_the_streets_is_told() -> None:
    table = _on_the_long_street(np.array([0.0, 100.0, 200.0]))
    index = table.schema.get_field_index("accuracy_m")
    table = table.set_column(index, "accuracy_m", [[None, 400.0, 20.0]])
    far = at_metres([100.0], [1_000.0], [0])
    found = run(pa.concat_tables([table, far], promote_options="permissive"), PARAMS, FRAME)
    told = " ".join(note["en"] for note in found.notes)

    assert found.base == 2
    assert "1 facts located less exactly" in told
    assert "67% of the 3 located facts are on a street" in told


def test_a_stretch_of_few_facts_is_withheld_with_all_its_numbers() -> None:
    found = run(_on_the_long_street(np.array([0.0, 10.0, 20.0])), PARAMS, FRAME)
    keys = [column.name for column in ANALYSIS.columns if column.key]
    table, many = withhold(found.table, "facts", 5, keys)

    assert many > 0
    assert {row["density"] for row in table.to_pylist() if row["withheld"]} == {None}


def test_without_streets_there_is_no_answer() -> None:
    found = run(facts([0]), PARAMS, replace(FRAME, streets=()))

    assert found.table.num_rows == 0
    assert "0 streets known" in found.notes[0]["en"]


def test_the_bandwidth_may_be_chosen() -> None:
    params = PARAMS.model_copy(update={"bandwidth_m": 0, "split": "discontinuous"})
    found = run(_on_the_long_street(np.random.default_rng(1).normal(500, 20, 50)), params, FRAME)

    assert "Bandwidth: 100 m (chosen by cross-validation)" in found.notes[-1]["en"]
