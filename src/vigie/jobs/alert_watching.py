"""Letting instances of alert rules judge what has come as soon as it is in the lake."""

from __future__ import annotations

import threading
import time
from typing import Self

from vigie.base.clock import now_us
from vigie.base.errors import Stopping
from vigie.base.logging import get_logger
from vigie.base.stopping import Stop, Worker, stoppable
from vigie.situation.alerts_fresh import Fresh
from vigie.situation.home import Home

LOOK_S = 0.3
"""So long a look waits for a commit to be told before it looks whether it is to end."""

SHARE = 4.0
"""After a look it rests so many times as long as it worked, a fifth of a core at most, and as long
as it took: others wait for the disk and the lake, too."""

log = get_logger(__name__)


class AlertWatch:
    """Judges facts and measures at every commit, in one thread while it is entered."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stop = threading.Event()
        self._fresh = Fresh(home)
        self._looked_us: int | None = None
        self._ended = Stop()
        with stoppable(self._ended, home.stop):
            self._thread = Worker(self._run, "alerts")

    def look(self) -> int:
        """Judge what has come since the last look; returns how many alerts were raised."""
        before, self._looked_us = self._looked_us, now_us(self._home.clock)
        fresh = self._fresh.look()
        if fresh and before is not None:
            self._time(before)
        return len(fresh)

    def _time(self, looked_us: int) -> None:
        """Note how long the oldest of what came since a look has waited: none was told later."""
        oldest = self._home.intake.figures.oldest_received_since(looked_us)
        if oldest is not None:
            self._home.alert_timing.note((now_us(self._home.clock) - oldest) / 1_000_000)

    def _run(self) -> None:
        while not self._stop.is_set():
            began, used = time.monotonic(), time.thread_time()
            try:
                self.look()
            except Stopping:
                return
            except Exception:
                log.exception("alerts could not be looked at")
                self._stop.wait(10.0)
            took_s, worked_s = time.monotonic() - began, time.thread_time() - used
            self._stop.wait(max(SHARE * worked_s, took_s))
            self._home.intake.events.wait(self._fresh.seen, LOOK_S)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread; a look under way ends at its next step."""
        self._ended.set()
        self._stop.set()
        self._thread.join()
