"""Files named by a person, ingested while they wait."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from vigie.base.clock import Clock, now_us
from vigie.base.errors import TooLarge
from vigie.base.settings import IntakeSettings
from vigie.intake.batch import Batch, Mode
from vigie.intake.committing import Committer
from vigie.intake.connector import Connector
from vigie.intake.entry import Message
from vigie.intake.files import Found, open_regular, walk
from vigie.intake.journal import INLINE_BYTES, Journal
from vigie.intake.outcome import IngestReport, Tally
from vigie.intake.pipeline import Pipeline, Progress
from vigie.model.notices import Reject

TOGETHER = 500
TOGETHER_BYTES = 1 << 30


class BulkLoader:
    """Journals files, then processes them, batch by batch."""

    def __init__(
        self, journal: Journal, pipeline: Pipeline, committer: Committer, clock: Clock
    ) -> None:
        self._journal = journal
        self._pipeline = pipeline
        self._committer = committer
        self._clock = clock
        self._settings: IntakeSettings = journal.settings

    def load(
        self,
        source: str,
        connector: Connector,
        paths: Sequence[Path],
        *,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Ingest files and folders; see ``Intake.ingest_paths``."""
        found = walk(paths, connector.suffixes, max_bytes=self._settings.max_file_bytes)
        total = sum(_size(one) for one in found.files)
        tallies: list[Tally] = []
        done = 0.0

        def tell(within: float, _of: float, name: str) -> None:
            if progress is not None:
                progress(done + within, total, name)

        for some in _slices(found.files):
            tallies += self._load_some(source, some, tell)
            done += sum(_size(one) for one in some)
        return IngestReport(source, tuple(tallies), found.ignored)

    def _load_some(self, source: str, files: Sequence[Found], progress: Progress) -> list[Tally]:
        """Journal some files and process them; refused ones go to quarantine."""
        waiting: dict[int, Future[str]] = {}
        refused: dict[int, Reject] = {}
        messages: list[Message] = []
        try:
            for index, one in enumerate(files):
                answer = one.reject or self._journal_file(source, one)
                if isinstance(answer, Reject):
                    refused[index] = answer
                else:
                    waiting[index] = answer
            messages = self._journal.get_many([future.result() for future in waiting.values()])
            outcome = self._pipeline.process(source, messages, background=True, progress=progress)
        except BaseException:
            self._journal.release(messages, begun=True)  # the lake may have some of it
            raise
        tallies = dict(zip(waiting, outcome.tallies, strict=True))
        tallies |= self._refuse(source, files, refused)
        return [tallies[index] for index in range(len(files))]

    def _journal_file(self, source: str, one: Found) -> Future[str] | Reject:
        stream = open_regular(one.path)
        if isinstance(stream, Reject):
            return stream
        with stream:
            head = stream.read(INLINE_BYTES + 1)
            if len(head) <= INLINE_BYTES:
                return self._journal.submit(source, one.name, head, own=True)
            stream.seek(0)
            try:
                return self._journal.submit_stream(source, one.name, stream, own=True)
            except TooLarge as error:
                return Reject("too_large", params=dict(error.params))

    def _refuse(
        self, source: str, files: Sequence[Found], refused: dict[int, Reject]
    ) -> dict[int, Tally]:
        """Put files that were never opened into quarantine."""
        if not refused:
            return {}
        batch = Batch(source)
        at = now_us(self._clock)
        tallies: dict[int, Tally] = {}
        for index, reject in refused.items():
            message = never_opened(source, files[index], at + index)
            batch.refuse(message, reject)
            tallies[index] = batch.tally(message)
        self._committer.commit(batch, Mode())
        return tallies


def never_opened(source: str, one: Found, received_us: int) -> Message:
    """Return what stands for a file that was refused before it was opened."""
    digest = hashlib.sha256(str(one.path).encode("utf-8", "surrogateescape")).hexdigest()
    return Message(
        seq=-1,
        message_id="",
        source=source,
        name=one.name,
        media="",
        received_us=received_us,
        sha256=digest,
        size=0,
        spool=None,
        attempts=0,
        state="failed",
    )


def _size(one: Found) -> int:
    try:
        return one.path.lstat().st_size if one.reject is None else 0
    except OSError:
        return 0


def _slices(files: Sequence[Found]) -> Iterator[list[Found]]:
    """Yield runs of files that are journalled before they are processed, bounded in disk."""
    run: list[Found] = []
    size = 0
    for one in files:
        if run and (len(run) >= TOGETHER or size + _size(one) > TOGETHER_BYTES):
            yield run
            run, size = [], 0
        run.append(one)
        size += _size(one)
    if run:
        yield run
