"""Every query file on DuckDB and on a real Spark cluster (a master, two workers): equal answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow.dataset import dataset
from tests.analyses.facts_table import at_metres, frame
from tests.intake.reread_scene import brought, reread, state
from tests.lake.sample_lake import fill
from tests.lake.samples import DAY_US, HOUR_US, START_US, city_facts

from vigie.analyses.space_time_scan import ScanParameters
from vigie.analyses.space_time_scan import run as scan_space_time
from vigie.base.errors import Conflict, MissingPart, Unavailable, WrongUsage
from vigie.base.hands import Hands
from vigie.base.settings import LakeSettings
from vigie.foresight.forecasting.evidence import check_kinds
from vigie.foresight.forecasting.lake_tensor import Question, read_counts
from vigie.geo.cells import bbox_ranges
from vigie.judge.linkage_spans import link_over_time, read_reports
from vigie.lake import cubes as cubes_module
from vigie.lake import spark as spark_module
from vigie.lake.cluster import SHORT_LIVED, LocalCluster
from vigie.lake.cubes import CUBE, cube_schema
from vigie.lake.resuming import Resumed
from vigie.lake.spark import SparkEngine
from vigie.lake.statements import statements
from vigie.lake.store import Lake

WINDOW = {"from_us": START_US + 5 * HOUR_US + 1_234_567, "to_us": START_US + 40 * HOUR_US + 89}
BOX = {"west": 5.30, "south": 43.27, "east": 5.42, "north": 43.33}
CHOICE = {"kinds": ["offence.property", "rescue"], "sources": ["log", "rescue"]}
HERE = {"lon": 5.3712345, "lat": 43.3012345, "radius_m": 2_500.0}
QUICK = {
    "spark.driver.extraJavaOptions": SHORT_LIVED,
    "spark.executor.extraJavaOptions": SHORT_LIVED,
}
EVERYTHING = {"from_us": 0, "to_us": START_US + 90 * DAY_US}

ASKED: dict[str, list[dict[str, Any]]] = {
    "around_facts": [{**HERE, **WINDOW, "since_us": WINDOW["from_us"] + HOUR_US}],
    "cube_rebuild": [{}],
    "day_counts": [{**WINDOW, **CHOICE}],
    "extent": [{}],
    "fact_by_id": [{"fact_id": city_facts(1)["fact_id"][0].as_py()}],
    "facts_page": [
        {"limit_rows": 50},
        {"before_us": START_US + DAY_US, "before_id": "m", "limit_rows": 50, **BOX},
    ],
    "histogram": [{"bucket_us": HOUR_US, "origin_us": START_US - 17, **BOX}],
    "histogram_cube": [{"bucket_us": DAY_US, "origin_us": START_US, **WINDOW, **CHOICE}],
    "hour_weekday": [{"severity_min": 2}],
    "kind_cell_year": [{}],
    "latest_means": [{"from_us": START_US, "sources": ["bus"]}],
    "map_cells": [{"resolution": 10, **WINDOW, **BOX, **CHOICE}, {"resolution": 7}],
    "map_clusters": [{"resolution": 9, "status": ["open", "closed"]}],
    "map_cube": [{}, {**WINDOW, **CHOICE}],
    "map_fine": [{}, {**WINDOW, **CHOICE, "ranges": bbox_ranges(*BOX.values())}],
    "map_fine_clusters": [{}, {**WINDOW, **CHOICE, "ranges": bbox_ranges(*BOX.values())}],
    "map_points": [{"limit_rows": 30, **BOX}],
    "measure_series": [{"metric": "noise.laeq", "bucket_us": HOUR_US, **EVERYTHING}],
    "near_facts": [{**HERE, **WINDOW}],
    "near_measures": [{**HERE, **EVERYTHING, "metrics": ["people.count"]}],
    "part_hours": [{}],
    "placed_facts": [{**WINDOW, **CHOICE, **BOX}],
    "places_all": [{"kinds": ["place"]}],
    "plans_between": [{"from_us": START_US, "to_us": START_US + 20 * DAY_US, "kinds": ["space"]}],
    "source_freshness": [{}],
    "summary_counts": [{"severity_min": 0, **CHOICE}],
    "spots_made": [{}],
    "sums_merged": [{}, {"length": 4, "by_source": False}],
    "sums_rebuild": [{}],
    "theme_cells": [{"bucket_us": HOUR_US, "origin_us": START_US - 17, **WINDOW, **CHOICE}],
    "watched_facts": [{"limit_rows": 40, **WINDOW, **CHOICE, **BOX}],
    "watched_measures": [{"metric": "noise.laeq", "sources": ["sensors"], **EVERYTHING, **BOX}],
    "zone_counts": [{"zone_cells": "made from the facts"}],
}

CASES = [(name, number) for name, asked in sorted(ASKED.items()) for number in range(len(asked))]


def test_every_query_file_has_its_parity_test() -> None:
    assert set(ASKED) == set(statements())
    assert all(ASKED.values())


def test_without_pyspark_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(spark_module.importlib, "import_module", absent)
    with pytest.raises(MissingPart) as missing:
        SparkEngine("spark://127.0.0.1:1")
    assert "spark" in missing.value.params["remedy"]


def test_without_a_master_spark_is_unavailable(lake: Lake) -> None:
    pytest.importorskip("pyspark")
    with pytest.raises(Unavailable):
        lake.query("extent", engine="spark")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, needs_java: object) -> Iterator[Lake]:
    """A lake on a standing cluster; one part has no fresh cube."""
    folder = tmp_path_factory.mktemp("parity")
    with LocalCluster(folder / "cluster") as cluster:
        settings = LakeSettings(threads=2, spark_master=cluster.master)
        with Lake.open(folder / "lake", settings, create=True) as lake:
            lake._engines["spark"] = SparkEngine(cluster.master, QUICK)
            fill(lake, facts=700, days=2)
            lake.compact()
            lake.commit("facts", city_facts(40, seed=8, days=1, prefix="late"))
            yield lake


@pytest.mark.needs_java
@pytest.mark.parametrize(("name", "number"), CASES)
def test_both_engines_give_the_same_answer(both: Lake, name: str, number: int) -> None:
    params = dict(ASKED[name][number])
    if "zone_cells" in params:
        params["zone_cells"] = zone_cells(both)
    snapshot = both.snapshot()
    embedded = snapshot.query(name, **params)
    distributed = snapshot.query(name, engine="spark", **params)
    assert embedded.num_rows > 0
    assert distributed.schema.equals(embedded.schema)
    assert distributed.to_pylist() == embedded.to_pylist()


def zone_cells(lake: Lake) -> pa.Table:
    cells = sorted(set(lake.scan("facts", columns=["cell"])["cell"].drop_null().to_pylist()))
    weights = [(i % 10) / 10 for i in range(len(cells))]
    return pa.table({"zone": [f"Z{c % 3}" for c in cells], "cell": cells, "weight": weights})


@pytest.mark.needs_java
def test_spark_says_that_a_snapshot_is_gone(both: Lake) -> None:
    snapshot = both.snapshot()
    both.erase("facts", city_facts(1)["fact_id"].to_pylist())
    with pytest.raises(Conflict):
        snapshot.query("hour_weekday", engine="spark")


class CutShort(Exception):
    """A heavy job that somebody ended."""


@pytest.mark.needs_java
def test_cubes_are_rebuilt_on_spark_resumed_and_the_same(
    both: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short after the first group, the second run makes the rest alone; either engine's."""
    monkeypatch.setattr(cubes_module, "REFRESH_ROWS", 1)
    parts = len(both.parts("facts"))
    both.refresh_cubes(anew=True)
    embedded = rows_of(both)
    heard: list[tuple[int, int, str]] = []

    def cut(done: int, total: int, part: str) -> None:
        heard.append((done, total, part))
        raise CutShort

    with pytest.raises(CutShort):
        both.refresh_cubes(engine="spark", anew=True, told=cut)
    half = rows_of(both)
    assert 0 < len(half) < len(embedded)
    assert both.query("map_cube").equals(both.query("map_cells", resolution=8))
    assert both.refresh_cubes(engine="spark", told=lambda *one: heard.append(one)) == parts - 1
    assert len(heard) == parts
    assert heard[0][1] > heard[-1][0] == heard[-1][1]
    assert rows_of(both) == embedded
    assert both.refresh_cubes(engine="spark") == 0


def rows_of(lake: Lake) -> list[dict[str, Any]]:
    """Return the stored cube, in an order that no engine gives."""
    cube = lake._tables[CUBE]
    files = [str(path) for path in cube.source(cube.current().files).paths()]
    rows = dataset(files, schema=cube_schema()).to_table().to_pylist() if files else []
    return sorted(rows, key=lambda row: [str(row[name]) for name in sorted(row)])


# --- Pieces of work ------------------------------------------------------------------------------


@pytest.mark.needs_java
def test_linkage_over_weeks_on_spark_is_resumed_and_the_same(both: Lake, tmp_path: Path) -> None:
    """Cut short after some spans of days, the second run compares the others alone."""
    facts = city_facts(900, seed=3, days=40)
    east, north = (np.nan_to_num(facts[name].to_numpy()) * 4_000 for name in ("lon", "lat"))
    reports = read_reports(facts, east, north)
    embedded = link_over_time(reports)
    spark = both.engine("spark")

    def cut(done: int) -> None:
        if done == 3:
            raise CutShort

    with pytest.raises(CutShort):
        link_over_time(reports, hands=Resumed(spark, tmp_path / "work", cut))
    again = Resumed(spark, tmp_path / "work")
    distributed = link_over_time(reports, hands=again)
    assert again.found >= 3
    assert again.done > again.found
    assert len(embedded.left) > 500
    for name in ("left", "right", "probability"):
        assert np.array_equal(getattr(distributed, name), getattr(embedded, name))
    again.finish()
    assert not (tmp_path / "work").exists()


@pytest.mark.needs_java
def test_what_a_piece_of_work_refuses_is_told_as_it_is_here(both: Lake) -> None:
    kinds = [("rescue.fire",), ("road.parking", "road.accident")]
    spark = both.engine("spark")
    assert list(spark.each(check_kinds, kinds)) == kinds
    with pytest.raises(WrongUsage) as told:
        list(spark.each(check_kinds, [*kinds, ("no.kind",)]))
    assert told.value.params["field"] == "kinds"
    with pytest.raises(Unavailable):
        list(spark.each(int, ["no number"]))


@pytest.mark.needs_java
@pytest.mark.parametrize("model", ["permutation", "bernoulli"])
def test_a_scan_of_a_year_on_spark_draws_the_same(both: Lake, model: str) -> None:
    chance = np.random.default_rng(4)
    days = np.concatenate([chance.integers(0, 360, 250), chance.integers(200, 214, 20)])
    x = np.concatenate([chance.random(250) * 1_600, chance.normal(400, 60, 20)])
    y = np.concatenate([chance.random(250) * 1_100, chance.normal(600, 60, 20)])
    facts = at_metres(x, y, days)
    kind = np.where(np.arange(270) % 3, "offence.disorder", "offence.property.theft")
    facts = facts.set_column(facts.schema.get_field_index("kind"), "kind", pa.array(kind))
    asked = {"draws": 99, "zoning": "halves", "radius_m": 400, "resolution": 9}
    params = ScanParameters.model_validate(
        {**asked, "model": model, "cases": "offence.property", "look": "ever", "step_days": 7}
    )
    year = frame(date(2026, 3, 2), date(2027, 3, 2))
    embedded = scan_space_time(facts, params, year)
    distributed = scan_space_time(facts, params, replace(year, hands=both.engine("spark")))
    assert embedded.table.num_rows > 0
    assert distributed.table.equals(embedded.table)


@pytest.mark.needs_java
@pytest.mark.parametrize("grid", ["square:500", "zoning:halves"])
def test_what_a_forecast_learns_from_is_counted_the_same_on_spark(both: Lake, grid: str) -> None:
    zonings = frame(date(2026, 3, 1), date(2026, 3, 4)).zonings
    asked = Question(
        grid=grid,
        slot_hours=6,
        kinds=("rescue", "offence.property"),
        first=date(2026, 2, 27),
        last=date(2026, 3, 4),
        ahead_days=2,
        timezone="Europe/Paris",
        centre=(5.37, 43.2965),
    )
    spark = Narrow(both.engine("spark"))
    embedded = read_counts(both, [], asked, zonings)
    distributed = read_counts(both, [], asked, zonings, spark)
    assert spark.pieces > 1
    assert embedded.tensor.counts.sum() >= 10
    assert np.array_equal(distributed.tensor.counts, embedded.tensor.counts)
    assert (distributed.tensor.neighbours != embedded.tensor.neighbours).nnz == 0
    for name in ("by_kind", "unplaced", "uncertain", "drawn", "sources"):
        assert getattr(distributed, name) == getattr(embedded, name)
    assert distributed.grid.cells == embedded.grid.cells
    assert distributed.weighed.by_discoverer == embedded.weighed.by_discoverer


class Narrow:
    """Hands that are given one file at a time, and count the pieces."""

    width = 2

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self.pieces = 0

    def each(self, work: Any, pieces: Any) -> Iterator[Any]:
        cut = [(path,) for piece in pieces for path in piece]
        self.pieces += len(cut)
        return self._hands.each(work, cut)


@pytest.mark.needs_java
def test_a_feed_is_read_anew_on_spark_as_it_is_here(both: Lake, tmp_path: Path) -> None:
    brought(tmp_path / "here", right=False)
    copytree(tmp_path / "here", tmp_path / "spark")
    embedded = reread(tmp_path / "here")
    distributed = reread(tmp_path / "spark", on=both.engine("spark"), engine="spark")
    assert distributed == embedded
    assert embedded.changed == 23
    assert state(tmp_path / "spark") == state(tmp_path / "here")
