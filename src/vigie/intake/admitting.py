"""Whether a message can be taken now: not when too many wait, not when the disk is nearly full.

Feeds have a priority. What matters least is refused first: priority 3 above half of
``live_backlog``, priority 2 above the whole of it, priority 1 only above ``max_backlog``. The same
when the journal answers slowly, because the machine itself has no more time. A refused message was
not taken: its sender is told when to try again, and the refusal is counted.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vigie.base.errors import TooManyRequests, Unavailable
from vigie.base.settings import IntakeSettings
from vigie.intake.allowance import Allowance
from vigie.intake.refusals import Refusals

CHECK_S = 1.0
RETRY_S = 5
RETRY_LIVE_S = 2
"""What is refused so that others are told within a second may come back soon."""
RETRY_DISK_S = 60
SLOW_S = {2: 0.3, 3: 0.15}
"""A usual answer longer than this refuses these priorities."""
SHARE = 0.02
"""Weight of one answer in the usual one: about the last fifty count."""
PRIORITIES = (1, 2, 3)
USUAL = 2


@dataclass(frozen=True, slots=True)
class Pressure:
    """How much waits, and what was refused since the process began.

    Attributes:
        waiting: Messages taken and not processed yet.
        refused: Number of refusals by priority.
        refusing: Priorities that are refused now.
    """

    waiting: int
    refused: dict[int, int]
    refusing: tuple[int, ...]


class Admission:
    """Counts what waits and looks at the disk, so that nothing is taken that may be lost.

    Args:
        settings: The limits.
        folder: On the disk looked at.
        inline_bytes: A payload above this is a file of its own.
        count: Counts what waits, in the journal.
        home: Whose disk is bounded, and where refusals are kept.

    Attributes:
        refusals: What was refused, by reason and feed.
    """

    def __init__(
        self,
        settings: IntakeSettings,
        folder: Path,
        inline_bytes: int,
        count: Callable[[], int],
        *,
        home: Path | None = None,
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
        self._answer_s = 0.0
        self._answered_s = float("-inf")
        self._refused = dict.fromkeys(PRIORITIES, 0)
        self.refusals = Refusals(home)
        self._allowance = Allowance(settings.allowance, {home or folder, folder})
        live, most = settings.live_backlog, settings.max_backlog
        self._bounds = {1: most, 2: min(live, most), 3: min(max(1, live // 2), most)}

    def note(self, n: int) -> None:
        """Note that so many more messages wait (fewer, if negative)."""
        with self._guard:
            self._backlog = max(0, self._backlog + n)

    def note_answer(self, seconds: float) -> None:
        """Note how long a push waited until it was on disk."""
        with self._guard:
            self._answer_s += SHARE * (seconds - self._answer_s)
            self._answered_s = time.monotonic()

    def _refuses(self, priority: int) -> bool:
        if self._backlog >= self._bounds[priority]:
            return True
        if self._answer_s <= SLOW_S.get(priority, float("inf")):
            return False
        if time.monotonic() - self._answered_s <= CHECK_S:
            return True
        self._answer_s = 0.0  # nobody was answered lately: let one try
        return False

    def priority(self, source: str) -> int:
        """Return the priority of a feed: 1 is the first, 3 the last."""
        return self._settings.priorities.get(source, USUAL)

    @property
    def pressure(self) -> Pressure:
        """How much waits and what was refused; another process may have taken or processed."""
        instant = time.monotonic()
        if instant - self._backlog_read_s > CHECK_S:
            self._backlog_read_s = instant
            self._backlog = self._count()
        with self._guard:
            refusing = tuple(one for one in PRIORITIES if self._refuses(one))
            return Pressure(self._backlog, dict(self._refused), refusing)

    def admit(self, size: int, source: str = "") -> None:
        """Refuse before anything is lost, never silently.

        Args:
            size: Bytes of the message.
            source: Feed that pushes it; empty for what is fetched or named on the command line,
                which waits where it is and is bounded by ``max_backlog`` alone.

        Raises:
            TooManyRequests: When too many messages wait, or come in a second.
            Unavailable: When so many bytes would nearly fill the disk, or the home's share of it.
        """
        instant = time.monotonic()
        priority = self.priority(source) if source else PRIORITIES[0]
        if self._refuses(priority):
            if instant - self._backlog_read_s > CHECK_S:
                self._backlog_read_s = instant
                self._backlog = self._count()
            if self._refuses(priority):
                with self._guard:
                    self._refused[priority] += 1
                self.refusals.note("backlog", source)
                full = self._backlog >= self._settings.max_backlog
                raise TooManyRequests(retry_s=RETRY_S if full else RETRY_LIVE_S, what="backlog")
        self._keep_within(size, priority, source)
        if instant - self._disk_read_s > CHECK_S or size > self._inline_bytes:
            self._disk_read_s = instant
            free = shutil.disk_usage(self._folder).free
            self._disk_full = free - size < self._settings.min_free_bytes
        if self._disk_full:
            raise Unavailable(what="disk", retry_s=RETRY_S)

    def _keep_within(self, size: int, priority: int, source: str) -> None:
        """Refuse what goes beyond what the home may take; only what is pushed comes too fast."""
        bound = self._allowance.take(size, priority) if source else ""
        if bound:
            self.refusals.note(bound, source)
            raise TooManyRequests(retry_s=RETRY_LIVE_S, what=bound)
        if self._allowance.fills_disk(size):
            self.refusals.note("disk_bytes", source)
            raise Unavailable(what="disk_bytes", retry_s=RETRY_DISK_S)
