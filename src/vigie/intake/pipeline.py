"""Messages of a feed to records in the lake: read, prepare, gather, commit.

A connector that raises has a bug: the message goes to quarantine as ``internal_failure`` with a
reference that stands in the log beside the traceback; what it gave before stays, and no other
message is touched. What fails around the data (disk, lake, journal) is raised: the messages wait.
"""

from __future__ import annotations

import errno
import io
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vigie.base.clock import from_us
from vigie.base.errors import Unavailable, VigieError
from vigie.base.ids import new_id
from vigie.base.logging import get_logger
from vigie.base.settings import Settings
from vigie.intake.archives import ArchiveLimits
from vigie.intake.batch import Batch, Mode
from vigie.intake.committing import Committer
from vigie.intake.connector import Connector, Context, Payload, get_connector
from vigie.intake.entry import Message
from vigie.intake.files import open_payload
from vigie.intake.flushing import Flusher, Outcome, Read
from vigie.intake.joining import MAX_JOINED_BYTES, Joined, Origin, join
from vigie.intake.journal import SUSPECT, Journal
from vigie.intake.prepare import Kitchen, Prepared, prepare
from vigie.intake.sources import SourceInfo, Sources
from vigie.model.notices import Reject

MAX_ATTEMPTS = 8
"""A message whose processing began this often without an end kills the process: it is refused."""

_ENVIRONMENT = {errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM}

Progress = Callable[[float, float, str], None]
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Feed:
    """A registered feed with the connector that reads it."""

    info: SourceInfo
    connector: Connector
    kitchen: Kitchen


class Pipeline:
    """What every payload goes through."""

    def __init__(
        self,
        journal: Journal,
        sources: Sources,
        committer: Committer,
        connectors: Mapping[str, Connector],
        *,
        settings: Settings,
        kitchen: Kitchen,
    ) -> None:
        self._journal = journal
        self._sources = sources
        self._committer = committer
        self._connectors = connectors
        self._settings = settings
        self._kitchen = kitchen
        self._limits = ArchiveLimits.of(settings.intake)

    def feed(self, source: str) -> Feed:
        """Return a feed as it is registered now.

        Raises:
            NotFound: When the feed or its connector is not there.
        """
        info = self._sources.get(source)
        connector = get_connector(self._connectors, info.connector)
        return Feed(info, connector, replace(self._kitchen, source=source))

    def context_of(self, info: SourceInfo, now_us: int) -> Context:
        """Return what a connector may know when it reads a feed."""
        intake = self._settings.intake
        return Context(
            source=info.source,
            timezone=self._settings.city.timezone,
            now=from_us(now_us),
            mapping=info.mapping,
            options=info.options,
            bbox=self._settings.city.bbox,
            language=self._settings.language,
            max_line_bytes=intake.max_line_bytes,
            max_archive_bytes=intake.max_archive_bytes,
            max_archive_ratio=intake.max_archive_ratio,
            max_archive_files=intake.max_archive_files,
        )

    def try_mapping(
        self,
        connector: Connector,
        mapping: Mapping[str, Any],
        options: Mapping[str, Any],
        now_us: int,
    ) -> None:
        """Let a connector read nothing with a mapping, to see that it can use it.

        Raises:
            MappingInvalid: When it cannot.
        """
        info = SourceInfo("", connector.name, connector.title, 1, mapping, options)
        for _ in connector.parse(Payload("", io.BytesIO(b"")), self.context_of(info, now_us)):
            pass

    # --- Processing ----------------------------------------------------------------------------

    def process(
        self,
        source: str,
        messages: Sequence[Message],
        *,
        mode: Mode = Mode(),  # noqa: B008  frozen
        background: bool = False,
        progress: Progress | None = None,
    ) -> Outcome:
        """Process messages of one feed; on return everything of them is in the lake or refused.

        Args:
            source: Feed.
            messages: Owned by this process.
            mode: What the commits do beside filling the lake.
            background: Commit while the next batch is being read (bulk loads).
            progress: Told ``(bytes done, bytes in all, name)``.

        Raises:
            Unavailable: When disk, lake or journal are not usable now.
            NotFound: When the feed or its connector is not there.
        """
        with Flusher(self._committer, Batch(source), mode, background=background) as flusher:
            self._fill(flusher, messages, progress or _silent)
            flusher.flush()
        return flusher.outcome(messages)

    def reads(self, feed: Feed, messages: Sequence[Message]) -> Iterator[Read]:
        """Yield what messages of a feed give, with nothing done about it."""
        for group in self._groups(feed, messages):
            yield from self._read(feed, group)

    def gather(self, source: str, messages: Sequence[Message]) -> Batch:
        """Read messages of one feed; return the last batch of them, which is to be committed yet.

        Raises:
            Unavailable, NotFound: As ``process``.
        """
        with Flusher(self._committer, Batch(source), Mode(), background=False) as flusher:
            self._fill(flusher, messages, _silent)
        return flusher.batch

    def commit(self, batches: Sequence[Batch]) -> None:
        """Commit what was gathered, together; see ``Committer.commit_all``."""
        some = [batch for batch in batches if not batch.empty]
        if some:
            self._committer.commit_all(some, Mode())

    def _fill(self, flusher: Flusher, messages: Sequence[Message], tell: Progress) -> None:
        feed = self.feed(flusher.batch.source)
        total, done = sum(message.size for message in messages), 0
        for group in self._groups(feed, messages):
            tell(done, total, group[0].name)
            for read in self._read(feed, group):
                if flusher.batch.rows >= self._settings.intake.batch_rows:
                    flusher.flush()
                flusher.take(read)
                tell(done + min(read.position, group[0].size), total, group[0].name)
            for message in group:
                flusher.batch.end(message)
            done += sum(message.size for message in group)
        tell(total, total, "")

    def _groups(self, feed: Feed, messages: Sequence[Message]) -> Iterator[tuple[Message, ...]]:
        """Yield runs of small messages that may be read together, and the others one by one."""
        run: list[Message] = []
        size = 0
        joins = bool(feed.connector.joins(feed.info.mapping))
        for message in messages:
            small = joins and message.spool is None and message.attempts < SUSPECT
            if run and (not small or size + message.size > MAX_JOINED_BYTES):
                yield tuple(run)
                run, size = [], 0
            if small:
                run.append(message)
                size += message.size
            else:
                yield (message,)
        if run:
            yield tuple(run)

    def _read(self, feed: Feed, group: tuple[Message, ...]) -> Iterator[Read]:
        if len(group) == 1:
            yield from self._read_one(feed, group[0])
            return
        contents = self._journal.payloads(group)
        joined = join(
            [contents.get(message.seq, b"") for message in group],
            feed.connector.joins(feed.info.mapping),
        )
        reads = None if joined is None else self._read_joined(feed, group, joined)
        if reads is not None:
            yield from reads
            return
        # Something in it must be told of its own message: halve until it stands alone.
        middle = len(group) // 2
        yield from self._read(feed, group[:middle])
        yield from self._read(feed, group[middle:])

    def _read_joined(
        self, feed: Feed, group: tuple[Message, ...], joined: Joined
    ) -> list[Read] | None:
        """Return what joined messages give, or None when one of them spoils the whole."""
        payload = Payload(
            name=group[0].name,
            content=io.BytesIO(joined.content),
            media=group[0].media,
            size=len(joined.content),
        )
        origin = Origin.joined(joined.starts)
        try:
            found = list(self.read_payload(feed, payload, group, origin))
        except Exception as error:
            if is_environment(error):
                raise
            return None
        if any(reject.row is None for prepared in found for reject in prepared.rejects):
            return None
        return [Read(prepared, group, origin) for prepared in found]

    def _read_one(self, feed: Feed, message: Message) -> Iterator[Read]:
        """Yield what one message gives; a bug of the connector becomes a refusal."""
        origin = Origin.single()
        alone = (message,)
        if message.attempts >= MAX_ATTEMPTS:
            yield Read(failure("the process ended while reading it", message), alone, origin)
            return
        payload, refusal = open_payload(
            self._journal.open(message),
            message.name,
            message.media,
            message.size,
            spool=self._journal.spool,
            limits=self._limits,
        )
        if refusal is not None:
            yield Read(refusal, alone, origin)
        if payload is None:
            return
        with payload.content:
            try:
                for prepared in self.read_payload(feed, payload, alone, origin):
                    yield Read(prepared, alone, origin, _position(payload))
            except VigieError as error:
                if is_environment(error):
                    raise
                yield Read(Reject(error.code, params=dict(error.params)), alone, origin)
            except Exception as error:
                if is_environment(error):
                    raise
                yield Read(failure(error, message), alone, origin)

    def read_payload(
        self,
        feed: Feed,
        payload: Payload,
        messages: Sequence[Message],
        origin: Origin,
        *,
        now_us: int | None = None,
    ) -> Iterator[Prepared]:
        """Yield the complete records of a payload, chunk by chunk.

        Args:
            feed: Feed.
            payload: What to parse.
            messages: Messages it came by.
            origin: Which row came by which.
            now_us: Instant that "future" is measured from; the receipt by default.
        """
        received = np.array([message.received_us for message in messages], np.int64)
        instant = messages[-1].received_us if now_us is None else now_us
        context = self.context_of(feed.info, instant)
        for parsed in feed.connector.parse(payload, context):
            yield prepare(
                parsed,
                feed.kitchen,
                received_us=received,
                received_at=context.now,
                origin=origin,
            )


def is_environment(error: BaseException) -> bool:
    """Say whether a failure is of what stands around the data (it will pass; messages wait)."""
    if isinstance(error, Unavailable):
        return True
    return isinstance(error, OSError) and error.errno in _ENVIRONMENT


def failure(error: Exception | str, message: Message) -> Reject:
    """Log a connector's failure with its traceback; return the refusal that refers to it."""
    reference = new_id("failure")
    log.error(
        "connector failed",
        reference=reference,
        source=message.source,
        message_id=message.message_id,
        reason=error if isinstance(error, str) else type(error).__name__,
        # The frames without the error's own text, which may quote the data.
        frames=None if isinstance(error, str) else traceback.format_tb(error.__traceback__),
    )
    return Reject("internal_failure", params={"reference": reference})


def _position(payload: Payload) -> int:
    return 0 if payload.content.closed else payload.content.tell()


def _silent(_done: float, _total: float, _name: str) -> None:
    """Tell nobody."""
