"""Every store of a home, found on disk, and the one rule that it comes under (LED-6)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from fnmatch import fnmatchcase
from pathlib import Path

from sqlalchemy import inspect

from vigie.desk.database import SQLITE_FILE
from vigie.privacy.retention import Rule
from vigie.situation.home import Home

_HEAD = b"SQLite format 3\x00"
_BESIDE = ("-wal", "-shm")


def stores_of(home: Home) -> list[str]:
    """Return the stores of an open home: files by path, tables of databases as ``PATH#TABLE``.

    The desk's tables are ``desk#TABLE`` wherever its database stands.
    """
    found = {f"desk#{name}" for name in inspect(home.desk.engine).get_table_names()}
    for path in home.path.rglob("*"):
        name = path.relative_to(home.path).as_posix()
        if not path.is_file() or name.endswith(_BESIDE) or name == SQLITE_FILE:
            continue
        tables = list(_tables(path))
        found |= {f"{name}#{table}" for table in tables} if tables else {name}
    return sorted(found)


def _tables(path: Path) -> Iterator[str]:
    with path.open("rb") as stream:
        if stream.read(len(_HEAD)) != _HEAD:
            return
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    yield from (name for (name,) in names if not name.startswith("sqlite_"))


def rules_over(rules: Mapping[str, Rule], store: str) -> list[str]:
    """Return the names of the rules' stores that a place found in a home belongs to."""
    return sorted(
        {
            rule.store
            for rule in rules.values()
            if any(fnmatchcase(store, pattern) for pattern in rule.covers)
        }
    )


def without_one_rule(home: Home) -> dict[str, list[str]]:
    """Return what of a home comes under no rule, or under several."""
    rules = home.retention.rulebook.rules
    found = {store: rules_over(rules, store) for store in stores_of(home)}
    return {store: names for store, names in found.items() if len(names) != 1}
