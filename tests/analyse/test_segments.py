"""The best cuts are the best: beside every segmentation there is."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.analyse.segments import (
    best_cuts,
    calibrated_penalty,
    local_scatter,
    most_gained,
    null_counts,
    poisson_cost,
    where_cut,
)


def _cost(counts: np.ndarray, exposure: np.ndarray, cuts: tuple[int, ...]) -> float:
    edges = (0, *cuts, len(counts))
    return sum(
        float(poisson_cost(counts[a:b].sum(keepdims=True), exposure[a:b].sum(keepdims=True))[0])
        for a, b in pairwise(edges)
    )


@given(
    st.lists(st.integers(0, 12), min_size=4, max_size=9),
    st.floats(0.3, 6),
    st.integers(1, 3),
    st.integers(0, 99),
)
def test_no_other_segmentation_is_better(
    counts: list[int], penalty: float, shortest: int, seed: int
) -> None:
    n = np.array(counts, float)
    e = np.random.default_rng(seed).uniform(0.5, 2, len(n))
    every = [
        cuts
        for many in range(len(n))
        for cuts in combinations(range(1, len(n)), many)
        if all(b - a >= shortest for a, b in zip((0, *cuts), (*cuts, len(n)), strict=True))
    ]
    least = min(_cost(n, e, cuts) + penalty * len(cuts) for cuts in every)
    found = tuple(best_cuts(n, e, penalty, shortest))

    assert found in every
    assert _cost(n, e, found) + penalty * len(found) == pytest.approx(least)
    best = max(
        ((_cost(n, e, ()) - _cost(n, e, cuts)) / len(cuts) for cuts in every if 0 < len(cuts) < 3),
        default=0.0,
    )
    assert most_gained(n, e, shortest) == pytest.approx(max(best, 0.0), abs=1e-9)


def test_drawn_counts_have_the_mean_and_scatter_asked_for() -> None:
    drawn = null_counts(np.full(20_000, 7.0), 3.0, np.random.default_rng(1))

    assert drawn.mean() == pytest.approx(7, rel=0.03)
    assert drawn.var() / drawn.mean() == pytest.approx(3, rel=0.06)


def test_scatter_is_measured_in_spite_of_a_change() -> None:
    drawn = null_counts(
        np.r_[np.full(3000, 9.0), np.full(3000, 18.0)], 2.0, np.random.default_rng(2)
    )

    assert local_scatter(drawn, np.r_[np.full(3000, 9.0), np.full(3000, 18.0)]) == pytest.approx(
        2, rel=0.1
    )
    assert local_scatter(np.array([1.0]), np.array([1.0])) == 1.0


def test_fewer_false_alarms_ask_for_more() -> None:
    penalties = [
        calibrated_penalty(np.ones(60), 5.0, 1.0, shortest=7, false_alarms=rate, draws=99, seed=1)
        for rate in (0.01, 0.1, 0.5)
    ]

    assert penalties == sorted(penalties, reverse=True)


def test_a_clear_cut_is_placed_exactly_and_a_faint_one_is_not() -> None:
    sides = [(np.full(40, level), np.ones(40)) for level in (5.0, 60.0, 6.5)]
    clear = where_cut(sides[0], sides[1], 1.0, shortest=7, draws=99, seed=1)
    faint = where_cut(sides[0], sides[2], 1.0, shortest=7, draws=99, seed=1)

    assert clear == (0, 0)
    assert faint[0] < -2
    assert faint[1] > 2
