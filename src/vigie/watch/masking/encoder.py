"""H.264 of painted pictures: what goes in comes out at once, with a keyframe where one is asked."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

from vigie.watch.masking.paint import Pixels
from vigie.watch.recording.segment_file import import_av

BASE = Fraction(1, 90_000)
_OPTIONS = {
    "preset": "veryfast",
    "tune": "zerolatency",
    "crf": "23",
    "forced-idr": "1",
    "sc_threshold": "0",
    "threads": "1",
}
_ENDLESS = 1_000_000


class Encoder:
    """Encodes pictures of one size; one thread, as cameras are many.

    Args:
        width: Of the pictures.
        height: Of the pictures.
        fps: About how many in a second; true times are those of the pictures.

    Attributes:
        stream: The template of whoever stores the packets.
    """

    def __init__(self, width: int, height: int, fps: int = 25) -> None:
        av = import_av()
        self._av = av
        # The stream needs a container to have parameters; nothing but its head is written there.
        self._carrier = av.open(io.BytesIO(), "w", format="mp4")
        self.stream = self._carrier.add_stream("libx264", rate=fps)
        self.stream.width, self.stream.height, self.stream.pix_fmt = width, height, "yuv420p"
        self.stream.time_base = self.stream.codec_context.time_base = BASE
        self.stream.codec_context.options = _OPTIONS
        self.stream.codec_context.gop_size = _ENDLESS
        self._carrier.start_encoding()

    def encode(self, planar: Pixels, pts: int, *, key: bool) -> list[Any]:
        """Return the packets of a picture.

        Args:
            planar: As yuv420p planes.
            pts: Its time, in 1/90 000 s.
            key: Whether it can be played from.
        """
        frame = self._av.VideoFrame.from_ndarray(planar, "yuv420p")
        frame.pts, frame.time_base = pts, BASE
        if key:
            frame.pict_type = self._av.video.frame.PictureType.I
        return list(self.stream.encode(frame))

    def close(self) -> None:
        """Let go of it."""
        self._carrier.close()
