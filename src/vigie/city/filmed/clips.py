"""Filmed scenes as clips on disk: H.264, made once, each part from a keyframe on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from vigie.city.filmed.drawing import HEIGHT, WIDTH
from vigie.city.filmed.scenes import FPS, FilmedScene

PARTS = ("quiet", "happening")
VERSION = 1
"""Grows when scenes change: clips of an older version are made again."""
KEYFRAME_S = 2
_OPTIONS = {
    "preset": "superfast",
    "crf": "30",
    "x264-params": f"keyint={KEYFRAME_S * FPS}:min-keyint={KEYFRAME_S * FPS}:scenecut=0:bframes=0"
    ":aud=1:repeat-headers=1",
}
AUD = b"\x00\x00\x00\x01\x09"
"""Begins every picture of a stream of bytes (H.264, 7.4.1.2.3)."""


@dataclass(frozen=True, slots=True)
class Reel:
    """What a camera shows, without an end.

    Attributes:
        name: Of its scene.
        parts: Files of its quiet part and its happening, streams of bytes (H.264, Annex B).
        before: How often the quiet part comes before the first happening.
        between: How often between two.
    """

    name: str
    parts: tuple[Path, Path]
    before: int
    between: int


def make_reel(scene: FilmedScene, folder: Path) -> Reel:
    """Return a scene's clips; those that are missing are drawn and encoded on one thread."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = []
    for part in PARTS:
        path = folder / f"{scene.name}-{part}-{VERSION}.h264"
        if not path.exists():
            fresh = path.with_suffix(".fresh")
            _encode(scene, part, fresh)
            fresh.replace(path)
        paths.append(path)
    return Reel(scene.name, (paths[0], paths[1]), scene.before, scene.between)


def _encode(scene: FilmedScene, part: str, path: Path) -> None:
    with av.open(str(path), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = dict(_OPTIONS)
        stream.codec_context.time_base = Fraction(1, FPS)
        stream.codec_context.thread_count = 1
        for number, canvas in enumerate(scene.pictures(part)):
            frame = av.VideoFrame.from_ndarray(canvas, format="bgr24").reformat(format="yuv420p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def pictures_of(path: Path) -> list[bytes]:
    """Return the encoded pictures of a clip, in order."""
    whole = path.read_bytes()
    return [AUD + one for one in whole.split(AUD)[1:]]
