"""What is fetched is tried when due, given up for a while when it fails, and shown in health."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import Unavailable
from vigie.base.settings import PolledUrl
from vigie.intake.circuit import Schedule
from vigie.intake.database import FILE, Database
from vigie.intake.feeding import Feed, forget_others
from vigie.intake.polling import Fetched
from vigie.intake.schema import SCHEMA_VERSION, STEPS
from vigie.intake.service import Intake

WORKED = Fetched(200, taken=True)
FAILED = Fetched(0, taken=False, reason="feed_unreachable")


class Site:
    """Gives the answers lined up, the last again and again."""

    def __init__(self, *answers: Fetched) -> None:
        self.answers = list(answers)
        self.asked = 0

    def fetch(self) -> Fetched:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def feed(intake: Intake, clock: FixedClock) -> Callable[..., Feed]:
    """Makes the feed ``log`` from a site."""

    def make(site: Site, *, key: str = "k", source: str = "log") -> Feed:
        return Feed(
            key,
            source,
            Schedule(60),
            site.fetch,
            database=intake._database,
            clock=clock,
            wake=lambda: None,
            chance=lambda: 0.0,
        )

    return make


def test_it_is_asked_when_due_and_not_before(
    feed: Callable[..., Feed], clock: FixedClock, intake: Intake
) -> None:
    site = Site(WORKED)
    one = feed(site)
    assert [one.turn(), one.turn()] == [True, False]
    clock.advance(timedelta(seconds=60))
    assert one.turn()
    fetching = intake.health(now_us(clock))[0].fetching
    assert fetching is not None
    assert (fetching.circuit, fetching.failures) == ("closed", 0)
    assert fetching.next_us == now_us(clock) + 60_000_000
    assert intake.health(now_us(clock))[0].last_error == ""


def test_three_failures_open_the_circuit_and_one_success_closes_it(
    feed: Callable[..., Feed], clock: FixedClock, intake: Intake
) -> None:
    site = Site(FAILED, FAILED, FAILED, FAILED, WORKED)
    one = feed(site)
    for _ in range(3):
        assert one.turn()
        clock.advance(timedelta(seconds=60))
    clock.advance(timedelta(seconds=-30))
    health = intake.health(now_us(clock))[0]
    assert health.last_error == "feed_unreachable"
    assert health.fetching is not None
    assert (health.fetching.circuit, health.fetching.failures) == ("open", 3)
    assert not one.turn()
    clock.advance(timedelta(seconds=30))
    fetching = intake.health(now_us(clock))[0].fetching
    assert fetching is not None
    assert fetching.circuit == "half_open"
    assert one.turn()  # fails again: two minutes now
    clock.advance(timedelta(seconds=119))
    assert not one.turn()
    clock.advance(timedelta(seconds=1))
    assert one.turn()
    health = intake.health(now_us(clock))[0]
    assert (health.last_error, health.fetching and health.fetching.circuit) == ("", "closed")
    assert site.asked == 5


def test_a_restart_does_not_ask_an_open_circuit(
    feed: Callable[..., Feed], clock: FixedClock
) -> None:
    site = Site(FAILED)
    one = feed(site)
    for _ in range(3):
        one.turn()
        clock.advance(timedelta(seconds=60))
    clock.advance(timedelta(seconds=-59))
    again = feed(site)
    assert not again.turn()
    assert site.asked == 3


def test_our_own_trouble_is_no_failure_of_the_feed(
    feed: Callable[..., Feed], clock: FixedClock, intake: Intake
) -> None:
    site = Site(WORKED)

    def full() -> Fetched:
        raise Unavailable(what="journal")

    site.fetch = full  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        feed(site).turn()
    assert intake.health(now_us(clock))[0].last_error == ""


def test_a_bug_of_ours_is_shown_as_one(
    feed: Callable[..., Feed], clock: FixedClock, intake: Intake
) -> None:
    site = Site(WORKED)

    def broken() -> Fetched:
        raise ZeroDivisionError

    site.fetch = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        feed(site).turn()
    assert intake.health(now_us(clock))[0].last_error == "internal_failure"


def test_the_worst_of_a_source_is_shown_and_a_remark_does_not_open(
    feed: Callable[..., Feed], clock: FixedClock, intake: Intake
) -> None:
    feed(Site(FAILED), key="a").turn()
    feed(Site(Fetched(0, taken=True, remark="feed_not_tidied")), key="b").turn()
    assert intake.health(now_us(clock))[0].last_error == "feed_unreachable"
    forget_others(intake._database, ["b"])
    health = intake.health(now_us(clock))[0]
    assert (health.last_error, health.fetching and health.fetching.failures) == (
        "feed_not_tidied",
        0,
    )


def test_what_left_the_settings_is_forgotten(
    feed: Callable[..., Feed], open_intake: Callable[..., Intake], intake: Intake, clock: FixedClock
) -> None:
    feed(Site(FAILED)).turn()
    intake.close()
    polled = PolledUrl(url="http://127.0.0.1:9/x", connector="probe", source="log", private=True)
    again = open_intake(poll=(polled,))
    again.start()
    again.stop()
    assert again._database.row("SELECT 1 FROM feeds WHERE feed = 'k'") is None


def test_a_home_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / FILE
    old = sqlite3.connect(path)
    old.executescript(STEPS[0])
    old.execute("PRAGMA user_version = 1")
    old.execute(
        "INSERT INTO messages (message_id, source, name, media, received_us, sha256, size,"
        " batch_id) VALUES ('m', 'log', 'a.csv', '', 7, 'ab', 1, 'b')"
    )
    for batch_id in ("b", "bare"):
        old.execute(
            "INSERT INTO batches VALUES (?, 'log', 8, '{}', '[]', 1, 1, 1, 0, 0, '{}', 1)",
            (batch_id,),
        )
    old.commit()
    old.close()
    for _ in range(2):
        database = Database(path)
        assert database.rows("SELECT * FROM feeds") == []
        version = database.row("PRAGMA user_version")
        assert version is not None
        assert version[0] == SCHEMA_VERSION
        origins = database.rows("SELECT origins FROM batches ORDER BY batch_id")
        assert [row[0] for row in origins] == ['[[7,"a.csv","ab"]]', "[]"]
        database.close()
