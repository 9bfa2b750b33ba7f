"""Trying refused rows again, with today's code and today's mapping.

A row that came with its raw form is parsed from that. One without (a whole file, or a connector
that gives no raw rows) is read again from the journalled message, while its payload is kept.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np
import pyarrow as pa

from vigie.base.errors import NotFound, Unavailable, VigieError
from vigie.intake.batch import Batch, Mode
from vigie.intake.committing import Committer
from vigie.intake.connector import Payload
from vigie.intake.entry import Message
from vigie.intake.joining import Origin, join
from vigie.intake.journal import Journal
from vigie.intake.outcome import RetryReport
from vigie.intake.pipeline import Feed, Pipeline, failure, is_environment
from vigie.intake.prepare import Prepared
from vigie.intake.quarantine import Quarantine, Quarantined, QuarantinedRow
from vigie.model.contracts import TIMESTAMP
from vigie.model.notices import Reject
from vigie.privacy.purposes import Verb

TOGETHER = 2_000
RETRY = Mode(finish=False, quarantine=False, verb=Verb.ALTER)


@dataclass(slots=True)
class _Answers:
    """What the new try said of each row."""

    resolved: list[str] = field(default_factory=list)
    refused: list[tuple[str, Reject]] = field(default_factory=list)
    accepted: int = 0


class Retrier:
    """Reads refused rows again and settles them."""

    def __init__(
        self,
        quarantine: Quarantine,
        journal: Journal,
        pipeline: Pipeline,
        committer: Committer,
        now_us: int,
    ) -> None:
        self._quarantine = quarantine
        self._journal = journal
        self._pipeline = pipeline
        self._committer = committer
        self._now_us = now_us

    def retry(self, rows: Sequence[QuarantinedRow]) -> RetryReport:
        """Try rows again; each is resolved, or refused with today's reason.

        Raises:
            Unavailable: When lake or journal are not usable now; the rest stays as it is.
            NotFound: When a feed or its connector is no longer there.
        """
        total = _Answers()
        for source, of_source in groupby(rows, key=lambda row: row.entry.source):
            feed = self._pipeline.feed(source)
            mine = list(of_source)
            with_raw = [row for row in mine if row.raw and row.entry.row is not None]
            for start in range(0, len(with_raw), TOGETHER):
                self._settle(self._retry_raw(feed, with_raw[start : start + TOGETHER]), total)
            rest = [row.entry for row in mine if not row.raw or row.entry.row is None]
            rest.sort(key=lambda entry: entry.message_id)
            for message_id, entries in groupby(rest, key=lambda entry: entry.message_id):
                self._settle(self._retry_message(message_id, list(entries)), total)
        return RetryReport(
            tried=len(rows),
            resolved=len(total.resolved),
            refused=len(total.refused),
            accepted=total.accepted,
            by_code=dict(sorted(Counter(reject.code for _, reject in total.refused).items())),
        )

    def _settle(self, answers: _Answers, total: _Answers) -> None:
        self._journal.database.write(
            lambda c: self._quarantine.settle_within(c, answers.resolved, answers.refused)
        )
        total.resolved += answers.resolved
        total.refused += answers.refused
        total.accepted += answers.accepted

    # --- From the raw form ---------------------------------------------------------------------

    def _retry_raw(self, feed: Feed, rows: Sequence[QuarantinedRow]) -> _Answers:
        """Parse raw rows; within this, the time of receipt stands for the row's index."""
        batch = Batch(feed.info.source)
        received = np.array([row.entry.received_us for row in rows], np.int64)
        for row in rows:
            batch.tally(_message(row.entry, row.entry.received_us))
        rejects: dict[int, Reject] = {}
        brought: set[int] = set()
        for found in self._read(feed, rows, rejects):
            for table in found.tables:
                index = np.asarray(table["received_at"].cast(pa.int64()))
                brought.update(index.tolist())
                column = table.schema.get_field_index("received_at")
                true = pa.array(received[index]).cast(TIMESTAMP)
                name = table.schema.field("received_at")
                batch.take_table(found.kind, table.set_column(column, name, true))
            if found.narratives is not None:
                batch.narratives.append(found.narratives)
            if found.originals is not None:
                batch.originals.append(found.originals)
        self._committer.commit(batch, RETRY)
        answers = _Answers(accepted=sum(tally.accepted for tally in batch.tallies.values()))
        for slot, row in enumerate(rows):
            if slot in brought and slot not in rejects:
                answers.resolved.append(row.entry.id)
            else:
                reject = rejects.get(slot, _same_reason(row.entry))
                answers.refused.append((row.entry.id, reject))
        return answers

    def _read(
        self, feed: Feed, rows: Sequence[QuarantinedRow], rejects: dict[int, Reject]
    ) -> Iterator[Prepared]:
        """Yield what the rows give now, read together where the format allows it."""
        messages = [_message(row.entry, index) for index, row in enumerate(rows)]
        joined = join([row.raw for row in rows], feed.connector.joins(feed.info.mapping))
        if joined is not None and len(joined.starts) == len(rows):
            first = [row.entry.row or 1 for row in rows]
            origin = Origin.joined(joined.starts, first)
            found = self._try(feed, joined.content, messages, origin)
            if isinstance(found, list) and not any(
                reject.row is None for prepared in found for reject in prepared.rejects
            ):
                for prepared in found:
                    for reject in prepared.rejects:
                        within, _ = origin.split(np.array([reject.row], np.int64))
                        rejects.setdefault(int(within[0]), reject)
                    yield prepared
                return
        for index, (row, message) in enumerate(zip(rows, messages, strict=True)):
            origin = Origin.single(row.entry.row or 1)
            found = self._try(feed, row.raw, [message], origin)
            if isinstance(found, Reject):
                rejects[index] = found
                continue
            for prepared in found:
                for reject in prepared.rejects:
                    rejects.setdefault(index, reject)
                yield prepared

    def _try(
        self, feed: Feed, content: bytes, messages: Sequence[Message], origin: Origin
    ) -> list[Prepared] | Reject:
        payload = Payload(messages[0].name, io.BytesIO(content), messages[0].media, len(content))
        try:
            return list(
                self._pipeline.read_payload(feed, payload, messages, origin, now_us=self._now_us)
            )
        except VigieError as error:
            if is_environment(error):
                raise
            return Reject(error.code, params=dict(error.params))
        except Exception as error:
            if is_environment(error):
                raise
            return failure(error, messages[0])

    # --- From the journalled message -----------------------------------------------------------

    def _retry_message(self, message_id: str, entries: Sequence[Quarantined]) -> _Answers:
        try:
            message = replace(self._journal.get(message_id), attempts=0)
            self._journal.open(message).close()
        except (NotFound, Unavailable):
            return _Answers(refused=[(entry.id, _same_reason(entry)) for entry in entries])
        outcome = self._pipeline.process(entries[0].source, [message], mode=RETRY)
        answers = _Answers(accepted=outcome.tallies[0].accepted)
        still = {refusal.reject.row: refusal.reject for refusal in outcome.refusals}
        for entry in entries:
            if entry.row in still:
                answers.refused.append((entry.id, still[entry.row]))
            else:
                answers.resolved.append(entry.id)
        return answers


def _message(entry: Quarantined, received_us: int) -> Message:
    return Message(
        seq=0,
        message_id=entry.message_id,
        source=entry.source,
        name=entry.file,
        media=entry.media,
        received_us=received_us,
        sha256="",
        size=0,
        spool=None,
        attempts=0,
        state="done",
    )


def _same_reason(entry: Quarantined) -> Reject:
    return Reject(entry.code, params=dict(entry.params))
