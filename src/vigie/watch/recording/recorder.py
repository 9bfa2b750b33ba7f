"""The recorder of one camera: cuts its stream at keyframes, for as long as it may."""

from __future__ import annotations

import errno
import os
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from vigie.base.clock import Clock, now_us
from vigie.base.logging import get_logger
from vigie.watch.recording.condition import Health, note_health, raise_alarm
from vigie.watch.recording.index import Index
from vigie.watch.recording.leftovers import settle
from vigie.watch.recording.masks import masks_in_force, note_borne
from vigie.watch.recording.segment_file import SegmentBroken, SegmentWriter, free_place
from vigie.watch.recording.sheet import BURNT, CameraSheet
from vigie.watch.recording.source import Arrived, Opened, Source, SourceLost

SHORTEST_US = 4_000_000
"""A segment is cut at the first keyframe from here on; elsewhere it could not be played alone."""
SKEW_US = 2_000_000
"""Beyond this the stream's clock is no longer believed and the machine's is taken."""
LOOK_US = 5_000_000
"""Sheet, room on disk and health are looked at this often (law reference, VID-1: within 60 s)."""
SETTLING_US = 300_000
"""Packets come in a heap while a stream is being understood: its clock is read off so many µs."""
FIRST_WAIT_S = 0.5
STEADY_US = 5_000_000
"""A stream that lasted so long is connected to again at once: a cut costs no wait."""
LONGEST_WAIT_S = 30.0
_STATES = {
    **{one: one for one in ("not_authorised", "disk_full", "stopped")},
    **dict.fromkeys(("mask_missing", "mask_size", "mask_codec"), "not_masked"),
}
"""What a recorder says of itself while it pauses for a reason; else that it connects."""
log = get_logger(__name__)


@dataclass(slots=True)
class _Run:
    """What is known of one connection: how its time stamps lie on the machine's clock."""

    wall_us: int
    first: int
    base: float

    def instant(self, pts: int) -> int:
        return self.wall_us + round((pts - self.first) * self.base * 1_000_000)


def _settled(packets: Iterator[Arrived]) -> list[Arrived]:
    """Return the first packets of a connection: enough to tell its clock."""
    head: list[Arrived] = []
    for one in packets:
        head.append(one)
        if one.at_us - head[0].at_us > SETTLING_US:
            break
    return head


def _anchor(head: list[Arrived], base: float, not_before_us: int) -> _Run:
    """Lay a stream's time stamps on the machine's clock by the packet that was delayed least."""
    first = head[0].packet.pts
    told = [(one, round((one.packet.pts - first) * base * 1_000_000)) for one in head]
    wall = min(one.at_us - after for one, after in told)
    key = next((after for one, after in told if one.packet.is_keyframe), 0)
    return _Run(max(wall, not_before_us - key), first, base)


def _cpu_seconds() -> float:
    """Return what this process has taken of the processor."""
    told = os.times()
    return told.user + told.system


class Recorder:
    """Records one camera until it is told to stop.

    Args:
        index: The index of the recorder's store.
        camera_id: The camera; its sheet is in the index.
        source: Its stream.
        clock: Its clock.
        stop: Ends it.
        room: Says whether the disk takes another segment.
        jitter: Draws the share of a wait that is waited, from 0.5 to 1.
    """

    def __init__(
        self,
        index: Index,
        camera_id: str,
        source: Source,
        clock: Clock,
        stop: threading.Event,
        *,
        room: Callable[[], bool] = lambda: True,
        jitter: Callable[[], float] = lambda: random.uniform(0.5, 1.0),  # noqa: S311 -- a wait
    ) -> None:
        self._index, self._id, self._source = index, camera_id, source
        self._clock, self._stop, self._room, self._jitter = clock, stop, room, jitter
        self._sheet: CameraSheet = index.camera(camera_id)
        self._writer: SegmentWriter | None = None
        self._segment = 0
        self._end_us = index.last_end(camera_id)
        self._looked_us = 0
        self._packet_us: int | None = None
        self._skew_us = self._reconnects = self._bytes = 0
        self._said_us: int | None = None
        self._mask = 0
        self._cpu_s = _cpu_seconds()

    def run(self, *, most: int | None = None) -> None:
        """Record until told to stop, or until a number of connections have been lost."""
        now = now_us(self._clock)
        settle(self._index, self._id, self._clock)
        self._end_us = self._index.last_end(self._id)
        if self._end_us is not None:
            self._index.open_gap(self._id, min(self._end_us, now), "restart")
        wait, lost = FIRST_WAIT_S, 0
        while not self._stop.is_set():
            reason = self._hindered()
            if reason:
                self._pause(reason)
                wait = LOOK_US / 1_000_000
            else:
                before, began = self._packet_us, now_us(self._clock)
                reason = self._connected()
                if self._stop.is_set():
                    self._pause("stopped")
                    break
                self._pause(reason)
                if self._packet_us == before:
                    wait = min(2 * max(wait, FIRST_WAIT_S), LONGEST_WAIT_S)
                else:
                    steady = self._packet_us is not None and self._packet_us - began >= STEADY_US
                    wait = 0.0 if steady else FIRST_WAIT_S
                self._reconnects += 1
            lost += 1
            if most is not None and lost >= most:
                return
            self._stop.wait(wait * self._jitter())

    def _hindered(self) -> str:
        """Return why nothing may be recorded now; empty when nothing stands against it."""
        now = now_us(self._clock)
        self._sheet = self._index.camera(self._id)
        self._looked_us = now
        if not self._sheet.authorised(now):
            return "not_authorised"
        if self._sheet.masks == BURNT:
            drawn = masks_in_force(self._index, self._id)
            if drawn is None or not drawn.rings:
                return "mask_missing"
        return "" if self._room() else "disk_full"

    def _pause(self, reason: str) -> None:
        now = now_us(self._clock)
        self._index.open_gap(self._id, self._end_us or now, reason)
        self._say(_STATES.get(reason, "connecting"))

    def _connected(self) -> str:
        """Record one connection to its end; return why it ended."""
        try:
            with self._source.open() as opened:
                return self._record(opened)
        except SourceLost as lost:
            self._close()
            return lost.reason
        except SegmentBroken:
            self._abandon("stream_cut")
            return "stream_cut"
        except OSError as error:
            self._abandon("disk_full")
            if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise
            raise_alarm(self._index, now_us(self._clock), "disk_full", self._id)
            return "disk_full"

    def _record(self, opened: Opened) -> str:
        head = _settled(opened.packets)
        if not head:
            return "stopped"
        run = _anchor(head, float(opened.template.time_base), self._end_us or 0)
        for arrived in chain(head, opened.packets):
            if self._stop.is_set():
                break
            packet = arrived.packet
            self._packet_us = arrived.at_us
            self._bytes += packet.size
            if packet.is_keyframe:
                if not self._sheet.authorised(arrived.at_us):
                    self._close()
                    return "not_authorised"
                if self._is_due(arrived):
                    reason = self._cut(run, arrived, opened)
                    if reason:
                        return reason
            if self._writer is not None:
                self._writer.write(packet)
        self._close()
        return "stopped"

    def _is_due(self, arrived: Arrived) -> bool:
        """Say whether a segment begins here: the last is long enough, or has other masks."""
        writer = self._writer
        return (
            writer is None
            or arrived.mask != self._mask
            or writer.offset_us(arrived.packet.pts) >= SHORTEST_US
        )

    def _cut(self, run: _Run, arrived: Arrived, opened: Opened) -> str:
        """End the segment and begin the next at a keyframe; return what stands against it."""
        begins = run.instant(arrived.packet.pts)
        self._close(begins)
        self._skew_us = begins - arrived.at_us
        if abs(self._skew_us) > SKEW_US:
            raise_alarm(self._index, arrived.at_us, "skew", self._id, self._skew_us // 1_000)
            begins = max(arrived.at_us, self._end_us or 0)
            run.wall_us, run.first = begins, arrived.packet.pts
        if arrived.at_us - self._looked_us >= LOOK_US:
            reason = self._hindered()
            self._say("recording")
            if reason:
                return reason
        if self._sheet.masks == BURNT and not arrived.mask:
            return "mask_missing"
        path = free_place(self._index.root, self._id, begins)
        days = self._sheet.retention_days
        self._segment = self._index.begin(self._id, path, begins, days, arrived.mask)
        if arrived.mask != self._mask:
            note_borne(self._index, self._id, arrived.mask, begins)
        self._mask = arrived.mask
        self._writer = SegmentWriter(self._index.root, path, begins, opened.template)
        return ""

    def _close(self, ends_us: int | None = None) -> None:
        """End the segment under way; at a cut it ends where the next begins."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        written = writer.finish()
        if ends_us is not None and abs(ends_us - written.end_us) < SHORTEST_US:
            written = written.ending(ends_us)
        self._index.finish(self._segment, written, self._skew_us)
        self._end_us = written.end_us

    def _abandon(self, reason: str) -> None:
        """Leave the segment that the disk did not take; what of it is whole is adopted at once."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.abandon()
        settle(self._index, self._id, self._clock, reason=reason)
        self._end_us = self._index.last_end(self._id)

    def _say(self, state: str) -> None:
        now = now_us(self._clock)
        rate = 0
        if state == "recording" and self._said_us is not None and now > self._said_us:
            rate = self._bytes * 1_000_000 // (now - self._said_us)
        before, self._cpu_s = self._cpu_s, _cpu_seconds()
        share = 0
        if self._said_us is not None and now > self._said_us:
            share = round((self._cpu_s - before) * 1_000_000_000 / (now - self._said_us))
        self._bytes, self._said_us = 0, now
        note_health(
            self._index,
            Health(
                *(self._id, now, state, self._packet_us, self._skew_us, self._reconnects),
                *(rate, os.getpid(), share),
            ),
        )
