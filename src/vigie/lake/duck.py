"""The embedded engine: DuckDB over a snapshot's file list.

One database for the process (``lake.opened``), one cursor per query, drained before it is let go
(DuckDB 2 refuses new work on a connection with an unfinished result).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import duckdb
import pyarrow as pa

from vigie.base.errors import Conflict, TooLarge, Unavailable
from vigie.base.hands import OwnHands
from vigie.base.settings import LakeSettings
from vigie.lake.answered import LONGEST_UNBOUNDED_S, Answered
from vigie.lake.layout import PART
from vigie.lake.merging import Asked, apart
from vigie.lake.opened import process_database
from vigie.lake.sources import Derived, Source, are_gone
from vigie.lake.statements import Statement

_TRIES = 4
"""A local copy may be let go of between two looks; what is gone for good is not waited for."""
_SQL_TYPES: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.int32(): "INTEGER",
    pa.int8(): "TINYINT",
    pa.float64(): "DOUBLE",
    pa.float32(): "FLOAT",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.binary(): "BLOB",
}


def sql_type(type_: pa.DataType) -> str:
    """Return DuckDB's name of an Arrow type that the contracts use."""
    if pa.types.is_timestamp(type_):
        return "TIMESTAMPTZ"
    if pa.types.is_map(type_):
        return f"MAP({sql_type(type_.key_type)}, {sql_type(type_.item_type)})"
    return _SQL_TYPES[type_]


def quote(text: str) -> str:
    """Return a text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def view_of(source: Source) -> str:
    """Return the SELECT that reads a source's files, columns in the schema's order."""
    if not source.files:
        columns = ", ".join(
            f'CAST(NULL AS {sql_type(f.type)}) AS "{f.name}"' for f in source.schema
        )
        return f"SELECT {columns} WHERE false"
    files = ", ".join(quote(path) for path in source.paths())
    columns = ", ".join(f'"{name}"' for name in source.schema.names)
    return (
        f"SELECT {columns} FROM read_parquet([{files}], hive_partitioning = true, "  # noqa: S608
        f"hive_types = {{'{PART}': VARCHAR}})"
    )


class _Question(NamedTuple):
    """All that an answer over the files of some sources depends on, as digests.

    Hundreds of questions are known at a time, each over the files of days or years.

    Attributes:
        whole: All of it.
        subject: All but which files.
    """

    whole: bytes
    subject: bytes

    @classmethod
    def make(
        cls,
        sql: str,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        values: Mapping[str, Any],
        share: str = "",
    ) -> Self:
        """Return that of a SELECT; ``share`` tells which of the files, where others are apart."""
        named = sorted(sources.items())
        where = tuple((name, str(one.folder)) for name, one in named)
        told = share, sql, where, tuple(derived), tuple(sorted(values.items()))
        subject = _digest(told)
        read = tuple(tuple(file.path for file in one.files) for _, one in named)
        return cls(_digest((subject, read)), subject)


def _digest(told: object) -> bytes:
    return hashlib.blake2b(repr(told).encode(), digest_size=32).digest()


class DuckEngine(OwnHands):
    """Runs statements, and pieces of work, in this process.

    Attributes:
        answered: What was read of the same files a moment ago.
    """

    name = "duckdb"

    def __init__(self, settings: LakeSettings) -> None:
        self._database = process_database(settings.threads, settings.memory)
        self.answered = Answered()
        self._without: set[str] = set()

    def close(self) -> None:
        """Nothing to let go of: the database is the process's."""

    def run(
        self,
        statement: Statement,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        inputs: Mapping[str, pa.Table],
        values: Mapping[str, Any],
    ) -> pa.Table:
        """Return the answer of a statement over some sources.

        Args:
            statement: The query.
            sources: Files of each lake table it reads.
            derived: Views made of other views, in order.
            inputs: Tables that the caller gives.
            values: Every parameter, encoded.
        """
        sql, sent = statement.write(values)
        if inputs or not sources:
            return self._read(sql, sources, derived, inputs, sent)
        if not any(one.files for one in sources.values()):
            return self._over_nothing(statement, sql, sources, derived, sent)
        if statement.merge is None:
            return self.select(sql, sources, derived, inputs, sent)
        some, merge = apart(sources, statement.window, sent), statement.merge

        def ask(one: Asked) -> pa.Table:
            question = _Question.make(sql, one.sources, derived, one.values, one.share)
            longest_s = LONGEST_UNBOUNDED_S if one.settled else None
            read = one.sources, derived, one.values
            return self._answer(question, sql, *read, longest_s=longest_s)

        if len(some) == 1:
            return ask(some[0])

        def join() -> pa.Table:
            return merge.join([ask(one) for one in some], values)

        question = _Question.make(sql, sources, derived, sent)
        return self.answered.ask(question.whole, sources.values(), join, subject=question.subject)

    def _over_nothing(
        self,
        statement: Statement,
        sql: str,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        values: Mapping[str, Any],
    ) -> pa.Table:
        """Return the answer over no files, asked once: whether it has rows is not in the values."""
        if statement.name in self._without:
            return statement.returns.empty_table()
        answer = self._read(sql, sources, derived, {}, values)
        if not answer.num_rows:
            self._without.add(statement.name)
        return answer

    def select(
        self,
        sql: str,
        sources: Mapping[str, Source],
        derived: Sequence[Derived] = (),
        inputs: Mapping[str, pa.Table] | None = None,
        values: Mapping[str, Any] | None = None,
        *,
        share: str = "",
    ) -> pa.Table:
        """Run one SELECT over some sources and return all of its rows.

        An answer that another one has read a moment ago is told again, as ``answered`` says;
        ``share`` tells which of the files these are, where the others are asked apart.

        Raises:
            Conflict: When a file is gone: the snapshot was erased or vacuumed meanwhile.
            TooLarge: When the answer does not fit into the memory allowed.
        """
        given, bound = inputs or {}, values or {}
        if given or not sources:
            return self._read(sql, sources, derived, given, bound)
        question = _Question.make(sql, sources, derived, bound, share)
        return self._answer(question, sql, sources, derived, bound)

    def _answer(
        self,
        question: _Question,
        sql: str,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        values: Mapping[str, Any],
        *,
        longest_s: float | None = None,
    ) -> pa.Table:
        return self.answered.ask(
            question.whole,
            sources.values(),
            lambda: self._read(sql, sources, derived, {}, values),
            subject=question.subject,
            longest_s=longest_s,
        )

    def _read(
        self,
        sql: str,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        inputs: Mapping[str, pa.Table],
        values: Mapping[str, Any],
    ) -> pa.Table:
        for _ in range(_TRIES):
            try:
                return self._select_once(sql, sources, derived, inputs, values)
            except duckdb.IOException as error:
                if are_gone(sources.values()):
                    raise Conflict("the files of this snapshot are gone") from error
                if not any(source.missing() for source in sources.values()):
                    raise
        raise Unavailable(what="local copies of the lake (lake.bucket.cache_bytes)")

    def _select_once(
        self,
        sql: str,
        sources: Mapping[str, Source],
        derived: Sequence[Derived],
        inputs: Mapping[str, pa.Table],
        values: Mapping[str, Any],
    ) -> pa.Table:
        try:
            with self._database.cursor() as cursor:
                for name, source in sources.items():
                    cursor.execute(f'CREATE TEMP VIEW "{name}" AS {view_of(source)}')
                for name, table in inputs.items():
                    cursor.register(name, table)
                for view in derived:
                    cursor.execute(f'CREATE TEMP VIEW "{view.name}" AS {view.sql}')
                relation = cursor.sql(sql, params=dict(values))
                return relation.to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise TooLarge(limit="memory of the engine (lake.memory)") from error
