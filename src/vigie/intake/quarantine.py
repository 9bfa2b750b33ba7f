"""Quarantine: what was refused, why and where, kept for a few days, ready to be tried again.

A refused row may hold personal data: it is readable only here, for ``quarantine_days``; then its
content is wiped and only the reason stays, so that counts still add up.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound
from vigie.base.house_clock import stamped_us
from vigie.base.translations import translate
from vigie.intake.database import Database
from vigie.intake.entry import Message
from vigie.intake.retention import STEP, tell_within
from vigie.intake.sealing import REFUSED, Sealed, Sealing, Unsealed, key_of
from vigie.model.notices import Reject

State = Literal["new", "retried", "resolved", "expired"]
OPEN_STATES = ("new", "retried")
IDS = 500
MAX_RAW = 1 << 20
DAY_US = 86_400_000_000
FORGET_AFTER = 5
"""Expired rows themselves go after this many quarantine periods."""

_LIST = (
    "quarantine_id, source, message_id, file, media, row, code, params, state, attempts, "
    "received_us, created_us, changed_us"
)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A refused row, without its content.

    Attributes:
        id: The same for the same row of the same content, however often it comes.
        source: Feed.
        message_id: Message it came by.
        file: Name of the file or message.
        media: Media type.
        row: Row in the file from 1; None for the whole file.
        code: Reason.
        params: Facts of the reason.
        state: ``new``, ``retried`` (still refused), ``resolved`` or ``expired`` (content wiped: at
            its term, or at once where the reason is one of law).
        attempts: How often it was tried again.
        received_us: When it was received.
        created_us: When it was refused.
        changed_us: When its state last changed.
    """

    id: str
    source: str
    message_id: str
    file: str
    media: str
    row: int | None
    code: str
    params: Mapping[str, Any]
    state: State
    attempts: int
    received_us: int
    created_us: int
    changed_us: int

    def text(self, language: str = "fr") -> str:
        """Return the reason in words."""
        return translate(self.code, language, **self.params)


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A refused row with its content, which may hold personal data."""

    entry: Quarantined
    raw: bytes
    expires_us: int | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused row on its way to quarantine: which message it came by, and why it goes."""

    message: Message
    reject: Reject


def quarantine_id(source: str, sha256: str, reject: Reject) -> str:
    """Return the id of a refused row: the same whenever the same content is ingested again."""
    digest = hashlib.blake2b(digest_size=15, key=source.encode()[:64])
    said = {name: value for name, value in reject.params.items() if name != "reference"}
    params = json.dumps(said, sort_keys=True, default=str)
    for text in (sha256, str(reject.row), reject.code, params):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\x00")
    digest.update(reject.raw)
    return base64.b32encode(digest.digest()).decode("ascii").lower()


_APART = {"raw", "quarantine_id", "sealed"}


def _entry(row: sqlite3.Row) -> Quarantined:
    values = {key: row[key] for key in row.keys() if key not in _APART}  # noqa: SIM118
    values["params"] = json.loads(values["params"])
    return Quarantined(id=row["quarantine_id"], **values)


class Quarantine:
    """The refused rows in ``intake.db``."""

    def __init__(self, database: Database, clock: Clock, sealing: Sealing, *, days: int) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self.kept_us = days * DAY_US

    def add_within(self, connection: sqlite3.Connection, refusals: Iterable[Refusal]) -> int:
        """Add refused rows in the caller's transaction; returns how many were not there yet.

        A row that is there already stays as it is (resolved stays resolved), unless its content
        had expired: then it is new again, with its content. The content of a row refused for a
        reason of law is never written.
        """
        now = now_us(self._clock)
        before = connection.total_changes
        rows = [(quarantine_id(r.message.source, r.message.sha256, r.reject), r) for r in refusals]
        raw = self._sealing.seal_refused(
            [
                Unsealed(
                    key_of(r.message.source, r.message.received_us),
                    id_,
                    b"" if r.reject.of_law else r.reject.raw[:MAX_RAW],
                )
                for id_, r in rows
            ]
        )
        connection.executemany(
            "INSERT INTO quarantine (quarantine_id, source, message_id, file, media, row, code,"
            " params, raw, state, received_us, created_us, changed_us, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
            " ON CONFLICT (quarantine_id) DO UPDATE SET state = excluded.state, raw = excluded.raw,"
            " params = excluded.params, message_id = excluded.message_id,"
            " received_us = excluded.received_us, created_us = excluded.created_us,"
            " changed_us = excluded.changed_us WHERE state = 'expired'",
            (
                (
                    id_,
                    r.message.source,
                    r.message.message_id,
                    r.message.name,
                    r.message.media,
                    r.reject.row,
                    r.reject.code,
                    json.dumps(r.reject.params, ensure_ascii=False, default=str),
                    content,
                    "expired" if r.reject.of_law else "new",
                    r.message.received_us,
                    now,
                    now,
                )
                for (id_, r), content in zip(rows, raw, strict=True)
            ),
        )
        return connection.total_changes - before

    def list_rows(
        self,
        *,
        source: str | None = None,
        code: str | None = None,
        state: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Quarantined]:
        """Return refused rows, newest first, without their content."""
        where, values = _where(source, code, state)
        rows = self._database.rows(
            f"SELECT {_LIST} FROM quarantine{where}"  # noqa: S608  names are ours, values bound
            " ORDER BY created_us DESC, file, row, quarantine_id LIMIT ? OFFSET ?",
            *values,
            limit,
            offset,
        )
        return [_entry(row) for row in rows]

    def count(
        self,
        *,
        source: str | None = None,
        code: str | None = None,
        state: str | None = None,
        by: Literal["code", "state"] = "code",
    ) -> dict[str, int]:
        """Return how many refused rows there are by reason, or by state."""
        where, values = _where(source, code, state)
        rows = self._database.rows(
            f"SELECT {by} AS name, count(*) AS n FROM quarantine{where} GROUP BY 1 ORDER BY 1",  # noqa: S608
            *values,
        )
        return {row["name"]: row["n"] for row in rows}

    def get(self, quarantine_id: str) -> QuarantinedRow:
        """Return a refused row with its content.

        Raises:
            NotFound: When there is none of that id.
        """
        row = self._database.row("SELECT * FROM quarantine WHERE quarantine_id = ?", quarantine_id)
        if row is None:
            raise NotFound(what="quarantine", name=quarantine_id)
        entry = _entry(row)
        wiped = entry.state == "expired"
        raw = self._contents([row]).get(entry.id, b"")
        return QuarantinedRow(entry, raw, None if wiped else entry.created_us + self.kept_us)

    def open_rows(
        self,
        *,
        ids: Sequence[str] | None = None,
        source: str | None = None,
        code: str | None = None,
        state: str | None = None,
    ) -> list[QuarantinedRow]:
        """Return the rows that can be tried again, with their content, oldest first.

        Of ``state`` ``open`` are those that wait, whether or not they were tried before.
        """
        where, values = _where(source, code, None if state == "open" else state)
        where = f"{where} AND" if where else " WHERE"
        where += f" state IN ({', '.join('?' * len(OPEN_STATES))})"
        values += OPEN_STATES
        chunks = [ids[start : start + IDS] for start in range(0, len(ids), IDS)] if ids else [()]
        rows = [
            row
            for chunk in ([] if ids is not None and not ids else chunks)
            for row in self._database.rows(
                f"SELECT * FROM quarantine{where}{_among(chunk)}",  # noqa: S608
                *values,
                *chunk,
            )
        ]
        rows.sort(key=lambda r: (r["source"], r["created_us"], r["file"], r["row"] or 0))
        raw = self._contents(rows)
        return [
            QuarantinedRow(_entry(row), raw.get(row["quarantine_id"], b""), None) for row in rows
        ]

    def _contents(self, rows: Iterable[sqlite3.Row]) -> dict[str, bytes]:
        return self._sealing.open_all(
            REFUSED,
            (
                Sealed(row["source"], row["received_us"], row["quarantine_id"], bytes(row["raw"]))
                for row in rows
                if row["raw"]
            ),
        )

    def settle_within(
        self,
        connection: sqlite3.Connection,
        resolved: Iterable[str],
        refused: Iterable[tuple[str, Reject]],
    ) -> None:
        """Note what a new try gave, in the caller's transaction.

        Resolved content is wiped, and what is now refused for a reason of law, too.
        """
        now = now_us(self._clock)
        connection.executemany(
            "UPDATE quarantine SET state = 'resolved', raw = x'', attempts = attempts + 1,"
            " changed_us = ? WHERE quarantine_id = ?",
            [(now, id_) for id_ in resolved],
        )
        connection.executemany(
            "UPDATE quarantine SET state = iif(?1, 'expired', 'retried'), attempts = attempts + 1,"
            " raw = iif(?1, x'', raw), code = ?2, params = ?3, changed_us = ?4"
            " WHERE quarantine_id = ?5",
            [
                (
                    reject.of_law,
                    reject.code,
                    json.dumps(reject.params, ensure_ascii=False, default=str),
                    now,
                    id_,
                )
                for id_, reject in refused
            ],
        )

    def expire(self) -> int:
        """Wipe the content of rows older than the quarantine period; returns how many.

        The rows themselves, which hold no content any more, go later: their counts still tell.
        """
        now = now_us(self._clock)
        oldest = stamped_us(self._clock, now - self.kept_us)

        def wipe(connection: sqlite3.Connection) -> int:
            connection.execute(
                "DELETE FROM quarantine WHERE created_us <= ?",
                (stamped_us(self._clock, now - FORGET_AFTER * self.kept_us),),
            )
            rows = connection.execute(
                "SELECT quarantine_id AS id, created_us AS at FROM quarantine"
                " WHERE created_us <= ? AND (raw <> x'' OR params <> '{}')"
                " ORDER BY created_us LIMIT ?",
                (oldest, STEP),
            ).fetchall()
            connection.executemany(
                "UPDATE quarantine SET state = CASE state WHEN 'resolved' THEN state"
                " ELSE 'expired' END, raw = x'', params = '{}', changed_us = ?"
                " WHERE quarantine_id = ?",
                [(now, row["id"]) for row in rows],
            )
            return tell_within(connection, "quarantine", rows, oldest, now)

        wiped = 0
        while n := self._database.write(wipe):
            wiped += n
        return wiped


def _among(ids: Sequence[str]) -> str:
    return f" AND quarantine_id IN ({', '.join('?' * len(ids))})" if ids else ""


def _where(source: str | None, code: str | None, state: str | None) -> tuple[str, list[str]]:
    parts = {"source": source, "code": code, "state": state}
    given = {name: value for name, value in parts.items() if value is not None}
    text = " AND ".join(f"{name} = ?" for name in given)
    return (f" WHERE {text}" if text else ""), list(given.values())
