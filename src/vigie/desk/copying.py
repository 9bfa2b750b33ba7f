"""A desk in PostgreSQL as files, table by table at one instant, and a database from them.

Each file is a line that names the columns, then what ``COPY`` writes. (A desk in SQLite is one file
and is copied as one.)
"""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from vigie.base.errors import HomeInvalid, StoreBroken, Unavailable, WrongUsage
from vigie.base.stopping import look
from vigie.desk.database import alembic_config, connect, known_revisions

ENDING = ".copy"
_VERSION = "alembic_version"
_BLOCK = 1 << 20


def write_tables(url: str, folder: Path) -> list[Path]:
    """Write every table of a desk in PostgreSQL into a folder; nobody waits for it.

    Args:
        url: Its SQLAlchemy URL.
        folder: Where the files go.

    Raises:
        Unavailable: When the database does not answer.
    """
    written = []
    engine = connect(url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            known = MetaData()
            known.reflect(connection)
            for table in known.sorted_tables:
                look()
                columns = [column.name for column in table.columns]
                target = folder / f"{table.name}{ENDING}"
                _write(connection, table.name, columns, target)
                written.append(target)
    except DBAPIError as error:
        raise Unavailable(what="desk") from error
    finally:
        engine.dispose()
    return written


def _names(table: str, columns: list[str]) -> str:
    return f'"{table}" ({", ".join(f"{chr(34)}{one}{chr(34)}" for one in columns)})'


def _write(connection: Connection, table: str, columns: list[str], target: Path) -> None:
    cursor = connection.connection.cursor()
    with target.open("wb") as stream:
        stream.write(json.dumps(columns).encode() + b"\n")
        with cursor.copy(f"COPY {_names(table, columns)} TO STDOUT") as rows:
            for block in rows:
                stream.write(block)


def read_tables(url: str, files: list[Path]) -> None:
    """Fill an empty database with the tables of ``write_tables``: all of it, or nothing.

    Args:
        url: Its SQLAlchemy URL.
        files: One for each table, named by it.

    Raises:
        WrongUsage: When the database is none of PostgreSQL, or has tables already.
        HomeInvalid: When the desk that was copied is of a newer version.
        StoreBroken: When the files do not fit together.
        Unavailable: When the database does not answer.
    """
    by_name = {path.name.removesuffix(ENDING): path for path in files}
    engine = connect(url)
    try:
        if engine.dialect.name != "postgresql":
            raise WrongUsage(reason="the copy's desk is a PostgreSQL database", field="desk.url")
        with engine.begin() as connection:
            if inspect(connection).get_table_names():
                raise WrongUsage(reason="the desk's database is not empty", field="desk.url")
            _make_tables(connection, _revision(by_name))
            _fill(connection, by_name)
    except DBAPIError as error:
        raise Unavailable(what=engine.url.render_as_string(hide_password=True)) from error
    finally:
        engine.dispose()


def _revision(by_name: dict[str, Path]) -> str:
    """Return the revision that a desk was at."""
    if _VERSION not in by_name:
        raise StoreBroken(reason=f"copies: no {_VERSION}")
    lines = by_name[_VERSION].read_text("utf-8").splitlines()
    revision = lines[1] if len(lines) > 1 else ""
    known = set(known_revisions())
    if revision not in known:
        raise HomeInvalid(home="desk", reason=f"revision {revision} is newer than this version")
    return revision


def _make_tables(connection: Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - late: only here

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _fill(connection: Connection, by_name: dict[str, Path]) -> None:
    known = MetaData()
    known.reflect(connection)
    if set(known.tables) != set(by_name):
        raise StoreBroken(reason="copies: the desk's tables are others")
    for table in reversed(known.sorted_tables):  # what migrations put there
        if table.name != _VERSION:
            connection.execute(table.delete())
    for table in known.sorted_tables:
        if table.name == _VERSION:
            continue
        look()
        _read(connection, table.name, by_name[table.name])
        for column in table.columns:
            _go_on(connection, table.name, column.name)


def _read(connection: Connection, table: str, source: Path) -> None:
    cursor = connection.connection.cursor()
    with source.open("rb") as stream:
        columns = [str(one) for one in json.loads(stream.readline())]
        with cursor.copy(f"COPY {_names(table, columns)} FROM STDIN") as rows:
            while block := stream.read(_BLOCK):
                rows.write(block)


def _go_on(connection: Connection, table: str, column: str) -> None:
    """Let a numbered column go on after the greatest number that came back."""
    asked = text("SELECT pg_get_serial_sequence(:table, :column)")
    sequence = connection.execute(asked, {"table": f'"{table}"', "column": column}).scalar()
    if sequence is not None:
        greatest = f'SELECT max("{column}") FROM "{table}"'  # noqa: S608  names of the database's own
        connection.execute(
            text(f"SELECT setval(:sequence, coalesce(({greatest}), 1), ({greatest}) IS NOT NULL)"),
            {"sequence": sequence},
        )
