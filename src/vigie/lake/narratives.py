"""The live plane's scrubbed texts, apart from everything that is analysed (law reference, PM-3).

They stand in ``live/narratives.db``, are read one at a time by the id of their fact, and are no
table of any snapshot: no query file can name them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import RLock

import pyarrow as pa

from vigie.base.errors import WrongUsage
from vigie.lake.database import open_database, rewrite
from vigie.model.contracts import NARRATIVES


class Narratives:
    """Texts by fact; the highest revision wins, whatever the order of arrival."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._guard = RLock()
        self._db = open_database(path, synchronous="FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS narratives (fact_id TEXT PRIMARY KEY, source TEXT NOT NULL,"
            " text TEXT NOT NULL, redactions INTEGER NOT NULL, revision INTEGER NOT NULL,"
            " part TEXT NOT NULL) WITHOUT ROWID"
        )

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._db.close()

    def put(self, table: pa.Table) -> int:
        """Keep the texts of a table of the ``NARRATIVES`` schema; returns how many got in.

        Raises:
            WrongUsage: When a column is missing or holds null.
        """
        missing = [n for n in NARRATIVES.names if n not in set(table.column_names)]
        if missing:
            raise WrongUsage(reason=f"narratives lack {', '.join(missing)}")
        columns = [table[field.name].cast(field.type) for field in NARRATIVES]
        if any(column.null_count for column in columns):
            raise WrongUsage(reason="narratives hold null")
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        with self._guard:
            before = self._db.total_changes
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany(
                    "INSERT INTO narratives VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (fact_id) DO"
                    " UPDATE SET source = excluded.source, text = excluded.text,"
                    " redactions = excluded.redactions, revision = excluded.revision,"
                    " part = excluded.part WHERE excluded.revision > revision",
                    rows,
                )
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            return self._db.total_changes - before

    def get(self, fact_id: str) -> str | None:
        """Return the text of a fact, if there is one."""
        with self._guard:
            row = self._db.execute(
                "SELECT text FROM narratives WHERE fact_id = ?", (fact_id,)
            ).fetchone()
        return None if row is None else str(row[0])

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
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "DELETE FROM narratives WHERE fact_id = ?", [(id_,) for id_ in ids]
            )
            self._db.execute("COMMIT")
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
