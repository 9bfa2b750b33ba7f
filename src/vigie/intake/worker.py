"""What runs by itself: processing of waiting messages, watchers, pollers, housekeeping."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from vigie.base.clock import Clock, now_us
from vigie.base.errors import VigieError
from vigie.base.house_clock import stamped_us
from vigie.base.logging import get_logger
from vigie.base.memory import EVERY_S, give_back
from vigie.base.settings import Settings
from vigie.intake.batch import Batch
from vigie.intake.entry import Message
from vigie.intake.events import SOURCE_STATE, EventLog
from vigie.intake.journal import SUSPECT, Journal
from vigie.intake.pipeline import Pipeline
from vigie.intake.quarantine import Quarantine
from vigie.intake.reprocessing import Reprocessing
from vigie.intake.retention import (
    Forgotten,
    Terms,
    count_by_hour,
    count_expired,
    forgotten,
    prune_events,
    settle,
)
from vigie.intake.sources import Sources

MESSAGES_PER_BATCH = 2_000
"""What is urgent waits for one batch of the others at most."""
MESSAGES_TOGETHER = 1_000
BYTES_TOGETHER = 2**20
"""Feeds share a commit as long as their messages are no more than these, each feed's no larger."""
TOGETHER_S = 0.25
"""Nor does what was read first wait longer for the others."""
FIRST = 1
BYTES_PER_BATCH = 64 * 2**20
IDLE_S = 0.5
GATHER_S = 0.05
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 5.0
"""However long nothing could be written, it is tried within ten seconds of the disk's return."""
STATES_S = 5.0
HOUSEKEEPING_S = 600.0
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Messages of a feed that are read, and their batch, not committed yet."""

    source: str
    messages: list[Message]
    batch: Batch


class Drain:
    """Takes waiting messages, feed by feed in turn, and processes them in micro-batches.

    What a commit costs hardly depends on how much it brings: feeds with few messages share one.

    Attributes:
        errors: Why the messages of a feed wait, by feed.
        done: Messages processed since it was made.
    """

    def __init__(self, journal: Journal, pipeline: Pipeline) -> None:
        self.errors: dict[str, str] = {}
        self.done = 0
        self._journal = journal
        self._pipeline = pipeline
        self._turn = threading.Lock()
        self._held: list[Message] = []
        self._gathered: list[_Gathered] = []
        self._gathered_s = 0.0
        self._apart: set[str] = set()
        self._full = False

    def reprocessing(self, settings: Settings) -> Reprocessing:
        """Return what reads the kept messages of a feed anew."""
        return Reprocessing(self._journal, self._pipeline, settings)

    def run(
        self,
        *,
        limit: int | None = None,
        stopping: Callable[[], bool] = lambda: False,
        once: bool = False,
    ) -> int:
        """Process what waits, one batch of each feed in turn; returns how many messages.

        Args:
            limit: Stop after about this many.
            stopping: Asked between batches.
            once: Stop after a batch of each feed, unless one left more than it could take: what
                comes meanwhile is another turn's.
        """
        with self._turn:
            self._give_back([message for one in self._gathered for message in one.messages])
            self._gathered = []
            before, failed = self.done, set[str]()
            self._full = True
            while (self._full or not once) and self._waiting(failed):
                self._full = False
                for source in self._in_turn(failed):
                    begun = self.done - before + self._n_gathered()
                    if stopping() or (limit is not None and begun >= limit):
                        self._commit(failed)
                        return self.done - before
                    room = MESSAGES_PER_BATCH if limit is None else limit - begun
                    self._batch(source, min(room, MESSAGES_PER_BATCH), failed)
                self._commit(failed)
            return self.done - before

    def _n_gathered(self) -> int:
        return sum(len(one.messages) for one in self._gathered)

    def _waiting(self, failed: set[str]) -> list[str]:
        """Return the feeds with messages that can be processed now, the first priority first."""
        priority = self._journal.admission.priority
        found = [one for one in self._journal.waiting_sources() if one not in failed]
        return sorted(found, key=lambda one: (priority(one), one))

    def _in_turn(self, failed: set[str]) -> Iterator[str]:
        """Yield each waiting feed once; the urgent ones again after each commit."""
        priority = self._journal.admission.priority
        done = self.done
        for source in self._waiting(failed):
            if self.done != done and priority(source) > FIRST:
                done = self.done
                urgent = self._waiting(failed)
                yield from (one for one in urgent if priority(one) == FIRST)
            if source not in failed:
                yield source

    def _batch(self, source: str, room: int, failed: set[str]) -> None:
        """Read a batch of one feed; commit what is gathered when it is no longer little."""
        messages: list[Message] = []
        began_s = time.monotonic()
        try:
            messages = self._journal.claim(source, limit=room, limit_bytes=BYTES_PER_BATCH)
            suspect = bool(messages) and messages[0].attempts >= SUSPECT
            little = sum(one.size for one in messages) <= BYTES_TOGETHER and not suspect
            self._full = self._full or len(messages) >= room or not little
            together = little and self._n_gathered() + len(messages) <= MESSAGES_TOGETHER
            if not together or any(one.source == source for one in self._gathered):
                self._commit(failed)
            batch = self._pipeline.gather(source, messages)
        except Exception as error:  # noqa: BLE001  it is shown in the feed's health and tried again
            self._fail(source, messages, error, failed)
            return
        if not self._gathered:
            self._gathered_s = began_s
        self._gathered.append(_Gathered(source, messages, batch))
        late = time.monotonic() - self._gathered_s >= TOGETHER_S
        much = self._n_gathered() >= MESSAGES_TOGETHER
        if late or much or not little or source in self._apart:
            self._commit(failed)

    def _commit(self, failed: set[str]) -> None:
        """Commit what is gathered; what cannot be committed with others is tried by itself."""
        gathered, self._gathered = self._gathered, []
        if not gathered:
            return
        try:
            self._pipeline.commit([one.batch for one in gathered])
        except Exception as error:  # noqa: BLE001  as above
            if len(gathered) == 1:
                self._fail(gathered[0].source, gathered[0].messages, error, failed)
                return
            for one in gathered:
                self._give_back(one.messages)
            self._apart |= {one.source for one in gathered}
            return
        for one in gathered:
            self.errors.pop(one.source, None)
            self._apart.discard(one.source)
            self.done += len(one.messages)

    def _fail(
        self, source: str, messages: list[Message], error: Exception, failed: set[str]
    ) -> None:
        reason = error.code if isinstance(error, VigieError) else type(error).__name__
        self.errors[source] = reason
        failed.add(source)
        log.warning("messages wait", source=source, reason=reason, detail=str(error))
        self._give_back(messages)

    def _give_back(self, messages: list[Message]) -> None:
        self._held += messages
        if self._held:
            try:
                self._journal.release(self._held)
            except VigieError as error:
                log.warning("messages not given back yet", n=len(self._held), reason=error.code)
            else:
                self._held = []


class Worker:
    """The threads of a serving process.

    Attributes:
        tell: Called when a message came, for processes elsewhere.
    """

    def __init__(self, drain: Drain, *, linger_ms: int) -> None:
        self.tell: Callable[[], None] | None = None
        self._drain = drain
        self._linger_s = linger_ms / 2000
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, keepers: Sequence[Keeper], *, processing: bool = True) -> None:
        """Start the threads; does nothing when they run.

        Args:
            keepers: What is done again and again beside the processing.
            processing: Whether waiting messages are processed here.
        """
        if self._threads:
            return
        self._stopping.clear()
        if processing:
            self._threads = [threading.Thread(target=self._process, name="intake", daemon=True)]
        self._threads += [
            threading.Thread(target=self._keep, args=(keeper,), name=keeper.name, daemon=True)
            for keeper in (*keepers, SPARING)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop the threads and wait for what they are doing."""
        self._stopping.set()
        self._woken.set()
        for thread in self._threads:
            thread.join()
        self._threads = []

    def wake(self) -> None:
        """Say that there is a new message, here and elsewhere."""
        self.rung()
        if self.tell is not None:
            self.tell()

    def rung(self) -> None:
        """Look at what waits: another process has taken a message."""
        if not self._woken.is_set():
            self._woken.set()

    def _process(self) -> None:
        """Process what waits; messages that arrive close together share a commit.

        Two turns begin half of ``linger_ms`` apart at least: what arrives during a commit waits
        for the next one anyway, so no message waits much longer than the whole of it. What comes
        after a silence waits for nothing but those that come with it.
        """
        pause_s = FIRST_PAUSE_S
        began_s = float("-inf")
        while not self._stopping.is_set():
            if self._woken.wait(IDLE_S):
                self._woken.clear()
                gather_s = min(GATHER_S, self._linger_s)
                due_s = began_s + self._linger_s - time.monotonic()
                self._stopping.wait(max(gather_s, due_s))
            began_s = time.monotonic()
            try:
                self._drain.run(stopping=self._stopping.is_set, once=True)
            except Exception as error:
                log.exception("processing failed")
                self._drain.errors[""] = type(error).__name__
            if self._drain.errors:
                self._stopping.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                pause_s = FIRST_PAUSE_S

    def _keep(self, keeper: Keeper) -> None:
        while not self._stopping.is_set():
            try:
                keeper.work()
            except Exception:
                log.exception("background work failed", work=keeper.name)
            self._stopping.wait(keeper.period_s)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Something done again and again.

    Attributes:
        name: Of the thread.
        period_s: Pause between two turns, seconds.
        work: What is done.
    """

    name: str
    period_s: float
    work: Callable[[], object]


SPARING = Keeper("memory", EVERY_S, give_back)


class Housekeeping:
    """Feeds' states told as events; what has expired thrown away."""

    def __init__(
        self,
        journal: Journal,
        sources: Sources,
        quarantine: Quarantine,
        events: EventLog,
        clock: Clock,
    ) -> None:
        self._journal = journal
        self._sources = sources
        self._quarantine = quarantine
        self._events = events
        self._clock = clock
        self.terms = Terms.of(journal.settings)

    def tell_states(self) -> int:
        """Log an event for each feed whose state has changed; returns how many."""
        changed = self._sources.changed_states(now_us(self._clock))
        if changed:

            def note(connection: sqlite3.Connection) -> None:
                for source, before, state in changed:
                    self._sources.note_state_within(connection, source, state)
                    data = {"source": source, "state": state, "before": before}
                    self._events.append_within(connection, SOURCE_STATE, data)

            self._journal.database.write(note)
            self._events.announce()
        return len(changed)

    def keep(self, terms: Terms) -> None:
        """Take over the home's terms."""
        self.terms = terms
        self._quarantine.kept_us = terms.quarantine_us

    def clean(self) -> None:
        """Expire quarantine, prune journal, batches, news and keys, free what the dead held."""
        now, database = now_us(self._clock), self._journal.database

        def ended(term_us: int) -> int:
            return stamped_us(self._clock, now - term_us)

        n = self._quarantine.expire()
        n += self._journal.prune(before_us=ended(self.terms.journal_us))
        n += prune_events(database, before_us=ended(self.terms.events_us), now_us=now)
        kept_us = max(self.terms.journal_us, self.terms.quarantine_us)
        self._journal.forget_keys(before_us=ended(kept_us))
        self._sources.prune_batches(before_us=ended(self.terms.batches_us))
        self._events.prune()
        self._journal.recover()
        if n or database.log_is_stale:
            database.empty_log()

    def count_expired(self, now: int) -> dict[str, int]:
        """Return how many rows of each store ``clean`` would forget for their age at an instant."""
        database = self._journal.database
        return count_expired(database, self.terms, now)

    def count_by_hour(self, store: str) -> list[tuple[int, int]]:
        """Return how many rows of a store are kept, by the hour their term runs from."""
        return count_by_hour(self._journal.database, store)

    def forgotten(self) -> list[Forgotten]:
        """Return what was deleted and stands in no register yet."""
        return forgotten(self._journal.database)

    def settle(self, number: int) -> None:
        """Note that deletions up to this number stand in the register."""
        settle(self._journal.database, number)
