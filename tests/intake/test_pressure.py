"""A burst: what matters least is refused first, and each refusal is counted and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import TooManyRequests
from vigie.base.settings import IntakeSettings
from vigie.intake.admitting import Admission
from vigie.intake.events import PRESSURE
from vigie.intake.service import Intake

OpenIntake = Callable[..., Intake]
FEEDS = {"first": 1, "second": 2, "third": 3}


def admission(folder: Path, **settings: Any) -> Admission:
    kept = IntakeSettings(min_free_bytes=0, priorities=FEEDS, **settings)
    return Admission(kept, folder, 1_000, lambda: 0)


def takes(door: Admission, source: str) -> bool:
    try:
        door.admit(1, source)
    except TooManyRequests as error:
        return bool(error.params["retry_s"] < 0)
    door.note(1)
    return True


@given(burst=st.lists(st.sampled_from(sorted(FEEDS)), max_size=60), bound=st.integers(2, 20))
def test_the_least_priority_is_refused_first_and_each_refusal_counted(
    burst: list[str], bound: int
) -> None:
    door = admission(Path(), live_backlog=bound, max_backlog=40)
    refused: Counter[int] = Counter()
    for source in burst:
        took = dict.fromkeys(FEEDS.values(), False)
        waiting = door.pressure.waiting
        took[FEEDS[source]] = takes(door, source)
        limit = {1: 40, 2: bound, 3: max(1, bound // 2)}[FEEDS[source]]
        assert took[FEEDS[source]] == (waiting < limit)
        refused[FEEDS[source]] += not took[FEEDS[source]]
    assert door.pressure.refused == {one: refused[one] for one in (1, 2, 3)}
    assert door.pressure.waiting <= 40
    refusing = door.pressure.refusing
    assert refusing in ((), (3,), (2, 3), (1, 2, 3))


def test_a_journal_that_answers_slowly_turns_away_what_can_wait(tmp_path: Path) -> None:
    door = admission(tmp_path)
    for _ in range(40):
        door.note_answer(0.4)
    assert door.pressure.refusing == (3,)
    for _ in range(200):
        door.note_answer(1.0)
    assert [takes(door, one) for one in ("first", "second", "third")] == [True, False, False]
    for _ in range(200):
        door.note_answer(0.001)
    assert all(takes(door, one) for one in FEEDS)


def test_what_is_fetched_waits_where_it_is(tmp_path: Path) -> None:
    door = admission(tmp_path, live_backlog=2, max_backlog=10)
    door.note(9)
    door.admit(1)
    assert not takes(door, "second")
    assert takes(door, "first")


def test_refusals_are_told_while_they_last_and_once_at_the_end(open_intake: OpenIntake) -> None:
    intake = open_intake(priorities=FEEDS, live_backlog=2, max_backlog=3)
    intake.register("third", "probe")
    assert intake.pressure.tell() is False
    intake.accept("third", "one", b"x")
    for _ in range(4):
        with pytest.raises(TooManyRequests):
            intake.accept("third", "more", b"x")
    assert [intake.pressure.tell() for _ in range(3)] == [True, True, False]
    told = [one.data for one in intake.events.since(0) if one.type == PRESSURE]
    assert told == [
        {
            "pressed": True,
            "waiting": 1,
            "refused": {"1": 0, "2": 0, "3": 4},
            "refused_since": {"1": 0, "2": 0, "3": 4},
        },
        {
            "pressed": False,
            "waiting": 1,
            "refused": {"1": 0, "2": 0, "3": 4},
            "refused_since": {"1": 0, "2": 0, "3": 0},
        },
    ]
