"""Where risk adds up: around the planted places, the same for cells with the same around them."""

from dataclasses import replace

import numpy as np
from tests.analyses.facts_table import facts, us
from tests.analyses.test_risk_factors import FRAME, PARAMS, planted

from vigie.analyses.risk_terrain import run
from vigie.geo.cells import cell_center
from vigie.geo.distance import haversine_m


def test_the_riskiest_cells_are_at_the_planted_places() -> None:
    table, there = planted(2, 500)
    rows = run(table, PARAMS, replace(FRAME, places=there)).table.to_pylist()
    bars = list(zip(*(there[name].to_pylist()[:12] for name in ("lon", "lat")), strict=True))

    def far(cell: str) -> float:
        lon, lat = cell_center(int(cell, 16))
        return min(float(haversine_m(lon, lat, *bar)) for bar in bars)

    assert [row["risk"] for row in rows] == sorted((row["risk"] for row in rows), reverse=True)
    assert np.median([far(row["cell"]) for row in rows[:10]]) < 100
    assert np.median([far(row["cell"]) for row in rows[-30:]]) > 100
    assert {row["certain"] for row in rows if row["low"] > 1} == {"above"}


def test_no_map_is_drawn_of_a_model_that_is_no_better() -> None:
    table, there = planted(3, 0)
    found = run(table, PARAMS, replace(FRAME, places=there))

    assert found.table.num_rows == 0
    assert found.base == 600


def test_an_uncertain_fact_is_none_of_a_window_it_may_lie_outside() -> None:
    night = PARAMS.model_copy(update={"from_hour": 22, "to_hour": 6})

    assert run(facts([us(2026, 3, 2, 17)], [us(2026, 3, 3, 7)]), night, FRAME).base == 0
