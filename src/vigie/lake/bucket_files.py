"""The files of a table in a bucket, with a bounded folder of those read lately.

A data file never changes under its name, so a local copy is true for as long as it is wanted. What
is erased must leave these copies too: at once where the erasure runs, and within a minute on every
other machine (``drop``, which the schedule and each new version call).
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from vigie.base.clock import SystemClock, now_us
from vigie.base.errors import Conflict
from vigie.lake.bucket import Bucket
from vigie.lake.files import IN_FLIGHT_US, LOG, Stored, drop_empty, log_name, sort_out
from vigie.lake.layout import PART

IN_USE_US = 60_000_000
"""A copy used this lately is not let go of for its size: somebody may be reading it."""
_TOGETHER = 8
_LOOKS = 16
"""The folder's size is looked at whenever this part of what it may hold was fetched."""


class Copies:
    """What of a bucket was read lately, in a folder of this machine; from any thread and process.

    Args:
        folder: Of all tables.
        limit: Most bytes; what was used within the last minute may go beyond it.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self._limit = limit
        self._guard = Lock()
        self._fetched = 0

    @contextmanager
    def held(self, name: str, *, alone: bool = False) -> Iterator[None]:
        """Hold a table's copies: together while one is fetched, alone while an erasure goes on."""
        locks = self.folder / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        with (locks / f"{name}.copies.lock").open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def took(self, size: int) -> None:
        """Count what was fetched, and let go of what was read longest ago where it is too much."""
        with self._guard:
            self._fetched += size
            if self._fetched < self._limit // _LOOKS:
                return
            self._fetched = 0
        self.shrink()

    def shrink(self) -> int:
        """Bring the folder under its limit; returns the bytes that it then holds."""
        found = []
        for path in self.folder.glob(f"*/{PART}=*/*.parquet"):
            try:
                seen = path.stat()
            except FileNotFoundError:
                continue
            found.append((seen.st_atime_ns // 1_000, seen.st_size, path))
        total = sum(size for _, size, _ in found)
        lately = now_us(SystemClock()) - IN_USE_US
        for used_us, size, path in sorted(found):
            if total <= self._limit or used_us > lately:
                break
            path.unlink(missing_ok=True)
            total -= size
        return total


class BucketFiles:
    """The files of a table in a bucket.

    Args:
        bucket: The lake's.
        name: The table's.
        copies: What was read lately.
    """

    shared = True

    def __init__(self, bucket: Bucket, name: str, copies: Copies) -> None:
        self.name = name
        self.folder = copies.folder / name
        self.drafts = self.folder / "drafts"
        self._bucket = bucket
        self._copies = copies

    @property
    def uri(self) -> str:
        """The address of the table."""
        return self._bucket.url(self.name)

    @property
    def options(self) -> dict[str, str] | None:
        """Address and keys of the server."""
        return self._bucket.delta_options()

    def exists(self) -> bool:
        """Say whether the table has a log."""
        return any(one.path.endswith(".json") for one in self._bucket.list(f"{self.name}/{LOG}/"))

    def standing(self, version: int) -> tuple[bool, bool]:
        """Say whether the log has a version, and whether it has the next one."""
        log = f"{self.name}/{LOG}/"
        found = self._bucket.some(log, f"{log}{version:020d}")
        return f"{log}{log_name(version)}" in found, f"{log}{log_name(version + 1)}" in found

    def log(self, version: int) -> str | None:
        """Return a version's entry in the log."""
        text = self._bucket.read(f"{self.name}/{LOG}/{log_name(version)}")
        return None if text is None else text.decode()

    def at_hand(self, paths: Sequence[str]) -> None:
        """Have copies of data files, those that are not there fetched together."""
        now = now_us(SystemClock())
        missing = [path for path in dict.fromkeys(paths) if not _used(self.folder / path, now)]
        if not missing:
            return
        with self._copies.held(self.name), ThreadPoolExecutor(_TOGETHER) as pool:
            there = list(pool.map(self._fetch, missing))
        if not all(there):
            raise Conflict("the files of this snapshot are gone")
        self._copies.took(sum(_size(self.folder / path) for path in missing))

    def take(self, path: str, target: Path) -> bool:
        """Write a file as it stands to another place; False when it is not there."""
        return self._bucket.fetch(f"{self.name}/{path}", target)

    def _fetch(self, path: str) -> bool:
        return self._bucket.fetch(f"{self.name}/{path}", self.folder / path)

    def gone(self, paths: Iterable[str]) -> bool:
        """Say whether a data file is gone from the bucket."""
        return any(not self._bucket.exists(f"{self.name}/{path}") for path in paths)

    def keep(self, paths: Sequence[str]) -> None:
        """Put drafts into the bucket."""
        with ThreadPoolExecutor(_TOGETHER) as pool:
            list(pool.map(lambda p: self._bucket.put(f"{self.name}/{p}", self.drafts / p), paths))

    def committed(self, version: int, paths: Sequence[str]) -> None:
        """Make copies of the drafts: the bucket has all of it already."""
        del version
        for path in paths:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.drafts / path).replace(self.folder / path)
        self._copies.took(sum(_size(self.folder / path) for path in paths))

    def discard(self, paths: Iterable[str]) -> None:
        """Delete kept files that no version names after all, and their drafts."""
        named = list(paths)
        for path in named:
            (self.drafts / path).unlink(missing_ok=True)
        self._bucket.delete(f"{self.name}/{path}" for path in named)

    def drop_torn(self) -> bool:
        """Never: an object is whole or not there."""
        return False

    def listing(self) -> list[Stored]:
        """Return every data file and log entry of the bucket."""
        start = f"{self.name}/"
        return [Stored(one.path.removeprefix(start), one.at_us) for one in self._bucket.list(start)]

    def forget(
        self, there: Sequence[Stored], kept: frozenset[str], version: int
    ) -> tuple[int, int]:
        """Delete for good every other data file, every log entry before a version, every copy.

        What another machine is just putting there for a version of its own is not touched.
        """
        orphans, logs = sort_out(there, kept, version)
        lately = now_us(SystemClock()) - IN_FLIGHT_US
        named = "".join(
            self.log(one.log_number) or ""
            for one in there
            if one.path.endswith(".json") and one.log_number is not None and one.at_us >= lately
        )
        doomed = [one for one in orphans if one.at_us < lately or one.path in named]
        with self._copies.held(self.name, alone=True):
            self._bucket.delete(f"{self.name}/{one.path}" for one in (*doomed, *logs))
            shutil.rmtree(self.drafts, ignore_errors=True)
            self._drop(kept)
        return len(doomed), len(logs)

    def shorten(self, version: int, kept: int) -> int:
        """Nothing: a bucket lists from a version on, and other machines may be far behind."""
        del version, kept
        return 0

    def drop(self, kept: frozenset[str]) -> None:
        """Let go of copies of every other file."""
        with self._copies.held(self.name, alone=True):
            self._drop(kept)

    def release(self, paths: Iterable[str]) -> None:
        """Let go of copies of some files."""
        for path in paths:
            (self.folder / path).unlink(missing_ok=True)

    def _drop(self, kept: frozenset[str]) -> None:
        for path in self.folder.glob(f"{PART}=*/*"):
            if path.relative_to(self.folder).as_posix() not in kept:
                path.unlink(missing_ok=True)
        drop_empty(self.folder)


def _used(path: Path, now: int) -> bool:
    """Say whether a copy is there, and mark it as used (its content keeps its own instant)."""
    try:
        os.utime(path, ns=(now * 1_000, path.stat().st_mtime_ns))
    except FileNotFoundError:
        return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
