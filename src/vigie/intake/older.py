"""A home of before contents were sealed: its journal, spool and quarantine brought up to date.

Each content is replaced by its sealed form in one step that stands or falls alone: a run that was
killed, or two processes at once, leave nothing half done and nothing twice. Where the key of a day
is destroyed already (an old copy put back), what it would seal is past its term and goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from vigie.base.errors import KeyDestroyed
from vigie.base.logging import get_logger
from vigie.intake.database import Database
from vigie.intake.sealing import PAYLOAD, REFUSED, Sealing, Unsealed, key_of
from vigie.intake.spool import Spool

AT_ONCE: Final = 500
_INLINE = (
    "SELECT rowid AS at, message_id AS id, source, received_us, payload AS content FROM messages"
    " WHERE sealed = 0 AND spool IS NULL LIMIT ?"
)
_SPOOLED = (
    "SELECT seq AS at, source, received_us, spool, size FROM messages"
    " WHERE sealed = 0 AND spool IS NOT NULL LIMIT ?"
)
_REFUSED = (
    "SELECT rowid AS at, quarantine_id AS id, source, received_us, raw AS content FROM quarantine"
    " WHERE sealed = 0 LIMIT ?"
)
_SET_INLINE = "UPDATE messages SET payload = ?, sealed = 1 WHERE rowid = ? AND sealed = 0"
_SET_SPOOLED = "UPDATE messages SET spool = ?, sealed = 1 WHERE seq = ? AND sealed = 0"
_SET_REFUSED = "UPDATE quarantine SET raw = ?, sealed = 1 WHERE rowid = ? AND sealed = 0"
_DROP = "DELETE FROM messages WHERE rowid = ? AND sealed = 0"
log = get_logger(__name__)


def seal_older(database: Database, spool: Spool, sealing: Sealing) -> int:
    """Seal every content that is not sealed yet; returns how many.

    Raises:
        Unavailable: When disk, journal or keeper of keys refuse; a new run goes on from there.
    """
    done = 0
    while rows := database.rows(_INLINE, AT_ONCE):
        done += _seal_rows(database, sealing, PAYLOAD, rows, _SET_INLINE)
    while rows := database.rows(_REFUSED, AT_ONCE):
        done += _seal_rows(database, sealing, REFUSED, rows, _SET_REFUSED)
    while rows := database.rows(_SPOOLED, 1):
        done += _seal_file(database, spool, rows[0])
    if done:
        database.empty_log()
        log.info("contents of an older home sealed", n=done)
    return done


def _seal_rows(
    database: Database, sealing: Sealing, kind: str, rows: Sequence[sqlite3.Row], update: str
) -> int:
    waiting = {
        row["at"]: Unsealed(key_of(row["source"], row["received_us"]), row["id"], row["content"])
        for row in rows
        if row["content"]
    }
    sealing.seal_all(list(waiting.values()), kind)
    for one in waiting.values():
        if one.problem is not None and not isinstance(one.problem, KeyDestroyed):
            raise one.problem
    values = [
        (waiting[row["at"]].sealed if row["at"] in waiting else row["content"], row["at"])
        for row in rows
    ]
    gone = [(at,) for at, one in waiting.items() if one.problem and kind == PAYLOAD]

    def replace(connection: sqlite3.Connection) -> int:
        connection.executemany(_DROP, gone)
        return connection.executemany(update, values).rowcount + len(gone)

    return database.write(replace)


def _seal_file(database: Database, spool: Spool, row: sqlite3.Row) -> int:
    """Seal a file beside the plain one, refer to it, then drop the plain one."""
    name = row["spool"]
    key = key_of(row["source"], row["received_us"])
    if spool.keys.destroyed(key):
        spool.drop(name)
        return database.write(lambda c: c.execute(_DROP, (row["at"],)).rowcount)
    try:
        plain = spool.path(name).open("rb")
    except FileNotFoundError:  # expired: the row says so when it is read
        new = name
    else:
        with plain:
            new = spool.copy(plain, key, limit=row["size"]).name
    changed = database.write(lambda c: c.execute(_SET_SPOOLED, (new, row["at"])).rowcount)
    if new != name:
        spool.drop(name if changed else new)
    return changed
