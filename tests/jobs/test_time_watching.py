"""A clock that is not believed: told on the desk and in the audit, held back, caught up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.situation.retention.homes import facts

from vigie.audit.reading import Query, Reader, read
from vigie.base.clock import FixedClock, SystemClock, now_us, to_us
from vigie.base.errors import DetectionClosed
from vigie.base.house_clock import RELEASED_US, HouseClock
from vigie.base.time_record import Record, RecordFile
from vigie.jobs.schedule import Schedule, Task
from vigie.jobs.time_watching import RULE, TimeWatch
from vigie.model.legal_events import LegalEvent
from vigie.situation.detection.looking import Live
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.house_time import clock_of, newest_us
from vigie.watch.vision.permit import UnderGrants

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
TRUE = RELEASED_US + 200 * DAY


class Machine:
    """A machine that was off for so long, or whose clock is wrong by it: nobody can tell."""

    def __init__(self, home: Path, ahead_us: int) -> None:
        self.up_us, self.ahead_us, self.kept = 0, ahead_us, False
        RecordFile(home).write(Record(TRUE))
        self.clock = HouseClock(
            RecordFile(home),
            wall_us=lambda: TRUE + self.ahead_us + self.up_us,
            elapsed_us=lambda: self.up_us,
            kept=lambda: self.kept,
        )


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[int], tuple[Home, Machine]]]:
    homes: list[Home] = []

    def start(ahead_us: int) -> tuple[Home, Machine]:
        init_home(tmp_path / "home")
        machine = Machine(tmp_path / "home", ahead_us)
        homes.append(open_home(tmp_path / "home", clock=machine.clock))
        return homes[-1], machine

    yield start
    for home in homes:
        home.close()


def told(home: Home) -> list[tuple[int, dict[str, object]]]:
    alerts = home.desk.alerts.list_all(state="raised", only=RULE)
    for alert in alerts:
        assert alert.explanation["fr"] != alert.explanation["en"]
        assert "{" not in alert.explanation["fr"] + alert.explanation["en"]
    return [(alert.severity, alert.numbers) for alert in alerts]


def test_what_waits_is_told_and_erased_at_once_when_the_clock_is_believed(
    opened: Callable[[int], tuple[Home, Machine]],
) -> None:
    """Three years off: everything has ended if the clock is right, nothing if it is not."""
    home, machine = opened(3 * 365 * DAY)
    watch = TimeWatch(home)
    home.lake.commit("facts", facts([TRUE - DAY, TRUE - 2 * DAY]))
    assert watch.look() is not None
    assert told(home) == [], "a machine that starts asks for the time first"
    machine.up_us += MINUTE
    watch.look()
    ((severity, numbers),) = told(home)
    assert severity == 5
    assert numbers == {"code": "clock_ahead", "ahead_s": 3 * 365 * 86_400, "waiting": 2}
    assert home.retention.run().total == 0
    assert home.lake.count("facts") == 2
    watch.look()
    assert len(told(home)) == 1
    machine.kept = True
    machine.up_us += MINUTE
    assert watch.look() is None
    assert told(home) == []
    assert home.retention.run().erased["facts"] == 2
    page = read(home.audit, Query(limit=100), Reader("t", "t", "test"))
    (line,) = [line for _, line in page.lines if line.dataset == "clock"]
    assert line.subject["ahead_s"] == 3 * 365 * 86_400


def test_a_clock_that_is_behind_stops_nothing_and_is_told(
    opened: Callable[[int], tuple[Home, Machine]],
) -> None:
    home, machine = opened(-20 * 365 * DAY)
    machine.up_us += 2 * MINUTE
    watch = TimeWatch(home)
    watch.look()
    ((severity, numbers),) = told(home)
    assert (severity, numbers["code"], numbers["waiting"]) == (5, "clock_behind", 0)
    home.intake.register("log", "main_courante")
    home.intake.accept("log", "a.csv", b"\x00", "text/csv")
    row = home.intake._journal.database.row("SELECT received_us FROM messages")
    assert row is not None
    assert row["received_us"] == TRUE + 2 * MINUTE
    home.intake.drain()


def test_no_image_is_analysed_while_the_time_is_in_doubt(
    opened: Callable[[int], tuple[Home, Machine]],
) -> None:
    home, _ = opened(3 * DAY)
    with pytest.raises(DetectionClosed) as closed:
        Live(home, UnderGrants((), "cam", None)).check(LegalEvent.FALL, TRUE, TRUE)
    assert closed.value.params["why"] == "clock"


def test_a_glass_ends_by_the_later_of_both_times(
    opened: Callable[[int], tuple[Home, Machine]],
) -> None:
    home, _ = opened(3 * DAY)
    account = home.desk.accounts.create_without_password("amelie", name="A", role="operator")
    home.desk.glasses.break_one(
        account.account_id, "facts", minutes=60, reason="r", zone="z", fact=""
    )
    assert home.desk.glasses.of_account(account.account_id) == ()


def test_a_home_of_an_older_version_is_not_earlier_than_its_newest_entry(tmp_path: Path) -> None:
    """Without a record of the time, journal and audit tell what has been."""
    init_home(tmp_path / "home")
    later = SystemClock().now() + timedelta(days=40)
    assert newest_us(tmp_path / "home") == 0
    with open_home(tmp_path / "home", clock=FixedClock(later)) as home:
        home.intake.register("log", "main_courante")
        home.intake.accept("log", "a.csv", b"\x00", "text/csv")
    assert newest_us(tmp_path / "home") >= to_us(later)
    clock = clock_of(tmp_path / "home", home.settings)
    if isinstance(clock, HouseClock) and clock.doubt() is not None:
        assert now_us(clock) >= to_us(later)
    (tmp_path / "home" / "intake" / "intake.db").write_bytes(os.urandom(4_096))
    assert newest_us(tmp_path / "home") <= to_us(later)


def test_tasks_go_on_after_a_time_that_went_back(
    opened: Callable[[int], tuple[Home, Machine]],
) -> None:
    home, machine = opened(0)
    schedule, runs = Schedule(home), list[int]()
    schedule.tasks = [Task("reports", 600, lambda: runs.append(1))]
    schedule.run_due()
    schedule.run_due()
    assert len(runs) == 1
    machine.ahead_us, machine.kept = -DAY, True
    schedule.run_due()
    assert len(runs) == 2
