"""A commit cut short between lake and journal: what it brought is counted and told, once."""

from __future__ import annotations

import errno
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from vigie.base.errors import Unavailable
from vigie.intake import committing
from vigie.intake.events import FACT_RECORDED, FACTS_RECORDED
from vigie.intake.service import Intake
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


@contextmanager
def cut_short(after: int = 0) -> Iterator[None]:
    """The disk lets the lake write, and the journal only for the first commits."""
    usual, seen = committing.announce_within, []

    def announce(*args: Any) -> None:
        seen.append(args)
        if len(seen) > after:
            raise sqlite3.OperationalError(errno.ENOSPC, "database or disk is full")
        usual(*args)

    with mock.patch.object(committing, "announce_within", announce):
        yield
    assert len(seen) > after


def told(intake: Intake) -> Counter[str]:
    """Return how often the live stream told of each fact."""
    heard: Counter[str] = Counter()
    for event in intake.events.since(0, 10_000):
        if event.type == FACT_RECORDED:
            heard[event.data["fact_id"]] += 1
        elif event.type == FACTS_RECORDED:
            heard.update(fact["fact_id"] for fact in event.data["facts"])
    return heard


def once_each(lake: Lake) -> dict[str, int]:
    return dict.fromkeys(lake.scan("facts", columns=["fact_id"])["fact_id"].to_pylist(), 1)


@pytest.mark.parametrize("ended", [False, True], ids=["refused", "process ended"])
def test_what_the_lake_had_already_is_told_when_it_is_accounted_for(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines, *, ended: bool
) -> None:
    intake = open_intake()
    intake.register("log", "probe")
    intake.accept("log", "before", lines(fact("0")))
    intake.drain()
    intake.accept("log", "a", lines(fact("1"), fact("2")))
    with cut_short():
        intake.drain()
    assert lake.count("facts") == 3
    assert told(intake).total() == 1
    if ended:
        intake.close()
        intake = open_intake()

    assert intake.drain() == 1

    assert told(intake) == once_each(lake)
    (health,) = intake.health(0)
    assert (health.records, health.duplicates) == (3, 0)
    assert intake.replay().accepted == 0
    assert told(intake).total() == 3


@pytest.mark.parametrize("killed", [False, True])
def test_a_load_that_a_command_did_not_end_is_told_by_the_server_that_runs_beside_it(
    open_intake: Callable[..., Intake],
    lake: Lake,
    fact: Fact,
    lines: Lines,
    tmp_path: Path,
    *,
    killed: bool,
) -> None:
    server = open_intake()
    server.register("log", "probe")
    (tmp_path / "a.jsonl").write_bytes(lines(fact("1"), fact("2")))
    command = open_intake()
    with cut_short(), ExitStack() as stack:
        if killed:
            stack.enter_context(mock.patch.object(command._journal, "release"))
        with pytest.raises(Unavailable):
            command.ingest_paths("probe", [tmp_path / "a.jsonl"], source="log")
    command.close()
    assert lake.count("facts") == 2
    assert told(server).total() == 0

    assert server.drain() == 1
    assert told(server) == once_each(lake)
    assert server.health(0)[0].records == 2


def test_a_message_that_comes_again_meanwhile_is_told_once(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake = open_intake()
    intake.register("log", "probe")
    intake.accept("log", "a", lines(fact("1")))
    with cut_short():
        intake.drain()
    intake.accept("log", "a again", lines(fact("1")))
    intake.drain()

    assert told(intake) == once_each(lake)
    (health,) = intake.health(0)
    assert (health.records, health.duplicates) == (1, 1)


def test_of_a_large_message_only_what_was_not_accounted_for_is_told(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake = open_intake(batch_rows=5)
    intake.register("log", "probe", options={"chunk": 5})
    intake.accept("log", "large", lines(*(fact(str(n)) for n in range(13))))
    with cut_short(after=1):
        intake.drain()
    assert lake.count("facts") == 10
    assert told(intake).total() == 5
    intake.drain()

    assert told(intake) == once_each(lake)
    assert len(told(intake)) == 13
    (health,) = intake.health(0)
    assert health.records == 13


def test_feeds_that_shared_the_commit_are_told_each(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake = open_intake()
    for source in ("log", "other"):
        intake.register(source, "probe")
        intake.accept(source, "a", lines(fact("1"), fact("2")))
    with cut_short():
        intake.drain()
    intake.drain()

    assert told(intake) == once_each(lake)
    assert [(one.records, one.duplicates) for one in intake.health(0)] == [(2, 0), (2, 0)]


def test_what_only_repeats_is_not_looked_for(
    open_intake: Callable[..., Intake], lake: Lake, fact: Fact, lines: Lines
) -> None:
    intake = open_intake()
    intake.register("log", "probe")
    intake.accept("log", "a", lines(fact("1")))
    intake.drain()
    intake.accept("log", "a", lines(fact("1")))
    with mock.patch.object(lake, "scan", side_effect=AssertionError):
        assert intake.drain() == 1
    assert not intake.processing.errors
    assert told(intake) == once_each(lake)
