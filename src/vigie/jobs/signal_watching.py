"""Weak signals looked for once an hour, in a thread of its own that ends when the server does."""

from __future__ import annotations

from functools import partial

from vigie.base.clock import now_us
from vigie.base.errors import Stopping
from vigie.base.logging import get_logger
from vigie.base.stopping import Stop, Worker, stoppable
from vigie.situation.alerts import HOUR_US
from vigie.situation.home import Home
from vigie.situation.weak_signals import watch_signals

FIRST_HOURS = 24
"""A first start looks back a day."""
AFTER_US = 10 * 60_000_000
"""An hour is judged ten minutes after its end: feeds by the hour have come by then."""

log = get_logger(__name__)


class SignalWatch:
    """Judges each full hour once; looks between the weeks of the past whether to go on."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stop = Stop()
        self._thread: Worker | None = None
        self._judged_us = 0

    def tick(self) -> bool:
        """Begin with the newest full hour unless it was judged or is under way; says whether."""
        hour = (now_us(self._home.clock) - AFTER_US) // HOUR_US * HOUR_US
        busy = self._thread is not None and self._thread.is_alive()
        if self._stop.wanted or busy or hour <= self._judged_us:
            return False
        missed = (hour - self._judged_us) // HOUR_US if self._judged_us else FIRST_HOURS
        self._judged_us = hour
        hours = min(int(missed) + 1, FIRST_HOURS)
        with stoppable(self._stop, self._home.stop):
            self._thread = Worker(partial(self._run, hours), "signals")
        self._thread.start()
        return True

    def _run(self, hours: int) -> None:
        try:
            fresh = watch_signals(self._home, hours=hours)
        except Stopping:
            return
        except Exception:
            log.exception("weak signals could not be judged")
            return
        log.info("weak signals judged", hours=hours, alerts=len(fresh))

    def stop(self) -> None:
        """Have the work under way end before the next week that it reads."""
        self._stop.set()

    def close(self) -> None:
        """End the work under way, and wait for that: it reads the home."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
