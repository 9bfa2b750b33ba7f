from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.city.span import HOUR_US, is_school_day, local, local_text, span, utc_text

INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))


@given(st.lists(INSTANTS, min_size=1, max_size=8))
def test_local_text_is_what_the_zone_says(instants: list[datetime]) -> None:
    us = np.array([to_us(at.replace(microsecond=0)) for at in instants], dtype=np.int64)
    walls = [local(int(u)) for u in us]
    assert local_text(us, "offset") == [w.isoformat() for w in walls]
    assert local_text(us, "date") == [w.strftime("%d/%m/%Y") for w in walls]
    assert local_text(us, "hm") == [w.strftime("%H:%M") for w in walls]
    assert local_text(us, "stamp") == [w.strftime("%d/%m/%Y %H:%M:%S") for w in walls]
    assert [datetime.fromisoformat(t) for t in utc_text(us)] == walls


def test_the_days_of_clock_changes_have_23_and_25_hours() -> None:
    assert span(date(2026, 3, 29), 1).hours == 23
    assert span(date(2026, 10, 25), 1).hours == 25
    autumn = span(date(2026, 10, 25), 1)
    assert autumn.local_hour.tolist()[:5] == [0, 1, 2, 2, 3]
    assert 2 not in span(date(2026, 3, 29), 1).local_hour.tolist()
    assert autumn.end_us - autumn.start_us == 25 * HOUR_US


def test_labels_of_slots_are_local() -> None:
    over = span(date(2026, 7, 13), 2)
    assert over.hours == 48
    assert over.weekday.tolist() == [0] * 24 + [1] * 24
    assert not over.holiday[:24].any()
    assert over.holiday[24:].all()
    assert not over.school.any()
    assert over.day_of_year[0] == 194


def test_school_days() -> None:
    assert is_school_day(date(2026, 11, 23))
    assert not is_school_day(date(2026, 11, 22))
    assert not is_school_day(date(2026, 11, 11))
    assert not is_school_day(date(2026, 10, 20))
