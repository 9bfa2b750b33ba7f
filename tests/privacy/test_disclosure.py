from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.privacy.disclosure import THRESHOLDS, may_show, round_to, threshold

EIGHTHS = st.integers(0, 10**9).map(lambda n: n / 8)
"""Estimates that a float holds exactly, so that the bound can be held to the last bit."""


@given(st.integers(0, 10**12) | EIGHTHS, st.sampled_from([1, 3, 5, 10, 11, 20]))
def test_rounding_is_near_and_stable(count: float, base: int):
    after = round_to(count, base)
    assert after % base == 0
    assert abs(after - count) * 2 <= base
    assert round_to(after, base) == after


def test_a_half_goes_upwards_whatever_stands_beside_it():
    assert [round_to(n, 10) for n in (4.99, 5, 15, 25)] == [0, 10, 20, 30]


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(1, 100))
def test_rounding_keeps_the_order(first: int, second: int, base: int):
    low, high = sorted((first, second))
    assert round_to(low, base) <= round_to(high, base)


def test_the_thresholds_are_those_of_the_charter():
    assert dict(THRESHOLDS) == {"internal": 5, "agency": 11, "public": 11, "telecom": 20}
    assert threshold("public") == 11
    assert [may_show(n, 5) for n in (None, 0, 1, 4, 5)] == [False, True, False, False, True]


def test_what_makes_no_sense_is_refused():
    for wrong in (lambda: threshold("press"), lambda: round_to(3, 0), lambda: round_to(-3, 5)):
        with pytest.raises(ValueError):  # noqa: PT011 -- each has its own words
            wrong()
