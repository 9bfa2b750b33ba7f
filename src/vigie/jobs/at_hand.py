"""What-if and adequacy kept at hand: fitted beside the server, so that nobody waits for it."""

from __future__ import annotations

from threading import Thread

from vigie.base.logging import get_logger
from vigie.base.stopping import Stop, Worker, stoppable
from vigie.situation.home import Home
from vigie.situation.tomorrow.whatif import keep_at_hand

log = get_logger(__name__)


class AtHand:
    """Fits, in a thread of its own, what answers about events rest on."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._thread: Thread | None = None
        self._stop = Stop()

    @property
    def busy(self) -> bool:
        """Return whether it is at work."""
        return self._thread is not None and self._thread.is_alive()

    def tick(self) -> bool:
        """Begin again unless it is at work or there is nothing to learn from; returns whether."""
        if self.busy or self._home.lake.extent("facts") is None:
            return False
        with stoppable(self._stop, self._home.stop):
            self._thread = Worker(self._run, "at-hand")
        self._thread.start()
        return True

    def _run(self) -> None:
        plans = keep_at_hand(self._home)
        log.info("adequacy is at hand", plans=plans)

    def close(self) -> None:
        """End the work under way at its next step: it reads the home."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
