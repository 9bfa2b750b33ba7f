"""Where packets come from: RTSP over TCP, or a file; nothing is decoded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from vigie.base.clock import Clock, now_us
from vigie.watch.recording.segment_file import import_av

SILENT_S = 10.0
"""A stream without a packet for this long is given up and asked for again."""
CONNECT_S = 10.0
MOST_EARLY = 8
"""So many packets may come before the first that has a time stamp."""
_MICROS = 1_000_000
_OPTIONS = {
    "rtsp_transport": "tcp",
    "fflags": "+genpts+discardcorrupt",
    "analyzeduration": "1000000",
    "probesize": "500000",
}


class SourceLost(Exception):
    """A stream cannot be read any more; ``reason`` is that of the gap it leaves."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Arrived(NamedTuple):
    """A packet, when it came (epoch µs), and the version of the masks burnt into it (0: none)."""

    packet: Any
    at_us: int
    mask: int = 0


class Opened(NamedTuple):
    """A stream that is being read: its parameters, and its packets as they come."""

    template: Any
    packets: Iterator[Arrived]


class Source(Protocol):
    """What a recorder reads."""

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """Connect and yield the stream; close it afterwards.

        Raises:
            SourceLost: It cannot be connected to, or, while packets are read, it fell silent,
                was cut or has ended.
        """
        ...


class StreamSource:
    """An RTSP stream over TCP, or any address that FFmpeg reads.

    Args:
        url: Its address; appears in no message.
        clock: Tells when packets come.
        silent_s: A stream without a packet for so long is lost.
    """

    def __init__(self, url: str, clock: Clock, *, silent_s: float = SILENT_S) -> None:
        self._url, self._clock, self._silent_s = url, clock, silent_s

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """Connect and yield the stream."""
        av = import_av()
        try:
            held = av.open(self._url, options=_OPTIONS, timeout=(CONNECT_S, self._silent_s))
        except (av.FFmpegError, OSError, ValueError):
            raise SourceLost("no_connection") from None
        with held:
            video = next(iter(held.streams.video), None)
            if video is None:
                raise SourceLost("no_connection")
            yield Opened(video, self._packets(held, video))

    def _packets(self, held: Any, video: Any) -> Iterator[Arrived]:
        av = import_av()
        packets, early = held.demux(video), list[Arrived]()
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.EOFError):
                raise SourceLost("source_ended") from None
            except (av.ExitError, av.TimeoutError):
                raise SourceLost("silent") from None
            except (av.FFmpegError, OSError):
                raise SourceLost("stream_cut") from None
            if not packet.size:
                continue
            if packet.pts is not None:
                yield from _stamped(early, packet)
                early = []
                yield Arrived(packet, now_us(self._clock))
            elif len(early) < MOST_EARLY:
                early.append(Arrived(packet, now_us(self._clock)))


def _stamped(early: list[Arrived], packet: Any) -> Iterator[Arrived]:
    """Yield packets that came without a time stamp before one that has its own, counted back.

    The first packet of an RTSP connection has none, and it is the keyframe: dropping it costs a
    whole keyframe interval at every connection.
    """
    first = packet.pts if packet.dts is None else packet.dts
    for back, one in zip(range(len(early), 0, -1), early, strict=True):
        step = packet.duration or one.packet.duration
        if step:
            one.packet.pts = one.packet.dts = first - back * step
            yield one


class FileSource:
    """A file played as a camera: at its own pace, or as fast as it reads.

    Args:
        path: The file.
        clock: Tells when it is opened.
        stop: Ends the waiting for the next packet's time; None reads without waiting, and packets
            come at the time that the file says, counted from ``start_us``.
        start_us: Instant of the first packet when nothing is waited for, epoch µs.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        stop: threading.Event | None = None,
        start_us: int | None = None,
    ) -> None:
        self._path, self._clock, self._stop, self._start_us = path, clock, stop, start_us

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """Open the file and yield its stream."""
        av = import_av()
        try:
            held = av.open(str(self._path))
        except (av.FFmpegError, OSError, ValueError):
            raise SourceLost("no_connection") from None
        with held:
            video = next(iter(held.streams.video), None)
            if video is None:
                raise SourceLost("no_connection")
            yield Opened(video, self._packets(held, video))

    def _packets(self, held: Any, video: Any) -> Iterator[Arrived]:
        av = import_av()
        start, first = self._start_us or now_us(self._clock), None
        try:
            for packet in held.demux(video):
                if packet.pts is None or not packet.size:
                    continue
                first = packet.pts if first is None else first
                due = start + round((packet.pts - first) * video.time_base * _MICROS)
                if self._stop is not None:
                    late = due - now_us(self._clock)
                    if late > 0 and self._stop.wait(late / _MICROS):
                        return
                yield Arrived(packet, due)
        except (av.FFmpegError, OSError):
            raise SourceLost("stream_cut") from None
        raise SourceLost("source_ended")


def source_of(url: str, clock: Clock, stop: threading.Event) -> Source:
    """Return the source of a stream's address: ``file:PATH`` is played at its own pace."""
    if url.startswith("file:"):
        return FileSource(Path(url.removeprefix("file:").removeprefix("//")), clock, stop=stop)
    return StreamSource(url, clock)
