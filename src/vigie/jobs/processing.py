"""The process beside the server: it processes the journal and lets rules judge what comes of it.

A commit computes for tens of milliseconds and hundreds of listeners are written to at each tick:
under one interpreter each waits for the other. What is acknowledged is on disk, so that a process
that dies loses nothing: the next one takes up what it owned. It ends with the server, however that
ends: at the end of its input it finishes the commit under way.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO, BinaryIO, Self

from vigie.base.children import end_child, keep_running
from vigie.base.collecting import all_loaded
from vigie.base.logging import configure_logging, get_logger
from vigie.base.memory import POOLS
from vigie.base.timing import Timing
from vigie.intake.apart import AWAY, Processed
from vigie.jobs.alert_watching import AlertWatch
from vigie.jobs.warming import Warming
from vigie.situation.home import Home, open_home

MODULE = "vigie.jobs.processing"
WAKE_S = 0.02
"""What is acknowledged within it is told to the child at once."""
SAY_S = 1.0
"""The child says that it lives at least so often."""
MUTE_S = 60.0
"""A child that says nothing for so long is ended and started again."""
START_S = 300.0
"""The same before its first word: an old home may have much to bring up to date."""
LOOK_S = 0.5
ENDING_S = 30.0
log = get_logger(__name__)


class Processing:
    """Keeps the child running while it is entered; stands in the intake as its ``apart``.

    Attributes:
        restarts: How often the child was started again.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._told = _nothing()
        self._heard_s: float | None = None
        self._threads: list[threading.Thread] = []
        self.restarts = 0

    @property
    def alive(self) -> bool:
        """Whether the child runs and has said so."""
        child = self._child
        return child is not None and child.poll() is None and self._heard_s is not None

    @property
    def pid(self) -> int | None:
        """Process id of the child."""
        child = self._child
        return None if child is None else child.pid

    def wake(self) -> None:
        """Say that a message waits."""
        if not self._woken.is_set():
            self._woken.set()

    @property
    def errors(self) -> Mapping[str, str]:
        """Why messages wait, by feed; those of every feed while the child is started again."""
        if self.alive or self.restarts == 0:
            return self._told.errors
        return dict.fromkeys((one.source for one in self._home.intake.sources()), AWAY)

    def __enter__(self) -> Self:
        """Start the child and what watches it."""
        self._home.intake.apart = self
        self._threads = [
            threading.Thread(target=self._keep, name="processing", daemon=True),
            threading.Thread(target=self._wake_child, name="processing-wake", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End the child; it finishes the commit under way."""
        self._stopping.set()
        self._woken.set()
        for thread in self._threads:
            thread.join()
        self._home.intake.apart = None

    # --- The child's life ----------------------------------------------------------------------

    def _keep(self) -> None:
        keep_running("processing", self._run, self._stopping, self._fell)

    def _fell(self) -> None:
        self.restarts += 1

    def _run(self) -> int | None:
        """Start a child and stay with it until it has ended; return its exit code."""
        child = subprocess.Popen(
            [sys.executable, "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            env={**POOLS, **os.environ},
        )
        assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 -- above
        self._heard_s, self._told = None, _nothing()
        self._child = child
        told = {"home": str(self._home.path.absolute())}
        self._write(child.stdin, json.dumps(told).encode() + b"\n")
        reader = threading.Thread(
            target=self._hear, args=(child.stdout,), name="processing-hear", daemon=True
        )
        reader.start()
        began = time.monotonic()
        while child.poll() is None and not self._stopping.is_set():
            if self._is_mute(began):
                log.warning("processing says nothing, it is ended")
                child.kill()
            self._stopping.wait(LOOK_S)
        self._end(child)
        reader.join()
        child.stdout.close()
        return child.returncode

    def _is_mute(self, began_s: float) -> bool:
        heard_s = self._heard_s
        if heard_s is None:
            return time.monotonic() - began_s > START_S
        return time.monotonic() - heard_s > MUTE_S

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        with self._guard:
            self._child = None  # nothing is written to it any more
        end_child("processing", child, began=self._heard_s is not None, within_s=ENDING_S)

    # --- What passes between the two -----------------------------------------------------------

    def _write(self, pipe: IO[bytes], content: bytes) -> None:
        with self._guard, suppress(OSError, ValueError):  # it has ended: the next one looks itself
            pipe.write(content)
            pipe.flush()

    def _wake_child(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait()
            self._woken.clear()
            child = self._child
            if child is not None and child.stdin is not None:
                self._write(child.stdin, b"\n")
            self._stopping.wait(WAKE_S)

    def _hear(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            try:
                told = Processed.read(line)
            except ValueError:
                log.warning("processing said what is not understood")
                continue
            before, self._told = self._told, told
            self._heard_s = time.monotonic()
            self._home.intake.pressure.note_processed(told.n - before.n)
            (counts, sum_s), (known, known_s) = told.alerts, before.alerts
            more = [new - old for new, old in zip(counts, known, strict=True)]
            self._home.alert_timing.add(more, sum_s - known_s)
            self._home.intake.events.announce()


def _nothing() -> Processed:
    """Return what a child that begins has done: its figures count from nought."""
    return Processed(0, {}, Timing().counts())


class Teller:
    """Says on a pipe what was processed, when something was and now and then."""

    def __init__(self, home: Home, pipe: BinaryIO) -> None:
        self._home = home
        self._pipe = pipe
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="teller", daemon=True)
        home.intake.events.tell = self._woken.set
        self._thread.start()

    def _run(self) -> None:
        with suppress(OSError):  # nobody hears: the end of the input says so, too
            while True:
                self._woken.clear()
                here, alerts = self._home.intake.processing, self._home.alert_timing.counts()
                self._pipe.write(Processed(here.done, dict(here.errors), alerts).line())
                self._pipe.flush()
                self._woken.wait(SAY_S)


def work(home: Home, orders: BinaryIO, answers: BinaryIO) -> None:
    """Process a home's journal and judge what comes of it until the orders end."""
    Teller(home, answers)
    home.intake.process()
    try:
        with AlertWatch(home), Warming() as warming, all_loaded():
            warming.begin()
            while os.read(orders.fileno(), 4_096):
                home.intake.wake()
    finally:
        home.intake.stop()


def main() -> int:
    """Be the child of ``Processing``."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but answers goes to the parent
    orders = sys.stdin.buffer
    first = bytearray()
    while not first.endswith(b"\n"):
        piece = os.read(orders.fileno(), 1)
        if not piece:
            return 0
        first += piece
    with open_home(Path(json.loads(first)["home"])) as home:
        configure_logging(level=home.settings.log_level, also=home.elsewhere)

        def end(signal_number: int, _: FrameType | None) -> None:
            signal.signal(signal_number, signal.SIG_IGN)
            home.stop.set()
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, end)
        work(home, orders, answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
