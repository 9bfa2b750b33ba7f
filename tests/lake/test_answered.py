"""The same question over the same files is read once, and never told from memory once erased."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
from tests.lake.samples import START_US, city_facts, complete, fact

from vigie.base.errors import Conflict
from vigie.lake.answered import LARGEST_BYTES, MOST_BYTES, Answered
from vigie.lake.duck import DuckEngine
from vigie.lake.store import Lake

ANSWER = pa.table({"n": [1]})


def answered(lake: Lake) -> Answered:
    engine = lake.engine("duckdb")
    assert isinstance(engine, DuckEngine)
    return engine.answered


def test_a_question_is_read_again_when_a_commit_has_come(lake: Lake) -> None:
    lake.commit("facts", city_facts(50, days=2))
    first = lake.query("summary_counts")
    before = answered(lake).read
    assert lake.query("summary_counts").equals(first)
    assert answered(lake).read == before
    assert lake.query("summary_counts", severity_min=5).num_rows < first.num_rows, "another value"

    lake.commit("facts", complete("facts", [fact("one more", START_US)]))
    assert sum(lake.query("summary_counts")["n"].to_pylist()) == 51


def test_what_was_erased_is_not_told_from_memory(lake: Lake) -> None:
    row = fact("canary", START_US)
    lake.commit("facts", complete("facts", [row]))
    pinned = lake.snapshot()
    assert pinned.query("facts_page").num_rows == 1
    lake.erase("facts", [str(row["fact_id"])])
    with pytest.raises(Conflict):
        pinned.query("facts_page")
    assert lake.query("facts_page").num_rows == 0


def test_many_who_ask_the_same_wait_for_one_reading() -> None:
    together, asked = Answered(), 8
    reading, go_on = threading.Event(), threading.Event()
    reads: list[int] = []

    def read() -> pa.Table:
        reads.append(1)
        reading.set()
        assert go_on.wait(30)
        return ANSWER

    with ThreadPoolExecutor(asked + 1) as pool:
        first = pool.submit(together.ask, "question", (), read)
        assert reading.wait(30)
        others = [pool.submit(together.ask, "question", (), read) for _ in range(asked - 1)]
        other = pool.submit(together.ask, "another", (), lambda: ANSWER)
        try:
            assert other.result(30).equals(ANSWER), "nobody waits for another question"
        finally:
            go_on.set()
        assert all(one.result(30).equals(ANSWER) for one in (first, *others))
    assert len(reads) == 1
    assert (together.asked, together.read) == (asked + 1, 2)


def test_a_reading_that_fails_is_its_own() -> None:
    def fail() -> pa.Table:
        raise Conflict("gone")

    together = Answered()
    with pytest.raises(Conflict):
        together.ask("question", (), fail)
    assert together.ask("question", (), lambda: ANSWER).equals(ANSWER)


def test_what_is_held_is_bounded_in_time_and_bytes() -> None:
    short = Answered(longest_s=0.0)
    for turn in (1, 2):
        short.ask("question", (), lambda: ANSWER)
        assert short.read == turn

    short.ask("longer", (), lambda: ANSWER, longest_s=60.0)
    short.ask("question", (), lambda: ANSWER)
    read = short.read
    short.ask("longer", (), lambda: ANSWER)
    assert short.read == read, "held, whatever else is forgotten"

    bounded = Answered()
    half = pa.table({"n": pa.array(range(LARGEST_BYTES // 16), pa.int64())})
    wide = pa.table({"n": pa.array(range(LARGEST_BYTES // 8 + 1), pa.int64())})
    for number in range(2 * MOST_BYTES // half.nbytes):
        bounded.ask(number, (), lambda: half)
    read = bounded.read
    bounded.ask(0, (), lambda: half)
    assert bounded.read == read + 1, "the oldest made room"
    bounded.ask("wide", (), lambda: wide)
    bounded.ask("wide", (), lambda: wide)
    assert bounded.read == read + 3, "too large to be held"


def test_small_answers_are_counted_for_what_they_hold(lake: Lake) -> None:
    """An engine's table of one row holds fifty times what it says: it is not what is kept."""
    lake.commit("facts", city_facts(50, days=2))
    kept = answered(lake)
    pages = [lake.query("facts_page", limit_rows=n) for n in range(1, 30)]
    told = sum(page.nbytes for page in pages)
    held = sum(one.nbytes for one in kept._kept.values())
    assert len(kept._kept) >= len(pages)
    assert kept._bytes == held
    assert told < held < told + 8_192 * len(kept._kept)
    assert all(isinstance(one.stream, bytes) for one in kept._kept.values())


def test_an_answer_makes_room_for_that_over_newer_files(lake: Lake) -> None:
    kept = answered(lake)
    for turn in range(20):
        lake.commit("facts", complete("facts", [fact(f"fact-{turn}", START_US)]))
        for most in (5, 50):
            assert lake.query("facts_page", limit_rows=most).num_rows == min(most, turn + 1)
    assert len(kept._kept) == len(kept._latest) == 2
    assert kept._bytes == sum(one.nbytes for one in kept._kept.values())


def test_parts_of_a_question_make_no_room_for_one_another() -> None:
    together = Answered()
    for subject, question in (("all", 1), ("fed", 2), ("lasting", 3), ("fed", 4), ("all", 5)):
        together.ask(question, (), lambda: ANSWER, subject=subject)
    assert list(together._kept) == [3, 4, 5]
    together.ask(2, (), lambda: ANSWER, subject="fed")
    assert together.read == 6, "an earlier version is read again where one still asks it"
    assert set(together._latest.values()) == {2, 3, 5}
    bounded = Answered()
    large = pa.table({"n": pa.array(range(LARGEST_BYTES // 16), pa.int64())})
    for number in range(2 * MOST_BYTES // large.nbytes):
        bounded.ask(number, (), lambda: large)
    assert set(bounded._latest) == set(bounded._kept), "what made room is no latest one"
