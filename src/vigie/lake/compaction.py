"""Merging the small files that live commits leave, part by part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from vigie.base.stopping import look
from vigie.lake.commit import KEEP_HOURS
from vigie.lake.index import IdIndex
from vigie.lake.layout import FILE_ROWS, DataFile, sort_rows, write_sorted
from vigie.lake.table import LakeTable
from vigie.model.contracts import Contract

GROUP_ROWS = 2_000_000
"""Rows rewritten by one commit, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction did.

    Attributes:
        parts: Parts rewritten.
        files_before: Files they had.
        files_after: Files they have.
        deleted: Files deleted because no version of the last hour needs them.
        cubes: Parts whose cube was made anew.
    """

    parts: int
    files_before: int
    files_after: int
    deleted: int
    cubes: int = 0


def _groups(table: LakeTable, before: str | None) -> Iterator[list[DataFile]]:
    """Yield files to rewrite together, whole parts at a time."""
    by_part: defaultdict[str, list[DataFile]] = defaultdict(list)
    for file in table.current().files:
        if before is None or file.part < before[: len(file.part)]:
            by_part[file.part].append(file)
    group: list[DataFile] = []
    for _, files in sorted(by_part.items()):
        rows = sum(file.rows for file in files)
        if len(files) <= -(-rows // FILE_ROWS):
            continue
        group += files
        if sum(file.rows for file in group) >= GROUP_ROWS:
            yield group
            group = []
    if group:
        yield group


def compact_table(
    contract: Contract, table: LakeTable, index: IdIndex, before: str | None
) -> Compaction:
    """Rewrite parts of several files as one sorted file; the caller holds the table's lock.

    Args:
        contract: The table's contract.
        table: The table.
        index: Brought to the new version.
        before: Only parts before this local day (``YYYY-MM-DD``); all by default.
    """
    index.catch_up(contract.name, table, contract.id_column)
    parts = old = new = 0
    for group in list(_groups(table, before)):
        look()
        rows = sort_rows(contract, table.read(group))
        added = write_sorted(table.drafts, rows)
        version = table.commit(
            added, group, metadata={"vigie.operation": "compact"}, data_change=False
        )
        index.record(contract.name, version.number, [])
        parts += len({file.part for file in group})
        old += len(group)
        new += len(added)
    deleted = table.vacuum(KEEP_HOURS)
    index.catch_up(contract.name, table, contract.id_column)
    return Compaction(parts, old, new, deleted)
