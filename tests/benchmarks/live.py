"""The live room under load: message acknowledged → event at every subscriber, by the real server.

One client process pushes messages of three priorities at a steady rate, by HTTP, while many
subscribers follow the live stream, each read whole (what is the same for all is unpacked once).
Then a listener is cut off for a minute and resumes; at last comes a burst of ten times the rate.
Everything asked of the room by one command, on a quiet machine of two cores, in some 40 minutes:

    python3 run.py bench live [--seconds 1800] [--rate 1000] [--subscribers 500] [--cut 60]
                              [--burst 300] [--times 10] [--rude] [--operator] [--out FILE]
                              [--analysts 20] [--reader] [--asked 200] [--killed-every 60]

Memory is told by process, with its slope after the warm-up (the first third; Theil and Sen over the
least of each minute). Senders come back after ``Retry-After``, as the guide tells them; with
``--rude`` at once. What the server refused and what a sender never sent, because it holds no more
than ``MOST_HELD``, are told apart; a connection that was cut is opened again and counted.
``--operator`` opens the console in Chromium too and measures from acknowledged to a row on its
screen, for priority 1; it needs the built console and leaves ``PICTURE``. While the rate is steady,
``--analysts`` ask beside, a second after each answer (``--reader``: of a process of its own;
``--asked``: so many a second in all, answered or not); ``--killed-every`` so many seconds one dies.

A sentence for each figure asked, then one line of JSON: the last.
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
import urllib.request
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from _asking import Analysts, killing
from _furnishing import LOGIN, PASSWORD, SOURCES, heard, make_home
from _listening import Ledger, Reader, Subscriber
from _memory import Watch
from _pushing import cpu_by_process, family, free_port, peak_rss_mb, served
from _sending import Lane
from _small import either, sized
from _told import judge
from _watching import watching

from vigie.situation.home import open_home

SHARES = {1: 0.05, 2: 0.25, 3: 0.70}
"""Of the messages, by priority: most of what comes is what matters least."""
CONNECTIONS = either({1: 96, 2: 64, 3: 96}, {1: 2, 2: 2, 3: 2})
PICTURE = Path("/tmp/vigie-bench-live.png")
CATCH_UP_S = 120.0
SAMPLED_EVERY_S = 2.0
AROUND_CUT_S = either(15.0, 0.5)
SHOWN_S = 20.0


class Room:
    """The served home with its senders and subscribers."""

    def __init__(self, port: int, push: str, listen: list[str], args: argparse.Namespace) -> None:
        self.ledger = Ledger(args.subscribers)
        self._reader = Reader(self.ledger)
        self._port, self._args, self._listen = port, args, listen
        self.lanes = {
            number: Lane(port, push, source, number, self.ledger)
            for number, source in SOURCES.items()
        }
        for lane in self.lanes.values():
            lane.rude = args.rude
        self.subscribers: list[Subscriber] = []
        self.ending = False
        self._acked: Counter[int] = Counter()
        self._refused: Counter[tuple[int, str]] = Counter()

    async def open(self) -> None:
        """Let everybody in."""
        loop = asyncio.get_running_loop()
        for number in range(self._args.subscribers):
            token = self._listen[number % len(self._listen)]
            one = Subscriber(token, self._reader)
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
            waiting = any(lane.held or lane.under_way for lane in lanes)
            if not waiting and not self.ledger.unheard():
                break
            await asyncio.sleep(0.1)
        self.ending = True
        await asyncio.gather(*running)

    def figures(self, spent: float) -> dict[str, Any]:
        """Return what was sent, refused and heard since the ledger began."""
        ledger = self.ledger
        ledger.settle_all()
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
            "lost": ledger.unheard(),
            "doubled": ledger.doubled,
            "subscribers_cut": sum(one.cut for one in self.subscribers),
            "mb_sent": round(sum(one.bytes for one in self.subscribers) / 2**20),
            "kinds": dict(ledger.kinds),
        }

    def begin(self) -> None:
        """Begin to count anew."""
        old = self.ledger
        fresh = Ledger(old.listeners, shown=old.shown, unsure=old.unsure, rung=old.rung)
        self._acked += self.ledger.acked
        self._refused += self.ledger.refused
        self.ledger.__dict__.update(fresh.__dict__)
        for one in self.subscribers:
            one.bytes = 0

    async def cut(self, seconds: float) -> dict[str, Any]:
        """Cut the first listener off for a while, let it resume; return how it caught up."""
        one = self.subscribers[0]
        assert one.transport is not None
        assert one.last
        one.transport.abort()
        await asyncio.sleep(seconds)
        again = Subscriber(self._listen[0], self._reader, one.last)
        goal, began = self.subscribers[1].last, time.monotonic()
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: again, "127.0.0.1", self._port)
        self.subscribers[0] = again
        for _ in range(int(CATCH_UP_S / 0.01)):
            if again.last >= goal:
                break
            await asyncio.sleep(0.01)
        return {"cut_s": seconds, "caught_up_s": round(time.monotonic() - began, 2)}

    async def totals(self) -> dict[str, Any]:
        """Return what was shed over the whole run, as senders, server and stream count it."""
        self.begin()
        senders = _some({str(p): n for (p, s), n in self._refused.items() if s == "429"})
        for _ in range(int(SHOWN_S / 0.1)):
            if _some(self.ledger.shown) == senders:
                break
            await asyncio.sleep(0.1)
        told = await asyncio.to_thread(told_by_server, self._port, self._listen[0])
        return {
            "acknowledged_in_all": sum(self._acked.values()),
            "unanswered_in_all": sum(n for (_, s), n in self._refused.items() if s == "cut"),
            "refused_by_senders_account": senders,
            "refused_shown_in_stream": _some(self.ledger.shown),
            "refused_told": _some(told.get("refused", {})),
            "told_by_server": told,
        }

    def close(self) -> None:
        """Open nothing any more."""
        for lane in self.lanes.values():
            lane.closing = True


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: n for name, n in sorted(counts.items()) if n}


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


async def steady(
    room: Room, pid: int, home: Path, analysts: Analysts, args: argparse.Namespace
) -> dict[str, Any]:
    """Measure at the steady rate, with who asks and what is killed beside."""
    killed: list[str] = []
    beside = [asyncio.create_task(analysts.run())]
    if args.killed_every:
        times = int(args.seconds // args.killed_every)  # none while the last are waited for
        beside.append(asyncio.create_task(killing(pid, args.killed_every, times, killed)))
    found: dict[str, Any] = {"steady": await measure(room, pid, home, args.rate, args.seconds)}
    found["ringing"] = room.ledger.ringing
    for one in beside:
        one.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    if args.analysts:
        found["asked_beside"] = analysts.figures()
    if args.killed_every:
        found["killed_beside"] = dict(Counter(killed))
    return found


async def live(folder: Path, args: argparse.Namespace) -> dict[str, Any]:
    """Serve, fill the room, push; return figures."""
    home = folder / "home"
    push, listen, ask = make_home(home, args.subscribers, args.analysts, reader=args.reader)
    port = free_port()
    with served(home, port) as server:
        room = Room(port, push, listen, args)
        await room.open()
        say("everybody is in the room")
        await room.push(min(100.0, args.rate), either(3.0, 1.0))  # what is made once is made before
        async with AsyncExitStack() as stack:
            if args.operator:
                url = f"http://127.0.0.1:{port}"
                room.lanes[1].watched = True
                await stack.enter_async_context(
                    watching(url, LOGIN, PASSWORD, SOURCES[1], room.ledger, PICTURE)
                )
            found = await steady(room, server.pid, home, Analysts(port, ask, args.asked), args)
            say(f"steady: {json.dumps(found['steady']['from_acknowledged'])}")
            if args.cut:
                found["cut"] = await cut_off(room, args.rate, args.cut)
                say(f"cut: {json.dumps(found['cut'])}")
            if args.burst:
                rate = args.rate * args.times
                found["burst"] = await measure(room, server.pid, home, rate, args.burst)
        found |= await room.totals()
        found["server_peak_rss_mb"] = [round(peak_rss_mb(one)) for one in family(server.pid)]
        room.close()
        server.terminate()
        await asyncio.to_thread(server.wait, 120)
    ringing = found.pop("ringing")
    return found | await asyncio.to_thread(afterwards, home, ringing, room.ledger.rung)


async def cut_off(room: Room, rate: float, seconds: float) -> dict[str, Any]:
    """Cut a listener off while messages come; return what it missed and heard twice."""
    room.begin()
    pushing = asyncio.create_task(room.push(rate, seconds + 2 * AROUND_CUT_S))
    await asyncio.sleep(AROUND_CUT_S)
    found = await room.cut(seconds)
    await pushing
    return {**found, "lost": room.ledger.unheard(), "doubled": room.ledger.doubled}


def afterwards(
    folder: Path, ringing: dict[str, float], rung: dict[str, list[float]]
) -> dict[str, Any]:
    """Process what still waits; return how many facts there are, and how soon alerts were heard."""
    with open_home(folder) as home:
        home.intake.drain()
        return {"in_lake": home.lake.count("facts"), "alerts": heard(home, ringing, rung)}


def say(text: str) -> None:
    """Say how it goes."""
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1_800.0)
    parser.add_argument("--rate", type=float, default=1_000.0)
    parser.add_argument("--subscribers", type=int, default=500)
    parser.add_argument("--cut", type=float, default=60.0, help="Seconds a listener is cut off.")
    parser.add_argument("--burst", type=float, default=300.0, help="Seconds of the burst.")
    parser.add_argument("--times", type=float, default=10.0, help="Its rate, of the steady one.")
    parser.add_argument("--out", type=Path, help="Also write the JSON here.")
    parser.add_argument("--operator", action="store_true", help="A page in Chromium, too.")
    parser.add_argument("--rude", action="store_true", help="Senders heed no Retry-After.")
    parser.add_argument("--analysts", type=int, default=0, help="Who ask beside, each a token.")
    parser.add_argument("--asked", type=float, default=0.0, help="Questions a second of them all.")
    parser.add_argument("--reader", action="store_true", help="They ask a process apart.")
    parser.add_argument("--killed-every", type=float, default=0.0, help="Seconds between kills.")
    most = {
        "analysts": 2,
        "killed_every": 1,
        "seconds": 2,
        "rate": 20,
        "subscribers": 3,
        "cut": 1,
        "burst": 2,
        "times": 2,
    }
    return sized(parser.parse_args(), **most)


def main() -> None:
    args = arguments()
    figures: dict[str, Any] = {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "machine": platform.platform(),
        "subscribers": args.subscribers,
        "rate": args.rate,
    }
    with (
        tempfile.TemporaryDirectory(prefix="vigie-bench-live-") as name,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        figures |= runner.run(live(Path(name), args))
    figures["load_after"] = round(os.getloadavg()[0], 1)
    told = judge(figures)
    for one in told:
        word = {True: "met", False: "MISSED", None: "not measured"}[one["met"]]
        print(f"{one['name']}: {word}. {one['sentence']} Asked: {one['asked']}.")
    line = json.dumps({"name": "live", "asked": told, "figures": figures})
    if args.out:
        args.out.write_text(line + "\n", encoding="utf-8")
    print(line)


if __name__ == "__main__":
    main()
