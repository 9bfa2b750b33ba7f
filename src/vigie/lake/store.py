"""The lake: Delta tables, written exactly once, read at pinned versions.

Folder: ``<kind>/`` (Delta tables, or copies of files that a bucket holds), ``index.db`` (which part
holds an id), ``live/`` (texts, apart from queries), ``partial.db`` (told in part), ``locks/``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc

from vigie.base.clock import SystemClock
from vigie.base.errors import Conflict, HomeInvalid, NotFound, WrongUsage
from vigie.base.settings import LakeSettings
from vigie.base.stopping import look
from vigie.keys.keeper import Keeper
from vigie.lake.commit import Committed, check_complete, commit_rows
from vigie.lake.compaction import Compaction, compact_table
from vigie.lake.cubing import DERIVED, Told, renew, renew_felt
from vigie.lake.duck import DuckEngine
from vigie.lake.engine import Engine
from vigie.lake.erasure import Erasure, Trace, erase_rows
from vigie.lake.expiry import Step, Window, count_expired, plan_step, take_step
from vigie.lake.folding import commit_folded, drop_partials, waiting_of
from vigie.lake.index import IdIndex
from vigie.lake.narratives import Narratives
from vigie.lake.partial import Head, Partials, revisions_of
from vigie.lake.rewriting import Rewritten, rewrite_rows
from vigie.lake.sealed import Originals, Regime, SealedPlane
from vigie.lake.snapshot import Snapshot
from vigie.lake.spark import SparkEngine
from vigie.lake.statements import get_statement
from vigie.lake.tables import Tables
from vigie.model.contracts import CONTRACTS, Contract

RENEW_ROWS = 100_000
"""Facts without a fresh cube above which a query over the cube first renews it."""


class Lake:
    """Facts, measures, plans, places and means of one city.

    Any number of processes and threads read and write one lake; writers of a table take turns.
    """

    def __init__(
        self,
        folder: Path,
        settings: LakeSettings,
        timezone: str,
        keys: Keeper | None,
        sealed: SealedPlane | None,
    ) -> None:
        self.folder = folder
        self.settings = settings
        self.timezone = timezone
        self._tables = Tables(folder, settings)
        self._index = IdIndex(folder / "index.db")
        self._partials = Partials(folder / "partial.db")
        self._own_keys = keys is None
        self._keys = keys or Keeper(folder.parent / "keys", SystemClock())
        self._narratives = Narratives(folder / "live" / "narratives.db", self._keys)
        self._sealed = sealed
        self._guard = RLock()
        self._engines: dict[str, Engine] = {"duckdb": DuckEngine(settings)}

    @classmethod
    def open(
        cls,
        folder: Path,
        settings: LakeSettings,
        *,
        create: bool = False,
        timezone: str = "Europe/Paris",
        keys: Keeper | None = None,
        sealed: SealedPlane | None = None,
    ) -> Self:
        """Open a lake.

        Args:
            folder: Its folder.
            settings: Threads, memory, Spark master.
            create: Make what is missing.
            timezone: The city's zone.
            keys: Seals the texts; by default a keeper of its own, of the folder ``keys`` beside it.
            sealed: Where originals are kept; None to keep none.

        Raises:
            HomeInvalid: When there is no lake and ``create`` is false.
            StoreBroken: When a table cannot be read, or is of another Delta protocol.
        """
        if not create and (absent := Tables(folder, settings).absent()):
            raise HomeInvalid(home=str(folder), reason=f"no table {absent[0]}")
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as undo:
            lake = cls(folder, settings, timezone, keys, sealed)
            undo.callback(lake.close)
            lake._tables.open()
            for kind in CONTRACTS:
                lake._index.declare(kind)
            undo.pop_all()
        return lake

    def close(self) -> None:
        """Let go of files and engines."""
        for engine in self._engines.values():
            engine.close()
        self._index.close()
        self._partials.close()
        self._narratives.close()
        if self._own_keys:
            self._keys.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @staticmethod
    def _contract(kind: str) -> Contract:
        if kind not in CONTRACTS:
            raise NotFound(what="table", name=kind)
        return CONTRACTS[kind]

    # --- Writing ------------------------------------------------------------------------------

    def commit(self, kind: str, table: pa.Table, partial: pa.Table | None = None) -> Committed:
        """Put a batch into a table, exactly once by id and revision, in one atomic version.

        Args:
            kind: ``facts``, ``measures``, ``plans``, ``places`` or ``means``.
            table: All columns of the contract, derived ones included.
            partial: Revisions that keep what they do not say: the same columns, and ``said``.

        Returns:
            What got in; nothing is durable before this returns, everything in ``kept`` is after.

        Raises:
            WrongUsage: When a column is missing or holds null where it must not.
            Unavailable: When another process holds the table for too long.
        """
        contract = self._contract(kind)
        batch = check_complete(contract, table)
        told = revisions_of(contract, partial)

        def decide() -> Committed:
            delta = self._tables[kind]
            if told or self._partials.concerns(kind, pc.unique(batch["source"]).to_pylist()):
                return commit_folded(contract, delta, self._index, batch, self._partials, told)
            return commit_rows(contract, delta, self._index, batch)

        return self._tables.turn(kind, decide)

    def rewrite(self, kind: str, table: pa.Table) -> Rewritten:
        """Put rows read anew in the place of those that stand; see ``rewriting.rewrite_rows``."""
        contract, batch = self._contract(kind), check_complete(self._contract(kind), table)
        given = (contract, self._tables[kind], self._index, self._partials, batch)
        return self._tables.turn(kind, partial(rewrite_rows, *given))

    def commit_narratives(self, table: pa.Table) -> int:
        """Keep scrubbed texts (``NARRATIVES``); returns how many got in, the highest revisions."""
        return self._narratives.put(table)

    @property
    def keeps_originals(self) -> bool:
        """Whether what the scrubber takes out is kept in the sealed plane."""
        return self._sealed is not None

    def originals(self, regime: Regime) -> Originals | None:
        """Return what a regime of the sealed plane forgets, if originals are kept."""
        return None if self._sealed is None else self._sealed.originals(regime)

    def commit_originals(self, table: pa.Table) -> int:
        """Keep texts as their sources wrote them (``sealed.ORIGINALS``), if any are kept."""
        return 0 if self._sealed is None else self._sealed.put(table)

    def narrative(self, fact_id: str) -> str | None:
        """Return the scrubbed text of a fact, if any; the caller checks the right to it."""
        return self._narratives.get(fact_id)

    def compact(self, kind: str | None = None, *, before: str | None = None) -> Compaction:
        """Merge the files of parts that have several, delete what is no longer read, renew cubes.

        Args:
            kind: One table; all by default.
            before: Only parts before this local day (``YYYY-MM-DD``), the closed ones.
        """
        done = []
        for name in [kind] if kind is not None else list(CONTRACTS):
            look()
            contract = self._contract(name)
            merge = partial(compact_table, contract, self._tables[name], self._index, before)
            done.append(self._tables.turn(name, merge))
        cubes = self.refresh_cubes() if kind in {None, "facts"} else 0
        return Compaction(
            sum(c.parts for c in done),
            sum(c.files_before for c in done),
            sum(c.files_after for c in done),
            sum(c.deleted for c in done),
            cubes,
        )

    def refresh_cubes(
        self, *, engine: str = "duckdb", anew: bool = False, told: Told | None = None
    ) -> int:
        """Make the cubes of changed parts anew; see ``cubing.renew`` (no answer depends on it)."""
        return renew(self._tables, self.engine(engine), anew=anew, told=told)

    def _forget_cubes(self) -> None:
        """Make cubes anew without what is gone, and leave no byte of the old ones."""
        self.refresh_cubes()
        for kind in DERIVED:
            with self._tables.lock(kind):
                self._tables[kind].forget_history()

    def erase(self, kind: str, ids: Sequence[str]) -> Erasure:
        """Delete records so that no byte of them is left in the lake (``find_bytes`` proves it).

        Older versions of the table go with them: snapshots pinned before answer ``Conflict``.

        Args:
            kind: The table.
            ids: Records; unknown ones are passed over.
        """
        contract, table = self._contract(kind), self._tables[kind]

        def decide() -> tuple[int, tuple[str, ...], int, int]:
            self._partials.erase(kind, ids)
            return erase_rows(contract, table, self._index, ids)

        erased, parts, files, entries = self._tables.turn(kind, decide)
        texts = self._narratives.erase(ids) if kind == "facts" else 0
        if kind == "facts" and self._sealed is not None:
            self._sealed.erase(ids)
        if kind == "facts":
            self._forget_cubes()
        return Erasure(erased, texts, parts, files, entries)

    def expire_step(self, kind: str, window: Window, begin: Callable[[Step], object]) -> int:
        """Delete a bounded number of the records past their term; returns how many, 0 at the end.

        ``forget_expired`` then removes their bytes.

        Args:
            kind: The table.
            window: Which records.
            begin: Told what goes before anything is destroyed; what it raises stops the step.
        """
        contract, table = self._contract(kind), self._tables[kind]
        with self._tables.lock(kind):
            step = plan_step(contract, table, window)
            if step is None:
                return 0
            begin(step)
            self._partials.erase(kind, step.ids, forget=False)
            take_step(contract, table, self._index, step)
        if kind == "facts":
            self._narratives.erase(step.ids, forget=False)
        return len(step.ids)

    def forget_expired(self, kind: str) -> None:
        """Leave no byte of what ``expire_step`` deleted: old versions, index, cubes, texts."""
        table = self._tables[self._contract(kind).name]
        with self._tables.lock(kind):
            table.forget_history()
            self._index.forget_deleted()
            self._partials.forget_deleted()
        if kind == "facts":
            self._narratives.forget_deleted()
            self._forget_cubes()

    def tidy(self) -> None:
        """Let go of local copies of what other machines erased or replaced meanwhile."""
        self._tables.tidy()

    @property
    def tables(self) -> Tables:
        """Its tables, for who copies them as they stand."""
        return self._tables

    @property
    def index(self) -> IdIndex:
        """Which part holds an id."""
        return self._index

    def find_bytes(self, needles: Sequence[str | int]) -> list[Trace]:
        """Return every trace of some values in the lake, wherever its tables stand."""
        return self._tables.find(needles)

    def count_expired(self, kind: str, window: Window) -> int:
        """Return how many records ``expire_step`` would delete in all."""
        return count_expired(self._contract(kind), self._tables[kind], window)

    def version(self, kind: str) -> int:
        """Return the version a table is at."""
        return self._tables[self._contract(kind).name].current().number

    def ids(self, kind: str) -> list[str]:
        """Return the ids of every record of a table, and of those that wait for their beginning."""
        contract = self._contract(kind)
        column: list[str] = self.scan(kind, columns=[contract.id_column])[
            contract.id_column
        ].to_pylist()
        return column + sorted({head.id for head in self.waiting(kind)})

    def partials(self, kind: str) -> list[Head]:
        """Return the partial revisions of a table, without their content."""
        return self._partials.heads(self._contract(kind).name)

    def waiting(self, kind: str) -> list[Head]:
        """Return the partial revisions whose record is not in the table yet."""
        return waiting_of(self._contract(kind).name, self._index, self._partials)

    def drop_partials(self, kind: str, before_us: int) -> None:
        """Delete the partial revisions received before an instant; their records stay."""
        contract = self._contract(kind)
        with self._tables.lock(kind):
            drop_partials(contract, self._tables[kind], self._index, self._partials, before_us)

    @property
    def narratives(self) -> Narratives:
        """The live plane's texts; whoever reads them checks the right to do so."""
        return self._narratives

    # --- Reading ------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Pin the current versions; queries on the answer repeat exactly while writers go on."""
        tables = self._tables.all()
        versions = {kind: table.current() for kind, table in tables.items()}
        return Snapshot(tables, versions, self._index, self.engine)

    def query(self, name: str, /, *, engine: str = "duckdb", **params: Any) -> pa.Table:
        """Run a query file on the current versions; see ``Snapshot.query``."""
        if not set(DERIVED).isdisjoint(get_statement(name).tables):
            renew_felt(self._tables, self._engines["duckdb"], RENEW_ROWS)
        try:
            return self.snapshot().query(name, engine=engine, **params)
        except Conflict:  # erased or vacuumed between pinning and reading: once more, on what is
            return self.snapshot().query(name, engine=engine, **params)

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
        """Return rows of a table at its current version; see ``Snapshot.scan``."""
        wanted: dict[str, Any] = {"from_us": from_us, "to_us": to_us, "cells": cells}
        wanted |= {"columns": columns, "ids": None if ids is None else list(ids)}
        try:
            return self.snapshot().scan(kind, **wanted)
        except Conflict:
            return self.snapshot().scan(kind, **wanted)

    def parts(self, kind: str) -> list[str]:
        """Return the parts of a table that hold rows, sorted."""
        return self.snapshot().parts(kind)

    def count(self, kind: str) -> int:
        """Return the number of rows of a table."""
        return self.snapshot().count(kind)

    def extent(self, kind: str) -> tuple[int, int] | None:
        """Return the least and greatest microsecond of a table's time column; None when empty."""
        return self.snapshot().extent(kind)

    def engine(self, name: str) -> Engine:
        """Return ``duckdb`` or ``spark``, for statements and for pieces of work."""
        if name not in {"duckdb", "spark"}:
            raise WrongUsage(reason=f"engine {name!r}")
        with self._guard:
            if name not in self._engines:
                self._engines[name] = SparkEngine(self.settings.spark_master)
            return self._engines[name]
