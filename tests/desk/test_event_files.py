"""Versions of event files: only ever added, one writer at a time, forgotten as a whole."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import NotFound, StaleVersion
from vigie.desk.event_files import Heading, Version
from vigie.desk.store import Desk

HEADING = Heading("match", "event.sport.match", "Match", "agenda", "stadium", 1_000, 2_000)


def add(desk: Desk, after: int, heading: Heading = HEADING, **changes: str) -> Version:
    told = {"state": "draft", "who": "planner", "why": ""} | changes
    return desk.event_files.add(heading, after=after, content={"summary": str(after)}, **told)


def test_each_version_is_added_on_top_of_the_one_read(desk: Desk, clock: FixedClock) -> None:
    add(desk, 0)
    clock.advance(timedelta(hours=1))
    made = add(desk, 1, state="under_review", who="shift_head", why="relu")
    assert (made.version, made.at_us) == (2, now_us(clock))
    assert [(one.version, one.who, one.why) for one in desk.event_files.versions("match")] == [
        (2, "shift_head", "relu"),
        (1, "planner", ""),
    ]
    assert desk.event_files.version("match", 1).content == {"summary": "0"}
    newest = desk.event_files.newest("match")
    assert newest is not None
    assert newest.version == 2
    assert desk.event_files.heading("match").state == "under_review"


@pytest.mark.parametrize("read", [0, 2, 7])
def test_who_has_read_another_version_is_refused_and_nothing_is_kept(desk: Desk, read: int) -> None:
    add(desk, 0)
    with pytest.raises(StaleVersion):
        add(desk, read)
    assert [one.version for one in desk.event_files.versions("match")] == [1]
    assert desk.event_files.heading("match").version == 1


def test_the_first_version_needs_no_file_and_a_later_one_does(desk: Desk) -> None:
    assert desk.event_files.newest("match") is None
    with pytest.raises(StaleVersion):
        add(desk, 3)
    with pytest.raises(NotFound):
        desk.event_files.heading("match")
    with pytest.raises(NotFound):
        desk.event_files.version("match", 1)


def test_the_list_begins_with_the_latest_event(desk: Desk) -> None:
    add(desk, 0)
    add(desk, 0, Heading("later", "event", "Plus tard", "agenda", None, 9_000, 9_500))
    assert [one.heading.plan_id for one in desk.event_files.list_all()] == ["later", "match"]


def test_a_file_is_forgotten_with_all_its_versions(desk: Desk) -> None:
    add(desk, 0)
    add(desk, 1)
    assert desk.retention.ended("event_files", 2_000) == []
    assert desk.retention.ended("event_files", 2_001) == [("match", 2_000)]
    desk.retention.erase("event_files", ["match"])
    with desk.engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM event_file_versions")).scalar()
    assert left == 0
