"""One Delta table of the lake: versions, files, atomic changes.

Tables are written with reader protocol 1 and writer protocol 2, and nothing else is opened: a
file list says the whole truth only where no deletion vector can exist (engine reference, section
5).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, CommitProperties, RemoveAction

from vigie.base.clock import SystemClock, now_us
from vigie.base.errors import NotFound, StoreBroken
from vigie.lake.layout import PART, STATISTICS, DataFile, sync

PROTOCOL = (1, 2)
_SYNCERS = 16
_CONFIGURATION = {
    "delta.dataSkippingStatsColumns": ",".join(STATISTICS),
    "delta.logRetentionDuration": "interval 6 hours",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
}


@dataclass(frozen=True, slots=True)
class Version:
    """The files of a table at one version."""

    number: int
    files: tuple[DataFile, ...]


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """What one version of the log did to the rows."""

    version: int
    added: tuple[tuple[str, str], ...]
    removed_parts: frozenset[str]


class LakeTable:
    """A Delta table partitioned by ``part``.

    Reading is safe from any thread and any process. Changing it needs the lake's lock of the
    table, which the caller holds.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.folder = folder
        self.schema = schema
        self._guard = RLock()
        self._delta: DeltaTable | None = None
        self._current: Version | None = None

    @property
    def _log(self) -> Path:
        return self.folder / "_delta_log"

    def exists(self) -> bool:
        """Whether the table is on disk."""
        return self._log.is_dir() and any(self._log.glob("*.json"))

    def create(self) -> None:
        """Make the table, empty, unless it is there."""
        if self.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            str(self.folder),
            self.schema,
            mode="ignore",
            partition_by=[PART],
            configuration=dict(_CONFIGURATION),
        )

    def _load(self) -> DeltaTable:
        if not self.exists():
            raise NotFound(what="table", name=self.folder.name)
        try:
            delta = DeltaTable(str(self.folder))
        except DeltaError as error:
            if self._drop_torn():
                return self._load()
            raise StoreBroken(reason=f"table {self.folder.name}: {error}") from error
        protocol = delta.protocol()
        found = (protocol.min_reader_version, protocol.min_writer_version)
        if found != PROTOCOL:
            raise StoreBroken(reason=f"table {self.folder.name}: Delta protocol {found}")
        return delta

    def _drop_torn(self) -> bool:
        """Take back a newest log entry that a power cut left torn: it was never acknowledged."""
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

    def _log_path(self, version: int) -> Path:
        return self._log / f"{version:020d}.json"

    def current(self) -> Version:
        """Return the latest version, reading only what is new since the last call."""
        with self._guard:
            known = self._current
            if self._delta is None or known is None or not self._log_path(known.number).exists():
                self._delta = self._load()
            elif self._log_path(known.number + 1).exists():
                self._delta.update_incremental()
            else:
                return known
            number = self._delta.version()
            if known is None or number != known.number:
                known = self._current = Version(number, _files_of(self._delta))
            return known

    def commit(
        self,
        add: Sequence[DataFile],
        remove: Sequence[DataFile],
        *,
        metadata: dict[str, Any],
        data_change: bool = True,
    ) -> Version:
        """Add and remove files in one atomic version; the caller holds the table's lock.

        Args:
            add: Files already written under the folder.
            remove: Files of the current version.
            metadata: Kept in the log beside the version; never identifying.
            data_change: False when the rows stay the same (compaction).

        Returns:
            The version made.
        """
        with self._guard:
            before = self.current()
            now_ms = now_us(SystemClock()) // 1_000  # the machine's: vacuum compares with it
            actions: list[AddAction | RemoveAction] = [
                RemoveAction(f.path, data_change, now_ms, f.size, {PART: f.part}) for f in remove
            ]
            actions += [
                AddAction(f.path, f.size, {PART: f.part}, now_ms, data_change, f.stats())
                for f in add
            ]
            delta = self._delta
            if delta is None:
                raise StoreBroken(reason=f"table {self.folder.name} is not loaded")
            # A log entry that names files must not outlive a power cut without their names.
            parts = {f.part for f in add}
            self._sync([*(self.folder / f"{PART}={part}" for part in parts), self.folder])
            delta.create_write_transaction(
                actions,
                "append",
                self.schema,
                partition_by=[PART],
                commit_properties=CommitProperties(custom_metadata=metadata, max_commit_retries=0),
            )
            delta.update_incremental()
            self._sync([self._log_path(delta.version()), self._log])
            gone = {f.path for f in remove}
            files = (*(f for f in before.files if f.path not in gone), *add)
            self._current = Version(delta.version(), files)
            return self._current

    @staticmethod
    def _sync(paths: Sequence[Path]) -> None:
        """Have files, or the names in folders, on disk."""
        with ThreadPoolExecutor(min(len(paths), _SYNCERS)) as pool:
            list(pool.map(sync, paths))

    def changes(self, after: int) -> list[LoggedChange] | None:
        """Return what each version after one did, or None when its log is no longer there."""
        found = []
        for number in range(after + 1, self.current().number + 1):
            path = self._log_path(number)
            if not path.exists():
                return None
            added, removed = [], set()
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                if "add" in entry and entry["add"]["dataChange"]:
                    added.append((entry["add"]["path"], entry["add"]["partitionValues"][PART]))
                elif "remove" in entry and entry["remove"]["dataChange"]:
                    removed.add(str(entry["remove"]["path"]).split("/")[0].removeprefix(f"{PART}="))
            found.append(LoggedChange(number, tuple(added), frozenset(removed)))
        return found

    def vacuum(self, hours: int) -> int:
        """Delete files that no version of the last hours holds; returns how many went."""
        with self._guard:
            self.current()
            if self._delta is None:
                return 0
            gone = self._delta.vacuum(
                retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True
            )
            self._delta = None
            return len(gone)

    def forget_history(self) -> tuple[int, int]:
        """Delete every data file and log entry that the current version does not need.

        Earlier versions can no longer be read: this is what makes an erasure one.

        Returns:
            Data files and log files deleted.
        """
        with self._guard:
            version = self.current()
            delta = self._delta
            if delta is None:
                return 0, 0
            delta.create_checkpoint()
            kept = {self.folder / f.path for f in version.files}
            orphans = [p for p in self.folder.glob(f"{PART}=*/*") if p not in kept]
            logs = [
                p
                for p in self._log.iterdir()
                if p.name[:20].isdigit() and int(p.name[:20]) < version.number
            ]
            for path in (*orphans, *logs):
                path.unlink(missing_ok=True)
            for folder in self.folder.glob(f"{PART}=*"):
                if not any(folder.iterdir()):
                    folder.rmdir()
            self._delta = None
            self._current = None
            return len(orphans), len(logs)


def _files_of(delta: DeltaTable) -> tuple[DataFile, ...]:
    actions = pa.table(delta.get_add_actions(flatten=True))
    names = set(actions.column_names)

    def column(name: str) -> list[Any]:
        return actions[name].to_pylist() if name in names else [None] * actions.num_rows

    return tuple(
        DataFile(*row)
        for row in zip(
            column("path"),
            column(f"partition.{PART}"),
            column("num_records"),
            column("size_bytes"),
            column("min.cell"),
            column("max.cell"),
            strict=True,
        )
    )
