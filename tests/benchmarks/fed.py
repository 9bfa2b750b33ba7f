"""What a question costs while a day is fed: the six of the live room, after each commit.

    python3 run.py bench fed [--rows 100000,900000] [--rounds 20]

A home is fed facts of the last minutes, a thousand to the second, in commits of five thousand;
then, for each number of facts, five hundred more are committed and each question of ``bench live``
is asked once of the whole application (rights, audit, answer as JSON, no socket) by an analyst who
is told places less exactly. Told is the processor's time of the process that answers, engine and
cubes that a question makes included, the commit not; the median of the rounds and, beside it, that
of the same question asked once more, which nothing has made old. The last line is JSON: name,
figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
from _asking import ASKED
from _filling import hotspots, instants, one_day
from _small import either, sized
from live import make_home

from vigie.base.clock import from_us, now_us
from vigie.model.contracts import FACTS
from vigie.model.times import local_columns
from vigie.situation.home import Home, open_home
from vigie.web.app import create_app

TOGETHER = 5_000
MORE = 500
BETWEEN_US = 1_000
LASTS_US = 60_000_000


def fed(home: Home, rows: int) -> pa.Table:
    """Return facts of the last minutes, in order of time."""
    until, timezone = now_us(home.clock), home.settings.city.timezone
    table = one_day(from_us(until).date(), rows, hotspots(), timezone)
    us = until - BETWEEN_US * np.arange(rows)[::-1]
    local = local_columns(us, timezone)._asdict()
    times = {
        "earliest_us": pa.array(us),
        "latest_us": pa.array(us + LASTS_US),
        "earliest_at": instants(us),
        "latest_at": instants(us + LASTS_US),
        "received_at": instants(us),
        **local,
        "part": local["local_day"].cast(pa.string()),
    }
    return FACTS.conform(pa.table({**dict(zip(table.column_names, table, strict=True)), **times}))


async def ask(client: httpx.AsyncClient) -> dict[str, float]:
    """Return the processor's ms of each question."""
    spent = {}
    for path in ASKED:
        began = time.process_time()
        answer = await client.get(path)
        spent[path.partition("?")[0]] = 1000 * (time.process_time() - began)
        assert answer.status_code == 200, answer.text
    return spent


async def rounds(home: Home, token: str, facts: pa.Table, sizes: list[int], n: int) -> list[Any]:
    """Feed a home up to each size and ask; return the medians."""
    transport = httpx.ASGITransport(app=create_app(home, workers=False))
    headers = {"Authorization": f"Bearer {token}"}
    told, at = [], 0
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as client:
        for size in sizes:
            for start in range(at, size, TOGETHER):
                home.lake.commit("facts", facts.slice(start, min(TOGETHER, size - start)))
            at, first, again = size, [], []
            await ask(client)  # what is made once for a process
            for _ in range(n):
                home.lake.commit("facts", facts.slice(at, MORE))
                at += MORE
                first.append(await ask(client))
                again.append(await ask(client))
            told.append({"rows": size, "after_a_commit": _medians(first), "again": _medians(again)})
            print(told[-1], flush=True)
    return told


def _medians(spent: list[dict[str, float]]) -> dict[str, float]:
    return {path: round(float(np.median([one[path] for one in spent])), 1) for path in spent[0]}


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="100000,900000", help="facts of the day, growing")
    parser.add_argument(
        "--rounds", type=int, default=20, help="commits after each of which is asked"
    )
    args = sized(parser.parse_args(), rows=1, rounds=2)
    sizes = [either(int(one), 2_000) for one in args.rows.split(",")]
    with tempfile.TemporaryDirectory(prefix="vigie-bench-fed-") as folder:
        _, _, asking = make_home(Path(folder) / "home", 0, 1)
        with open_home(Path(folder) / "home") as home:
            facts = fed(home, max(sizes) + MORE * args.rounds * len(sizes))
            told = asyncio.run(rounds(home, asking[0], facts, sizes, args.rounds))
    figures = {
        "cores": os.cpu_count(),
        "machine": platform.platform(),
        "processor_ms": told,
    }
    print(json.dumps({"name": "fed", "figures": figures}))


if __name__ == "__main__":
    sys.exit(main())
