"""Every query of the lake on DuckDB and on Spark, over the same facts: answers, time and memory.

    python3 run.py bench engines [--rows 1000000,5000000,10000000] [--cores 2] [--folder DIR]

For each number of facts: each engine, in a process of its own, makes the cubes of all days and asks
every query file. Answers are compared row by row, cubes part by part. Told are the processor's and
the clock's seconds, the most memory that an engine's processes held together, a line fitted through
each engine's seconds over the number of facts, and where the lines cross. The last line is JSON:
name, figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
from _filling import BOX
from _pushing import family
from _small import SMALL, either, sized
from map import DAY_US, DAYS, HOUR_US, fill_lake, say
from pyarrow import feather

from vigie.base.clock import to_us
from vigie.base.settings import LakeSettings
from vigie.lake.cluster import SHORT_LIVED
from vigie.lake.cubes import CUBE, cube_schema
from vigie.lake.spark import SparkEngine
from vigie.lake.statements import statements
from vigie.lake.store import Lake

TESTS = ModuleType("tests")
TESTS.__path__ = [str(Path(__file__).resolve().parents[1])]
sys.modules["tests"] = TESTS  # another distribution's folder of that name must not stand in
from tests.lake.sample_lake import means, measures, places, plans  # noqa: E402

ENGINES = ("duckdb", "spark")
DRIVER_MEMORY = "3g"
LOOKED_S = 0.2
TICKS = os.sysconf("SC_CLK_TCK")
START_US = to_us(datetime(2025, 1, 1, tzinfo=UTC))
MIDDLE = START_US + DAYS // 2 * DAY_US
WEEK = {"from_us": MIDDLE - 3 * DAY_US + 1_234_567, "to_us": MIDDLE + 4 * DAY_US + 89}
YEAR = {"from_us": START_US + HOUR_US + 17, "to_us": START_US + (DAYS - 1) * DAY_US + 89}
CHOICE = {"kinds": ["offence.property", "rescue"], "sources": ["main_courante", "rescue"]}
VIEW = dict(zip(("west", "south", "east", "north"), BOX, strict=True))
HERE = {"lon": 5.3812345, "lat": 43.2912345, "radius_m": 1_500.0}
EVER = {"from_us": 0, "to_us": 2**60}
ZONES = "zones"
ASKED: dict[str, dict[str, Any]] = {
    "around_facts": {**HERE, **WEEK, "since_us": WEEK["from_us"] + HOUR_US},
    "day_counts": {**YEAR, **CHOICE},
    "extent": {},
    "fact_by_id": {"fact_id": "no such fact"},
    "facts_page": {"before_us": MIDDLE, "before_id": "m", "limit_rows": 500, **VIEW},
    "histogram": {"bucket_us": HOUR_US, "origin_us": START_US - 17, **VIEW},
    "histogram_cube": {"bucket_us": DAY_US, "origin_us": START_US, **YEAR, **CHOICE},
    "hour_weekday": {"severity_min": 2},
    "kind_cell_year": {},
    "latest_means": {"from_us": 0, "sources": ["bus"]},
    "map_cells": {"resolution": 10, **YEAR, **CHOICE},
    "map_clusters": {"resolution": 9, "status": ["open", "closed"]},
    "map_cube": {**YEAR, **CHOICE},
    "map_fine": {**YEAR, **CHOICE},
    "map_fine_clusters": {**YEAR},
    "map_points": {"limit_rows": 5_000, **VIEW},
    "measure_series": {"metric": "noise.laeq", "bucket_us": HOUR_US, **EVER},
    "near_facts": {**HERE, **YEAR},
    "near_measures": {**HERE, **EVER, "metrics": ["people.count"]},
    "placed_facts": {"kinds": ["rescue.fire"], **VIEW, **WEEK},
    "places_all": {"kinds": ["place"]},
    "plans_between": {**EVER, "kinds": ["space"]},
    "source_freshness": {},
    "summary_counts": {"severity_min": 0, **CHOICE},
    "theme_cells": {"bucket_us": HOUR_US, "origin_us": START_US - 17, **YEAR},
    "watched_facts": {"limit_rows": 50_000, **WEEK, **CHOICE, **VIEW},
    "watched_measures": {"metric": "noise.laeq", **EVER},
    "zone_counts": {"zone_cells": ZONES},
}
MAKERS = {"cube_rebuild", "part_hours", "spots_made", "sums_merged", "sums_rebuild"}
"""Query files of what is made of the facts, which the command's own way asks."""
WANTED = either(tuple(ASKED), ("extent", "hour_weekday", "map_cube", "zone_counts"))
OTHERS = {"measures": measures, "plans": plans, "places": places, "means": means}


# --- One engine, in a process of its own ----------------------------------------------------------


def processor_s(pid: int) -> float:
    """Return the seconds of the processor that a process and its children took, ended ones too."""
    spent = 0
    for one in family(pid):
        with suppress(OSError, IndexError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            spent += sum(int(value) for value in fields[11:15])
    return spent / TICKS


def held_mb(pid: int) -> float:
    """Return what a process and all under it hold in memory of their own, MiB."""
    held = 0
    for one in family(pid):
        with suppress(OSError, ValueError, IndexError):
            status = Path(f"/proc/{one}/status").read_text()
            held += int(status.partition("RssAnon:")[2].split()[0])
    return held / 1024


@contextmanager
def watched() -> Iterator[list[float]]:
    """Look at this process's memory, and that of all under it, again and again."""
    looks, over = [held_mb(os.getpid())], Event()

    def look() -> None:
        while not over.wait(LOOKED_S):
            looks.append(held_mb(os.getpid()))

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield looks
    finally:
        over.set()
        thread.join()


def zones_of(lake: Lake) -> pa.Table:
    """Return every tenth cell of the facts in one of three zones, weighed."""
    cells = lake.query("map_cells", resolution=10)["cell"].drop_null().to_pylist()[::10]
    weights = [(i % 10) / 10 for i in range(len(cells))]
    return pa.table({"zone": [f"Z{c % 3}" for c in cells], "cell": cells, "weight": weights})


def cube_digests(lake: Lake) -> dict[str, str]:
    """Return how many rows the cube of each part has and a digest of them, whatever their order."""
    cube = lake._tables[CUBE]
    names = ", ".join(cube_schema().names)
    sql = (
        "SELECT part, count(*) || ':' || bit_xor(hash(ROW(" + names + "))) || ':' "
        "|| sum(hash(ROW(" + names + "))::HUGEINT) AS told FROM cube GROUP BY part ORDER BY part"
    )
    found = lake._engines["duckdb"].select(sql, {CUBE: cube.source(cube.current().files)})
    return dict(zip(found["part"].to_pylist(), found["told"].to_pylist(), strict=True))


def ask_one(folder: Path, engine: str, cores: int) -> None:
    """Make cubes and ask every query by one engine; answers and figures go into the folder."""
    told: dict[str, Any] = {"seconds": {}, "clock": {}}
    settings = LakeSettings(threads=cores, memory=DRIVER_MEMORY.upper() + "B")
    with Lake.open(folder / "lake", settings) as lake, watched() as looks:
        zones = zones_of(lake)
        if engine == "spark":
            options = {"spark.driver.memory": DRIVER_MEMORY}
            if SMALL:
                options["spark.driver.extraJavaOptions"] = SHORT_LIVED
            lake._engines["spark"] = SparkEngine(f"local[{cores}]", options)
        lake.query("extent", engine=engine)  # the engine has started
        looks.clear()

        def timed(name: str, asked: Any) -> Any:
            clock, spent = time.perf_counter(), processor_s(os.getpid())
            answer = asked()
            told["seconds"][name] = round(processor_s(os.getpid()) - spent, 2)
            told["clock"][name] = round(time.perf_counter() - clock, 2)
            return answer

        timed("cube_rebuild", lambda: lake.refresh_cubes(engine=engine, anew=True))
        for name in WANTED:
            given = {k: zones if v is ZONES else v for k, v in ASKED[name].items()}
            answer = timed(name, lambda n=name, g=given: lake.query(n, engine=engine, **g))
            feather.write_feather(answer, folder / f"{engine}-{name}.arrow")
        told["most_mb"] = round(max([*looks, held_mb(os.getpid())]))
        told["cubes"] = cube_digests(lake)
    (folder / f"{engine}.json").write_text(json.dumps(told), "utf-8")


# --- Both, beside each other ----------------------------------------------------------------------


@dataclass
class Asked:
    """What both engines said over one number of facts."""

    rows: int
    told: dict[str, dict[str, Any]]
    differ: list[str]
    answered: int

    def total(self, engine: str, what: str) -> float:
        """Return the seconds of all queries, the cubes among them."""
        return round(sum(self.told[engine][what].values()), 1)

    def figures(self) -> dict[str, Any]:
        """Return what is told of it."""
        found: dict[str, Any] = {"rows": self.rows, "answered_rows": self.answered}
        for engine in ENGINES:
            found[engine] = {
                "processor_s": self.total(engine, "seconds"),
                "clock_s": self.total(engine, "clock"),
                "cubes_s": self.told[engine]["seconds"]["cube_rebuild"],
                "most_mb": self.told[engine]["most_mb"],
                "by_query_s": self.told[engine]["seconds"],
            }
        return {**found, "differ": self.differ}


def ask_both(rows: int, cores: int, folder: Path) -> Asked:
    """Fill a lake, let each engine answer, and compare."""
    folder.mkdir(parents=True, exist_ok=True)
    with Lake.open(folder / "lake", LakeSettings(), create=True) as lake:
        if lake.count("facts") != rows:
            if lake.count("facts"):
                raise SystemExit(f"{folder} holds something else: delete it, or name another")
            say(f"{rows} facts: {rows / fill_lake(lake, rows):.0f} written a second")
            for kind, sample in OTHERS.items():
                lake.commit(kind, sample())
    told = {}
    for engine in ENGINES:
        if (folder / f"{engine}.json").exists():
            told[engine] = json.loads((folder / f"{engine}.json").read_text("utf-8"))
            continue
        words = [sys.executable, "-W", "ignore", __file__, "--one", engine]
        subprocess.run([*words, "--cores", str(cores), "--folder", str(folder)], check=True)
        told[engine] = json.loads((folder / f"{engine}.json").read_text("utf-8"))
        say(f"{rows} facts, {engine}: {sum(told[engine]['seconds'].values()):.0f} s of processor")
    differ, answered = [], 0
    for name in WANTED:
        one, other = (feather.read_table(folder / f"{e}-{name}.arrow") for e in ENGINES)
        answered += one.num_rows
        if not one.equals(other):
            differ.append(name)
    if told["duckdb"]["cubes"] != told["spark"]["cubes"]:
        differ.append("cube_rebuild")
    return Asked(rows, told, differ, answered)


def crossing(asked: list[Asked], what: str) -> dict[str, Any]:
    """Return the line of each engine, and at how many facts they cross; None where they do not."""
    many = np.array([one.rows for one in asked], np.float64)
    if len(asked) < 2:
        return {"crossing_rows": None}
    lines = {e: np.polyfit(many, [one.total(e, what) for one in asked], 1) for e in ENGINES}
    (d_slope, d_start), (s_slope, s_start) = lines["duckdb"], lines["spark"]
    at = (s_start - d_start) / (d_slope - s_slope) if d_slope != s_slope else -1.0
    crosses = at > 0 and d_slope > s_slope
    told = {
        e: {"s_per_million": round(line[0] * 1e6, 3), "start_s": round(line[1], 1)}
        for e, line in lines.items()
    }
    return {**told, "crossing_rows": round(at) if crosses else None}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="1000000,5000000,10000000", help="numbers of facts")
    parser.add_argument("--cores", type=int, default=2, help="of each engine")
    parser.add_argument("--folder", type=Path, help="kept: what was measured there stays")
    parser.add_argument("--one", choices=ENGINES, help=argparse.SUPPRESS)
    args = sized(parser.parse_args(), rows=2)
    asked = [int(one) for one in args.rows.split(",")]
    args.rows = either(asked, [900])
    return args


def main() -> None:
    args = arguments()
    if args.one:
        ask_one(args.folder, args.one, args.cores)
        return
    if missing := set(statements()) - set(ASKED) - MAKERS:
        raise SystemExit(f"not asked: {', '.join(sorted(missing))}")
    base = args.folder or Path(tempfile.mkdtemp(prefix="vigie-bench-engines-"))
    asked = []
    try:
        for many in args.rows:
            asked.append(ask_both(many, args.cores, base / str(many)))
            if args.folder is None:
                shutil.rmtree(base / str(many))
    finally:
        if args.folder is None:
            shutil.rmtree(base, ignore_errors=True)
    figures = {
        "cores": args.cores,
        "machine": platform.platform(),
        "load": [round(one, 1) for one in os.getloadavg()],
        "queries": len(WANTED) + 1,
        "identical": not any(one.differ for one in asked),
        "by_rows": [one.figures() for one in asked],
        "processor": crossing(asked, "seconds"),
        "clock": crossing(asked, "clock"),
    }
    print(json.dumps({"name": "engines", "figures": figures}))


if __name__ == "__main__":
    main()
