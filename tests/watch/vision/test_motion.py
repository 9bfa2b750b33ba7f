"""Motion: light is not movement, and who stands still is not forgotten."""

from __future__ import annotations

import numpy as np
from tests.detectors.scenes import Actor, ground, render, stand, walk

from vigie.watch.vision.motion import Mover
from vigie.watch.vision.pictures import Picture


def test_falling_light_and_exposure_are_no_movement() -> None:
    mover = Mover()
    for picture in render([], 16.0, light=lambda s: 1.0 - 0.03 * s):
        motion = mover.step(picture)

        assert motion.blobs == ()
        assert not motion.troubled


def test_a_dark_lorry_before_half_of_the_picture_is_not_taken_for_night() -> None:
    lorry = Actor(walk((-0.5, 0.5), (1.5, 0.5), 8.0, 12.0), (0.6, 0.7))
    mover = Mover()
    shares = [mover.step(picture).foreground.mean() for picture in render([lorry], 14.0)]

    assert max(shares) < 0.5
    assert shares[-1] == 0.0


def test_what_no_single_ratio_explains_is_troubled_and_then_learnt() -> None:
    mover, other = Mover(), ground(seed=99).astype(np.uint8)
    for picture in render([], 12.0):
        mover.step(picture)
    states = [mover.step(Picture(12_000_000 + n * 200_000, other)) for n in range(40)]

    assert states[0].troubled
    assert not states[-1].troubled
    assert states[-1].blobs == ()


def test_who_stands_for_eight_minutes_is_still_there() -> None:
    mover = Mover()
    for picture in render([], 12.0):
        mover.step(picture)
    person = [*render([Actor(stand((0.5, 0.5), 0.0), sways=False)], 1.0)]
    for second in range(8 * 60):
        motion = mover.step(Picture(12_000_000 + second * 1_000_000, person[second % 5].gray))

    assert len(motion.blobs) == 1
    assert motion.blobs[0].box.holds((0.5, 0.5))
