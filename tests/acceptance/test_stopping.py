"""A server told to stop in the middle of a fit ends there, and not when the fit is over."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
from tests.foresight.plan_rows import ZONE, plan_row, plans_table

from vigie.base.clock import SystemClock, to_us
from vigie.base.ids import record_ids
from vigie.geo.cells import cell_columns
from vigie.jobs.broker import free_port
from vigie.model.contracts import CONTRACTS
from vigie.model.times import local_columns
from vigie.situation.home import Home, init_home, open_home

DAYS, FACTS, EVENTS = 500, 60_000, 900
KINDS = ("offence.person.brawl", "road.parking", "rescue.person.illness")
PATIENCE_S = 180.0


def _facts(now: datetime) -> pa.Table:
    chance, contract = np.random.default_rng(3), CONTRACTS["facts"]
    at = to_us(now) - chance.integers(0, DAYS * 86_400_000_000, FACTS)
    lon, lat = 5.37 + chance.normal(0, 0.01, FACTS), 43.29 + chance.normal(0, 0.01, FACTS)
    refs = [f"F{row}" for row in range(FACTS)]
    when = pa.array(at, pa.int64()).cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
    given = {
        "fact_id": record_ids("police", refs),
        "kind": chance.choice(KINDS, FACTS),
        **dict.fromkeys(("earliest_at", "latest_at", "reported_at"), when),
        **dict.fromkeys(("earliest_us", "latest_us"), at),
        "lon": lon,
        "lat": lat,
        "basis": ["reported"] * FACTS,
        "discovered_by": ["public"] * FACTS,
        "source": ["police"] * FACTS,
        "source_ref": refs,
        "revision": [0] * FACTS,
        "received_at": [now] * FACTS,
        "batch_id": ["batch-1"] * FACTS,
        "row": list(range(FACTS)),
        **local_columns(at, ZONE)._asdict(),
        **cell_columns(lon, lat)._asdict(),
    }
    days = [str(day) for day in pa.array(given["local_day"]).to_pylist()]
    given["part"] = [day[:7] if contract.thin else day for day in days]
    known = {name: pa.array(value) for name, value in given.items() if name in contract.names()}
    return contract.conform(pa.table(known))


def _fill(home: Home) -> None:
    now = SystemClock().now().replace(minute=0, second=0, microsecond=0)
    every_h = (DAYS - 10) * 24 / EVENTS
    rows = [
        plan_row(str(one), now - timedelta(hours=120 + int(one * every_h))) for one in range(EVENTS)
    ]
    home.lake.commit("plans", plans_table(*rows))
    home.lake.commit("facts", _facts(now))


def test_a_server_stops_in_the_middle_of_a_fit(tmp_path: Path) -> None:
    path = tmp_path / "home"
    init_home(path, {"log_level": "info"})
    with open_home(path) as home:
        _fill(home)
    log, port = (tmp_path / "log.txt").open("wb"), free_port()
    command = [sys.executable, "-m", "vigie", "serve", "--home", str(path), "--port", str(port)]
    with log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and not _answers(port):
            assert server.poll() is None
            time.sleep(0.1)
        time.sleep(2.0)
        server.send_signal(signal.SIGINT)
        server.wait(timeout=PATIENCE_S)
    said = (tmp_path / "log.txt").read_text("utf-8")
    assert "Traceback" not in said, said[-2_000:]
    assert "adequacy is at hand" not in said, "the fit was over before the server was told to stop"


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/session", timeout=5).status_code < 500
    except httpx.HTTPError:
        return False
