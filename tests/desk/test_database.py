"""Migrations: the tables are the models, on SQLite and on a real PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from vigie.base.clock import FixedClock
from vigie.base.errors import HomeInvalid, NotSignedIn, SettingsInvalid, Unavailable
from vigie.base.settings import DeskSettings, Settings
from vigie.desk.database import (
    alembic_config,
    connect,
    database_url,
    known_revisions,
    upgrade,
)
from vigie.desk.roles import PERMISSIONS, ROLE_TITLES, ROLES, permissions_of
from vigie.desk.sessions import Grant
from vigie.desk.store import Desk
from vigie.desk.tables import Table
from vigie.privacy.charter import shipped_charter

CLOCK = FixedClock(datetime(2026, 3, 1, tzinfo=UTC))


def sign_in(desk: Desk, login: str, password: str) -> Grant:
    """Open a session by password alone."""
    return desk.sessions.open(desk.accounts.verify(login, password).account_id)


@pytest.fixture(scope="module")
def postgres_url(new_database: Callable[[], str]) -> str:
    """An empty database of a real PostgreSQL."""
    return new_database()


def _differences(url: str) -> list[object]:
    engine = connect(url)
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()
    return found


def test_migrations_give_the_tables_of_the_models(home: Path) -> None:
    assert _differences(database_url(home, DeskSettings())) == []


@pytest.mark.needs_postgres
def test_postgresql_has_the_same_tables_and_serves_the_same_desk(
    postgres_url: str, home: Path
) -> None:
    assert _differences(postgres_url) == []
    desk = Desk.open(home, settings=Settings(desk=DeskSettings(url=postgres_url)), clock=CLOCK)
    try:
        desk.accounts.create("lea", name="Léa", role="admin", password="a long password")
        grant = sign_in(desk, "lea", "a long password")

        assert desk.sessions.look(grant.secret).account.name == "Léa"
        with pytest.raises(NotSignedIn):
            sign_in(desk, "lea", "wrong")
        secret, _ = desk.tokens.issue("x", "ingest", sources=("a", "b"))
        assert desk.tokens.check(secret, "ingest", source="b").sources == ("a", "b")
    finally:
        desk.close()


def test_a_newer_database_is_refused_in_words(home: Path) -> None:
    engine = connect(database_url(home, DeskSettings()))
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HomeInvalid):
        upgrade(engine)
    engine.dispose()


def test_the_names_of_the_migrations_tell_their_order() -> None:
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()

    assert known_revisions() == tuple(script.revision for script in scripts)


def test_an_unreachable_database_is_said_without_its_password(home: Path) -> None:
    settings = DeskSettings(url="postgresql+psycopg://me:secret@127.0.0.1:1/none")
    with pytest.raises(Unavailable) as caught:
        upgrade(connect(database_url(home, settings)))

    assert "secret" not in str(caught.value.params)


def test_the_url_may_come_from_a_file(home: Path) -> None:
    (home / "url").write_text("sqlite:///x.db\n")

    assert database_url(home, DeskSettings(url_file=str(home / "url"))) == "sqlite:///x.db"
    with pytest.raises(SettingsInvalid):
        database_url(home, DeskSettings(url_file=str(home / "absent")))


def test_roles_deny_by_default_and_have_titles() -> None:
    assert set(ROLE_TITLES) == set(ROLES)
    assert permissions_of(shipped_charter(), "nobody") == frozenset()
    assert "read_facts" not in ROLES["elected"]
    assert frozenset().union(*ROLES.values()) == set(PERMISSIONS)
