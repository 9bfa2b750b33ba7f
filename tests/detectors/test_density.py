"""Density: a level with its error, calibrated for the camera, held for some seconds."""

from __future__ import annotations

import pytest
from tests.detectors.scenes import Actor, found, render, stand, walk

from vigie.detectors.density import DETECTOR, DensityParameters, Estimate
from vigie.watch.vision.detector import Scene
from vigie.watch.vision.geometry import WHOLE
from vigie.watch.vision.running import Scenes

PERSON = (0.03, 0.2)
FILL = 0.03 * 640 / 360 / 0.2
"""A box of 19 by 72 pixels covers this share of the square of its height."""


def crowd(count: int, from_s: float = 12.0) -> list[Actor]:
    places = [(0.06 + 0.08 * (n % 12), 0.15 + 0.3 * (n // 12)) for n in range(count)]
    return [Actor(stand(place, from_s), PERSON) for place in places]


CALIBRATED = {"top_height": 0.2, "bottom_height": 0.2, "fill": FILL, "zone_m2": 10.0}


@pytest.mark.parametrize("count", [6, 18, 30])
def test_the_estimate_is_near_the_count_that_was_drawn(count: int) -> None:
    params = DensityParameters(**CALIBRATED)
    scenes, estimate = Scenes(DETECTOR, params), Estimate(WHOLE, params)
    last: Scene | None = None
    for picture in render(crowd(count), 15.0):
        last = scenes.step(picture)
    assert last is not None
    assert estimate.persons(last) == pytest.approx(count, rel=0.3)


def test_a_dense_crowd_is_told_with_its_band() -> None:
    """Requirement: ALG-2."""
    (seen,) = found(DETECTOR, render(crowd(30), 25.0), **CALIBRATED)

    assert seen.level.startswith("high")
    assert 2.0 <= seen.score <= 4.0
    assert seen.raised_us - seen.from_us >= 5_000_000


def test_it_is_silent_on_a_few_and_on_a_passing_lorry() -> None:
    lorry = Actor(walk((-0.5, 0.5), (1.5, 0.5), 12.0, 15.0), (0.6, 0.7))

    assert found(DETECTOR, render([*crowd(6), lorry], 25.0), **CALIBRATED) == []
