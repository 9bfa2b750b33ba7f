"""Before and after: like is compared with like, and chance is not called a change."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.analyses.facts_table import HOUR, facts, frame, us

from vigie.analyses.before_after import BeforeAfterParameters, run

FIRST = date(2026, 1, 5)
EVE = date(2026, 1, 4)
"""Frames are of UTC days: the first whole local day after it is the fifth."""
CHANGE = date(2026, 3, 2)
LAST = date(2026, 5, 4)


def _noon(day: date, many: int) -> list[int]:
    return [us(day.year, day.month, day.day, 12)] * many


def test_whole_weeks_on_both_sides_at_one_rate_give_a_ratio_of_one() -> None:
    at = [one for step in range(120) for one in _noon(FIRST + timedelta(days=step), 3)]
    found = run(facts(at), BeforeAfterParameters(day=CHANGE), frame(EVE, LAST))
    (row,) = found.table.to_pylist()

    assert (row["before_days"], row["after_days"]) == (56, 63)
    assert (row["before"], row["after"]) == (168, 189)
    assert row["ratio"] == pytest.approx(1)
    assert row["low"] < 1 < row["high"]
    assert found.base == 357


def test_weekdays_hours_and_days_left_out_hold_for_both_periods() -> None:
    saturday = [us(2026, 2, 28, 22), us(2026, 3, 28, 21, 30)]  # 23:00 and 22:30 local
    weekday = [us(2026, 3, 4, 22)]
    params = BeforeAfterParameters(day=CHANGE, weekdays="weekend", hour_from=22, hour_to=2)
    (row,) = run(facts(saturday + weekday), params, frame(EVE, LAST)).table.to_pylist()

    assert (row["before"], row["after"]) == (1, 1)
    assert (row["before_days"], row["after_days"]) == (16, 18)

    wide = BeforeAfterParameters(day=CHANGE, gap_days=3)
    (row,) = run(facts(saturday), wide, frame(EVE, LAST)).table.to_pylist()
    assert row["before"] == 0
    assert row["low"] is not None
    assert row["high"] is None
    assert row["ratio"] is None


def test_an_uncertain_fact_counts_by_the_share_of_it_within_the_hours() -> None:
    early = us(2026, 3, 10, 17)  # 18:00 local, until 08:00 the next day
    params = BeforeAfterParameters(day=CHANGE, hour_from=18, hour_to=20)
    (row,) = run(facts([early], [early + 14 * HOUR]), params, frame(EVE, LAST)).table.to_pylist()

    assert row["after"] == pytest.approx(2 / 14)


def test_chance_alone_is_called_a_change_no_more_often_than_it_says() -> None:
    """300 cities without a change whose weeks scatter three times more than Poisson."""
    exact = wide = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        at = []
        for week in range(17):
            mean = rng.gamma(21 / 2, 2)
            day = FIRST + timedelta(days=7 * week)
            at += [
                us(day.year, day.month, day.day) + 24 * HOUR * int(n) + 12 * HOUR
                for n in rng.integers(0, 7, rng.poisson(mean))
            ]
        (row,) = run(
            facts(at), BeforeAfterParameters(day=CHANGE), frame(EVE, LAST)
        ).table.to_pylist()
        exact += not row["low"] <= 1 <= row["high"]
        wide += not row["wide_low"] <= 1 <= row["wide_high"]

    assert exact > 45  # 5 % would be 15: facts in series make the exact interval too narrow
    assert wide <= 25  # P(more than 25 of 300 at 5 %) = 0.7 %


def test_rows_by_weekday_are_adjusted_together() -> None:
    at = [one for step in range(120) for one in _noon(FIRST + timedelta(days=step), 3)]
    params = BeforeAfterParameters(day=CHANGE, by="weekday")
    rows = run(facts(at), params, frame(EVE, LAST)).table.to_pylist()

    assert [row["group"] for row in rows] == [str(n) for n in range(7)]
    assert all(row["q"] >= row["p"] for row in rows)


def test_less_than_a_week_on_a_side_answers_nothing_and_says_so() -> None:
    found = run(facts([]), BeforeAfterParameters(day=date(2026, 1, 7)), frame(EVE, LAST))

    assert found.table.num_rows == 0
    assert "whole week" in found.notes[0]["en"]
