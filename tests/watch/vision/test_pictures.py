"""Pictures of a stream: so many a second, gray; an idle camera costs its keyframes only."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.detectors.scenes import Actor, encode, render, walk

from vigie.base.errors import Unavailable
from vigie.watch.vision.pictures import HEIGHT, WIDTH, Pictures


def test_five_a_second_come_out_of_25(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", render([], 4.0, fps=25), fps=25, gop=50)
    pictures = [*Pictures(path, 1_000, gated=False)]

    assert len(pictures) == 20
    assert pictures[0].at_us == 1_000
    assert pictures[0].gray.shape == (HEIGHT, WIDTH)
    gaps = {b.at_us - a.at_us for a, b in pairwise(pictures)}
    assert gaps == {200_000}


def test_an_idle_camera_is_decoded_by_keyframes_until_something_moves(tmp_path: Path) -> None:
    passer = Actor(walk((-0.1, 0.5), (1.1, 0.5), 24.0, 28.0))
    path = encode(tmp_path / "a.mp4", render([passer], 40.0), gop=10)
    gated = Pictures(path, 0, awake_s=3.0)
    times = [picture.at_us / 1e6 for picture in gated]

    idle = [at for at in times if 10.0 <= at < 23.0]
    moving = [at for at in times if 26.5 <= at < 28.0]
    assert idle == [10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 22.0]
    assert len(moving) == 7 or len(moving) == 8
    assert gated.decoded < 0.5 * gated.packets
    assert gated.broken == 0


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 100])
def test_what_is_no_video_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(Unavailable):
        next(iter(Pictures(tmp_path / "x.mp4", 0)))
