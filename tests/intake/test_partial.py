"""A message that tells part of a case: counted, announced and replayed like any other."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest

from vigie.intake import committing
from vigie.intake.connector import Connector, Context, Parsed, Payload
from vigie.intake.messages.rows import Rows
from vigie.intake.service import Intake
from vigie.lake.partial import Partials
from vigie.lake.store import Lake

REF = "op-1"
BEGUN = {"ref": REF, "revision": 1, "kind": "rescue.fire", "lon": 5.37, "lat": 43.3, "text": "Feu"}
CLOSED = {"ref": REF, "revision": 2, "status": "closed", "text": "Fin"}


def parse_cases(payload: Payload, context: Context) -> Iterator[Parsed]:
    """JSON lines: with a kind, a case whole; without, what of it the line names."""
    rows = Rows("facts")
    for line in payload.content:
        row = json.loads(line)
        text, ref = row.pop("text", None), row.pop("ref")
        said = None if "kind" in row else frozenset(row)
        values = {"kind": "rescue.operation.other", "source_ref": ref} | row
        values |= dict.fromkeys(("earliest_at", "latest_at"), 1_780_000_000_000_000)
        with rows.row(line):
            rows.add("facts", values, narrative=text, said=said)
    yield from rows.parsed()


@pytest.fixture
def connectors() -> Mapping[str, Connector]:
    title = {"fr": "Affaires", "en": "Cases"}
    return {"cases": Connector("cases", title, ("facts",), (".jsonl",), parse_cases, revises=True)}


@pytest.fixture
def intake(open_intake: Callable[..., Intake]) -> Intake:
    one = open_intake()
    one.register("rescue", "cases")
    return one


def send(intake: Intake, *rows: Mapping[str, Any]) -> None:
    body = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    intake.accept("rescue", f"{len(rows)}.jsonl", body)
    intake.drain()


def fact(lake: Lake) -> dict[str, Any]:
    (row,) = lake.scan("facts").to_pylist()
    return row


@pytest.mark.parametrize("closed_first", [False, True])
def test_an_end_closes_its_case_and_keeps_the_rest(
    intake: Intake, lake: Lake, closed_first: bool
) -> None:
    for row in [CLOSED, BEGUN] if closed_first else [BEGUN, CLOSED]:
        send(intake, row)
    found = fact(lake)
    assert (found["kind"], found["status"], found["lon"]) == ("rescue.fire", "closed", 5.37)
    assert found["revision"] == 2
    assert lake.narrative(found["fact_id"]) == "Fin"
    (health,) = intake.health(0)
    assert (health.records, health.duplicates, health.quarantined) == (2, 0, 0)
    assert intake.replay().accepted == 0
    assert fact(lake) == found


def test_an_end_before_its_beginning_is_counted_and_said(intake: Intake, lake: Lake) -> None:
    send(intake, CLOSED)
    assert lake.count("facts") == 0
    (health,) = intake.health(0)
    assert (health.records, health.quarantined) == (1, 0)
    assert health.notices["waits_for_the_rest"] == 1
    assert "unplaced" not in health.notices
    assert [head.source for head in lake.waiting("facts")] == ["rescue"]
    send(intake, CLOSED)
    (health,) = intake.health(0)
    assert health.notices["waits_for_the_rest"] == 1


def test_one_message_may_tell_the_beginning_and_the_end(intake: Intake, lake: Lake) -> None:
    send(intake, CLOSED, BEGUN, {"ref": "op-2", "revision": 1, "kind": "rescue.fire"})
    assert sorted(lake.scan("facts")["status"].to_pylist(), key=str) == [None, "closed"]
    (health,) = intake.health(0)
    assert (health.records, health.read) == (3, 3)


def test_a_case_that_changes_is_announced_as_it_now_stands(intake: Intake, lake: Lake) -> None:
    send(intake, BEGUN)
    send(intake, CLOSED)
    events = [event.data for event in intake.events.since(0, limit=50) if "fact" in event.type]
    assert [(data["kind"], data["status"]) for data in events] == [
        ("rescue.fire", None), ("rescue.fire", "closed"),
    ]  # fmt: skip


def test_a_message_cut_off_is_finished_when_it_comes_again(
    intake: Intake, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(intake, BEGUN)
    whole = Partials.keep

    def cut(*args: Any, **kwargs: Any) -> None:
        whole(*args, **kwargs)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Partials, "keep", cut)
        intake.accept("rescue", "end.jsonl", json.dumps(CLOSED).encode())
        intake.drain()
    assert fact(lake)["status"] is None
    intake.drain()
    assert fact(lake)["status"] == "closed"


def test_an_end_whose_commit_is_cut_short_is_counted_and_told(
    intake: Intake, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(intake, BEGUN)

    def cut(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(committing, "announce_within", cut)
        send(intake, CLOSED)
    assert fact(lake)["status"] == "closed"
    intake.drain()
    events = [event.data for event in intake.events.since(0, limit=50) if "fact" in event.type]
    assert [data["status"] for data in events] == [None, "closed"]
    (health,) = intake.health(0)
    assert (health.records, health.duplicates) == (2, 0)


def test_a_feed_that_tells_cases_whole_has_no_partial_table(intake: Intake, lake: Lake) -> None:
    (chunk,) = parse_cases(Payload("x", _lines(BEGUN)), None)  # type: ignore[arg-type]
    assert chunk.said is None
    (chunk,) = parse_cases(Payload("x", _lines(BEGUN, CLOSED)), None)  # type: ignore[arg-type]
    assert chunk.said.type == pa.list_(pa.string())
    assert chunk.said.to_pylist() == [None, ["revision", "status"]]


def _lines(*rows: Mapping[str, Any]) -> Any:
    return [json.dumps(row).encode() for row in rows]
