"""All tables of a lake, wherever they stand, and whose turn it is to write one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from filelock import FileLock, Timeout

from vigie.base.errors import Conflict, Unavailable
from vigie.base.settings import LakeSettings
from vigie.base.stopping import look
from vigie.lake.bucket import Bucket
from vigie.lake.bucket_files import BucketFiles, Copies
from vigie.lake.cubes import CUBE, cube_schema
from vigie.lake.erasure import Trace, find_bytes
from vigie.lake.files import LOG, FolderFiles, TableFiles
from vigie.lake.layout import PART
from vigie.lake.spots import SPOTS, spots_schema
from vigie.lake.sums import SUMS, sums_schema
from vigie.lake.table import LakeTable, Overtaken
from vigie.model.contracts import CONTRACTS

LOCK_S = 120.0
"""Longest wait for another process's commit."""
_TRIES = 20
"""Commits of other machines that one of ours lets pass before it gives up."""
_Done = TypeVar("_Done")


class Tables:
    """The tables of a lake by kind, those that are made of the facts among them.

    Args:
        folder: The lake's folder on this machine: locks, and tables or copies of their files.
        settings: Whether they stand in a bucket.

    Raises:
        SettingsInvalid: When the keys of the bucket cannot be read.
    """

    def __init__(self, folder: Path, settings: LakeSettings) -> None:
        self.folder = folder
        place = settings.bucket
        self._bucket = Bucket(place) if place.location else None
        self._copies = Copies(Path(place.cache) if place.cache else folder, place.cache_bytes)
        schemas: dict[str, pa.Schema] = {kind: one.schema for kind, one in CONTRACTS.items()}
        schemas |= {CUBE: cube_schema(), SUMS: sums_schema(), SPOTS: spots_schema()}
        self._tables = {
            kind: LakeTable(self._files(kind), schema) for kind, schema in schemas.items()
        }

    def _files(self, kind: str) -> TableFiles:
        if self._bucket is None:
            return FolderFiles(self.folder / kind)
        return BucketFiles(self._bucket, kind, self._copies)

    def __getitem__(self, kind: str) -> LakeTable:
        return self._tables[kind]

    def all(self) -> dict[str, LakeTable]:
        """Return every table by its kind."""
        return self._tables

    @property
    def shared(self) -> bool:
        """Whether writers of other machines may commit too."""
        return self._bucket is not None

    def absent(self) -> list[str]:
        """Return the kinds whose table was never made."""
        return [kind for kind in CONTRACTS if not self._tables[kind].exists()]

    def open(self) -> None:
        """Make what is missing, read every table, and drop what a broken end left on this machine.

        Raises:
            StoreBroken: When a table cannot be read, or is of another Delta protocol.
            Unavailable: When the bucket does not answer.
        """
        (self.folder / "locks").mkdir(parents=True, exist_ok=True)
        for kind, table in self._tables.items():
            if not table.exists():
                with self._turn_here(kind, LOCK_S):
                    table.create()
            table.current()
            self._drop_drafts(kind)

    def _drop_drafts(self, kind: str) -> None:
        drafts = self._tables[kind].drafts
        if not self.shared or not drafts.is_dir():
            return
        try:
            with self._turn_here(kind, 0):
                shutil.rmtree(drafts)
        except Unavailable:  # somebody is writing: they are in use
            return

    # --- Turns ------------------------------------------------------------------------------------

    @contextmanager
    def lock(self, name: str, timeout_s: float = LOCK_S) -> Iterator[None]:
        """Hold a table's lock, across threads and processes of this machine, and its version."""
        with self._turn_here(name, timeout_s), self._tables[name].pinned():
            yield

    @contextmanager
    def _turn_here(self, name: str, timeout_s: float) -> Iterator[None]:
        lock = FileLock(self.folder / "locks" / f"{name}.lock", timeout=timeout_s)
        try:
            lock.acquire()
        except Timeout as error:
            raise Unavailable(what=f"lake table {name}") from error
        try:
            yield
        finally:
            lock.release()

    def turn(self, name: str, work: Callable[[], _Done], timeout_s: float = LOCK_S) -> _Done:
        """Do a piece of writing under a table's lock, anew when another machine came first.

        Raises:
            Unavailable: When the lock, or a turn among the machines, is not to be had.
        """
        with self._turn_here(name, timeout_s):
            for _ in range(_TRIES):
                try:
                    with self._tables[name].pinned():
                        return work()
                except Overtaken:
                    continue
        raise Unavailable(what=f"lake table {name}")

    def tidy(self) -> None:
        """Let go of local copies of files that no table holds any more (erased, or replaced)."""
        if self.shared:
            for table in self._tables.values():
                table.current()
                table.tidy()
            self._copies.shrink()

    # --- Moving ---------------------------------------------------------------------------------

    def move_in(self) -> None:
        """Put tables that stand in the folder into the bucket, data before the logs that name it.

        Raises:
            Conflict: When the bucket has a lake there already.
            Unavailable: When it does not answer.
        """
        bucket = self._bucket
        if bucket is None:
            return
        if any(bucket.list("")):
            raise Conflict(what="lake", name=bucket.url(""))
        logs = [self.folder / kind / LOG for kind in self._tables]
        data = [p for log in logs for p in log.parent.glob(f"{PART}=*/*")]
        entries = sorted(path for log in logs for path in log.glob("*"))
        for path in (*data, *entries):
            look()
            bucket.put(path.relative_to(self.folder).as_posix(), path)
        for log in logs:
            shutil.rmtree(log, ignore_errors=True)

    # --- Proof ------------------------------------------------------------------------------------

    def find(self, needles: Sequence[str | int]) -> list[Trace]:
        """Return every trace of some values: on this machine, and in the bucket if there is one."""
        traces = find_bytes(self.folder, needles)
        if self._copies.folder != self.folder:
            traces += find_bytes(self._copies.folder, needles)
        if self._bucket is None:
            return traces
        with tempfile.TemporaryDirectory(prefix="vigie-proof-") as scratch:
            one = Path(scratch) / "object"
            for found in self._bucket.list(""):
                if self._bucket.fetch(found.path, one):
                    where = Path(self._bucket.url(found.path))
                    traces += [replace(t, path=where) for t in find_bytes(Path(scratch), needles)]
        return traces
