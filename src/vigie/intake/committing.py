"""One commit: what was gathered is put into the lake, then accounted for.

The order makes it exactly once across any crash: texts and records go to the lake first (which
knows every id), then one transaction of the journal marks the messages as done, with the refused
rows, the counts and the events. A crash in between repeats the messages; the lake leaves out what
it has, quarantine knows its rows, and what the lake had already is told now (``unaccounted``).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vigie.audit.line import Writer
from vigie.base.clock import Clock, now_us
from vigie.intake.announcing import announce_within
from vigie.intake.batch import Batch, Mode
from vigie.intake.events import QUARANTINE_ADDED, EventLog
from vigie.intake.journal import DONE, FAILED, Journal
from vigie.intake.observed import note_volume_within, note_within
from vigie.intake.outcome import FILES_KEPT, add_notices, newest, origins, share
from vigie.intake.quarantine import Quarantine
from vigie.intake.retention import shred_within
from vigie.intake.telling import commit_line
from vigie.intake.unaccounted import Unaccounted
from vigie.lake.store import Lake
from vigie.privacy.purposes import Verb

_ORDER = ("places", "facts", "measures", "plans", "means")


@dataclass(frozen=True, slots=True)
class _Done:
    """What a commit did: the rows that got in by kind, and how long it took."""

    kept: dict[str, pa.Table]
    spent_ms: int


class Committer:
    """Puts batches into the lake and accounts for them in the journal."""

    def __init__(
        self,
        lake: Lake,
        journal: Journal,
        quarantine: Quarantine,
        events: EventLog,
        clock: Clock,
        *,
        audit: Writer | None = None,
    ) -> None:
        self._lake = lake
        self._journal = journal
        self._quarantine = quarantine
        self._events = events
        self._clock = clock
        self._audit = audit
        self._unaccounted = Unaccounted(lake, journal.database)

    def commit(self, batch: Batch, mode: Mode) -> None:
        """Commit a batch; its tallies then say what got in.

        Raises:
            Unavailable: When audit, lake or journal cannot be written now; nothing is marked as
                done.
        """
        self.commit_all([batch], mode)

    def commit_all(self, batches: Sequence[Batch], mode: Mode) -> None:
        """Commit batches of different feeds in one version of each table; see ``commit``."""
        for batch in batches:
            self._tell(batch, mode.verb)
        began = time.perf_counter()
        narratives = [one for batch in batches for one in batch.narratives]
        if narratives:
            # Before the records: a crash in between repeats both, the other way round would lose
            # the texts, their records being known already.
            self._lake.commit_narratives(pa.concat_tables(narratives))
        originals = [one for batch in batches for one in batch.originals]
        if originals:
            self._lake.commit_originals(pa.concat_tables(originals))
        with self._unaccounted.noting(batches):
            self._put_and_account(batches, mode, began)
        for batch in batches:
            self._shred(batch)
        if mode.finish:
            self._journal.forget_backlog(sum(len(batch.ended) for batch in batches))
        if mode.announce:
            self._events.announce()

    def _put_and_account(self, batches: Sequence[Batch], mode: Mode, began: float) -> None:
        kept = self._put(batches, mode)
        spent_ms = round((time.perf_counter() - began) * 1000)

        def account(connection: sqlite3.Connection) -> None:
            for batch, own in zip(batches, kept, strict=True):
                self._account(connection, batch, _Done(own, spent_ms), mode)

        self._journal.database.write(account)

    def _put(self, batches: Sequence[Batch], mode: Mode) -> list[dict[str, pa.Table]]:
        """Put the records of batches into the lake; return what got in of each, by kind."""
        kept: list[dict[str, pa.Table]] = [{} for _ in batches]
        for kind in _ORDER:
            having = [
                (batch, own)
                for batch, own in zip(batches, kept, strict=True)
                if kind in batch.tables or kind in batch.partials
            ]
            if not having:
                continue
            tables = [batch.table(kind) for batch, _ in having]
            partials = [batch.partial(kind) for batch, _ in having]
            told = [one for one in partials if one is not None]
            partial = pa.concat_tables(told) if told else None
            committed = self._lake.commit(kind, pa.concat_tables(tables), partial)
            for (batch, own), table, part in zip(having, tables, partials, strict=True):
                found = committed
                if len(having) > 1:  # each of another feed
                    mine = pc.equal(committed.kept["source"], batch.source)
                    found = replace(committed, kept=committed.kept.filter(mine))
                given = [table, *([] if part is None else [part])]
                if mode.finish:
                    found = self._unaccounted.complete(kind, batch, given, found)
                own[kind] = found.kept
                share(batch.tallies, given, found)
        return kept

    def _tell(self, batch: Batch, verb: Verb) -> None:
        """Write down what is about to enter, before any of it does; nothing is said of nothing."""
        if self._audit is None or not (batch.rows or batch.refusals):
            return
        line = commit_line(
            verb,
            now_us(self._clock),
            source=batch.source,
            batch_id=batch.batch_id,
            rows=batch.rows_by_kind,
            quarantined=len(batch.refusals),
        )
        self._audit.append(line)

    def _account(
        self,
        connection: sqlite3.Connection,
        batch: Batch,
        done: _Done,
        mode: Mode,
    ) -> None:
        fresh = self._quarantine.add_within(connection, batch.refusals) if mode.quarantine else 0
        if mode.finish:
            for message in batch.ended:
                state = FAILED if message.seq in batch.failed else DONE
                self._journal.finish_within(connection, [message], state, batch.batch_id)
        shred_within(connection, [message.seq for message in batch.to_shred])
        self._note_batch(connection, batch, done, fresh, mode)
        if mode.announce:
            self._log_events(connection, batch, done.kept, fresh)

    def _shred(self, batch: Batch) -> None:
        """Leave no byte of the payloads that may not be kept: their files, the database's log."""
        shredded = batch.to_shred
        for message in shredded:
            if message.spool is not None:
                self._journal.spool.drop(message.spool)
        if shredded:
            self._journal.database.empty_log()

    def _note_batch(
        self,
        connection: sqlite3.Connection,
        batch: Batch,
        done: _Done,
        fresh: int,
        mode: Mode,
    ) -> None:
        tallies = batch.tallies.values()
        notices = add_notices(tally.notices for tally in tallies)
        read = sum(tally.read for tally in tallies)
        accepted = sum(tally.accepted for tally in tallies)
        duplicates = sum(tally.duplicates for tally in tallies)
        if mode.finish or accepted:
            connection.execute(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    batch.batch_id,
                    batch.source,
                    now_us(self._clock),
                    json.dumps({kind: table.num_rows for kind, table in done.kept.items()}),
                    json.dumps([t.name for t in tallies][:FILES_KEPT], ensure_ascii=False),
                    len(batch.tallies),
                    read,
                    accepted,
                    duplicates,
                    sum(tally.quarantined for tally in tallies),
                    json.dumps(dict(sorted(notices.items()))),
                    done.spent_ms,
                    origins(batch.tallies),
                ),
            )
        note_volume_within(connection, batch.source, accepted, now_us(self._clock))
        if mode.finish:
            note_within(connection, batch.source, batch.fields, now_us(self._clock))
        else:
            read = duplicates = 0
            notices = Counter()
        connection.execute(
            "UPDATE sources SET messages = messages + ?, read = read + ?, accepted = accepted + ?,"
            " duplicates = duplicates + ?, quarantined = quarantined + ?,"
            " last_received_us = max(coalesce(last_received_us, 0), ?),"
            " last_fact_us = nullif(max(coalesce(last_fact_us, 0), ?), 0) WHERE source = ?",
            (
                len(batch.ended) if mode.finish else 0,
                read,
                accepted,
                duplicates,
                fresh,
                max(batch.tallies, default=0),
                newest(done.kept, now_us(self._clock)),
                batch.source,
            ),
        )
        connection.executemany(
            "INSERT INTO source_notices VALUES (?, ?, ?)"
            " ON CONFLICT (source, code) DO UPDATE SET n = n + excluded.n",
            [(batch.source, code, n) for code, n in notices.items()],
        )

    def _log_events(
        self, connection: sqlite3.Connection, batch: Batch, kept: dict[str, pa.Table], fresh: int
    ) -> None:
        announce_within(self._events, connection, batch.source, batch.batch_id, kept)
        if fresh:
            codes = Counter(refusal.reject.code for refusal in batch.refusals)
            data: dict[str, Any] = {"source": batch.source, "n": fresh, "codes": dict(codes)}
            self._events.append_within(connection, QUARANTINE_ADDED, data)
