"""A measure: planted effects are found at their size, none is found where there is none."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from shapely import box
from tests.analyses.facts_table import HOUR, facts, frame, us

from vigie.analyses.did_it_work import MeasureParameters, run
from vigie.base.errors import NotFound
from vigie.geo.zonings import Zoning

EVE = date(2025, 1, 5)
BEFORE, AFTER = 30, 30
DAY = EVE + timedelta(days=1 + 7 * BEFORE)
ZONES = 24
STEP, SIDE = 0.04, 0.01


def _zoning() -> Zoning:
    corners = [(5.0 + STEP * (k % 6), 43.0 + STEP * (k // 6)) for k in range(ZONES)]
    polygons = [box(x, y, x + SIDE, y + SIDE) for x, y in corners]
    ids = [f"z{k:02d}" for k in range(ZONES)]
    return Zoning("grid", {"fr": "Grille", "en": "Grid"}, tuple(ids), tuple(ids), tuple(polygons))


GRID = _zoning()
CITY = replace(frame(EVE, DAY + timedelta(days=7 * AFTER + 1)), zonings={"grid": GRID})


def _facts(seed: int, *, effect: float = 1.0, ring: float = 1.0, zone: int = 9) -> pa.Table:
    """Facts in 24 zones that share a season, 12 a week each; 10 a week at 200 m east of one."""
    rng = np.random.default_rng(seed)
    weeks = np.arange(BEFORE + AFTER)
    since = weeks >= BEFORE
    season = 1 + 0.4 * np.sin(2 * np.pi * weeks / 52)
    means = np.tile(12 * season, (ZONES + 1, 1))
    means[ZONES] *= 10 / 12
    means[zone, since] *= effect
    means[ZONES, since] *= ring
    counts = rng.poisson(means)
    place, week = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    start = us(2025, 1, 6, 12)
    early = start + 24 * HOUR * (7 * week + rng.integers(0, 7, len(week)))
    of = np.where(place == ZONES, zone, place)
    lon = 5.0 + STEP * (of % 6) + np.where(place == ZONES, SIDE + 0.0025, SIDE / 2)
    table = facts(early.tolist())
    table = table.set_column(table.schema.get_field_index("lon"), "lon", pa.array(lon))
    lat = pa.array(43.0 + STEP * (of // 6) + SIDE / 2)
    return table.set_column(table.schema.get_field_index("lat"), "lat", lat)


def _ask(table: pa.Table, **params: object):
    given = {"zoning": "grid", "treated": "z09", "day": DAY, **params}
    found = run(table, MeasureParameters.model_validate(given), CITY)
    return found, {row["part"]: row for row in reversed(found.table.to_pylist())}


def test_a_planted_fall_is_found_at_its_size_and_nowhere_else() -> None:
    found, rows = _ask(_facts(1, effect=0.6))
    effect = rows["effect"]

    assert effect["low"] < 0.6 < effect["high"] < 1
    assert effect["p"] == pytest.approx(1 / 24)
    assert rows["ring"]["low"] < 1 < rows["ring"]["high"]
    assert rows["placebo_time"]["low"] < 1 < rows["placebo_time"]["high"]
    controls = [row for row in found.table.to_pylist() if row["part"] == "control"]
    assert sum(row["weight"] for row in controls) == pytest.approx(1)
    assert "z09" not in {row["zone"] for row in controls}
    events = [row for row in found.table.to_pylist() if row["part"] == "event"]
    assert events[7]["label"] == "+0"
    assert events[7]["day"] == DAY
    assert np.mean([row["ratio"] for row in events[7:]]) == pytest.approx(0.6, abs=0.1)


@pytest.mark.parametrize(("ring", "told"), [(1.3, "displaced"), (0.75, "spread")])
def test_what_moved_around_is_told_from_good_that_spread(ring: float, told: str) -> None:
    _, rows = _ask(_facts(2, effect=0.5, ring=ring))
    quotient = rows["quotient"]

    assert quotient["low"] < quotient["ratio"] < quotient["high"]
    assert (quotient["ratio"] < 0) == (told == "displaced")
    assert (rows["ring"]["ratio"] > 1) == (told == "displaced")


def test_controls_like_the_place_tell_the_same_fall() -> None:
    """The facts are all at noon: the share of the night tells no place from another."""
    found, rows = _ask(_facts(1, effect=0.6), weighing="characters")
    chosen, _ = _ask(_facts(1, effect=0.6), weighing="characters", controls="z00,z01,z02,z23")
    controls = [row for row in chosen.table.to_pylist() if row["part"] == "control"]

    assert rows["effect"]["low"] < 0.6 < rows["effect"]["high"] < 1
    assert "night 0.00" in found.notes[1]["en"]
    assert {row["zone"] for row in controls} == {"z00", "z01", "z02", "z23"}
    assert len({row["weight"] for row in controls}) > 1


def test_before_it_starts_only_the_power_is_told() -> None:
    found, rows = _ask(_facts(4), day=DAY + timedelta(days=7 * AFTER))

    assert set(rows) == {"power", "placebo_time"}
    assert "0 after" in found.notes[0]["en"]


def test_a_place_that_went_its_own_way_before_is_not_credited() -> None:
    found, _ = _ask(_facts(5, effect=0.4), day=DAY + timedelta(days=7 * 15))

    assert any("do not credit" in note["en"] for note in found.notes)


def test_what_is_missing_is_said() -> None:
    no_zone, _ = _ask(_facts(6), treated="")
    no_facts, _ = _ask(_facts(6).slice(0, 0))
    near, _ = _ask(_facts(6), ring_m=5_000)

    assert "Choose the zone" in no_zone.notes[0]["en"]
    assert "nothing can be said" in no_facts.notes[0]["en"]
    assert no_facts.base == no_zone.base == near.table.num_rows == 0
    with pytest.raises(NotFound):
        _ask(_facts(6), treated="nowhere")
    with pytest.raises(NotFound):
        _ask(_facts(6), zoning="nowhere")
