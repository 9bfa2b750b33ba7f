"""The live stream: one reader of the event log, any number of subscribers, none of them waited for.

Each subscriber is a cursor over the persistent log: it resumes after any event id without gap or
double. From the first subscriber on (a process that nobody listens to reads nothing) one thread
reads new events once, a tick apart, and keeps the latest, already encoded, in a ring that is
bounded in bytes; a cursor behind the ring reads the log itself, a few events at a
time. A subscriber holds one piece of ``PIECE_BYTES`` at most: a slow one costs its own delay, and
is let go when it takes nothing. Events are CloudEvents 1.0 in JSON over Server-Sent Events (WHATWG
HTML, 9.2).
"""

from __future__ import annotations

import asyncio
import json
import threading
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from fastapi.sse import format_sse_event

from vigie.base.clock import to_rfc3339
from vigie.base.errors import TooManyRequests
from vigie.base.logging import get_logger

MOST_SUBSCRIBERS = 2_000
RING = 5_000
RING_BYTES = 16 * 2**20
"""A minute of a thousand facts a second; who was away for longer reads the log."""
BATCH = 500
BEHIND = 20
"""Events that who is behind the ring is given at a time: each may tell a thousand facts."""
PIECE_BYTES = 256 * 2**10
TICK_S = 0.2
"""What is logged within it wakes the subscribers once."""
TOGETHER = 25
"""Subscribers written to before messages and questions have their turn: some five milliseconds."""
HEARTBEAT_S = 15.0
RECHECK_S = 2.0
EVENT_SOURCE = "/vigie"
GAP_TYPE = "org.vigie.stream.gap.v1"
PING = b": ping\n\n"
_DATA = b"data: "
_LOG = get_logger(__name__)


class LoggedEvent(Protocol):
    """One event as the log keeps it."""

    @property
    def id(self) -> int:
        """Increasing number of the event."""
        ...

    @property
    def type(self) -> str:
        """CloudEvents type."""
        ...

    @property
    def at_us(self) -> int:
        """When it was logged."""
        ...

    @property
    def data(self) -> Any:
        """What it says."""
        ...


class Log(Protocol):
    """The event log of intake, as the stream needs it."""

    @property
    def latest_id(self) -> int:
        """Number of the newest event, 0 before the first."""
        ...

    @property
    def oldest_id(self) -> int:
        """Number of the oldest event still kept, 0 when none is."""
        ...

    def since(self, after: int, limit: int = BATCH) -> Iterable[LoggedEvent]:
        """Return the events after a number, in order."""
        ...

    def wait(self, after: int, timeout: float) -> bool:
        """Wait until there is an event after a number; say whether there is."""
        ...


@dataclass(frozen=True, slots=True)
class Encoded:
    """An event ready to be sent.

    It holds what is sent and nothing beside: read into objects, a thousand facts are six times as
    large, and the ring keeps a minute of them.

    Attributes:
        id: Its number.
        type: CloudEvents type.
        at_us: When it was logged.
        wire: The whole event as it is sent.
    """

    id: int
    type: str
    at_us: int
    wire: bytes

    def read(self) -> Any:
        """Return what it says, for who may not hear all of it; read anew at each call."""
        line = next(one for one in self.wire.split(b"\n") if one.startswith(_DATA))
        return json.loads(line[len(_DATA) :])["data"]

    def told(self, data: Any) -> bytes:
        """Return the event as it is sent with other data."""
        return _wire(self.id, self.type, self.at_us, data)


def encode(event: LoggedEvent) -> Encoded:
    """Return an event as CloudEvents JSON in the wire form of Server-Sent Events."""
    wire = _wire(event.id, event.type, event.at_us, event.data)
    return Encoded(event.id, event.type, event.at_us, wire)


def _wire(id_: int, type_: str, at_us: int, data: Any) -> bytes:
    document = {
        "specversion": "1.0",
        "id": str(id_),
        "source": EVENT_SOURCE,
        "type": type_,
        "time": to_rfc3339(at_us),
        "datacontenttype": "application/json",
        "data": data,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return format_sse_event(data_str=text, id=str(id_))


def encode_gap(after: int, oldest: int) -> Encoded:
    """Return the notice that events between a cursor and the oldest kept one are gone."""
    document = {
        "specversion": "1.0",
        "id": f"gap-{oldest - 1}",
        "source": EVENT_SOURCE,
        "type": GAP_TYPE,
        "datacontenttype": "application/json",
        "data": {"after": after, "oldest": oldest},
    }
    text = json.dumps(document, separators=(",", ":"))
    wire = format_sse_event(data_str=text, id=str(oldest - 1))
    return Encoded(oldest - 1, GAP_TYPE, 0, wire)


Hear = Callable[[Sequence[Encoded]], Awaitable[bytes]]
"""Events as one subscriber may hear them, put end to end; empty for none of them."""


def _piece(events: Iterable[Encoded]) -> Iterator[Encoded]:
    """Yield the first events up to the size of a piece, one at least."""
    size = 0
    for event in events:
        size += len(event.wire)
        if size > PIECE_BYTES and size > len(event.wire):
            return
        yield event


class Hub:
    """Reads the log once and serves every subscriber from it.

    Attributes:
        subscribers: How many there are.
        apart: One thread for what listeners do not wait for.
    """

    def __init__(
        self,
        log: Log,
        *,
        ring: int = RING,
        ring_bytes: int = RING_BYTES,
        most: int = MOST_SUBSCRIBERS,
        tick_s: float = TICK_S,
    ) -> None:
        self._log = log
        self._most = most
        self._tick_s = tick_s
        self._ring: deque[Encoded] = deque()
        self._ring_most = ring
        self._ring_most_bytes = ring_bytes
        self._ring_bytes = 0
        self._next: dict[int, list[Encoded]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._due = 0
        self._waking = False
        self._timer: asyncio.TimerHandle | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._floor = 0
        self.subscribers = 0
        self.apart = ThreadPoolExecutor(1, "stream-accounts")

    def _begin(self, latest: int) -> None:
        """Begin to read the log with what comes next, for the first who listens."""
        if self._thread is None and not self._stopping.is_set():
            self._loop = asyncio.get_running_loop()
            self._floor = latest
            self._thread = threading.Thread(target=self._read, name="stream-hub", daemon=True)
            self._thread.start()

    async def stop(self) -> None:
        """End the reading and every subscription."""
        self._stopping.set()
        self._wake()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self.apart.shutdown)

    def _read(self) -> None:
        last = self._floor
        while not self._stopping.is_set():
            try:
                if not self._log.wait(last, 0.5):
                    continue
                batch = [encode(event) for event in self._log.since(last, BATCH)]
            except Exception:  # noqa: BLE001 - the reader must outlive one bad read; logged
                _LOG.exception("the event log cannot be read")
                self._stopping.wait(1.0)
                continue
            if batch and self._loop is not None:
                last = batch[-1].id
                self._loop.call_soon_threadsafe(self._publish, batch)
                self._stopping.wait(self._tick_s)

    def _publish(self, batch: list[Encoded]) -> None:
        self._ring.extend(batch)
        self._ring_bytes += sum(len(event.wire) for event in batch)
        while len(self._ring) > 1 and (
            len(self._ring) > self._ring_most or self._ring_bytes > self._ring_most_bytes
        ):
            gone = self._ring.popleft()
            self._ring_bytes -= len(gone.wire)
            self._floor = gone.id
        self._next.clear()
        self._wake()

    def _wake(self) -> None:
        """Wake everybody who waits now, some at a time: others have their turn in between."""
        self._woken += 1
        self._due = len(self._waiting)
        if not self._waking:
            self._wake_some()

    def _wake_some(self) -> None:
        for _ in range(min(self._due, TOGETHER)):
            one = self._waiting.popleft()
            if not one.done():  # or who waited has gone
                one.set_result(None)
            self._due -= 1
        self._waking = self._due > 0
        if self._waking:
            asyncio.get_running_loop().call_soon(self._wake_some)

    async def _news(self, seen: int) -> None:
        """Wait until woken; not at all when that has happened since ``seen``."""
        if self._woken == seen:
            waiting = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            await waiting

    def _wake_within(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """Wake all subscribers before so many seconds have passed: one timer for all of them."""
        due, timer = loop.time() + seconds, self._timer
        if timer is not None and loop.time() <= timer.when() <= due:
            return
        if timer is not None:
            timer.cancel()
        self._timer = loop.call_at(due, self._wake)

    def _from_ring(self, cursor: int) -> list[Encoded] | None:
        """Return what the ring holds after a cursor, a piece at most; None when it begins later.

        Most subscribers have the same cursor: what comes next is looked for once.
        """
        if cursor < self._floor:
            return None
        if not self._ring or cursor >= self._ring[-1].id:
            return []
        found = self._next.get(cursor)
        if found is None:
            first = bisect_right(self._ring, cursor, key=lambda event: event.id)
            found = list(_piece(islice(self._ring, first, first + BATCH)))
            self._next[cursor] = found
        return found

    def _from_log(self, cursor: int) -> list[Encoded]:
        oldest = self._log.oldest_id
        if oldest > cursor + 1:
            return [encode_gap(cursor, oldest)]
        return list(_piece(encode(event) for event in self._log.since(cursor, BEHIND)))

    def refuse_when_full(self) -> None:
        """Raise when no more subscribers are served.

        Raises:
            TooManyRequests: More subscribers than this server serves.
        """
        if self.subscribers >= self._most:
            raise TooManyRequests(retry_s=30)

    async def subscribe(
        self,
        after: int | None,
        hear: Hear,
        still_allowed: Callable[[], Awaitable[bool]],
        *,
        heartbeat_s: float = HEARTBEAT_S,
        recheck_s: float = RECHECK_S,
    ) -> AsyncIterator[bytes]:
        """Yield the wire form of every wanted event after a cursor, for ever.

        Args:
            after: Last event the subscriber has; None begins with what comes next.
            hear: Events as this subscriber may hear them.
            still_allowed: Whether the subscriber may still listen (session not ended); asked
                every ``recheck_s`` seconds.
            heartbeat_s: Longest silence: a comment line keeps the connection alive.
            recheck_s: Longest time that an ended session goes on listening.
        """
        self.subscribers += 1
        try:
            loop = asyncio.get_running_loop()
            latest = await asyncio.to_thread(lambda: self._log.latest_id)
            self._begin(latest)
            cursor = latest if after is None else min(after, latest)
            checked = sent = loop.time()
            yield f"retry: 2000\n: after {cursor}\n\n".encode()
            while not self._stopping.is_set():
                seen = self._woken
                if loop.time() - checked >= recheck_s:
                    if not await still_allowed():
                        return
                    checked = loop.time()
                batch = self._from_ring(cursor)
                if batch is None:
                    batch = await asyncio.to_thread(self._from_log, cursor)
                if batch:
                    cursor = batch[-1].id
                    wire = await hear(batch)
                    if wire:
                        yield wire
                        sent = loop.time()
                    continue
                if loop.time() - sent >= heartbeat_s:
                    yield PING
                    sent = loop.time()
                self._wake_within(loop, min(heartbeat_s, recheck_s))
                await self._news(seen)
        finally:
            self.subscribers -= 1
