"""The alarm of bulk reads: over restarts and processes, once an hour, for answers and events."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.audit.line import Line
from vigie.base.clock import FixedClock
from vigie.base.errors import Unavailable
from vigie.base.settings import Settings
from vigie.desk.reads import LEAST_BITS, bits_for, hashes, mark, number
from vigie.desk.store import Desk
from vigie.situation.bulk_reads import RULE, BulkReads, Told, _Hour
from vigie.situation.caller import Caller

BOUND = 1_000
AMINA = Caller("amina", "operator")


class Paper:
    """An audit that keeps lines in memory, or refuses them."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.broken = False

    def append(self, line: Line) -> int:
        if self.broken:
            raise Unavailable(what="audit")
        self.lines.append(line)
        return len(self.lines) - 1


class Processes:
    """Several counters on one desk, as of several processes, or of one before and after a stop."""

    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock(datetime(2026, 3, 1, 8, 10, tzinfo=UTC))
        self.desk = Desk.open(folder, settings=Settings(), clock=self.clock)
        self.paper = Paper()

    def start(self) -> BulkReads:
        desk = self.desk
        return BulkReads(BOUND, self.clock, desk.alerts, self.paper, desk.reads)

    def alarms(self) -> list[object]:
        return [one.subject["act"] for one in self.paper.lines]


@pytest.fixture
def several(home: Path):
    made = Processes(home)
    yield made
    made.desk.close()


def ids(first: int, end: int) -> list[str]:
    return [f"fact-{one}" for one in range(first, end)]


def read(counter: BulkReads, first: int, end: int, step: int = 50) -> None:
    for start in range(first, end, step):
        counter.note(AMINA, ids(start, start + step))


def test_a_restart_forgets_nothing_that_counts(several: Processes) -> None:
    read(several.start(), 0, 600)
    again = several.start()
    read(again, 600, 950)
    assert several.alarms() == []
    read(again, 950, 1_100)
    read(several.start(), 1_100, 3_000)

    assert several.alarms() == [RULE]


def test_processes_count_together_and_the_same_facts_once(several: Processes) -> None:
    one, other = several.start(), several.start()
    for _ in range(5):
        read(one, 0, 900)
        read(other, 0, 900)
    assert several.alarms() == []
    read(other, 900, 1_200)
    read(one, 1_200, 2_000)

    assert several.alarms() == [RULE]


def test_a_new_hour_begins_at_nothing(several: Processes) -> None:
    counter = several.start()
    read(counter, 0, 900)
    several.clock.advance(timedelta(hours=1))
    read(counter, 900, 1_800)
    assert several.alarms() == []


def test_one_answer_above_the_bound_alarms_and_is_not_read_if_that_cannot_be_written(
    several: Processes,
) -> None:
    counter = several.start()
    several.paper.broken = True
    for _ in range(2):
        with pytest.raises(Unavailable):
            counter.note(AMINA, ids(0, 5 * BOUND))
    several.paper.broken = False
    counter.note(AMINA, ids(0, 5 * BOUND))
    counter.note(AMINA, ids(0, 5 * BOUND))

    assert several.alarms() == [RULE]


def test_a_desk_that_is_refused_keeps_nobody_from_reading_below_the_bound(
    several: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it could not be told is joined later, and above the bound nothing is read."""

    def refuse(*_: object) -> None:
        raise Unavailable(what="desk")

    first, second = several.start(), several.start()
    usual = several.desk.reads.add
    monkeypatch.setattr(several.desk.reads, "add", refuse)
    read(first, 0, 900)
    assert several.alarms() == []
    with pytest.raises(Unavailable):
        first.note(AMINA, ids(900, 1_200))
    assert several.alarms() == []
    monkeypatch.setattr(several.desk.reads, "add", usual)
    first.note(AMINA, ids(0, 1))
    assert several.alarms() == ["bulk_read"]
    read(second, 0, 50)
    assert several.alarms() == ["bulk_read"], "the desk knows"


def test_what_is_heard_one_by_one_is_kept_small_until_the_alarm(several: Processes) -> None:
    counter = several.start()

    def hear(first: int, end: int) -> None:
        for one in range(first, end):
            if counter.hear(AMINA, [Told([f"fact-{one}"])]):
                counter.settle(AMINA)

    hear(0, 10)
    tracemalloc.start()
    try:
        hear(10, BOUND)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 1_000 * BOUND  # a map of 8 KiB for each would be eight times as much
    assert several.alarms() == []
    hear(0, BOUND)  # the same again counts once
    assert several.alarms() == []
    hear(BOUND, BOUND + 50)
    assert several.alarms() == [RULE]


@settings(max_examples=25, deadline=None)
@given(n=st.integers(0, 50_000), more=st.integers(0, 5_000))
def test_the_number_of_a_map_is_right_to_one_percent(n: int, more: int) -> None:
    bits = bits_for(50_000)
    both = mark(hashes(ids(0, n)), bits) | mark(hashes(ids(n // 2, n + more)), bits)

    assert abs(number(both) - (n + more)) <= max(3, 0.01 * (n + more))
    assert bits_for(1) == LEAST_BITS


@given(answers=st.lists(st.lists(st.integers(0, 40), max_size=12), max_size=8))
def test_what_is_seen_again_counts_once(answers: list[list[int]]) -> None:
    hour, seen = _Hour(0), set[int]()
    for answer in answers:
        hour.see(hashes(f"fact-{one}" for one in answer))
        seen |= set(answer)
    expected = hashes(f"fact-{one}" for one in seen)
    assert hour.seen.tolist() == expected.tolist()
    assert sorted(hour.unjoined.tolist()) == expected.tolist()
