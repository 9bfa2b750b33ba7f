"""The journal: what was acknowledged is on disk, in order, until it has been processed.

A message is a payload as received. Small payloads lie in the database, larger ones in the spool by
content hash: file and folder are flushed before the row is written, and the row before the caller
is answered. Files named on the command line are copied to the spool in the same way rather than
referred to: a replay then reads what was read, even if the file has changed or gone since.

Who processes a message owns it. An owner holds a file lock for as long as its process lives, so
that what a killed process held is free again at once, and two processes on one home (a server and
a command line) never process the same message at the same time.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import BinaryIO, TypeVar

from vigie.base.clock import Clock, leapt_us, now_us
from vigie.base.errors import NotFound, TooLarge, Unavailable
from vigie.base.ids import new_id
from vigie.base.settings import IntakeSettings
from vigie.intake.admitting import Admission
from vigie.intake.between.parcel import Parcel
from vigie.intake.between.relay import Relay
from vigie.intake.between.rows import RELAYED
from vigie.intake.database import Database
from vigie.intake.entry import COLUMNS, Message, message_of
from vigie.intake.older import seal_older
from vigie.intake.owning import Owner
from vigie.intake.retention import prune
from vigie.intake.sealing import PAYLOAD, Sealed, Sealing, Unsealed, key_of, oldest_kept
from vigie.intake.spool import Spool, Spooled
from vigie.keys.keeper import Keeper

INLINE_BYTES = 32 * 1024
SUSPECT = 3
PENDING, DONE, FAILED = "pending", "done", "failed"

Condition = Callable[[sqlite3.Connection, str, str], bool]
"""Given the transaction, the message's id and its content's hash: whether to append it."""

_Label = tuple[str, str, str, int]
"""Feed, name, media type and instant of receipt (epoch µs)."""
_Entry = tuple[Callable[[sqlite3.Connection], str], Unsealed | None, Parcel | None]
"""The job that inserts a message, what is sealed before, what is passed on after."""
T = TypeVar("T")

_INSERT = """
INSERT INTO messages
    (message_id, source, name, media, received_us, sha256, size, spool, owner, payload, sealed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
"""


class Journal:
    """Messages on disk: append, own, read, finish, prune.

    Attributes:
        relay: Passes on what is appended, to be answered for once it is elsewhere, too.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        *,
        settings: IntakeSettings,
        clock: Clock,
        keys: Keeper,
    ) -> None:
        self.folder = folder
        self.database = database
        self.settings = settings
        spool = Path(settings.spool_dir) if settings.spool_dir else folder / "spool"
        self.spool = Spool(spool, keys)
        self.sealing = Sealing(keys)
        database.seal = self.sealing.seal_all
        seal_older(database, self.spool, self.sealing)
        self._clock = clock
        self._guard = threading.Lock()
        self._last_us = 0
        self.admission = Admission(
            *(settings, self.spool.folder, INLINE_BYTES, self.backlog), home=folder.parent
        )
        self.relay: Relay | None = None
        self._owner = Owner(folder / "owners", database)
        self._owner.recover(but=(RELAYED,))

    def close(self) -> None:
        """Give back what this process owns."""
        self.admission.refusals.keep()
        self._owner.close()

    def recover(self) -> int:
        """Free what dead processes owned; returns how many messages."""
        return self._owner.recover(but=() if self.relay is None else (RELAYED,))

    # --- Appending -----------------------------------------------------------------------------

    def submit(
        self, source: str, name: str, content: bytes, media: str = "", *, own: bool = False
    ) -> Future[str]:
        """Append a message; the future gives its id once it is on disk.

        Args:
            source: Feed.
            name: Message name, already made safe.
            content: Payload.
            media: Media type.
            own: Keep it for this process (a command that processes it itself).

        Raises:
            TooLarge: When the payload is above ``max_file_bytes``.
            TooManyRequests: When the backlog is full.
            Unavailable: When the disk is nearly full or refuses.
        """
        run, unsealed, parcel = self._entry(source, name, content, media, own=own)
        return self._passed_on(self.database.submit(run, unsealed), parcel, unsealed)

    def submit_from_loop(
        self, source: str, name: str, content: bytes, media: str = ""
    ) -> asyncio.Future[str]:
        """Append a small message from an event loop; see ``submit``."""
        run, unsealed, parcel = self._entry(source, name, content, media, own=False)
        if parcel is None:
            return self.database.submit_from_loop(run, unsealed)
        written = self.database.submit(run, unsealed)
        return asyncio.wrap_future(self._passed_on(written, parcel, unsealed))

    def _passed_on(
        self, written: Future[T], parcel: Parcel | None, unsealed: Unsealed | None = None
    ) -> Future[T]:
        if parcel is None or self.relay is None:
            return written
        return self.relay.pass_on(written, parcel, unsealed)

    def _entry(self, source: str, name: str, content: bytes, media: str, *, own: bool) -> _Entry:
        if len(content) > self.settings.max_file_bytes:
            raise TooLarge(limit=self.settings.max_file_bytes)
        self._admit(len(content), "" if own else source, own=own)
        at = self._receipt_us()
        if len(content) > INLINE_BYTES:
            kept, payload = self.spool.put(content, key_of(source, at)), None
        else:
            kept = Spooled("", hashlib.sha256(content).hexdigest(), len(content))
            payload = content
        return self._insertion((source, name, media, at), kept, payload, own=own)

    def _admit(self, size: int, source: str = "", *, own: bool) -> None:
        self.admission.admit(size, source)
        if self.relay is not None and not own:
            self.relay.require()

    def submit_stream(
        self, source: str, name: str, stream: BinaryIO, media: str = "", *, own: bool = False
    ) -> Future[str]:
        """Append a message from a stream, through the spool; raises as ``submit``."""
        self._admit(0, own=own)
        at = self._receipt_us()
        limit = self.settings.max_file_bytes
        spooled = self.spool.copy(stream, key_of(source, at), limit=limit)
        run, _, parcel = self._insertion((source, name, media, at), spooled, None, own=own)
        return self._passed_on(self.database.submit(run), parcel)

    def submit_if(
        self, source: str, name: str, stream: BinaryIO, condition: Condition
    ) -> Future[bool]:
        """Append a message unless ``condition`` says no, in one transaction with what it writes.

        Raises:
            TooLarge, TooManyRequests, Unavailable: As ``submit``.
        """
        self._admit(0, own=False)
        at = self._receipt_us()
        kept = self.spool.copy(stream, key_of(source, at), limit=self.settings.max_file_bytes)
        message_id = new_id("msg")
        label = (source, name, "", at)
        insert, _, parcel = self._insertion(label, kept, None, own=False, known=message_id)

        def insert_if(connection: sqlite3.Connection) -> bool:
            if not condition(connection, message_id, kept.sha256):
                return False
            insert(connection)
            return True

        return self._passed_on(self.database.submit(insert_if), parcel)

    def _insertion(
        self, label: _Label, kept: Spooled, payload: bytes | None, *, own: bool, known: str = ""
    ) -> _Entry:
        """Return the job that inserts a new message, what is to be sealed and what is passed on."""
        message_id, owner, parcel = known or new_id("msg"), None, None
        if own:
            owner = self._owner.name
        elif self.relay is not None:
            owner = RELAYED
            parcel = Parcel(message_id, *label, kept.sha256, kept.size, kept.name)
        source, _, _, at = label
        unsealed = None if payload is None else Unsealed(key_of(source, at), message_id, payload)
        values = (message_id, *label, kept.sha256, kept.size, kept.name or None, owner)

        def insert(connection: sqlite3.Connection) -> str:
            connection.execute(_INSERT, (*values, unsealed.sealed if unsealed else None))
            return message_id

        self.admission.note(1)
        return insert, unsealed, parcel

    def _receipt_us(self) -> int:
        """Return the time of receipt, unique within this process: it tells messages apart."""
        with self._guard:
            self._last_us = max(now_us(self._clock), self._last_us + 1)
            return self._last_us

    # --- Owning and finishing ------------------------------------------------------------------

    def backlog(self) -> int:
        """Return how many messages wait."""
        row = self.database.row("SELECT count(*) AS n FROM messages WHERE state = 'pending'")
        return int(row["n"]) if row else 0

    def waiting_sources(self) -> list[str]:
        """Return the sources with messages that nobody owns, sorted."""
        found = self.database.rows(
            "SELECT DISTINCT source FROM messages WHERE state = 'pending' AND owner IS NULL"
            " ORDER BY source"
        )
        return [row["source"] for row in found]

    def claim(self, source: str, *, limit: int, limit_bytes: int) -> list[Message]:
        """Own the oldest waiting messages of a source, at least one if there is any.

        A message whose processing was begun three times without an end is claimed alone.
        """

        def own(connection: sqlite3.Connection) -> list[Message]:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM messages"  # noqa: S608  our own column list
                " WHERE state = 'pending' AND owner IS NULL AND source = ? ORDER BY seq LIMIT ?",
                (source, limit),
            )
            taken: list[Message] = []
            size = 0
            for row in rows:
                message = message_of(row)
                size += message.size
                alone = message.attempts >= SUSPECT
                if taken and (size > limit_bytes or alone or taken[0].attempts >= SUSPECT):
                    break
                taken.append(message)
            connection.executemany(
                "UPDATE messages SET owner = ?, attempts = attempts + 1 WHERE seq = ?",
                [(self._owner.name, message.seq) for message in taken],
            )
            return taken

        return self.database.write(own)

    def release(self, messages: Sequence[Message], *, begun: bool = False) -> None:
        """Give messages back unprocessed (the lake is away for now).

        Args:
            messages: Owned by this process.
            begun: Whether it counts as an attempt; it does not, where they were claimed.
        """
        attempts = "max(attempts, 1)" if begun else "max(attempts - 1, 0)"
        free = f"UPDATE messages SET owner = NULL, attempts = {attempts}"  # noqa: S608
        free += " WHERE seq = ? AND state = 'pending'"
        values = [(message.seq,) for message in messages]
        self.database.write(lambda c: c.executemany(free, values).rowcount)

    @staticmethod
    def finish_within(
        connection: sqlite3.Connection, messages: Sequence[Message], state: str, batch_id: str
    ) -> None:
        """Mark messages as processed, within the caller's transaction."""
        connection.executemany(
            "UPDATE messages SET state = ?, owner = NULL, batch_id = ? WHERE seq = ?",
            [(state, batch_id, message.seq) for message in messages],
        )

    def forget_backlog(self, n: int) -> None:
        """Note that ``n`` messages no longer wait."""
        self.admission.note(-n)

    # --- Reading -------------------------------------------------------------------------------

    def get(self, message_id: str) -> Message:
        """Return a message.

        Raises:
            NotFound: When there is none of that id (or it was pruned).
        """
        row = self.database.row(
            f"SELECT {COLUMNS} FROM messages WHERE message_id = ?",  # noqa: S608
            message_id,
        )
        if row is None:
            raise NotFound(what="message", name=message_id)
        return message_of(row)

    def get_many(self, message_ids: Sequence[str]) -> list[Message]:
        """Return messages by id, in the order asked; those not there are left out."""
        found: dict[str, Message] = {}
        for start in range(0, len(message_ids), 500):
            some = message_ids[start : start + 500]
            marks = ", ".join("?" * len(some))
            for row in self.database.rows(
                f"SELECT {COLUMNS} FROM messages WHERE message_id IN ({marks})",  # noqa: S608
                *some,
            ):
                found[row["message_id"]] = message_of(row)
        return [found[message_id] for message_id in message_ids if message_id in found]

    def find_by_receipt(self, batch_id: str, received_us: int) -> Message | None:
        """Return the message that a record of a batch came by, from its time of receipt."""
        row = self.database.row(
            f"SELECT {COLUMNS} FROM messages WHERE batch_id = ? AND received_us = ?",  # noqa: S608
            batch_id,
            received_us,
        )
        return message_of(row) if row else None

    def processed(self, source: str | None, after_seq: int, limit: int) -> list[Message]:
        """Return processed messages whose payload is still kept, in order (replay)."""
        rows = self.database.rows(
            f"SELECT {COLUMNS} FROM messages WHERE state <> 'pending' AND seq > ?"  # noqa: S608
            " AND (payload IS NOT NULL OR spool IS NOT NULL) AND (?2 IS NULL OR source = ?2)"
            " ORDER BY seq LIMIT ?3",
            after_seq,
            source,
            limit,
        )
        return [message_of(row) for row in rows]

    def open(self, message: Message) -> BinaryIO:
        """Open the payload of a message as a seekable stream.

        Raises:
            Unavailable: When the payload has expired.
        """
        if message.spool is not None:
            key = key_of(message.source, message.received_us)
            return self.spool.open(message.spool, key, message.size)
        content = self.payloads([message]).get(message.seq)
        if content is None:
            raise Unavailable(what="payload")
        return io.BytesIO(content)

    def payloads(self, messages: Sequence[Message]) -> dict[int, bytes]:
        """Return the contents of small messages of consecutive order, by ``seq``, in one read."""
        if not messages:
            return {}
        rows = self.database.rows(
            "SELECT seq, payload FROM messages WHERE seq BETWEEN ? AND ? AND payload IS NOT NULL",
            messages[0].seq,
            messages[-1].seq,
        )
        kept = {row["seq"]: row["payload"] for row in rows}
        found = self.sealing.open_all(
            PAYLOAD,
            (
                Sealed(m.source, m.received_us, m.message_id, kept[m.seq])
                for m in messages
                if m.seq in kept
            ),
        )
        return {m.seq: found[m.message_id] for m in messages if m.message_id in found}

    def prune(self, *, before_us: int) -> int:
        """Drop what may go: processed before an instant, or above ``max_journal_bytes``.

        Returns how many messages were dropped.
        """
        return prune(
            self.database,
            self.spool,
            before_us=before_us,
            max_bytes=self.settings.max_journal_bytes,
            now_us=now_us(self._clock) + min(0, leapt_us(self._clock)),  # files bear its time
        )

    def forget_keys(self, *, before_us: int) -> int:
        """Destroy the keys of days before ``before_us`` of which nothing is left; returns how many.

        Raises:
            Unavailable: When the keeper of keys refuses: it is done another time.
        """
        return self.sealing.forget_keys(before_us, oldest_kept(self.database.reader()))
