"""Rows that share a test: each that does not hold is named, and none hides another."""

from __future__ import annotations

import inspect

import pytest
from tests.rows import for_each


@for_each("n", range, "most")
def holds_for_even(most: int, n: int) -> None:
    assert most > 0
    if n == 3:
        pytest.fail("three")
    assert n % 2 == 0, "odd"


def test_each_row_that_fails_is_named() -> None:
    holds_for_even(most=1)
    with pytest.raises(AssertionError, match=r"^3 of 6") as told:
        holds_for_even(most=6)

    said = str(told.value)
    assert all(word in said for word in ("n 1: AssertionError: odd", "n 3: Failed: three", "n 5:"))
    assert "n 2" not in said


def test_a_table_without_rows_proves_nothing() -> None:
    with pytest.raises(AssertionError, match="there is no n"):
        holds_for_even(most=0)


def test_pytest_is_asked_for_all_but_the_row() -> None:
    assert list(inspect.signature(holds_for_even).parameters) == ["most"]
