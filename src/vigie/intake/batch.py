"""Records of one feed gathered from messages, on their way to one commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from vigie.base.ids import new_id
from vigie.intake.entry import Message
from vigie.intake.joining import Origin
from vigie.intake.observed import count_field
from vigie.intake.outcome import Tally
from vigie.intake.prepare import Prepared
from vigie.intake.quarantine import Refusal
from vigie.lake.partial import SAID
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
        begun_before: Whether the processing of any of its messages was begun before.
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
    begun_before: bool = False

    def following(self) -> Batch:
        """Return the next batch of the same messages, which remembers what was refused of them."""
        return Batch(self.source, failed=self.failed, unlawful=self.unlawful)

    def tally(self, message: Message) -> Tally:
        """Return the tally of a message."""
        found = self.tallies.get(message.received_us)
        if found is None:
            self.begun_before |= message.attempts > 0
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
