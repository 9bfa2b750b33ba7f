"""One Delta table of the lake: versions, files, atomic changes.

Tables are written with reader protocol 1 and writer protocol 2, and nothing else is opened: a
file list says the whole truth only where no deletion vector can exist (engine reference, section
5).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.transaction import AddAction, CommitProperties, RemoveAction

from vigie.base.clock import SystemClock, now_us
from vigie.base.errors import Conflict, NotFound, StoreBroken, Unavailable
from vigie.base.ids import new_id
from vigie.lake.files import IN_FLIGHT_US, TableFiles
from vigie.lake.layout import PART, STATISTICS, DataFile, read_files
from vigie.lake.sources import Source

PROTOCOL = (1, 2)
_OURS = "vigie.commit"
LOG_EVERY = LOG_KEPT = 100
"""Versions between two looks whether the log of a folder can be shortened, as between checkpoints,
and versions whose entries stay: who is further behind reads a checkpoint."""
LONGEST_COMMIT_US = IN_FLIGHT_US // 2
"""From a file's arrival in shared storage to the version that names it, at most."""
_CONFIGURATION = {
    "delta.dataSkippingStatsColumns": ",".join(STATISTICS),
    "delta.logRetentionDuration": "interval 6 hours",
    "delta.deletedFileRetentionDuration": "interval 1 hours",
}


class Overtaken(Conflict):
    """A writer of another machine made the version first: look again, decide again."""


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """The files of a table at one version; equal to itself only, so that it is a cheap key."""

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

    def __init__(self, files: TableFiles, schema: pa.Schema) -> None:
        self.files = files
        self.schema = schema
        self._guard = RLock()
        self._delta: DeltaTable | None = None
        self._current: Version | None = None
        self._pinned = False
        self.without: Callable[[], frozenset[str]] = frozenset
        """Says which columns are not kept: what comes for them is null in the table."""

    @property
    def name(self) -> str:
        """Its kind of rows."""
        return self.files.name

    @property
    def drafts(self) -> Path:
        """Where ``layout.write_sorted`` puts new files, before ``commit`` names them."""
        return self.files.drafts

    def exists(self) -> bool:
        """Whether the table is there."""
        return self.files.exists()

    def create(self) -> None:
        """Make the table, empty, unless it is there."""
        if self.exists():
            return
        self.files.folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(
            self.files.uri,
            self.schema,
            mode="ignore",
            partition_by=[PART],
            configuration=dict(_CONFIGURATION),
            storage_options=self.files.options,
        )

    def path(self, file: DataFile) -> Path:
        """Return where a data file of a version can be read."""
        self.files.at_hand([file.path])
        return self.files.folder / file.path

    def read(self, files: Sequence[DataFile]) -> pa.Table:
        """Return the rows of some data files, complete with their part."""
        self.files.at_hand([file.path for file in files])
        return read_files(self.files.folder, self.schema, files)

    def source(self, files: Iterable[DataFile]) -> Source:
        """Return some data files as an engine reads them."""
        return Source(self.files, self.schema, tuple(files))

    def _load(self) -> DeltaTable:
        if not self.exists():
            raise NotFound(what="table", name=self.name)
        try:
            delta = DeltaTable(self.files.uri, storage_options=self.files.options)
        except DeltaError as error:
            if self.files.drop_torn():
                return self._load()
            raise StoreBroken(reason=f"table {self.name}: {error}") from error
        protocol = delta.protocol()
        found = (protocol.min_reader_version, protocol.min_writer_version)
        if found != PROTOCOL:
            raise StoreBroken(reason=f"table {self.name}: Delta protocol {found}")
        return delta

    def current(self) -> Version:
        """Return the latest version, reading only what is new since the last call."""
        with self._guard:
            known = self._current
            if self._pinned and known is not None and self._delta is not None:
                return known
            here, more = self.files.standing(known.number) if known else (False, False)
            if self._delta is None or known is None or not here:
                self._delta, known = self._load(), None
            elif more:
                try:
                    self._delta.update_incremental()
                except DeltaError:  # its log was shortened between the two looks
                    self._delta, known = self._load(), None
            else:
                return known
            now = self._current = Version(self._delta.version(), _files_of(self._delta))
            if known is None:
                self.tidy()
            else:
                self.files.release({f.path for f in known.files} - {f.path for f in now.files})
            return now

    @contextmanager
    def pinned(self) -> Iterator[None]:
        """Decide on one version: what other machines commit meanwhile makes ours be overtaken."""
        self.current()
        self._pinned = self.files.shared
        try:
            yield
        finally:
            self._pinned = False

    def tidy(self) -> None:
        """Let go of local copies of all that the table's version does not hold."""
        if self._current is not None:
            self.files.drop(frozenset(file.path for file in self._current.files))

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
            begun = now_us(SystemClock())  # the machine's: vacuum compares with it
            now_ms = begun // 1_000
            actions: list[AddAction | RemoveAction] = [
                RemoveAction(f.path, data_change, now_ms, f.size, {PART: f.part}) for f in remove
            ]
            actions += [
                AddAction(f.path, f.size, {PART: f.part}, now_ms, data_change, f.stats())
                for f in add
            ]
            names, token = [f.path for f in add], new_id()
            self.files.keep(names)
            try:
                number = self._put_version(
                    actions, {**metadata, _OURS: token}, begun, before.number
                )
            except Overtaken:
                self.files.discard(names)
                raise
            self.files.committed(number, names)
            gone = {f.path for f in remove}
            self.files.release(gone)
            files = (*(f for f in before.files if f.path not in gone), *add)
            self._current = Version(number, files)
            if number % LOG_EVERY == 0:
                self.files.shorten(number, LOG_KEPT)
            return self._current

    def _put_version(
        self,
        actions: list[AddAction | RemoveAction],
        metadata: dict[str, Any],
        begun: int,
        before: int,
    ) -> int:
        """Write the log's entry of the next version; returns its number.

        Raises:
            Overtaken: When a writer of another machine made that version, or when what was kept
                for it has waited for so long that another machine may take it for a leftover.
        """
        delta, number = self._delta, before + 1
        if delta is None:
            raise StoreBroken(reason=f"table {self.name} is not loaded")
        late = now_us(SystemClock()) - begun > LONGEST_COMMIT_US
        if self.files.shared and (late or delta.version() != before):
            raise Overtaken(what="table", name=self.name)
        try:
            delta.create_write_transaction(
                actions,
                "append",
                self.schema,
                partition_by=[PART],
                commit_properties=CommitProperties(custom_metadata=metadata, max_commit_retries=0),
            )
        except DeltaError as error:
            if not self.files.shared:
                raise
            if metadata[_OURS] not in (self.files.log(number) or ""):  # else the answer was lost
                if isinstance(error, CommitFailedError):
                    raise Overtaken(what="table", name=self.name) from error
                raise Unavailable(str(error), what=f"lake table {self.name}") from error
        delta.update_incremental()
        return number

    def changes(self, after: int) -> list[LoggedChange] | None:
        """Return what each version after one did, or None when its log is no longer there."""
        found = []
        for number in range(after + 1, self.current().number + 1):
            text = self.files.log(number)
            if text is None:
                return None
            added, removed = [], set()
            for line in text.splitlines():
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
            self._pinned = False
            there = self.files.listing()  # before the version: what comes later is not in it
            version = self.current()
            delta = self._delta
            if delta is None:
                return 0, 0
            delta.create_checkpoint()
            gone = self.files.forget(
                there, frozenset(f.path for f in version.files), version.number
            )
            self._delta = None
            self._current = None
            return gone


def _files_of(delta: DeltaTable) -> tuple[DataFile, ...]:
    told = delta.get_add_actions(flatten=True)
    actions = pa.RecordBatchReader.from_stream(told).read_all()  # `pa.table` would load pandas
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
