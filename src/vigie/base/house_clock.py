"""A home's time: never behind what is on record, beyond it only on a word that is believed.

What a home forgets it forgets for good, by the clock. A machine that starts in 2036 would erase
everything; one that starts in 1970 would stamp what comes so that it is forgotten at once later on.
So a home goes on from the newest instant that it has on record, by the time that the machine is up,
until the machine's clock is believed: because the kernel says that it is synchronised, because
another process or host of the home believes it, because an administrator says so, or because it is
no further ahead than the machine may have been off. Meanwhile the home is late, never early: what
it erases has ended. How late it was is written down once it is known, and what was stamped then
is kept for as much longer (``stamp_of``). See ``docs/decisions/0086-a-clock-that-is-wrong.md``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from vigie.base.clock import LEAP_US, Clock, elapsed_us, from_us, to_us, wall_us
from vigie.base.kernel_time import synchronised
from vigie.base.logging import get_logger
from vigie.base.time_record import Record, RecordFile, Stretch, joined, stamp_of

RELEASED_US = to_us(datetime(2026, 11, 1, tzinfo=UTC))
"""This release was not made before: no home under it can be earlier."""
BEHIND_US = 300_000_000
"""A clock may be so much behind what is on record: it was set right meanwhile."""
OFF_US = 3_600_000_000
"""A machine may have been off for so long without a word for its clock, where no setting says more:
retention may err by it."""
AGAIN_US = 1_000_000
FRESH_US = 60_000_000
MARGIN_US = 120_000_000
"""What another process of the home stamped since its time was last written down."""
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Doubt:
    """That the machine's clock is not believed.

    Attributes:
        since_us: Since when, by the home's time, epoch µs.
        at_us: The home's time now.
        ahead_us: How far the machine's clock is ahead of it; behind, when negative.
    """

    since_us: int
    at_us: int
    ahead_us: int


class HouseClock:
    """The time of a home; to be written down now and then (``note``) by whoever serves it.

    Args:
        record: What the home has on record; None where nothing is kept.
        off_us: How far ahead of it a clock is believed at a start without anybody's word, µs.
        least_us: No home is earlier, whatever is on record: the release, the newest entry.
        wall_us: The machine's clock, epoch µs.
        elapsed_us: What nobody sets and only ever goes on, µs.
        kept: Whether the kernel says that its clock is synchronised.
    """

    def __init__(
        self,
        record: RecordFile | None = None,
        *,
        off_us: int = OFF_US,
        least_us: int = RELEASED_US,
        wall_us: Callable[[], int] = wall_us,
        elapsed_us: Callable[[], int] = elapsed_us,
        kept: Callable[[], bool] = synchronised,
    ) -> None:
        self._record, self._kept = record, kept
        self._wall_us, self._elapsed_us = wall_us, elapsed_us
        self._guard = threading.RLock()
        self._weighed_us = self._read_us = elapsed_us() - AGAIN_US
        known = self._mine = None if record is None else record.read()
        self._late = () if known is None else known.late
        elapsed = elapsed_us()
        wall = wall_us()
        least = least_us if known is None else max(least_us, known.at_us)
        self._limits = -BEHIND_US, off_us if known is not None else 1 << 62
        self._since_us: int | None = None
        if self._limits[0] <= wall - least <= self._limits[1] or kept():
            self._offset_us, self._limits = wall - elapsed, (-LEAP_US, LEAP_US)
            if known is not None and known.since_us is not None:
                self._was_late(known.since_us, known.at_us, wall - known.at_us)
        else:
            self._offset_us = least - elapsed
            told = None if known is None else known.since_us
            self._doubted(least if told is None else told, wall - least)

    # --- The time --------------------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        elapsed = self._elapsed_us()
        offset = self._wall_us() - elapsed
        if self._since_us is None and abs(offset - self._offset_us) < LEAP_US:
            self._offset_us = offset
        else:
            self._weigh(elapsed, offset)
        return from_us(elapsed + self._offset_us)

    def doubt(self) -> Doubt | None:
        """Return how the machine's clock is in doubt; None when it is believed."""
        at = to_us(self.now())
        since = self._since_us
        return None if since is None else Doubt(since, at, self._wall_us() - at)

    def leapt_us(self) -> int:
        """Return how far the machine's clock stands from this one while it is not believed."""
        doubt = self.doubt()
        return 0 if doubt is None else doubt.ahead_us

    def stamped_us(self, true_us: int) -> int:
        """Return what this clock said at an instant: earlier, where it was late then."""
        if self._record is not None and self._elapsed_us() - self._read_us >= FRESH_US:
            self._read()
        return stamp_of(self._late, true_us)

    def stretches(self) -> tuple[Stretch, ...]:
        """Return when this clock was late, and how much, in order."""
        self.stamped_us(0)
        return self._late

    # --- Whether the machine's clock is believed -------------------------------------------------

    def _weigh(self, elapsed: int, offset: int) -> None:
        with self._guard:
            ahead = offset - self._offset_us
            low, high = self._limits
            if low < ahead < high:
                self._believe(elapsed, offset, "near")
            elif self._since_us is None or elapsed - self._weighed_us >= AGAIN_US:
                self._weighed_us = elapsed
                if self._kept():
                    self._believe(elapsed, offset, "kernel")
                elif self._told(self._read(), elapsed + offset):
                    self._believe(elapsed, offset, "record")
                elif self._since_us is None:
                    self._doubted(elapsed + self._offset_us, ahead)

    def _told(self, known: Record | None, wall: int) -> bool:
        """Say whether another process believes what the machine's clock says here."""
        if known is None or known == self._mine or known.since_us is not None:
            return False
        return abs(known.at_us - wall) < LEAP_US

    def _read(self) -> Record | None:
        self._read_us = self._elapsed_us()
        known = None if self._record is None else self._record.read()
        if known is not None:
            for one in known.late:
                self._late = joined(self._late, one)
        return known

    def _doubted(self, since_us: int, ahead_us: int) -> None:
        self._since_us = since_us
        log.error("the machine's clock is not believed", ahead_s=ahead_us // 1_000_000)

    def _believe(self, elapsed: int, offset: int, word: str) -> None:
        since, before = self._since_us, elapsed + self._offset_us
        if since is not None:
            log.warning(
                "the machine's clock is believed",
                word=word,
                shift_s=(offset - self._offset_us) // 1_000_000,
            )
            if word != "record":
                self._was_late(since, before, offset - self._offset_us)
        self._offset_us, self._since_us = offset, None
        self._limits = -LEAP_US, LEAP_US

    def _was_late(self, since_us: int, at_us: int, late_us: int) -> None:
        if late_us > 0:
            end = at_us + min(MARGIN_US, late_us)
            self._late = joined(self._late, Stretch(since_us, end, late_us))

    # --- Written down ----------------------------------------------------------------------------

    def note(self) -> bool:
        """Write the time down, and hear what others of the home wrote; whether it was written.

        A disk that refuses is logged: the next start may then doubt a clock that is right.
        """
        if self._record is None:
            return False
        try:
            with self._record.alone(), self._guard:
                self._write(self._record)
        except OSError as error:
            log.warning("the time could not be written down", reason=error.strerror)
            return False
        return True

    def _write(self, record: RecordFile) -> None:
        at = to_us(self.now())
        known, elapsed = self._read(), self._elapsed_us()
        if self._since_us is not None and self._told(known, self._wall_us()):
            self._believe(elapsed, self._wall_us() - elapsed, "record")
            at = to_us(self.now())
        elif known is not None and known.at_us - at > BEHIND_US and not self._since_believed():
            at = known.at_us  # another host's, later than this one's
            self._offset_us = at - elapsed
            self._limits = -BEHIND_US, LEAP_US
            self._since_us = known.at_us if self._since_us is None else self._since_us
        self._mine = Record(at, self._since_us, self._late)
        record.write(self._mine)

    def _since_believed(self) -> bool:
        """Say whether the kernel vouches for a time that is behind what another has on record."""
        return self._since_us is None and self._kept()

    def confirm(self) -> int:
        """Believe the machine's clock, on somebody's word, and write it down.

        Returns:
            By how much the home's time goes on by it, µs; 0 when it was believed.

        Raises:
            OSError: When it cannot be written down: it is then not believed elsewhere.
        """
        with self._guard:
            doubt = self.doubt()
            if doubt is None:
                return 0
            elapsed = self._elapsed_us()
            self._believe(elapsed, self._wall_us() - elapsed, "person")
        if self._record is not None:
            with self._record.alone():
                known = self._record.read() or Record(0)
                for one in known.late:
                    self._late = joined(self._late, one)
                self._record.write(replace(known, at_us=to_us(self.now()), since_us=None,
                                           late=self._late))  # fmt: skip
        return doubt.ahead_us


def doubt_of(clock: Clock) -> Doubt | None:
    """Return how a clock doubts the machine's; None for one that does not."""
    return clock.doubt() if isinstance(clock, HouseClock) else None


def stamped_us(clock: Clock, true_us: int) -> int:
    """Return what a clock said at an instant, epoch µs: what it stamped before is older."""
    return clock.stamped_us(true_us) if isinstance(clock, HouseClock) else true_us


def stretches_of(clock: Clock) -> tuple[Stretch, ...]:
    """Return when a clock was late, and how much, in order."""
    return clock.stretches() if isinstance(clock, HouseClock) else ()


def note_time(clock: Clock) -> bool:
    """Have a clock written down, if it is one that is."""
    return clock.note() if isinstance(clock, HouseClock) else False
