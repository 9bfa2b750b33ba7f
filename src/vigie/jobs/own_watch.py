"""Vigie's own silence: an alert for what should have been done and was not, and a sign of life.

It runs in a thread of its own: the schedule that it watches may hang.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from typing import Self

from vigie.base.clock import now_us
from vigie.base.errors import Stopping
from vigie.base.logging import get_logger
from vigie.base.stopping import Stop, Worker, stoppable
from vigie.desk.alerts import Alert
from vigie.jobs.heartbeat import beat
from vigie.situation.alerts import tell
from vigie.situation.home import Home
from vigie.situation.pulse.silences import DISK, SECOND_US, Silence, silences

RULE = "own_silence"
FIRST_S = 1.0
SEVERITY = 4
_DAY_US = 86_400_000_000
log = get_logger(__name__)


class OwnWatch:
    """Looks at what is silent, every ``pulse.every_s``, in one thread while it is entered."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._begun_us = now_us(home.clock)
        self._full_us: int | None = None
        self._stop = threading.Event()
        self._ended = Stop()
        with stoppable(self._ended, home.stop):
            self._thread = Worker(self._run, "own-watch")

    def look(self) -> list[Silence]:
        """Put on the desk what is silent, or that the disk is full; show that Vigie lives.

        What speaks again is ended.

        Returns:
            What is silent.
        """
        found = [*silences(self._home, self._begun_us), *self._disk()]
        alerts = [_alert(one, now_us(self._home.clock)) for one in found]
        fresh = self._home.desk.alerts.raise_all(alerts)
        self._home.desk.alerts.end_others([RULE], [alert.alert_id for alert in alerts])
        tell(self._home, fresh)
        return found

    def _disk(self) -> list[Silence]:
        """Return that intake refuses what comes because the disk is nearly full."""
        free, at = shutil.disk_usage(self._home.path).free, now_us(self._home.clock)
        if free >= self._home.settings.intake.min_free_bytes:
            self._full_us = None
            return []
        since = self._full_us = at if self._full_us is None else self._full_us
        return [Silence(DISK, "disk", since, (at - since) // SECOND_US, {"free": free // 2**20})]

    def _run(self) -> None:
        wait_s, silent = FIRST_S, 0
        while not self._stop.wait(wait_s):
            wait_s = float(self._home.settings.pulse.every_s)
            try:
                silent = len(self.look())
            except Stopping:
                return
            except Exception:
                log.exception("own silence could not be looked at")
                silent = max(silent, 1)
            beat(self._home, silent)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread; a sign of life under way ends by its own limit of time."""
        self._ended.set()
        self._stop.set()
        self._thread.join()


def _alert(one: Silence, at: int) -> Alert:
    identity = f"{RULE}|{one.code}|{one.name}|{one.since_us}"
    return Alert(
        alert_id="alert-" + hashlib.blake2b(identity.encode(), digest_size=15).hexdigest(),
        rule=RULE,
        severity=SEVERITY,
        at_us=one.since_us,
        until_us=at + _DAY_US,
        explanation={language: one.text(language) for language in ("fr", "en")},
        numbers={"code": one.code, "name": one.name, "late_s": one.late_s},
    )
