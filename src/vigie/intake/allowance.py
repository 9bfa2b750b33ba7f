"""How much of a machine that others share a home may take: messages, bytes, disk.

Within a home what matters least is refused first: a feed of priority 3 leaves half of what is
allowed to the others, one of priority 2 a fifth.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from vigie.base.settings_allowance import AllowanceSettings

BURST_S = 2.0
"""So many seconds' worth may come at once."""
LEFT = {1: 0.0, 2: 0.2, 3: 0.5}
"""Share of a bucket that a priority leaves to those before it."""
MEASURE_S = 30.0
"""The disk that a home takes is measured so often; what comes meanwhile is added."""
_BLOCK = 512


class _Bucket:
    """Fills evenly; what was taken for a large message is filled up before the next one."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * BURST_S)
        self._held = self._most
        self._filled_s = time.monotonic()

    def has(self, priority: int) -> bool:
        if not self._rate:
            return True
        at_s = time.monotonic()
        self._held = min(self._most, self._held + (at_s - self._filled_s) * self._rate)
        self._filled_s = at_s
        return self._held > LEFT[priority] * self._most and self._held >= min(1.0, self._rate)

    def take(self, n: float) -> None:
        self._held -= n


class Allowance:
    """What is left of what a home may take; thread-safe.

    Args:
        settings: The bounds.
        folders: What counts as the home's disk.
    """

    def __init__(self, settings: AllowanceSettings, folders: Iterable[Path]) -> None:
        self._guard = threading.Lock()
        self._messages = _Bucket(settings.messages_per_second)
        self._bytes = _Bucket(settings.bytes_per_second)
        self._disk_bytes = settings.disk_bytes
        told = set(folders)
        inner = {one for one in told if told & set(one.parents)}
        self._folders = tuple(sorted(told - inner))
        self._measuring = False
        self._taken = 0
        self._since = 0
        self._measured_s = 0.0
        if self._disk_bytes:
            self._measure()

    def take(self, size: int, priority: int) -> str:
        """Take what a message needs; return which bound is reached, empty when it was taken."""
        with self._guard:
            if not self._messages.has(priority):
                return "messages"
            if not self._bytes.has(priority):
                return "bytes"
            self._messages.take(1)
            self._bytes.take(size)
            return ""

    def fills_disk(self, size: int) -> bool:
        """Return whether a message would take more disk than the home may have; else count it."""
        if not self._disk_bytes:
            return False
        with self._guard:
            due = time.monotonic() - self._measured_s > MEASURE_S and not self._measuring
            if due:
                self._measuring = True
                threading.Thread(target=self._measure, name="disk-taken", daemon=True).start()
            if self._taken + self._since + size > self._disk_bytes:
                return True
            self._since += size
            return False

    def _measure(self) -> None:
        """Measure, beside whoever asks; what comes while it is measured may count twice."""
        with self._guard:
            before = self._since
        taken = sum(disk_taken(folder) for folder in self._folders)
        with self._guard:
            self._taken, self._since = taken, self._since - before
            self._measured_s, self._measuring = time.monotonic(), False


def disk_taken(folder: Path) -> int:
    """Return the bytes of disk that a folder takes; what goes away meanwhile counts nothing."""
    taken = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        taken += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
        except FileNotFoundError:
            continue
    return taken
