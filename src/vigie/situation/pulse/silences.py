"""What should have been done and was not, for twice its period: tasks, destruction, copies, intake.

Sources that fall silent are found by their own rule (``rules/source_silent.py``); that the whole
house is silent is for somebody outside to find (``jobs/heartbeat.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vigie.base.clock import now_us, to_us
from vigie.base.translations import translate
from vigie.situation.home import Home
from vigie.situation.pulse.marks import COPIES, Marks

SECOND_US = 1_000_000
LEAST_PERIOD_S = 300
"""Tasks of one schedule wait for each other: a task of every minute may come after one of five."""
DRAINING_S = 60
"""Something that waits is looked at within this, however much waits behind it."""

JOB = "silent_job"
COPY = "silent_copies"
NO_COPY = "silent_no_copy"
DRAIN = "silent_draining"
DISK = "silent_disk"
NATS = "silent_nats"
NATS_S = 30
"""A server that is started again is back within it."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Something that has not been done for twice its period.

    Attributes:
        code: What kind, with a text in ``messages.toml``.
        name: Which one.
        since_us: What it has done last, epoch µs.
        late_s: Seconds since it should have been done again.
        params: The text's parameters.
    """

    code: str
    name: str
    since_us: int
    late_s: int
    params: dict[str, Any]

    def text(self, language: str) -> str:
        """Return the silence in words."""
        return translate(self.code, language, **self.params)


def silences(home: Home, begun_us: int) -> list[Silence]:
    """Return what is silent now.

    Args:
        home: The home.
        begun_us: When this process began to serve: before, nobody was there to do anything.

    Raises:
        Unavailable: When the journal cannot be read.
    """
    at = now_us(home.clock)
    found = [*_tasks(home, at, begun_us), *_copies(home, at)]
    waiting = home.intake.figures.waiting()
    if waiting.oldest_us is not None:
        since = max(waiting.oldest_us, waiting.last_done_us or 0, begun_us)
        found += _late(DRAIN, "intake", since, DRAINING_S, at, n=waiting.n)
    lost = home.intake.reach.lost_us
    if lost is not None:
        found += _late(NATS, "nats", lost, NATS_S, at)
    return found


def lateness(home: Home) -> dict[str, int]:
    """Return by how many seconds each task that was ever done is late now; 0: in time."""
    at = now_us(home.clock)
    return {
        mark.name: max(0, (at - mark.at_us) // SECOND_US - mark.every_s)
        for mark in Marks(home.path).read()
    }


def _tasks(home: Home, at: int, begun_us: int) -> list[Silence]:
    found = []
    for mark in Marks(home.path).read():
        if mark.name != COPIES:
            period = max(mark.every_s, LEAST_PERIOD_S)
            since = max(mark.at_us, begun_us)
            found += _late(JOB, mark.name, since, period, at, task=mark.name)
    return found


def _copies(home: Home, at: int) -> list[Silence]:
    hours = home.settings.pulse.copy_hours
    if not hours:
        return []
    mark = Marks(home.path).get(COPIES)
    if mark is None:
        return _late(NO_COPY, COPIES, _made(home), hours * 3_600, at, hours=hours)
    return _late(COPY, COPIES, mark.at_us, hours * 3_600, at, hours=hours)


def _made(home: Home) -> int:
    """Return when the home was made, as its audit's first day tells; now when it has none."""
    days = home.audit.segments()
    if not days:
        return now_us(home.clock)
    return to_us(datetime.fromisoformat(f"{days[0].day}T00:00:00+00:00"))


def _late(code: str, name: str, since: int, period_s: int, at: int, **params: Any) -> list[Silence]:
    silent_s = (at - since) // SECOND_US
    if silent_s <= 2 * period_s:
        return []
    told = {"minutes": silent_s // 60, "period": max(1, period_s // 60), **params}
    return [Silence(code, name, since, silent_s - period_s, told)]
