"""Emptying fields that nobody uses: at the door of the lake, and in what it holds (MIN-3).

Rows stay, with null in place of the value. As in ``expiry``, a step plans under the table's lock,
is written down before anything is destroyed, and commits one atomic version.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.base.stopping import look
from vigie.lake.expiry import STEP_ROWS, Bools, Keep, Step
from vigie.lake.index import IdIndex
from vigie.lake.layout import DataFile, sort_rows, write_sorted
from vigie.lake.table import LakeTable
from vigie.model.columns import ATTRIBUTES
from vigie.model.contracts import Contract


def emptied(table: pa.Table, names: Collection[str], where: Bools | None = None) -> pa.Table:
    """Return a table with some of its columns set to null, in the rows given or in all."""
    for name in sorted(set(names).intersection(table.column_names)):
        at = table.column_names.index(name)
        entry = table.schema.field(name)
        nothing = pa.nulls(table.num_rows, type=entry.type)
        if where is not None and not where.all():
            kept = table[name].combine_chunks()
            order = np.where(where, np.int64(-1), np.arange(table.num_rows))
            nothing = kept.take(pa.array(order, mask=where))
        table = table.set_column(at, entry, nothing)
    return table


def has_values(column: pa.ChunkedArray) -> Bools:
    """Return which rows hold a value; attributes without any are none."""
    valid = np.asarray(pc.is_valid(column).combine_chunks().to_numpy(zero_copy_only=False), bool)
    if column.type != ATTRIBUTES or not len(column):
        return valid
    sizes = [np.diff(np.asarray(chunk.offsets)) for chunk in column.chunks]
    found: Bools = valid & (np.concatenate(sizes) > 0)
    return found


def filled(table: LakeTable, names: Collection[str]) -> frozenset[str]:
    """Return which of some columns hold a value anywhere, by the files' own statistics."""
    found: set[str] = set()
    for file in sorted(table.current().files, key=lambda one: one.part, reverse=True):
        if found == set(names):
            break
        look()
        found |= _filled_in(table, file, set(names) - found)
    return frozenset(found)


def _filled_in(table: LakeTable, file: DataFile, names: set[str]) -> set[str]:
    path = table.path(file)
    told = pq.read_metadata(path)
    found, unsure = set(), {name for name in names if table.schema.field(name).type == ATTRIBUTES}
    for group in range(told.num_row_groups):
        chunks = (told.row_group(group).column(at) for at in range(told.num_columns))
        for chunk in chunks:
            name, facts = chunk.path_in_schema, chunk.statistics
            if name not in names or name in found:
                continue
            if facts is None or not facts.has_null_count:
                unsure.add(name)
            elif facts.null_count < chunk.num_values:
                found.add(name)
    unsure -= found
    if unsure:
        rows = pq.read_table(path, columns=sorted(unsure), partitioning=None)
        found |= {name for name in unsure if has_values(rows[name]).any()}
    return found


@dataclass(frozen=True, slots=True)
class Emptying:
    """Values that go.

    Attributes:
        names: Columns.
        before_us: Only of records received before this instant; None for all.
        keep: Which records a hold freezes; None for none.
    """

    names: frozenset[str]
    before_us: int | None = None
    keep: Keep | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """What one step empties: the records that lose a value, and the rows of each file.

    Attributes:
        step: As it is written down; its files are all rewritten.
        names: Columns.
    """

    step: Step
    names: frozenset[str] = field(repr=False)


def plan_emptying(
    contract: Contract, table: LakeTable, wanted: Emptying, most: int = STEP_ROWS
) -> Planned | None:
    """Return the next step, oldest parts first, at least one file; None when nothing is left."""
    cut: list[tuple[DataFile, Bools]] = []
    ids: list[str] = []
    bounds: list[int] = []
    for file in sorted(table.current().files, key=lambda one: (one.part, one.path)):
        look()
        if not _filled_in(table, file, set(wanted.names)):
            continue
        names = {contract.id_column, "source", contract.time_column, "received_at", *wanted.names}
        names |= {"lon", "lat"} & set(contract.names())
        rows = pq.read_table(table.path(file), columns=sorted(names), partitioning=None)
        mask = np.logical_or.reduce([has_values(rows[name]) for name in sorted(wanted.names)])
        if wanted.before_us is not None:
            received = np.asarray(rows["received_at"].cast(pa.int64()))
            mask &= received < wanted.before_us
        if wanted.keep is not None and mask.any():
            mask &= ~wanted.keep(rows)
        if not mask.any():
            continue
        cut.append((file, mask))
        ids += rows[contract.id_column].filter(pa.array(mask)).to_pylist()
        bounds += np.asarray(rows[contract.time_column])[mask].tolist()
        if len(ids) >= most:
            break
    if not cut:
        return None
    version = table.current().number
    step = Step(
        contract.name, tuple(sorted(ids)), version, min(bounds), max(bounds), (), tuple(cut)
    )
    return Planned(step, wanted.names)


def take_emptying(contract: Contract, table: LakeTable, index: IdIndex, planned: Planned) -> None:
    """Empty the columns of a step in one version; the caller holds the lock since planning it."""
    index.catch_up(contract.name, table, contract.id_column)
    cut = planned.step.cut
    rows = pa.concat_tables(
        [emptied(table.read([file]), planned.names, mask) for file, mask in cut]
    )
    added = write_sorted(table.drafts, sort_rows(contract, rows))
    metadata = {"vigie.operation": "empty"}
    version = table.commit(added, [file for file, _ in cut], metadata=metadata)
    index.record(contract.name, version.number, [])
