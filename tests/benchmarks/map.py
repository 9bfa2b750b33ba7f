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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv
import pyarrow.parquet as pq
from _postgis import Postgres

from vigie.base.clock import to_us
from vigie.base.settings import LakeSettings
from vigie.geo.cells import cells_of
from vigie.lake.layout import sort_rows, write_sorted
from vigie.lake.store import Lake
from vigie.model.contracts import FACTS

DAYS = 365
FIRST_DAY = date(2025, 1, 1)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
HOTSPOTS = 400
SEED = 20_260_101
BOX = (5.26, 43.20, 5.53, 43.39)
KINDS = (
    "offence.property.theft", "offence.property.burglary", "offence.property.vehicle",
    "offence.violence.assault", "offence.violence.robbery", "offence.drugs.dealing",
    "space.occupation.gathering", "space.occupation.market", "space.noise.night",
    "space.waste.dumping", "traffic.parking.obstructive", "traffic.parking.dangerous",
    "traffic.accident", "traffic.rodeo", "rescue.fire", "rescue.person", "health.emergency",
    "environment.pollution",
)  # fmt: skip
FILTERS = ("offence", "offence.property", "space", "traffic.parking", "rescue", "traffic")
SOURCES = ("main_courante", "rescue", "reports", "sensors", "partners")
STATUSES = ("open", "in_progress", "closed")
ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
COPIED = ("fact_id", "kind", "source", "severity", "status", "earliest_us", "cell", "lon", "lat")

Answer = list[tuple[Any, ...]]
Ask = Callable[[dict[str, Any]], Answer]


# --- The rows ----------------------------------------------------------------------------------


def texts(rng: np.random.Generator, rows: int, length: int = 24) -> pa.Array:
    """Return random texts of one length, built in place."""
    letters = ALPHABET[rng.integers(0, 32, rows * length, dtype=np.uint8)]
    offsets = np.arange(rows + 1, dtype=np.int32) * length
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(letters))


def among(rng: np.random.Generator, names: tuple[str, ...], rows: int, weights: Any) -> pa.Array:
    """Return one of some names for each row."""
    codes = rng.choice(len(names), rows, p=weights).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names)).cast(pa.string())


def one_day(day: date, rows: int, spots: np.ndarray) -> pa.Table:
    """Return the facts of one local day: hotspots by Zipf's law, an evening peak, a thin rest."""
    rng = np.random.default_rng([SEED, day.toordinal()])
    weight = 1 / np.arange(1, HOTSPOTS + 1)
    spot = rng.choice(HOTSPOTS, rows, p=weight / weight.sum())
    spread = np.where(rng.random(rows) < 0.8, 0.0012, 0.02)
    lon = np.clip(spots[spot, 0] + rng.normal(0, 1, rows) * spread, BOX[0], BOX[2])
    lat = np.clip(spots[spot, 1] + rng.normal(0, 1, rows) * spread, BOX[1], BOX[3])
    hour = (18 + rng.normal(0, 5, rows)) % 24
    midnight = to_us(datetime(day.year, day.month, day.day, tzinfo=UTC)) - HOUR_US
    us = midnight + (hour * HOUR_US).astype(np.int64)
    kinds = 1 / np.arange(1, len(KINDS) + 1)
    columns: dict[str, Any] = {
        "fact_id": texts(rng, rows),
        "kind": among(rng, KINDS, rows, kinds / kinds.sum()),
        "earliest_at": pa.array(us).cast(pa.timestamp("us", tz="UTC")),
        "latest_at": pa.array(us + 60_000_000).cast(pa.timestamp("us", tz="UTC")),
        "earliest_us": us,
        "latest_us": us + 60_000_000,
        "local_day": pa.array([day] * rows, pa.date32()),
        "local_hour": hour.astype(np.int8),
        "weekday": np.full(rows, day.weekday(), np.int8),
        "lon": lon,
        "lat": lat,
        "accuracy_m": np.full(rows, 25, np.float32),
        "cell": cells_of(lon, lat),
        "cell8": cells_of(lon, lat, 8),
        "severity": rng.integers(1, 6, rows).astype(np.int8),
        "status": among(rng, STATUSES, rows, (0.1, 0.2, 0.7)),
        "basis": pa.array(["reported"] * rows),
        "source": among(rng, SOURCES, rows, (0.4, 0.2, 0.2, 0.15, 0.05)),
        "source_ref": texts(rng, rows, 12),
        "revision": np.zeros(rows, np.int64),
        "received_at": pa.array(us + 90_000_000).cast(pa.timestamp("us", tz="UTC")),
        "batch_id": pa.array([f"batch-{day.isoformat()}"] * rows),
        "row": np.arange(1, rows + 1),
        "part": pa.array([day.isoformat()] * rows),
    }
    return FACTS.conform(pa.table(columns))


def hotspots() -> np.ndarray:
    """Return the centre of every hotspot, longitude and latitude."""
    rng = np.random.default_rng(SEED)
    middle = np.array([(BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2])
    points = middle + rng.normal(0, 1, (HOTSPOTS, 2)) * np.array([0.05, 0.035])
    return np.clip(points, [BOX[0], BOX[1]], [BOX[2], BOX[3]])


def fill_lake(lake: Lake, rows: int) -> float:
    """Write the year into the lake's own layout, day by day; returns the seconds it took.

    The index of ids is left to the first commit, which makes it: reading does not need it.
    """
    spots, table = hotspots(), lake._tables["facts"]
    started = time.perf_counter()
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        many = rows // DAYS + (number < rows % DAYS)
        files = write_sorted(table.drafts, sort_rows(FACTS, one_day(day, many, spots)))
        table.commit(files, [], metadata={"vigie.operation": "bench"})
        if number % 50 == 49:
            say(f"lake: {number + 1} of {DAYS} days")
    return time.perf_counter() - started


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
        day = datetime.fromisoformat(file.part).replace(tzinfo=UTC)
        low, name = to_us(day) - HOUR_US, f"facts_{file.part.replace('-', '_')}"
        connection.execute(
            f"CREATE TABLE {name} PARTITION OF facts FOR VALUES FROM ({low}) TO ({low + DAY_US})"
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
    if not wanted:
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
    return parser.parse_args()


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
