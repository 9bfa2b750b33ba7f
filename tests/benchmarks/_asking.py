"""Analysts who ask while the room is live, and a hand that kills what works beside the server."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
import numpy as np
from _memory import name_of
from _pushing import family

THINK_S = 1.0
"""An analyst reads an answer as long before asking again."""
NEAR = "lon=5.3698&lat=43.2965&radius_m=500"
ASKED = (
    "/api/summary",
    "/api/facts?limit=100",
    "/api/histogram?bucket=hour",
    "/api/map?zoom=12&bbox=5.2,43.2,5.5,43.4",
    f"/api/near?{NEAR}",
    f"/api/situation?{NEAR}",
)


class Analysts:
    """Clients that ask one thing after the other, each with an account of its own.

    Args:
        port: Where they ask.
        tokens: Theirs.
        rate: So many questions a second of all of them together, whether answered by then or
            not, each counted from when it was due; 0: each reads an answer before asking again.

    Attributes:
        spent_ms: How long each answer took, by what was asked.
        statuses: Answers by status; ``cut`` where there was none.
    """

    def __init__(self, port: int, tokens: list[str], rate: float = 0.0) -> None:
        self.spent_ms: dict[str, list[float]] = {one: [] for one in ASKED}
        self.statuses: Counter[str] = Counter()
        self._base, self._tokens = f"http://127.0.0.1:{port}", tokens
        self._every_s = len(tokens) / rate if rate else 0.0

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as everybody:
            for number, token in enumerate(self._tokens):
                everybody.create_task(self._ask(number, token))

    async def _ask(self, number: int, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        due = time.monotonic() + (self._every_s or THINK_S) * number / len(self._tokens)
        await asyncio.sleep(due - time.monotonic())
        async with httpx.AsyncClient(base_url=self._base, headers=headers, timeout=60) as client:
            for path in itertools.islice(itertools.cycle(ASKED), number, None):
                began = due if self._every_s else time.monotonic()
                try:
                    status = str((await client.get(path)).status_code)
                except httpx.HTTPError:
                    status = "cut"
                self.statuses[status] += 1
                self.spent_ms[path].append(1000 * (time.monotonic() - began))
                due += self._every_s
                await asyncio.sleep(due - time.monotonic() if self._every_s else THINK_S)

    def figures(self) -> dict[str, Any]:
        """Return how many answers there were, how long they took, and those that failed."""
        every = [ms for of in self.spent_ms.values() for ms in of]
        return {
            "analysts": len(self._tokens),
            "asked_per_s": round(len(self._tokens) / self._every_s) if self._every_s else None,
            "answers": dict(sorted(self.statuses.items())),
            "failed": sum(n for status, n in self.statuses.items() if not status.startswith("2")),
            **_told(every),
            "by_question": {
                path.partition("?")[0]: _told(of) for path, of in self.spent_ms.items()
            },
        }


def _told(spent_ms: list[float]) -> dict[str, Any]:
    if not spent_ms:
        return {"n": 0}
    p50, p95, p99 = (round(float(one)) for one in np.percentile(spent_ms, (50, 95, 99)))
    return {"n": len(spent_ms), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}


def kill_one(pid: int, turn: int) -> str | None:
    """Kill a process under this one, each in its turn; return what it was, if there was one."""
    helpers = sorted(family(pid)[1:])
    if not helpers:
        return None
    one = helpers[turn % len(helpers)]
    with suppress(OSError):  # it may just have ended
        name = name_of(one)
        os.kill(one, signal.SIGKILL)
        return name
    return None


async def killing(pid: int, every_s: float, times: int, killed: list[str]) -> None:
    """Kill a process under the server every so often; add what it was."""
    for turn in range(times):
        await asyncio.sleep(every_s)
        name = await asyncio.to_thread(kill_one, pid, turn)
        killed += [name] if name else []
