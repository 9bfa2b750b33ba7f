"""Cross-K: that of chance is the circle, pairs counted one by one, tests that hold their level."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from vigie.analyse.cross_k import Window, by_label, by_shift, counts_near, curve

SQUARE = box(0, 0, 1_000, 1_000)
L_SHAPE = SQUARE.difference(box(500, 500, 1_000, 1_000))
REACH = np.array([25.0, 50, 75, 100])
POINTS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), min_size=1, max_size=20)


def _drop(chance: np.random.Generator, many: int, window: Window) -> np.ndarray:
    found = np.empty((0, 2))
    while len(found) < many:
        some = chance.uniform(0, 1_000, (many * 3, 2))
        found = np.vstack([found, some[window.holds(some[:, 0], some[:, 1])]])
    return found[:many]


@pytest.mark.parametrize("shape", [SQUARE, L_SHAPE])
def test_of_points_dropped_anywhere_it_is_the_area_of_the_circle(shape) -> None:
    """T15: the cross-K of complete spatial randomness is pi r^2, whatever the window's shape."""
    chance, window = np.random.default_rng(1), Window(shape)
    curves = []
    for _ in range(60):
        first, second = _drop(chance, 150, window), _drop(chance, 120, window)
        edge = window.to_edge(first[:, 0], first[:, 1])
        near = counts_near(first, second, REACH)
        curves.append(curve(near, edge, REACH, len(second) / window.area))
    mean, error = np.mean(curves, axis=0), np.std(curves, axis=0) / np.sqrt(60)

    assert (np.abs(mean - np.pi * REACH**2) < 3.5 * error).all()
    assert mean[-1] == pytest.approx(np.pi * 100**2, rel=0.05)


@given(POINTS, POINTS)
def test_counts_are_those_counted_one_by_one(one: list, other: list) -> None:
    first, second = np.array(one, float), np.array(other, float)
    far = np.sqrt(((first[:, None] - second[None]) ** 2).sum(axis=2))

    found = counts_near(first, second, REACH)
    for at, reach in enumerate(REACH):
        assert found[:, at].tolist() == (far <= reach).sum(axis=1).tolist()


def test_the_common_part_of_a_moved_window() -> None:
    """By hand: a square moved by a quarter of its side and a tenth."""
    assert Window(SQUARE).common(250, 100) == pytest.approx(0.75 * 0.9 * 1e6, rel=0.02)
    assert Window(SQUARE).to_edge(np.array([300.0]), np.array([900.0]))[0] == pytest.approx(100)


def test_what_is_bound_is_told_by_both_and_its_distance_shows() -> None:
    chance, window = np.random.default_rng(2), Window(L_SHAPE)
    second = _drop(chance, 100, window)
    first = second + chance.normal(0, 15, second.shape)
    first = first[window.holds(first[:, 0], first[:, 1])]
    moved = by_shift(first, second, window, REACH, most_m=500, draws=99, seed=1)
    mixed = by_label(first, second, window, REACH, draws=99, seed=1)

    for found in (moved, mixed):
        assert found.band.p <= 0.05
        assert found.k[0] > found.band.high[0]
    assert moved.k[0] / moved.usual[0] > moved.k[-1] / moved.usual[-1]


def _clustered(chance: np.random.Generator, window: Window) -> np.ndarray:
    parents = chance.uniform(-50, 1_050, (25, 2))
    some = np.repeat(parents, 6, axis=0) + chance.normal(0, 30, (150, 2))
    return some[window.holds(some[:, 0], some[:, 1])]


def test_clusters_without_regard_to_each_other_are_seldom_told() -> None:
    """12 pairs of clustered kinds in an L: at 5 %, more than 3 have probability 0.2 %."""
    window, told = Window(L_SHAPE), 0
    for seed in range(12):
        chance = np.random.default_rng(seed)
        first, second = _clustered(chance, window), _clustered(chance, window)
        found = by_shift(first, second, window, REACH, most_m=500, draws=99, seed=seed)
        told += found.band.p <= 0.05

    assert told <= 3


def test_names_dealt_over_uneven_ground_are_seldom_told() -> None:
    window, told = Window(SQUARE), 0
    for seed in range(40):
        every = _clustered(np.random.default_rng(seed), window)
        found = by_label(every[::2], every[1::2][:40], window, REACH, draws=99, seed=seed)
        told += found.band.p <= 0.05

    assert told <= 6
