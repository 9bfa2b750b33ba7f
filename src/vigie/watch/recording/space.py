"""Room on disk: how much recordings may take, and when the oldest of them must make way."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from vigie.watch.recording.condition import bytes_held
from vigie.watch.recording.index import Index

HEADROOM = 0.05
"""The oldest makes way this early, so that recording need not wait for it."""


@dataclass(frozen=True, slots=True)
class Space:
    """What recordings may take.

    Attributes:
        quota: Bytes of all segments at most; 0 for no bound of their own.
        least_free: Bytes that stay free on the disk.
    """

    quota: int = 0
    least_free: int = 0

    def is_left(self, index: Index) -> bool:
        """Say whether another segment may be begun."""
        return self.wanting(index, headroom=0.0) <= 0

    def wanting(self, index: Index, *, headroom: float = HEADROOM) -> int:
        """Return how many bytes must be freed before another segment; 0 or less when none."""
        wanted = -1
        if self.quota:
            wanted = max(wanted, bytes_held(index) - int(self.quota * (1 - headroom)))
        if self.least_free:
            free = shutil.disk_usage(index.root).free
            wanted = max(wanted, int(self.least_free * (1 + headroom)) - free)
        return wanted
