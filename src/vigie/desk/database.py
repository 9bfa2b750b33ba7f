"""Opening the desk's database: SQLite by default, PostgreSQL in production; Alembic migrates."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Executable, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from vigie.base.disk import refused_by_disk
from vigie.base.errors import HomeTooNew, SettingsInvalid, Unavailable
from vigie.base.logging import get_logger
from vigie.base.settings import DeskSettings

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import ExceptionContext

SQLITE_FILE = "desk.db"
RETRY_S = 5
log = get_logger(__name__)
_LOCK = 0x5649_4749_4752_4154
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=10000",
)

_SILENT_NETWORK = {
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 8_000,
}
"""A server whose network swallows everything is given up within ten seconds, not fifteen minutes;
who leads must know it before another may lead. An address may say otherwise (libpq's names)."""


def database_url(folder: Path, settings: DeskSettings) -> str:
    """Return the SQLAlchemy URL: from the settings, from the file they name, or SQLite in the home.

    Raises:
        SettingsInvalid: When the file that should hold the URL cannot be read.
    """
    if settings.url_file:
        try:
            return Path(settings.url_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsInvalid(key="desk.url_file", reason=str(error.strerror)) from error
    return settings.url or f"sqlite:///{(folder / SQLITE_FILE).resolve()}"


def connect(url: str) -> Engine:
    """Return an engine; SQLite gets its pragmas, a PostgreSQL connection is checked before use."""
    if url.startswith("sqlite"):
        engine = create_engine(url)
        event.listen(engine, "handle_error", _refused)

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            cursor = connection.cursor()
            for pragma in SQLITE_PRAGMAS:
                cursor.execute(pragma)
            cursor.close()

        return engine
    told = make_url(url).query
    bounds = {key: value for key, value in _SILENT_NETWORK.items() if key not in told}
    return create_engine(url, pool_pre_ping=True, connect_args=bounds)


def _refused(context: ExceptionContext) -> None:
    """Raise what a full or failing disk is for who asked: nothing of it stands, ask again."""
    if why := refused_by_disk(context.original_exception):
        reason = f"{why}: {context.original_exception}"
        raise Unavailable(what="desk", reason=reason, retry_s=RETRY_S) from None


def note_if_possible(engine: Engine, statement: Executable) -> None:
    """Write what is noted by the way; a disk that refuses it keeps nobody from being answered."""
    try:
        with engine.begin() as connection:
            connection.execute(statement)
    except Unavailable as error:
        log.warning("not noted", reason=error.params.get("reason", ""))


def is_away(error: BaseException) -> bool:
    """Say whether an error is that PostgreSQL does not answer: who asked may ask again."""
    if not isinstance(error, OperationalError):
        return False
    return type(error.orig).__module__.startswith("psycopg")


def alembic_config() -> Config:
    """Return the Alembic configuration; scripts live inside the package."""
    from alembic.config import Config  # noqa: PLC0415 - late: only an older database needs it

    config = Config()
    config.set_main_option("script_location", str(resources.files("vigie.desk") / "migrations"))
    return config


@cache
def known_revisions() -> tuple[str, ...]:
    """Return every revision that this version knows, the newest first: each file begins with it."""
    versions = resources.files("vigie.desk") / "migrations" / "versions"
    names = (one.name for one in versions.iterdir() if one.name[:4].isdecimal())
    return tuple(sorted((name.partition("_")[0] for name in names), reverse=True))


def _revision(connection: Connection) -> str | None:
    """Return the revision a database is at; None when it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def revisions(engine: Engine) -> tuple[str | None, str]:
    """Return the revision a database is at, None when it has no tables yet, and the newest one.

    Raises:
        Unavailable: When the database does not answer.
    """
    head = known_revisions()[0]
    try:
        with engine.connect() as connection:
            return _revision(connection), head
    except OperationalError as error:
        raise Unavailable(what=engine.url.render_as_string(hide_password=True)) from error


def pending(engine: Engine) -> bool:
    """Say whether a database that has tables is not at the newest revision.

    Raises:
        Unavailable: When the database does not answer.
    """
    current, head = revisions(engine)
    return current is not None and current != head


def _is_behind(engine: Engine) -> bool:
    with engine.connect() as connection:
        return _revision(connection) != known_revisions()[0]


def _take_turn(connection: Connection) -> None:
    """Let processes that start together take turns; what one migrates stands whole or not at all.

    SQLite's driver begins no transaction before a table is made: a disk that was full half-way
    left tables that the next start could not make again.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision.

    Raises:
        Unavailable: When the database does not answer.
        HomeTooNew: When the database is of a newer Vigie than this one.
    """
    try:
        if engine.dialect.name == "sqlite" and not _is_behind(engine):
            return
        with engine.begin() as connection:
            _take_turn(connection)
            current = _revision(connection)
            if current is not None and current not in known_revisions():
                raise HomeTooNew(
                    home=engine.url.render_as_string(hide_password=True),
                    reason=f"revision {current} is newer than this version",
                )
            if current == known_revisions()[0]:
                return  # every opening but the first: nothing is read anew for nothing
            from alembic import command  # noqa: PLC0415 - late: as above

            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        raise Unavailable(what=engine.url.render_as_string(hide_password=True)) from error
