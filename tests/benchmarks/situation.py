"""One situation in one call, on a lake as dense as fifty million facts a year.

    python3 run.py bench situation [--rows 50000000] [--days 365] [--asked 200] [--folder DIR]

A small demo home (streets, cameras, plans, means of the synthetic city) gets ``rows`` more
facts over the ``days`` before it, drawn as in the benchmark of the map: hotspots by Zipf's law, an
evening peak. Asked are places at hotspots, half of them now (means with their ways on the streets),
half at an hour of the past, 500 m and three hours, 1 km and 25 hours for every fourth. A question
is the whole use case: rights, the line of the audit on disk, facts, links, plans, clashes, cameras,
means, alerts, sources, and the answer as JSON; HTTP is not in it. The folder is kept, so a second
run measures at once. The time of processor spent is told beside the time on the clock: on a busy
machine the clock tells of the others. The last line is JSON: name, figures, baseline, ratio; the
baseline is the bound asked for (300 ms).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from map import HOTSPOTS, hotspots, one_day

from vigie.base.clock import from_us, now_us
from vigie.lake.layout import sort_rows, write_sorted
from vigie.model.contracts import FACTS
from vigie.situation.around.asked import HOUR_US, Wanted
from vigie.situation.around.situation import read_situation
from vigie.situation.home import Home, open_home
from vigie.situation.local import local_caller
from vigie.web.etags import to_json

ASKED_MS = 300.0
DAY_US = 24 * HOUR_US


def make_home(folder: Path) -> Path:
    """Return a demo home, made when it is not there."""
    home = folder / "home"
    if not (home / "demo.json").exists():
        command = [sys.executable, "-m", "vigie", "demo", "--once", "--home", str(home)]
        subprocess.run([*command, "--days", "10", "--scale", "0.1"], check=True)
    return home


def fill(home: Home, rows: int, days: int) -> None:
    """Write the facts, day by day, unless they are there."""
    if home.lake.count("facts") >= rows:
        return
    spots, table = hotspots(), home.lake._tables["facts"]
    today = from_us(now_us(home.clock)).date()
    for number in range(days):
        day = today - timedelta(days=days - number)
        many = rows // days + (number < rows % days)
        files = write_sorted(table.drafts, sort_rows(FACTS, one_day(day, many, spots)))
        table.commit(files, [], metadata={"vigie.operation": "bench"})
        if number % 20 == 19:
            sys.stderr.write(f"{number + 1} of {days} days\n")


def questions(asked: int, days: int, at_us: int, seed: int) -> list[Wanted]:
    """Return places and hours, half of them now."""
    rng, spots = np.random.default_rng(seed), hotspots()
    told = []
    for n in range(asked):
        lon, lat = spots[rng.integers(HOTSPOTS)] + rng.normal(0, 0.003, 2)
        past = at_us - int(rng.integers(DAY_US, max(2, days - 3) * DAY_US))
        wide = n % 4 == 0
        told.append(
            Wanted(
                lon=float(lon),
                lat=float(lat),
                at_us=None if n % 2 else past,
                radius_m=1_000.0 if wide else 500.0,
                before_us=(24 if wide else 2) * HOUR_US,
                after_us=HOUR_US,
            )
        )
    return told


def measure(home: Home, asked: int, days: int) -> dict[str, Any]:
    caller = local_caller(home, role="operator", purpose="")
    at_us = now_us(home.clock)
    for wanted in questions(20, days, at_us, 1):
        read_situation(home, caller, wanted)
    clock, processor, facts = [], [], []
    for wanted in questions(asked, days, at_us, 2):
        before = time.perf_counter(), time.process_time()
        found = read_situation(home, caller, wanted)
        to_json(found)
        clock.append((time.perf_counter() - before[0]) * 1_000)
        processor.append((time.process_time() - before[1]) * 1_000)
        facts.append(len(found["facts"]))
    told: dict[str, Any] = {"asked": asked, "facts_mean": round(float(np.mean(facts)), 1),
                            "facts_most": max(facts)}  # fmt: skip
    for name, spent in (("clock", clock), ("processor", processor)):
        p50, p95 = np.percentile(spent, [50, 95])
        told |= {f"{name}_p50_ms": round(float(p50), 1), f"{name}_p95_ms": round(float(p95), 1)}
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--asked", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="kept; default: in the temporary folder")
    args = parser.parse_args()
    name = f"vigie-bench-situation-{args.rows}-{args.days}"
    folder = args.folder or Path(tempfile.gettempdir()) / name
    folder.mkdir(parents=True, exist_ok=True)
    with open_home(make_home(folder)) as home:
        fill(home, args.rows, args.days)
        figures = measure(home, args.asked, args.days)
        figures |= {
            "rows": home.lake.count("facts"),
            "days": args.days,
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1),
            "machine": platform.platform(),
        }
    baseline = {"clock_p95_ms": ASKED_MS}
    ratio = {"clock_p95": round(figures["clock_p95_ms"] / ASKED_MS, 2)}
    told = {"name": "situation", "figures": figures, "baseline": baseline, "ratio": ratio}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
