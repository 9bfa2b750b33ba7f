"""A process that commits and dies at a named point, or writes beside others; run by the tests."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
from samples import city_facts

from vigie.base.settings import LakeSettings
from vigie.base.settings_bucket import BucketSettings
from vigie.lake import commit as commit_module
from vigie.lake.bucket_files import BucketFiles
from vigie.lake.index import IdIndex
from vigie.lake.store import Lake
from vigie.lake.table import LakeTable


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_after(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        function(*args, **kwargs)
        die()

    return wrapped


def half_recorded(self: IdIndex, kind: str, version: int, rows: Any, **_: Any) -> None:
    """Write some of the index rows, and die before the end of the transaction."""
    self._db.execute("BEGIN IMMEDIATE")
    some = list(rows)[:5]
    self._db.executemany(f"INSERT OR REPLACE INTO ids_{kind} VALUES (?, ?, ?)", some)
    die()


def revised(table: pa.Table, revision: int) -> pa.Table:
    column = pa.array([revision] * table.num_rows, pa.int64())
    return table.set_column(table.column_names.index("revision"), "revision", column)


def main() -> None:
    folder, point, what, *place = sys.argv[1:]
    bucket = BucketSettings.model_validate_json(place[0] if place else "{}")
    lake = Lake.open(Path(folder), LakeSettings(threads=1, bucket=bucket))
    if point == "together":
        added = 0
        for revision in range(3):
            for start in range(3):
                prefix = f"p{(start + int(what)) % 3}-"
                done = lake.commit("facts", revised(city_facts(50, prefix=prefix), revision))
                added += done.added
        print(added)
        return
    if point == "written":
        commit_module.write_sorted = dying_after(commit_module.write_sorted)
    elif point == "kept":
        BucketFiles.keep = dying_after(BucketFiles.keep)  # type: ignore[method-assign]
    elif point == "committed":
        LakeTable.commit = dying_after(LakeTable.commit)  # type: ignore[method-assign]
    elif point == "half-indexed":
        IdIndex.record = half_recorded  # type: ignore[method-assign]
    else:
        IdIndex.record = dying_after(IdIndex.record)  # type: ignore[method-assign]
    batch = city_facts(60, days=3, prefix="f" if what == "amended" else "crash")
    lake.commit("facts", revised(batch, 7) if what == "amended" else batch)


if __name__ == "__main__":
    main()
