"""What kept messages give when they are read again, in whatever process; no more than that."""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO, cast

import pyarrow as pa

from vigie.base.settings import IntakeSettings, Settings
from vigie.intake.entry import Message
from vigie.intake.flushing import Read
from vigie.intake.journal import Journal
from vigie.intake.pipeline import Feed, Pipeline
from vigie.intake.prepare import Prepared
from vigie.intake.texts import Scrubbed, TextScrubber
from vigie.model.notices import Reject


@dataclass(slots=True)
class Reread:
    """What some messages give today: complete tables by kind, texts, and what is left out."""

    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    narratives: list[pa.Table] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    in_part: int = 0
    rows: int = 0

    def take(self, what: Prepared | Reject) -> None:
        """Add a chunk, or a refusal."""
        if isinstance(what, Reject):
            self.refused[what.code] += 1
            return
        self.refused.update(reject.code for reject in what.rejects)
        if what.table.num_rows:
            self.tables.setdefault(what.kind, []).append(what.table)
        if what.narratives is not None:
            self.narratives.append(what.narratives)
        self.in_part += 0 if what.partial is None else what.partial.num_rows
        self.rows += what.table.num_rows


def gathered(reads: Iterable[Read], most: int) -> Iterator[Reread]:
    """Yield what was read, so many rows together at least."""
    some = Reread()
    for read in reads:
        some.take(read.what)
        if some.rows >= most:
            yield some
            some = Reread()
    yield some


@dataclass(frozen=True, slots=True)
class Run:
    """Messages of one day of receipt that are settled together, with their content if it travels.

    Attributes:
        messages: In the order of the journal.
        contents: Payloads by ``seq``; empty where the journal is at hand.
    """

    messages: tuple[Message, ...]
    contents: dict[int, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of the payloads."""
        return sum(message.size for message in self.messages)


class _Held:
    """What the pipeline asks of a journal, of payloads that were brought along."""

    def __init__(self, contents: dict[int, bytes]) -> None:
        self._contents = contents
        self.spool = self

    def payloads(self, messages: Sequence[Message]) -> dict[int, bytes]:
        """Return the contents of messages."""
        return {m.seq: self._contents[m.seq] for m in messages}

    def open(self, message: Message) -> BinaryIO:
        """Open the content of a message."""
        return io.BytesIO(self._contents[message.seq])

    def scratch(self) -> BinaryIO:
        """Return an unnamed temporary file."""
        return tempfile.TemporaryFile()


@cache
def _scrubber() -> TextScrubber:
    return TextScrubber(children=0)


def scrub_alone(texts: list[str]) -> Scrubbed:
    """Scrub texts in this process: a worker among others has no children."""
    return _scrubber()(texts)


def read_run(run: Run, *, feed: Feed, settings: Settings) -> list[Reread]:
    """Return what a run gives, read from the contents it brought, in whatever process."""
    pipeline = Pipeline(
        *(cast("Journal", _Held(run.contents)), cast("Any", None), cast("Any", None)),
        connectors={},
        settings=settings,
        kitchen=feed.kitchen,
    )
    return list(gathered(pipeline.reads(feed, run.messages), 2**62))


def bounds_of(settings: Settings) -> Settings:
    """Return what reading needs of a home's settings: city, language, bounds; no addresses."""
    kept = settings.intake
    intake = IntakeSettings(
        max_line_bytes=kept.max_line_bytes,
        max_archive_bytes=kept.max_archive_bytes,
        max_archive_ratio=kept.max_archive_ratio,
        max_archive_files=kept.max_archive_files,
    )
    return Settings(city=settings.city, language=settings.language, intake=intake)
