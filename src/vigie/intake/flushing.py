"""What was read on its way to its commits: the batch being gathered, and those before it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from vigie.intake.batch import Batch, Mode
from vigie.intake.committing import Committer
from vigie.intake.entry import Message
from vigie.intake.joining import Origin
from vigie.intake.outcome import Tally
from vigie.intake.prepare import Prepared
from vigie.intake.quarantine import Refusal
from vigie.model.notices import Reject


@dataclass(frozen=True, slots=True)
class Read:
    """Something read: a chunk of records or a refusal, and the messages it came by."""

    what: Prepared | Reject
    messages: tuple[Message, ...]
    origin: Origin
    position: int = 0


class Flusher:
    """The batch being gathered, and the commits before it: at most one is under way."""

    def __init__(self, committer: Committer, batch: Batch, mode: Mode, *, background: bool) -> None:
        self.batch = batch
        self.done: list[Batch] = []
        self._committer = committer
        self._mode = mode
        self._under_way: Future[None] | None = None
        self._worker = ThreadPoolExecutor(1, "commit") if background else None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the last commit."""
        if self._worker is not None:
            self._worker.shutdown(wait=True)

    def take(self, read: Read) -> None:
        """Add what was read to the batch."""
        if isinstance(read.what, Reject):
            self.batch.refuse(read.messages[0], read.what)
        else:
            self.batch.add(read.what, read.messages, read.origin)

    def flush(self) -> None:
        """Commit the batch and begin another; without a worker, wait until it is committed."""
        batch, self.batch = self.batch, self.batch.following()
        if batch.empty:
            self.wait()
            return
        self.wait()
        self.done.append(batch)
        if self._worker is None:
            self._commit(batch)
        else:
            self._under_way = self._worker.submit(self._commit, batch)

    def wait(self) -> None:
        """Wait for the commit under way; raises what it raised."""
        if self._under_way is not None:
            self._under_way.result()
            self._under_way = None

    def _commit(self, batch: Batch) -> None:
        self._committer.commit(batch, self._mode)
        batch.tables.clear()
        batch.partials.clear()
        batch.narratives.clear()
        batch.originals.clear()

    def outcome(self, messages: Sequence[Message]) -> Outcome:
        """Return what came of the messages, over all the batches that carried them."""
        self.wait()
        tallies: list[Tally] = []
        for message in messages:
            total = Tally(message.name)
            for batch in self.done:
                part = batch.tallies.get(message.received_us)
                if part is not None:
                    total.add(part)
            tallies.append(total)
        refusals = [refusal for batch in self.done for refusal in batch.refusals]
        return Outcome(tallies, refusals)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of messages: one tally each, and what was refused."""

    tallies: list[Tally]
    refusals: list[Refusal]
