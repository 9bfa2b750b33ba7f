"""What was refused is listed with its reason, tried again after a fix, and expires."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vigie.base.clock import FixedClock
from vigie.base.errors import NotFound, WrongUsage
from vigie.intake.connector import Connector
from vigie.intake.service import Intake
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


def test_a_refused_row_says_where_why_and_what(intake: Intake, fact: Fact, lines: Lines) -> None:
    intake.accept("log", "a.jsonl", lines(fact("1"), fact("2", lon=0.0, lat=0.0)))
    intake.drain()
    (entry,) = intake.quarantine_list()
    assert (entry.source, entry.file, entry.row, entry.code) == ("log", "a.jsonl", 2, "null_island")
    assert entry.state == "new"
    assert entry.params == {"lon": "0.0", "lat": "0.0"}
    assert "(0, 0)" in entry.text("fr")
    row = intake.quarantine_get(entry.id)
    assert row.raw == lines(fact("2", lon=0.0, lat=0.0))
    assert row.expires_us == entry.created_us + 7 * 86_400_000_000
    assert intake.quarantine_count() == {"null_island": 1}
    with pytest.raises(NotFound):
        intake.quarantine_get("nothing")


def test_lists_are_filtered_and_paged(intake: Intake, fact: Fact, lines: Lines) -> None:
    intake.register("other", "probe")
    for i in range(5):
        intake.accept("log", f"m{i}", lines(fact(str(i), lon=0.0, lat=0.0)))
    intake.accept("other", "m", lines(fact("x", kind="offence.flying")))
    intake.drain()
    assert len(intake.quarantine_list(source="log")) == 5
    assert [q.code for q in intake.quarantine_list(source="other")] == ["unknown_kind"]
    assert intake.quarantine_list(source="other", code="null_island") == []
    pages = [intake.quarantine_list(limit=4, offset=offset) for offset in (0, 4)]
    assert [len(page) for page in pages] == [4, 2]
    assert len({q.id for page in pages for q in page}) == 6
    assert intake.quarantine_list(state="resolved") == []


def test_the_same_bad_file_twice_is_quarantined_once(
    intake: Intake, fact: Fact, lines: Lines
) -> None:
    content = lines(fact("1", lon=0.0, lat=0.0), b"{broken\n", b"{broken\n")
    for _ in range(2):
        intake.accept("log", "a", content)
        intake.drain()
    assert len(intake.quarantine_list()) == 3
    assert intake.health(0)[0].quarantined == 3


def test_after_the_fix_a_retry_lets_in_what_is_good_now(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    bad = [fact(str(i), kind="log.code") for i in range(10)]
    intake.accept("log", "a", lines(fact("ok"), *bad, fact("still", kind="offence.flying")))
    intake.drain()
    assert intake.quarantine_retry(source="log").resolved == 0
    assert {q.state for q in intake.quarantine_list()} == {"retried"}
    intake.register("log", "probe", options={"repair": "log.code"})
    report = intake.quarantine_retry(source="log")
    assert report.as_json() == {
        "tried": 11, "resolved": 10, "refused": 1, "accepted": 10, "by_code": {"unknown_kind": 1},
    }  # fmt: skip
    assert lake.count("facts") == 11
    states = {q.row: (q.state, q.attempts) for q in intake.quarantine_list()}
    assert states == dict.fromkeys(range(2, 12), ("resolved", 2)) | {12: ("retried", 2)}
    retried = {r["source_ref"]: r for r in lake.scan("facts").to_pylist()}
    assert retried["3"]["row"] == 5  # the row in its file, not in what was tried again
    resolved = intake.quarantine_list(state="resolved")[0]
    assert intake.quarantine_get(resolved.id).raw == b""  # it is in the lake: no copy stays
    assert intake.quarantine_retry(source="log").tried == 1


def test_one_row_is_chosen_by_id_and_some_choice_is_needed(
    intake: Intake, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "a", lines(fact("1", kind="log.code"), fact("2", kind="log.code")))
    intake.drain()
    intake.register("log", "probe", options={"repair": "log.code"})
    first = intake.quarantine_list()[0]
    assert intake.quarantine_retry([first.id]).resolved == 1
    assert intake.quarantine_retry(code="unknown_kind").resolved == 1
    with pytest.raises(WrongUsage):
        intake.quarantine_retry()


def test_what_waits_is_chosen_by_state_and_counted_by_it(
    intake: Intake, fact: Fact, lines: Lines
) -> None:
    rows = [fact(str(n), kind="log.code") for n in range(600)]
    intake.accept("log", "a", lines(*rows))
    intake.drain()
    ids = [one.id for one in intake.quarantine_list(limit=600)]
    assert intake.quarantine_retry(ids[:1]).tried == 1
    assert intake.quarantine_count(by="state") == {"new": 599, "retried": 1}
    assert intake.quarantine_retry(state="retried").tried == 1
    assert intake.quarantine_retry(ids=[]).tried == 0
    intake.register("log", "probe", options={"repair": "log.code"})
    assert intake.quarantine_retry(ids[:550], state="new").resolved == 549
    assert intake.quarantine_retry(state="open").resolved == 51
    assert intake.quarantine_retry(state="resolved").tried == 0


def test_a_future_date_is_good_once_its_day_has_come(
    intake: Intake, lake: Lake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    intake.accept("log", "a", lines(fact("1", earliest_at="2026-06-05T10:00:00+00:00")))
    intake.drain()
    assert intake.quarantine_retry(source="log").by_code == {"time_in_future": 1}
    clock.advance(timedelta(days=5))
    assert intake.quarantine_retry(source="log").resolved == 1
    assert lake.count("facts") == 1


def test_a_whole_message_is_read_again_after_the_connector_is_mended(
    intake: Intake, lake: Lake, connectors: dict[str, Connector], fact: Fact, lines: Lines
) -> None:
    intake.register("csv", "headed")
    intake.accept("csv", "a", b"autre;nom\n1;2026-05-30T10:00:00+00:00\n")
    intake.accept("log", "b", lines(fact("1"), {"boom": True}))
    intake.drain()
    assert intake.quarantine_retry(code="missing_column").refused == 1

    def mended(payload: Any, context: Any) -> Any:
        content = payload.content.read().replace(b"autre;nom", b"ref;at")
        payload.content = io.BytesIO(content)
        yield from headed.parse(payload, context)

    headed = connectors["headed"]
    connectors["headed"] = _with_parse(headed, mended)
    report = intake.quarantine_retry(code="missing_column")
    assert (report.resolved, report.accepted) == (1, 1)
    assert intake.quarantine_retry(code="internal_failure").refused == 1
    assert lake.count("facts") == 2


def _with_parse(connector: Connector, parse: Any) -> Connector:
    return replace(connector, parse=parse)


def test_contents_expire_and_reasons_stay_a_while(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines, home: Path
) -> None:
    secret = "Témoin-Unique-4711"
    intake.accept("log", "a", lines(fact("1", lon=0.0, lat=0.0, address=secret)))
    intake.drain()
    clock.advance(timedelta(days=8))
    intake.housekeeping.clean()
    (entry,) = intake.quarantine_list()
    assert (entry.state, entry.code, entry.params) == ("expired", "null_island", {})
    assert intake.quarantine_get(entry.id).raw == b""
    assert intake.quarantine_retry(source="log").tried == 0
    clock.advance(timedelta(days=40))
    intake.housekeeping.clean()
    assert intake.quarantine_list() == []
    intake.close()
    left = b"".join(p.read_bytes() for p in (home / "intake").rglob("*") if p.is_file())
    assert secret.encode() not in left
    assert secret.encode("unicode_escape") not in left


def test_a_row_that_comes_again_after_expiry_is_new_again(
    intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    content = lines(fact("1", lon=0.0, lat=0.0))
    intake.accept("log", "a", content)
    intake.drain()
    clock.advance(timedelta(days=8))
    intake.housekeeping.clean()
    intake.accept("log", "a", content)
    intake.drain()
    (entry,) = intake.quarantine_list()
    assert entry.state == "new"
    assert intake.quarantine_get(entry.id).raw == content


def test_a_retry_of_rows_that_spoil_the_joined_text_reads_them_one_by_one(
    intake: Intake, lake: Lake, fact: Fact, lines: Lines, connectors: Mapping[str, Connector]
) -> None:
    bad = [fact(str(i), kind="log.code") for i in range(4)]
    intake.accept("log", "a", lines(*bad, b"{broken\n"))
    intake.drain()
    intake.register("log", "probe", options={"repair": "log.code"})
    report = intake.quarantine_retry(source="log")
    assert (report.tried, report.resolved, report.by_code) == (5, 4, {"bad_row": 1})
    assert lake.count("facts") == 4
