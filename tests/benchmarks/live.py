"""The live room under load: message acknowledged → event at every subscriber, by the real server.

One client process pushes messages of three priorities at a steady rate, by HTTP, while many
subscribers follow the live stream; a sample of them reads every event, the others count bytes. Then
a burst of ten times the rate: what is refused is counted by priority, by sender and server alike.

    python3 run.py bench live [--seconds 1800] [--rate 1000] [--subscribers 500] [--burst 300]
                              [--rude] [--operator]

Senders come back after ``Retry-After``, as the guide tells them; with ``--rude`` at once.
``--operator`` opens the console in Chromium too and measures from acknowledged to a row on its
screen, for the messages of priority 1; it needs the built console, and a picture is left in
``/tmp/vigie-bench-live.png``.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np
from _listening import Lane, Ledger, Subscriber
from _memory import Watch
from _pushing import cpu_s, family, free_port, peak_rss_mb, served
from _watching import watching

from vigie.situation.home import init_home, open_home

SOURCES = {1: "rescue-log", 2: "police-log", 3: "sensor-log"}
SHARES = {1: 0.05, 2: 0.25, 3: 0.70}
"""Of the messages, by priority: most of what comes is what matters least."""
CONNECTIONS = {1: 32, 2: 32, 3: 64}
SAMPLE = 20
TIMES = 10
LOGIN = "room"
PASSWORD = "correct-horse-battery"
PICTURE = Path("/tmp/vigie-bench-live.png")
CATCH_UP_S = 120.0
SAMPLED_EVERY_S = 30.0


def make_home(folder: Path, listeners: int) -> tuple[str, list[str]]:
    """Make a home; return the token that may push and those that may listen, one an account."""
    priorities = {name: number for number, name in SOURCES.items()}
    told = {
        "log_level": "WARNING",
        "intake": {"priorities": priorities},
        "server": {"require_second_factor": []},
    }
    init_home(folder, told)
    with open_home(folder) as home:
        home.desk.accounts.create(
            LOGIN, name="Operator", role="operator", password=PASSWORD, must_change_password=False
        )
        for source in SOURCES.values():
            home.intake.register(source, "main_courante")
        push, _ = home.desk.tokens.issue("bench", "ingest", sources=tuple(SOURCES.values()))
        listen = []
        for number in range(listeners):
            account = home.desk.accounts.create_without_password(
                f"operator{number}", name=f"Operator {number}", role="operator"
            )
            secret, _ = home.desk.tokens.issue(
                f"room{number}", "read", account_id=account.account_id
            )
            listen.append(secret)
    return push, listen


def cpu_by_process(pid: int) -> dict[int, float]:
    """Return the processor time of a process and of each under it, seconds."""
    found: dict[int, float] = {}
    for one in family(pid):
        with suppress(OSError):
            found[one] = cpu_s(one)
    return found


class Room:
    """The served home with its senders and subscribers."""

    def __init__(self, port: int, tokens: tuple[str, list[str]], args: argparse.Namespace) -> None:
        self.ledger = Ledger(min(SAMPLE, args.subscribers))
        push, self._listen = tokens
        self._port, self._args = port, args
        self.lanes = {
            number: Lane(port, push, source, number, self.ledger)
            for number, source in SOURCES.items()
        }
        for lane in self.lanes.values():
            lane.rude = args.rude
        self.subscribers: list[Subscriber] = []
        self.ending = False

    async def open(self) -> None:
        """Let everybody in."""
        loop = asyncio.get_running_loop()
        for number in range(self._args.subscribers):
            token = self._listen[number % len(self._listen)]
            ledger = self.ledger if number < self.ledger.sample else None
            one = Subscriber(token, ledger)
            await loop.create_connection(lambda one=one: one, "127.0.0.1", self._port)
            self.subscribers.append(one)
        until = time.monotonic() + CATCH_UP_S
        while any(not one.bytes for one in self.subscribers):
            assert time.monotonic() < until, "subscribers are not let in"
            await asyncio.sleep(0.05)
        for number, lane in self.lanes.items():
            await lane.open(CONNECTIONS[number])

    def set_rate(self, rate: float) -> None:
        """Push so many messages a second from now on."""
        for number, lane in self.lanes.items():
            lane.rate = rate * SHARES[number]

    async def push(self, rate: float, seconds: float) -> None:
        """Push for a while, then wait until everything acknowledged is heard."""
        self.ending = False
        self.set_rate(rate)
        lanes = self.lanes.values()
        running = [asyncio.create_task(lane.run(lambda: self.ending)) for lane in lanes]
        await asyncio.sleep(seconds)
        self.set_rate(0)
        for _ in range(int(CATCH_UP_S / 0.1)):
            if not any(lane.held for lane in lanes) and not self.unheard():
                break
            await asyncio.sleep(0.1)
        self.ending = True
        await asyncio.gather(*running)

    def unheard(self) -> int:
        """Return how many (message, subscriber) pairs are owed, those only counted left aside."""
        owed = sum(max(0, sent.waited_for) for sent in self.ledger.open.values())
        return max(0, owed - sum(self.ledger.counted.values()))

    def figures(self, spent: float) -> dict[str, Any]:
        """Return what was sent, refused and heard since the ledger began."""
        ledger = self.ledger
        every = sum((one.counts for one in ledger.heard.values()), start=np.int64(0))
        together = type(ledger.from_due)()
        together.counts = every
        return {
            "offered": dict(sorted(ledger.due.items())),
            "acknowledged": dict(sorted(ledger.acked.items())),
            "messages_per_s": round(sum(ledger.acked.values()) / spent),
            "refused": {f"{p}:{s}": n for (p, s), n in sorted(ledger.refused.items())},
            "dropped_by_sender": dict(sorted(ledger.dropped.items())),
            "ack": ledger.ack.figures(),
            "from_acknowledged": together.figures(),
            "from_acknowledged_by_priority": {n: d.figures() for n, d in ledger.heard.items()},
            "from_due": ledger.from_due.figures(),
            "on_screen": ledger.screen.figures(),
            "told_one_by_one": sum(ledger.told.values()),
            "counted_only_by_severity": dict(sorted(ledger.counted.items())),
            "lost": self.unheard(),
            "doubled": ledger.doubled,
            "subscribers_cut": sum(one.cut for one in self.subscribers),
            "mb_sent": round(sum(one.bytes for one in self.subscribers) / 2**20),
            "kinds": dict(sum((one.kinds for one in self.subscribers), Counter())),
        }

    def begin(self) -> None:
        """Begin to count anew."""
        fresh = Ledger(self.ledger.sample)
        self.ledger.__dict__.update(fresh.__dict__)
        for one in self.subscribers:
            one.bytes = 0
            one.kinds.clear()


def told_by_server(port: int, token: str) -> dict[str, Any]:
    """Return what the server says of itself, as the console asks it."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/pressure", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except OSError as error:
        return {"error": str(error)}


async def measure(room: Room, pid: int, home: Path, rate: float, seconds: float) -> dict[str, Any]:
    """Push for a while and return figures."""
    room.begin()
    watch = Watch(pid, home)
    looking = asyncio.create_task(watch.run(min(SAMPLED_EVERY_S, max(1.0, seconds / 20))))
    began, used, own = time.monotonic(), cpu_by_process(pid), time.process_time()
    await room.push(rate, seconds)
    spent = time.monotonic() - began
    looking.cancel()
    cpu = {one: s - used.get(one, 0.0) for one, s in cpu_by_process(pid).items()}
    messages = max(1, sum(room.ledger.acked.values()))
    return {
        **room.figures(seconds),
        "seconds": round(spent, 1),
        "server_cores": round(sum(cpu.values()) / spent, 2),
        "server_cores_by_process": sorted(
            (round(s / spent, 2) for s in cpu.values()), reverse=True
        ),
        "server_ms_per_message": round(1000 * sum(cpu.values()) / messages, 3),
        "client_cores": round((time.process_time() - own) / spent, 2),
        "memory_mb": watch.figures(),
    }


async def live(folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Serve, fill the room, push; return figures."""
    home = folder / "home"
    tokens = make_home(home, args.subscribers)
    port = free_port()
    with served(home, port) as server:
        room = Room(port, tokens, args)
        await room.open()
        await room.push(min(100.0, args.rate), 3.0)  # what is made once is made before
        async with AsyncExitStack() as stack:
            if args.operator:
                url = f"http://127.0.0.1:{port}"
                room.lanes[1].watched = True
                await stack.enter_async_context(
                    watching(url, LOGIN, PASSWORD, SOURCES[1], room.ledger, PICTURE)
                )
            found = {"steady": await measure(room, server.pid, home, args.rate, args.seconds)}
            if args.burst:
                rate = args.rate * TIMES
                found["burst"] = await measure(room, server.pid, home, rate, args.burst)
                found["burst"]["told_by_server"] = await asyncio.to_thread(
                    told_by_server, port, tokens[1][0]
                )
        found["server_peak_rss_mb"] = [round(peak_rss_mb(one)) for one in family(server.pid)]
        server.terminate()
        await asyncio.to_thread(server.wait, 60)
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1_800.0)
    parser.add_argument("--rate", type=float, default=1_000.0)
    parser.add_argument("--subscribers", type=int, default=500)
    parser.add_argument("--burst", type=float, default=300.0, help="Seconds of ten times the rate.")
    parser.add_argument("--operator", action="store_true", help="A page in Chromium, too.")
    parser.add_argument("--rude", action="store_true", help="Senders heed no Retry-After.")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    figures: dict[str, Any] = {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "machine": platform.platform(),
        "subscribers": args.subscribers,
        "rate": args.rate,
    }
    with tempfile.TemporaryDirectory(prefix="vigie-bench-live-") as name:
        figures |= asyncio.run(live(Path(name), args))
    figures["load_after"] = round(os.getloadavg()[0], 1)
    heard = figures["steady"]["from_acknowledged"]
    baseline = {"p95_ms": 1_000, "p99_ms": 2_000, "lost": 0, "doubled": 0}
    ratio = {
        name: round(baseline[name] / max(1, heard.get(name, 0)), 2) for name in ("p95_ms", "p99_ms")
    }
    print(json.dumps({"name": "live", "figures": figures, "baseline": baseline, "ratio": ratio}))


if __name__ == "__main__":
    main()
