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
    assert rows[date(2026, 3, 2)]["level"] == pytest.approx(3 / 2)
    assert rows[date(2026, 3, 2)]["low"] < 3 < rows[date(2026, 3, 2)]["high"]


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
