"""Which part holds an id, and at which revision: what makes a commit happen exactly once.

The Delta table is the truth and is committed first; the index follows. It remembers the version it
stands at, and before each commit it is brought up to the table's version by reading what newer
versions changed, so that a crash between the two neither loses nor doubles a row.
"""

from __future__ import annotations

import itertools
import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from operator import methodcaller
from pathlib import Path
from tempfile import TemporaryFile
from threading import RLock

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.lake.database import open_database, rewrite
from vigie.lake.layout import DataFile, part_code, part_name
from vigie.lake.table import LakeTable

TOGETHER_ROWS = 4_000_000
"""Ids held at one time when the index is made anew: some 400 MB, however many there are."""
_CHUNK = 50_000
_IDS = pa.schema([("id", pa.string()), ("part", pa.int32()), ("revision", pa.int64())])

_STANDING = "CREATE TABLE IF NOT EXISTS standing (kind TEXT PRIMARY KEY, version INTEGER NOT NULL)"


class IdIndex:
    """The index of every table of a lake, in one SQLite file.

    Writers hold the lake's lock of the table; readers may come from any thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = RLock()
        self._db = open_database(
            path,
            synchronous="NORMAL",
            tables=[_STANDING],
        )

    def close(self) -> None:
        """Close the file; the object cannot be used any more."""
        with self._guard:
            self._db.close()

    def declare(self, kind: str) -> None:
        """Make the index of a kind, empty, unless it is there."""
        with self._guard:
            self._db.execute(
                f"CREATE TABLE IF NOT EXISTS ids_{kind} "
                "(id TEXT PRIMARY KEY, part INTEGER NOT NULL, revision INTEGER NOT NULL) "
                "WITHOUT ROWID"
            )

    def version(self, kind: str) -> int:
        """Return the table version the index stands at; -1 before the first."""
        with self._guard:
            row = self._db.execute(
                "SELECT version FROM standing WHERE kind = ?", (kind,)
            ).fetchone()
        return -1 if row is None else int(row[0])

    def find(self, kind: str, ids: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Return part and revision of each id that is known."""
        found: dict[str, tuple[str, int]] = {}
        query = (
            f"SELECT i.id, i.part, i.revision FROM json_each(?) AS j "  # noqa: S608
            f"CROSS JOIN ids_{kind} AS i ON i.id = j.value"
        )
        with self._guard:
            ordered = sorted(ids)  # neighbours stand on one page
            for start in range(0, len(ordered), _CHUNK):
                chunk = json.dumps(ordered[start : start + _CHUNK])
                for id_, part, revision in self._db.execute(query, (chunk,)):
                    found[id_] = (part_name(part), revision)
        return found

    def locate(self, kind: str, ids: Sequence[str]) -> tuple[int, dict[str, tuple[str, int]]]:
        """Return the version the index stands at and what it knows of some ids, as one reading."""
        with self._guard:
            self._db.execute("BEGIN")
            try:
                return self.version(kind), self.find(kind, ids)
            finally:
                self._db.execute("COMMIT")

    def record(
        self,
        kind: str,
        version: int,
        rows: Iterable[tuple[str, int, int]],
        *,
        dropped: Sequence[str] = (),
        cleared_parts: Sequence[str] | None = (),
    ) -> None:
        """Bring the index to a version in one transaction.

        Args:
            kind: The table.
            version: The version it then stands at.
            rows: Id, part code and revision of what was added or changed.
            dropped: Ids that are no longer in the table.
            cleared_parts: Parts whose ids are all forgotten first (``rows`` brings them back);
                None: all there are.
        """
        with self._guard:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                if cleared_parts is None:
                    self._db.execute(f"DELETE FROM ids_{kind}")  # noqa: S608
                for part in cleared_parts or ():
                    self._db.execute(
                        f"DELETE FROM ids_{kind} WHERE part = ?",  # noqa: S608
                        (part_code(part),),
                    )
                self._db.executemany(
                    f"DELETE FROM ids_{kind} WHERE id = ?",  # noqa: S608
                    [(id_,) for id_ in dropped],
                )
                self._db.executemany(
                    f"INSERT OR REPLACE INTO ids_{kind} VALUES (?, ?, ?)",  # noqa: S608
                    rows,
                )
                self._db.execute("INSERT OR REPLACE INTO standing VALUES (?, ?)", (kind, version))
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def catch_up(self, kind: str, table: LakeTable, id_column: str) -> int:
        """Bring the index to the table's version; returns how many rows were read for it."""
        version, standing = table.current(), self.version(kind)
        if standing == version.number:
            return 0
        changes = table.changes(standing) if 0 <= standing < version.number else None
        cleared: Sequence[str] | None = None
        wanted = list(version.files)
        if changes is not None:
            cleared = sorted({part for change in changes for part in change.removed_parts})
            added = {path for change in changes for path, _ in change.added}
            wanted = [f for f in version.files if f.path in added or f.part in set(cleared)]
        table.files.at_hand([file.path for file in wanted])
        rows = _in_order(table, wanted, id_column, self.path.parent)
        self.record(kind, version.number, rows, cleared_parts=cleared)
        return sum(file.rows for file in wanted)

    def forget_deleted(self) -> None:
        """Rewrite the file so that no byte of a deleted id is left in it or in its log."""
        with self._guard:
            rewrite(self._db)


def _in_order(
    table: LakeTable, files: Sequence[DataFile], id_column: str, folder: Path
) -> Iterator[tuple[str, int, int]]:
    """Yield id, part code and revision of every row by id, a range of ids after the other.

    Each file is read once: its ids are dealt out to the ranges, each a file without a name, which
    is gone with the process.
    """
    if not files:
        return
    ranges = -(-sum(file.rows for file in files) // TOGETHER_ROWS)
    bounds = _bounds(table, files, id_column, ranges) if ranges > 1 else []
    if not bounds:
        yield from _sorted_rows(pa.concat_tables([_ids_of(table, f, id_column) for f in files]))
        return
    with ExitStack() as scratch:
        dealt = [scratch.enter_context(TemporaryFile(dir=folder)) for _ in range(len(bounds) + 1)]
        streams = [pa.ipc.new_stream(file, _IDS) for file in dealt]
        for file in files:
            ids = _ids_of(table, file, id_column)
            ids = ids.take(pc.sort_indices(ids["id"])).combine_chunks()
            cuts = [bisect_left(ids["id"], bound, key=methodcaller("as_py")) for bound in bounds]
            for stream, (low, high) in zip(
                streams, itertools.pairwise([0, *cuts, ids.num_rows]), strict=True
            ):
                stream.write_table(ids.slice(low, high - low))
        for stream, told in zip(streams, dealt, strict=True):
            stream.close()
            told.seek(0)
            yield from _sorted_rows(pa.ipc.open_stream(told).read_all())


def _sorted_rows(found: pa.Table) -> Iterator[tuple[str, int, int]]:
    for batch in found.take(pc.sort_indices(found["id"])).to_batches(_CHUNK):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _bounds(table: LakeTable, files: Sequence[DataFile], id_column: str, ranges: int) -> list[str]:
    """Return ids that divide all of them about evenly: those of the largest file do."""
    most = max(files, key=lambda file: file.rows)
    ids = sorted(_ids_of(table, most, id_column)["id"].to_pylist())
    return sorted({ids[len(ids) * n // ranges] for n in range(1, ranges)})


def _ids_of(table: LakeTable, file: DataFile, id_column: str) -> pa.Table:
    """Return a file's ids with part code and revision."""
    body = pq.read_table(table.path(file), columns=[id_column, "revision"], partitioning=None)
    part = pa.repeat(pa.scalar(part_code(file.part), pa.int32()), body.num_rows)
    columns = {"id": body[id_column], "part": part, "revision": body["revision"]}
    return pa.table(columns).cast(_IDS)
