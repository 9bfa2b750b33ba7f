"""Against the direction: who goes the wrong way is told once, who goes the right way never."""

from __future__ import annotations

import pytest
from tests.detectors.scenes import Actor, found, render, walk

from vigie.detectors.wrong_way import DETECTOR
from vigie.watch.vision.geometry import WHOLE, Zone

UP = Zone("lane", WHOLE.ring, (0.0, -1.0))
CAR = (0.14, 0.2)


def test_it_fires_once_for_a_car_that_comes_the_other_way() -> None:
    """Requirement: ALG-2."""
    legal = Actor(walk((0.3, 1.1), (0.3, -0.1), 4.0, 8.0), CAR, 220)
    wrong = Actor(walk((0.7, -0.1), (0.7, 1.1), 12.0, 16.0), CAR, 30)

    (seen,) = found(DETECTOR, render([legal, wrong], 20.0), UP)

    assert 12.0 <= seen.from_us / 1e6 <= 14.0
    assert seen.to_us / 1e6 <= 16.4
    assert all(0.5 < box.centre[0] < 0.9 for _, box in seen.path)


def test_it_is_silent_on_legal_traffic_rain_and_falling_light() -> None:
    cars = [Actor(walk((0.3, 1.1), (0.3, -0.1), s, s + 4.0), CAR, 200) for s in (3.0, 9.0, 15.0)]

    def light(second: float) -> float:
        return 1.0 - 0.02 * second

    assert found(DETECTOR, render(cars, 20.0, light=light, rain=40), UP) == []


def test_a_zone_without_a_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="direction"):
        DETECTOR.judge(WHOLE, DETECTOR.parameters())
