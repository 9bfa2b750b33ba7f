"""Crowd movement: a crowd that starts to run is told, a runner in an empty street never."""

from __future__ import annotations

import numpy as np
from tests.detectors.scenes import Actor, found, render

from vigie.detectors.crowd_movement import DETECTOR

RUSH_S = 25.0


def crowd(count: int, *, factor: float, seed: int = 3) -> list[Actor]:
    """People who cross to the right and come back in on the left, faster from ``RUSH_S`` on."""
    rng = np.random.default_rng(seed)
    actors = []
    for number in range(count):
        x, y = rng.uniform(0.0, 1.0), 0.1 + 0.8 * (number % 9) / 8.0
        speed = rng.uniform(0.025, 0.035)

        def at(second: float, x: float = x, y: float = y, speed: float = speed):
            way = speed * (min(second, RUSH_S) + factor * max(0.0, second - RUSH_S))
            return ((x + way) % 1.1) - 0.05, y

        actors.append(Actor(at, (0.03, 0.1), sways=False))
    return actors


def test_a_crowd_that_starts_to_run_is_told_once() -> None:
    """Requirement: ALG-2."""
    (seen,) = found(DETECTOR, render(crowd(27, factor=3.0), 32.0))

    assert RUSH_S <= seen.raised_us / 1e6 <= RUSH_S + 3.0
    assert seen.score >= 1.7


def test_a_crowd_that_walks_on_is_silent() -> None:
    assert found(DETECTOR, render(crowd(27, factor=1.0), 32.0)) == []


def test_runners_without_a_crowd_are_silent() -> None:
    assert found(DETECTOR, render(crowd(3, factor=4.0), 32.0)) == []
