"""The calendar: each day its count, beside what its weekday usually is."""

from datetime import date, timedelta

import pytest
from tests.analyses.facts_table import HOUR, facts, frame, us

from vigie.analyses.calendar_heat import CalendarParameters, run

FIRST = date(2026, 3, 2)
"""A Monday; Paris is an hour ahead of UTC until 29 March."""


def test_a_fact_over_midnight_is_half_on_either_day() -> None:
    early = us(2026, 3, 3, 21)  # 22:00 local, until 02:00
    found = run(
        facts([early], [early + 4 * HOUR]), CalendarParameters(), frame(FIRST, date(2026, 3, 9))
    )
    counts = {row["day"]: row["facts"] for row in found.table.to_pylist()}

    assert counts[date(2026, 3, 3)] == pytest.approx(0.5)
    assert counts[date(2026, 3, 4)] == pytest.approx(0.5)


def test_the_usual_count_is_that_of_the_same_weekday_without_the_day_itself() -> None:
    at = []
    for step in range(70):
        day = FIRST + timedelta(days=step)
        many = 50 if step == 35 else 8 if day.weekday() == 0 else 2
        at += [us(day.year, day.month, day.day, 12)] * many
    found = run(facts(at), CalendarParameters(), frame(FIRST, FIRST + timedelta(days=70)))
    rows = {row["day"]: row for row in found.table.to_pylist()}
    odd = rows[FIRST + timedelta(days=35)]

    assert (odd["facts"], odd["usual"], odd["weekday"]) == (50, 8, 0)
    assert odd["low"] > odd["usual"]
    assert odd["week"] == odd["day"]
    assert rows[FIRST + timedelta(days=36)]["usual"] == 2


def test_few_weeks_give_no_usual_count_and_holidays_are_marked() -> None:
    found = run(facts([]), CalendarParameters(), frame(date(2026, 4, 27), date(2026, 5, 9)))
    rows = {row["day"]: row for row in found.table.to_pylist()}

    assert all(row["usual"] is None for row in rows.values())
    assert rows[date(2026, 5, 1)]["holiday"]
    assert not rows[date(2026, 5, 4)]["holiday"]


def test_too_uncertain_is_left_out_and_said() -> None:
    early = us(2026, 3, 3, 9)
    found = run(
        facts([early, early], [early, early + 60 * HOUR]),
        CalendarParameters(),
        frame(FIRST, date(2026, 3, 9)),
    )

    assert found.base == 1
    assert "1 facts too uncertain" in found.notes[0]["en"]
