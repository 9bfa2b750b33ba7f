"""The schedule of a serving home: alerts, what has ended, the forecast, compaction at night."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Self

from vigie.base.clock import now_us
from vigie.base.disk import refused_by_disk
from vigie.base.errors import Stopping
from vigie.base.logging import get_logger
from vigie.base.stopping import Stop, Worker, look, stoppable
from vigie.jobs.alert_watching import AlertWatch
from vigie.jobs.at_hand import AtHand
from vigie.jobs.clash_watching import ClashWatch
from vigie.jobs.clip_drawing import ClipDrawer
from vigie.jobs.forecasting import Forecaster
from vigie.jobs.own_watch import OwnWatch
from vigie.jobs.recording import tidy
from vigie.jobs.reporting import Reporter
from vigie.jobs.signal_watching import SignalWatch
from vigie.jobs.time_watching import EVERY_S, TimeWatch
from vigie.jobs.witnessing import show_heads
from vigie.model.times import at_local
from vigie.situation.alerts import watch
from vigie.situation.alerts_acts import escalate
from vigie.situation.home import Home
from vigie.situation.pulse.marks import Marks
from vigie.situation.tomorrow.expected import work_out

SECOND_US = 1_000_000
FIRST_LOOK_HOURS = 24
WITNESSES_S = 3_600
"""A log replaced by an older copy is found within the hour (law reference, P-LOG-3)."""
FORECAST_S = 15
REPORTS_S = 5
"""Somebody may be waiting for a report asked for by hand."""
SIGNALS_S = 300
SIGNALS_FIRST_US = 120 * SECOND_US
EFFECTS_S = 3_600
PAIRS_S = 86_400
AGAIN_S = 60
PAIRS_FIRST_US = 90 * SECOND_US
"""What pairs of kinds bring is learnt once a day, and first when the server has settled."""
AT_HAND_S = 1_800
"""The effect model is fitted once a day; a plan that changed is gone through within this."""
RETENTION_S = 900
"""Nothing outlives its term by an hour (law reference, VID-2)."""
COPIES_S = 60
"""What another machine erased leaves this one's copies of the lake within the minute."""
RECORDINGS_S = 60
"""What has passed its term goes within the minute, whether or not a recorder runs."""
CLIPS_S = 2
"""Somebody waits for a masked clip to be drawn."""
log = get_logger(__name__)


@dataclass(slots=True)
class Task:
    """Something done again and again.

    Attributes:
        name: For the log.
        every_s: Seconds between two runs.
        do: The work.
        due_us: Next run, epoch µs.
        awaited: Whether somebody waits for what it begins; it must not take long itself.
    """

    name: str
    every_s: int
    do: Callable[[], object]
    due_us: int = 0
    awaited: bool = False


class Schedule:
    """Runs the tasks of a home in two threads while it is entered.

    What somebody waits for is begun in a thread of its own: the others may take minutes.

    A task that fails is logged by its code and tried again at its next time, what a full disk
    refused within a minute; the others go on. On leaving, whatever is under way ends at its next
    small step (``base.stopping``): nothing reads the home afterwards.

    Args:
        home: The home.
        judging: Whether rules judge each commit here; otherwise the process beside does.
    """

    def __init__(self, home: Home, *, judging: bool = True) -> None:
        self._home = home
        self._judging = judging
        self._marks = Marks(home.path)
        self._stop = threading.Event()
        self._looked_back = False
        self._compacted_on = ""
        self._ended = Stop()
        with stoppable(self._ended, home.stop):
            self._thread = Worker(self._run, "schedule")
            self._beside = Worker(partial(self._run, awaited=True), "schedule-awaited")
        self.forecaster = Forecaster(home)
        self.reporter = Reporter(home)
        self.clips = ClipDrawer(home)
        self.clash_watch = ClashWatch(home)
        self.alert_watch = AlertWatch(home)
        self.own_watch = OwnWatch(home)
        self.at_hand = AtHand(home)
        self.signals = SignalWatch(home)
        self.time_watch = TimeWatch(home)
        self.tasks = [
            Task("clock", EVERY_S, self.time_watch.look),
            Task("witnesses", WITNESSES_S, lambda: show_heads(home)),
            Task("alerts", 60, self._alerts),
            Task("compact", 1_800, self._compact),
            Task("copies", COPIES_S, home.lake.tidy),
            Task("retention", RETENTION_S, home.retention.run),
            Task("recordings", RECORDINGS_S, lambda: tidy(home)),
            Task("clips", CLIPS_S, self.clips.tick, awaited=True),
            Task("forecast", FORECAST_S, self.forecaster.tick),
            Task("reports", REPORTS_S, self.reporter.tick, awaited=True),
            Task("effects", EFFECTS_S, lambda: work_out(home)),
            Task("pairs", PAIRS_S, home.clashes.learn, now_us(home.clock) + PAIRS_FIRST_US),
            Task("at_hand", AT_HAND_S, self.at_hand.tick),
            Task("signals", SIGNALS_S, self.signals.tick, now_us(home.clock) + SIGNALS_FIRST_US),
        ]

    def _alerts(self) -> None:
        hours = 1 if self._looked_back else FIRST_LOOK_HOURS
        watch(self._home, hours=hours)
        escalate(self._home)
        self._looked_back = True

    def _compact(self) -> None:
        """Compact closed days, once a night between three and five, local time."""
        local = at_local(now_us(self._home.clock), self._home.settings.city.timezone)
        day = local.date().isoformat()
        if local.hour in (3, 4) and self._compacted_on != day:
            self._home.lake.compact(before=day)
            self._compacted_on = day

    def run_due(self, *, awaited: bool = False) -> list[str]:
        """Run the tasks whose time has come, of one thread, and return their names."""
        at = now_us(self._home.clock)
        done = []
        for task in self.tasks:
            early = 0 < task.due_us - at <= task.every_s * SECOND_US  # more: the time went back
            if task.awaited != awaited or early or self._stop.is_set():
                continue
            task.due_us = at + task.every_s * SECOND_US
            try:
                task.do()
            except Stopping:
                break
            except Exception as error:
                if refused := refused_by_disk(error):
                    task.due_us = at + min(task.every_s, AGAIN_S) * SECOND_US
                    log.warning("task refused by the disk", task=task.name, why=refused)
                else:
                    log.exception("task failed", task=task.name)
                continue
            done.append(task.name)
            self._marks.note(task.name, task.every_s, now_us(self._home.clock))
        return done

    def _run(self, *, awaited: bool = False) -> None:
        while not self._stop.wait(1.0):
            look()
            self.run_due(awaited=awaited)

    def __enter__(self) -> Self:
        """Start the threads."""
        self._thread.start()
        self._beside.start()
        self.clash_watch.__enter__()
        if self._judging:
            self.alert_watch.__enter__()
        self.own_watch.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the threads; what is under way ends at its next step."""
        self._ended.set()
        self._stop.set()
        self.signals.stop()
        self.own_watch.__exit__()
        if self._judging:
            self.alert_watch.__exit__()
        self.clash_watch.__exit__()
        self._thread.join()
        self._beside.join()
        self.at_hand.close()
        self.signals.close()
        self.forecaster.close()
        self.reporter.close()
        self.clips.close()
