"""Sources: which feed is read by which connector with which mapping, and how it is doing."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vigie.base.clock import Clock, now_us
from vigie.base.errors import NotFound, WrongUsage
from vigie.intake.connector import Connector
from vigie.intake.database import Database
from vigie.intake.feeding import FeedState, feed_states
from vigie.intake.observed import (
    QUARTER_US,
    SourceContract,
    expected_fields,
    read_contract,
)

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
LAST_BATCHES = 10
SECOND_US = 1_000_000

State = Literal["live", "late", "stale", "never"]


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A registered feed.

    Attributes:
        source: Its name; part of every id of its records, so it never changes.
        connector: Connector that reads it.
        title: French and English.
        period_s: Expected period.
        mapping: Mapping of the ``table`` connector, or empty.
        options: Further options for the connector.
    """

    source: str
    connector: str
    title: Mapping[str, str]
    period_s: int
    mapping: Mapping[str, Any]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """One load: where it came from and what became of it.

    ``origins`` names the first messages by their time of receipt: name and SHA-256.
    """

    batch_id: str
    source: str
    at_us: int
    name: str
    kinds: Mapping[str, int]
    files: tuple[str, ...]
    messages: int
    read: int
    accepted: int
    duplicates: int
    quarantined: int
    notices: Mapping[str, int]
    duration_s: float
    origins: Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a feed is doing.

    Attributes:
        state: ``live`` within its period, ``late`` within twice its period, ``stale`` beyond,
            ``never`` before its first message.
        age_s: Seconds since the last receipt.
        last_received_us: When the last message was received.
        last_fact_us: Latest instant that any of its records is about.
        records: Records accepted in all.
        backlog: Messages that wait.
        last_error: Why it cannot be fetched, or its messages not be processed now, or empty.
        fetching: How fetching it is going; None for a feed that we do not fetch.
    """

    source: str
    connector: str
    title: Mapping[str, str]
    period_s: int
    state: State
    age_s: float | None
    last_received_us: int | None
    last_fact_us: int | None
    messages: int
    read: int
    records: int
    duplicates: int
    quarantined: int
    backlog: int
    notices: Mapping[str, int]
    last_batches: tuple[BatchInfo, ...]
    last_error: str = ""
    fetching: FeedState | None = None


def state_of(last_received_us: int | None, period_s: int, now: int) -> State:
    """Return the state of a feed: silent for twice its period, it is stale (R-8)."""
    if last_received_us is None:
        return "never"
    silent_us = now - last_received_us
    if silent_us <= period_s * SECOND_US:
        return "live"
    return "late" if silent_us <= 2 * period_s * SECOND_US else "stale"


def _info(row: sqlite3.Row) -> SourceInfo:
    return SourceInfo(
        source=row["source"],
        connector=row["connector"],
        title={"fr": row["title_fr"], "en": row["title_en"]},
        period_s=row["period_s"],
        mapping=json.loads(row["mapping"]),
        options=json.loads(row["options"]),
    )


def _batch(row: sqlite3.Row) -> BatchInfo:
    files = tuple(json.loads(row["files"]))
    return BatchInfo(
        batch_id=row["batch_id"],
        source=row["source"],
        at_us=row["at_us"],
        name=files[0] if len(files) == 1 else f"{row['messages']} messages",
        kinds=json.loads(row["kinds"]),
        files=files,
        messages=row["messages"],
        read=row["read"],
        accepted=row["accepted"],
        duplicates=row["duplicates"],
        quarantined=row["quarantined"],
        notices=json.loads(row["notices"]),
        duration_s=row["duration_ms"] / 1000,
        origins={us: (name, sha256) for us, name, sha256 in json.loads(row["origins"])},
    )


class Sources:
    """The registered feeds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, SourceInfo] = {}

    def register(
        self,
        source: str,
        connector: Connector,
        *,
        mapping: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        period_s: int | None = None,
        title: Mapping[str, str] | None = None,
    ) -> SourceInfo:
        """Register a feed, or renew what is said about it.

        Raises:
            WrongUsage: When the name cannot be one, the connector needs a mapping, or the feed is
                already read by another connector (its ids would no longer be its own).
        """
        if NAME.fullmatch(source) is None:
            raise WrongUsage(reason=f"source name: {source!r}")
        if connector.needs_mapping and not mapping:
            raise WrongUsage(reason=f"{connector.name}: mapping")
        held = self.find(source)
        if held is not None and held.connector != connector.name:
            raise WrongUsage(reason=f"{source}: {held.connector}")
        said = dict(mapping or {})
        names = title or said.get("title") or connector.title
        if isinstance(names, str):
            names = {"fr": names, "en": names}
        info = SourceInfo(
            source=source,
            connector=connector.name,
            title={"fr": names.get("fr", source), "en": names.get("en", names.get("fr", source))},
            period_s=int(period_s or said.get("period_s") or connector.period_s),
            mapping=json.loads(json.dumps(said, default=str)),
            options=json.loads(json.dumps(dict(options or {}), default=str)),
        )
        if info != held:
            self._database.write(lambda c: self._write(c, info))
        self._known[source] = info
        return info

    def _write(self, connection: sqlite3.Connection, info: SourceInfo) -> None:
        connection.execute(
            "INSERT INTO sources (source, connector, title_fr, title_en, period_s, mapping,"
            " options, created_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (source) DO UPDATE SET title_fr = excluded.title_fr,"
            " title_en = excluded.title_en, period_s = excluded.period_s,"
            " mapping = excluded.mapping, options = excluded.options",
            (
                info.source,
                info.connector,
                info.title["fr"],
                info.title["en"],
                info.period_s,
                json.dumps(info.mapping, ensure_ascii=False),
                json.dumps(info.options, ensure_ascii=False),
                now_us(self._clock),
            ),
        )

    def list_all(self) -> list[SourceInfo]:
        """Return every feed, by name."""
        return [_info(row) for row in self._database.rows("SELECT * FROM sources ORDER BY source")]

    def find(self, source: str) -> SourceInfo | None:
        """Return a feed or None."""
        row = self._database.row("SELECT * FROM sources WHERE source = ?", source)
        return _info(row) if row else None

    def get(self, source: str) -> SourceInfo:
        """Return a feed as it is registered now.

        Raises:
            NotFound: When it is not registered.
        """
        info = self.find(source)
        if info is None:
            raise NotFound(what="source", name=source)
        self._known[source] = info
        return info

    def require(self, source: str) -> None:
        """Raise ``NotFound`` unless the feed is registered; remembered, for the push path."""
        if source not in self._known:
            self.get(source)

    def note(self, source: str, code: str, n: int = 1) -> None:
        """Count a remark that belongs to no batch; does not wait for the disk."""
        self._database.submit(
            lambda c: (
                c.execute(
                    "INSERT INTO source_notices VALUES (?, ?, ?)"
                    " ON CONFLICT (source, code) DO UPDATE SET n = n + excluded.n",
                    (source, code, n),
                ).rowcount
            )
        )

    def batch(self, batch_id: str) -> BatchInfo:
        """Return a load.

        Raises:
            NotFound: When there is none of that id.
        """
        row = self._database.row("SELECT * FROM batches WHERE batch_id = ?", batch_id)
        if row is None:
            raise NotFound(what="batch", name=batch_id)
        return _batch(row)

    def prune_batches(self, *, before_us: int) -> int:
        """Drop loads older than an instant, and their volumes; returns how many loads."""

        def prune(connection: sqlite3.Connection) -> int:
            connection.execute(
                "DELETE FROM source_volume WHERE quarter < ?", (before_us // QUARTER_US,)
            )
            return connection.execute("DELETE FROM batches WHERE at_us < ?", (before_us,)).rowcount

        return self._database.write(prune)

    def contract(
        self, source: str, connector: Connector, now: int, timezone: str
    ) -> SourceContract:
        """Return what a feed should bring beside what it brought.

        Args:
            source: Feed.
            connector: The one that reads it.
            now: Epoch µs.
            timezone: Zone of local days.

        Raises:
            NotFound: When it is not registered.
        """
        expected = expected_fields(connector, self.get(source).mapping)
        return read_contract(self._database, source, expected, now, timezone)

    def changed_states(self, now: int) -> list[tuple[str, State, State]]:
        """Return the feeds whose state is no longer what was last told: name, before, now."""
        told = {
            row["source"]: row["state"]
            for row in self._database.rows("SELECT source, state FROM sources")
        }
        return [
            (one.source, told[one.source], one.state)
            for one in self.health(now, {})
            if one.source in told and told[one.source] != one.state
        ]

    @staticmethod
    def note_state_within(connection: sqlite3.Connection, source: str, state: State) -> None:
        """Note the state that was told, in the caller's transaction."""
        connection.execute("UPDATE sources SET state = ? WHERE source = ?", (state, source))

    def health(
        self, now: int, errors: Mapping[str, str], *, batches: int = LAST_BATCHES
    ) -> list[SourceHealth]:
        """Return how every feed is doing at an instant, by name.

        Args:
            now: Epoch µs.
            errors: Source to why its messages cannot be processed now.
            batches: How many of its latest batches are told.
        """
        waiting = {
            row["source"]: (row["n"], row["last"])
            for row in self._database.rows(
                "SELECT source, count(*) AS n, max(received_us) AS last FROM messages"
                " WHERE state = 'pending' GROUP BY source"
            )
        }
        fetching = feed_states(self._database, now)
        notices: dict[str, dict[str, int]] = {}
        for row in self._database.rows("SELECT * FROM source_notices ORDER BY source, code"):
            notices.setdefault(row["source"], {})[row["code"]] = row["n"]
        return [
            self._health(
                row,
                now,
                waiting.get(row["source"], (0, None)),
                notices.get(row["source"], {}),
                (errors.get(row["source"], ""), fetching.get(row["source"])),
                batches=self._last(row["source"], batches) if batches else (),
            )
            for row in self._database.rows("SELECT * FROM sources ORDER BY source")
        ]

    def _last(self, source: str, most: int) -> tuple[BatchInfo, ...]:
        found = self._database.rows(
            "SELECT * FROM batches WHERE source = ? ORDER BY at_us DESC LIMIT ?", source, most
        )
        return tuple(_batch(row) for row in found)

    def _health(
        self,
        row: sqlite3.Row,
        now: int,
        waiting: tuple[int, int | None],
        notices: Mapping[str, int],
        trouble: tuple[str, FeedState | None],
        *,
        batches: tuple[BatchInfo, ...],
    ) -> SourceHealth:
        info = _info(row)
        error, fetching = trouble
        backlog, newest = waiting
        seen = [us for us in (row["last_received_us"], newest) if us is not None]
        last = max(seen) if seen else None
        return SourceHealth(
            source=info.source,
            connector=info.connector,
            title=info.title,
            period_s=info.period_s,
            state=state_of(last, info.period_s, now),
            age_s=None if last is None else max(0.0, (now - last) / SECOND_US),
            last_received_us=last,
            last_fact_us=row["last_fact_us"],
            messages=row["messages"],
            read=row["read"],
            records=row["accepted"],
            duplicates=row["duplicates"],
            quarantined=row["quarantined"],
            backlog=backlog,
            notices=notices,
            last_batches=batches,
            last_error=error or (fetching.reason if fetching else ""),
            fetching=fetching,
        )
