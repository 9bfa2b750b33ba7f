"""A turn of the processing takes what waits when it begins; what comes meanwhile is the next's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from vigie.intake import worker
from vigie.intake.service import Intake

OpenIntake = Callable[..., Intake]
Lines = Callable[..., bytes]
Fact = Callable[..., dict[str, Any]]


@pytest.fixture
def fed(
    open_intake: OpenIntake, lines: Lines, fact: Fact, monkeypatch: pytest.MonkeyPatch
) -> Intake:
    """An intake into which a message comes whenever a batch is read."""
    intake = open_intake()
    intake.register("log", "probe")
    gather = intake.processing._pipeline.gather
    coming = iter(range(100, 103))

    def gather_while_one_comes(source: str, messages: Any) -> Any:
        if messages and (number := next(coming, None)) is not None:
            intake.accept("log", "later", lines(fact(f"later-{number}")))
        return gather(source, messages)

    monkeypatch.setattr(intake.processing._pipeline, "gather", gather_while_one_comes)
    for number in range(5):
        intake.accept("log", "first", lines(fact(f"first-{number}")))
    return intake


def test_what_comes_during_a_turn_waits_for_the_next(fed: Intake) -> None:
    assert fed.processing.run(once=True) == 5
    assert [fed.processing.run(once=True) for _ in range(4)] == [1, 1, 1, 0]


def test_who_drains_stays_until_nothing_waits(fed: Intake) -> None:
    assert fed.processing.run() == 8


def test_a_turn_goes_on_while_a_batch_was_full(
    fed: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MESSAGES_PER_BATCH", 3)
    assert fed.processing.run(once=True) == 7  # 3, 3 and one that was not full
    assert fed.processing.run(once=True) == 1
