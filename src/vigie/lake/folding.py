"""A commit in which some records have partial revisions: the same end in any order of arrival.

The partial revisions are on disk first, then the table's version, then the new bases. A commit cut
off in between is repeated by its messages, and folds to the same record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from vigie.lake.commit import Committed, commit_rows
from vigie.lake.index import IdIndex
from vigie.lake.partial import (
    LEAST,
    Head,
    Partials,
    Revision,
    Row,
    first_of_each,
    fold,
    is_whole,
    plain_rows,
    rows_by_id,
    table_of,
    without,
)
from vigie.lake.table import LakeTable
from vigie.model.contracts import Contract


@dataclass(slots=True)
class _Folded:
    """What the revisions of some records make.

    Attributes:
        rows: Records that change.
        bases: The base of each record afterwards.
        entered: Receipt of each whole revision that counts, epoch µs.
        waiting: Records that lack what their contract asks for.
    """

    rows: list[Row]
    bases: dict[str, int]
    entered: list[int]
    waiting: set[str]


def commit_folded(  # noqa: PLR0917  as ``commit_rows``, with what it lacks
    contract: Contract,
    table: LakeTable,
    index: IdIndex,
    batch: pa.Table,
    partials: Partials,
    told: list[Revision],
) -> Committed:
    """Put whole and partial revisions into a table; the caller holds the table's lock.

    Args:
        contract: The table's contract.
        table: The table.
        index: Which part holds an id.
        batch: Whole revisions, complete.
        partials: Partial revisions known before.
        told: Partial revisions.
    """
    kind, id_column = contract.name, contract.id_column
    told = without(told, table.without())
    index.catch_up(kind, table, id_column)
    held = partials.find(kind, batch[id_column].to_pylist())
    ids = sorted({one.id for one in told} | held.keys())
    known = index.find(kind, ids)
    noted = partials.bases(kind, ids)
    bases = {  # an older copy of the table put back knows less than was noted
        id_: min(noted.get(id_, known[id_][1]), known[id_][1]) if id_ in known else LEAST
        for id_ in ids
    }
    above = [one for one in first_of_each(told) if one.revision > bases[one.id]]
    fresh = partials.keep(kind, above, bases)
    there = _rows_there(contract, table, known)
    folded = _fold_all(
        contract,
        whole=rows_by_id(contract, batch, ids),
        there=there,
        held=partials.find(kind, ids),
        bases=bases,
    )
    mine = pc.is_in(batch[id_column], value_set=pa.array(ids, pa.string()))
    others = batch.filter(pc.invert(mine))
    rows = pa.concat_tables([others, table_of(contract, folded.rows).cast(batch.schema)])
    anew = frozenset(row[id_column] for row in folded.rows)
    done = commit_rows(contract, table, index, rows, anew=anew)
    partials.rebase(kind, {i: base for i, base in folded.bases.items() if base > bases[i]})
    kept_others = done.kept.filter(
        pc.invert(pc.is_in(done.kept[id_column], value_set=pa.array(ids, pa.string())))
    )
    entered = kept_others["received_at"].cast(pa.int64()).to_pylist()
    entered += folded.entered + [one.received_us for one in fresh]
    return replace(
        done,
        duplicates=batch.num_rows + len(told) - len(entered),
        entered=tuple(entered),
        waiting=tuple(one.received_us for one in fresh if one.id in folded.waiting),
    )


def _rows_there(
    contract: Contract, table: LakeTable, known: dict[str, tuple[str, int]]
) -> dict[str, Row]:
    """Return the records that the table holds."""
    parts = {part for part, _ in known.values()}
    found: dict[str, Row] = {}
    wanted = pa.array(sorted(known), pa.string())
    for file in table.current().files if known else ():
        if file.part not in parts:
            continue
        rows = table.read([file])
        for row in plain_rows(rows.filter(pc.is_in(rows[contract.id_column], value_set=wanted))):
            found[row[contract.id_column]] = row
    return found


def _fold_all(
    contract: Contract,
    *,
    whole: dict[str, list[Row]],
    there: dict[str, Row],
    held: dict[str, list[Revision]],
    bases: dict[str, int],
) -> _Folded:
    folded = _Folded([], {}, [], set())
    for id_, known in bases.items():
        start, base = there.get(id_, {}), known
        best = max(whole.get(id_, ()), key=lambda row: row["revision"], default=None)
        if best is not None and best["revision"] > base:
            start, base = best, best["revision"]
            folded.entered.append(best["received_at"])
        row = fold(start, [one for one in held.get(id_, ()) if one.revision > base])
        folded.bases[id_] = base
        if not is_whole(contract, row):
            folded.waiting.add(id_)
            continue
        row = {name: row.get(name) for name in contract.names()}
        if row != there.get(id_):
            folded.rows.append(row)
    return folded


def waiting_of(kind: str, index: IdIndex, partials: Partials) -> list[Head]:
    """Return the partial revisions of records that the table does not hold."""
    heads = partials.heads(kind)
    known = index.find(kind, [head.id for head in heads])
    return [head for head in heads if head.id not in known]


def drop_partials(
    contract: Contract,
    table: LakeTable,
    index: IdIndex,
    partials: Partials,
    before_us: int,
) -> None:
    """Delete the partial revisions received before an instant; the caller holds the table's lock.

    What they said stays in their record. What comes later and is older than they are comes too
    late from then on.
    """
    kind = contract.name
    index.catch_up(kind, table, contract.id_column)
    heads = [head for head in partials.heads(kind) if head.received_us < before_us]
    known = index.find(kind, [head.id for head in heads])
    settled = {head.id: head.revision for head in heads if head.id in known}
    partials.drop(kind, [(head.id, head.revision) for head in heads], settled)
    partials.forget_deleted()
