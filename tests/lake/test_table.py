"""A table's log in a folder: no longer after many commits, and who follows it may be far behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.lake.samples import START_US, complete, fact

from vigie.lake import table as table_module
from vigie.lake.duck import DuckEngine
from vigie.lake.files import CHECKPOINT, LOG, FolderFiles
from vigie.lake.layout import DataFile
from vigie.lake.store import Lake
from vigie.lake.table import LakeTable
from vigie.model.contracts import CONTRACTS

PART = "2026-11-28"
EVERY = 5
"""Delta makes a checkpoint of every hundredth version; here they are made by hand."""


def opened(folder: Path) -> LakeTable:
    return LakeTable(FolderFiles(folder / "facts"), CONTRACTS["facts"].schema)


def files_of(table: LakeTable) -> set[str]:
    return {file.path for file in table.current().files}


def commit(table: LakeTable, number: int) -> None:
    file = DataFile(f"part={PART}/{number}.parquet", PART, 1, 1, None, None)
    version = table.commit([file], list(table.current().files)[:-2], metadata={})
    if version.number % EVERY == 0:
        assert table._delta is not None
        table._delta.create_checkpoint()


def test_its_log_does_not_grow_and_who_is_behind_reads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever follows a table lists the whole log at each version: it must stay short."""
    for name in ("LOG_KEPT", "LOG_EVERY"):
        monkeypatch.setattr(table_module, name, EVERY)
    table = opened(tmp_path)
    table.create()
    (table.files.folder / f"part={PART}").mkdir()
    log = table.files.folder / LOG
    commit(table, 0)
    behind, near = opened(tmp_path), opened(tmp_path)
    behind.current()
    for number in range(1, 6 * EVERY):
        commit(table, number)
        if number == 4 * EVERY:
            near.current()
    last = table.current().number
    versions = sorted(one.name[:20] for one in log.glob("*.json"))
    assert len(versions) == last - int(versions[0]) + 1 <= 3 * EVERY
    assert list(log.glob(f"{versions[0]}{CHECKPOINT}*")), "what went before stands in it"
    held = files_of(table)
    assert len(held) == 3
    for other in (behind, near, opened(tmp_path)):
        assert files_of(other) == held
        assert other.current().number == table.current().number
    assert table.changes(0) is None
    told = table.changes(last - 2)
    assert told is not None
    assert [one.version for one in told[:2]] == [last - 1, last]


def test_one_whose_log_is_shortened_while_it_looks_reads_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = opened(tmp_path)
    table.create()
    (table.files.folder / f"part={PART}").mkdir()
    commit(table, 0)
    behind = opened(tmp_path)
    behind.current()
    for number in range(1, 3 * EVERY):
        commit(table, number)

    def standing(version: int) -> tuple[bool, bool]:
        """Look; then all that it saw goes but the newest checkpoint and what follows it."""
        seen = FolderFiles.standing(behind.files, version)  # type: ignore[arg-type]
        table.files.shorten(table.current().number, 0)
        return seen

    monkeypatch.setattr(behind.files, "standing", standing)
    assert files_of(behind) == files_of(table)


def test_the_engine_notes_nothing_of_files_that_it_has_read(lake: Lake) -> None:
    """A commit leaves a file, and a server reads the newest for months."""
    engine = lake.engine("duckdb")
    assert isinstance(engine, DuckEngine)

    def noted() -> int:
        sql = "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag LIKE '%CACHE%'"
        with engine._database.cursor() as cursor:
            return int(cursor.execute(sql).fetchall()[0][0])

    held = []
    for number in range(20):
        lake.commit("facts", complete("facts", [fact(f"f{number}", START_US)]))
        lake.scan("facts", from_us=START_US, to_us=START_US + 1)
        held.append(noted())
    assert held[-1] <= held[0]
