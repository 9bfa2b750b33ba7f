"""Facts near places or other facts: the planted bond is told with its distance, else nothing.

Theory (pi r^2) and the levels of the tests are in ``tests/analyse/test_cross_k.py``.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.analyse.test_terrain_ground import places
from tests.analyses.facts_table import METRE_LAT, METRE_LON, at_metres, facts, frame, us

from vigie.analyses import cross_k
from vigie.analyses.cross_k import ANALYSIS, CrossKParameters, run
from vigie.base.errors import NotFound, WrongUsage

FRAME = frame(date(2026, 3, 2), date(2026, 3, 9))
PARAMS = CrossKParameters(
    first="offence", zoning="halves", second="place.stop", step_m=40, steps=5, draws=99, shift_m=500
)
THEFT, NOISE = "offence.property.theft", "offence.disorder.noise"


def _kinds(table: pa.Table, kinds: list[str]) -> pa.Table:
    return table.set_column(table.schema.get_field_index("kind"), "kind", pa.array(kinds))


def _city(seed: int, bound: bool) -> tuple[pa.Table, pa.Table]:
    chance = np.random.default_rng(seed)
    there = places(["place.stop"] * 40, seed)
    x, y = chance.uniform(0, 1_600, 300), chance.uniform(0, 1_100, 300)
    if bound:
        at = np.arange(300) % 40
        x = (there["lon"].to_numpy()[at] - 5.36) / METRE_LON + chance.normal(0, 25, 300)
        y = (there["lat"].to_numpy()[at] - 43.28) / METRE_LAT + chance.normal(0, 25, 300)
    return at_metres(x, y, chance.integers(0, 7, 300)), there


def test_facts_around_places_are_told_as_nearer() -> None:
    table, there = _city(1, bound=True)
    found = run(table, PARAMS, replace(FRAME, places=there))
    rows = found.table.to_pylist()

    assert rows[0]["state"] == "nearer"
    assert rows[0]["p"] <= 0.05
    assert rows[0]["ratio"] > rows[-1]["ratio"] > 0
    assert found.base > 250
    assert found.notes[0]["en"].startswith("Offences and disorder: ")


def test_facts_anywhere_are_alike() -> None:
    table, there = _city(2, bound=False)
    rows = run(table, PARAMS, replace(FRAME, places=there)).table.to_pylist()

    assert {row["state"] for row in rows} == {"alike"}
    assert all(row["low"] <= row["ratio"] <= row["high"] for row in rows)


def test_two_kinds_of_facts_that_keep_apart_are_told_by_their_names() -> None:
    table, _ = _city(3, bound=False)
    west = np.asarray(table["lon"].to_numpy()) < 5.37
    named = _kinds(table, np.where(west, THEFT, NOISE).tolist())
    asked = PARAMS.model_copy(update={"first": THEFT, "second": NOISE, "nothing": "labels"})
    rows = run(named, asked, FRAME).table.to_pylist()

    assert rows[-1]["state"] == "apart"


def test_kinds_that_hold_each_other_and_places_without_names_are_refused() -> None:
    for change in (
        {"first": "offence", "second": THEFT},
        {"nothing": "labels"},
        {"first": "place.stop", "second": "offence"},
    ):
        with pytest.raises(WrongUsage):
            run(facts([]), PARAMS.model_copy(update=change), FRAME)
    with pytest.raises(NotFound):
        run(facts([]), PARAMS.model_copy(update={"zoning": "none"}), FRAME)


def test_few_points_are_told_nothing_and_uncertain_ones_are_left_out() -> None:
    table = facts([us(2026, 3, 2)], [us(2026, 3, 5)])
    found = run(table, PARAMS, replace(FRAME, places=places(["place.stop"] * 9)))

    assert (found.base, found.table.num_rows) == (0, 0)
    assert "Fewer than 5" in found.notes[-1]["en"]
    assert ANALYSIS.count_column == "pairs"


def test_of_too_many_points_nothing_is_told_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, there = _city(3, bound=True)
    known = replace(FRAME, places=there)
    asked = PARAMS.model_copy(update={"first": "offence"})
    kinds = _kinds(table, [THEFT] * table.num_rows)
    whole = run(kinds, asked, known)
    assert whole.table.num_rows > 0
    monkeypatch.setattr(cross_k, "MOST_POINTS", 100)
    found = run(kinds, asked, known)
    assert found.table.num_rows == 0
    assert found.base == whole.base
    assert "More than 100 points of a kind" in found.notes[-1]["en"]
