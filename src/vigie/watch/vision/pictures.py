"""Pictures of a stream, a few in a second, gray and small; idle cameras cost keyframes only.

Decoding is what costs, so nothing is decoded that need not be: while nothing moves only keyframes
are, and one that shows movement wakes the stream. Colour never leaves the decoder.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.base.errors import Unavailable
from vigie.model.times import SECOND_US
from vigie.watch.vision.geometry import Mask

cv2.setNumThreads(1)

WIDTH, HEIGHT = 640, 360
FPS = 5.0
SILENT_S = 10.0
"""A stream without a packet for so long is over."""
Gray = NDArray[np.uint8]
LUMA_FIRST = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray"}
)
"""Formats whose first plane is the picture in gray, a byte a pixel."""

FULL_RANGE = 2
WIDENED: Gray = np.clip(np.rint((np.arange(256.0) - 16.0) * 255.0 / 219.0), 0, 255).astype(np.uint8)
"""Television's range, 16 to 235, as 0 to 255."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One gray picture.

    Attributes:
        at_us: When it was taken, epoch µs.
        gray: 360 rows of 640 pixels, 0 to 255.
    """

    at_us: int
    gray: Gray


def gray_of(frame: av.VideoFrame) -> Gray:
    """Return a frame in gray, 640 by 360: its own luma, which is there already, made small.

    A conversion by the decoder's scaler costs as much as decoding a small picture.
    """
    if frame.format.name not in LUMA_FIRST:
        small = frame.reformat(width=WIDTH, height=HEIGHT, format="gray")
        return np.asarray(small.to_ndarray(), dtype=np.uint8)
    plane: Any = frame.planes[0]
    luma = np.frombuffer(plane, np.uint8)[: plane.line_size * frame.height]
    gray = luma.reshape(frame.height, plane.line_size)[:, : frame.width]
    if gray.shape != (HEIGHT, WIDTH):
        smaller = frame.width >= WIDTH and frame.height >= HEIGHT
        way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
        gray = np.asarray(cv2.resize(gray, (WIDTH, HEIGHT), interpolation=way), dtype=np.uint8)
    full = frame.format.name.startswith(("yuvj", "gray")) or frame.color_range == FULL_RANGE
    # The frame's memory is the decoder's: what leaves here is a copy.
    return gray.copy() if full else np.asarray(cv2.LUT(gray, WIDENED), dtype=np.uint8)


class MotionGate:
    """Say whether anything moves, for 0.02 ms: a running average of a picture 100 pixels high.

    Source: the method of Frigate's improved motion detector (MIT), told in its documentation.
    """

    def __init__(self, *, threshold: int = 25, least: int = 10, alpha: float = 0.05) -> None:
        self._threshold = threshold
        self._least = least
        self._alpha = alpha
        self._mean: NDArray[np.float32] | None = None

    def moves(self, gray: Gray) -> bool:
        """Take in a picture; True when enough of its pixels differ from the average."""
        small = cv2.blur(cv2.resize(gray, (178, 100), interpolation=cv2.INTER_AREA), (3, 3))
        now = small.astype(np.float32)
        if self._mean is None:
            self._mean = now
            return True
        differs = int(np.count_nonzero(np.abs(now - self._mean) > self._threshold))
        cv2.accumulateWeighted(now, self._mean, self._alpha)
        return differs >= self._least


class Pictures:
    """The pictures of a file or a stream, in order.

    Attributes:
        packets: How many packets came.
        decoded: How many frames were decoded.
        broken: How many packets could not be decoded.
        cut: Whether the stream was cut or fell silent.
    """

    def __init__(
        self,
        address: str | Path,
        start_us: int,
        *,
        fps: float = FPS,
        gated: bool = True,
        awake_s: float = 10.0,
        options: Mapping[str, str] | None = None,
        hidden: Mask | None = None,
    ) -> None:
        """Nothing is opened before the first picture is asked for.

        Args:
            address: Path of a file, or address of a stream.
            start_us: Instant of its first picture, epoch µs.
            fps: Pictures in a second.
            gated: Whether keyframes alone are decoded while nothing moves.
            awake_s: How long everything is decoded after the last movement.
            options: Of the demuxer, such as ``rtsp_transport``.
            hidden: Pixels that may not be seen, as the camera's masks say; black before anything
                looks at them.
        """
        self._address = str(address)
        self._start_us = start_us
        self._period_us = round(SECOND_US / fps)
        self._gated = gated
        self._awake_us = round(awake_s * SECOND_US)
        self._options = dict(options or {})
        self._hidden = hidden
        self._awake_until_us = self._at_us = 0
        self.packets = self.decoded = self.broken = 0
        self.cut = False

    def wake(self) -> None:
        """Decode everything for a while: something is there, though it may stand still."""
        self._awake_until_us = self._at_us + self._awake_us

    def __iter__(self) -> Iterator[Picture]:
        """Yield the pictures.

        Raises:
            Unavailable: The address cannot be opened or holds no video.
        """
        try:
            container = av.open(self._address, options=self._options, timeout=self._patience())
        except (av.error.FFmpegError, OSError) as error:
            raise Unavailable(what="video") from error
        with container:
            if not container.streams.video:
                raise Unavailable(what="video")
            stream = container.streams.video[0]
            stream.codec_context.thread_type = "NONE"
            yield from self._decoded(container, stream)

    def _patience(self) -> tuple[float, float] | None:
        """Return how long a stream may be silent; a file is not waited for."""
        return (SILENT_S, SILENT_S) if "://" in self._address else None

    def _packets(
        self, container: av.container.InputContainer, stream: av.VideoStream
    ) -> Iterator[Any]:
        """Yield packets until they are over; a stream that is cut or falls silent is over too."""
        try:
            yield from container.demux(stream)
        except (av.error.FFmpegError, OSError):
            self.cut = True

    def _decoded(
        self, container: av.container.InputContainer, stream: av.VideoStream
    ) -> Iterator[Picture]:
        gate, first, due_us = MotionGate(), None, -1
        self._at_us = 0
        self.wake()
        for packet in self._packets(container, stream):
            self.packets += 1
            idle = self._gated and self._at_us > self._awake_until_us
            if idle and packet.size and not packet.is_keyframe:
                continue
            try:
                frames = stream.decode(packet)
            except av.error.InvalidDataError:
                self.broken += 1
                continue
            for frame in frames:
                self.decoded += 1
                if frame.pts is None or frame.time_base is None:
                    continue
                first = frame.pts if first is None else first
                at_us = self._at_us = round((frame.pts - first) * frame.time_base * SECOND_US)
                if at_us < due_us:
                    continue
                due_us = max(due_us + self._period_us, at_us + self._period_us // 2)
                gray = gray_of(frame)
                if self._hidden is not None:
                    gray[self._hidden] = 0
                if self._gated and gate.moves(gray):
                    self.wake()
                yield Picture(self._start_us + at_us, gray)
