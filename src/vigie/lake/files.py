"""Where the files of a table stand: in a folder, or elsewhere with a folder to read them from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vigie.lake.layout import PART, sync

LOG = "_delta_log"
CHECKPOINT = ".checkpoint"
IN_FLIGHT_US = 600_000_000
"""A file of shared storage that no version names may still get one for as long as this."""
_SYNCERS = 16


def log_name(version: int) -> str:
    """Return the name of a version's entry in the log."""
    return f"{version:020d}.json"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of a table as it is listed: its path, and when it came there (epoch µs)."""

    path: str
    at_us: int

    @property
    def log_number(self) -> int | None:
        """The version that a file of the log is of."""
        head = self.path.removeprefix(f"{LOG}/")[:20]
        return int(head) if self.path.startswith(f"{LOG}/") and head.isdigit() else None


class TableFiles(Protocol):
    """The files of one Delta table.

    Attributes:
        name: The table's.
        folder: Where data files are read, once ``at_hand``.
        drafts: Where new data files are written before ``keep``.
        shared: Whether writers of other machines may commit between two of ours.
    """

    name: str
    folder: Path
    drafts: Path
    shared: bool

    @property
    def uri(self) -> str:
        """Where ``deltalake`` finds the table."""
        ...

    @property
    def options(self) -> dict[str, str] | None:
        """How ``deltalake`` reaches it."""
        ...

    def exists(self) -> bool:
        """Say whether the table has a log."""
        ...

    def standing(self, version: int) -> tuple[bool, bool]:
        """Say whether the log has a version, and whether it has the next one."""
        ...

    def log(self, version: int) -> str | None:
        """Return a version's entry in the log."""
        ...

    def take(self, path: str, target: Path) -> bool:
        """Write a file as it stands to another place; False when it is not there."""
        ...

    def at_hand(self, paths: Sequence[str]) -> None:
        """Have data files in ``folder``.

        Raises:
            Conflict: When one is gone for good: the version that held it is over.
        """
        ...

    def gone(self, paths: Iterable[str]) -> bool:
        """Say whether a data file is gone for good."""
        ...

    def keep(self, paths: Sequence[str]) -> None:
        """Have drafts where readers of all machines find them, before a version names them."""
        ...

    def committed(self, version: int, paths: Sequence[str]) -> None:
        """Have a version and what it added on disk, before it is acknowledged."""
        ...

    def discard(self, paths: Iterable[str]) -> None:
        """Delete kept files that no version names after all."""
        ...

    def drop_torn(self) -> bool:
        """Take back a newest log entry that a power cut left torn; says whether there was one."""
        ...

    def listing(self) -> list[Stored]:
        """Return every data file and log entry that is there."""
        ...

    def forget(
        self, there: Sequence[Stored], kept: frozenset[str], version: int
    ) -> tuple[int, int]:
        """Delete for good every other data file and every log entry before a version.

        Args:
            there: What was listed before the version was read.
            kept: Data files of the version.
            version: Its number.
        """
        ...

    def shorten(self, version: int, kept: int) -> int:
        """Delete the entries of the log that nobody needs who follows it; returns how many went.

        Args:
            version: The table's version.
            kept: So many versions keep their entries at least.
        """
        ...

    def drop(self, kept: frozenset[str]) -> None:
        """Let go of local copies of other files; what stands elsewhere stays."""
        ...

    def release(self, paths: Iterable[str]) -> None:
        """Let go of local copies of some files."""
        ...


class FolderFiles:
    """The files of a table in a folder of this machine: at hand as they are.

    Args:
        folder: The table's folder.
    """

    shared = False

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.folder = self.drafts = folder
        self._log = folder / LOG

    @property
    def uri(self) -> str:
        """The folder."""
        return str(self.folder)

    @property
    def options(self) -> dict[str, str] | None:
        """None are needed."""
        return None

    def exists(self) -> bool:
        """Say whether the table is on disk."""
        return self._log.is_dir() and any(self._log.glob("*.json"))

    def standing(self, version: int) -> tuple[bool, bool]:
        """Say whether the log has a version, and whether it has the next one."""
        here = (self._log / log_name(version)).exists()
        return here, (self._log / log_name(version + 1)).exists()

    def log(self, version: int) -> str | None:
        """Return a version's entry in the log."""
        path = self._log / log_name(version)
        return path.read_text(encoding="utf-8") if path.exists() else None

    def take(self, path: str, target: Path) -> bool:
        """Write a file as it stands to another place; False when it is not there."""
        try:
            shutil.copyfile(self.folder / path, target)
        except FileNotFoundError:
            return False
        return True

    def at_hand(self, paths: Sequence[str]) -> None:
        """They are."""

    def gone(self, paths: Iterable[str]) -> bool:
        """Say whether a data file is gone."""
        return any(not (self.folder / path).exists() for path in paths)

    def keep(self, paths: Sequence[str]) -> None:
        """Have every new name on disk: no log entry outlives a power cut without its files."""
        _sync([*{(self.folder / path).parent for path in paths}, self.folder])

    def committed(self, version: int, paths: Sequence[str]) -> None:  # noqa: ARG002 (kept before)
        """Have the log entry on disk."""
        _sync([self._log / log_name(version), self._log])

    def drop_torn(self) -> bool:
        """Take back a newest log entry that is no JSON: it was never acknowledged."""
        *before, newest = sorted(self._log.glob("*.json"))
        try:
            for line in newest.read_text(encoding="utf-8").splitlines():
                json.loads(line)
        except ValueError:
            if before:
                newest.unlink(missing_ok=True)
                sync(self._log)
            return bool(before)
        return False

    def discard(self, paths: Iterable[str]) -> None:
        """Delete files that no version names after all."""
        for path in paths:
            (self.folder / path).unlink(missing_ok=True)

    def listing(self) -> list[Stored]:
        """Return every data file and log entry; nobody else is writing now."""
        found = [*self.folder.glob(f"{PART}=*/*"), *self._log.iterdir()]
        return [Stored(path.relative_to(self.folder).as_posix(), 0) for path in found]

    def forget(
        self, there: Sequence[Stored], kept: frozenset[str], version: int
    ) -> tuple[int, int]:
        """Delete for good every other data file and every log entry before a version."""
        orphans, logs = sort_out(there, kept, version)
        self._keep_checkpoint(version)
        for one in (*orphans, *logs):
            (self.folder / one.path).unlink(missing_ok=True)
        drop_empty(self.folder)
        return len(orphans), len(logs)

    def shorten(self, version: int, kept: int) -> int:
        """Delete the entries before a checkpoint that lies so many versions back.

        Whoever follows a log lists all of it at each new version: what that costs, in time and in
        memory, must not grow with the day.
        """
        there = [Stored(f"{LOG}/{one.name}", 0) for one in self._log.iterdir()]
        points = [one.log_number for one in there if CHECKPOINT in one.path]
        floor = max((n for n in points if n is not None and n <= version - kept), default=0)
        logs = sort_out(there, frozenset(), floor)[1]
        if logs:
            self._keep_checkpoint(floor)
        for one in logs:
            (self.folder / one.path).unlink(missing_ok=True)
        return len(logs)

    def _keep_checkpoint(self, version: int) -> None:
        """Have a version's checkpoint on disk before the entries it stands for go."""
        points = list(self._log.glob(f"{version:020d}{CHECKPOINT}*"))
        _sync([*points, self._log])

    def drop(self, kept: frozenset[str]) -> None:
        """Nothing: these are no copies."""

    def release(self, paths: Iterable[str]) -> None:
        """Nothing: these are no copies."""


def _sync(paths: Sequence[Path]) -> None:
    """Have files, or the names in folders, on disk."""
    with ThreadPoolExecutor(min(len(paths), _SYNCERS)) as pool:
        list(pool.map(sync, paths))


def sort_out(
    there: Sequence[Stored], kept: frozenset[str], version: int
) -> tuple[list[Stored], list[Stored]]:
    """Return the data files that a version does not hold, and the log entries before it."""
    orphans = [one for one in there if one.path.startswith(f"{PART}=") and one.path not in kept]
    logs = [one for one in there if one.log_number is not None and one.log_number < version]
    return orphans, logs


def drop_empty(folder: Path) -> None:
    """Remove the folders of parts that hold nothing any more."""
    for part in folder.glob(f"{PART}=*"):
        if not any(part.iterdir()):
            part.rmdir()
