"""Small counts stay untold, and so does what is reckoned from them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vigie.foresight.effects.effect import Expected, Spread
from vigie.foresight.effects.telling import Teller, apportion, together, withheld_in

SHAPE = (2, 3, 4)
COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=8)
LEAST = 5


def _expected(effect: float = 3.0) -> Expected:
    return Expected(
        base=np.full(SHAPE, 0.5),
        known=np.full((2, 3), 0.02),
        others=np.zeros(SHAPE),
        effect=np.full(SHAPE, effect / 24),
        rate_variance=np.full(2, 0.3),
        differ=0.05,
        spread=Spread(np.ones(2), 1.0),
    )


@given(st.lists(st.floats(0.0, 50.0), min_size=1, max_size=12), st.integers(0, 300))
@example([5e-324], 1)
def test_whole_numbers_sum_to_the_total_and_lie_within_one_of_the_shares(
    weights: list[float], total: int
) -> None:
    found = apportion(np.array(weights), total)
    whole = sum(weights)
    if whole <= 0.0:
        assert found.sum() == 0
        return
    assert int(found.sum()) == total
    exact = np.array(weights) * total / whole
    assert bool(np.all(np.abs(found - exact) < 1 + 1e-6))


@given(COUNTS)
def test_no_small_count_is_shown_nor_found_by_subtraction(counts: list[int]) -> None:
    hidden = withheld_in(counts, LEAST)
    if hidden is None:
        assert any(0 < count < LEAST for count in [*counts, sum(counts)])
        return
    for count, hide in zip(counts, hidden, strict=True):
        assert hide or count == 0 or count >= LEAST
    unseen = [count for count, hide in zip(counts, hidden, strict=True) if hide]
    if unseen:
        rest = sum(unseen)  # what everybody can reckon: each of them is 1 at least
        assert len(unseen) >= 2
        assert rest - len(unseen) >= LEAST


def test_two_small_lines_that_are_the_total_close_it() -> None:
    assert withheld_in([3, 2], LEAST) is None
    assert withheld_in([40, 2, 9], LEAST) == [False, True, True]
    assert withheld_in([40, 0, 9], LEAST) == [False, False, False]


def test_who_may_see_all_sees_all() -> None:
    assert withheld_in([1, 2, 3], 0) == [False, False, False]


TABLES = {
    "rings": [[0], [1], [2]],
    "hours": [[0], [1], [2], [3]],
    "kinds": [[0], [1]],
}


@settings(max_examples=15)
@given(st.lists(st.integers(0, 4), min_size=24, max_size=24))
def test_nothing_reckoned_from_a_withheld_count_is_told(values: list[int]) -> None:
    observed = np.array(values, float).reshape(SHAPE)
    teller = Teller(_expected(), observed, LEAST, TABLES)
    tables = [[teller.whole()], *(teller.table(name) for name in TABLES)]
    if teller.whole().withheld:
        assert all(line.withheld or line.observed == 0 for table in tables for line in table)
    for told in (line for table in tables for line in table):
        if told.withheld:
            assert (told.observed, told.excess, told.leaning) == (None, None, None)
        else:
            assert told.observed == 0 or (told.observed or 0) >= LEAST
            assert told.excess is not None
            assert told.excess.mean == pytest.approx(
                (told.observed or 0) - told.foreseen.without.mean
            )


@settings(max_examples=10)
@given(st.lists(st.integers(0, 9), min_size=24, max_size=24))
def test_crossed_no_line_that_was_withheld_is_given_back(values: list[int]) -> None:
    observed = np.array(values, float).reshape(SHAPE)
    teller = Teller(_expected(), observed, LEAST, TABLES)
    crossed = teller.crossed([[0, 1], [2, 3]], 2)
    if crossed is None:
        return
    assert not teller.whole().withheld
    kinds = teller.table("kinds")
    assert not any(kinds[line].withheld for line in crossed.apart)
    for row in crossed.cells:
        for cell in (one for cells in row for one in cells):
            assert cell.withheld or cell.observed == 0 or (cell.observed or 0) >= LEAST
            assert (cell.excess is None) == cell.withheld


def test_what_is_foreseen_does_not_depend_on_what_was_seen() -> None:
    few, many = (np.full(SHAPE, value) for value in (0.1, 9.0))
    seen = [Teller(_expected(), one, LEAST).whole().foreseen for one in (few, many)]
    assert seen[0] == seen[1]


def test_an_event_to_come_has_nothing_seen_and_nothing_withheld() -> None:
    told = Teller(_expected(), None, LEAST, TABLES).table("rings")
    assert all(one.observed is None and not one.withheld for one in told)


def test_a_small_total_hides_every_part() -> None:
    observed = np.zeros(SHAPE)
    observed[0, 0, :3] = 1.0
    teller = Teller(_expected(), observed, LEAST, TABLES)
    assert teller.whole().withheld
    hours = teller.table("hours")
    assert [one.withheld for one in hours] == [True, True, True, False]


def test_several_events_together_are_the_sum_with_one_doubt_about_their_rate() -> None:
    one = _expected()
    both = together([one, one])
    assert both.over().effect.mean == pytest.approx(2 * one.over().effect.mean)
    assert both.rate_variance == pytest.approx(4 * one.rate_variance)
    assert both.known == pytest.approx(4 * one.known)
    assert both.differ == pytest.approx(one.differ / 2)
