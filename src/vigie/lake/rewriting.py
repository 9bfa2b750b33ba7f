"""Rows read anew take the place of the records that came by them; nothing is added, nothing goes.

A record stands for one row of one message: that of the revision that won. Reading this very row
again, with another mapping, tells what the record would be today. What is not in the table stays
out of it: erased, ended or refused. A record that partial revisions are laid over is a fold of
several messages, not of a row, and stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.lake.commit import commit_rows
from vigie.lake.emptying import emptied
from vigie.lake.index import IdIndex
from vigie.lake.partial import Partials
from vigie.lake.table import LakeTable
from vigie.model.contracts import Contract

Mask = npt.NDArray[np.bool_]
_BATCH = "batch_id"
_CAME_BY = ("received_at", "row")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What became of rows read anew.

    Attributes:
        ids: Records that came by these very rows, changed or not.
        changed: Of them, those that are different now.
        absent: Rows whose record is not in the table.
        elsewhere: Rows whose record came by another row.
        folded: Rows whose record partial revisions are laid over.
    """

    ids: tuple[str, ...]
    changed: int
    absent: int
    elsewhere: int
    folded: int


def rewrite_rows(
    contract: Contract, table: LakeTable, index: IdIndex, partials: Partials, batch: pa.Table
) -> Rewritten:
    """Put rows read anew in the place of what stands; the caller holds the table's lock.

    Args:
        contract: The table's contract.
        table: The table.
        index: Which part holds an id.
        partials: Partial revisions.
        batch: Complete rows, as reading them gave them.
    """
    kind, name = contract.name, contract.id_column
    batch = emptied(batch, table.without())
    index.catch_up(kind, table, name)
    ids = batch[name].to_pylist()
    known = index.find(kind, list(dict.fromkeys(ids)))
    laid_over = {*partials.find(kind, list(known)), *partials.bases(kind, list(known))}
    standing = _standing(contract, table, {id_: part for id_, (part, _) in known.items()})
    at = pc.index_in(batch[name], value_set=standing[name].combine_chunks())
    there = np.asarray(pc.is_valid(at))
    before = standing.take(pc.fill_null(at, 0)) if standing.num_rows else standing
    folded = np.array([id_ in laid_over for id_ in ids], np.bool_) & there
    mine = there & ~folded
    if standing.num_rows:
        for column in _CAME_BY:
            mine &= ~_differ(batch[column], before[column])
    chosen = pa.array(mine)
    anew = batch.filter(chosen)
    old = before.filter(chosen) if standing.num_rows else before
    place = anew.schema.get_field_index(_BATCH)
    anew = anew.set_column(place, anew.schema.field(_BATCH), old[_BATCH])
    different = np.zeros(anew.num_rows, np.bool_)
    for column in anew.column_names:
        different |= _differ(anew[column], old[column])
    changed = anew.filter(pa.array(different))
    commit_rows(contract, table, index, changed, anew=frozenset(changed[name].to_pylist()))
    return Rewritten(
        ids=tuple(anew[name].to_pylist()),
        changed=changed.num_rows,
        absent=int((~there).sum()),
        elsewhere=int((there & ~folded & ~mine).sum()),
        folded=int(folded.sum()),
    )


def _standing(contract: Contract, table: LakeTable, parts: dict[str, str]) -> pa.Table:
    """Return the records of some ids, as the table holds them."""
    wanted, within = pa.array(sorted(parts), pa.string()), set(parts.values())
    found = [table.read([])]
    for file in table.current().files:
        if file.part in within:
            rows = table.read([file])
            found.append(rows.filter(pc.is_in(rows[contract.id_column], value_set=wanted)))
    return pa.concat_tables(found)


def _differ(one: pa.ChunkedArray, other: pa.ChunkedArray) -> Mask:
    """Return where two columns differ; nothing is like nothing."""
    if pa.types.is_nested(one.type):
        pairs = zip(one.to_pylist(), other.to_pylist(), strict=True)
        return np.array([a != b for a, b in pairs], np.bool_)
    same = pc.fill_null(pc.equal(one, other), False)
    both = pc.and_(pc.is_null(one, nan_is_null=True), pc.is_null(other, nan_is_null=True))
    return ~np.asarray(pc.or_(same, both).to_numpy(), np.bool_)
