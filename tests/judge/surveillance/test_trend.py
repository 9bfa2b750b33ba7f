"""Up, down or stable, with an interval; and small excesses that last.

Requirement: R10.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.judge.surveillance.trend import trend

ROWS = st.lists(st.integers(0, 80), min_size=4, max_size=20)


@given(ROWS, ROWS)
def test_the_other_way_round_is_the_inverse(one: list[int], other: list[int]) -> None:
    there, back = trend(one, other), trend(other, one)
    assert there.ratio == pytest.approx(1 / back.ratio)
    assert there.low == pytest.approx(1 / back.high)
    assert {there.direction, back.direction} in ({"up", "down"}, {"stable"})


@given(ROWS, ROWS)
def test_stable_is_an_interval_that_holds_one(one: list[int], other: list[int]) -> None:
    found = trend(one, other)
    assert found.low < found.ratio < found.high
    assert (found.direction == "stable") == (found.low <= 1.0 <= found.high)


def test_twice_as_many_is_up_and_two_more_of_a_few_is_stable() -> None:
    assert trend([20] * 4, [10] * 8).direction == "up"
    assert trend([10] * 4, [20] * 8).direction == "down"
    assert trend([1, 0, 1, 0], [0, 0, 1, 0]).direction == "stable"
    assert trend([0] * 8, [0] * 8).direction == "stable"


def test_too_few_values_say_nothing() -> None:
    found = trend([5, math.nan, 4, 3], [1] * 8)
    assert found.direction == "unknown"
    assert math.isnan(found.ratio)


def test_a_past_that_spreads_widens_the_interval() -> None:
    even, uneven = trend([12] * 8, [10] * 8), trend([0, 24] * 4, [0, 20] * 4)
    assert even.ratio == pytest.approx(uneven.ratio)
    assert uneven.high / uneven.low > even.high / even.low


@pytest.mark.parametrize("spread", [1, 3])
def test_the_interval_holds_the_truth_four_times_in_five(spread: int) -> None:
    chance = np.random.default_rng(4)
    held, runs = 0, 3_000
    for _ in range(runs):
        rate = chance.gamma(10 / max(spread - 1, 1e-9), spread - 1, 20) if spread > 1 else 10.0
        drawn = chance.poisson(rate, 20)
        found = trend(drawn[:8], drawn[8:])
        held += found.low <= 1.0 <= found.high
    assert 0.77 <= held / runs <= 0.87
