"""The clock of a home, as its folder and its settings say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from vigie.audit.segments import LINES, segments_in
from vigie.base.clock import Clock, SteadyClock, to_us, wall_us
from vigie.base.house_clock import RELEASED_US, HouseClock
from vigie.base.kernel_time import synchronised
from vigie.base.settings import Settings
from vigie.base.time_record import RecordFile
from vigie.intake.database import FILE as JOURNAL

HOUR_US = 3_600_000_000
_NEWEST = (
    "SELECT received_us FROM messages ORDER BY seq DESC LIMIT 1",
    "SELECT at_us FROM events ORDER BY id DESC LIMIT 1",
)


def clock_of(path: Path, settings: Settings, wall_us: Callable[[], int] = wall_us) -> Clock:
    """Return the clock of a home; a demonstration has the machine's, nothing in it is anybody's.

    Args:
        path: The home's folder.
        settings: Its settings.
        wall_us: The machine's clock, epoch µs.
    """
    if settings.demo:
        return SteadyClock()
    off_us, least = round(settings.pulse.off_hours * HOUR_US), max(RELEASED_US, newest_us(path))
    return HouseClock(
        RecordFile(path), off_us=off_us, least_us=least, wall_us=wall_us, kept=synchronised
    )


def newest_us(path: Path) -> int:
    """Return the newest instant in journal and audit (epoch µs); 0 where there is neither.

    It is asked where the time itself is not on record yet: a home of an older version.
    """
    if RecordFile(path).read() is not None:
        return 0
    lines = path / "audit" / LINES
    days = [segment.day for segment in segments_in(lines)] if lines.is_dir() else []
    told = [to_us(datetime.fromisoformat(f"{max(days)}T00:00:00+00:00"))] if days else []
    file = path / "intake" / JOURNAL
    if file.is_file():
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as base:
                for query in _NEWEST:
                    told += [int(row[0]) for row in base.execute(query)]
        except sqlite3.Error:
            return max(told, default=0)  # one that cannot be read closes the home when it is opened
    return max(told, default=0)
