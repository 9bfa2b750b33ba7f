"""Rates against an exposure: more facts where more was there is nothing; the rest is told."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.analyse.test_exposure import measures
from tests.analyses.facts_table import HOUR, at_metres, facts, frame, us

from vigie.analyses.exposure_rates import ANALYSIS, RateParameters, run
from vigie.base.errors import NotFound

FRAME = frame(date(2026, 3, 2), date(2026, 3, 4))
PARAMS = RateParameters(zoning="halves", measured_by="")


def _city(west: int, east: int, people: tuple[float, float], seed: int = 1):
    chance = np.random.default_rng(seed)
    x = np.concatenate([chance.uniform(0, 790, west), chance.uniform(830, 1_600, east)])
    table = at_metres(x, chance.uniform(0, 1_000, west + east), chance.integers(0, 2, west + east))
    rows = [
        (lon, hour, n) for lon, n in zip((5.365, 5.375), people, strict=True) for hour in range(48)
    ]
    return table, replace(FRAME, measures=measures(rows))


def test_four_times_the_facts_for_four_times_the_people_is_alike() -> None:
    """Known by hand: 400 facts for 100 people in 48 hours are 1 for 12 hours of a person."""
    found = run(*_place(_city(400, 100, (100.0, 25.0))))
    rows = {row["zone"]: row for row in found.table.to_pylist()}

    assert {row["state"] for row in rows.values()} == {"alike"}
    assert (
        rows["W"]["rate"]
        == pytest.approx(rows["E"]["rate"])
        == pytest.approx(10 * 400 / 4_800 * 10)
    )
    assert rows["W"]["low"] < rows["W"]["rate"] < rows["W"]["high"]
    assert found.base == 500


def test_the_same_facts_for_fewer_people_are_above() -> None:
    rows = run(*_place(_city(200, 200, (100.0, 25.0)))).table.to_pylist()

    assert [(row["zone"], row["state"]) for row in rows] == [("E", "above"), ("W", "below")]
    assert rows[0]["ratio"] == pytest.approx(4.0)
    assert rows[0]["rate"] > rows[0]["far_high"]
    assert rows[0]["q"] < 0.001


def test_zones_without_an_exposure_or_with_hardly_any_are_told_not_ranked() -> None:
    table, known = _city(200, 200, (100.0, 25.0))
    alone = replace(known, measures=known.measures.slice(0, 48))
    rows = {row["zone"]: row for row in run(table, PARAMS, alone).table.to_pylist()}
    table, known = _city(200, 1, (100.0, 0.5))
    small = {row["zone"]: row for row in run(table, PARAMS, known).table.to_pylist()}

    assert (rows["E"]["state"], rows["E"]["rate"], rows["E"]["facts"]) == ("missing", None, 0)
    assert (small["E"]["state"], small["E"]["rate"], small["E"]["facts"]) == ("tiny", None, 1)
    notes = run(table, PARAMS, alone).notes
    assert "1 facts left out" in notes[1]["en"]


def test_a_fact_between_evening_and_morning_is_none_of_the_night_window() -> None:
    evening, morning = us(2026, 3, 2, 17), us(2026, 3, 3, 7)
    table = facts([evening, us(2026, 3, 2, 22)], [morning, us(2026, 3, 2, 22) + HOUR])
    asked = PARAMS.model_copy(update={"exposure": "area", "from_hour": 22, "to_hour": 6})
    found = run(table, asked, FRAME)

    assert found.base == 1
    assert "1 facts of too uncertain" in found.notes[0]["en"]


def test_facts_that_come_in_series_widen_the_interval() -> None:
    """The same number of facts, all of a zone in one week or the other: scatter is told."""
    long = frame(date(2026, 3, 2), date(2026, 3, 30))
    day = np.repeat([0, 8, 16, 24], 50)
    steady = at_metres(np.tile([400, 1_200], 100), [500] * 200, day)
    burst = at_metres(np.where(day < 12, 400, 1_200), [500] * 200, day)
    asked = PARAMS.model_copy(update={"exposure": "area"})
    smooth, rough = (run(one, asked, long).table.to_pylist()[0] for one in (steady, burst))

    assert rough["high"] - rough["low"] > 2 * (smooth["high"] - smooth["low"])


def test_small_counts_are_withheld_with_their_rates() -> None:
    assert ANALYSIS.count_column == "facts"
    assert {column.name for column in ANALYSIS.columns if column.key} == {
        *("zone", "label", "exposure", "known", "error")
    }


def test_an_unknown_zoning_is_named() -> None:
    with pytest.raises(NotFound):
        run(facts([]), PARAMS.model_copy(update={"zoning": "none"}), FRAME)


def _place(city):
    table, known = city
    return table, PARAMS, known
