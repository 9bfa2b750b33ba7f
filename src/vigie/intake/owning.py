"""Who processes which message: owners that are alive for as long as they hold a file lock."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from pathlib import Path

import filelock

from vigie.base.errors import Unavailable
from vigie.base.ids import new_id
from vigie.intake.database import Database

_FREE = (
    "UPDATE messages SET owner = NULL, attempts = max(attempts, 1)"
    " WHERE state = 'pending' AND owner = ?"
)


class Owner:
    """This process, as an owner of messages.

    The operating system lets go of the lock when the process ends, however it ends: whoever can
    take another owner's lock knows that it is dead, and frees what it owned.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.name = new_id("owner")
        self._folder = folder
        self._database = database
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = filelock.FileLock(folder / self.name)
        self._lock.acquire(timeout=0)

    def close(self) -> None:
        """Give back what this process owns, and end as an owner."""
        with contextlib.suppress(Unavailable):
            self._free(self.name)
        self._lock.release()
        (self._folder / self.name).unlink(missing_ok=True)

    def recover(self, but: Collection[str] = ()) -> int:
        """Free what dead owners owned; returns how many messages.

        Args:
            but: Owners that are no processes of this machine.
        """
        rows = self._database.rows(
            "SELECT DISTINCT owner FROM messages WHERE state = 'pending' AND owner IS NOT NULL"
        )
        names = {row["owner"] for row in rows} | {path.name for path in self._folder.iterdir()}
        return sum(self._recover(name) for name in sorted(names - {self.name, *but}))

    def _recover(self, name: str) -> int:
        path = self._folder / Path(name).name
        lock = filelock.FileLock(path)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            return 0
        try:
            freed = self._free(name)
            path.unlink(missing_ok=True)
        finally:
            lock.release()
        return freed

    def _free(self, name: str) -> int:
        return self._database.write(lambda c: c.execute(_FREE, (name,)).rowcount)
