"""Subscribers of the live stream and senders that push to it, cheap enough to share the machine.

All of them live in one event loop. A sender keeps one message under way; a subscriber of the sample
reads every event, the others count bytes only.
"""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from _pushing import entry

from vigie.base.ids import record_id

LONGEST_MS = 120_000
TICK_S = 0.005
REOPENED_S = 1.0
MOST_HELD = 2_000
"""Messages a sender holds for later; what is due beyond that it drops and counts."""


class Delays:
    """Durations, counted by the millisecond."""

    def __init__(self) -> None:
        self.counts = np.zeros(LONGEST_MS + 1, np.int64)

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[min(LONGEST_MS, max(0, int(seconds * 1000)))] += 1

    def figures(self) -> dict[str, int]:
        """Return how many, and the usual percentiles in milliseconds."""
        total = int(self.counts.sum())
        if not total:
            return {"n": 0}
        upto = np.cumsum(self.counts)
        found = {
            f"p{share}_ms": int(np.searchsorted(upto, total * share / 100))
            for share in (50, 95, 99)
        }
        return {"n": total, **found, "max_ms": int(np.nonzero(self.counts)[0][-1])}


@dataclass
class Sent:
    """A message on its way: when it was due and answered, and who of the sample still waits."""

    priority: int
    due_s: float
    acked_s: float = 0.0
    waited_for: int = 0


@dataclass
class Ledger:
    """What was sent, answered and heard, for as long as somebody waits for it.

    Attributes:
        sample: How many subscribers read everything.
        open: Messages not heard by all of the sample yet, by the id of their fact.
        unsure: Facts of messages whose connection was cut before an answer: they may be heard.
        shown: What the stream last said was refused, by priority, since the server began.
    """

    sample: int
    open: dict[str, Sent] = field(default_factory=dict)
    due: Counter[int] = field(default_factory=Counter)
    acked: Counter[int] = field(default_factory=Counter)
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)
    dropped: Counter[int] = field(default_factory=Counter)
    ack: Delays = field(default_factory=Delays)
    doubled: int = 0
    told: Counter[int] = field(default_factory=Counter)
    counted: Counter[int] = field(default_factory=Counter)
    heard: dict[int, Delays] = field(default_factory=lambda: {n: Delays() for n in (1, 2, 3)})
    from_due: Delays = field(default_factory=Delays)
    screen: Delays = field(default_factory=Delays)
    watched: dict[str, float] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    shown: dict[str, int] = field(default_factory=dict)

    def see(self, fact_id: str, at_s: float) -> None:
        """Note that a fact came to stand on the operator's screen, at a wall-clock instant."""
        acked = self.watched.pop(fact_id, None)
        if acked is not None:
            self.screen.add(at_s - acked)

    def hear(self, fact_id: str) -> None:
        """Note that one of the sample was told of a fact."""
        sent = self.open.get(fact_id)
        if sent is None:
            self.doubled += fact_id not in self.unsure
            return
        now = time.monotonic()
        self.heard[sent.priority].add(now - (sent.acked_s or now))
        self.from_due.add(now - sent.due_s)
        self.told[sent.priority] += 1
        sent.waited_for -= 1
        if sent.waited_for <= 0:
            del self.open[fact_id]


class Subscriber(asyncio.Protocol):
    """One reader of the live stream."""

    def __init__(self, token: str, ledger: Ledger | None, after: str = "") -> None:
        self.bytes = 0
        self.cut = False
        self.last_id = after
        self.kinds: Counter[str] = Counter()
        self._token = token
        self._ledger = ledger
        self._rest = self._raw = b""
        self._unpack: Callable[[bytes], bytes] | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        resume = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id else ""
        head = f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}"
        transport.write(f"{head}\r\nAccept-Encoding: gzip\r\n{resume}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Count, and read if this one is of the sample."""
        self.bytes += len(data)
        if self._ledger is None:
            return
        for piece in self._pieces(data):
            *lines, self._rest = (self._rest + piece).split(b"\n")
            for line in lines:
                if line.startswith(b"data: "):
                    self._read(json.loads(line[6:]))

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield what came, without HTTP's chunks, unpacked."""
        self._raw += data
        if self._unpack is None:
            head, end, rest = self._raw.partition(b"\r\n\r\n")
            if not end:
                return
            packed = b"content-encoding: gzip" in head.lower()
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            self._unpack, self._raw = unpacker.decompress if packed else bytes, rest
        while True:
            size, end, rest = self._raw.partition(b"\r\n")
            n = int(size, 16) if end else 0
            if not end or len(rest) < n + 2:
                return
            self._raw = rest[n + 2 :]
            yield self._unpack(rest[:n])

    def _read(self, event: dict[str, Any]) -> None:
        ledger, data = self._ledger, event["data"]
        assert ledger is not None
        self.last_id = event["id"]
        self.kinds[event["type"]] += 1
        if event["type"] == "org.vigie.fact.recorded.v1":
            ledger.hear(data["fact_id"])
        elif event["type"] == "org.vigie.intake.pressure.v1":
            ledger.shown = data["refused"]
        elif event["type"] == "org.vigie.facts.recorded.v1":
            for fact in data["facts"]:
                ledger.hear(fact["fact_id"])
            for severity, n in data["left_out"].items():
                ledger.counted[int(severity)] += n

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server let go."""
        self.cut = True


class Sender(asyncio.Protocol):
    """One connection that pushes; tells its lane when it is free."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._buffer = b""
        self._fact_id = ""
        self._sent: Sent | None = None
        self._began = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be free."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._lane.free.append(self)

    def push(self, fact_id: str, sent: Sent, request: bytes) -> None:
        """Send one message."""
        assert self.transport is not None
        self._fact_id, self._sent, self._began = fact_id, sent, time.monotonic()
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
        self._lane.answered(self._fact_id, sent, status, self._began)

    def _rest(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self._lane.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Be free no more; another connection takes its place."""
        if self in self._lane.free:
            self._lane.free.remove(self)
        if self._sent is not None:
            self._lane.answered(self._fact_id, self._sent, "cut", self._began)
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
            body = entry(ref, int(ref.rpartition("-")[2]))
            sent = Sent(self._priority, due, waited_for=self._ledger.sample)
            fact_id = record_id(self._source, ref)
            self._ledger.open[fact_id] = sent
            request = self._head + str(len(body)).encode() + b"\r\n\r\n" + body
            self.under_way += 1
            self.free.popleft().push(fact_id, sent, request)

    def answered(self, fact_id: str, sent: Sent, status: str, began: float) -> None:
        """Take an answer; what was refused is nobody's to hear, what was cut perhaps."""
        now = time.monotonic()
        self.under_way -= 1
        if status == "202":
            sent.acked_s = now
            self._ledger.acked[self._priority] += 1
            self._ledger.ack.add(now - began)
            if self.watched:
                self._ledger.watched[fact_id] = time.time()
        else:
            self._ledger.refused[self._priority, status] += 1
            self._ledger.open.pop(fact_id, None)
            if status == "cut":
                self._ledger.unsure.add(fact_id)
        self._send()
