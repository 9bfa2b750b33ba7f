"""Hot spots: nothing later than the origin is read, and a rare kind borrows from the others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vigie.foresight.forecasting.hotspots import (
    Facts,
    around,
    discounted_map,
    efficiency,
    hot_spots,
    smoothed,
)


def facts(seed=1, count=3000):
    generator = np.random.default_rng(seed)
    busy = generator.gamma(0.3, 1.0, 100)
    cell = generator.choice(100, count, p=busy / busy.sum())
    kind = (generator.random(count) < 0.05).astype(np.int64)
    return Facts(10, 10, cell, generator.integers(0, 400, count), kind)


def test_what_happens_from_the_origin_on_changes_nothing():
    known = facts()

    assert np.array_equal(hot_spots(known, 300, 1), hot_spots(known.before(300), 300, 1))


def test_a_fact_counts_half_after_its_half_life():
    one = Facts(1, 1, np.zeros(1, np.int64), np.array([10]), np.zeros(1, np.int64))

    assert discounted_map(one, 40, 30.0)[0] == pytest.approx(0.5)


def test_a_quiet_cell_among_busy_ones_is_lent_something():
    grid = Facts(3, 3, np.array([0]), np.array([0]), np.array([0]))

    assert around(grid, np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9]))[4] == 40.0


def test_a_kernel_keeps_what_does_not_touch_the_edge():
    grid = Facts(9, 9, np.array([0]), np.array([0]), np.array([0]))
    values = np.zeros(81)
    values[40] = 5.0

    assert smoothed(grid, values, 0.5).sum() == pytest.approx(5.0)


def test_of_two_cells_with_one_rare_fact_the_busier_one_comes_first():
    cell = np.array([0, 1] + [1] * 30)
    known = Facts(1, 5, cell, np.zeros(32, np.int64), np.array([1, 1] + [0] * 30))

    told = hot_spots(known, 10, 1)

    assert told[1] > told[0]


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        hot_spots(facts(), 300, 7)


@given(
    arrays.arrays(np.float64, 30, elements=st.floats(0, 9)),
    arrays.arrays(np.float64, 30, elements=st.integers(0, 9).map(float)),
)
def test_the_efficiency_is_a_share(intensity, counts):
    found = efficiency(intensity, counts, 5)

    assert np.isnan(found) if not counts.any() else 0.0 <= found <= 1.0
    if counts.any():
        assert efficiency(counts, counts, 5) == 1.0
