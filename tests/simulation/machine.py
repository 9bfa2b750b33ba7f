"""The machine that is simulated: its clocks, and intake, lake, audit and keys as they really are.

Everything runs in one process and one thread; where Vigie draws at random it draws from the seed.
So the same seed does the same, operation by operation.
"""

from __future__ import annotations

import collections
import contextlib
import json
import queue
import random
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from unittest import mock

import pyarrow as pa

from vigie.audit.store import Audit
from vigie.base.clock import Clock, SteadyClock
from vigie.base.errors import StoreBroken, Unavailable, VigieError
from vigie.base.house_clock import HouseClock, note_time
from vigie.base.settings import AuditSettings, IntakeSettings, Settings
from vigie.base.time_record import RecordFile
from vigie.intake.connector import Connector, Context, Parsed, Payload, plain_lines
from vigie.intake.service import Intake
from vigie.keys.keeper import Keeper
from vigie.keys.keystore import Keystore
from vigie.keys.pipes import Frame
from vigie.keys.process import Desk
from vigie.lake.store import Lake
from vigie.model.contracts import TIMESTAMP
from vigie.model.notices import Reject

FEEDS = ("log", "other")
SETTINGS = Settings(intake=IntakeSettings(min_free_bytes=0, quarantine_days=7))


def parse(payload: Payload, _context: Context) -> Iterator[Parsed]:
    """JSON lines ``{"ref", "at", "revision"}`` as facts; what cannot be read is refused."""
    good, rejects, read = [], [], 0
    for number, line in enumerate(payload.content, 1):
        read = number
        try:
            good.append((number, json.loads(line)))
        except ValueError:
            rejects.append(Reject("bad_row", row=number, params={"reason": "JSON"}, raw=line))
    if any("boom" in row for _, row in good):
        msg = "a bug of the connector"
        raise RuntimeError(msg)
    yield Parsed(
        "facts",
        pa.table(
            {
                "source_ref": [row["ref"] for _, row in good],
                "kind": ["offence.disorder.noise.night"] * len(good),
                "earliest_at": pa.array(
                    [datetime.fromisoformat(row["at"]) for _, row in good], TIMESTAMP
                ),
                "revision": pa.array([row["revision"] for _, row in good], pa.int64()),
            }
        ),
        rows=pa.array([number for number, _ in good], pa.int64()),
        rejects=rejects,
        read=read,
    )


CONNECTOR = Connector("lines", {"fr": "x", "en": "x"}, ("facts",), (".jsonl",), parse,
                      joins=plain_lines)  # fmt: skip


class Clocks:
    """What time it is, and what the machine believes.

    Attributes:
        true_us: The time.
        error_us: How far ahead the machine's clock is (behind, when negative).
        kept: Whether the kernel says that it is synchronised; never while it is wrong.
        steady: Whether Vigie reads the machine's clock as it does, or (a mutant) bare.
    """

    def __init__(self, start_us: int, *, steady: bool = True) -> None:
        self.true_us, self.error_us, self.steady = start_us, 0, steady
        self.kept, self._by_hand = True, False
        self._booted_us, self._right_us = start_us, 0

    def pass_to(self, at_us: int) -> None:
        """Let time go by."""
        self.true_us = max(self.true_us, at_us)
        if self.true_us >= self._right_us and self.error_us:
            self.error_us, self.kept = 0, not self._by_hand

    def leap(self, error_us: int, for_us: int, *, by_hand: bool = False) -> None:
        """Set the machine's clock wrong; it is set right again after a while.

        Args:
            error_us: How far ahead.
            for_us: For how long.
            by_hand: Whether it is then set right by somebody, no source of time vouching for it.
        """
        self.error_us, self._right_us = error_us, self.true_us + for_us
        self.kept, self._by_hand = False, by_hand

    def wall_us(self) -> int:
        """Return what the machine's clock says."""
        return self.true_us + self.error_us

    def elapsed_us(self) -> int:
        """Return how long the machine has been up."""
        return self.true_us - self._booted_us

    def boot(self) -> None:
        """Start the machine again: it asks for the time and is right."""
        self._booted_us, self.error_us, self.kept = self.true_us, 0, True

    def boot_wrong(self, error_us: int, for_us: int, *, by_hand: bool) -> None:
        """Start the machine again with a clock that is wrong for a while; see ``leap``."""
        self._booted_us = self.true_us
        self.leap(error_us, for_us, by_hand=by_hand)

    def clock(self, home: Path) -> Clock:
        """Return the clock of a new process on a home."""
        if self.steady:
            return HouseClock(
                RecordFile(home),
                least_us=0,
                wall_us=self.wall_us,
                elapsed_us=self.elapsed_us,
                kept=lambda: self.kept,
            )
        return SteadyClock(self.wall_us, self.elapsed_us, leap_us=1 << 62)


class KeeperHere(Keeper):
    """The keeper of keys with its keystore in this process: its writes are seen like all others."""

    _here: tuple[Keystore, Desk] | None = None

    def _exchange(self, head: dict[str, Any], items: Iterable[bytes]) -> Frame:
        if self._closed:
            raise Unavailable(what="keys")
        if self._here is None:
            try:
                store = Keystore(self.folder, self.ledger)
            except VigieError as error:
                return {"error": error.code, "params": error.params}, []
            except sqlite3.Error as error:  # it ends its process
                raise EOFError from error
            self._here = store, Desk(store)
        return self._here[1].answer(head, list(items))

    def _end(self) -> None:
        if self._here is not None:
            store, self._here = self._here[0], None
            store.close()


class Turnstile:
    """The journal's queue, whose writer works in this thread as soon as something is put.

    While it is held, what comes is kept back, and is then taken as one group: it shares one flush.
    """

    last: Turnstile

    def __init__(self) -> None:
        self._waiting: collections.deque[Any] = collections.deque()
        self._held = self._working = False
        self.work: Callable[[], None] = lambda: None
        Turnstile.last = self

    def put(self, one: Any) -> None:
        self._waiting.append(one)
        self._go_on()

    def get(self) -> Any:
        return self._waiting.popleft() if self._waiting else None  # None: enough for now

    def get_nowait(self) -> Any:
        if not self._waiting:
            raise queue.Empty
        return self._waiting.popleft()

    def _go_on(self) -> None:
        if self._waiting and not self._held and not self._working:
            self._working = True
            self.work()
            self._working = False

    @contextmanager
    def held(self) -> Iterator[None]:
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self._go_on()


class HereThread:
    """Stands for the journal's writer thread: it runs here whenever there is something to do."""

    def __init__(self, target: Callable[[], None], **_: object) -> None:
        Turnstile.last.work = target

    def start(self) -> None:
        """Have nothing to do yet."""

    def join(self) -> None:
        """Have nothing to wait for."""


class InTurn:
    """Stands for a pool of threads: does one thing after the other."""

    def __init__(self, *_: object) -> None:
        """Need nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Have nothing to wait for."""

    map = staticmethod(map)


class Machine:
    """One start of Vigie on a folder.

    Attributes:
        clock: As in a home.
        audit: As in a home.
        keys: As in a home, in this process.
        lake: As in a home.
        intake: As in a home.
    """

    def __init__(self, home: Path, clock: Clock, *, create: bool = False) -> None:
        """Open everything in a home's order.

        Raises:
            VigieError, OSError: When that cannot be now; nothing is left open.
        """
        self.clock = clock
        with ExitStack() as undo:
            self.audit = Audit.open(home / "audit", settings=AuditSettings(), clock=clock)
            undo.callback(self.audit.close)
            self.keys = KeeperHere(home / "keys", clock)
            undo.callback(self.keys.close)
            self.lake = Lake.open(home / "lake", SETTINGS.lake, create=create, keys=self.keys)
            undo.callback(self.lake.close)
            self.intake = Intake.open(
                home / "intake",
                settings=SETTINGS,
                lake=self.lake,
                connectors={"lines": CONNECTOR},
                clock=clock,
                create=create,
                audit=self.audit,
                keys=self.keys,
            )
            self.jobs = Turnstile.last
            undo.callback(self.intake.close)
            note_time(clock)
            self._undo = undo.pop_all()

    def accept_together(self, messages: list[tuple[str, bytes]]) -> list[str | VigieError]:
        """Take messages that share one flush; returns each's id, or why it was not taken."""
        waiting: list[Callable[[], str]] = []
        with self.jobs.held():
            for feed, content in messages:
                try:
                    waiting.append(self.intake._journal.submit(feed, "m", content).result)
                except VigieError as error:
                    waiting.append(lambda error=error: _raise(error))
        answers: list[str | VigieError] = []
        for ask in waiting:
            try:
                answers.append(ask())
            except VigieError as error:
                answers.append(error)
        return answers

    def close(self) -> None:
        """Close everything, in a home's order; a dead disk keeps nobody."""
        note_time(self.clock)
        with contextlib.suppress(OSError, VigieError, sqlite3.Error):
            self._undo.close()
        self.intake._database.close()  # where something before it refused


def _raise(error: VigieError) -> str:
    raise error


@contextmanager
def one_by_one(seed: str) -> Iterator[None]:
    """Let Vigie draw from a seed and do one thing at a time."""
    draws = random.Random(f"{seed} draws")
    jobs = SimpleNamespace(SimpleQueue=Turnstile, Empty=queue.Empty)
    threads = SimpleNamespace(
        Thread=HereThread,
        Lock=threading.Lock,
        local=threading.local,
        current_thread=threading.current_thread,
    )
    still = SimpleNamespace(perf_counter=lambda: 0.0, monotonic=lambda: 0.0)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(secrets, "token_bytes", draws.randbytes))
        for name, what in (
            ("vigie.intake.database.queue", jobs),
            ("vigie.lake.files.ThreadPoolExecutor", InTurn),
            ("vigie.lake.layout.ThreadPoolExecutor", InTurn),
            ("vigie.intake.committing.time", still),
            ("vigie.intake.worker.time", still),
            ("vigie.intake.database.threading", threads),
        ):
            stack.enter_context(mock.patch(name, what))
        yield


def make_home(home: Path, start_us: int) -> None:
    """Make an empty home with its feeds, for every seed to begin from."""
    with one_by_one("home"):
        machine = Machine(home, Clocks(start_us).clock(home), create=True)
        for feed in FEEDS:
            machine.intake.register(feed, "lines", period_s=3600)
        machine.close()


__all__ = ["FEEDS", "Clocks", "Machine", "StoreBroken", "make_home", "one_by_one"]
