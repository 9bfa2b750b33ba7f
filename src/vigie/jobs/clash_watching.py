"""Telling listeners of clashes as plans change: by hand, by a feed, by another process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Self

from vigie.base.errors import Stopping
from vigie.base.logging import get_logger
from vigie.base.stopping import Stop, Worker, stoppable
from vigie.judge.clashes import Clash
from vigie.situation.home import Home
from vigie.situation.tomorrow.clashes import tell

LOOK_S = 0.4
"""An edit is looked at within this; with the search itself it is told within a second."""

MOST_TOLD = 200
"""Of more changes at once (a feed of the year) the gravest are told; the list has them all."""

log = get_logger(__name__)


class ClashWatch:
    """Compares the clashes of a home with those before, in one thread while it is entered."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stop = threading.Event()
        self._before: Mapping[str, Clash] | None = None
        self._mark: tuple[int, ...] = ()
        self._ended = Stop()
        with stoppable(self._ended, home.stop):
            self._thread = Worker(self._run, "clashes")

    def look(self) -> int:
        """Tell what has changed since the last look; returns how much. The first tells nothing."""
        mark = (*self._home.plans.mark(), self._home.lake.version("places"))
        if self._before is not None and mark == self._mark:
            return 0
        now = {clash.clash_id: clash for clash in self._home.clashes.clashes()}
        before, self._before, self._mark = self._before, now, mark
        if before is None:
            return 0
        changes = [
            *((clash, "new") for key, clash in now.items() if key not in before),
            *((clash, "gone") for key, clash in before.items() if key not in now),
            *(
                (clash, "changed")
                for key, clash in now.items()
                if key in before and before[key].finding != clash.finding
            ),
        ]
        changes.sort(key=lambda one: (-one[0].finding.severity, one[0].finding.from_us))
        for clash, change in changes[:MOST_TOLD]:
            tell(self._home, clash, change)
        return len(changes)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            try:
                self.look()
            except Stopping:
                return
            except Exception:
                log.exception("clashes could not be looked at")
                self._stop.wait(10.0)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread; a look under way ends at its next step."""
        self._ended.set()
        self._stop.set()
        self._thread.join()
