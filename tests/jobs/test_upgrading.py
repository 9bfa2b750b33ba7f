"""An older home is copied, brought up to date, and can go back; what is newer is never opened."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command

from vigie.audit.verification import verify
from vigie.base.clock import FixedClock
from vigie.base.errors import Conflict, HomeTooNew, StoreBroken, UpgradePending, WrongUsage
from vigie.cli.main import run
from vigie.desk.database import alembic_config, connect, known_revisions
from vigie.intake.schema import SCHEMA_VERSION
from vigie.jobs.copies.shelf import Shelf
from vigie.jobs.copies.taking import take_copy
from vigie.jobs.upgrading import bring_up, check, copies_of, go_back
from vigie.situation.home import Home, init_home, open_home

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
WHO = "os:test"
OLDER = "0012"
LOG = (
    "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT;OBSERVATIONS"
)


def export(first: int, n: int) -> bytes:
    rows = [
        f"{one};01/06/2026;08:{one % 60:02};TN;Tapage;5,3700;43,2960;2;VERT;texte {one}"
        for one in range(first, first + n)
    ]
    return "\r\n".join([LOG, *rows, ""]).encode()


def make_older(home: Path) -> None:
    """Take a home's stores back to what an earlier release left, by its own migrations."""
    engine = connect(f"sqlite:///{home / 'desk.db'}")
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, OLDER)
    engine.dispose()
    with closing(sqlite3.connect(home / "intake" / "intake.db")) as base:
        base.execute("ALTER TABLE batches DROP COLUMN origins")
        base.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("older") / "home"
    init_home(folder)
    with open_home(folder, clock=FixedClock(NOON)) as home:
        home.intake.register("log", "main_courante")
        home.intake.accept("log", "a.csv", export(0, 50), "text/csv")
        home.intake.drain()
        home.intake.accept("log", "b.csv", export(50, 5), "text/csv")
        home.desk.accounts.create("chief", name="C", role="admin", password="correct-horse-batt")
    make_older(folder)
    return folder


@pytest.fixture
def older(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "home"))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON + timedelta(hours=1))


def is_as_it_was(home: Home) -> None:
    assert home.lake.count("facts") == 50
    assert [one.login for one in home.desk.accounts.list_all()] == ["chief"]
    found = verify(home.audit)
    assert not found.faults, found


def test_an_older_home_is_refused_with_the_remedy_and_not_touched(
    older: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in older.rglob("*.db")}
    with pytest.raises(UpgradePending):
        open_home(older)
    for language, words in (("fr", "Une copie est prise"), ("en", "It is copied")):
        monkeypatch.setenv("LC_ALL", language)
        assert run(["serve", "--home", str(older)]) == 2
        said = capsys.readouterr().err
        assert words in said
        assert f"vigie upgrade --home {older}" in said
    assert run(["upgrade", "--check", "--home", str(older)]) == 1
    assert {(a.store, a.found, a.age) for a in check(older)} == {
        ("desk", OLDER, "older"),
        ("journal", str(SCHEMA_VERSION - 1), "older"),
    }
    assert {path: path.read_bytes() for path in before} == before


def test_it_is_copied_then_brought_up_to_date_and_nothing_is_lost(older: Path) -> None:
    assert run(["upgrade", "--home", str(older)]) == 0
    assert check(older) == []
    shelf = Shelf(copies_of(older))
    assert shelf.broken(shelf.manifest()) == []
    with open_home(older) as home:
        is_as_it_was(home)
        assert home.intake.drain() == 1, "what waited in the older journal waits still"
        assert home.lake.count("facts") == 55
    assert run(["upgrade", "--home", str(older)]) == 0
    assert len(shelf.names()) == 1, "nothing to do, no copy"
    assert run(["upgrade", "--check", "--home", str(older)]) == 0


def test_it_goes_back_and_forward_again(older: Path, clock: FixedClock) -> None:
    bring_up(older, clock, who=WHO)
    clock.advance(timedelta(minutes=5))
    went = go_back(older, clock, who=WHO)
    assert went.lost == 0
    assert {(one.store, one.found) for one in check(older)} == {
        ("desk", OLDER),
        ("journal", str(SCHEMA_VERSION - 1)),
    }
    assert not older.with_name("home.going-back").exists()
    bring_up(older, clock, who=WHO)
    with open_home(older, clock=clock) as home:
        is_as_it_was(home)
        assert home.intake.drain() == 1


def test_what_came_since_is_not_lost_unasked(older: Path, clock: FixedClock) -> None:
    bring_up(older, clock, who=WHO)
    clock.advance(timedelta(minutes=5))
    with open_home(older, clock=clock) as home:
        home.intake.accept("log", "c.csv", export(90, 1), "text/csv")
    with pytest.raises(WrongUsage, match="--lose"):
        go_back(older, clock, who=WHO)
    assert check(older) == []
    assert go_back(older, clock, who=WHO, lose=True).lost == 1
    bring_up(older, clock, who=WHO)
    with open_home(older, clock=clock) as home:
        is_as_it_was(home)


def test_a_spoilt_copy_changes_nothing(older: Path, clock: FixedClock) -> None:
    copy = bring_up(older, clock, who=WHO).copy
    assert copy is not None
    desk = next(kept for kept in copy.files if kept.path == "desk.db")
    Shelf(copies_of(older)).path(desk.sha256).write_bytes(b"spoilt")
    with pytest.raises(StoreBroken):
        go_back(older, clock, who=WHO)
    with open_home(older, clock=clock) as home:
        is_as_it_was(home)


def test_a_home_in_use_is_left_alone(older: Path, clock: FixedClock) -> None:
    bring_up(older, clock, who=WHO)
    with open_home(older, clock=clock), pytest.raises(Conflict):
        go_back(older, clock, who=WHO)


def test_a_newer_home_is_refused_and_the_way_back_is_told(
    older: Path, clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_up(older, clock, who=WHO)
    with closing(sqlite3.connect(older / "desk.db")) as base, base:
        base.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(HomeTooNew):
        open_home(older)
    with pytest.raises(HomeTooNew):
        bring_up(older, clock, who=WHO)
    assert run(["serve", "--home", str(older)]) == 2
    remedy = f"upgrade --back --home {older}"
    assert f"vigie {remedy}" in capsys.readouterr().err
    assert run(remedy.split()) == 0
    bring_up(older, clock, who=WHO)
    with open_home(older, clock=clock) as home:
        is_as_it_was(home)


def test_every_migration_of_the_desk_knows_its_way_back() -> None:
    """The copy is the way back; that each step has one says that no step was forgotten."""
    engine = connect("sqlite://")
    config = alembic_config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        for _ in known_revisions():
            command.downgrade(config, "-1")
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'")
        assert {row[0] for row in tables} <= {"alembic_version", "sqlite_sequence"}


@pytest.fixture
def another(tmp_path: Path, clock: FixedClock) -> Iterator[Home]:
    init_home(tmp_path / "another")
    with open_home(tmp_path / "another", clock=clock) as home:
        home.intake.register("log", "main_courante")
        yield home


def test_copies_of_two_homes_are_told_apart(
    older: Path, clock: FixedClock, another: Home, tmp_path: Path
) -> None:
    bring_up(older, clock, who=WHO, copies=tmp_path / "copies")
    with pytest.raises(WrongUsage, match="another home"):
        take_copy(another, tmp_path / "copies", who=WHO)
    assert len(Shelf(tmp_path / "copies").names()) == 1
    with open_home(older, clock=clock) as home:
        take_copy(home, tmp_path / "copies", who=WHO)
