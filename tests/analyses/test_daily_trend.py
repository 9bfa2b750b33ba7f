"""Daily counts: known days, a moving mean that is a mean, both clock changes."""

from datetime import date

import pytest
from tests.analyses.facts_table import facts, frame, us

from vigie.analyses.daily_trend import TrendParameters, run


def test_known_days() -> None:
    table = facts([us(2026, 3, 2, 12)] * 3 + [us(2026, 3, 4, 23, 30)] * 2)
    found = run(table, TrendParameters(window_days=3), frame(date(2026, 3, 2), date(2026, 3, 6)))
    rows = {row["day"]: row for row in found.table.to_pylist()}

    assert found.base == 5
    assert [rows[date(2026, 3, day)]["facts"] for day in (2, 3, 4, 5)] == [3, 0, 0, 2]
    assert rows[date(2026, 3, 4)]["level"] == pytest.approx(2 / 3)
    assert rows[date(2026, 3, 2)]["level"] is None
    assert rows[date(2026, 3, 2)]["low"] < 3 < rows[date(2026, 3, 2)]["high"]


def test_a_day_covered_in_part_says_so_and_enters_no_level() -> None:
    """The frame's days are UTC days: one hour of the first local day is missing, one is over."""
    table = facts([us(2026, 3, 2, 12)] * 9 + [us(2026, 3, 3, 12), us(2026, 3, 4, 12)] * 2)
    found = run(table, TrendParameters(window_days=7), frame(date(2026, 3, 2), date(2026, 3, 5)))
    rows = found.table.to_pylist()

    assert [row["covered"] for row in rows] == pytest.approx([23 / 24, 1, 1, 1 / 24])
    assert [row["level"] for row in rows] == [None, 2.0, 2.0, None]
    assert found.base == 13


@pytest.mark.parametrize(("first", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_a_day_of_23_or_25_hours_is_whole(first: date, hours: int) -> None:
    found = run(
        facts([]), TrendParameters(), frame(first, date(first.year, first.month, first.day + 2))
    )
    covered = found.table["covered"].to_pylist()

    assert covered[1] == 1
    assert covered[2] == pytest.approx((2 if hours == 23 else 1) / 24)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_day_of_a_clock_change_is_one_day(day: date) -> None:
    instants = [us(day.year, day.month, day.day, hour) for hour in range(21)]
    found = run(
        facts(instants), TrendParameters(), frame(day, date(day.year, day.month, day.day + 1))
    )
    counts = {row["day"]: row["facts"] for row in found.table.to_pylist()}

    assert counts[day] == 21


def test_nothing_gives_zeros_not_nothing() -> None:
    found = run(facts([]), TrendParameters(), frame(date(2026, 3, 2), date(2026, 3, 4)))

    assert found.table["facts"].to_pylist() == [0, 0, 0]
    assert found.base == 0
