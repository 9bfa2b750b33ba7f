"""Subscribers of the live stream, all of them read whole, cheap enough to share the machine.

The server packs a piece once for all with the same rights. Here each *distinct* piece is unpacked
and read once; for every subscriber its very bytes are compared, by their hash, with the pieces read
before. So each subscriber's events are known without reading 500 times what is the same, and what
differs for one is read for it alone. Per subscriber the numbers of events must rise: nothing comes
twice. Each fact is settled once all have had it: who has not is owed it.
"""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from vigie.web.event_stream import GZIP_HEAD

LONGEST_MS = 120_000
PIECES_KEPT = 512


class Delays:
    """Durations, counted by the millisecond."""

    def __init__(self) -> None:
        self.counts = np.zeros(LONGEST_MS + 1, np.int64)

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[min(LONGEST_MS, max(0, int(seconds * 1000)))] += 1

    def add_all(self, seconds: np.ndarray) -> None:
        """Count durations."""
        ms = np.clip(seconds.ravel() * 1000, 0, LONGEST_MS).astype(np.int64)
        found = np.bincount(ms)
        self.counts[: len(found)] += found

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


@dataclass(eq=False)
class Sent:
    """A message on its way: its fact, when it was due, whether it is to ring, what came of it."""

    fact_id: str
    priority: int
    due_s: float
    rings: bool = False
    acked_s: float = 0.0
    told: Told | None = None


@dataclass(eq=False)
class Told:
    """An event as the stream tells it: the messages in it, and when each subscriber had it.

    Attributes:
        type: Of the event.
        sent: The messages told one by one.
        left_out: How many are told by their number only, by severity.
        strange: Facts in it that nobody waits for: told before, or refused.
        alert: Of an alert, its id.
        heard_s: When a subscriber had it, for those not settled yet.
        heard: How many have had it.
    """

    type: str
    sent: tuple[Sent, ...]
    left_out: dict[int, int]
    strange: int
    alert: str = ""
    heard_s: list[float] = field(default_factory=list)
    heard: int = 0


@dataclass
class Ledger:
    """What was sent, answered and heard, for as long as somebody waits for it.

    Attributes:
        listeners: How many subscribers there are.
        open: Messages not heard by all of them yet, by the id of their fact.
        waiting: Events not heard by all of them yet, by number.
        unsure: Facts of messages whose connection was cut before an answer: they may be heard.
        shown: What the stream last said was refused, by priority, since the server began.
        ringing: When messages of the watched place were answered, by fact.
        rung: When each alert was heard, by its id.
    """

    listeners: int
    open: dict[str, Sent] = field(default_factory=dict)
    waiting: dict[int, Told] = field(default_factory=dict)
    due: Counter[int] = field(default_factory=Counter)
    acked: Counter[int] = field(default_factory=Counter)
    refused: Counter[tuple[int, str]] = field(default_factory=Counter)
    dropped: Counter[int] = field(default_factory=Counter)
    ack: Delays = field(default_factory=Delays)
    doubled: int = 0
    told: Counter[int] = field(default_factory=Counter)
    counted: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    heard: dict[int, Delays] = field(default_factory=lambda: {n: Delays() for n in (1, 2, 3)})
    from_due: Delays = field(default_factory=Delays)
    screen: Delays = field(default_factory=Delays)
    watched: dict[str, float] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    shown: dict[str, int] = field(default_factory=dict)
    ringing: dict[str, float] = field(default_factory=dict)
    rung: dict[str, list[float]] = field(default_factory=dict)

    def see(self, fact_id: str, at_s: float) -> None:
        """Note that a fact came to stand on the operator's screen, at a wall-clock instant."""
        acked = self.watched.pop(fact_id, None)
        if acked is not None:
            self.screen.add(at_s - acked)

    def read(self, number: int, event: dict[str, Any]) -> Told:
        """Return an event, found among those that some subscriber has had or made anew."""
        found = self.waiting.get(number)
        if found is not None:
            return found
        data, type_ = event["data"], event["type"]
        facts: list[str] = []
        left_out: dict[int, int] = {}
        if type_ == "org.vigie.fact.recorded.v1":
            facts = [data["fact_id"]]
        elif type_ == "org.vigie.intake.pressure.v1":
            self.shown = data["refused"]
        elif type_ == "org.vigie.facts.recorded.v1":
            facts = [fact["fact_id"] for fact in data["facts"]]
            left_out = {int(severity): n for severity, n in data["left_out"].items()}
        rung = data["alert_id"] if type_ == "org.vigie.alert.raised.v1" else ""
        told = Told(type_, (), left_out, 0, rung)
        sent: list[Sent] = []
        for fact_id in facts:
            one = self.open.get(fact_id)
            if one is not None and one.told is None:
                one.told = told
                sent.append(one)
            else:
                told.strange += fact_id not in self.unsure
        told.sent = tuple(sent)
        self.waiting[number] = told
        return told

    def hear(self, number: int, told: Told, now_s: float) -> None:
        """Note that one subscriber has had an event."""
        if told.heard >= self.listeners:
            self.doubled += len(told.sent)
            return
        told.heard += 1
        told.heard_s.append(now_s)
        if told.heard == self.listeners:
            self.settle(told)
            self.waiting.pop(number, None)
            for sent in told.sent:
                self.close(sent)

    def close(self, sent: Sent) -> None:
        """Forget a message that is answered and was heard by all."""
        if sent.acked_s and sent.told is not None and sent.told.heard >= self.listeners:
            self.open.pop(sent.fact_id, None)

    def settle(self, told: Told) -> None:
        """Count what was heard of an event since it was last settled."""
        heard, n = np.array(told.heard_s), len(told.heard_s)
        if not n:
            return
        if told.alert:
            self.rung.setdefault(told.alert, []).extend(told.heard_s)
        told.heard_s.clear()
        self.kinds[told.type] += n
        self.doubled += told.strange * n
        for severity, left_out in told.left_out.items():
            self.counted[severity] += left_out * n
        for priority in {one.priority for one in told.sent}:
            some = [one for one in told.sent if one.priority == priority]
            self.told[priority] += len(some) * n
            # Heard before it was answered is heard at once.
            acked = np.array([one.acked_s or np.inf for one in some])
            self.heard[priority].add_all(np.maximum(heard[:, None] - acked, 0))
            self.from_due.add_all(heard[:, None] - np.array([one.due_s for one in some]))

    def settle_all(self) -> None:
        """Count what was heard, of events that some have not had, too."""
        for told in self.waiting.values():
            self.settle(told)

    def unheard(self) -> int:
        """Return how many (message, subscriber) pairs are owed, those only counted left aside."""
        self.settle_all()
        owed = sum(
            self.listeners - (0 if sent.told is None else sent.told.heard)
            for sent in self.open.values()
            if sent.acked_s
        )
        return max(0, owed - sum(self.counted.values()))


class Reader:
    """Reads each distinct piece of the stream once; remembers the latest."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._known: OrderedDict[bytes, Sequence[tuple[int, Told]]] = OrderedDict()

    def take(self, piece: bytes, *, packed: bool, last: int) -> int:
        """Note that a subscriber had a piece; returns the number of its last event.

        Args:
            piece: As it was sent.
            packed: Whether it is packed.
            last: Number of the last event that the subscriber had before.
        """
        now_s = time.monotonic()
        found = self._known.get(piece)
        if found is None:
            plain = zlib.decompressobj(-zlib.MAX_WBITS).decompress(piece) if packed else piece
            found = tuple(
                (number, self.ledger.read(number, event)) for number, event in _events(plain)
            )
            self._known[piece] = found
            if len(self._known) > PIECES_KEPT:
                self._known.popitem(last=False)
        for number, told in found:
            if number <= last:
                self.ledger.doubled += max(1, len(told.sent))
                continue
            last = number
            self.ledger.hear(number, told, now_s)
        return last


def _events(plain: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    assert plain.endswith(b"\n\n"), "a piece ends within an event"
    for block in plain.split(b"\n\n"):
        said = dict(line.partition(b": ")[::2] for line in block.split(b"\n") if line[:1] != b":")
        if b"data" in said:
            yield int(said[b"id"]), json.loads(said[b"data"])


class Subscriber(asyncio.Protocol):
    """One reader of the live stream.

    Attributes:
        last: Number of the last event it had.
    """

    def __init__(self, token: str, reader: Reader, last: int = 0) -> None:
        self.bytes = 0
        self.cut = False
        self.last = last
        self._token = token
        self._reader = reader
        self._raw = b""
        self._within = self._packed = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        resume = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        head = f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}"
        self.transport.write(f"{head}\r\nAccept-Encoding: gzip\r\n{resume}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Take what came, piece by piece."""
        self.bytes += len(data)
        raw = self._raw + data if self._raw else data
        if not self._within:
            head, end, rest = raw.partition(b"\r\n\r\n")
            if not end:
                self._raw = raw
                return
            self._packed = b"content-encoding: gzip" in head.lower()
            self._within, raw = True, rest
        while True:
            size, end, _ = raw[:20].partition(b"\r\n")
            n, begin = int(size, 16) if end else 0, len(size) + 2
            if not end or len(raw) < begin + n + 2:
                self._raw = raw
                return
            if not n:
                return  # the server has ended it
            piece, raw = raw[begin : begin + n], raw[begin + n + 2 :]
            piece = piece.removeprefix(GZIP_HEAD) if self._packed else piece
            self.last = self._reader.take(piece, packed=self._packed, last=self.last)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the server let go."""
        self.cut = True
