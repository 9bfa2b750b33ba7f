"""The ledger refuses what its weeks and years do not allow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.privacy.budget import LIMITS, BudgetSpent, Ledger, Spending, replay, spend


def _spending(cost, week=1, release="themes", dataset="facts", year=2026):
    return Spending(dataset, year, week, release, cost)


def test_a_week_may_be_spent_to_its_last_thousandth_and_no_further():
    ledger = spend(spend(Ledger(), _spending(600)), _spending(400, release="days"))

    with pytest.raises(BudgetSpent, match=r"^1 asked, left: week 0, year 19000$"):
        spend(ledger, _spending(1, release="hours"))
    assert ledger.left("facts", 2026, 1) == (0, 19_000)


def test_a_year_has_its_own_allowance():
    ledger = replay(_spending(1_000, week=week) for week in range(1, 21))

    with pytest.raises(BudgetSpent):
        spend(ledger, _spending(1, week=21))
    assert spend(ledger, _spending(1_000, year=2027)).left("facts", 2027, 1) == (0, 19_000)
    assert spend(ledger, _spending(1_000, week=21, dataset="measures"))


@pytest.mark.parametrize(
    "spending", [_spending(0), _spending(-5), _spending(10, week=54), _spending(1)]
)
def test_what_is_no_spending_is_refused(spending):
    with pytest.raises(ValueError, match=r"told already|[Ii]nvalid week"):
        spend(Ledger((_spending(1),)), spending)


def test_what_is_left_is_told_by_week_and_year():
    ledger = replay([_spending(300, week=2), _spending(100, week=1)])

    assert ledger.left("facts", 2026, 1) == (900, 19_600)
    assert ledger.left("facts", 2026, 3) == (1_000, 19_600)
    assert ledger.left("measures", 2026, 1) == (LIMITS["week"], LIMITS["year"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["facts", "measures"]),
            st.integers(2025, 2026),
            st.integers(1, 30),
            st.integers(1, 1_200),
        ),
        max_size=80,
    )
)
def test_no_sequence_of_spendings_goes_above_a_limit(asked):
    ledger = Ledger()
    for number, (dataset, year, week, cost) in enumerate(asked):
        try:
            ledger = spend(ledger, _spending(cost, week, f"r{number}", dataset, year))
        except BudgetSpent:
            continue

    assert all(min(ledger.left(*line[:3])) >= 0 for line in asked)
    assert replay(ledger.lines) == ledger
