"""Whether a message can be taken now: not when too many wait, not when the disk is nearly full."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from vigie.base.errors import TooManyRequests, Unavailable
from vigie.base.settings import IntakeSettings

CHECK_S = 1.0
RETRY_S = 5


class Admission:
    """Counts what waits and looks at the disk, so that nothing is taken that may be lost.

    Args:
        settings: The limits.
        folder: On the disk looked at.
        inline_bytes: A payload above this is a file of its own.
        count: Counts what waits, in the journal.
    """

    def __init__(
        self,
        settings: IntakeSettings,
        folder: Path,
        inline_bytes: int,
        count: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._inline_bytes = inline_bytes
        self._count = count
        self._guard = threading.Lock()
        self._backlog = count()
        self._backlog_read_s = time.monotonic()
        self._disk_read_s = float("-inf")
        self._disk_full = False

    def note(self, n: int) -> None:
        """Note that so many more messages wait (fewer, if negative)."""
        with self._guard:
            self._backlog = max(0, self._backlog + n)

    def admit(self, size: int) -> None:
        """Refuse before anything is lost, never silently.

        Raises:
            TooManyRequests: When too many messages wait.
            Unavailable: When so many bytes would nearly fill the disk.
        """
        instant = time.monotonic()
        if self._backlog >= self._settings.max_backlog:
            if instant - self._backlog_read_s > CHECK_S:
                self._backlog_read_s = instant
                self._backlog = self._count()
            if self._backlog >= self._settings.max_backlog:
                raise TooManyRequests(retry_s=RETRY_S, what="backlog")
        if instant - self._disk_read_s > CHECK_S or size > self._inline_bytes:
            self._disk_read_s = instant
            free = shutil.disk_usage(self._folder).free
            self._disk_full = free - size < self._settings.min_free_bytes
        if self._disk_full:
            raise Unavailable(what="disk", retry_s=RETRY_S)
