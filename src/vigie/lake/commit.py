"""Putting a batch into a table exactly once, whatever was there and whatever crashes.

One Delta version carries everything a batch changes: new rows are appended, a row with a higher
revision replaces the old one (whose file is rewritten without it, even in another part), and the
small files of a part that has too many are merged on the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vigie.base.errors import WrongUsage
from vigie.lake.emptying import emptied
from vigie.lake.index import IdIndex
from vigie.lake.layout import (
    PART,
    DataFile,
    part_code,
    sort_rows,
    write_sorted,
)
from vigie.lake.table import LakeTable
from vigie.model.contracts import Contract

MAX_FILES = 12
"""A part with more small files than this gets them merged by the next commit to it."""
MERGED_ROWS = 131_072
"""A file with so many rows is no small one: to merge it takes a good part of a second."""
KEEP_HOURS = 1
"""Replaced files stay this long for the snapshots that still read them."""
VACUUM_EVERY = 500
"""Versions between two deletions of replaced files: live commits leave one small file each."""


@dataclass(frozen=True)
class Committed:
    """What a commit did.

    Attributes:
        added: Rows whose id was new.
        replaced: Rows that took the place of a lower revision.
        duplicates: Rows left out, being of an equal or lower revision than what is there.
        version: The table's version after it (unchanged when nothing got in).
        parts: Parts that changed, sorted.
        kept: The rows that really got in, in the order of the batch; where partial revisions are
            folded in, the records as they now stand.
        entered: Receipt (epoch µs) of each revision that got in; None: those of ``kept``.
        waiting: Receipt of each partial revision that waits for the rest of its record.
    """

    added: int
    replaced: int
    duplicates: int
    version: int
    parts: tuple[str, ...]
    kept: pa.Table
    entered: tuple[int, ...] | None = None
    waiting: tuple[int, ...] = ()


def check_complete(contract: Contract, table: pa.Table) -> pa.Table:
    """Return the table in the contract's columns and canonical types.

    Raises:
        WrongUsage: When it lacks a column, or holds null where the contract does not allow it.
    """
    missing = [c.name for c in contract.columns if c.name not in set(table.column_names)]
    if missing:
        raise WrongUsage(reason=f"{contract.name} lacks {', '.join(missing)}")
    table = contract.conform(table)
    empty = [c.name for c in contract.columns if not c.nullable and table[c.name].null_count]
    if empty:
        raise WrongUsage(reason=f"{contract.name} holds null in {', '.join(empty)}")
    for part in pc.unique(table[PART]).to_pylist():
        part_code(part)
    return table


def _best_of_batch(ids: Sequence[str], revisions: Sequence[int]) -> dict[str, int]:
    """Return the row to keep of each id: the highest revision, the first among equals."""
    best = dict(zip(ids, range(len(ids)), strict=True))
    if len(best) == len(ids):
        return best
    best = {}
    for row, id_ in enumerate(ids):
        held = best.setdefault(id_, row)
        if revisions[row] > revisions[held]:
            best[id_] = row
    return best


def choose_small(files: Sequence[DataFile], fresh_rows: int) -> list[DataFile]:
    """Return the files of one part to merge with rows that come: a growing run of small ones.

    A file joins when it is at most twice as large as all before it, so that each row is rewritten
    a number of times logarithmic in the size of its part. What is large already is left to
    compaction: to rewrite it would hold up those who wait for this commit.
    """
    small = sorted((f for f in files if f.rows < MERGED_ROWS), key=lambda f: (f.rows, f.path))
    if len(small) < MAX_FILES:
        return []
    total = fresh_rows
    chosen: list[DataFile] = []
    for file in small:
        if (file.rows > 2 * total or total > MERGED_ROWS) and len(chosen) > 1:
            break
        chosen.append(file)
        total += file.rows
    return chosen


def holding(
    table: LakeTable, id_column: str, stale: Mapping[str, set[str]]
) -> tuple[list[DataFile], pa.Table]:
    """Return the files that hold any of some ids, and the rows of these files without the ids.

    Args:
        table: The table, at its current version.
        id_column: Name of the id.
        stale: Ids to leave out, by the part that holds them.
    """
    hit, survivors = [], []
    for file in table.current().files:
        ids = stale.get(file.part)
        if not ids:
            continue
        wanted = pa.array(sorted(ids), pa.string())
        column = pq.read_table(table.path(file), columns=[id_column], partitioning=None)
        there = pc.is_in(column[id_column], value_set=wanted)
        if pc.any(there).as_py():
            hit.append(file)
            survivors.append(table.read([file]).filter(pc.invert(there)))
    rest = pa.concat_tables(survivors) if survivors else table.read([])
    return hit, rest


def commit_rows(
    contract: Contract,
    table: LakeTable,
    index: IdIndex,
    batch: pa.Table,
    *,
    anew: frozenset[str] = frozenset(),
) -> Committed:
    """Put a complete batch into its table; the caller holds the table's lock.

    Args:
        contract: The table's contract.
        table: The table.
        index: Which part holds an id.
        batch: Complete rows.
        anew: Ids whose row takes the place of what is there whatever its revision.
    """
    kind, id_column = contract.name, contract.id_column
    batch = emptied(batch, table.without())
    index.catch_up(kind, table, id_column)
    ids: list[str] = batch[id_column].to_pylist()
    revisions: list[int] = batch["revision"].to_pylist()
    best = _best_of_batch(ids, revisions)
    known = index.find(kind, list(best))
    stale: defaultdict[str, set[str]] = defaultdict(set)
    keep: list[int] = []
    for id_, row in best.items():
        there = known.get(id_)
        if there is None:
            keep.append(row)
        elif revisions[row] > there[1] or id_ in anew:
            keep.append(row)
            stale[there[0]].add(id_)
    replaced = sum(len(ids_) for ids_ in stale.values())
    if not keep:
        return Committed(0, 0, len(ids), table.current().number, (), batch.slice(0, 0))
    keep.sort()
    kept = batch if len(keep) == len(ids) else batch.take(pa.array(keep, pa.int64()))
    version, parts = _change(contract, table, kept, stale)
    order = pc.sort_indices(kept[id_column])
    codes = {part: part_code(part) for part in pc.unique(kept[PART]).to_pylist()}
    rows = zip(
        kept[id_column].take(order).to_pylist(),
        map(codes.__getitem__, kept[PART].take(order).to_pylist()),
        kept["revision"].take(order).to_pylist(),
        strict=True,
    )
    index.record(kind, version, rows)
    return Committed(len(keep) - replaced, replaced, len(ids) - len(keep), version, parts, kept)


def _change(
    contract: Contract, table: LakeTable, kept: pa.Table, stale: Mapping[str, set[str]]
) -> tuple[int, tuple[str, ...]]:
    """Write the files of one change and commit them; returns the version and the parts changed."""
    remove, survivors = holding(table, contract.id_column, stale)
    gone = {f.path for f in remove}
    counts = {entry["values"]: entry["counts"] for entry in pc.value_counts(kept[PART]).to_pylist()}
    by_part: defaultdict[str, list[DataFile]] = defaultdict(list)
    for file in table.current().files:
        if file.part in counts and file.path not in gone:
            by_part[file.part].append(file)
    merged = [f for part, files in by_part.items() for f in choose_small(files, counts[part])]
    pieces = [kept, survivors, table.read(merged)]
    rows = sort_rows(contract, pa.concat_tables(pieces))
    added = write_sorted(table.drafts, rows)
    batches = sorted(set(pc.unique(kept["batch_id"]).to_pylist()))[:32]
    version = table.commit(added, [*remove, *merged], metadata={"vigie.batches": ",".join(batches)})
    if version.number % VACUUM_EVERY == 0:
        table.vacuum(KEEP_HOURS)
    return version.number, tuple(sorted(counts.keys() | set(stale)))
