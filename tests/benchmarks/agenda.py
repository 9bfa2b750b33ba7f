"""A 30-day agenda with 500 plans, from a real server over a real home.

    python3 run.py bench agenda [--plans 500] [--days 30] [--asked 40] [--keep FOLDER]

Three ways to ask: *warm* (nothing has changed), *edited* (a plan was amended by hand just before,
so that nothing kept is true any more), *cold* (the home was opened just before). Each is one GET of
what the console asks, answered whole over HTTP on this machine; *ics* is the iCalendar. A third of
the plans last for days, as works do; half share eight squares, so that there are clashes. Told are
seconds by the clock, and processor seconds of server and reader together, which other work on the
machine hardly moves. The last line is JSON. ``--keep`` leaves the home, to be opened in a browser.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import shapely
from _small import either, sized

from vigie.base.clock import FixedClock, now_us, to_us
from vigie.base.ids import record_ids
from vigie.geo.cells import cell_columns
from vigie.model.contracts import CONTRACTS
from vigie.model.times import local_columns
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.tomorrow.entry import amend, tag_of
from vigie.web.server import make_server

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
GOAL_S = 1.0
FACTS_A_DAY, FACT_DAYS = 600, 75
PASSWORD = "correct-horse-battery"
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
KINDS = ("event.culture.concert", "event.sport.match", "event.market", "event.demonstration")
PLANNER = Caller("planner", "planner")


def table(kind: str, given: dict[str, Any], refs: list[str], source: str) -> pa.Table:
    """Return records as intake leaves them."""
    contract = CONTRACTS[kind]
    n = len(refs)
    times = np.asarray(given[contract.time_column], dtype=np.int64)
    columns = {
        **given,
        "source": [source] * n,
        "source_ref": refs,
        contract.id_column: record_ids(source, refs),
        "revision": [0] * n,
        "received_at": [NOW] * n,
        "batch_id": ["batch-bench"] * n,
        "row": list(range(n)),
        **local_columns(times, "Europe/Paris")._asdict(),
        **cell_columns(np.asarray(given["lon"]), np.asarray(given["lat"]))._asdict(),
    }
    days = [str(day) for day in pa.array(columns["local_day"]).to_pylist()]
    columns["part"] = [day[:7] if contract.thin else day for day in days]
    known = {name: pa.array(value) for name, value in columns.items() if name in contract.names()}
    return contract.conform(pa.table(known))


def instants(us: np.ndarray) -> pa.Array:
    """Return epoch µs as aware timestamps."""
    return pa.array(us, pa.int64()).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def plans(n: int, days: int) -> pa.Table:
    """Return ``n`` plans that touch the next ``days`` days."""
    rng = np.random.default_rng(5)
    starts = to_us(NOW) + rng.integers(0, days * 24, n) * HOUR_US
    works = np.arange(n) % 3 == 0
    ends = starts + np.where(
        works, rng.integers(2, 12, n) * DAY_US, rng.integers(1, 5, n) * HOUR_US
    )
    lon, lat = 5.37 + rng.normal(0, 0.02, n), 43.30 + rng.normal(0, 0.02, n)
    square = rng.integers(0, 8, n)
    shared = rng.random(n) < 0.5
    lon, lat = np.where(shared, 5.36 + square * 0.004, lon), np.where(shared, 43.295, lat)
    shapes = [shapely.box(x, y, x + 0.001, y + 0.001) for x, y in zip(lon, lat, strict=True)]
    likely = np.round(10 ** rng.uniform(2, 4.8, n))
    given = {
        "kind": ["event.works" if w else KINDS[i % 4] for i, w in enumerate(works)],
        "title": [f"Événement {i}" for i in range(n)],
        "geometry": pa.array(shapely.to_wkb(shapes).tolist(), pa.binary()),
        "starts_at": instants(starts),
        "ends_at": instants(ends),
        "starts_us": starts,
        "ends_us": ends,
        "setup_s": [3_600] * n,
        "teardown_s": [3_600] * n,
        "lon": lon.tolist(),
        "lat": lat.tolist(),
        "attendance_low": (likely * 0.7).tolist(),
        "attendance_likely": likely.tolist(),
        "attendance_high": (likely * 1.3).tolist(),
        "state": [("authorised", "declared", "draft")[i % 3] for i in range(n)],
        "declared": (rng.random(n) > 0.03).tolist(),
        "closes": ["rue A" if w else "" for w in works],
        "means": pa.array([[("agents", "12")]] * n, pa.map_(pa.string(), pa.string())),
    }
    return table("plans", given, [f"P{i}" for i in range(n)], "agenda")


def facts() -> pa.Table:
    """Return the facts of the weeks before, from which the usual day is told."""
    rng = np.random.default_rng(6)
    n = FACTS_A_DAY * FACT_DAYS
    at = to_us(NOW) - rng.integers(0, FACT_DAYS * DAY_US, n)
    given = {
        "kind": ["offence.property.theft"] * n,
        **dict.fromkeys(("earliest_at", "latest_at", "reported_at"), instants(at)),
        **dict.fromkeys(("earliest_us", "latest_us"), at),
        "lon": (5.37 + rng.normal(0, 0.02, n)).tolist(),
        "lat": (43.30 + rng.normal(0, 0.02, n)).tolist(),
        "basis": ["reported"] * n,
        "discovered_by": rng.choice(["public", "patrol"], n).tolist(),
    }
    return table("facts", given, [f"F{i}" for i in range(n)], "police")


@contextmanager
def served(home: Home) -> Iterator[httpx.Client]:
    """Serve a home and sign in as a planner."""
    server = make_server(home, "127.0.0.1", 0, workers=False)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=60) as client:
            said = {"login": "planner", "password": PASSWORD}
            client.post("/api/session", json=said).raise_for_status()
            yield client
    finally:
        server.should_exit = True
        thread.join()


def spent(client: httpx.Client, path: str, **params: Any) -> tuple[float, float]:
    """Return how long an answer took by the clock, and of the processor, seconds."""
    begun, used = time.perf_counter(), time.process_time()
    answer = client.get(path, params=params)
    answer.raise_for_status()
    return time.perf_counter() - begun, time.process_time() - used


def edit(home: Home, turn: int) -> None:
    """Amend a plan by hand: everything kept of plans is void."""
    window = now_us(home.clock), now_us(home.clock) + DAY_US
    plan = home.plans.between(*window)[turn % 5]
    amend(home, PLANNER, plan.plan_id, {"title": f"Tour {turn}"}, tag=tag_of(plan))


def measure(folder: Path, days: int, asked: int) -> dict[str, list[tuple[float, float]]]:
    """Return the times of each way to ask."""
    times: dict[str, list[tuple[float, float]]] = {"warm": [], "edited": [], "cold": [], "ics": []}
    question = {"days": days, "once": True}
    with open_home(folder, clock=FixedClock(NOW)) as home, served(home) as client:
        size = len(client.get("/api/agenda", params=question).content)
        print(f"answer: {size / 1e6:.2f} MB")
        for turn in range(asked):
            times["warm"].append(spent(client, "/api/agenda", **question))
            times["ics"].append(spent(client, "/api/agenda.ics", days=days))
            edit(home, turn)
            times["edited"].append(spent(client, "/api/agenda", **question))
    for _ in range(either(5, 1)):
        with open_home(folder, clock=FixedClock(NOW)) as home, served(home) as client:
            times["cold"].append(spent(client, "/api/agenda", **question))
    return times


def build(folder: Path, n: int, days: int) -> None:
    """Make the home."""
    init_home(folder, {"server": {"require_second_factor": []}})
    with open_home(folder, clock=FixedClock(NOW)) as home:
        home.lake.commit("plans", plans(n, days))
        home.lake.commit("facts", facts())
        home.desk.accounts.create(
            "planner", name="planner", role="planner", password=PASSWORD, must_change_password=False
        )


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--plans", type=int, default=500)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--asked", type=int, default=40)
    parser.add_argument("--keep", type=Path)
    args = sized(parser.parse_args(), plans=60, days=5, asked=1)
    with tempfile.TemporaryDirectory() as made:
        folder = args.keep or Path(made) / "home"
        if not folder.exists():
            build(folder, args.plans, args.days)
        times = measure(folder, args.days, args.asked)
    figures: dict[str, Any] = {"name": "agenda", "plans": args.plans, "days": args.days}
    for way, pairs in times.items():
        wall, used = np.array(pairs).T
        p50, p95 = np.percentile(wall, (50, 95))
        cpu = float(np.median(used))
        figures |= {f"{way}_p50_s": round(float(p50), 3), f"{way}_p95_s": round(float(p95), 3)}
        figures[f"{way}_cpu_s"] = round(cpu, 3)
        print(f"{way:8} p50 {p50:.3f} s  p95 {p95:.3f} s  processor {cpu:.3f} s  n {len(pairs)}")
    worst = max(figures[f"{way}_p95_s"] for way in ("warm", "edited", "cold"))
    figures |= {
        "goal_s": GOAL_S,
        "reached": worst <= GOAL_S,
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "until": str((NOW + timedelta(days=args.days)).date()),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
