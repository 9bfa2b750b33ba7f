"""The density of the ground: thick where facts are, told with its width, sums to the facts.

That of scikit-learn is in ``tests/analyse/test_kernels.py``.
"""

from datetime import date

import numpy as np
import pytest
from tests.analyses.facts_table import at_metres, facts, frame

from vigie.analyses.kde import DensityParameters, run
from vigie.geo.cells import cell_center
from vigie.geo.distance import haversine_m

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))
PARAMS = DensityParameters(zoning="halves", resolution=10, bandwidth_m=150)


def test_it_is_thickest_where_facts_are_and_sums_to_them() -> None:
    chance = np.random.default_rng(1)
    x, y = chance.normal(900, 80, 200), chance.normal(500, 80, 200)
    found = run(at_metres(x, y, np.zeros(200, int)), PARAMS, FRAME)
    rows = found.table.to_pylist()
    lon, lat = cell_center(int(rows[0]["cell"], 16))
    total = sum(row["density"] for row in rows) * 1.8 / len(rows)

    assert haversine_m(lon, lat, 5.36 + 900 / 80_880, 43.28 + 500 / 111_100) < 150
    assert total == pytest.approx(200, rel=0.1)
    assert rows[0]["low"] < rows[0]["density"] < rows[0]["high"]
    assert rows[0]["facts"] > 50
    assert rows[0]["ratio"] > 5
    assert "150 m (given)" in found.notes[0]["en"]


def test_a_width_is_chosen_and_said() -> None:
    chance = np.random.default_rng(2)
    table = at_metres(chance.random(300) * 1_600, chance.random(300) * 1_100, np.zeros(300, int))
    found = run(table, PARAMS.model_copy(update={"bandwidth_m": 0}), FRAME)

    assert "chosen by cross-validation" in found.notes[0]["en"]
    assert max(found.table["ratio"].to_pylist()) < 2


def test_no_fact_has_no_density() -> None:
    found = run(facts([]), PARAMS, FRAME)

    assert set(found.table["density"].to_pylist()) == {0.0}
    assert set(found.table["ratio"].to_pylist()) == {None}
