"""One situation in one call, on a lake as dense as fifty million facts a year.

    python3 run.py bench situation [--rows 50000000] [--days 365] [--asked 200] [--folder DIR]

A small demo home (streets, cameras, plans, means of the synthetic city) gets ``rows`` more
facts over the ``days`` before it, as intake would leave them (``_filling.py``): hotspots by Zipf's
law, an evening peak, index of ids and cubes brought to them. Asked are places at hotspots, half of
them now (means with their ways on the streets), half at an hour of the past, 500 m and three hours,
1 km and 25 hours for every fourth. A question is the whole use case: rights, the line of the audit
on disk, facts, links, plans, clashes, cameras, means, alerts, sources, and the answer as JSON; HTTP
is not in it. The folder is kept, so a second run measures at once, and the home in it serves who
wants as many facts. The time of processor spent is told beside the time on the clock: on a busy
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
from _filling import HOTSPOTS, finish, hotspots, write_facts
from _small import either, sized

from vigie.base.clock import from_us, now_us
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


def fill(home: Home, folder: Path, rows: int, days: int) -> dict[str, Any]:
    """Write the facts unless they are there; returns what that took."""
    told = folder / "filled.json"
    if told.exists():
        found: dict[str, Any] = json.loads(told.read_text("utf-8"))
        if (found["filled_rows"], found["filled_days"]) != (rows, days):
            raise SystemExit(f"{folder} holds {found['filled_rows']} rows: name another")
        return found
    begun = folder / "filling.json"
    if begun.exists():
        raise SystemExit(f"{folder} holds a part of a filling: delete it, or name another")
    begun.touch()
    first = from_us(now_us(home.clock)).date() - timedelta(days=days)
    clock, processor = time.perf_counter(), time.process_time()
    write_facts(home.lake, rows, days, first)
    finish(home.lake)
    lake = home.lake.folder
    found = {
        "filled_rows": rows,
        "filled_days": days,
        "filled_processor_s": round(time.process_time() - processor, 1),
        "filled_clock_s": round(time.perf_counter() - clock, 1),
        "facts_bytes": sum(p.stat().st_size for p in (lake / "facts").rglob("*.parquet")),
        "index_bytes": (lake / "index.db").stat().st_size,
    }
    begun.write_text(json.dumps(found), "utf-8")
    begun.rename(told)
    return found


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
    for wanted in questions(either(20, 2), days, at_us, 1):
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
    args = sized(parser.parse_args(), rows=20_000, days=5, asked=4)
    name = f"vigie-bench-situation-{args.rows}-{args.days}"
    folder = args.folder or Path(tempfile.gettempdir()) / name
    folder.mkdir(parents=True, exist_ok=True)
    with open_home(make_home(folder)) as home:
        filled = fill(home, folder, args.rows, args.days)
        figures = measure(home, args.asked, args.days)
        figures |= filled | {
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
