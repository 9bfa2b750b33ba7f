"""Watched folders: a file is taken once it stands still, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vigie.base.clock import Clock
from vigie.base.errors import NotFound
from vigie.base.logging import get_logger
from vigie.intake.connector import Connector
from vigie.intake.files import Found, open_regular, walk
from vigie.intake.journal import Journal
from vigie.intake.taking import TakenFiles
from vigie.model.notices import Reject

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Size and time of change of a file at the last look."""

    size: int
    modified_ns: int


class FolderWatcher:
    """Looks into a folder and journals each new file whose size and time have stopped changing.

    Nothing in the folder is moved or changed. A file whose content changes is taken again; records
    that it repeats are known by their ids.
    """

    def __init__(
        self,
        folder: Path,
        source: str,
        connector: Connector,
        journal: Journal,
        clock: Clock,
        *,
        refuse: Callable[[str, Found, Reject], None],
    ) -> None:
        self._folder = folder
        self._source = source
        self._connector = connector
        self._journal = journal
        self._taken = TakenFiles(str(folder), source, journal, clock)
        self._refuse = refuse
        self._seen: dict[str, _Seen] = {}
        self._refused: set[tuple[str, str]] = set()

    def look(self) -> list[str]:
        """Look once; returns the names of the files taken.

        Raises:
            Unavailable: When the journal cannot be written; the file is taken at a later look.
        """
        try:
            found = walk(
                [self._folder],
                self._connector.suffixes,
                max_bytes=self._journal.settings.max_file_bytes,
            )
        except NotFound:
            log.warning("watched folder is missing", source=self._source)
            return []
        taken = []
        present: dict[str, _Seen] = {}
        for one in found.files:
            if one.reject is not None:
                self._refuse_once(one, one.reject)
                continue
            seen = _look_at(one.path)
            if seen is None:
                continue
            present[one.name] = seen
            still = self._seen.get(one.name) == seen
            known = self._taken.knows(one.name, seen.size, seen.modified_ns)
            if still and not known and self._take(one, seen):
                taken.append(one.name)
        self._seen = present
        return taken

    def _refuse_once(self, one: Found, reject: Reject) -> None:
        key = (one.name, reject.code)
        if key not in self._refused:
            self._refused.add(key)
            self._refuse(self._source, one, reject)

    def _take(self, one: Found, seen: _Seen) -> bool:
        """Journal a file unless this very content was taken under this name."""
        stream = open_regular(one.path)
        if isinstance(stream, Reject):
            self._refuse_once(one, stream)
            return False
        with stream:
            return self._taken.take(one.name, stream, seen.size, seen.modified_ns)


def _look_at(path: Path) -> _Seen | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return _Seen(status.st_size, status.st_mtime_ns)
