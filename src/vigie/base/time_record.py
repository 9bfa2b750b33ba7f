"""What a home has on record of the time: the newest instant, and when its own time was in doubt.

One small file that every process of a home reads, and some write; whole or not at all, flushed.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

FOLDER, FILE = "retention", "clock.json"
LOCK_S = 5.0
MOST = 500
"""Stretches kept; more than anything that is kept for years has seen."""


class Stretch(NamedTuple):
    """That from ``from_us`` to ``to_us`` of a home's time it was ``late_us`` later than it said."""

    from_us: int
    to_us: int
    late_us: int


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record.

    Attributes:
        at_us: The newest instant of the home's time that was written down, epoch µs.
        since_us: Since which instant of it the machine's clock is in doubt; None when it is not.
        late: Stretches of doubt that are over, in order.
    """

    at_us: int
    since_us: int | None = None
    late: tuple[Stretch, ...] = ()


class RecordFile:
    """The record of one home.

    Args:
        home: The home's folder.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / FOLDER / FILE

    def read(self) -> Record | None:
        """Return what is on record; None when nothing is, or nothing that can be read."""
        try:
            told = json.loads(self.path.read_text("ascii"))
            late = tuple(Stretch(*map(int, one)) for one in told["late"])
            since = None if told["since_us"] is None else int(told["since_us"])
            return Record(int(told["at_us"]), since, late)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, record: Record) -> None:
        """Put a record in the place of the last; on disk when this returns.

        Raises:
            OSError: When the disk refuses; the last one stands.
        """
        told = {"at_us": record.at_us, "since_us": record.since_us, "late": record.late[-MOST:]}
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        partial = self.path.with_name(f"{FILE}.new")
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, json.dumps(told).encode("ascii"))
            os.fdatasync(handle)
        finally:
            os.close(handle)
        partial.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else write meanwhile.

        Raises:
            OSError: When somebody does for too long.
        """
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        lock = FileLock(self.path.with_name(f"{FILE}.lock"), timeout=LOCK_S)
        try:
            with lock:
                yield
        except Timeout as error:
            raise OSError(str(error)) from error


def stamp_of(late: Sequence[Stretch], true_us: int) -> int:
    """Return what a home's time said at an instant: what it stamped before had come before it.

    Within a stretch the home was late: a record stamped then is as much younger as it looks. An
    instant before the first of them, while the machine was off, is the last before the stretch: the
    very instant that a stretch begins at was stamped within it.

    Args:
        late: Stretches, in order.
        true_us: The instant, epoch µs.
    """
    for one in late:
        if true_us < one.from_us:
            return true_us
        if true_us < one.to_us + one.late_us:
            return max(one.from_us - 1, true_us - one.late_us)
    return true_us


def joined(late: Sequence[Stretch], more: Stretch) -> tuple[Stretch, ...]:
    """Return stretches with one more; of two that overlap, one process's and another's, one."""
    kept = []
    for one in late:
        if one.to_us < more.from_us or more.to_us < one.from_us:
            kept.append(one)
        else:
            begin, end = min(one.from_us, more.from_us), max(one.to_us, more.to_us)
            more = Stretch(begin, end, max(one.late_us, more.late_us))
    return tuple(sorted([*kept, more]))
