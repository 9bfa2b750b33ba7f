"""The forbidden zone: who comes in is told while there, who passes beside it never."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.detectors.scenes import Actor, encode, found, render, stand, walk

from vigie.detectors.forbidden_zone import DETECTOR
from vigie.watch.vision.geometry import Zone
from vigie.watch.vision.pictures import HEIGHT, WIDTH, Picture, Pictures

YARD = Zone("yard", ((0.5, 0.2), (0.95, 0.2), (0.95, 0.95), (0.5, 0.95)))


def comes_and_stands(second: float) -> tuple[float, float] | None:
    """Walk in from the left, stand for 40 s, walk out again."""
    if second < 50.0:
        return walk((-0.05, 0.6), (0.7, 0.6), 5.0, 10.0)(min(second, 10.0)) if second >= 5 else None
    return walk((0.7, 0.6), (-0.05, 0.6), 50.0, 55.0)(second)


@pytest.mark.parametrize("mode", ["presence", "crossing"])
def test_somebody_who_stands_in_it_is_one_event(mode: str) -> None:
    """Requirement: ALG-2."""
    (seen,) = found(DETECTOR, render([Actor(comes_and_stands)], 60.0), YARD, mode=mode)

    assert 8.0 <= seen.from_us / 1e6 <= 10.0
    assert 50.0 <= seen.to_us / 1e6 <= 52.5


def test_crossing_does_not_tell_who_was_there_from_the_start() -> None:
    appears = Actor(stand((0.7, 0.6), 12.0))

    assert found(DETECTOR, render([appears], 30.0), YARD, mode="crossing", least_travel=0.0) == []


def test_it_is_silent_beside_the_zone_and_for_what_is_too_small() -> None:
    beside = Actor(walk((0.2, 1.1), (0.2, -0.1), 5.0, 12.0))
    bird = Actor(walk((0.4, 0.5), (0.9, 0.5), 14.0, 17.0), (0.02, 0.03))

    assert found(DETECTOR, render([beside, bird], 20.0), YARD) == []


def test_an_encoded_stream_gives_the_same_event_with_idle_keyframes_only(tmp_path) -> None:
    path = encode(tmp_path / "yard.mp4", render([Actor(comes_and_stands)], 60.0))
    pictures = Pictures(path, 0)

    (seen,) = found(DETECTOR, pictures, YARD)

    assert 8.0 <= seen.from_us / 1e6 <= 12.5
    assert 50.0 <= seen.to_us / 1e6 <= 53.5


def sweeps(bright: float, shade: int | None) -> Iterator[Picture]:
    """A yard at night; a patch of light, or somebody of one shade, crosses it twice."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    for number, picture in enumerate(render([], 30.0, light=lambda _: 0.5)):
        gray = picture.gray.astype(np.float32)
        phase = number % 60 - 25
        left = phase * 40
        if 0 <= phase < 16 and shade is None:
            beam = np.exp(-(((x - left) / 90.0) ** 2) - ((y - 250) / 45.0) ** 2)
            gray *= 1.0 + bright * beam
        elif 0 <= phase < 16 and left + 60 < WIDTH:
            gray[180:300, left : left + 60] = shade
        yield Picture(picture.at_us, np.clip(gray, 0, 255).astype(np.uint8))


def test_headlights_that_sweep_the_ground_are_nobody() -> None:
    """What is lit stays the ground it was, only brighter; who wears white hides it."""
    assert found(DETECTOR, sweeps(1.2, None), YARD) == []
    assert len(found(DETECTOR, sweeps(0.0, 190), YARD)) == 2
