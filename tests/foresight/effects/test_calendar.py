"""Local hours and kinds of day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.foresight.effects.calendar import Calendar, day_of, public_holidays
from vigie.model.times import at_local

ZONE = "Europe/Paris"
ASSUMPTION = date(2026, 8, 15)


def test_a_public_holiday_counts_as_a_sunday() -> None:
    days_off = public_holidays(date(2026, 1, 1), date(2026, 12, 31), "FR")
    assert date(2026, 7, 14) in days_off
    calendar = Calendar(ZONE, days_off)
    noon = np.array([to_us(datetime(2026, 7, 14, 12, tzinfo=UTC))], np.int64)
    assert calendar.kinds_of_day(noon).tolist() == [6]
    assert Calendar(ZONE).kinds_of_day(noon).tolist() == [1]


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)),
    st.lists(st.integers(-182, 182), min_size=1, max_size=8),
)
def test_the_same_clock_on_another_day_reads_the_same_unless_the_hour_is_missing(
    moment: datetime, days: list[int]
) -> None:
    start = to_us(moment.replace(tzinfo=UTC))
    here = at_local(start, ZONE)
    found = Calendar(ZONE).same_clock(start, np.array(days, np.int64))
    for shift, instant in zip(days, found.tolist(), strict=True):
        there = at_local(instant, ZONE)
        wanted = here.replace(tzinfo=None) + timedelta(days=shift)
        late = there.replace(tzinfo=None) - wanted
        assert late in (timedelta(0), timedelta(hours=1))  # pushed over the missing hour of spring


def test_the_local_day_begins_at_local_midnight() -> None:
    assert day_of(to_us(datetime(2026, 7, 13, 22, 30, tzinfo=UTC)), ZONE) == date(2026, 7, 14)
