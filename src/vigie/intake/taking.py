"""What was taken from a folder, here or on another machine: each content once per name."""

from __future__ import annotations

import sqlite3
from typing import BinaryIO

from vigie.base.clock import Clock, now_us
from vigie.intake.journal import Journal


class TakenFiles:
    """The files of one folder that were journalled.

    Remembered in the journal's database in the same transaction as the message: a restart, or a
    kill at any instant, takes no file twice and misses none.
    """

    def __init__(self, folder: str, source: str, journal: Journal, clock: Clock) -> None:
        self._folder = folder
        self._source = source
        self._journal = journal
        self._clock = clock

    def knows(self, name: str, size: int, modified_ns: int) -> bool:
        """Say whether a file of this name, size and time of change was taken."""
        row = self._journal.database.row(
            "SELECT 1 FROM taken_files WHERE folder = ? AND name = ? AND size = ?"
            " AND modified_ns = ?",
            self._folder,
            name,
            size,
            modified_ns,
        )
        return row is not None

    def take(
        self, name: str, stream: BinaryIO, size: int, modified_ns: int, *, label: str = ""
    ) -> bool:
        """Journal a file; False when this very content was taken under this name.

        Args:
            name: Its name in the folder.
            stream: Its content.
            size: Bytes, as the folder tells.
            modified_ns: Time of change, as the folder tells.
            label: Name for people, when the name is not one.

        Raises:
            TooLarge, TooManyRequests, Unavailable: As ``Journal.submit``.
        """
        at = now_us(self._clock)

        def remember(connection: sqlite3.Connection, message_id: str, sha256: str) -> bool:
            known = connection.execute(
                "SELECT 1 FROM taken_files WHERE folder = ? AND name = ? AND sha256 = ?",
                (self._folder, name, sha256),
            ).fetchone()
            connection.execute(
                "INSERT INTO taken_files VALUES (?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (folder, name, sha256) DO UPDATE SET size = excluded.size,"
                " modified_ns = excluded.modified_ns",
                (self._folder, name, size, modified_ns, sha256, message_id, at),
            )
            return known is None

        return self._journal.submit_if(self._source, label or name, stream, remember).result()
