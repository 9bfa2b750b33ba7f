"""One segment on disk: written as packets come, whole under its name or not at all."""

from __future__ import annotations

import hashlib
import importlib
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vigie.base.clock import from_us
from vigie.base.errors import MissingPart
from vigie.watch.recording.boxes import read_layout

PART = ".part"
FLAGS = "frag_keyframe+empty_moov+default_base_moof+skip_trailer"
_MICROS = 1_000_000


def import_av() -> Any:
    """Return PyAV.

    Raises:
        MissingPart: When it is not installed.
    """
    try:
        return importlib.import_module("av")
    except ImportError as error:
        raise MissingPart(what="PyAV", remedy="pip install 'vigie[video]'") from error


class SegmentBroken(Exception):
    """The packets of a stream cannot be written as they come."""


@dataclass(frozen=True, slots=True)
class Written:
    """A segment that stands whole under its name.

    Attributes:
        path: Relative to the recorder's store.
        start_us: Instant of its first picture, epoch µs.
        end_us: Instant at which the next picture is due.
        size: Bytes.
        sha256: Hexadecimal.
        head: Bytes of its beginning without pictures.
        keyframes: For each keyframe: µs after the start, byte offset of its fragment, its time
            stamp in the stream as it came.
    """

    path: str
    start_us: int
    end_us: int
    size: int
    sha256: str
    head: int
    keyframes: tuple[tuple[int, int, int], ...]

    def ending(self, end_us: int) -> Written:
        """Return it with another end: where the next segment begins."""
        return replace(self, end_us=end_us)


def place_of(camera_id: str, start_us: int) -> str:
    """Return where a segment that begins at an instant stands: ``camera/YYYY/MM/DD/HH/MMSS.mp4``.

    UTC: no hour is twice there when clocks are put back.
    """
    return f"{camera_id}/{from_us(start_us):%Y/%m/%d/%H/%M%S}.mp4"


def free_place(root: Path, camera_id: str, start_us: int) -> str:
    """Return a place that no file has; a second beginning in one second has a number."""
    wanted = place_of(camera_id, start_us)
    number, path = 0, wanted
    while (root / path).exists() or (root / (path + PART)).exists():
        number += 1
        path = f"{wanted.removesuffix('.mp4')}-{number}.mp4"
    return path


def sync_folder(folder: Path) -> None:
    """Put the names of a folder on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(root: Path, folder: Path) -> None:
    """Make a folder and those above it, each name on disk."""
    missing = []
    while folder != root and not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
        sync_folder(one.parent)


class _Sink:
    """Where the muxer writes: a file that only grows."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("xb", buffering=0)
        self.name = str(path)

    def write(self, data: bytes) -> int:
        return self._stream.write(data)

    def sync(self) -> None:
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Nothing: the muxer closes what it was given, the segment closes the file."""

    def end(self) -> None:
        self._stream.close()


class SegmentWriter:
    """Writes the packets of one stream from a keyframe on; nothing is decoded.

    A fragment reaches the file when the next keyframe comes: what a crash loses is less than one
    keyframe interval.

    Args:
        root: The recorder's store.
        path: Where, relative to it; the file has another name until it is whole.
        start_us: Instant of the first packet, epoch µs.
        template: Stream that the packets come from.
    """

    def __init__(self, root: Path, path: str, start_us: int, template: Any) -> None:
        av = import_av()
        self.start_us, self.path = start_us, path
        self._root = root
        target = root / path
        make_folders(root, target.parent)
        self._part = target.with_name(target.name + PART)
        self._sink = _Sink(self._part)
        self._base = template.time_base
        self._keys: list[tuple[int, int]] = []
        self._first: int | None = None
        self._last_us = self._step_us = self._rebase = 0
        self._last_dts = -1
        try:
            self._out = av.open(
                self._sink, "w", format="mp4", options={"movflags": FLAGS}, buffer_size=1 << 18
            )
            self._stream = self._out.add_stream_from_template(template)
        except BaseException:
            self._sink.end()
            self._part.unlink()
            raise

    @property
    def duration_us(self) -> int:
        """How long it is up to the packet that would come next, µs."""
        return self._last_us + self._step_us

    def offset_us(self, pts: int) -> int:
        """Return how long after its first packet a time stamp is, µs."""
        return 0 if self._first is None else round((pts - self._first) * self._base * _MICROS)

    def write(self, packet: Any) -> None:
        """Write a packet; its time stamps are counted from the segment's first.

        Raises:
            SegmentBroken: The format does not take it.
            OSError: The disk does not take it.
        """
        pts = packet.pts
        dts = pts if packet.dts is None else packet.dts
        if self._first is None:
            self._first, self._rebase = pts, dts
        at = self.offset_us(pts)
        if packet.is_keyframe:
            self._keys.append((at, pts))
        if at > self._last_us:
            told = round((packet.duration or 0) * self._base * _MICROS)
            self._step_us, self._last_us = told or at - self._last_us, at
        self._last_dts = max(dts - self._rebase, self._last_dts + 1)
        packet.dts = self._last_dts
        packet.pts = max(pts - self._rebase, self._last_dts)
        packet.stream = self._stream
        try:
            self._out.mux_one(packet)
        except import_av().FFmpegError as error:
            raise SegmentBroken from error

    def finish(self) -> Written:
        """Close it, put it on disk, give it its name.

        Raises:
            OSError: When the disk does not take it.
        """
        try:
            self._out.close()
            self._sink.sync()
        except import_av().FFmpegError as error:
            raise SegmentBroken from error
        finally:
            self._sink.end()
        return finish_part(
            self._root, self.path, self.start_us, self.start_us + self.duration_us, self._keys
        )

    def abandon(self) -> None:
        """Close it and leave on disk what has been written under the name of an unfinished one."""
        with suppress(OSError, import_av().FFmpegError):
            self._out.close()
        self._sink.end()


def finish_part(
    root: Path, path: str, start_us: int, end_us: int, keys: list[tuple[int, int]]
) -> Written:
    """Give a whole unfinished file its name, and return what it holds.

    Args:
        root: The recorder's store.
        path: Where it will stand, relative to the store.
        start_us: Instant of its first picture, epoch µs.
        end_us: Instant at which it ends.
        keys: Of each keyframe: µs after the start, time stamp as it came.
    """
    target = root / path
    part = target.with_name(target.name + PART)
    size = part.stat().st_size
    with part.open("rb") as stream:
        layout = read_layout(stream, size)
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    part.replace(target)
    sync_folder(target.parent)
    frames = tuple(
        (after, offset, pts) for (after, pts), offset in zip(keys, layout.fragments, strict=False)
    )
    return Written(path, start_us, end_us, size, digest, layout.head, frames)
