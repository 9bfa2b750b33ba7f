"""Kill -9 of the server at random instants under load: nothing acknowledged lost, nothing doubled.

    python3 run.py bench kill [--kills 100] [--seed 1]

Each time the real server is started on the same home, entries are pushed over many connections,
and the process is killed at a random instant, while it acknowledges, commits, or starts. In the end
what waits is processed and the lake is compared with every acknowledgement. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from _pushing import SOURCE, Client, free_port, kept_refs, make_home, served

from vigie.situation.home import open_home

CONNECTIONS = 16
LONGEST_S = 2.5
BETWEEN_CHECKS = 25


def push_and_kill(home: Path, token: str, number: int, after_s: float) -> tuple[Client, float]:
    """Start, push, kill; returns the client and how long the start took."""
    port = free_port()
    began = time.perf_counter()
    with served(home, port) as server:
        started = time.perf_counter() - began
        client = Client(port, token, f"k{number:03}")

        async def push() -> None:
            running = asyncio.create_task(client.run(CONNECTIONS))
            await asyncio.sleep(after_s)
            server.send_signal(signal.SIGKILL)
            await running

        asyncio.run(push())
    return client, started


def compare(home: Path, clients: list[Client]) -> tuple[int, int, int]:
    """Return acknowledged entries lost, entries doubled, and entries never sent."""
    kept = Counter(kept_refs(home))
    acknowledged = {ref for client in clients for ref in client.pushed.acknowledged}
    sent = {ref for client in clients for ref in client.pushed.sent}
    doubled = sum(n - 1 for n in kept.values())
    return len(acknowledged - kept.keys()), doubled, len(kept.keys() - sent)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    args = arguments()
    chance = random.Random(args.seed)
    clients: list[Client] = []
    starts: list[float] = []
    lost = doubled = unsent = 0
    with tempfile.TemporaryDirectory(prefix="vigie-bench-kill-") as name:
        home = Path(name) / "home"
        token = make_home(home)
        for number in range(args.kills):
            client, started = push_and_kill(home, token, number, chance.uniform(0, LONGEST_S))
            clients.append(client)
            starts.append(started)
            if (number + 1) % BETWEEN_CHECKS == 0:
                lost, doubled, unsent = compare(home, clients)
                print(f"{number + 1} kills: {lost} lost, {doubled} doubled", flush=True)
        lost, doubled, unsent = compare(home, clients)
        with open_home(home) as opened:
            replayed = opened.intake.replay(SOURCE)
            quarantined = len(opened.intake.quarantine_list())
    figures = {
        "kills": args.kills,
        "acknowledged": sum(len(client.pushed.acknowledged) for client in clients),
        "sent": sum(len(client.pushed.sent) for client in clients),
        "lost": lost,
        "doubled": doubled,
        "never_sent": unsent,
        "quarantined": quarantined,
        "accepted_by_a_replay_after": replayed.accepted,
        "restart_median_s": round(float(np.median(starts)), 2),
        "restart_max_s": round(max(starts), 2),
        "cores": os.cpu_count(),
        "machine": platform.platform(),
    }
    baseline = {"lost": 0, "doubled": 0}
    print(json.dumps({"name": "kill", "figures": figures, "baseline": baseline, "ratio": {}}))
    if lost or doubled or unsent:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
