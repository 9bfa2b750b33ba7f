"""The growing end of the audit: lines are put after the last one, whoever wrote that.

Every process that writes holds the folder's lock while it does. A line counts once it is on disk in
its segment; its leaf follows and is put on disk with the next head, since the line tells it. So:

* what stands in a segment beyond the leaves was being written when a process or the machine died:
  complete lines are kept, a torn one is cut off, nobody was ever answered on its account;
* room is kept behind the end of both files, so that on a full disk what is read is still told;
* a leaf without its line is a line that was taken away: it is never mended, ``verify`` finds it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from vigie.audit.record import MAGIC, pack, unpack
from vigie.audit.room import keep_room
from vigie.audit.segments import (
    LEAVES,
    LINES,
    RECORD,
    Leaves,
    Segment,
    pack_leaf,
    segment_of,
    segments_in,
    sync_folder,
    write_all,
)

_FLAGS = os.O_RDWR | os.O_CREAT
_MODE = 0o600


class Tail:
    """Where the next line goes; used by one thread at a time, under the folder's lock.

    Attributes:
        count: Lines so far, as of the last look.
    """

    def __init__(self, folder: Path) -> None:
        """Open the files, made if missing; raises ``OSError`` when that cannot be."""
        self.count = 0
        self._folder = folder / LINES
        self._read = Leaves(folder)
        self._segment: Segment | None = None
        self._handle = -1
        self._end = 0
        self._kept = self._kept_leaves = 0
        self._known = False
        self._folder.mkdir(parents=True, exist_ok=True)
        self._leaves = os.open(folder / LEAVES, _FLAGS, _MODE)

    def close(self) -> None:
        """Put the leaves on disk and let go of the files."""
        if self._leaves >= 0:
            os.fdatasync(self._leaves)
            os.close(self._leaves)
            self._leaves = -1
        self._let_go()

    def _let_go(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        self._handle, self._segment, self._known, self._kept = -1, None, False, 0

    def sync_leaves(self) -> None:
        """Put the leaves on disk: before they are signed, and before lines are shredded."""
        os.fdatasync(self._leaves)

    def look(self) -> None:
        """Note what other processes wrote, and mend what one left torn."""
        if self._known and self._unchanged():
            return
        self._let_go()
        self.count = self._whole_leaves()
        segments = segments_in(self._folder)
        current = segment_of(segments, self.count - 1) if self.count else None
        if current is not None and (end := self._end_of_last(current)):
            self._adopt(current, end)
        for later in segments:
            if later.first == self.count and later != current:
                self._adopt(later, len(MAGIC))
        self._known = True

    def _unchanged(self) -> bool:
        leaves = os.fstat(self._leaves).st_size == self.count * RECORD
        lines = self._handle < 0 or os.fstat(self._handle).st_size == self._end
        return leaves and lines

    def _whole_leaves(self) -> int:
        """Cut off what a power cut left of the last records; return how many there are."""
        size = os.fstat(self._leaves).st_size
        whole = size
        while whole:
            start = max(0, whole - RECORD)
            kept = os.pread(self._leaves, whole - start, start).rstrip(b"\x00")
            whole = start + len(kept)
            if kept:
                break
        whole -= whole % RECORD
        if whole != size:
            os.ftruncate(self._leaves, whole)
        return whole // RECORD

    def _end_of_last(self, segment: Segment) -> int:
        """Return where the last line that has a leaf ends; 0 where that line does not stand.

        A segment without it was not torn by a crash: it is left as it is, for the verification.
        """
        start = self._read.start_of(self.count - 1, segment)
        leaf = self._read.read(self.count - 1, self.count)[0]
        lines = list(unpack(segment.read(start, leaf.end), start))
        there = len(lines) == 1 and lines[0].whole and lines[0][:2] == (leaf.end, leaf.leaf)
        return leaf.end if there else 0

    def _adopt(self, segment: Segment, end: int) -> None:
        """Go on in a segment: keep its complete lines beyond the leaves, cut off a torn one."""
        self._open(segment)
        lines = list(unpack(segment.read(end), end))
        while lines and not lines[-1].whole:
            lines.pop()
        self._end = lines[-1].end if lines else end
        if os.fstat(self._handle).st_size != self._end:  # else the room behind it is lost with it
            os.ftruncate(self._handle, self._end)
        os.fdatasync(self._handle)
        self._add_leaves([pack_leaf(line.leaf, line.end) for line in lines])

    def _open(self, segment: Segment) -> None:
        if self._handle >= 0:
            os.close(self._handle)
        self._handle, self._segment = os.open(segment.path, _FLAGS, _MODE), segment
        self._kept = 0
        if os.pread(self._handle, len(MAGIC), 0) != MAGIC and not segment.read(len(MAGIC)):
            write_all(self._handle, MAGIC, 0)
            os.fsync(self._handle)
            sync_folder(self._folder)
        self._end = max(len(MAGIC), self._end)

    def _add_leaves(self, records: Sequence[bytes]) -> None:
        write_all(self._leaves, b"".join(records), self.count * RECORD)
        self.count += len(records)

    def add(self, lines: Sequence[tuple[bytes, bytes]], day: str) -> int:
        """Put lines (salt and text) on disk after the last one; return the index of the first.

        Raises:
            OSError: When that cannot be; none of them counts then.
        """
        self.look()
        if self._segment is None or self._segment.day != day:
            self._begin(day)
        first, end, block, leaves = self.count, self._end, [], []
        for salt, text in lines:
            leaf, content = pack(salt, text)
            end += len(content)
            block.append(content)
            leaves.append(pack_leaf(leaf, end))
        self._known = False  # until all of it went well
        try:
            write_all(self._handle, b"".join(block), self._end)
            os.fdatasync(self._handle)
        except OSError:
            os.ftruncate(self._handle, self._end)
            raise
        self._end = end
        self._add_leaves(leaves)
        self._known = True
        self._kept = keep_room(self._handle, end, self._kept)
        self._kept_leaves = keep_room(self._leaves, self.count * RECORD, self._kept_leaves)
        return first

    def _begin(self, day: str) -> None:
        """Begin the segment of a day; the one before is left for good, its leaves are on disk."""
        self._known = False  # a segment that could not be begun is begun again
        self.sync_leaves()
        before = self._segment
        if before is not None:  # its room goes to the day that begins
            os.ftruncate(self._handle, self._end)
        self._end = 0
        self._open(Segment(self.count, day, self._folder))
        if before is not None and before.first == self.count:
            before.path.unlink()  # it never held a line

    def drop(self, segments: Sequence[Segment]) -> None:
        """Delete segments for good; their leaves are on disk before."""
        self.sync_leaves()
        for one in segments:
            if one == self._segment:
                self._let_go()
            one.path.unlink(missing_ok=True)
        sync_folder(self._folder)
