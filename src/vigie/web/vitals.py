"""How the house does, read anew at each asking: intake, commits, alerts, disk, copies, tasks.

No label tells a person or one record: labels are feeds (those beyond ``MOST_SOURCES`` together),
priorities, kinds, states, stores and tasks. ``docs/how-to/watch-vigie.md`` says what to do with it.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.registry import Collector

from vigie.base.clock import leapt_us, now_us, to_us
from vigie.base.logging import get_logger
from vigie.base.timing import Timing
from vigie.intake.sources import SourceHealth
from vigie.model.contracts import CONTRACTS
from vigie.situation.home import Home
from vigie.situation.pulse.marks import COPIES, Marks
from vigie.situation.pulse.silences import lateness
from vigie.watch.recording.index import FILE as VIDEO_INDEX
from vigie.web.streaming import Hub

MOST_SOURCES = 200
OTHERS = "other"
_COUNTED: Mapping[str, tuple[str, Callable[[SourceHealth], int]]] = {
    "vigie_ingest_messages": ("Messages processed of a feed.", lambda one: one.messages),
    "vigie_ingest_records": ("Records of a feed that are in the lake.", lambda one: one.records),
    "vigie_ingest_duplicates": ("Records that were known.", lambda one: one.duplicates),
    "vigie_ingest_refused": ("Rows that went to quarantine.", lambda one: one.quarantined),
}
log = get_logger(__name__)


class Vitals(Collector):
    """Collects the figures of one home; a figure that cannot be read is left out and logged."""

    def __init__(self, home: Home, hub: Hub) -> None:
        self._home = home
        self._hub = hub
        self._commits = Timing()
        self._guard = threading.Lock()
        self._committed: int | None = None
        self._read_commits()

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand: names are known when figures are read."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Yield every figure."""
        parts = (
            self._sources,
            self._intake,
            self._timings,
            self._stream,
            self._lake,
            self._disk,
            self._recorder,
            self._tasks,
        )
        unread = 0
        for part in parts:
            try:
                yield from list(part())
            except Exception:
                unread += 1
                log.exception("figures could not be read", part=part.__name__)
        yield GaugeMetricFamily("vigie_unread_parts", "Parts whose figures failed.", unread)

    def _sources(self) -> Iterator[Metric]:
        health = self._home.intake.health(now_us(self._home.clock))
        named, others = health[:MOST_SOURCES], health[MOST_SOURCES:]
        for name, (said, value) in _COUNTED.items():
            family = CounterMetricFamily(name, said, labels=["source"])
            for one in named:
                family.add_metric([one.source], value(one))
            if others:
                family.add_metric([OTHERS], sum(map(value, others)))
            yield family
        age = GaugeMetricFamily(
            "vigie_source_age_seconds", "Seconds since a feed was heard.", labels=["source"]
        )
        period = GaugeMetricFamily(
            "vigie_source_period_seconds", "Seconds in which it is expected.", labels=["source"]
        )
        for one in named:
            if one.age_s is not None:
                age.add_metric([one.source], one.age_s)
                period.add_metric([one.source], one.period_s)
        yield age
        yield period
        stale = sum(one.state == "stale" for one in health)
        yield GaugeMetricFamily("vigie_sources_stale", "Feeds silent for twice a period.", stale)

    def _intake(self) -> Iterator[Metric]:
        waiting = self._home.intake.figures.waiting()
        at = now_us(self._home.clock)
        age = 0 if waiting.oldest_us is None else max(0, at - waiting.oldest_us) / 1e6
        yield GaugeMetricFamily("vigie_journal_waiting", "Messages that wait.", waiting.n)
        yield GaugeMetricFamily("vigie_journal_oldest_seconds", "Age of the oldest of them.", age)
        shed = CounterMetricFamily(
            "vigie_messages_shed", "Pushes refused because too much waits.", labels=["priority"]
        )
        for priority, n in sorted(self._home.intake.pressure.now.refused.items()):
            shed.add_metric([str(priority)], n)
        yield shed
        refused = CounterMetricFamily(
            "vigie_refused", "Refused at the door, by what was reached.", labels=["reason"]
        )
        for reason, n in sorted(self._home.intake.pressure.refusals.counts.items()):
            refused.add_metric([reason], n)
        yield refused
        rows = GaugeMetricFamily("vigie_quarantine_rows", "Rows in quarantine.", labels=["state"])
        for state, n in sorted(self._home.intake.quarantine_count(by="state").items()):
            rows.add_metric([state], n)
        yield rows

    def _read_commits(self) -> None:
        with self._guard:
            self._committed, fresh = self._home.intake.figures.commits(self._committed)
            for seconds in fresh:
                self._commits.note(seconds)

    def _timings(self) -> Iterator[Metric]:
        self._read_commits()
        yield _histogram("vigie_commit_seconds", "Time of a load into the lake.", self._commits)
        alerts = self._home.alert_timing
        yield _histogram("vigie_alert_seconds", "From receipt to the alert, at most.", alerts)
        lines = self._home.audit.timing
        yield _histogram("vigie_audit_append_seconds", "Until a line is on disk.", lines)

    def _stream(self) -> Iterator[Metric]:
        n = self._hub.subscribers
        yield GaugeMetricFamily("vigie_stream_subscribers", "Live stream subscribers.", n)

    def _lake(self) -> Iterator[Metric]:
        family = GaugeMetricFamily("vigie_lake_records", "Records in the lake.", labels=["kind"])
        for kind in CONTRACTS:
            family.add_metric([kind], self._home.lake.count(kind))
        yield family

    def _disk(self) -> Iterator[Metric]:
        free = GaugeMetricFamily("vigie_disk_free_bytes", "Free on a disk.", labels=["store"])
        size = GaugeMetricFamily("vigie_disk_size_bytes", "Size of a disk.", labels=["store"])
        for store, folder in self._folders().items():
            usage = shutil.disk_usage(folder)
            free.add_metric([store], usage.free)
            size.add_metric([store], usage.total)
        yield free
        yield size

    def _folders(self) -> dict[str, Path]:
        settings = self._home.settings
        told = {"spool": settings.intake.spool_dir, "keys": settings.keys.folder}
        elsewhere = {store: Path(path) for store, path in told.items() if path}
        return {"home": self._home.path, **{s: p for s, p in elsewhere.items() if p.is_dir()}}

    def _recorder(self) -> Iterator[Metric]:
        index = self._home.video.index
        missing, known = index.open_gaps() if (index.root / VIDEO_INDEX).exists() else (0, 0)
        said = "Cameras without pictures now."
        yield GaugeMetricFamily("vigie_recorder_cameras_missing", said, missing)
        yield GaugeMetricFamily("vigie_recorder_gaps", "Gaps in kept recordings.", known)

    def _tasks(self) -> Iterator[Metric]:
        at, marks = now_us(self._home.clock), Marks(self._home.path)
        late = GaugeMetricFamily("vigie_task_late_seconds", "How late a task is.", labels=["task"])
        for task, seconds in lateness(self._home).items():
            if task != COPIES:
                late.add_metric([task], seconds)
        yield late
        run = self._home.retention.last_run()
        if run is not None:
            said = "Since what has ended was last destroyed."
            age = (at - to_us(datetime.fromisoformat(run["at"]))) / 1e6
            yield GaugeMetricFamily("vigie_retention_age_seconds", said, age)
        copy = marks.get(COPIES)
        if copy is not None:
            said = "Since the last whole copy was taken."
            yield GaugeMetricFamily("vigie_copy_age_seconds", said, (at - copy.at_us) / 1e6)
        said = "How far the machine's clock is ahead of the home's time; 0: it is believed."
        yield GaugeMetricFamily("vigie_clock_doubt_seconds", said, leapt_us(self._home.clock) / 1e6)
        alerts = self._home.desk.alerts.list_all(state="raised", only="own_silence")
        yield GaugeMetricFamily("vigie_silent", "What should have been done.", len(alerts))


def _histogram(name: str, said: str, timing: Timing) -> Metric:
    counts, total = timing.read()
    ends = [*map(str, timing.steps_s), "+Inf"]
    buckets = [(end, float(n)) for end, n in zip(ends, counts, strict=True)]
    return HistogramMetricFamily(name, said, buckets=buckets, sum_value=total)
