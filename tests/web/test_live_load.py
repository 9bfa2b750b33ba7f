"""The live room under a burst: nothing lost nor doubled, what is held is bounded, rights kept."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.base.errors import Unavailable
from vigie.intake.events import FACTS_RECORDED, Event
from vigie.situation.bulk_reads import Told
from vigie.situation.home import Home
from vigie.web.hearing import Accounts
from vigie.web.streaming import PIECE_BYTES, Encoded, Hub

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


def packed(first: int, end: int, source: str = "rescue") -> dict[str, Any]:
    facts = [
        {"fact_id": f"f{n}", "kind": "k", "source": source, "lon": 5.4, "lat": 43.3, "severity": 2}
        for n in range(first, end)
    ]
    return {"source": source, "n": len(facts) + 3, "facts": facts, "left_out": {"1": 3}}


def listen(client: httpx.Client, after: int, until: Callable[[list[dict]], bool]) -> list[dict]:
    found: list[dict] = []
    with client.stream("GET", f"/api/stream?after={after}", timeout=20) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                found.append(json.loads(line[6:]))
            if found and until(found):
                break
    return found


def test_who_was_cut_off_during_a_burst_catches_up_without_gap_or_double(own: Own) -> None:
    """What 60 seconds bring at 1,000 facts a second, without the waiting."""
    home, _, client = own
    client.post("/api/session", json={"login": "operator", "password": PASSWORD})
    start = home.intake.events.latest_id
    for tick in range(10):
        home.intake.events.append(FACTS_RECORDED, packed(tick * 500, tick * 500 + 500))
    first = listen(client, start, lambda found: len(found) >= 4)[:4]
    rest: list[dict] = []
    writer = threading.Thread(
        target=lambda: [
            home.intake.events.append(FACTS_RECORDED, packed(tick * 500, tick * 500 + 500))
            for tick in range(10, 120)
        ]
    )
    writer.start()
    cursor = int(first[-1]["id"])
    while len(rest) < 116:
        want = min(len(rest) + 40, 116)
        done = len(rest)
        rest += listen(client, cursor, lambda found, n=want - done: len(found) >= n)[: want - done]
        cursor = int(rest[-1]["id"])
    writer.join()
    heard = [one["fact_id"] for event in first + rest for one in event["data"]["facts"]]
    assert heard == [f"f{n}" for n in range(60_000)]
    assert sum(event["data"]["n"] for event in first + rest) == 60_000 + 3 * 120


def test_a_partner_hears_of_its_own_feed_alone_even_in_one_event(own: Own) -> None:
    home, _, client = own
    account = home.desk.accounts.get("partner")
    home.desk.scopes.grant(account.account_id, "rescue", granted_by="admin")
    start = home.intake.events.latest_id
    home.intake.events.append(FACTS_RECORDED, packed(0, 30, "police"))
    home.intake.events.append(FACTS_RECORDED, packed(30, 60, "rescue"))
    client.post("/api/session", json={"login": "partner", "password": PASSWORD})
    (event,) = listen(client, start, bool)
    assert {one["source"] for one in event["data"]["facts"]} == {"rescue"}
    assert event["data"]["left_out"] == {"1": 3}
    assert event["data"]["n"] == 33


def test_the_pressure_is_told_to_who_runs_the_room(own: Own) -> None:
    home, _, client = own
    client.post("/api/session", json={"login": "operator", "password": PASSWORD})
    told = client.get("/api/pressure")
    assert told.status_code == 200
    assert told.json() == {
        "waiting": home.intake.pressure.now.waiting,
        "refused": {"1": 0, "2": 0, "3": 0},
        "refusing": [],
        "subscribers": 0,
    }


class Log:
    """A log of large events."""

    def __init__(self, n: int, size: int) -> None:
        self.events = [Event(at + 1, "t", 0, {"x": "y" * size}) for at in range(n)]
        self.shown = 0
        self.asked: list[int] = []
        self.waited: list[int] = []

    @property
    def latest_id(self) -> int:
        return self.shown

    @property
    def oldest_id(self) -> int:
        return 1

    def since(self, after: int, limit: int = 500) -> Sequence[Event]:
        self.asked.append(limit)
        return self.events[after : min(self.shown, after + limit)]

    def wait(self, after: int, timeout: float) -> bool:
        self.waited.append(after)
        return self.shown > after


def test_a_log_that_nobody_listens_to_is_not_read() -> None:
    async def hear(batch: Sequence[Encoded]) -> bytes:
        return b"".join(event.wire for event in batch)

    async def always() -> bool:
        return True

    async def scenario() -> None:
        log = Log(4, 1)
        hub = Hub(log, tick_s=0.0)
        try:
            log.shown = 3
            await asyncio.sleep(0.1)
            assert not log.waited
            stream = hub.subscribe(1, hear, always)
            await anext(stream)
            log.shown = 4
            told = await anext(stream) + await anext(stream)
            assert told.count(b"id: ") == 3
            assert log.waited[0] == 3  # what came before is read for who asks for it
        finally:
            await hub.stop()

    asyncio.run(scenario())


def test_what_the_hub_and_each_listener_hold_is_bounded_in_bytes() -> None:
    """A listener asleep through a burst still hears all of it, piece by piece."""
    size, n = 40_000, 100
    held: list[int] = []

    async def hear(batch: Sequence[Encoded]) -> bytes:
        held.append(sum(len(event.wire) for event in batch))
        return b"".join(event.wire for event in batch)

    async def always() -> bool:
        return True

    async def scenario() -> int:
        log = Log(n, size)
        hub = Hub(log, ring_bytes=10 * size, tick_s=0.0)
        try:
            stream = hub.subscribe(0, hear, always)
            await anext(stream)
            log.shown = n
            seen = 0
            async for wire in stream:
                seen += wire.count(b"\nid: ") + wire.startswith(b"id: ")
                if seen >= n:
                    break
            assert hub._ring_bytes <= 11 * size
            assert len(hub._ring) <= 10
            return seen
        finally:
            await hub.stop()

    assert asyncio.run(scenario()) == n
    assert max(held) <= PIECE_BYTES


def test_what_cannot_be_accounted_for_ends_what_is_told() -> None:
    class Now:
        """Does at once what it is given."""

        def submit(self, work: Callable[[], None]) -> Any:
            future: Future[None] = Future()
            try:
                future.set_result(work())
            except Unavailable as error:
                future.set_exception(error)
            return future

    def broken() -> None:
        raise Unavailable(what="audit")

    accounts = Accounts(lambda _: True, broken)
    accounts.note([Told(["a"])], Now())  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        accounts.note([Told(["b"])], Now())  # type: ignore[arg-type]
