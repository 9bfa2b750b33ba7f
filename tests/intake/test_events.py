"""Events are numbered for ever, resumed without gap or double, and seen across processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock
from vigie.intake.database import Database
from vigie.intake.events import EventLog

Make = Callable[[], EventLog]


@pytest.fixture
def make(tmp_path: Path, clock: FixedClock):
    opened = []

    def open_one() -> EventLog:
        database = Database(tmp_path / "intake.db", create=True)
        opened.append(database)
        return EventLog(database, clock)

    yield open_one
    for database in opened:
        database.close()


def test_numbers_increase_and_a_reader_resumes(make: Make) -> None:
    log = make()
    assert (log.latest_id, log.oldest_id) == (0, 0)
    numbers = [log.append("t", {"i": i}) for i in range(10)]
    assert numbers == list(range(1, 11))
    seen: list[int] = []
    after = 0
    while some := log.since(after, 3):
        seen += [event.data["i"] for event in some]
        after = some[-1].id
    assert seen == list(range(10))
    assert log.since(0)[0].at_us == 1_780_315_200_000_000


def test_a_number_is_never_used_again(make: Make) -> None:
    log = make()
    for i in range(10):
        log.append("t", {"i": i})
    assert log.prune(keep=3) == 7
    assert (log.oldest_id, log.latest_id) == (8, 10)
    assert log.prune(keep=0) == 3
    assert (log.oldest_id, log.latest_id) == (0, 10)
    assert make().append("t", {}) == 11


def test_waiting_ends_with_the_event_or_with_the_time(make: Make) -> None:
    log = make()
    assert not log.wait(0, 0.05)
    threading.Timer(0.1, log.append, ("t", {})).start()
    began = time.monotonic()
    assert log.wait(0, 30)
    assert time.monotonic() - began < 20
    assert log.wait(0, 0)


def test_an_event_of_another_process_is_seen(make: Make) -> None:
    here, there = make(), make()
    threading.Timer(0.1, there.append, ("t", {})).start()
    assert here.wait(0, 30)
    assert [event.id for event in here.since(0)] == [1]


def test_many_writers_leave_no_gap(make: Make) -> None:
    log = make()
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda i: log.append("t", {"i": i}), range(300)))
    assert sorted(numbers) == list(range(1, 301))
    assert [event.id for event in log.since(0, 1000)] == list(range(1, 301))
