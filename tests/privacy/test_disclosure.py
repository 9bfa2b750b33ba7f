from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import for_each

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


def test_rounding_is_exact_where_a_float_would_not_be():
    assert round_to(10**20 + 2, 5) == 10**20
    assert round_to(10**20 + 3, 5) == 10**20 + 5


@for_each(
    "row",
    [
        (lambda: threshold("press"), "no such audience: press"),
        (lambda: round_to(3, 0), "a count is not negative, a base at least 1"),
        (lambda: round_to(-3, 5), "a count is not negative, a base at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(row: tuple[Callable[[], int], str]):
    wrong, said = row
    with pytest.raises(ValueError, match=f"^{said}$"):
        wrong()
