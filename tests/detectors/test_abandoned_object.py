"""The abandoned object: put down and left is told once; attended, worn, ghost or light never."""

from __future__ import annotations

from tests.detectors.scenes import Actor, found, render, stand, walk

from vigie.detectors.abandoned_object import DETECTOR
from vigie.watch.vision.things import Stillness

BAG = (0.06, 0.09)
SPOT = (0.55, 0.72)
LIMITS = {"dwell_s": 8.0, "learn_s": 6.0}


def owner(leaves_s: float):
    """Somebody who comes from the left to the spot, stands there, and leaves to the left."""

    def at(second: float):
        if second < 10.0:
            return walk((-0.1, 0.62), (0.5, 0.62), 6.0, 10.0)(second)
        if second < leaves_s:
            return (0.5 + 0.008 * (int(second * 2) % 3), 0.62)
        return walk((0.5, 0.62), (-0.1, 0.62), leaves_s, leaves_s + 4.0)(second)

    return Actor(at, (0.08, 0.36), 40)


BAG_PUT = Actor(stand(SPOT, 11.0), BAG, 215, sways=False)


def test_a_bag_whose_owner_left_is_told_once_after_the_dwell() -> None:
    """Requirement: ALG-2."""
    (seen,) = found(DETECTOR, render([owner(18.0), BAG_PUT], 34.0), **LIMITS)

    assert 18.0 + 8.0 - 3.0 <= seen.raised_us / 1e6 <= 18.0 + 8.0 + 6.0
    assert seen.path[0][1].holds(SPOT)


def test_a_bag_with_its_owner_beside_it_is_silent() -> None:
    assert found(DETECTOR, render([owner(99.0), BAG_PUT], 34.0), **LIMITS) == []


def test_somebody_who_stands_still_is_silent() -> None:
    assert found(DETECTOR, render([owner(30.0)], 34.0), **LIMITS) == []


def test_what_nobody_put_there_is_silent() -> None:
    assert found(DETECTOR, render([BAG_PUT], 34.0), **LIMITS) == []


def test_what_was_taken_away_is_silent() -> None:
    """The flat place where something textured stood is no object."""
    gone = Actor(stand(SPOT, 0.0, 11.0), BAG, 215, sways=False)

    assert found(DETECTOR, render([owner(18.0), gone], 34.0), **LIMITS) == []


def test_a_jump_of_light_is_silent() -> None:
    def light(second: float) -> float:
        return 1.0 if second < 15.0 else 0.45

    assert found(DETECTOR, render([], 34.0, light=light), **LIMITS) == []


def test_a_bag_that_is_taken_is_forgotten_at_once() -> None:
    """However long it stood: its place bears what was there before."""
    stillness = Stillness(2.0)
    bag = Actor(stand(SPOT, 4.0, 40.0), BAG, 215, sways=False)
    seen = {
        picture.at_us / 1e6: len(stillness.step(picture, troubled=False))
        for picture in render([bag], 46.0, fps=2.0)
    }

    assert {count for at, count in seen.items() if 10.0 <= at <= 40.0} == {1}
    assert {count for at, count in seen.items() if at >= 43.0} == {0}
