"""Deleting what is past its term: whole files where a day has ended, bounded steps, no byte left.

A step plans under the table's lock which records go, tells its caller (who writes it down before
anything is destroyed), and commits one atomic version. A day that has ended as a whole is dropped
without reading more of it than ids, instants and feeds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.lake.index import IdIndex
from vigie.lake.layout import DataFile, sort_rows, write_sorted
from vigie.lake.table import LakeTable
from vigie.model.contracts import Contract

STEP_ROWS = 100_000
"""Records of one step: how long the table's lock is held is bounded by it."""

Bools = npt.NDArray[np.bool_]
Keep = Callable[[pa.Table], Bools]
"""Given rows (id, ``source``, the table's time column, ``lon``, ``lat``): which a hold freezes."""


@dataclass(frozen=True, slots=True)
class Window:
    """Records past their term.

    Attributes:
        column: The instant that the term runs from, one of the table's columns.
        before_us: Records whose instant is before this one have ended, epoch µs.
        last_part: No part after this one holds any; None when parts do not follow the column.
        only: Feeds; None for all but ``without``.
        without: Feeds that another rule is about.
        keep: Which of them a hold freezes; None for none.
    """

    column: str
    before_us: int
    last_part: str | None = None
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    keep: Keep | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one step takes.

    Attributes:
        kind: The table.
        ids: Records, sorted.
        version: The table's version before it.
        first_us: Least instant of the window's column among them, epoch µs.
        last_us: Greatest.
        whole: Files dropped whole.
        cut: Files rewritten without some of their records.
    """

    kind: str
    ids: tuple[str, ...] = field(repr=False)
    version: int
    first_us: int
    last_us: int
    whole: tuple[DataFile, ...]
    cut: tuple[tuple[DataFile, Bools], ...] = field(repr=False)

    def digest(self) -> str:
        """Return the SHA-256 of the ids, one a line."""
        return hashlib.sha256("".join(f"{id_}\n" for id_ in self.ids).encode()).hexdigest()


def _candidates(table: LakeTable, window: Window) -> list[DataFile]:
    files = sorted(table.current().files, key=lambda f: (f.part, f.path))
    if window.last_part is None:
        return files
    return [file for file in files if file.part <= window.last_part]


def _instants(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.int64())


def _expired(contract: Contract, table: LakeTable, file: DataFile, window: Window) -> _Found | None:
    """Return what of a file is past its term and not held; None when nothing is."""
    names = {contract.id_column, "source", window.column}
    if window.keep is not None:
        names |= {contract.time_column, *({"lon", "lat"} & set(contract.names()))}
    rows = pq.read_table(table.path(file), columns=sorted(names), partitioning=None)
    instants = _instants(rows[window.column])
    gone = pc.fill_null(pc.less(instants, window.before_us), False)
    if window.only is not None:
        chosen = pa.array(sorted(window.only), pa.string())
        gone = pc.and_(gone, pc.is_in(rows["source"], value_set=chosen))
    elif window.without:
        others = pa.array(sorted(window.without), pa.string())
        gone = pc.and_(gone, pc.invert(pc.is_in(rows["source"], value_set=others)))
    mask: Bools = np.asarray(gone.combine_chunks().to_numpy(zero_copy_only=False), dtype=bool)
    if window.keep is not None and mask.any():
        mask = mask & ~window.keep(rows)
    if not mask.any():
        return None
    there = instants.filter(pa.array(mask))
    bounds = pc.min_max(there).as_py()
    ids = rows[contract.id_column].filter(pa.array(mask)).to_pylist()
    return _Found(file, mask, ids, bounds["min"], bounds["max"])


@dataclass(frozen=True, slots=True)
class _Found:
    file: DataFile
    mask: Bools
    ids: list[str]
    first_us: int
    last_us: int


def _look(contract: Contract, table: LakeTable, window: Window) -> Iterator[_Found]:
    for file in _candidates(table, window):
        found = _expired(contract, table, file, window)
        if found is not None:
            yield found


def count_expired(contract: Contract, table: LakeTable, window: Window) -> int:
    """Return how many records a run would delete now."""
    return sum(len(found.ids) for found in _look(contract, table, window))


def plan_step(
    contract: Contract, table: LakeTable, window: Window, most: int = STEP_ROWS
) -> Step | None:
    """Return the next step, oldest parts first, at least one file; None when nothing is left."""
    chosen: list[_Found] = []
    n = 0
    for found in _look(contract, table, window):
        chosen.append(found)
        n += len(found.ids)
        if n >= most:
            break
    if not chosen:
        return None
    return Step(
        kind=contract.name,
        ids=tuple(sorted(id_ for found in chosen for id_ in found.ids)),
        version=table.current().number,
        first_us=min(found.first_us for found in chosen),
        last_us=max(found.last_us for found in chosen),
        whole=tuple(f.file for f in chosen if f.mask.all()),
        cut=tuple((f.file, f.mask) for f in chosen if not f.mask.all()),
    )


def take_step(contract: Contract, table: LakeTable, index: IdIndex, step: Step) -> None:
    """Delete the records of a step in one version; the caller holds the lock since planning it."""
    index.catch_up(contract.name, table, contract.id_column)
    kept: Sequence[pa.Table] = [
        table.read([file]).filter(pa.array(~mask)) for file, mask in step.cut
    ]
    rest = pa.concat_tables(kept) if kept else table.read([])
    added = write_sorted(table.drafts, sort_rows(contract, rest))
    remove = [*step.whole, *(file for file, _ in step.cut)]
    version = table.commit(added, remove, metadata={"vigie.operation": "expire"})
    index.record(contract.name, version.number, [], dropped=step.ids)
