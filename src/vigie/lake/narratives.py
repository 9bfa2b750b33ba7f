"""The live plane's scrubbed texts, apart from everything that is analysed (law reference, PM-3).

They stand in ``live/narratives.db``, sealed under one key per source and day of their fact, are
opened one at a time by the id of their fact, and are no table of any snapshot: no query file can
name them. Where a key is destroyed its texts are gone, whatever copy of the file is left.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from threading import RLock
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from vigie.base.clock import to_us
from vigie.base.errors import KeyDestroyed, StoreBroken, WrongUsage
from vigie.base.logging import get_logger
from vigie.keys.keeper import NARRATIVES as DOMAIN
from vigie.keys.keeper import Keeper
from vigie.lake.database import open_database, rewrite
from vigie.model.contracts import NARRATIVES
from vigie.privacy.envelope import KeyName

KIND: Final = "narrative"
VERSION: Final = 1
"""Of the file: 0 held texts that were not sealed."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_AT_ONCE = 20_000
_TABLE = (
    "CREATE TABLE {name} (fact_id TEXT PRIMARY KEY, source TEXT NOT NULL, text BLOB NOT NULL,"
    " redactions INTEGER NOT NULL, revision INTEGER NOT NULL, part TEXT NOT NULL) WITHOUT ROWID"
)
log = get_logger(__name__)

Row = tuple[str, str, str, int, int, str]
"""Fact, source, text, redactions, revision, part."""


def key_of(source: str, part: str) -> KeyName:
    """Return the name of the key of a source's texts of one part (``YYYY-MM-DD``).

    Raises:
        WrongUsage: When the part is no day.
    """
    try:
        return KeyName(DOMAIN, source, date.fromisoformat(part).toordinal() - _EPOCH_DAY)
    except ValueError as error:
        raise WrongUsage(reason=f"part {part!r}") from error


class Narratives:
    """Texts by fact; the highest revision wins, whatever the order of arrival.

    Args:
        path: The file.
        keys: Seals and opens the texts.
    """

    def __init__(self, path: Path, keys: Keeper) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._keys = keys
        self._guard = RLock()
        self._db = open_database(path, synchronous="FULL")
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._db.close()

    def put(self, table: pa.Table, *, anew: bool = False) -> int:
        """Keep the texts of a table of the ``NARRATIVES`` schema; returns how many got in.

        A text of a day whose key is destroyed is past its term, and is not kept.

        Args:
            table: Texts of facts.
            anew: They take the place of those that stand, whatever the revision of these.

        Raises:
            WrongUsage: When a column is missing or holds null, or a part is no day.
            Unavailable: When the keeper of keys cannot be had; nothing is kept.
        """
        missing = [n for n in NARRATIVES.names if n not in set(table.column_names)]
        if missing:
            raise WrongUsage(reason=f"narratives lack {', '.join(missing)}")
        columns = [table[field.name].cast(field.type) for field in NARRATIVES]
        if any(column.null_count for column in columns):
            raise WrongUsage(reason="narratives hold null")
        rows = self._sealed(list(zip(*(column.to_pylist() for column in columns), strict=True)))
        with self._guard, self._transaction():
            before = self._db.total_changes
            self._db.executemany(
                "INSERT INTO narratives VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fact_id) DO"
                " UPDATE SET source = excluded.source, text = excluded.text,"
                " redactions = excluded.redactions, revision = excluded.revision,"
                " part = excluded.part WHERE excluded.revision > revision OR ?",
                [(*row, anew) for row in rows],
            )
            return self._db.total_changes - before

    def get(self, fact_id: str) -> str | None:
        """Return the text of a fact, if there is one that can still be read.

        Raises:
            StoreBroken: When the text was changed in the file.
            Unavailable: When the keeper of keys cannot be had.
        """
        with self._guard:
            row = self._db.execute(
                "SELECT source, part, text FROM narratives WHERE fact_id = ?", (fact_id,)
            ).fetchone()
        if row is None:
            return None
        try:
            (text,) = self._keys.open(key_of(row[0], row[1]), KIND, [(fact_id, row[2])])
        except KeyDestroyed:
            return None
        return text.decode("utf-8", "surrogatepass")

    def count(self) -> int:
        """Return the number of texts."""
        with self._guard:
            return int(self._db.execute("SELECT count(*) FROM narratives").fetchone()[0])

    def erase(self, ids: Sequence[str], *, forget: bool = True) -> int:
        """Delete texts so that none of their bytes stay in the file; returns how many.

        Args:
            ids: Of their facts.
            forget: Whether to rewrite the file now; otherwise ``forget_deleted`` must follow.
        """
        with self._guard:
            before = self._db.total_changes
            with self._transaction():
                self._db.executemany(
                    "DELETE FROM narratives WHERE fact_id = ?", [(id_,) for id_ in ids]
                )
            deleted = self._db.total_changes - before
            if deleted and forget:
                rewrite(self._db)
            return deleted

    def forget_deleted(self) -> None:
        """Rewrite the file so that no byte of a deleted text is left."""
        with self._guard:
            rewrite(self._db)

    def before(self, part: str) -> list[tuple[str, str]]:
        """Return fact and part of the texts of parts before one, by fact."""
        query = "SELECT fact_id, part FROM narratives WHERE part < ? ORDER BY fact_id"
        with self._guard:
            return self._db.execute(query, (part,)).fetchall()

    def count_by_day(self, zone: ZoneInfo, before_us: int) -> list[tuple[int, int]]:
        """Return first instant of each local day with texts before an instant, and how many."""
        query = "SELECT part, count(*) FROM narratives GROUP BY part ORDER BY part"
        with self._guard:
            rows = self._db.execute(query).fetchall()
        days = [(datetime.combine(date.fromisoformat(p), time(), zone), n) for p, n in rows]
        return [(to_us(day), n) for day, n in days if to_us(day) < before_us]

    def days_before(self, part: str) -> set[tuple[str, str]]:
        """Return feed and part of the texts of parts before one: each has a key of its own."""
        query = "SELECT DISTINCT source, part FROM narratives WHERE part < ?"
        with self._guard:
            return set(self._db.execute(query, (part,)).fetchall())

    def _sealed(self, rows: Sequence[Row]) -> list[tuple[str, str, bytes, int, int, str]]:
        """Return rows with their texts sealed, without those of destroyed keys."""
        groups: defaultdict[KeyName, list[Row]] = defaultdict(list)
        for row in rows:
            groups[key_of(row[1], row[5])].append(row)
        done = []
        if len(groups) > 1:
            self._keys.make(list(groups))
        for name, some in groups.items():
            texts = [(row[0], row[2].encode("utf-8", "surrogatepass")) for row in some]
            try:
                sealed = self._keys.seal(name, KIND, texts)
            except KeyDestroyed:
                log.info("texts past their term are not kept", source=name.source, n=len(some))
                continue
            done += [(row[0], row[1], one, *row[3:]) for row, one in zip(some, sealed, strict=True)]
        return done

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def _prepare(self) -> None:
        """Make the table, or bring an older file up to date: all of it, or nothing."""
        if self._version() == VERSION:
            return
        with self._transaction():
            version = self._version()
            if version > VERSION:
                raise StoreBroken(reason=f"narratives.db is of a newer version ({version})")
            old = self._db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'narratives'")
            moved = bool(old.fetchone()[0]) and version < VERSION
            if moved:
                self._seal_older()
            elif version < VERSION:
                self._db.execute(_TABLE.format(name="narratives"))
            self._db.execute(f"PRAGMA user_version = {VERSION}")
        if moved:
            rewrite(self._db)

    def _seal_older(self) -> None:
        self._db.execute(_TABLE.format(name="sealed"))
        reading: sqlite3.Cursor = self._db.cursor()
        reading.execute("SELECT fact_id, source, text, redactions, revision, part FROM narratives")
        while rows := reading.fetchmany(_AT_ONCE):
            self._db.executemany("INSERT INTO sealed VALUES (?, ?, ?, ?, ?, ?)", self._sealed(rows))
        self._db.execute("DROP TABLE narratives")
        self._db.execute("ALTER TABLE sealed RENAME TO narratives")
