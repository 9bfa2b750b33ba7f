from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.privacy.disclosure import (
    THRESHOLDS,
    dominated,
    may_show,
    round_all,
    round_to,
    threshold,
    withhold_by_group,
    withhold_small,
)

COUNTS = st.lists(st.one_of(st.none(), st.integers(0, 60)), max_size=40)
LEAST = st.sampled_from([1, 5, 11, 20])


@given(COUNTS, LEAST, st.booleans())
def test_no_small_count_is_ever_shown(counts: list[int | None], least: int, zero: bool):
    shown = withhold_small(counts, least, zero=zero)
    assert len(shown) == len(counts)
    for before, after in zip(counts, shown, strict=True):
        assert after is None or after == before
        assert after is None or after == 0 or after >= least
        if before is not None and before >= least:
            assert after == before
        if before == 0:
            assert after == (0 if zero else None)
    assert withhold_small(shown, least, zero=zero) == shown


@given(COUNTS, st.sampled_from([1, 3, 5, 10, 11]))
def test_rounding_is_near_and_stable(counts: list[int | None], base: int):
    rounded = round_all(counts, base)
    for before, after in zip(counts, rounded, strict=True):
        if before is None or after is None:
            assert before is after
            continue
        assert after % base == 0
        assert abs(after - before) * 2 <= base
        assert round_to(after, base) == after
    assert round_to(5, 10) == 10


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(1, 100))
def test_rounding_keeps_the_order(first: int, second: int, base: int):
    low, high = sorted((first, second))
    assert round_to(low, base) <= round_to(high, base)


ROWS = st.lists(
    st.tuples(st.one_of(st.none(), st.floats(-9, 9)), st.one_of(st.none(), st.integers(0, 40)))
)


@given(ROWS, LEAST)
def test_values_of_small_groups_are_withheld(rows: list, least: int):
    values, sizes = [row[0] for row in rows], [row[1] for row in rows]
    shown = withhold_by_group(values, sizes, least)
    for value, size, after in zip(values, sizes, shown, strict=True):
        assert after == (value if size is not None and size >= least else None)


@pytest.mark.parametrize(
    ("parts", "answer"),
    [
        ([], True), ([5, 5], True), ([5, 5, 5], False), ([0, 0, 9, 9, 9], False),
        ([86, 7, 7], True), ([85, 8, 7], False),
    ],
)  # fmt: skip
def test_few_or_dominant_units(parts: list[float], answer: bool):
    assert dominated(parts) is answer


@given(st.lists(st.floats(0.1, 100), min_size=3, max_size=20))
def test_dominance_does_not_depend_on_the_order(parts: list[float]):
    assert dominated(parts) == dominated(sorted(parts))


def test_the_thresholds_are_those_of_the_charter():
    assert dict(THRESHOLDS) == {"internal": 5, "agency": 11, "public": 11, "telecom": 20}
    assert threshold("public") == 11
    assert [may_show(n, 5) for n in (None, 0, 1, 4, 5)] == [False, True, False, False, True]


def test_what_makes_no_sense_is_refused():
    for wrong in (
        lambda: threshold("press"),
        lambda: withhold_small([1], 0),
        lambda: withhold_small([-1], 5),
        lambda: withhold_by_group([1.0], [-1], 5),
        lambda: withhold_by_group([1.0], [], 5),
        lambda: round_to(3, 0),
        lambda: round_to(-3, 5),
        lambda: dominated([1, -1, 1]),
        lambda: dominated([1, 1, 1], 0.0),
    ):
        with pytest.raises(ValueError):  # noqa: PT011 -- each has its own words
            wrong()
