"""A home that a bench fills is the home that feeds would have made of the same facts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.benchmarks._filling import SOURCES, days_of, finish, hotspots, write_facts

from vigie.base.clock import FixedClock, to_us
from vigie.model.contracts import FACTS
from vigie.situation.around.asked import HOUR_US, Wanted
from vigie.situation.around.situation import read_situation
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.local import local_caller

NOW = datetime(2026, 4, 1, 10, tzinfo=UTC)
ROWS, DAYS, FIRST = 400, 4, date(2026, 3, 27)
"""The third day has 23 hours."""
RECEIPT = ("received_at", "batch_id", "row")
MAPPING: dict[str, Any] = {
    "kind": "facts",
    "file": {"format": "jsonl"},
    "columns": {
        **{name: name for name in ("source_ref", "kind", "lon", "lat", "accuracy_m")},
        **{name: name for name in ("severity", "status", "basis")},
        "revision": {"value": 0},
        "earliest_at": {"column": "earliest_at", "format": "iso8601"},
        "latest_at": {"column": "latest_at", "format": "iso8601"},
    },
}


def made(folder: Path) -> Home:
    init_home(folder, {"log_level": "WARNING"})
    return open_home(folder, clock=FixedClock(NOW))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with made(tmp_path_factory.mktemp("filled") / "home") as home:
        write_facts(home.lake, ROWS, DAYS, FIRST)
        finish(home.lake)
        yield home


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("fed")
    with made(folder / "home") as home:
        facts = pa.concat_tables(days_of(ROWS, DAYS, FIRST, home.lake.timezone))
        for source in SOURCES:
            home.intake.register(source, "table", mapping={"source": source, **MAPPING})
            said = facts.filter(pc.equal(facts["source"], source)).to_pylist()
            path = folder / f"{source}.jsonl"
            path.write_text("\n".join(map(line, said)), "utf-8")
            report = home.intake.ingest_paths("table", [path], source=source)
            assert (report.read, report.accepted) == (len(said), len(said))
        home.lake.compact("facts")
        yield home


def line(row: dict[str, Any]) -> str:
    said = {name: row[name] for name in MAPPING["columns"]}
    times = {name: said[name].isoformat() for name in ("earliest_at", "latest_at")}
    return json.dumps({**said, **times})


def test_every_row_is_as_intake_makes_it(filled: Home, fed: Home) -> None:
    names = [name for name in FACTS.names() if name not in RECEIPT]
    ours, theirs = (home.lake.scan("facts", columns=names) for home in (filled, fed))
    assert ours.num_rows == ROWS
    assert ours.to_pylist() == theirs.to_pylist()


def test_files_are_the_same_but_for_their_names(filled: Home, fed: Home) -> None:
    def told(home: Home) -> list[Any]:
        found = []
        for file in home.lake.snapshot().versions["facts"].files:
            body = pq.ParquetFile(home.lake.tables["facts"].path(file))
            group = body.metadata.row_group(0)
            columns = [group.column(n).to_dict() for n in range(group.num_columns)]
            kept = ("path_in_schema", "compression", "encodings", "physical_type")
            form = [[column[name] for name in kept] for column in columns]
            sizes = (file.rows, file.low, file.high, body.num_row_groups)
            found.append((file.part, sizes, str(body.schema_arrow), form))
        return sorted(found, key=lambda one: one[0])

    assert told(filled) == told(fed)


def test_index_and_cubes_stand_at_the_facts(filled: Home, fed: Home) -> None:
    def index(home: Home) -> list[Any]:
        assert home.lake.index.version("facts") == home.lake.version("facts")
        with closing(sqlite3.connect(home.lake.folder / "index.db")) as base:
            return base.execute("SELECT * FROM ids_facts ORDER BY id").fetchall()

    def cube(home: Home) -> list[Any]:
        table = home.lake.tables["cube"]
        return sorted(map(str, table.read(table.current().files).to_pylist()))

    assert len(index(filled)) == ROWS
    assert index(filled) == index(fed)
    assert cube(filled) == cube(fed) != []


def test_a_situation_is_the_same(filled: Home, fed: Home) -> None:
    lon, lat = map(float, hotspots()[0])
    at_us = to_us(datetime(2026, 3, 29, 16, tzinfo=UTC))
    wanted = Wanted(lon=lon, lat=lat, at_us=at_us, radius_m=2_000.0, before_us=24 * HOUR_US,
                    after_us=HOUR_US)  # fmt: skip
    told = []
    for home in (filled, fed):
        answer = read_situation(home, local_caller(home, role="operator", purpose=""), wanted)
        told.append({part: answer[part] for part in ("facts", "links", "incidents", "truncated")})
    assert told[0]["facts"]
    assert told[0] == told[1]
