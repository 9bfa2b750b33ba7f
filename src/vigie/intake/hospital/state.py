"""What the edge remembers: counts, keyed hashes, and messages of counts that wait to leave.

One small JSON file, replaced whole and flushed to the disk before a message is acknowledged. A
day's key, hashes and counts go when the day is told; what was told cannot be told again.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from vigie.base.errors import StoreBroken
from vigie.intake.hospital.history import WEEKS, History
from vigie.intake.hospital.passages import METRICS, Day, Tally
from vigie.intake.hospital.slots import HOURS

VERSION = 1
KEPT_DAYS = 35
"""Days after which a day can no longer be told, told or not."""


@dataclass(slots=True)
class EdgeState:
    """Everything that outlives the process.

    Attributes:
        tally: Days that are being counted.
        since_us: When it began: a day that had begun before was not seen whole.
        outbox: Messages of counts that have not reached their place yet.
        told: Days that were told, or withheld for good, by site.
        as_of_us: Instant of the extract that a site's day was last stated by.
        history: What past days allow to be told of a site alone.
    """

    tally: Tally
    since_us: int
    outbox: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, set[date]] = field(default_factory=dict)
    as_of_us: dict[tuple[str, date], int] = field(default_factory=dict)
    history: History = field(default_factory=History)

    def forget_before(self, day: date) -> None:
        """Forget what is older than can be told."""
        for site in self.told:
            self.told[site] = {one for one in self.told[site] if one >= day}
        self.as_of_us = {key: at for key, at in self.as_of_us.items() if key[1] >= day}
        self.history.forget_before(day - timedelta(weeks=WEEKS))

    def is_told(self, site: str, day: date, today: date) -> bool:
        """Say whether it is too late to count in a day."""
        return day in self.told.get(site, ()) or day < today - timedelta(days=KEPT_DAYS)


def save(state: EdgeState, path: Path) -> None:
    """Replace the file; on return it is on the disk.

    Raises:
        OSError: When it cannot be written: the file is as it was.
    """
    body = {
        "version": VERSION,
        "since_us": state.since_us,
        "days": {
            day.isoformat(): {
                "key": held.key.hex(),
                "marks": sorted(held.marks),
                "sites": held.sites,
            }
            for day, held in sorted(state.tally.days.items())
        },
        "outbox": state.outbox,
        "told": {site: sorted(map(str, days)) for site, days in sorted(state.told.items())},
        "as_of": [[site, str(day), at] for (site, day), at in sorted(state.as_of_us.items())],
        "history": state.history.stored(),
    }
    write_durably(path, json.dumps(body, separators=(",", ":")).encode())


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file by another content, readable by its owner only.

    Raises:
        OSError: When it cannot be written: the file is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load(path: Path, timezone: str, now_us: int) -> EdgeState:
    """Return the state of a file, or a new one that begins now where there is none.

    Raises:
        StoreBroken: When it is not what ``save`` wrote: counting on would count twice.
    """
    state = EdgeState(Tally(timezone), now_us)
    if not path.exists():
        return state
    try:
        body = json.loads(path.read_bytes())
        if body["version"] != VERSION:
            raise StoreBroken(reason=path.name)
        state.since_us = int(body["since_us"])
        for day, held in body["days"].items():
            state.tally.days[date.fromisoformat(day)] = Day(
                key=bytes.fromhex(held["key"]),
                marks={str(mark) for mark in held["marks"]},
                sites={site: _counts(counts) for site, counts in held["sites"].items()},
            )
        state.outbox = [dict(message) for message in body["outbox"]]
        state.told = {
            site: {date.fromisoformat(day) for day in days} for site, days in body["told"].items()
        }
        state.as_of_us = {
            (site, date.fromisoformat(day)): int(at) for site, day, at in body["as_of"]
        }
        state.history = History.read(body.get("history", {}))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreBroken(reason=path.name) from error
    return state


def _counts(stored: dict[str, list[int]]) -> dict[str, list[int]]:
    if not stored.keys() <= set(METRICS) or any(len(hours) != HOURS for hours in stored.values()):
        raise ValueError(HOURS)
    return {metric: [int(count) for count in hours] for metric, hours in stored.items()}
