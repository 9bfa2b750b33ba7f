"""Revisions that say only part of a record, and the record that all of its revisions make.

A record is the fold of its revisions in their order: each overwrites what it says and keeps what
it does not. A *whole* revision says everything. Delta holds the result; ``partial.db`` holds the
partial revisions above the *base*, which is the latest whole revision in it, so that whatever
comes late can still be put where it belongs (decision 0019).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.errors import WrongUsage
from vigie.lake.commit import check_complete
from vigie.lake.database import open_database, rewrite
from vigie.lake.layout import PART
from vigie.model.columns import ATTRIBUTES, TIMESTAMP, Contract

SAID = "said"
"""Column beside the contract's ones in a table of partial revisions: the columns each row says."""

LEAST = -(1 << 63)
"""The base of a record of which no whole revision is known."""

_TIMES = {"facts": ("earliest_at", "latest_at"), "measures": ("from_at", "to_at"),
          "plans": ("starts_at", "ends_at"), "places": ("valid_from_at",),
          "means": ("at",)}  # fmt: skip
_LOCAL = ("local_day", "local_hour", "weekday", PART)
_PLACE = ("lon", "lat", "accuracy_m", "cell", "cell8")
_PROVENANCE = ("source", "source_ref", "revision", "received_at", "batch_id", "row")
_CHUNK = 50_000

Row = dict[str, Any]
"""One record of plain values: instants in epoch µs, days since 1970, attributes as a dict."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A partial revision.

    Attributes:
        id: Of its record.
        revision: Its number.
        source: Feed.
        received_us: When it was received, epoch µs.
        said: What it says, and where it comes from.
    """

    id: str
    revision: int
    source: str
    received_us: int
    said: Row = field(repr=False)


class Head(NamedTuple):
    """A partial revision without its content."""

    id: str
    revision: int
    source: str
    received_us: int


# --- Rows ---------------------------------------------------------------------------------------


def plain_rows(table: pa.Table) -> list[Row]:
    """Return the rows of a table as plain values, which JSON can hold."""
    columns: dict[str, list[Any]] = {}
    for entry in table.schema:
        column = table[entry.name]
        if entry.type == TIMESTAMP:
            column = column.cast(pa.int64())
        elif pa.types.is_date32(entry.type):
            column = column.cast(pa.int32())
        values = column.to_pylist()
        if entry.type == ATTRIBUTES:
            values = [None if value is None else dict(value) for value in values]
        elif pa.types.is_binary(entry.type):
            values = [None if value is None else value.hex() for value in values]
        columns[entry.name] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def table_of(contract: Contract, rows: Sequence[Row]) -> pa.Table:
    """Return plain rows as a table of their contract; the inverse of ``plain_rows``."""
    arrays = []
    for column in contract.columns:
        values, kind = [row.get(column.name) for row in rows], column.type
        if kind == TIMESTAMP:
            arrays.append(pa.array(values, pa.int64()).cast(kind))
        elif pa.types.is_date32(kind):
            arrays.append(pa.array(values, pa.int32()).cast(kind))
        elif kind == ATTRIBUTES:
            pairs = [None if value is None else list(value.items()) for value in values]
            arrays.append(pa.array(pairs, kind))
        elif pa.types.is_binary(kind):
            raw = [None if value is None else bytes.fromhex(value) for value in values]
            arrays.append(pa.array(raw, kind))
        else:
            arrays.append(pa.array(values, kind))
    return pa.table(arrays, names=contract.names())


def without(told: list[Revision], names: frozenset[str]) -> list[Revision]:
    """Return revisions that say nothing of some columns."""
    if not names:
        return told
    return [
        replace(one, said={name: value for name, value in one.said.items() if name not in names})
        for one in told
    ]


def revisions_of(contract: Contract, partial: pa.Table | None) -> list[Revision]:
    """Return the partial revisions of a table with the contract's columns and ``said``.

    An instant brings the columns derived from it, a longitude brings the whole place; another
    column that is null says nothing.

    Raises:
        WrongUsage: When a column is missing, or a row says a column that the contract has not.
    """
    if partial is None or not partial.num_rows:
        return []
    found = []
    times = _TIMES[contract.name]
    rows = plain_rows(check_complete(contract, partial))
    for row, names in zip(rows, partial[SAID].to_pylist(), strict=True):
        named = set(names or ())
        if unknown := named - set(contract.names()):
            raise WrongUsage(reason=f"{contract.name} has no {', '.join(sorted(unknown))}")
        kept = {name for name in named - set(_PLACE) if row[name] is not None}
        if named & set(times):
            kept |= {*times, *(f"{name.removesuffix('_at')}_us" for name in times), *_LOCAL}
        if "lon" in named and row["lon"] is not None:
            kept |= {*_PLACE}
        kept |= {contract.id_column, *_PROVENANCE}
        told = {name: row[name] for name in contract.names() if name in kept}
        id_, revision, source = row[contract.id_column], row["revision"], row["source"]
        found.append(Revision(id_, revision, source, row["received_at"], told))
    return found


def fold(start: Row, revisions: Iterable[Revision]) -> Row:
    """Return a record with what revisions above it say, in their order; attributes key by key."""
    state = dict(start)
    for one in sorted(revisions, key=lambda one: one.revision):
        attributes = {**(state.get("attributes") or {}), **(one.said.get("attributes") or {})}
        state |= one.said
        if attributes:
            state["attributes"] = attributes
    return state


def is_whole(contract: Contract, row: Row) -> bool:
    """Say whether a record has everything that its contract asks for."""
    return all(c.nullable or row.get(c.name) is not None for c in contract.columns)


def first_of_each(revisions: Iterable[Revision]) -> list[Revision]:
    """Return revisions without those that repeat an id and a number."""
    found: dict[tuple[str, int], Revision] = {}
    for one in revisions:
        found.setdefault((one.id, one.revision), one)
    return list(found.values())


# --- The store ----------------------------------------------------------------------------------


_TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS partial (kind TEXT, id TEXT, revision INTEGER,"
        " source TEXT NOT NULL, received_us INTEGER NOT NULL, said TEXT NOT NULL,"
        " PRIMARY KEY (kind, id, revision)) WITHOUT ROWID"
    ),
    "CREATE INDEX IF NOT EXISTS partial_source ON partial (kind, source)",
    (
        "CREATE TABLE IF NOT EXISTS base (kind TEXT, id TEXT, revision INTEGER NOT NULL,"
        " PRIMARY KEY (kind, id)) WITHOUT ROWID"
    ),
)


class Partials:
    """Partial revisions above their base, of every table of a lake, in one SQLite file.

    Writers hold the lake's lock of the table.
    """

    def __init__(self, path: Path) -> None:
        self._guard = RLock()
        self._db = open_database(path, synchronous="FULL", tables=_TABLES)

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._db.close()

    def concerns(self, kind: str, sources: Sequence[str]) -> bool:
        """Say whether some feeds have partial revisions at all: most never do."""
        query = (
            "SELECT 1 FROM partial WHERE kind = ? AND source IN (SELECT value FROM json_each(?))"
        )
        with self._guard:
            return self._db.execute(query, (kind, json.dumps(list(sources)))).fetchone() is not None

    def find(self, kind: str, ids: Sequence[str]) -> dict[str, list[Revision]]:
        """Return the partial revisions of some records."""
        found: defaultdict[str, list[Revision]] = defaultdict(list)
        query = (
            "SELECT p.id, p.revision, p.source, p.received_us, p.said FROM json_each(?) AS j"
            " CROSS JOIN partial AS p ON p.kind = ? AND p.id = j.value"
        )
        with self._guard:
            for start in range(0, len(ids), _CHUNK):
                chunk = json.dumps(list(ids[start : start + _CHUNK]))
                for id_, revision, source, us, said in self._db.execute(query, (chunk, kind)):
                    found[id_].append(Revision(id_, revision, source, us, json.loads(said)))
        return dict(found)

    def bases(self, kind: str, ids: Sequence[str]) -> dict[str, int]:
        """Return the latest whole revision in each record that has partial ones."""
        query = (
            "SELECT b.id, b.revision FROM json_each(?) AS j"
            " CROSS JOIN base AS b ON b.kind = ? AND b.id = j.value"
        )
        with self._guard:
            return dict(self._db.execute(query, (json.dumps(list(ids)), kind)).fetchall())

    def keep(
        self, kind: str, revisions: Sequence[Revision], bases: Mapping[str, int]
    ) -> list[Revision]:
        """Keep partial revisions before the table is changed; returns those that are new.

        Args:
            kind: The table.
            revisions: Above the base of their record.
            bases: Of their records, as the table is now.
        """
        fresh = []
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for one in revisions:
                done = self._db.execute(
                    "INSERT OR IGNORE INTO partial VALUES (?, ?, ?, ?, ?, ?)",
                    (kind, one.id, one.revision, one.source, one.received_us, json.dumps(one.said)),
                )
                if done.rowcount:
                    fresh.append(one)
                self._db.execute(
                    "INSERT OR IGNORE INTO base VALUES (?, ?, ?)", (kind, one.id, bases[one.id])
                )
        return fresh

    def rebase(self, kind: str, bases: Mapping[str, int]) -> None:
        """Note bases after the table was changed; what stands at or below them is settled."""
        if not bases:
            return
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for id_, revision in bases.items():
                named = (kind, id_, revision)
                self._db.execute(
                    "DELETE FROM partial WHERE kind = ? AND id = ? AND revision <= ?", named
                )
                self._db.execute("INSERT OR REPLACE INTO base VALUES (?, ?, ?)", named)
            self._drop_idle()

    def heads(self, kind: str) -> list[Head]:
        """Return every partial revision without its content, by id and number."""
        query = (
            "SELECT id, revision, source, received_us FROM partial WHERE kind = ?"
            " ORDER BY id, revision"
        )
        with self._guard:
            return [Head(*row) for row in self._db.execute(query, (kind,)).fetchall()]

    def drop(self, kind: str, named: Iterable[tuple[str, int]], bases: Mapping[str, int]) -> None:
        """Delete single revisions; ``forget_deleted`` must follow.

        Args:
            kind: The table.
            named: Id and number.
            bases: What then is the base of a record that is in the table.
        """
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "DELETE FROM partial WHERE kind = ? AND id = ? AND revision = ?",
                [(kind, *one) for one in named],
            )
            self._db.executemany(
                "UPDATE base SET revision = max(revision, ?) WHERE kind = ? AND id = ?",
                [(revision, kind, id_) for id_, revision in bases.items()],
            )
            self._drop_idle()

    def erase(self, kind: str, ids: Sequence[str], *, forget: bool = True) -> int:
        """Delete what is known of some records; returns how many rows.

        Args:
            kind: The table.
            ids: Of the records.
            forget: Whether to rewrite the file now; otherwise ``forget_deleted`` must follow.
        """
        with self._guard, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            before = self._db.total_changes
            for table in ("partial", "base"):
                self._db.executemany(
                    f"DELETE FROM {table} WHERE kind = ? AND id = ?",  # noqa: S608
                    [(kind, id_) for id_ in ids],
                )
            deleted = self._db.total_changes - before
        if deleted and forget:
            self.forget_deleted()
        return deleted

    def forget_deleted(self) -> None:
        """Rewrite the file so that no byte of what was deleted is left."""
        with self._guard:
            rewrite(self._db)

    def _drop_idle(self) -> None:
        """Forget bases without partial revisions: there the base is the table's own revision."""
        self._db.execute(
            "DELETE FROM base WHERE NOT EXISTS (SELECT 1 FROM partial AS p"
            " WHERE p.kind = base.kind AND p.id = base.id)"
        )


def rows_by_id(contract: Contract, table: pa.Table, ids: Iterable[str]) -> dict[str, list[Row]]:
    """Return the plain rows of some records, in order."""
    wanted = pa.array(sorted(ids), pa.string())
    chosen = table.filter(pc.is_in(table[contract.id_column], value_set=wanted))
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in plain_rows(chosen):
        found[row[contract.id_column]].append(row)
    return dict(found)
