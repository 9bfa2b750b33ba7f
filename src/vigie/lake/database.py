"""The lake's small SQLite files: opened one way, and rewritten so that deleted bytes are gone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from vigie.base.errors import Unavailable

_BUSY_S = 60.0
CACHE_KIB = 4_096
"""Of pages held by each file; what is put in comes sorted, and the machine holds the rest: with
four times as many an id of three million costs no less."""
_TRIES = 40
_PAUSE_S = 0.25


def open_database(
    path: Path, *, synchronous: str, tables: Iterable[str] = ()
) -> sqlite3.Connection:
    """Open or make a file for several processes and threads (WAL, deleted content overwritten).

    Args:
        path: The file.
        synchronous: ``FULL`` where a commit must survive a power cut, ``NORMAL`` where the content
            can be made again.
        tables: Statements that make what the file must hold.

    Raises:
        sqlite3.Error: When the disk does not let it; nothing is left open.
    """
    database = sqlite3.connect(path, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
    with ExitStack() as undo:
        undo.callback(database.close)
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "secure_delete=ON",
            f"cache_size=-{CACHE_KIB}",
            "wal_autocheckpoint=16384",
        ):
            database.execute(f"PRAGMA {pragma}").fetchall()
        for statement in tables:
            database.execute(statement)
        undo.pop_all()
    return database


def rewrite(database: sqlite3.Connection) -> None:
    """Rewrite the file and empty its log, so that no byte of what was deleted is left in either.

    Raises:
        Unavailable: When readers keep the old log in use for too long; what was deleted is
            deleted, and rewriting may be tried again.
    """
    database.execute("VACUUM")
    for _ in range(_TRIES):
        busy = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            return
        time.sleep(_PAUSE_S)
    raise Unavailable(what="SQLite log of the lake")
