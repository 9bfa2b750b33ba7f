"""The schedule: what is due runs, what fails does not stop the rest, nights compact once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from vigie.base.clock import FixedClock
from vigie.base.logging import configure_logging
from vigie.base.stopping import look
from vigie.jobs.schedule import Schedule, Task
from vigie.situation.home import Home, init_home, open_home


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 6, 1, 12, tzinfo=UTC))


@pytest.fixture
def opened(home: Path, clock: FixedClock) -> Iterator[Home]:
    init_home(home)
    with open_home(home, clock=clock) as found:
        yield found


def test_tasks_run_when_due_and_not_before(opened: Home, clock: FixedClock) -> None:
    schedule = Schedule(opened)
    ran: list[str] = []
    schedule.tasks = [
        Task("a", 60, lambda: ran.append("a")),
        Task("b", 600, lambda: ran.append("b")),
    ]
    schedule.run_due()
    schedule.run_due()
    clock.advance(timedelta(seconds=60))
    schedule.run_due()

    assert ran == ["a", "b", "a"]


def test_a_failing_task_is_logged_and_the_others_go_on(
    opened: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        msg = "no such luck"
        raise RuntimeError(msg)

    configure_logging()
    schedule = Schedule(opened)
    schedule.tasks = [Task("bad", 60, fail), Task("good", 60, lambda: None)]

    assert schedule.run_due() == ["good"]
    assert "bad" in capsys.readouterr().err


def test_compaction_is_a_thing_of_the_night_and_happens_once(
    opened: Home, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(type(opened.lake), "compact", lambda _self, *, before: asked.append(before))
    schedule = Schedule(opened)
    schedule.tasks = [task for task in schedule.tasks if task.name == "compact"]
    for _ in range(48):
        schedule.run_due()
        clock.advance(timedelta(minutes=30))

    assert asked == ["2026-06-02"]


def test_it_watches_an_empty_home_without_complaint(opened: Home) -> None:
    with Schedule(opened) as schedule:
        done = schedule.run_due()

    beside = {"at_hand", "clips", "copies", "effects", "forecast", "pairs", "recordings", "reports"}
    assert set(done) <= {"alerts", "clock", "compact", "retention", "witnesses"} | beside
    assert opened.desk.alerts.count() == 0


@pytest.mark.parametrize("ended_by", ["leaving", "the home"])
def test_a_task_under_way_ends_at_its_next_step(
    opened: Home, ended_by: str, capsys: pytest.CaptureFixture[str]
) -> None:
    begun, beside = Event(), Event()

    def work() -> None:
        while True:
            look()
            begun.set()

    configure_logging()
    schedule = Schedule(opened)
    schedule.tasks = [Task("long", 60, work), Task("short", 60, beside.set, awaited=True)]
    with schedule:
        assert begun.wait(60)
        assert beside.wait(60), "who waits does not wait for the long one"
        if ended_by == "the home":
            opened.stop.set()
            schedule._thread.join(60)
            assert not schedule._thread.is_alive()
    assert not schedule._thread.is_alive()
    assert not schedule._beside.is_alive()
    assert capsys.readouterr().err == ""
