"""A camera's stream with its masks burnt in: decoded, painted, encoded; nothing else leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from vigie.watch.masking.encoder import BASE, Encoder
from vigie.watch.masking.paint import Painter, planar_of
from vigie.watch.masking.shapes import MaskVersion
from vigie.watch.recording.segment_file import import_av
from vigie.watch.recording.source import Arrived, Opened, Source, SourceLost

MISSING, SIZE, CODEC = "mask_missing", "mask_size", "mask_codec"
REASONS = (MISSING, SIZE, CODEC)
"""Why a camera whose masks Vigie burns in is not recorded."""
MOST_BROKEN = 50
"""So many packets in a row without one picture: it cannot be decoded."""


class Burning:
    """A source whose pictures bear the masks in force.

    A new version is taken up at the next keyframe. What cannot be masked does not come out: the
    connection is lost, with the reason.

    Args:
        source: The camera's own stream.
        masks: Gives the masks in force; None when nobody drew any.
    """

    def __init__(self, source: Source, masks: Callable[[], MaskVersion | None]) -> None:
        self._source, self._masks = source, masks

    @contextmanager
    def open(self) -> Iterator[Opened]:
        """Connect and yield the masked stream.

        Raises:
            SourceLost: As the stream's own, or it cannot be masked.
        """
        version = _drawn(self._masks())
        try:
            encoder = Encoder(version.width, version.height)
        except (import_av().FFmpegError, ValueError):
            raise SourceLost(CODEC) from None
        try:
            with self._source.open() as opened:
                opened.template.codec_context.thread_type = "NONE"
                burner = _Burner(encoder, version, self._masks)
                yield Opened(encoder.stream, burner.packets(opened))
        finally:
            encoder.close()


def _drawn(version: MaskVersion | None) -> MaskVersion:
    if version is None or not version.rings:
        raise SourceLost(MISSING)
    return version


class _Burner:
    """One connection: its decoder, its painter, its encoder."""

    def __init__(
        self, encoder: Encoder, version: MaskVersion, masks: Callable[[], MaskVersion | None]
    ) -> None:
        self._encoder, self._masks, self._version = encoder, masks, version
        self._size = (version.width, version.height)
        self._painter = Painter(version.rings, *self._size)
        self._came: dict[int, tuple[int, int]] = {}
        self._last = self._broken = 0
        self._seen = False

    def packets(self, opened: Opened) -> Iterator[Arrived]:
        """Yield the packets of the masked stream, each as of when its own came."""
        video = opened.template
        errors = import_av().FFmpegError
        try:
            for arrived in opened.packets:
                packet = arrived.packet
                if not self._seen and not packet.is_keyframe:
                    continue
                self._seen = True
                self._came[packet.pts] = (arrived.at_us, packet.duration or 0)
                yield from self._masked(self._decoded(video, packet), video, arrived.at_us)
        except SourceLost:
            yield from self._masked(self._decoded(video, None), video, self._last)
            raise
        except errors:
            raise SourceLost(CODEC) from None

    def _decoded(self, video: Any, packet: Any) -> list[Any]:
        try:
            frames = list(video.codec_context.decode(packet))
        except (import_av().FFmpegError, ValueError):
            frames = []
        self._broken = 0 if frames or packet is None else self._broken + 1
        if self._broken > MOST_BROKEN:
            raise SourceLost(CODEC)
        return frames

    def _masked(self, frames: list[Any], video: Any, at_us: int) -> Iterator[Arrived]:
        for frame in frames:
            if frame.pts is None:
                continue
            if frame.key_frame:
                self._renew()
            if (frame.width, frame.height) != self._size:
                raise SourceLost(SIZE)
            planar = planar_of(frame)
            self._painter.paint(planar)
            self._last, length = self._came.pop(frame.pts, (at_us, 0))
            pts = round(frame.pts * video.time_base / BASE)
            for packet in self._encoder.encode(planar, pts, key=bool(frame.key_frame)):
                packet.duration = round(length * video.time_base / BASE)
                yield Arrived(packet, self._last, self._version.version)
        if len(self._came) > MOST_BROKEN:
            self._came.clear()

    def _renew(self) -> None:
        """Take up the masks in force at a keyframe."""
        found = _drawn(self._masks())
        if found.version == self._version.version:
            return
        if (found.width, found.height) != self._size:
            raise SourceLost(SIZE)
        self._version, self._painter = found, Painter(found.rings, *self._size)
