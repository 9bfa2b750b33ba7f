"""Kill -9 at random instants under load: nothing acknowledged lost, nothing doubled (R-1).

    python3 run.py bench kill [--kills 100] [--seed 1] [--minutes 0] [--whole-every 1]

The real server is served on one home, again and again, while entries are pushed over many
connections. At a random instant a process is killed: the server, or the one beside it that
processes. After the latter pushing goes on until the next kill. What a client was answered is the
model: every so many kills, and in the end, what waits is processed and the lake is compared with
every acknowledgement. In the end every line of the audit is verified too, and that as many facts
as stand in the lake were counted, which is done in the transaction that tells the live stream.

A life that begins from nothing mostly loads the program. With ``--whole-every 10`` nine of ten are
forked off a process that has loaded it, as those of a cluster are, and do all in one process, with
the keeper of keys beside; how soon one is there again is told of the whole ones. The last line is
JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import numpy as np
from _pushing import (
    SOURCE,
    START_S,
    Client,
    answers,
    family,
    free_port,
    kept_refs,
    lives,
    make_home,
    served,
)
from _small import sized

from vigie.audit.verification import verify
from vigie.cli.main import run as run_command
from vigie.situation.home import Home, open_home

CONNECTIONS = 16
BETWEEN_CHECKS = 50
SERVER_SHARE = 0.6
GOAL_S = 5.0
FORKED = multiprocessing.get_context("forkserver")
LOADED = ["__main__", "vigie.jobs.serving", "vigie.situation.home", "vigie.web.server"]
ALL_IN_ONE = "VIGIE_INTAKE__APART"


class Living(Protocol):
    """A process that serves."""

    @property
    def pid(self) -> int: ...


def serve_forked(folder: str, port: int, log: str) -> None:
    """Serve a home in this process, which was forked off one that has loaded the program."""
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.environ[ALL_IN_ONE] = "false"
    run_command(["serve", "--home", folder, "--port", str(port)])


@contextmanager
def served_forked(folder: Path, port: int) -> Iterator[Living]:
    """Serve a home in a forked process; as ``served`` otherwise."""
    log = folder.parent / "server.log"
    child = FORKED.Process(target=serve_forked, args=(str(folder), port, str(log)))
    child.start()
    try:
        until = time.monotonic() + START_S
        while not answers(port):
            if not child.is_alive() or time.monotonic() > until:
                raise SystemExit(f"the server does not start: see {log}")
            time.sleep(0.02)
        yield child
    finally:
        child.kill()
        child.join()


class Round:
    """One life of the server, pushed to until it is killed; its helper may be killed before."""

    def __init__(self, home: Path, token: str, number: int, longest_s: float) -> None:
        self._home, self._token, self._number = home, token, number
        self._longest_s = longest_s
        self.whole = True
        self.started_s = 0.0
        self.killed: list[str] = []
        self.beside: list[int] = []

    def run(self, chance: random.Random, most: int) -> Client:
        """Start, push, kill; returns the client, which knows what it was answered."""
        port = free_port()
        began = time.perf_counter()
        serve = served if self.whole else served_forked
        with serve(self._home, port) as server:
            self.started_s = time.perf_counter() - began
            client = Client(port, self._token, f"k{self._number:04}")
            asyncio.run(self._push(client, server, chance, most))
        return client

    async def _push(self, client: Client, server: Living, chance: random.Random, most: int) -> None:
        running = asyncio.create_task(client.run(CONNECTIONS))
        while len(self.killed) < most:
            await asyncio.sleep(chance.uniform(0, self._longest_s))
            self.beside = helpers = family(server.pid)[1:]
            if len(self.killed) == most - 1 or not helpers or chance.random() < SERVER_SHARE:
                os.kill(server.pid, signal.SIGKILL)
                self.killed.append("server")
                break
            with suppress(ProcessLookupError):  # it ended by itself since it was seen
                os.kill(chance.choice(helpers), signal.SIGKILL)
                self.killed.append("helper")
        await running


def compare(home: Path, clients: list[Client]) -> tuple[int, int, int]:
    """Return acknowledged entries lost, entries doubled, and entries never sent."""
    kept = Counter(kept_refs(home))
    acknowledged = {ref for client in clients for ref in client.pushed.acknowledged}
    sent = {ref for client in clients for ref in client.pushed.sent}
    doubled = sum(n - 1 for n in kept.values())
    return len(acknowledged - kept.keys()), doubled, len(kept.keys() - sent)


def counted(home: Home) -> int:
    """Return how many records the feed has counted as got in, and so told of."""
    return sum(one.records for one in home.intake.health(0) if one.source == SOURCE)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0.0, help="stop after them; 0: never")
    parser.add_argument("--whole-every", type=int, default=1, help="lives begun from nothing")
    parser.add_argument("--longest", type=float, default=2.5, help="between two kills, seconds")
    return sized(parser.parse_args(), kills=2, longest=0.6)


def wait_for(processes: list[int]) -> None:
    """Wait until processes that lost their parent have ended by themselves.

    Raises:
        SystemExit: One goes on for minutes.
    """
    until = time.monotonic() + START_S
    while left := [one for one in processes if lives(one)]:
        if time.monotonic() > until:
            raise SystemExit(f"still there after their server was killed: {left}")
        time.sleep(0.02)


def main() -> None:
    args = arguments()
    FORKED.set_forkserver_preload(LOADED)
    chance = random.Random(args.seed)
    clients: list[Client] = []
    starts: list[float] = []  # of the whole ones
    killed: Counter[str] = Counter()
    lost = doubled = unsent = checked = 0
    with tempfile.TemporaryDirectory(prefix="vigie-bench-kill-") as name:
        home = Path(name) / "home"
        token = make_home(home)
        until = time.monotonic() + (60 * args.minutes or float("inf"))
        while killed.total() < args.kills and time.monotonic() < until:
            whole = len(clients) % args.whole_every == 0
            one = Round(home, token, len(clients), args.longest)
            one.whole = whole
            clients.append(one.run(chance, args.kills - killed.total()))
            if whole:
                starts.append(one.started_s)
            killed.update(one.killed)
            if killed.total() // BETWEEN_CHECKS > checked:
                checked = killed.total() // BETWEEN_CHECKS
                wait_for(one.beside)
                lost, doubled, unsent = compare(home, clients)
                print(f"{killed.total()} kills: {lost} lost, {doubled} doubled", flush=True)
                if lost or doubled or unsent:
                    break
        wait_for(one.beside)  # what it has begun, who processes ends before it ends itself
        lost, doubled, unsent = compare(home, clients)
        with open_home(home) as opened:
            replayed = opened.intake.replay(SOURCE)
            quarantined = len(opened.intake.quarantine_list())
            untold = opened.lake.count("facts") - counted(opened)
            chain = verify(opened.audit)
    figures = {
        "kills": killed.total(),
        "killed": dict(killed),
        "seed": args.seed,
        "acknowledged": sum(len(client.pushed.acknowledged) for client in clients),
        "sent": sum(len(client.pushed.sent) for client in clients),
        "lost": lost,
        "doubled": doubled,
        "never_sent": unsent,
        "untold": untold,
        "quarantined": quarantined,
        "accepted_by_a_replay_after": replayed.accepted,
        "audit_lines": chain.lines,
        "audit_sound": chain.sound,
        "restarts_within_5_s": sum(start <= GOAL_S for start in starts),
        "lives": len(clients),
        "restarts": len(starts),
        "restart_median_s": round(float(np.median(starts)), 2),
        "restart_max_s": round(max(starts), 2),
        "cores": os.cpu_count(),
        "machine": platform.platform(),
    }
    baseline = {"lost": 0, "doubled": 0, "untold": 0, "restart_max_s": GOAL_S}
    print(json.dumps({"name": "kill", "figures": figures, "baseline": baseline, "ratio": {}}))
    if lost or doubled or unsent or untold or not chain.sound:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
