"""The desk on a disk that refuses: an act is there whole or not at all, and reading goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.desk.acts import AT
from tests.desk.failing import each, make_desk
from tests.simulation.disk import Disk
from tests.simulation.sqlite_files import can_watch

from vigie.base.clock import FixedClock
from vigie.base.errors import NotSignedIn, Unavailable
from vigie.base.settings import Settings
from vigie.desk.store import Desk

pytestmark = pytest.mark.skipif(not can_watch(), reason="Python's SQLite is not the system's")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    make_desk(tmp_path / "template")
    return tmp_path / "template"


@pytest.fixture
def disk(template: Path, tmp_path: Path) -> Iterator[Disk]:
    """The disk of that desk, watched."""
    made = Disk(template, "desk", tmp_path / "after")
    with made.mounted():
        yield made


def test_each_write_of_the_desk_may_be_refused(template: Path, tmp_path: Path) -> None:
    """Some of them; ``run.py bench simulation --each`` refuses each in turn.

    Requirement: P-LOG-4.
    """
    told = list(each(template, tmp_path / "story", every=67, first=31))
    assert [f"operation {number}: {one.broken}" for number, one in told if one.broken] == []
    assert len(told) >= 14
    assert all(one.refused for _, one in told)


def test_a_migration_stands_whole_or_not_at_all(tmp_path: Path) -> None:
    """A disk that was full half-way left tables that the next start could not make again."""
    told = list(each(None, tmp_path / "story", every=89, first=17))
    assert [f"operation {number}: {one.broken}" for number, one in told if one.broken] == []
    assert len(told) >= 6


def test_who_is_known_is_answered_on_a_full_disk(template: Path, disk: Disk) -> None:
    """That somebody was there is noted by the way: it keeps nobody from being answered."""
    clock = FixedClock(AT)
    desk = Desk.open(template, settings=Settings(), clock=clock)
    account = desk.accounts.create_without_password("room", name="R", role="shift_head")
    grant = desk.sessions.open(account.account_id)
    secret, _ = desk.tokens.issue("feed", "ingest", sources=("log",))
    desk.tokens.check(secret, "ingest", source="log")
    clock.advance(timedelta(minutes=5))
    disk.full = True

    assert desk.sessions.look(grant.secret).account.login == "room"
    assert desk.tokens.check(secret, "ingest", source="log").name == "feed"
    assert disk.refused >= 2
    with pytest.raises(Unavailable) as refused:
        desk.accounts.set_role("room", "operator")
    assert refused.value.params["what"] == "desk"
    assert refused.value.params["reason"].startswith("disk_full")
    clock.advance(timedelta(hours=12))
    with pytest.raises(NotSignedIn):  # it has ended, though that cannot be noted
        desk.sessions.look(grant.secret)

    disk.full = False
    desk.accounts.set_role("room", "operator")
    assert desk.accounts.get("room").role == "operator"
    desk.close()
