"""Accidents against exposure: the planted street told, one incident once, fines never evidence."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import shapely
from tests.analyses.facts_table import METRE_LAT, METRE_LON, at_metres, facts, frame

from vigie.analyse.running import withhold
from vigie.analyses.road_safety import ANALYSIS, SafetyParameters, run

SIDE = 12
NORTH = [43.28 + n * 80 * METRE_LAT for n in range(SIDE)]
STREETS = tuple(
    (f"Rue {n:02}", shapely.LineString([(5.36, lat), (5.38, lat)])) for n, lat in enumerate(NORTH)
)
WIDE_M = 0.02 / METRE_LON
FRAME = replace(frame(date(2026, 3, 2), date(2026, 5, 25)), streets=STREETS)
PARAMS = SafetyParameters()


def _on(street: np.ndarray, seed: int, kind: str = "road.accident.injury", **others: str):
    """Return facts on streets, each hours apart from all others."""
    chance = np.random.default_rng(seed)
    many = len(street)
    x = chance.uniform(5, WIDE_M - 5, many)
    table = at_metres(x, street * 80.0 + chance.normal(0, 5, many), chance.integers(0, 80, many))
    hours = pa.array(chance.integers(0, 22, many) * 3_600_000_000)
    for name in ("earliest_us", "latest_us"):
        moved = pa.compute.add(table[name], hours)
        table = table.set_column(table.schema.get_field_index(name), name, moved)
    for name, value in {"kind": kind, "source": "traffic_accidents", **others}.items():
        index = table.schema.get_field_index(name)
        table = table.set_column(index, name, pa.array([value] * many, pa.string()))
    return table


def _even(seed: int, each: int = 20):
    return _on(np.random.default_rng(seed).integers(0, SIDE, each * SIDE), seed)


def _by_place(table: pa.Table) -> dict[str, dict]:
    return {row["place"]: row for row in table.to_pylist()}


def test_the_street_with_more_accidents_is_first_and_told() -> None:
    table = pa.concat_tables([_even(1), _on(np.full(30, 7), 2)])
    found = run(table, PARAMS, FRAME)
    first = found.table.to_pylist()[0]

    assert (first["place"], first["kind_of_spot"], first["rank"]) == ("Rue 07", "hot", 1)
    assert first["expected"] < first["low"] < first["estimate"] < first["accidents"]
    assert first["excess"] == pytest.approx(first["estimate"] - first["expected"])
    assert found.base == sum(found.table["accidents"].to_pylist())
    assert any("Second half" in note["en"] for note in found.notes)


def test_where_all_streets_are_alike_hardly_any_is_told() -> None:
    told = [
        "hot" in run(_even(seed), PARAMS, FRAME).table["kind_of_spot"].to_pylist()
        for seed in range(20)
    ]

    assert sum(told) <= 3


def test_fines_and_what_patrols_found_never_rank_a_street() -> None:
    """Two hundred fines and fifty accidents found by a patrol move no rank."""
    plain = _even(3)
    fines = _on(np.full(200, 4), 4, "road.parking.dangerous", discovered_by="patrol")
    patrol = _on(np.full(50, 4), 5, discovered_by="patrol")
    with_them = run(pa.concat_tables([plain, fines, patrol]), PARAMS, FRAME)
    without = run(plain, PARAMS, FRAME)
    only = run(pa.concat_tables([fines, patrol]), PARAMS, FRAME)

    for name in ("rank", "place", "accidents", "estimate", "p", "kind_of_spot"):
        assert with_them.table[name] == without.table[name]
    assert _by_place(with_them.table)["Rue 04"]["fines"] == pytest.approx(200, abs=3)
    assert any("50 accidents found by a patrol" in note["en"] for note in with_them.notes)
    assert set(only.table["estimate"].to_pylist()) == {None}


def test_an_accident_told_by_two_sources_counts_once() -> None:
    table = _even(6)
    index = table.schema.get_field_index("source")
    rescue = table.set_column(index, "source", pa.array(["rescue"] * table.num_rows))
    twice = run(pa.concat_tables([table, rescue]), PARAMS, FRAME)
    apart = run(pa.concat_tables([table, rescue]), PARAMS.model_copy(update={"once": False}), FRAME)

    assert twice.base == pytest.approx(240, rel=0.1)
    assert apart.base == pytest.approx(480, rel=0.02)
    assert "rescue" in twice.table["told_by"][0].as_py()


def test_severe_ones_alone_may_be_counted_and_small_numbers_are_not_told() -> None:
    table = pa.concat_tables([_even(7), _on(np.full(3, 2), 8, "road.accident.fatal")])
    found = run(table, PARAMS, FRAME)
    severe = run(table, PARAMS.model_copy(update={"count": "severe"}), FRAME)
    keys = [column.name for column in ANALYSIS.columns if column.key]
    told, _ = withhold(severe.table, "accidents", 5, keys)

    assert _by_place(found.table)["Rue 02"]["severe"] is None
    assert _by_place(found.table)["Rue 03"]["severe"] == 0
    assert severe.base == 3
    assert {row["rank"] for row in told.to_pylist() if row["withheld"]} == {None}


def test_traffic_explains_a_busy_street() -> None:
    """Ten times the accidents at ten times the traffic is what is expected."""
    busy = pa.concat_tables([_even(9), _on(np.full(150, 5), 10)])
    hour = 3_600_000_000
    flow = [10_000.0 if n == 5 else 1_000.0 for n in range(SIDE)]
    measures = pa.table(
        {
            "metric": ["traffic.flow"] * SIDE,
            "place_id": [f"s{n}" for n in range(SIDE)],
            "from_us": [0] * SIDE,
            "to_us": [24 * hour] * SIDE,
            "lon": [5.37] * SIDE,
            "lat": NORTH,
            "value": flow,
        }
    )
    blind, seeing = (run(busy, PARAMS, replace(FRAME, measures=m)) for m in (None, measures))

    assert _by_place(blind.table)["Rue 05"]["kind_of_spot"] == "hot"
    assert _by_place(seeing.table)["Rue 05"]["kind_of_spot"] == "none"
    assert _by_place(seeing.table)["Rue 05"]["traffic"] == pytest.approx(10_000)
    assert any("to the power" in note["en"] for note in seeing.notes)


@pytest.mark.parametrize("unit", ["stretch", "junction"])
def test_stretches_and_junctions_are_places_too(unit: str) -> None:
    cross = tuple(
        (
            f"Traverse {n}",
            shapely.LineString(
                [(5.361 + n * 0.0015, 43.2799), (5.361 + n * 0.0015, 43.28 + 900 * METRE_LAT)]
            ),
        )
        for n in range(4)
    )
    crossed = replace(FRAME, streets=STREETS + cross)
    found = run(_even(11), PARAMS.model_copy(update={"unit": unit}), crossed)

    assert found.table.num_rows > 40
    assert (found.base > 200) if unit == "stretch" else (0 < found.base < 240)
    assert all(text.startswith("LINESTRING") for text in found.table["course"].to_pylist())


def test_without_streets_or_facts_nothing_is_told() -> None:
    none = run(facts([]), PARAMS, FRAME)

    assert none.base == 0
    assert set(none.table["estimate"].to_pylist()) == {None}
    assert run(_even(1), PARAMS, replace(FRAME, streets=())).table.num_rows == 0
