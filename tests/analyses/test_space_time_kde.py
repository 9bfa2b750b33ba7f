"""Density through time: steady is told steady, what moves is seen to move."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from sklearn.neighbors import KernelDensity
from tests.analyses.facts_table import at_metres, facts, frame

from vigie.analyse.ground import ground_of
from vigie.analyse.slots import Slots
from vigie.analyses.space_time_kde import SpaceTimeDensityParameters, run, time_weights
from vigie.geo.cells import cell_centers

FRAME = frame(date(2026, 3, 2), date(2026, 5, 31))
PARAMS = SpaceTimeDensityParameters(
    zoning="halves", resolution=10, bandwidth_m=150, bandwidth_days=7, moments=3
)


def test_weights_of_a_moment_sum_to_one_whatever_the_edge() -> None:
    weights = time_weights(Slots(0, 89, 1), 6, 14.0)

    assert weights.shape == (90, 6)
    assert weights.sum(axis=0) == pytest.approx(np.ones(6))
    assert weights[:, 0].argmax() == 15


def test_a_steady_place_is_steady_and_one_that_moves_moves() -> None:
    """Two facts a day at one place; at another five a day in the last month only."""
    steady = np.repeat(np.arange(90), 2)
    late = np.repeat(np.arange(60, 90), 5)
    x = np.concatenate([np.full(180, 300.0), np.full(150, 1_300.0)])
    table = at_metres(x, np.full(330, 500.0), np.concatenate([steady, late]))
    found = run(table, PARAMS, FRAME).table.to_pylist()
    by_day = {}
    for row in found:
        by_day.setdefault(row["day"], []).append(row)
    first, last = (max(by_day[day], key=lambda row: row["density"]) for day in (
        min(by_day), max(by_day)))  # fmt: skip
    steady_rows = [row for row in found if row["cell"] == first["cell"]]

    assert len(by_day) == 3
    assert first["cell"] != last["cell"]
    assert [row["change"] for row in steady_rows] == pytest.approx([1, 1, 1], rel=0.1)
    assert last["change"] > 2
    assert last["low"] < last["density"] < last["high"]


def test_in_the_middle_it_is_the_density_of_scikit_learn() -> None:
    """A Gaussian kernel in three dimensions, 100 m by 100 m by 7 days, by ``KernelDensity``.

    Facts at the centres of cells and in the middle of days, three bandwidths from the edges, where
    ours is cut; told at the middle day of the period.
    """
    asked = PARAMS.model_copy(update={"bandwidth_m": 100, "moments": 2})
    ground = ground_of(FRAME, "halves", 10)
    middle = np.hypot(ground.x - ground.x.mean(), (ground.y - ground.y.mean()) * 2) < 450
    chance = np.random.default_rng(6)
    place = chance.choice(np.flatnonzero(middle), 80)
    day = chance.integers(20, 70, 80)
    lon, lat = cell_centers(ground.cells[place])
    table = at_metres(np.zeros(80), np.zeros(80), day)
    for name, values in (("lon", lon), ("lat", lat)):
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, pa.array(values))
    found = run(table, asked, FRAME)
    told = found.table.to_pydict()
    first = np.array(told["density"]).reshape(len(ground), 2)[:, 0]

    scale = np.array([100.0, 100.0, 7.0])
    theirs = KernelDensity().fit(np.column_stack([ground.x[place], ground.y[place], day]) / scale)
    where = np.column_stack([ground.x, ground.y, np.full(len(ground), 45.0)]) / scale
    density = 80 * np.exp(theirs.score_samples(where)) / scale.prod() * 1e6
    assert found.base == 80
    assert told["day"][0] == date(2026, 4, 16)
    assert first[middle] == pytest.approx(density[middle], rel=0.03)
    assert density[middle].max() > 5


def test_no_fact_has_no_density() -> None:
    found = run(facts([]), PARAMS, FRAME)

    assert found.base == 0
    assert set(found.table["density"].to_pylist()) == {0.0}
