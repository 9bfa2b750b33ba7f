"""Clips made for tests: a synthetic picture, H.264, without a file of anybody's street."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np


def make_clip(
    path: Path,
    *,
    seconds: int = 20,
    fps: int = 10,
    gop: int = 10,
    b_frames: int = 0,
    size: tuple[int, int] = (64, 48),
) -> Path:
    """Write a clip whose picture of each second has its own brightness; return its path."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.time_base = Fraction(1, 90_000)
        stream.codec_context.options = {
            "g": str(gop),
            "keyint_min": str(gop),
            "sc_threshold": "0",
            "bf": str(b_frames),
            "preset": "ultrafast",
        }
        for number in range(seconds * fps):
            shade = 16 + 10 * (number // fps % 22)
            picture = np.full((size[1], size[0], 3), shade, np.uint8)
            picture[:, number % size[0]] = 255
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts = number * 90_000 // fps
            frame.time_base = Fraction(1, 90_000)
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return path
