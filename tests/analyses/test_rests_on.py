"""A row's own facts: as many as the row counts, and nothing of what it does not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.analyses.facts_table import HOUR, METRE_LAT, METRE_LON, at_metres, facts, frame, us

import vigie.analyses
from vigie.analyse.analysis import Analysis, discover
from vigie.base.errors import NotFound, WrongUsage

EVERY = discover(vigie.analyses)
METRES = (("lon", METRE_LON), ("lat", METRE_LAT))
FRAME = frame(date(2026, 3, 2), date(2026, 8, 30))
EVE, DAYS = date(2025, 1, 5), 140
LONG = frame(EVE, EVE + timedelta(days=DAYS + 1))


def _keys(analysis: Analysis, row: Mapping[str, Any]) -> dict[str, Any]:
    return {one.name: row[one.name] for one in analysis.columns if one.key}


def _mine(name: str, table: pa.Table, of: Any, row: Mapping[str, Any], **params: Any) -> pa.Table:
    """Return the facts of a row, from a table whose columns are those the analysis reads."""
    analysis = EVERY[name]
    assert analysis.rests_on is not None
    asked = analysis.parameters.model_validate(params)
    read = table.select(list(analysis.reads))
    return read.filter(pa.array(analysis.rests_on(read, asked, of, _keys(analysis, row))))


def _answer(name: str, table: pa.Table, of: Any, **params: Any) -> list[dict[str, Any]]:
    analysis = EVERY[name]
    asked = analysis.parameters.model_validate(params)
    return analysis.run(table, asked, of).table.to_pylist()


@pytest.fixture(scope="module")
def town() -> pa.Table:
    """120 facts, thirty of them followed nearby within four days."""
    chance = np.random.default_rng(8)
    x, y, day = chance.random(90) * 1_600, chance.random(90) * 1_100, chance.integers(0, 150, 90)
    near = slice(0, 30)
    return at_metres(
        np.concatenate([x, x[near] + chance.normal(0, 30, 30)]),
        np.concatenate([y, y[near] + chance.normal(0, 30, 30)]),
        np.concatenate([day, day[near] + chance.integers(0, 5, 30)]),
    )


def _pairs(table: pa.Table, row: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the pairs of facts of a band, one by one."""
    x, y = table["lon"].to_numpy() / METRE_LON, table["lat"].to_numpy() / METRE_LAT
    day = table["earliest_us"].to_numpy() // (24 * HOUR)
    found = []
    for a, b in combinations(range(table.num_rows), 2):
        metres, days = np.hypot(x[a] - x[b], y[a] - y[b]), abs(day[a] - day[b])
        near = row["from_m"] < metres <= row["to_m"]
        if near and row["from_days"] <= days <= row["to_days"]:
            found.append((a, b))
    return found


def test_a_band_of_near_repeats_leads_to_the_facts_of_its_pairs(town: pa.Table) -> None:
    rows = [row for row in _answer("near_repeat", town, FRAME, draws=99) if row["pairs"]]
    assert len(rows) > 3

    for row in rows[:6]:
        mine = _mine("near_repeat", town, FRAME, row, draws=99)
        pairs = _pairs(mine, row)
        assert len(pairs) == pytest.approx(row["pairs"], abs=1)  # a metre of degrees is rounded
        assert mine.num_rows <= 2 * row["pairs"]


def test_near_pairs_of_knox_lead_to_their_facts_other_tests_to_all(town: pa.Table) -> None:
    rows = _answer("space_time_interaction", town, FRAME, draws=99)
    own = {row["test"]: _mine("space_time_interaction", town, FRAME, row).num_rows for row in rows}
    band = {"from_m": -1.0, "to_m": 300.0, "from_days": 0, "to_days": 6}

    assert own["knox"] == own["modified_knox"] == len(set(sum(_pairs(town, band), ())))
    assert own["jacquez"] == own["mantel"] == town.num_rows


@pytest.mark.parametrize("nothing", ["shift", "labels"])
def test_a_distance_of_cross_k_leads_to_the_facts_of_its_pairs(nothing: str) -> None:
    """Rows up to 80, 160 and 240 m; facts nearer to the edge than that begin no pair."""
    chance = np.random.default_rng(4)
    x, y = chance.uniform(0, 1_600, 90), chance.uniform(0, 1_100, 90)
    kinds = np.repeat(["offence.property.theft", "offence.disorder.noise", "road"], 30)
    table = at_metres(x, y, np.zeros(90))
    table = table.set_column(table.schema.get_field_index("kind"), "kind", pa.array(kinds))
    asked = {
        "first": "offence.property",
        "second": "offence.disorder",
        "zoning": "halves",
        "step_m": 80,
        "steps": 3,
        "draws": 99,
        "shift_m": 400,
        "nothing": nothing,
    }
    rows = _answer("cross_k", table, FRAME, **asked)
    assert rows[-1]["pairs"] > rows[0]["pairs"] > 0

    for row in rows:
        mine = _mine("cross_k", table, FRAME, row, **asked)
        again = _answer("cross_k", mine, FRAME, **asked | {"steps": 3})
        apart = [
            np.hypot(*((mine[c][a].as_py() - mine[c][b].as_py()) / m for c, m in METRES))
            for a, b in combinations(range(mine.num_rows), 2)
            if mine["kind"][a].as_py() != mine["kind"][b].as_py()
        ]
        near = sum(one <= row["to_m"] for one in apart)
        assert "road" not in mine["kind"].to_pylist()
        assert mine.num_rows <= 2 * row["pairs"] <= 2 * near
        assert not again or again[int(row["to_m"] // 80) - 1]["pairs"] == row["pairs"]
    with pytest.raises(WrongUsage):
        _mine("cross_k", table, FRAME, {"to_m": 81.0}, **asked)


def test_pairs_with_places_lead_to_the_facts_in_them() -> None:
    """Of seven facts at one place and three far from it only the seven stand in pairs."""
    from tests.analyse.test_terrain_ground import places

    there = places(["place.stop"] * 6, 1)
    near = (
        np.repeat(there.slice(0, 1)["lon"].to_numpy(), 7),
        np.repeat(there.slice(0, 1)["lat"].to_numpy(), 7),
    )
    table = at_metres(np.full(10, 800.0), np.full(10, 550.0), np.zeros(10))
    for name, values in zip(("lon", "lat"), near, strict=True):
        far = table[name].to_numpy()[7:]
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, pa.array(np.concatenate([values, far])))
    of = replace(FRAME, places=there)
    kind = table["kind"][0].as_py()
    asked = {"first": kind, "second": "place.stop", "zoning": "halves", "step_m": 10, "draws": 99}
    mine = _mine("cross_k", table, of, {"to_m": 10.0}, **asked)

    assert mine.num_rows == 7
    assert mine["lon"].to_pylist() == near[0].tolist()
    few = _mine("cross_k", table.slice(0, 4), of, {"to_m": 10.0}, **asked)
    assert few.num_rows == 0


def test_two_series_lead_to_the_facts_of_both_and_of_no_third() -> None:
    """Three days at each end of the period are not compared; the first and last hold no fact."""
    chance = np.random.default_rng(2)
    day = {name: chance.integers(0, DAYS, 200) for name in ("lead", "tail", "alone")}
    start = us(2025, 1, 6, 12)
    table = facts((start + 24 * HOUR * np.concatenate(list(day.values()))).tolist())
    source = pa.array(np.repeat(list(day), 200).tolist(), pa.string())
    table = table.set_column(table.schema.get_field_index("source"), "source", source)
    mine = _mine("moves_together", table, LONG, {"first": "tail", "second": "lead"})
    inner = {name: int(((one >= 2) & (one < DAYS - 2)).sum()) for name, one in day.items()}
    counted = {one["values"]: one["counts"] for one in pc.value_counts(mine["source"]).to_pylist()}

    assert counted == {"lead": inner["lead"], "tail": inner["tail"]}
    with pytest.raises(WrongUsage):
        _mine("moves_together", table, LONG, {"first": "tail", "second": "nobody"})


def test_two_sources_lead_to_the_reports_that_are_linked() -> None:
    """Of thirty calls twenty are told by the police too: forty reports, and none of the ten."""
    x, day = np.linspace(0, 1_500, 30), np.arange(30)
    told = []
    for source, many, off in (("rescue", 30, 0), ("main_courante", 20, 10)):
        table = at_metres(x[:many] + off, np.full(many, 100.0), day[:many])
        at = table["earliest_us"]
        for name, values in (
            ("source", pa.array([source] * many, pa.string())),
            ("kind", pa.array(["road.accident"] * many, pa.string())),
            ("reported_at", at.cast(pa.timestamp("us", "UTC"))),
        ):
            table = table.set_column(table.schema.get_field_index(name), name, values)
        told.append(table)
    table = pa.concat_tables(told)
    row = {"first": "main_courante", "second": "rescue"}
    mine = _mine("same_incident", table, FRAME, row)

    assert mine["source"].to_pylist() == ["rescue"] * 20 + ["main_courante"] * 20
    assert pc.max(mine["earliest_us"]).as_py() == table["earliest_us"][19].as_py()
    assert _mine("same_incident", table, FRAME, {**row, "first": "rescue"}).num_rows == 0


def test_every_part_of_a_judged_measure_leads_to_the_facts_it_counts() -> None:
    from tests.analyses.test_did_it_work import CITY, DAY, ZONES, _facts

    table = _facts(1, effect=0.6)
    asked = {"zoning": "grid", "treated": "z09", "day": DAY}
    rows = _answer("did_it_work", table, CITY, **asked)
    parts = {row["part"] for row in rows}
    assert {"effect", "ring", "event", "control", "placebo_time", "power"} <= parts

    for row in rows:
        mine = _mine("did_it_work", table, CITY, row, **asked)
        if row["observed"] is not None:
            assert mine.num_rows == row["observed"], row
        else:
            assert mine.num_rows > 0
    zones = [row["zone"] for row in rows if row["part"] == "control"]
    assert 3 < len(zones) < ZONES
    ask = {"label": "", "zone": "", "day": None, "weight": None}
    with pytest.raises(WrongUsage):
        _mine("did_it_work", table, CITY, {**ask, "part": "nothing"}, **asked)
    with pytest.raises(NotFound):
        _mine("did_it_work", table, CITY, {**ask, "part": "control", "zone": "z99"}, **asked)
    with pytest.raises(NotFound):
        _mine("did_it_work", table, replace(CITY, zonings={}), {**ask, "part": "effect"}, **asked)


@pytest.mark.parametrize(
    "row",
    [{}, {"to_m": "100"}, {"to_m": 2**70}, {"to_m": 123.0}, {"to_m": 100.0, "from_days": True}],
)
def test_keys_that_no_row_has_are_refused_in_words(town: pa.Table, row: dict[str, Any]) -> None:
    analysis = EVERY["near_repeat"]
    assert analysis.rests_on is not None
    with pytest.raises(WrongUsage):
        analysis.rests_on(town, analysis.parameters(), FRAME, row)
