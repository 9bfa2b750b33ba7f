"""Days and hours of a city: each fact weighs one, wherever its uncertain time falls."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analyses.facts_table import HOUR, frame, us

from vigie.analyse.days import by_day, by_window, count_bounds, days_of, public_holidays, windows

MONTH = frame(date(2026, 3, 1), date(2026, 4, 5))
SPANS = st.lists(st.tuples(st.integers(0, 20 * 24 * 60), st.integers(0, 9 * 24 * 60)), max_size=30)


@given(SPANS)
def test_every_fact_weighs_one_by_day_and_by_hour(spans: list[tuple[int, int]]) -> None:
    """Over the days and over the hours of all days, the change to summer time included."""
    early = us(2026, 3, 2) + np.array([a for a, _ in spans], np.int64) * (HOUR // 60)
    late = early + np.array([b for _, b in spans], np.int64) * (HOUR // 60)
    days = days_of(MONTH)
    daily = by_day(early, late, days, MONTH.timezone)[0]
    starts, ends = windows(days.number, 0, 24, MONTH.timezone)
    whole = by_window(early, late, starts, ends, group=np.zeros(len(early), np.int64), groups=1)[0]

    assert daily.sum() == pytest.approx(len(spans))
    assert whole == pytest.approx(daily, abs=1e-9)


def test_the_day_of_a_change_of_clocks_is_whole_and_holidays_are_known() -> None:
    days = days_of(MONTH)
    spring = int(np.flatnonzero(days.number == (date(2026, 3, 29) - date(1970, 1, 1)).days)[0])

    assert days.whole[spring]
    assert not days.whole[0]
    assert days.weekday[spring] == 6
    easter = public_holidays(days_of(frame(date(2026, 4, 5), date(2026, 4, 8))), "FR")
    assert easter.tolist() == [False, True, False, False]


def test_hours_past_midnight_belong_to_the_day_they_begin_on() -> None:
    starts, ends = windows(days_of(MONTH).number[1:3], 22, 2, MONTH.timezone)

    assert (ends - starts).tolist() == [4 * HOUR, 4 * HOUR]
    assert starts[0] == us(2026, 3, 2, 21)


def test_groups_are_counted_apart_and_none_is_not_counted() -> None:
    early = np.full(3, us(2026, 3, 3, 12))
    days = days_of(MONTH)
    found = by_day(early, early, days, MONTH.timezone, group=np.array([0, 1, -1]), groups=2)

    assert found.sum(axis=1).tolist() == [1, 1]
    assert count_bounds(np.array([0.4, 12.0])).shape == (2, 2)
