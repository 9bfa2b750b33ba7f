"""What a commit tells: few records one by one, many in one event; what is left out is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import Unavailable
from vigie.intake import worker
from vigie.intake.announcing import FEW, MOST_TOLD, tell_many
from vigie.intake.batch import Batch
from vigie.intake.events import FACT_RECORDED, FACTS_RECORDED
from vigie.intake.pipeline import Pipeline
from vigie.intake.service import Intake
from vigie.model.contracts import CONTRACTS

OpenIntake = Callable[..., Intake]
Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


def told(intake: Intake, type_: str) -> list[dict[str, Any]]:
    return [event.data for event in intake.events.since(0, 10_000) if event.type == type_]


def test_few_are_told_one_by_one_and_many_in_one_event(
    open_intake: OpenIntake, fact: Fact, lines: Lines
) -> None:
    intake = open_intake()
    intake.register("live", "probe")
    intake.accept("live", "few", lines(*(fact(f"a{n}") for n in range(FEW))))
    intake.drain()
    assert len(told(intake, FACT_RECORDED)) == FEW
    assert told(intake, FACTS_RECORDED) == []

    intake.accept("live", "many", lines(*(fact(f"b{n}") for n in range(FEW + 1))))
    intake.drain()
    (many,) = told(intake, FACTS_RECORDED)
    assert len(told(intake, FACT_RECORDED)) == FEW
    assert (many["source"], many["n"], many["left_out"]) == ("live", FEW + 1, {})
    assert set(many["facts"][0]) == set(told(intake, FACT_RECORDED)[0])
    assert len({one["fact_id"] for one in many["facts"]}) == FEW + 1


severities = st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=60)


@given(severities=severities, most=st.integers(1, 40))
def test_the_gravest_are_told_and_each_of_the_others_is_counted(
    severities: list[int | None], most: int
) -> None:
    n = len(severities)
    columns: dict[str, list[Any]] = {
        "fact_id": [f"f{one}" for one in range(n)],
        "severity": severities,
        "earliest_us": list(range(n)),
    }
    table = CONTRACTS["facts"].empty()
    rows = [
        {name: values[at] for name, values in columns.items()} | {"kind": "k", "source": "s"}
        for at in range(n)
    ]
    table = type(table).from_pylist(rows, schema=table.schema)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vigie.intake.announcing.MOST_TOLD", most)
        event = tell_many("facts", table, "s")
    assert event["n"] == n
    kept = [one["severity"] for one in event["facts"]]
    assert len(kept) == min(n, most)
    counted = Counter(event["left_out"])
    for severity in kept:
        counted["0" if severity is None else str(severity)] += 1
    assert counted == Counter("0" if one is None else str(one) for one in severities)
    if n > most:
        least = min(0 if one is None else one for one in kept)
        assert all(int(severity) <= least for severity in event["left_out"])
    assert MOST_TOLD == 1_000


@pytest.mark.parametrize("together", [1, worker.MESSAGES_TOGETHER])
def test_feeds_with_little_share_a_commit_and_what_is_urgent_waits_for_one_at_most(
    open_intake: OpenIntake,
    fact: Fact,
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
    together: int,
) -> None:
    intake = open_intake(priorities={"urgent": 1, "zlast": 3})
    for name in ("usual", "urgent", "zlast", "later"):
        intake.register(name, "probe")
        intake.accept(name, name, lines(fact(name)))
    done: list[list[str]] = []
    commit = Pipeline.commit

    def note(pipeline: Pipeline, batches: Sequence[Batch]) -> None:
        commit(pipeline, batches)
        done.append([batch.source for batch in batches])
        if len(done) == (1 if together > 1 else 2):
            intake.accept("urgent", "again", lines(fact("again")))

    monkeypatch.setattr(worker, "MESSAGES_TOGETHER", together)
    monkeypatch.setattr(worker, "TOGETHER_S", 3_600.0)
    monkeypatch.setattr(Pipeline, "commit", note)
    assert intake.drain() == 5
    shared = [["urgent", "later", "usual", "zlast"], ["urgent"]]
    alone = [["urgent"], ["later"], ["urgent"], ["usual"], ["zlast"]]
    assert done == (shared if together > 1 else alone)
    counts = Counter(one["source"] for one in told(intake, FACT_RECORDED))
    assert counts == {"urgent": 2, "later": 1, "usual": 1, "zlast": 1}


def test_a_feed_whose_commit_fails_holds_up_none_that_shared_it(
    open_intake: OpenIntake, fact: Fact, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = open_intake()
    for name in ("good", "ill", "well"):
        intake.register(name, "probe")
        intake.accept(name, name, lines(fact(name)))
    commit = Pipeline.commit

    def fail(pipeline: Pipeline, batches: Sequence[Batch]) -> None:
        if any(batch.source == "ill" for batch in batches):
            raise Unavailable(what="lake")
        commit(pipeline, batches)

    with monkeypatch.context() as patch:
        patch.setattr(worker, "TOGETHER_S", 3_600.0)
        patch.setattr(Pipeline, "commit", fail)
        assert intake.drain() == 2
        assert dict(intake.processing.errors) == {"ill": "unavailable"}
    assert intake.drain() == 1
    assert not intake.processing.errors
