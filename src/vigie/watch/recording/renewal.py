"""An index of an older Vigie is brought to the tables of this one, rows kept."""

from __future__ import annotations

import sqlite3
from functools import cache

_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


@cache
def _wanted(schema: str) -> dict[str, str]:
    base = sqlite3.connect(":memory:")
    try:
        base.executescript(schema)
        return dict(base.execute(_TABLES))
    finally:
        base.close()


def _differing(base: sqlite3.Connection, schema: str) -> dict[str, str]:
    wanted = _wanted(schema)
    return {
        name: wanted[name]
        for name, text in base.execute(_TABLES).fetchall()
        if name in wanted and text.replace(f'"{name}"', name, 1) != wanted[name]
    }


def renew(base: sqlite3.Connection, schema: str) -> None:
    """Rebuild the tables that are not as a schema has them, and make those that are missing.

    SQLite does not change a check in place; a table is made anew beside the old one, in one
    transaction (https://www.sqlite.org/lang_altertable.html, section 7).

    Args:
        base: A connection without an open transaction.
        schema: Statements that make what is missing and leave what is there.
    """
    if _differing(base, schema):
        base.execute("PRAGMA foreign_keys = OFF")
        try:
            base.execute("BEGIN IMMEDIATE")
            with base:
                for name, text in _differing(base, schema).items():
                    _rebuild(base, name, text)
        finally:
            base.execute("PRAGMA foreign_keys = ON")
    base.executescript(schema)


def _rebuild(base: sqlite3.Connection, name: str, text: str) -> None:
    new = f"{name}_renewed"
    held = base.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'"
    ).fetchone()[0]
    ever = (
        base.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (name,)).fetchone()
        if held
        else None
    )
    base.execute(text.replace(f"TABLE {name}", f"TABLE {new}", 1))
    old, made = (
        [row[1] for row in base.execute(f"PRAGMA table_info({one})")] for one in (name, new)
    )
    columns = ", ".join(f'"{one}"' for one in made if one in old)
    base.execute(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {name}")  # noqa: S608
    base.execute(f"DROP TABLE {name}")
    base.execute(f"ALTER TABLE {new} RENAME TO {name}")
    if ever:
        base.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (*ever, name))
