"""Weak signals looked for once an hour, in a thread of its own that ends when the server does."""

from __future__ import annotations

from threading import Event, Thread

from vigie.base.clock import now_us
from vigie.base.logging import get_logger
from vigie.situation.alerts import HOUR_US
from vigie.situation.home import Home
from vigie.situation.weak_signals import watch_signals

FIRST_HOURS = 24
"""A first start looks back a day."""
AFTER_US = 10 * 60_000_000
"""An hour is judged ten minutes after its end: feeds by the hour have come by then."""

log = get_logger(__name__)


class SignalWatch:
    """Judges each full hour once, week by week of the past, asking before each whether to go on."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stop = Event()
        self._thread: Thread | None = None
        self._judged_us = 0

    def tick(self) -> bool:
        """Begin with the newest full hour unless it was judged or is under way; says whether."""
        hour = (now_us(self._home.clock) - AFTER_US) // HOUR_US * HOUR_US
        busy = self._thread is not None and self._thread.is_alive()
        if self._stop.is_set() or busy or hour <= self._judged_us:
            return False
        missed = (hour - self._judged_us) // HOUR_US if self._judged_us else FIRST_HOURS
        self._judged_us = hour
        self._thread = Thread(
            target=self._run, args=(min(int(missed) + 1, FIRST_HOURS),), name="signals", daemon=True
        )
        self._thread.start()
        return True

    def _run(self, hours: int) -> None:
        try:
            fresh = watch_signals(self._home, hours=hours, going=lambda: not self._stop.is_set())
        except Exception:
            log.exception("weak signals could not be judged")
            return
        log.info("weak signals judged", hours=hours, alerts=len(fresh))

    def stop(self) -> None:
        """Stop after the week being read."""
        self._stop.set()

    def close(self) -> None:
        """Stop after the week being read, and wait for that."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
