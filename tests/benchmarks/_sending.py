"""Senders that push to the live room over HTTP, cheap enough to share the machine.

Each keeps one message under way; all of them live in one event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import cast

from _furnishing import rings
from _listening import Ledger, Sent
from _pushing import entry

from vigie.base.ids import record_id

TICK_S = 0.005
REOPENED_S = 1.0
MOST_HELD = 2_000
"""Messages a sender holds for later; what is due beyond that it drops and counts."""


class Sender(asyncio.Protocol):
    """One connection that pushes; tells its lane when it is free."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._buffer = b""
        self._sent: Sent | None = None
        self._began = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be free."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self._lane.free.append(self)

    def push(self, sent: Sent, request: bytes) -> None:
        """Send one message."""
        assert self.transport is not None
        self._sent, self._began = sent, time.monotonic()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take an answer, once it is whole."""
        self._buffer += data
        head, mark, body = self._buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) < length or self._sent is None:
            return
        self._buffer = b""
        sent, self._sent = self._sent, None
        status = head[9:12].decode()
        if status == "429" and not self._lane.rude:
            wait_s = float(head.lower().split(b"retry-after:")[1].split(b"\r\n")[0])
            asyncio.get_running_loop().call_later(wait_s, self._rest)
        else:
            self._lane.free.append(self)
        self._lane.answered(sent, status, self._began)

    def _rest(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self._lane.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Be free no more; another connection takes its place."""
        if self in self._lane.free:
            self._lane.free.remove(self)
        if self._sent is not None:
            self._lane.answered(self._sent, "cut", self._began)
        self._lane.replace()


class Lane:
    """Pushes the messages of one priority at a rate, over its own connections, in an open loop."""

    def __init__(self, port: int, token: str, source: str, priority: int, ledger: Ledger) -> None:
        self.free: deque[Sender] = deque()
        self.held: deque[tuple[str, float]] = deque()
        self.rate = 0.0
        self.rude = False
        self.watched = False
        self.closing = False
        self.under_way = 0
        self._opening: set[asyncio.Task[None]] = set()
        self._port, self._source, self._priority = port, source, priority
        self._ledger = ledger
        self._number = 0
        self._head = (
            f"POST /api/ingest/{source} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: text/csv\r\nContent-Length: "
        ).encode()

    async def open(self, connections: int) -> None:
        """Open the connections."""
        for _ in range(connections):
            await self._connect()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: Sender(self), "127.0.0.1", self._port)

    def replace(self) -> None:
        """Open a connection for one that was cut, a moment later; not at the end."""
        if not self.closing:
            asyncio.get_running_loop().call_later(REOPENED_S, self._reopen)

    def _reopen(self) -> None:
        if not self.closing:
            task = asyncio.get_running_loop().create_task(self._connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def run(self, ended: Callable[[], bool]) -> None:
        """Send what is due until told to end; the rate may be changed meanwhile."""
        owed, last = 0.0, time.monotonic()
        while not ended():
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            owed, last = owed + self.rate * (now - last), now
            for _ in range(int(owed)):
                self._due(now)
            owed -= int(owed)
            self._send()

    def _due(self, now: float) -> None:
        self._ledger.due[self._priority] += 1
        if len(self.held) >= MOST_HELD:
            self._ledger.dropped[self._priority] += 1
            return
        self._number += 1
        self.held.append((f"{self._source}-{self._number:07}", now))

    def _send(self) -> None:
        while self.held and self.free:
            ref, due = self.held.popleft()
            number = int(ref.rpartition("-")[2])
            body = entry(ref, number)
            sent = Sent(record_id(self._source, ref), self._priority, due, rings=rings(number))
            self._ledger.open[sent.fact_id] = sent
            request = self._head + str(len(body)).encode() + b"\r\n\r\n" + body
            self.under_way += 1
            self.free.popleft().push(sent, request)

    def answered(self, sent: Sent, status: str, began: float) -> None:
        """Take an answer; what was refused is nobody's to hear, what was cut perhaps."""
        now = time.monotonic()
        self.under_way -= 1
        if status == "202":
            sent.acked_s = now
            if sent.rings:
                self._ledger.ringing[sent.fact_id] = now
            self._ledger.acked[self._priority] += 1
            self._ledger.ack.add(now - began)
            if self.watched:
                self._ledger.watched[sent.fact_id] = time.time()
            self._ledger.close(sent)
        else:
            self._ledger.refused[self._priority, status] += 1
            self._ledger.open.pop(sent.fact_id, None)
            if status == "cut":
                self._ledger.unsure.add(sent.fact_id)
        self._send()
