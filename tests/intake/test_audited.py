"""What enters is written down before it does: one line a commit, and nothing enters without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vigie.audit.line import Line
from vigie.audit.reading import Query, lines_before
from vigie.audit.store import Audit
from vigie.base.clock import FixedClock, now_us
from vigie.base.settings import AuditSettings
from vigie.intake.service import Intake
from vigie.lake.store import Lake
from vigie.privacy.purposes import Purpose, Verb

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


@pytest.fixture
def audit(home: Path, clock: FixedClock) -> Iterator[Audit]:
    opened = Audit.open(home / "audit", settings=AuditSettings(), clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def audited(open_intake: Callable[..., Intake], audit: Audit) -> Intake:
    one = open_intake(audit=audit)
    one.register("log", "probe")
    return one


def told(audit: Audit) -> list[Line]:
    """Every line, oldest first."""
    return [line for _, line in reversed(lines_before(audit, Query(), audit.count()).lines)]


def test_a_commit_is_one_line_that_names_source_batch_and_numbers(
    audited: Intake, audit: Audit, lake: Lake, fact: Fact, lines: Lines, clock: FixedClock
) -> None:
    """Requirement: LED-1."""
    for i in range(3):
        audited.accept("log", f"m{i}", lines(fact(str(i)), fact(f"bad {i}", lon=0.0, lat=0.0)))
    audited.drain()
    (line,) = told(audit)
    assert (line.verb, line.who, line.role) == (Verb.COLLECT, "vigie", "system")
    assert (line.purpose, line.dataset) == (Purpose.SOURCE_OPERATION, "facts")
    assert line.at_us == now_us(clock)
    (batch,) = set(lake.scan("facts", columns=["batch_id"])["batch_id"].to_pylist())
    assert line.subject == {"source": "log", "batch": batch, "rows": 3, "quarantined": 3}


def test_nothing_enters_that_cannot_be_written_down_and_it_waits(
    audited: Intake,
    audit: Audit,
    lake: Lake,
    fact: Fact,
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Requirement: P-LOG-4, P-LOG-5."""

    def fail(*_: Any) -> int:
        raise OSError(28, "no space")

    audited.accept("log", "m", lines(fact("1")))
    with monkeypatch.context() as patched:
        patched.setattr(audit._tail, "add", fail)
        audited.drain()
        assert lake.count("facts") == 0
    assert told(audit) == []
    audited.drain()
    assert lake.count("facts") == 1
    assert len(told(audit)) == 1


def test_a_new_try_of_refused_rows_is_an_alteration(
    audited: Intake, audit: Audit, fact: Fact, lines: Lines
) -> None:
    """Requirement: LED-1."""
    audited.accept("log", "m", lines(fact("1", kind="log.code")))
    audited.drain()
    audited.register("log", "probe", options={"repair": "log.code"})
    assert audited.quarantine_retry(state="open").resolved == 1
    collected, altered = told(audit)
    assert (collected.verb, collected.dataset) == (Verb.COLLECT, "quarantine")
    assert (altered.verb, altered.dataset) == (Verb.ALTER, "quarantine")
    assert (altered.subject["rows"], altered.subject["source"]) == (1, "log")
