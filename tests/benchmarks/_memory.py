"""Memory of a process and of all that live under it, each by what it is, and how fast it grows.

What counts is what nobody else could have: pages of a process's own (``RssAnon``). Pages of files
(the code, a database's log) are the kernel's to take back, and are told beside.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

from _pushing import backlog, family

WARM_UP = 1 / 3
"""What is looked at of a run before its slope counts: caches and pools fill first."""
MOST_POINTS = 400
"""Pairs of so many points are looked at; of more, every second, third … one is taken."""
COUNTED_EVERY_S = 10.0
SMOOTHED_S = 60.0
"""The slope is taken over the least of each minute: what a commit needs for a moment is no leak."""


def slope(points: list[tuple[float, float]]) -> float:
    """Return the median slope of all pairs (Theil 1950, Sen 1968); 0 of fewer than two points."""
    points = points[:: max(1, -(-len(points) // MOST_POINTS))]
    return median([(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2)] or [0])


def name_of(pid: int) -> str:
    """Return what a process of a served home is: its module's last name, or that of its program."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    if "-m" in words:
        return words[words.index("-m") + 1].removeprefix("vigie.").replace("vigie", "server")
    return Path(words[0]).name


def held_mb(pid: int) -> tuple[float, float]:
    """Return a process's own memory and all that it has in memory, MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    told = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
    return int(told["RssAnon"].split()[0]) / 1024, int(told["VmRSS"].split()[0]) / 1024


@dataclass
class Held:
    """What one process held, look after look: seconds, MiB of its own, MiB in all."""

    name: str
    at_s: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)

    def figures(self, began_s: float, ended_s: float) -> dict[str, Any]:
        """Return first, last and most, and the slope after the warm-up in MiB an hour."""
        warm = began_s + (ended_s - began_s) * WARM_UP
        least: dict[int, tuple[float, float]] = {}
        for at, mb in zip(self.at_s, self.own, strict=True):
            minute = int((at - warm) / SMOOTHED_S)
            if at >= warm and (minute not in least or mb < least[minute][1]):
                least[minute] = (at / 3600, mb)
        after = [mb for at, mb in zip(self.at_s, self.own, strict=True) if at >= warm]
        return {
            "first": round(self.own[0]),
            "after_warm_up": round(after[0]) if after else None,
            "last": round(self.own[-1]),
            "most": round(max(self.own)),
            "most_with_files": round(max(self.all)),
            "mb_per_hour": round(slope(list(least.values())), 1) if len(least) > 2 else None,
        }


@dataclass
class Watch:
    """Memory by process and what waits, looked at again and again."""

    pid: int
    home: Path
    held: dict[int, Held] = field(default_factory=dict)
    waiting: list[int] = field(default_factory=list)
    began_s: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Look once."""
        for pid in family(self.pid):
            with suppress(OSError, KeyError):  # it has ended meanwhile
                own, everything = held_mb(pid)
                one = self.held.setdefault(pid, Held(name_of(pid)))
                one.at_s.append(time.monotonic())
                one.own.append(own)
                one.all.append(everything)

    async def run(self, every_s: float) -> None:
        """Look until cancelled."""
        while True:
            self.look()
            if len(self.waiting) * COUNTED_EVERY_S <= time.monotonic() - self.began_s:
                self.waiting.append(await asyncio.to_thread(backlog, self.home))
            await asyncio.sleep(every_s)

    def figures(self) -> dict[str, Any]:
        """Return what each process held that stayed, the sum of their slopes, and what passed."""
        began = min(one.at_s[0] for one in self.held.values())
        ended = max(one.at_s[-1] for one in self.held.values())
        stayed = [
            one
            for one in self.held.values()
            if one.at_s[-1] - one.at_s[0] >= (ended - began) * (1 - WARM_UP)
        ]
        passed = [max(one.own) for one in self.held.values() if one not in stayed]
        found: dict[str, dict[str, Any]] = {}
        for one in stayed:
            name, n = one.name, 2
            while name in found:
                name, n = f"{one.name} {n}", n + 1
            found[name] = one.figures(began, ended)
        slopes = [one["mb_per_hour"] for one in found.values() if one["mb_per_hour"] is not None]
        return {
            "by_process": found,
            "most": round(sum(one["most"] for one in found.values()) + max(passed, default=0.0)),
            "passing": {"n": len(passed), "most": round(max(passed, default=0.0))},
            "mb_per_hour": round(sum(slopes), 1) if slopes else None,
            "most_waiting": max(self.waiting),
        }
