"""The audit's files: a segment of lines for each day, and the leaves that stay for ever.

``leaves`` has 40 bytes for each line ever written: its leaf hash, where it ends in its segment, and
a last byte that is never zero, by which a part that a power cut left empty is told from leaves.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from vigie.audit.record import HASH, MAGIC

LEAVES = "leaves"
LINES = "lines"
RECORD = HASH + 8
_LAST = b"\n"
BLOCK = 25_000


class Leaf(NamedTuple):
    """What stays of a line: its leaf hash, and where it ended in its segment."""

    leaf: bytes
    end: int


def pack_leaf(leaf: bytes, end: int) -> bytes:
    """Return the record of a leaf."""
    return leaf + end.to_bytes(7, "big") + _LAST


def unpack_leaves(content: bytes) -> list[Leaf]:
    """Return the leaves of whole records."""
    return [
        Leaf(content[at : at + HASH], int.from_bytes(content[at + HASH : at + RECORD - 1], "big"))
        for at in range(0, len(content), RECORD)
    ]


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """The lines of a day.

    Attributes:
        first: Index of its first line.
        day: Day of UTC, ``YYYY-MM-DD``.
        folder: Where it stands.
    """

    first: int
    day: str
    folder: Path

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / f"{self.first:012d}-{self.day}"

    def read(self, start: int, end: int | None = None) -> bytes:
        """Return bytes of it; empty when it has been shredded."""
        try:
            with self.path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                end = size if end is None else min(end, size)
                if start >= end:
                    return b""
                file.seek(start)
                return file.read(end - start)
        except FileNotFoundError:
            return b""


def segments_in(folder: Path) -> list[Segment]:
    """Return the segments of a folder, in the order of their lines."""
    found = []
    for path in folder.iterdir():
        first, _, day = path.name.partition("-")
        if first.isdigit():
            found.append(Segment(int(first), day, folder))
    return sorted(found)


def segment_of(segments: Sequence[Segment], index: int) -> Segment | None:
    """Return the segment that holds a line, or None when it has been shredded."""
    at = bisect_right(segments, index, key=lambda one: one.first)
    return segments[at - 1] if at else None


class Leaves:
    """The file of leaves, read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LEAVES

    def count(self) -> int:
        """Return how many whole records there are."""
        try:
            return self.path.stat().st_size // RECORD
        except FileNotFoundError:
            return 0

    def raw(self, first: int, end: int) -> bytes:
        """Return the whole records from one index to before another, as many as there are."""
        if end <= first:
            return b""
        with self.path.open("rb") as file:
            file.seek(first * RECORD)
            content = file.read((end - first) * RECORD)
        return content[: len(content) // RECORD * RECORD]

    def read(self, first: int, end: int) -> list[Leaf]:
        """Return the leaves from one index to before another, as many as there are."""
        return unpack_leaves(self.raw(first, end))

    def blocks(self, first: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield ``(index of the first, records)`` block by block."""
        for start in range(first, end, BLOCK):
            content = self.raw(start, min(end, start + BLOCK))
            if not content:
                return
            yield start, content

    def start_of(self, index: int, segment: Segment) -> int:
        """Return where a line begins in its segment."""
        return len(MAGIC) if index == segment.first else self.read(index - 1, index)[0].end


def write_all(handle: int, content: bytes, offset: int) -> None:
    """Write bytes at a place of a file; raises ``OSError`` when not all of them fit."""
    view = memoryview(content)
    while view:
        written = os.pwrite(handle, view, offset)
        view, offset = view[written:], offset + written


def sync_folder(folder: Path) -> None:
    """Put a folder's names on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
