"""The map's two questions on fifty million facts, beside PostgreSQL + PostGIS on the same rows.

* a week in a viewport, counted by cell, with a kind filter;
* everything within 300 m and one hour.

    python3 run.py bench map [--rows 50000000] [--asked 200] [--no-postgres] [--folder DIR]

Both stores stand on the same disk and are asked in turn in one run; answers are compared. The
folder is kept, so a second run measures at once. PostgreSQL is a private cluster of Debian's
packages: daily partitions in the physical order of the lake's files, GiST on the point, a covering
B-tree on the time. The last line is JSON: name, figures, baseline, ratio.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq
from _filling import HOTSPOTS, bounds_us, hotspots, write_facts
from _postgis import Postgres
from _small import either, sized

from vigie.base.clock import to_us
from vigie.base.settings import LakeSettings
from vigie.lake.store import Lake

DAYS = either(365, 9)
FIRST_DAY = date(2025, 1, 1)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
FILTERS = ("offence", "offence.property", "space", "road.parking", "rescue", "road")
COPIED = ("fact_id", "kind", "source", "severity", "status", "earliest_us", "cell", "lon", "lat")

Answer = list[tuple[Any, ...]]
Ask = Callable[[dict[str, Any]], Answer]


# --- The rows ----------------------------------------------------------------------------------


def fill_lake(lake: Lake, rows: int) -> float:
    """Write the year into the lake's own layout, day by day; returns the seconds it took.

    The index of ids is left to the first commit, which makes it: reading does not need it.
    """
    return write_facts(lake, rows, DAYS, FIRST_DAY)


# --- PostgreSQL --------------------------------------------------------------------------------


SCHEMA = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE facts (
  fact_id text NOT NULL, kind text NOT NULL, source text NOT NULL, severity smallint,
  status text, earliest_us bigint NOT NULL, cell bigint, lon double precision,
  lat double precision,
  geom geometry(Point, 4326)
    GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED
) PARTITION BY RANGE (earliest_us);
"""


def fill_postgres(connection: Any, lake: Lake) -> float:
    """Copy the lake's rows, in the order of its files, then index; returns the seconds it took."""
    started = time.perf_counter()
    connection.execute("DROP TABLE IF EXISTS facts, loaded")
    connection.execute(SCHEMA)
    for number, file in enumerate(sorted(lake.snapshot().versions["facts"].files, key=_path)):
        body = pq.read_table(lake.folder / "facts" / file.path, partitioning=None)
        low, high = bounds_us(date.fromisoformat(file.part), lake.timezone)
        name = f"facts_{file.part.replace('-', '_')}"
        connection.execute(
            f"CREATE TABLE {name} PARTITION OF facts FOR VALUES FROM ({low}) TO ({high})"
        )
        sink = pa.BufferOutputStream()
        pc_csv.write_csv(body.select(COPIED), sink, pc_csv.WriteOptions(include_header=False))
        with connection.cursor().copy(
            f"COPY {name} ({', '.join(COPIED)}) FROM STDIN WITH (FORMAT csv)"
        ) as copy:
            copy.write(sink.getvalue().to_pybytes())
        connection.execute(f"CREATE INDEX ON {name} USING gist (geom)")
        connection.execute(
            f"CREATE INDEX ON {name} (earliest_us) INCLUDE (kind, cell, severity, lon, lat)"
        )
        if number % 50 == 49:
            say(f"PostgreSQL: {number + 1} of {DAYS} days")
    connection.execute("VACUUM (ANALYZE) facts")
    connection.execute("CREATE TABLE loaded AS SELECT count(*) AS n FROM facts")
    return time.perf_counter() - started


def _path(file: Any) -> str:
    return str(file.path)


# --- The questions -----------------------------------------------------------------------------


def viewports(asked: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield random weeks in random viewports (a street to the whole city) with a kind filter."""
    rng, spots = np.random.default_rng(seed), hotspots()
    first = to_us(datetime(2025, 1, 1, tzinfo=UTC))
    for _ in range(asked):
        width = float(np.exp(rng.uniform(np.log(0.008), np.log(0.27))))
        lon, lat = spots[rng.integers(HOTSPOTS)] + rng.normal(0, 0.005, 2)
        start = first + int(rng.integers(0, (DAYS - 8) * 24)) * HOUR_US
        yield {
            "from_us": start, "to_us": start + 7 * DAY_US,
            "west": float(lon) - width / 2, "east": float(lon) + width / 2,
            "south": float(lat) - width / 3.2, "north": float(lat) + width / 3.2,
            "kinds": [FILTERS[int(rng.integers(len(FILTERS)))]],
        }  # fmt: skip


def surroundings(asked: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield random places and hours."""
    rng, spots = np.random.default_rng(seed), hotspots()
    first = to_us(datetime(2025, 1, 2, tzinfo=UTC))
    for _ in range(asked):
        lon, lat = spots[rng.integers(HOTSPOTS)] + rng.normal(0, 0.003, 2)
        start = first + int(rng.integers(0, (DAYS - 3) * DAY_US))
        yield {
            "lon": float(lon), "lat": float(lat), "radius_m": 300.0,
            "from_us": start, "to_us": start + HOUR_US,
        }  # fmt: skip


def lake_week(lake: Lake) -> Ask:
    def ask(q: dict[str, Any]) -> Answer:
        table = lake.query("map_cells", **q)
        return list(zip(*table.to_pydict().values(), strict=True))

    return ask


def lake_near(lake: Lake) -> Ask:
    def ask(q: dict[str, Any]) -> Answer:
        table = lake.query("near_facts", **q)
        return [(id_,) for id_ in sorted(table["fact_id"].to_pylist())]

    return ask


def postgres_week(connection: Any) -> Ask:
    sql = """
    SELECT cell, count(*), max(severity) FROM facts
    WHERE earliest_us >= %(from_us)s AND earliest_us < %(to_us)s
      AND geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
      AND lon BETWEEN %(west)s AND %(east)s AND lat BETWEEN %(south)s AND %(north)s
      AND (kind = %(kind)s OR kind LIKE %(under)s)
    GROUP BY cell ORDER BY cell"""

    def ask(q: dict[str, Any]) -> Answer:
        kind = q["kinds"][0]
        found = connection.execute(sql, {**q, "kind": kind, "under": f"{kind}.%"})
        return [tuple(row) for row in found.fetchall()]

    return ask


def postgres_near(connection: Any) -> Ask:
    sql = """
    SELECT fact_id FROM facts
    WHERE earliest_us >= %(from_us)s AND earliest_us < %(to_us)s
      AND geom && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)
      AND ST_DistanceSphere(geom, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))
        <= %(radius_m)s
    ORDER BY fact_id"""

    def ask(q: dict[str, Any]) -> Answer:
        high, wide = (
            q["radius_m"] / 111_000,
            q["radius_m"] / (111_000 * np.cos(np.radians(q["lat"]))),
        )
        box = {
            "west": q["lon"] - wide, "east": q["lon"] + wide,
            "south": q["lat"] - high, "north": q["lat"] + high,
        }  # fmt: skip
        found = connection.execute(sql, {**q, **{k: float(v) for k, v in box.items()}})
        return [tuple(row) for row in found.fetchall()]

    return ask


def measure(asks: dict[str, Ask], questions: Callable[[int, int], Any], asked: int) -> Any:
    """Ask every store every question in turn; returns milliseconds by store, and disagreements."""
    spent: dict[str, list[float]] = {name: [] for name in asks}
    differ = 0
    for question in questions(max(10, asked // 10), 1):
        for ask in asks.values():
            ask(question)
    for number, question in enumerate(questions(asked, 2)):
        answers = []
        turn = list(asks) if number % 2 else list(reversed(asks))
        for name in turn:
            started = time.perf_counter()
            answers.append(asks[name](question))
            spent[name].append((time.perf_counter() - started) * 1_000)
        differ += any(answer != answers[0] for answer in answers)
    return spent, differ


def figures(name: str, spent: list[float]) -> dict[str, float]:
    """Return the usual percentiles of one question, in milliseconds."""
    p50, p95 = np.percentile(spent, [50, 95])
    return {f"{name}_p50_ms": round(float(p50), 1), f"{name}_p95_ms": round(float(p95), 1)}


# --- The run -----------------------------------------------------------------------------------


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def baseline(folder: Path, lake: Lake, rows: int, wanted: bool) -> Iterator[Any]:
    """Yield a connection to PostgreSQL holding the same rows and the seconds to load, or None."""
    if wanted and not Postgres.there():
        say("PostGIS is missing (apt-get install postgresql postgis): the lake is measured alone")
    if not wanted or not Postgres.there():
        yield None, None
        return
    with Postgres(folder) as server, server.connect() as connection:
        known = connection.execute("SELECT to_regclass('loaded')").fetchone()[0]
        seconds = None
        if known is None or connection.execute("SELECT n FROM loaded").fetchone()[0] != rows:
            seconds = fill_postgres(connection, lake)
        yield connection, seconds


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--asked", type=int, default=200, help="questions of each sort")
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--folder", type=Path, help="kept; default: in the temporary folder")
    return sized(parser.parse_args(), rows=900, asked=4)


def main() -> None:
    args = arguments()
    folder = args.folder or Path(tempfile.gettempdir()) / f"vigie-bench-map-{args.rows}"
    with Lake.open(folder / "lake", LakeSettings(), create=True) as lake:
        result: dict[str, Any] = {"rows": args.rows, "cores": os.cpu_count()}
        result["machine"] = platform.platform()
        if lake.count("facts") != args.rows:
            if lake.count("facts"):
                raise SystemExit(f"{folder} holds something else: delete it, or name another")
            result["written_rows_per_s"] = round(args.rows / fill_lake(lake, args.rows))
        result["bytes_per_row"] = round(size_of(lake.folder / "facts") / args.rows, 1)
        with baseline(folder / "postgres", lake, args.rows, not args.no_postgres) as (pg, loaded):
            gc.collect()
            week, near = {"vigie": lake_week(lake)}, {"vigie": lake_near(lake)}
            if pg is not None:
                week["postgres"], near["postgres"] = postgres_week(pg), postgres_near(pg)
            weeks, week_differ = measure(week, viewports, args.asked)
            nears, near_differ = measure(near, surroundings, args.asked)
            base: dict[str, Any] = {}
            if pg is not None:
                base = figures("week", weeks["postgres"]) | figures("near", nears["postgres"])
                size = "SELECT pg_database_size('postgres')"
                base["bytes_per_row"] = round(pg.execute(size).fetchone()[0] / args.rows, 1)
                if loaded is not None:
                    base["loaded_rows_per_s"] = round(args.rows / loaded)
                result["answers_that_differ"] = week_differ + near_differ
        result |= figures("week", weeks["vigie"]) | figures("near", nears["vigie"])
    shared = [k for k in base if k in result]
    ratio = {k: round(base[k] / result[k], 2) for k in shared}
    print(json.dumps({"name": "map", "figures": result, "baseline": base, "ratio": ratio}))


if __name__ == "__main__":
    main()
