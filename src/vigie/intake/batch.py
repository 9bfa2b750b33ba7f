"""One commit: records of one feed gathered from messages, put into the lake, then accounted for.

The order makes it exactly once across any crash: texts and records go to the lake first (which
knows every id), then one transaction of the journal marks the messages as done, with the refused
rows, the counts and the events. A crash in between repeats the messages; the lake leaves out what
it has, and quarantine knows its rows.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigie.audit.line import Writer
from vigie.base.clock import Clock, now_us
from vigie.base.ids import new_id
from vigie.intake.announcing import announce_within
from vigie.intake.entry import Message
from vigie.intake.events import QUARANTINE_ADDED, EventLog
from vigie.intake.joining import Origin
from vigie.intake.journal import DONE, FAILED, Journal
from vigie.intake.observed import count_field, note_volume_within, note_within
from vigie.intake.outcome import FILES_KEPT, Tally, add_notices, newest, origins, share
from vigie.intake.prepare import Prepared
from vigie.intake.quarantine import Quarantine, Refusal
from vigie.intake.retention import shred_within
from vigie.intake.telling import commit_line
from vigie.lake.partial import SAID
from vigie.lake.store import Lake
from vigie.model.contracts import CONTRACTS
from vigie.model.notices import Reject
from vigie.privacy.purposes import Verb

_ORDER = ("places", "facts", "measures", "plans", "means")


@dataclass(slots=True)
class Batch:
    """Records of one feed on their way to one commit.

    Attributes:
        source: Feed.
        batch_id: Carried by every record of it.
        tables: Complete tables by record kind.
        partials: The same of records told in part, with what each says.
        narratives: Scrubbed texts.
        originals: The same before scrubbing, where they are kept.
        refusals: Rows for quarantine.
        tallies: What came of each message so far, by ``received_us``.
        ended: Messages that are wholly read with this batch.
        failed: Messages (``seq``) of which something other than single rows was refused; shared
            with the batches that carried earlier parts of them.
        unlawful: Messages in which something was refused for a reason of law, by ``seq``; shared in
            the same way. Their payload is shredded when they are wholly read.
        rows: Records gathered.
        fields: Fields remarked on, by name and state.
    """

    source: str
    batch_id: str = field(default_factory=lambda: new_id("batch"))
    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    partials: dict[str, list[pa.Table]] = field(default_factory=dict)
    narratives: list[pa.Table] = field(default_factory=list)
    originals: list[pa.Table] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    tallies: dict[int, Tally] = field(default_factory=dict)
    ended: list[Message] = field(default_factory=list)
    failed: set[int] = field(default_factory=set)
    unlawful: dict[int, Message] = field(default_factory=dict)
    rows: int = 0
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)

    def following(self) -> Batch:
        """Return the next batch of the same messages, which remembers what was refused of them."""
        return Batch(self.source, failed=self.failed, unlawful=self.unlawful)

    def tally(self, message: Message) -> Tally:
        """Return the tally of a message."""
        found = self.tallies.get(message.received_us)
        if found is None:
            found = self.tallies[message.received_us] = Tally(message.name, sha256=message.sha256)
        return found

    def table(self, kind: str) -> pa.Table:
        """Return the records of a kind that are told whole, with the batch's name."""
        tables = self.tables.get(kind)
        return self._named(tables) if tables else CONTRACTS[kind].empty()

    def partial(self, kind: str) -> pa.Table | None:
        """Return the records of a kind that are told in part, with the batch's name, if any."""
        tables = self.partials.get(kind)
        return self._named(tables) if tables else None

    def _named(self, tables: Sequence[pa.Table]) -> pa.Table:
        table = pa.concat_tables(tables)
        index = table.schema.get_field_index("batch_id")
        names = pa.repeat(pa.scalar(self.batch_id, pa.string()), table.num_rows)
        return table.set_column(index, table.schema.field("batch_id"), names)

    def refuse(self, message: Message, reject: Reject) -> None:
        """Put a row, or a whole message, among the refused."""
        self.refusals.append(Refusal(message, reject))
        count_field(self.fields, reject.code, reject.params, 1)
        if reject.row is None:
            self.failed.add(message.seq)
        if reject.of_law:
            self.unlawful[message.seq] = message
        self.tally(message).quarantined += 1

    def take_table(self, kind: str, table: pa.Table) -> None:
        """Add complete records, told whole or (with ``said``) in part."""
        if table.num_rows:
            held = self.partials if SAID in table.column_names else self.tables
            held.setdefault(kind, []).append(table)
            self.rows += table.num_rows

    def add(self, prepared: Prepared, messages: Sequence[Message], origin: Origin) -> None:
        """Add a chunk that came by these messages."""
        for table in prepared.tables:
            self.take_table(prepared.kind, table)
        if prepared.narratives is not None:
            self.narratives.append(prepared.narratives)
        if prepared.originals is not None:
            self.originals.append(prepared.originals)
        for reject in prepared.rejects:
            message, row = messages[0], reject.row
            if row is not None:
                index, rows = origin.split(np.array([row], np.int64))
                message, row = messages[int(index[0])], int(rows[0])
            self.refuse(message, Reject(reject.code, row, reject.params, reject.raw))
        for notice in prepared.notices:
            count_field(self.fields, notice.code, notice.params, notice.count)
            index, _ = origin.split(np.array([notice.row or 1], np.int64))
            self.tally(messages[int(index[0])]).notices[notice.code] += notice.count
        self._count_read(prepared, messages)

    def _count_read(self, prepared: Prepared, messages: Sequence[Message]) -> None:
        if len(messages) == 1:
            self.tally(messages[0]).read += prepared.read
            return
        # Joined messages: what each brought is told by its rows; the refused go to the last.
        rows = pa.concat_tables([one.select(["received_at", "row"]) for one in prepared.tables])
        pairs = rows.group_by(["received_at", "row"])
        received = pairs.aggregate([])["received_at"].cast(pa.int64())
        counts = Counter(received.to_pylist())
        for message in messages:
            self.tally(message).read += counts[message.received_us]
        self.tally(messages[-1]).read += max(0, prepared.read - sum(counts.values()))

    def end(self, message: Message) -> None:
        """Note that a message is wholly read."""
        self.tally(message)
        self.ended.append(message)

    @property
    def rows_by_kind(self) -> Counter[str]:
        """Records gathered, by kind."""
        counts: Counter[str] = Counter()
        for held in (self.tables, self.partials):
            counts.update({kind: sum(t.num_rows for t in tables) for kind, tables in held.items()})
        return counts

    @property
    def to_shred(self) -> list[Message]:
        """Messages wholly read whose payload may not be kept."""
        return [message for message in self.ended if message.seq in self.unlawful]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to commit and nothing to account for."""
        return not (self.rows or self.refusals or self.ended or self.tallies)


@dataclass(frozen=True, slots=True)
class _Done:
    """What a commit did: the rows that got in by kind, and how long it took."""

    kept: dict[str, pa.Table]
    spent_ms: int


@dataclass(frozen=True, slots=True)
class Mode:
    """What a commit does beside filling the lake.

    Attributes:
        finish: Mark the messages as done and count them (not in a replay).
        quarantine: Put refused rows into quarantine (a retry settles them itself).
        announce: Log events.
        verb: What the audit is told: rows collected, or refused rows altered by a new try.
    """

    finish: bool = True
    quarantine: bool = True
    announce: bool = True
    verb: Verb = Verb.COLLECT


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
        kept = self._put(batches)
        spent_ms = round((time.perf_counter() - began) * 1000)

        def account(connection: sqlite3.Connection) -> None:
            for batch, own in zip(batches, kept, strict=True):
                self._account(connection, batch, _Done(own, spent_ms), mode)

        self._journal.database.write(account)
        for batch in batches:
            self._shred(batch)
        if mode.finish:
            self._journal.forget_backlog(sum(len(batch.ended) for batch in batches))
        if mode.announce:
            self._events.announce()

    def _put(self, batches: Sequence[Batch]) -> list[dict[str, pa.Table]]:
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
                own[kind] = found.kept
                share(batch.tallies, [table, *([] if part is None else [part])], found)
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
