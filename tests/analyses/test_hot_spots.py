"""Hot spots: the planted one told, a lone cell told apart, hardly any where there is none.

The numbers of esda are in ``tests/analyse/test_association.py``.
"""

from datetime import date

import numpy as np
import pytest
from tests.analyses.facts_table import at_metres, facts, frame

from vigie.analyses.hot_spots import HotSpotParameters, run
from vigie.base.errors import NotFound
from vigie.geo.cells import cell_center
from vigie.geo.distance import haversine_m

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))
PARAMS = HotSpotParameters(zoning="halves", resolution=10, band_m=200)


def _facts(seed: int, planted: int, spread_m: float = 120.0):
    chance = np.random.default_rng(seed)
    x = np.concatenate([chance.random(400) * 1_600, chance.normal(900, spread_m, planted)])
    y = np.concatenate([chance.random(400) * 1_100, chance.normal(500, spread_m, planted)])
    return at_metres(x, y, np.zeros(len(x), int))


def _far(row: dict) -> float:
    lon, lat = cell_center(int(row["cell"], 16))
    return float(haversine_m(lon, lat, 5.36 + 900 / 80_880, 43.28 + 500 / 111_100))


def test_a_planted_hot_spot_is_told_where_it_is() -> None:
    found = run(_facts(1, 150), PARAMS, FRAME)
    hot = [row for row in found.table.to_pylist() if row["kind_of_spot"] == "hot"]

    assert len(hot) >= 3
    assert all(_far(row) < 500 for row in hot)
    assert all(row["low"] <= row["facts"] <= row["high"] for row in hot)
    assert all(row["z"] * 2 == round(row["z"] * 2) for row in hot)
    assert found.base == sum(found.table["facts"].to_pylist())
    assert "Moran" in found.notes[-2]["fr"]
    assert "G = " in found.notes[-1]["fr"]


def test_without_one_hardly_any_cell_is_told() -> None:
    told = [
        any(row["kind_of_spot"] != "none" for row in run(_facts(n, 0), p, FRAME).table.to_pylist())
        for n in range(20)
        for p in (PARAMS, PARAMS.model_copy(update={"method": "local_moran"}))
    ]

    assert sum(told) <= 6


def test_a_lone_high_cell_is_told_apart_by_local_moran() -> None:
    """Empty around: its neighbours are low, it is high."""
    params = PARAMS.model_copy(update={"method": "local_moran", "share": 0.5})
    rows = run(_facts(3, 300, spread_m=10), params, FRAME).table.to_pylist()
    top = max(rows, key=lambda row: row["facts"])

    assert top["kind_of_spot"] in {"none", "high_among_low", "hot"}
    assert {row["kind_of_spot"] for row in rows} <= {
        *("none", "hot", "cold", "high_among_low", "low_among_high")
    }


def test_all_in_one_place_and_nothing_at_all() -> None:
    """All facts in one cell: dealt anywhere, one cell in twenty is as near to them."""
    one = run(facts([0] * 30), PARAMS, FRAME).table.to_pylist()
    nothing = run(facts([]), PARAMS, FRAME).table.to_pylist()

    assert max(row["facts"] for row in one) == 30
    assert {row["kind_of_spot"] for row in one} == {"none"}
    assert {row["kind_of_spot"] for row in nothing} == {"none"}
    assert {row["p"] for row in nothing} == {None}


def test_an_unknown_zoning_is_named() -> None:
    with pytest.raises(NotFound):
        run(facts([]), PARAMS.model_copy(update={"zoning": "none"}), FRAME)
