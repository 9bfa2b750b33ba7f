"""Forgetting at the size of a city: how long a run takes, how long intake waits, kill -9 of a run.

    python3 run.py bench retention [--facts 300000] [--kills 8]

Facts of three years and a half lie in a real home; half a year has ended. A run is killed at random
instants until one gets through; then everything that has ended must be gone, byte for byte, and the
register must account for each record once. Meanwhile another writer commits to the same table. A
day later one more day ends. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "situation" / "retention"))
from homes import DAY_US, PARIS, facts, us

from vigie.base.clock import FixedClock, SystemClock, now_us
from vigie.lake.erasure import find_bytes
from vigie.situation.home import Home, init_home, open_home

DAYS = 1_280
LONGEST_S = 6.0


def build(path: Path, n: int) -> tuple[int, list[str]]:
    """Make a home; returns how many facts have ended, and some of their ids."""
    init_home(path)
    now = now_us(SystemClock())
    today = SystemClock().now().astimezone(PARIS).date()
    first_kept = us(today.year - 3, today.month, today.day) + DAY_US
    with open_home(path) as home:
        ended, ids = 0, []
        for number, part in enumerate(np.array_split(np.arange(n), max(1, n // 100_000))):
            at = now - part.astype(np.int64) * (DAYS * DAY_US // n)
            table = facts(at.tolist(), prefix=f"{number}-")
            home.lake.commit("facts", table)
            old = table.filter(pc.less(table["earliest_us"], first_kept))
            ended += old.num_rows
            ids += old["fact_id"].to_pylist()[:2]
        home.lake.refresh_cubes()
    return ended, ids


def kill_runs(path: Path, kills: int, chance: random.Random) -> int:
    """Start runs and kill them; returns how many were killed before their end."""
    killed = 0
    for _ in range(kills):
        command = [sys.executable, "-m", "vigie", "retention", "run", "--home", str(path)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as run:
            try:
                run.wait(chance.uniform(0.8, LONGEST_S))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                killed += 1
    return killed


class Writer(threading.Thread):
    """Commits a fact again and again, and notes how long each commit takes."""

    def __init__(self, home: Home) -> None:
        super().__init__(daemon=True)
        self.home, self.stopping, self.waits = home, threading.Event(), [0.0]

    def run(self) -> None:
        """Commit until told to stop."""
        number = 0
        while not self.stopping.wait(0.05):
            number += 1
            table = facts([now_us(SystemClock())], prefix=f"w{number}-")
            began = time.perf_counter()
            self.home.lake.commit("facts", table)
            self.waits.append(time.perf_counter() - began)


def next_day(path: Path) -> tuple[float, float, float, int]:
    """Return seconds of a run that finds nothing and of one when a day ends, longest commit, n."""
    clock = FixedClock(SystemClock().now())
    with open_home(path, clock=clock) as home:
        began = time.perf_counter()
        home.retention.run()
        idle = time.perf_counter() - began
        clock.advance(timedelta(days=1))
        writer = Writer(home)
        writer.start()
        began = time.perf_counter()
        n = home.retention.run().erased.get("facts", 0)
        busy = time.perf_counter() - began
        writer.stopping.set()
        writer.join()
        return idle, busy, max(writer.waits), n


def main() -> None:
    """Build, kill, finish, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=int, default=300_000)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "home"
        ended, ids = build(path, args.facts)
        killed = kill_runs(path, args.kills, random.Random(args.seed))
        began = time.perf_counter()
        with open_home(path) as home:
            home.retention.run()
            seconds = time.perf_counter() - began
            left = home.retention.look().erased.get("facts", 0)
            there = home.lake.count("facts")
            told = sum(p["n"] for p in home.retention.proofs(10_000) if p["rule"] == "facts")
            traces = len(find_bytes(path / "lake", ids))
        idle, busy, wait, n = next_day(path)
    figures = {
        "facts": args.facts,
        "ended": ended,
        "killed_runs": killed,
        "finishing_s": round(seconds, 2),
        "late": left,
        "early": args.facts - ended - there,
        "in_the_register": told,
        "traces": traces,
        "idle_run_s": round(idle, 2),
        "day_ended_s": round(busy, 2),
        "day_ended_records": n,
        "longest_commit_meanwhile_s": round(wait, 2),
        "cores": os.cpu_count(),
        "machine": platform.platform(),
    }
    print(json.dumps({"name": "retention", "figures": figures, "baseline": {}, "ratio": {}}))
    fine = left == traces == figures["early"] == 0 and told == ended
    raise SystemExit(0 if fine else 1)


if __name__ == "__main__":
    main()
