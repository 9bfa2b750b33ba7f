"""The live stream: resumed without gap or double, waiting for nobody, ended with the session."""

from __future__ import annotations

import asyncio
import json
import threading
import tracemalloc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock
from vigie.base.errors import TooManyRequests
from vigie.intake.events import FACT_RECORDED, MEANS_MOVED, QUARANTINE_ADDED, Event
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.web.event_stream import EventStream
from vigie.web.hearing import dataset_of
from vigie.web.streaming import GAP_TYPE, Encoded, Hub, encode

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


async def everything(batch: Sequence[Encoded]) -> bytes:
    return b"".join(event.wire for event in batch)


async def gaps(batch: Sequence[Encoded]) -> bytes:
    return b"".join(event.wire for event in batch if event.type == GAP_TYPE)


async def always() -> bool:
    return True


def parse(wire: bytes) -> list[tuple[int, dict[str, Any]]]:
    """Return ids and documents of a stream, read by the rules of the standard."""
    found: list[tuple[int, dict[str, Any]]] = []
    for block in wire.decode("utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        for line in block.split("\n"):
            name, colon, value = line.partition(":")
            if name and colon:
                fields[name] = fields.get(name, "") + value.removeprefix(" ")
        if "data" in fields:
            found.append((int(fields["id"]), json.loads(fields["data"])))
    return found


def read_events(
    client: httpx.Client,
    count: int,
    *,
    once_open: Callable[[], object] = lambda: None,
    **options: Any,
) -> list[tuple[int, dict]]:
    """Read from the live stream until it gave so many events; call ``once_open`` when it is."""
    wire = b""
    if count == 0:
        return []
    with client.stream("GET", "/api/stream", timeout=10, **options) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        for piece in answer.iter_bytes():
            if not wire:
                once_open()
            wire += piece
            if len(parse(wire)) >= count:
                break
    return parse(wire)


def sign_in(client: httpx.Client, role: str) -> None:
    answer = client.post("/api/session", json={"login": role, "password": PASSWORD})
    assert answer.status_code == 200


def test_resume_has_neither_gap_nor_double(own: Own) -> None:
    """A reader that is cut again and again hears each event once, in order."""
    home, _, client = own
    sign_in(client, "operator")
    start = home.intake.events.latest_id
    stop = threading.Event()
    logged: list[int] = []

    def log() -> None:
        for number in range(400):
            logged.append(home.intake.events.append(FACT_RECORDED, {"number": number}))
            stop.wait(0.001)

    writer = threading.Thread(target=log)
    writer.start()
    heard: list[int] = []
    numbers: list[int] = []
    last = start
    try:
        while len(numbers) < 400:
            batch = read_events(client, 37, headers={"Last-Event-ID": str(last)})[:37]
            heard += [id_ for id_, _ in batch]
            numbers += [document["data"]["number"] for _, document in batch]
            last = heard[-1]
            if 400 - len(numbers) < 37:
                break
    finally:
        stop.set()
        writer.join()
    rest = read_events(client, 400 - len(numbers), headers={"Last-Event-ID": str(last)})
    numbers += [document["data"]["number"] for _, document in rest]
    heard += [id_ for id_, _ in rest]
    assert heard == logged
    assert numbers == list(range(400))


def test_events_are_cloudevents(own: Own) -> None:
    home, _, client = own
    sign_in(client, "operator")
    start = home.intake.events.latest_id
    home.intake.events.append(FACT_RECORDED, {"fact_id": "é\nü"})
    ((id_, document),) = read_events(client, 1, params={"after": str(start)})
    assert document == {
        "specversion": "1.0",
        "id": str(id_),
        "source": "/vigie",
        "type": FACT_RECORDED,
        "time": "2026-03-30T12:00:00Z",
        "datacontenttype": "application/json",
        "data": {"fact_id": "é\nü"},
    }


def test_a_first_connection_begins_with_what_comes_next(own: Own) -> None:
    home, _, client = own
    sign_in(client, "operator")
    home.intake.events.append(FACT_RECORDED, {"n": "before"})
    heard = read_events(
        client, 1, once_open=lambda: home.intake.events.append(FACT_RECORDED, {"n": "after"})
    )
    assert [document["data"]["n"] for _, document in heard] == ["after"]


def test_roles_hear_what_they_may_see(own: Own) -> None:
    home, _, client = own
    start = home.intake.events.latest_id
    for type_, source in (
        (FACT_RECORDED, "rescue"),
        (FACT_RECORDED, "police"),
        (MEANS_MOVED, "rescue"),
        (QUARANTINE_ADDED, "rescue"),
        ("org.vigie.alert.raised.v1", "rescue"),
        ("org.other.v1", "rescue"),
        (FACT_RECORDED, "rescue"),
    ):
        home.intake.events.append(type_, {"source": source})
    account = home.desk.accounts.get("partner")
    home.desk.scopes.grant(account.account_id, "rescue", granted_by="admin")
    sign_in(client, "partner")
    heard = read_events(client, 2, headers={"Last-Event-ID": str(start)})
    told = [(document["type"], document["data"]["source"]) for _, document in heard]
    assert told == [(FACT_RECORDED, "rescue")] * 2
    assert not home.rights.may(Caller("e", "elected"), dataset_of(FACT_RECORDED))
    assert dataset_of("org.other.v1") == ""
    assert not home.rights.may(Caller("e", "operator"), "")
    assert home.rights.may(Caller("e", "dpo"), dataset_of(QUARANTINE_ADDED))


def test_the_end_of_a_session_ends_its_stream(own: Own) -> None:
    home, _, client = own
    sign_in(client, "operator")
    with client.stream("GET", "/api/stream", timeout=20) as answer:
        pieces = answer.iter_bytes()
        next(pieces)
        home.desk.accounts.disable("operator")
        for _ in pieces:
            pass  # ends by itself; without that, the read times out
    assert client.get("/api/city").status_code == 401


def test_stopping_the_server_ends_streams(own: Own) -> None:
    """The fixture's server must stop within seconds although a reader is connected."""
    _, _, client = own
    sign_in(client, "operator")
    context = client.stream("GET", "/api/stream", timeout=20)
    answer = context.__enter__()
    next(answer.iter_bytes())


# --- The hub alone ------------------------------------------------------------------------------


class MemoryLog:
    """An event log in memory, of which the beginning may be lost."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.number = 0
        self.condition = threading.Condition()

    @property
    def latest_id(self) -> int:
        return self.number

    @property
    def oldest_id(self) -> int:
        return self.events[0].id if self.events else 0

    def add(self, type_: str = FACT_RECORDED) -> int:
        with self.condition:
            self.number += 1
            self.events.append(Event(self.number, type_, 0, {"n": self.number}))
            self.condition.notify_all()
            return self.number

    def since(self, after: int, limit: int = 500) -> list[Event]:
        return [event for event in self.events if event.id > after][:limit]

    def wait(self, after: int, timeout: float) -> bool:
        with self.condition:
            return self.condition.wait_for(lambda: self.number > after, min(timeout, 0.05))


@asynccontextmanager
async def hub_over(log: MemoryLog, **options: Any) -> AsyncIterator[Hub]:
    hub = Hub(log, **options)
    try:
        yield hub
    finally:
        await hub.stop()


async def take(stream: AsyncIterator[bytes], count: int) -> list[int]:
    ids: list[int] = []
    async for wire in stream:
        ids += [id_ for id_, _ in parse(wire)]
        if len(ids) >= count:
            break
    return ids


@given(
    before=st.integers(0, 30),
    ring=st.integers(1, 8),
    cursor=st.integers(0, 40),
    after=st.integers(1, 20),
)
def test_any_cursor_over_any_ring_hears_the_rest_once(
    before: int, ring: int, cursor: int, after: int
) -> None:
    async def scenario() -> list[int]:
        log = MemoryLog()
        for _ in range(before):
            log.add()
        async with hub_over(log, ring=ring) as hub:
            stream = hub.subscribe(cursor, everything, always)
            first = await anext(stream)
            assert b"retry" in first
            for _ in range(after):
                log.add()
            wanted = before + after - min(cursor, before)
            return await asyncio.wait_for(take(stream, wanted), 10)

    assert asyncio.run(scenario()) == list(range(min(cursor, before) + 1, before + after + 1))


def test_what_was_pruned_is_told_as_a_gap() -> None:
    async def scenario() -> list[dict[str, Any]]:
        log = MemoryLog()
        for _ in range(10):
            log.add()
        del log.events[:6]
        async with hub_over(log) as hub:
            stream = hub.subscribe(2, gaps, always)
            await anext(stream)
            return [document for _, document in parse(await anext(stream))]

    (gap,) = asyncio.run(scenario())
    assert gap["type"] == GAP_TYPE
    assert gap["data"] == {"after": 2, "oldest": 7}


def test_five_hundred_hear_everything_and_a_sleeper_costs_nothing() -> None:
    async def scenario() -> None:
        log = MemoryLog()
        async with hub_over(log, ring=50) as hub:
            streams = [hub.subscribe(0, everything, always) for _ in range(500)]
            sleeper = hub.subscribe(0, everything, always)
            await anext(sleeper)
            readers = [asyncio.create_task(take(stream, 200)) for stream in streams]
            for number in range(200):
                log.add()
                if number % 20 == 0:
                    await asyncio.sleep(0.01)
            for ids in await asyncio.wait_for(asyncio.gather(*readers), 60):
                assert ids == list(range(1, 201))
            assert len(hub._ring) == 50
            assert await asyncio.wait_for(take(sleeper, 200), 60) == list(range(1, 201))

    asyncio.run(scenario())


def test_more_subscribers_than_served_are_asked_to_come_back() -> None:
    async def scenario() -> None:
        async with hub_over(MemoryLog(), most=1) as hub:
            first = hub.subscribe(None, everything, always)
            await anext(first)
            with pytest.raises(TooManyRequests):
                hub.refuse_when_full()
            await first.aclose()
            hub.refuse_when_full()

    asyncio.run(scenario())


def test_silence_is_broken_by_heartbeats() -> None:
    async def scenario() -> list[bytes]:
        async with hub_over(MemoryLog()) as hub:
            stream = hub.subscribe(None, everything, always, heartbeat_s=0.02, recheck_s=9)
            return [await asyncio.wait_for(anext(stream), 60) for _ in range(3)]

    assert asyncio.run(scenario())[1:] == [b": ping\n\n", b": ping\n\n"]


def test_a_log_that_fails_once_is_read_again() -> None:
    class Failing(MemoryLog):
        failures = 1

        def since(self, after: int, limit: int = 500) -> list[Event]:
            if self.failures:
                self.failures -= 1
                raise OSError("disk")
            return super().since(after, limit)

    async def scenario() -> list[int]:
        log = Failing()
        async with hub_over(log) as hub:
            stream = hub.subscribe(None, everything, always)
            await anext(stream)
            log.add()
            return await asyncio.wait_for(take(stream, 1), 60)

    assert asyncio.run(scenario()) == [1]


def test_a_reader_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.web.event_stream.STALLED_S", 0.05)
    sent: list[str] = []
    ended: list[bool] = []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b": x\n\n"
        finally:
            ended.append(True)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message["type"])
        if len(sent) > 3:
            await asyncio.sleep(60)

    async def scenario() -> None:
        content = endless()
        await asyncio.wait_for(EventStream(content).stream_response(send), 30)
        await content.aclose()

    asyncio.run(scenario())
    assert len(sent) == 4
    assert ended == [True]


@given(st.text(), st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_any_text_survives_the_wire(text: str, data: dict[str, Any]) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    event = Event(7, FACT_RECORDED, 1, {"text": text, **data})
    encoded = encode(event)
    ((id_, document),) = parse(encoded.wire)
    assert id_ == 7
    assert document["data"] == encoded.read() == json.loads(json.dumps(event.data))


def test_what_the_ring_keeps_is_no_larger_than_what_is_sent() -> None:
    row = {"kind": "incivility.noise", "lon": 5.3, "lat": 43.2, "severity": 2, "status": "open"}

    def commit(number: int) -> Event:
        facts = [{"fact_id": f"facts-{number}-{n:020}", "at": f"{n:030}", **row} for n in range(99)]
        return Event(number, FACT_RECORDED, 1, {"n": len(facts), "facts": facts, "left_out": {}})

    with ExitStack() as after:
        after.callback(tracemalloc.stop)
        tracemalloc.start()
        kept = [encode(commit(number)) for number in range(50)]
        held = tracemalloc.get_traced_memory()[0]
    assert held < 1.3 * sum(len(event.wire) for event in kept)
