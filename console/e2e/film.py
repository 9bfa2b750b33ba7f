"""Film for the specs: cameras of a home record a clip that began in the past.

Each picture bears the second of the minute that it shows, as six fields, black or white, the lowest
bit on the left: no shade has to survive a player's colours. Below them a block crosses a still
ground once in ten seconds, from left to right, for who searches for it.

Usage: film.py HOME CLIP SECONDS [CAMERA START_RFC3339 ...].
"""  # noqa: INP001 -- a script beside the specs

from __future__ import annotations

import sys
import threading
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from vigie.base.clock import to_us
from vigie.situation.home import open_home
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.source import FileSource

WIDTH, HEIGHT, FPS, BITS = 320, 180, 10, 6


def make_clip(path: Path, seconds: int, first: int) -> Path:
    """Write a clip in H.264 whose six fields tell the second of the minute."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.time_base = Fraction(1, 90_000)
        stream.codec_context.options = {"g": "10", "sc_threshold": "0", "bf": "0"}
        for number in range(seconds * FPS):
            second = (first + number // FPS) % 60
            picture = np.full((HEIGHT, WIDTH, 3), 16, np.uint8)
            for bit in range(BITS):
                left, right = WIDTH * bit // BITS, WIDTH * (bit + 1) // BITS
                picture[: HEIGHT // 2, left:right] = 235 if second >> bit & 1 else 16
            picture[HEIGHT // 2 :] = 110
            across = number % (10 * FPS) * (WIDTH + 40) // (10 * FPS)
            picture[110:150, max(0, across - 40) : across] = 230
            picture[HEIGHT - 8 :, : WIDTH * (number % FPS + 1) // FPS] = 255
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number * 90_000 // FPS, Fraction(1, 90_000)
            for packet in stream.encode(frame):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return path


def main(home: str, clip: str, seconds: str, *told: str) -> None:
    """Make the clip and let each camera have recorded it from its instant on."""
    starts = [datetime.fromisoformat(one) for one in told[1::2]]
    first = starts[0].second if starts else 0
    path = make_clip(Path(clip), int(seconds), first)
    with open_home(Path(home)) as opened:
        for camera, start in zip(told[::2], starts, strict=True):
            source = FileSource(path, opened.clock, start_us=to_us(start))
            recorder = Recorder(opened.video.index, camera, source, opened.clock, threading.Event())
            recorder.run(most=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
