"""A clip of recordings with what must be covered painted over: the only film that leaves masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vigie.base.errors import NotFound, WrongUsage
from vigie.watch.masking.paint import BLACK, GREY, Painter, Pixels, planar_of
from vigie.watch.masking.shapes import Ring, checked_size
from vigie.watch.masking.spans import Span
from vigie.watch.recording.archive import Piece
from vigie.watch.recording.segment_file import import_av
from vigie.watch.vision.geometry import Box

BASE = Fraction(1, 90_000)
LOOK_US = 120_000
"""Boxes are looked for this often; between two lookings they are held."""
MOSAIC = 24
"""The whole picture covered: so many fields across."""
KEY_US = 2_000_000
_MICROS = 1_000_000
_OPTIONS = {"preset": "veryfast", "crf": "23"}
_WHOLE = {"movflags": "+faststart"}
Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class HandMask:
    """A polygon that a person put over a clip for a time, epoch µs, the end exclusive.

    Attributes:
        from_us: Since when.
        to_us: Until when.
        ring: Its corners, relative.
        follow: Whether it goes with what it was put on.
        path: Where that went; None while nobody looked.
        lost_us: When it was lost: from then on the mask stays where it was, until its end.
    """

    from_us: int
    to_us: int
    ring: Ring
    follow: bool = False
    path: Span | None = None
    lost_us: int | None = None


class Finder(Protocol):
    """What finds boxes that must be covered."""

    def find(self, picture: NDArray[np.uint8]) -> list[Box]:
        """Return boxes on a picture, relative."""
        ...


def frames_of(pieces: Sequence[Piece], from_us: int, to_us: int) -> Iterator[tuple[int, Any]]:
    """Yield the pictures of recordings in a window with their instants."""
    av = import_av()
    for piece in pieces:
        with av.open(str(piece.path), format="mp4") as held:
            video = held.streams.video[0]
            start = video.start_time or 0
            for frame in held.decode(video):
                at = piece.start_us + round((frame.pts - start) * video.time_base * _MICROS)
                if from_us <= at < to_us:
                    yield at, frame


def find_boxes(
    pieces: Sequence[Piece], window: tuple[int, int], finder: Finder, tell: Tell
) -> list[tuple[int, list[Box]]]:
    """Return the boxes that a finder sees on pictures of a window, several times a second."""
    found, due = [], window[0]
    for at, frame in frames_of(pieces, *window):
        if at < due:
            continue
        due = max(due + LOOK_US, at + LOOK_US // 2)
        found.append((at, finder.find(frame.to_ndarray(format="bgr24"))))
        tell((at - window[0]) / (window[1] - window[0]))
    return found


def render(
    pieces: Sequence[Piece],
    window: tuple[int, int],
    target: Path,
    *,
    spans: Sequence[Span] = (),
    hand: Sequence[HandMask] = (),
    whole: bool = False,
    tell: Tell = lambda _: None,
) -> int:
    """Write the clip of a window with everything painted that must be; return its pictures.

    Args:
        pieces: Recordings that hold the window, oldest first.
        window: From and to, epoch µs.
        target: The file; it has another name until it is whole.
        spans: Boxes through time.
        hand: Polygons of a person.
        whole: Whether the whole picture is covered by a mosaic.
        tell: Told the share that is done, 0 to 1.

    Raises:
        NotFound: Nothing was recorded in the window.
        WrongUsage: Its pictures have two sizes, or one that cannot be painted.
    """
    av = import_av()
    part = target.with_name(target.name + ".part")
    cover: _Cover | None = None
    count, key_due = 0, window[0]
    try:
        with av.open(str(part), "w", format="mp4", options=_WHOLE) as out:
            stream = out.add_stream("libx264", rate=25)
            stream.time_base = stream.codec_context.time_base = BASE
            stream.codec_context.options = _OPTIONS
            stream.pix_fmt = "yuv420p"
            for at, frame in frames_of(pieces, *window):
                size = (frame.width, frame.height)
                if cover is None:
                    cover = _Cover(checked_size(*size), spans, hand, whole=whole)
                    stream.width, stream.height = size
                elif cover.size != size:
                    raise WrongUsage(reason="two picture sizes in the window", field="from")
                made = av.VideoFrame.from_ndarray(cover.painted(frame, at), "yuv420p")
                made.pts, made.time_base = round((at - window[0]) * 90_000 / _MICROS), BASE
                if at >= key_due:
                    key_due = at + KEY_US
                    made.pict_type = av.video.frame.PictureType.I
                out.mux(stream.encode(made))
                count += 1
                tell((at - window[0]) / (window[1] - window[0]))
            if not count:
                raise NotFound(what="picture", name=pieces[0].camera_id if pieces else "")
            out.mux(stream.encode(None))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return count


class _Cover:
    """Paints what must be covered on the pictures of one clip."""

    def __init__(
        self,
        size: tuple[int, int],
        spans: Sequence[Span],
        hand: Sequence[HandMask],
        *,
        whole: bool,
    ) -> None:
        self.size = size
        self._spans = [*spans, *(one.path for one in hand if one.path)]
        self._whole = whole
        self._hand = [(one, Painter((one.ring,), *size)) for one in hand if not one.path]

    def painted(self, frame: Any, at_us: int) -> Pixels:
        planar = planar_of(frame)
        if self._whole:
            _mosaic(planar, *self.size)
        for span in self._spans:
            box = span.at(at_us)
            if box is not None:
                self._blacken(planar, box)
        for one, painter in self._hand:
            if one.from_us <= at_us < one.to_us:
                painter.paint(planar)
        return planar

    def _blacken(self, planar: Pixels, box: Box) -> None:
        width, height = self.size
        left, top = (int(side) // 2 * 2 for side in (box.left * width, box.top * height))
        right, bottom = (
            -(-int(side + 1) // 2) * 2 for side in (box.right * width, box.bottom * height)
        )
        for plane, value, half in zip(
            _planes(planar, width, height), (BLACK, GREY, GREY), (1, 2, 2), strict=True
        ):
            plane[top // half : bottom // half, left // half : right // half] = value


def _planes(planar: Pixels, width: int, height: int) -> list[Pixels]:
    """Return views of brightness and both colours."""
    flat = planar.reshape(-1)
    luma, chroma = width * height, width * height // 4
    half = (height // 2, width // 2)
    return [
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma :].reshape(half),
    ]


def _mosaic(planar: Pixels, width: int, height: int) -> None:
    """Replace each field of the picture by its mean."""
    side = max(4, -(-width // MOSAIC // 2) * 2)
    for plane, step in zip(
        _planes(planar, width, height), (side, side // 2, side // 2), strict=True
    ):
        for top in range(0, plane.shape[0], step):
            for left in range(0, plane.shape[1], step):
                field = plane[top : top + step, left : left + step]
                field[:] = int(field.mean())
