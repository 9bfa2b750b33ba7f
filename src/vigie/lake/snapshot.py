"""Reading at pinned versions: whatever writers do, the same query gives the same answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from vigie.base.errors import NotFound, WrongUsage
from vigie.lake.cubes import CUBE, cube_sources, derived_cube
from vigie.lake.duck import DuckEngine
from vigie.lake.engine import Engine
from vigie.lake.index import IdIndex
from vigie.lake.layout import DataFile, prune
from vigie.lake.merging import apart
from vigie.lake.sources import Derived, Source, part_range
from vigie.lake.spots import SPOTS, cover_points
from vigie.lake.statements import Statement, get_statement
from vigie.lake.sums import BY_SOURCE, OF_ALL, SUMS, cover, standing
from vigie.lake.table import LakeTable, Version
from vigie.model.contracts import CONTRACTS

PIECE_ROWS = 250_000
"""Rows of a piece of work."""
_EVER_US = 2**63 - 1


class Snapshot:
    """The lake at pinned versions.

    Files of a snapshot stay readable for an hour after they were replaced; an erasure ends it at
    once (``Conflict``), which is the point of an erasure.
    """

    def __init__(
        self,
        tables: Mapping[str, LakeTable],
        versions: Mapping[str, Version],
        index: IdIndex,
        engines: Callable[[str], Engine],
    ) -> None:
        self._tables = tables
        self._index = index
        self._engines = engines
        self.versions = dict(versions)

    def _version(self, kind: str) -> Version:
        if kind not in CONTRACTS:
            raise NotFound(what="table", name=kind)
        return self.versions[kind]

    def parts(self, kind: str) -> list[str]:
        """Return the parts of a table that hold rows, sorted."""
        return sorted({file.part for file in self._version(kind).files})

    def count(self, kind: str) -> int:
        """Return the number of rows of a table, from its log."""
        return sum(file.rows for file in self._version(kind).files)

    def extent(self, kind: str) -> tuple[int, int] | None:
        """Return the least and greatest microsecond of a table's time column; None when empty."""
        parts = self.parts(kind)
        if not parts:
            return None
        files = tuple(f for f in self._version(kind).files if f.part in {parts[0], parts[-1]})
        column = CONTRACTS[kind].time_column
        sql = f'SELECT min({column}) AS low, max({column}) AS high FROM "{kind}"'  # noqa: S608
        some = apart({kind: self._source(kind, files)}, (), {})
        duck = self._duck()
        answers = [duck.select(sql, one.sources, share=one.share) for one in some]
        rows = [answer.to_pylist()[0] for answer in answers]
        return min(row["low"] for row in rows), max(row["high"] for row in rows)

    def query(self, name: str, /, *, engine: str = "duckdb", **params: Any) -> pa.Table:
        """Run a query file and return its answer in the declared columns.

        Args:
            name: A file of ``lake/queries``, without its ending.
            engine: ``duckdb`` or ``spark``.
            **params: Parameters (and input tables) as its header declares them.

        Raises:
            NotFound: When there is no such query.
            WrongUsage: When a parameter is missing, unknown or of the wrong type.
            Conflict: When the snapshot's files are gone.
        """
        statement = get_statement(name)
        inputs = {}
        for table, schema in statement.inputs.items():
            given = params.pop(table, None)
            if given is None:
                raise WrongUsage(reason=f"table {table} is missing")
            columns = [given[field.name].cast(field.type) for field in schema]
            inputs[table] = pa.table(columns, schema=schema)
        values = statement.bind(params)
        sources, derived = self._sources(statement, values)
        answer = self._engines(engine).run(statement, sources, derived, inputs, values)
        return statement.finish(answer)

    def scan(
        self,
        kind: str,
        *,
        from_us: int | None = None,
        to_us: int | None = None,
        cells: tuple[int, int] | None = None,
        columns: Sequence[str] | None = None,
        ids: Iterable[str] | None = None,
    ) -> pa.Table:
        """Return rows of a table, ordered by its time column and id.

        Args:
            kind: The table.
            from_us: Least value of the time column.
            to_us: Greatest value of the time column, exclusive.
            cells: Least and greatest ``cell`` (H3, resolution 10), both inclusive.
            columns: Only these columns, in this order; all of the contract by default.
            ids: Only these ids.
        """
        contract, version = CONTRACTS.get(kind), self._version(kind)
        if contract is None:
            raise NotFound(what="table", name=kind)
        names = list(columns) if columns is not None else contract.names()
        schema = pa.schema([pa.field(n, contract.column(n).type) for n in names])
        parts = part_range(from_us, to_us, thin=contract.thin)
        files: Sequence[DataFile] = prune(version.files, parts=parts, cells=cells)
        where = ["true"]
        values: dict[str, Any] = {}
        for text, value in (
            (f"{contract.time_column} >= $from_us", from_us),
            (f"{contract.time_column} < $to_us", to_us),
            ("cell >= $cell_min", None if cells is None else cells[0]),
            ("cell <= $cell_max", None if cells is None else cells[1]),
        ):
            if value is not None:
                where.append(text)
                values[text.split("$")[1]] = value
        inputs = {}
        if ids is not None:
            wanted = sorted(set(ids))
            files = self._holding(kind, wanted, files)
            inputs["wanted"] = pa.table({"id": pa.array(wanted, pa.string())})
            where.append(f"{contract.id_column} IN (SELECT id FROM wanted)")  # noqa: S608
        chosen = ", ".join(f'"{n}"' for n in names)
        sql = (
            f'SELECT {chosen} FROM "{kind}" WHERE {" AND ".join(where)} '  # noqa: S608
            f"ORDER BY {contract.time_column}, {contract.id_column}"
        )
        answer = self._duck().select(sql, {kind: self._source(kind, files)}, (), inputs, values)
        return pa.table([answer[f.name].cast(f.type) for f in schema], schema=schema)

    def pieces(
        self, kind: str, *, from_us: int, to_us: int, rows: int = PIECE_ROWS
    ) -> Iterator[tuple[str, ...]]:
        """Yield the files that can hold rows of a window, so many rows together, part by part.

        They are at hand when they are yielded; whoever reads them looks at the time column again.
        """
        parts = part_range(from_us, to_us, thin=CONTRACTS[kind].thin)
        some: list[DataFile] = []
        for file in sorted(prune(self._version(kind).files, parts=parts), key=lambda f: f.path):
            some.append(file)
            if sum(one.rows for one in some) >= rows:
                yield tuple(self._source(kind, tuple(some)).paths())
                some = []
        if some:
            yield tuple(self._source(kind, tuple(some)).paths())

    def _duck(self) -> DuckEngine:
        engine = self._engines("duckdb")
        if not isinstance(engine, DuckEngine):
            raise WrongUsage(reason="the embedded engine is not DuckDB")
        return engine

    def _source(self, kind: str, files: Sequence[DataFile]) -> Source:
        return self._tables[kind].source(files)

    def _holding(
        self, kind: str, ids: Sequence[str], files: Sequence[DataFile]
    ) -> Sequence[DataFile]:
        """Return the files whose part holds one of the ids, if the index stands at this version."""
        standing, found = self._index.locate(kind, ids)
        if standing != self._version(kind).number:
            return files
        parts = {part for part, _ in found.values()}
        return [file for file in files if file.part in parts]

    def _sources(
        self, statement: Statement, values: Mapping[str, Any]
    ) -> tuple[dict[str, Source], list[Derived]]:
        """Return the files each table of a statement has to read, given its parameters.

        A statement over what is made of the facts reads that where it is true, and the facts of
        the rest: spots by month; sums by day, month and year; the cube by hour.
        """
        made = set(statement.tables) & {SPOTS, SUMS, CUBE}
        if not made:
            return {name: self._plain(name, values) for name in statement.tables}, []
        if SPOTS in made:
            return self._spotted(values), []
        facts = self.versions["facts"]
        if CUBE not in made:
            form = BY_SOURCE if values.get("sources") else OF_ALL
            taken, left = self._summed(values, form)
            return taken | {"facts": self._source("facts", _within(left, values))}, []
        taken = {}
        if SUMS in made:  # the cube knows no form of all sources
            taken, left = self._summed(values, BY_SOURCE)
            facts = Version(facts.number, left)
        cube = self._tables[CUBE], self.versions[CUBE]
        return taken | cube_sources((self._tables["facts"], facts), cube, values), [derived_cube()]

    def _plain(self, name: str, values: Mapping[str, Any]) -> Source:
        """Return the files of one table that can hold rows of a window, some cells, an id."""
        contract, files = CONTRACTS[name], self._version(name).files
        parts = None
        if not contract.thin and "from_us" in values:
            parts = part_range(values["from_us"], values.get("to_us"), thin=False)
        chosen: Sequence[DataFile] = prune(files, parts=parts, cells=_range_of(values.get("cells")))
        if contract.id_column in values:
            chosen = self._holding(name, [values[contract.id_column]], chosen)
        return self._source(name, chosen)

    def _summed(
        self, values: Mapping[str, Any], form: str
    ) -> tuple[dict[str, Source], tuple[DataFile, ...]]:
        """Return the sums of a window, and the files of the facts that they leave."""
        now = standing(self.versions["facts"], self.versions[SUMS])
        taken, left = cover(now, values.get("from_us", 0), values.get("to_us", _EVER_US), form)
        return {SUMS: self._source(SUMS, _within(taken, values))}, tuple(left)

    def _spotted(self, values: Mapping[str, Any]) -> dict[str, Source]:
        """Return the spots of a window and a box, and the files of the facts beside them."""
        west, south, east, north = (values[side] for side in ("west", "south", "east", "north"))
        box = None if west is None else (west, south, east, north)
        window = values["from_us"], values["to_us"]
        taken, left = cover_points(self.versions["facts"], self.versions[SPOTS], *window, box)
        return {SPOTS: self._source(SPOTS, taken), "facts": self._source("facts", left)}


def _range_of(cells: str | None) -> tuple[int, int] | None:
    if not cells:
        return None
    try:
        numbers = [int(cell) for cell in cells.split(",")]
    except ValueError as error:
        raise WrongUsage(reason="cells are integers") from error
    return min(numbers), max(numbers)


def _within(files: Sequence[DataFile], values: Mapping[str, Any]) -> Sequence[DataFile]:
    """Return the files that can hold cells of the ranges asked for."""
    ends = [int(end) for end in re.findall(r"\d+", values.get("ranges", ""))]
    return prune(files, cells=(min(ends), max(ends))) if ends else files
