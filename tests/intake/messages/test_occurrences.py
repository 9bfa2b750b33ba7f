"""Recurrences, against a computation of their own: local clock time through both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import EPOCH, MICROSECOND, to_us
from vigie.intake.connector import Context
from vigie.intake.messages.occurrences import (
    MAX_EFFORT,
    MAX_STEPS,
    MOST,
    Horizon,
    horizon_of,
    instant_of,
    later,
    midnight,
    occurrences,
)
from vigie.intake.messages.reading import RowRefused
from vigie.model.times import DAY_US, HOUR_US, resolve_local

PARIS = ZoneInfo("Europe/Paris")
ZONES = ("Europe/Paris", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def between(first: date, last: date, most: int = 10_000) -> Horizon:
    """Return a horizon of whole UTC days."""
    bounds = [to_us(datetime(d.year, d.month, d.day, tzinfo=UTC)) for d in (first, last)]
    return Horizon(bounds[0], bounds[1], most)


def resolved(wall: datetime, zone: str) -> int:
    """Return the instant of a reading by the integer arithmetic of ``vigie.model.times``."""
    naive_us = (wall - EPOCH.replace(tzinfo=None)) // MICROSECOND
    return int(resolve_local(np.array([naive_us], np.int64), zone).at_us[0].as_py())


walls = st.datetimes(datetime(1990, 1, 1), datetime(2026, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
starts = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(wall=walls, zone=st.sampled_from(ZONES))
def test_an_instant_is_that_of_the_house_for_every_reading(wall, zone):
    assert instant_of(wall, ZoneInfo(zone)) == resolved(wall, zone)


@given(
    wall=walls,
    zone=st.sampled_from(ZONES),
    days=st.sets(st.integers(0, 6), min_size=1),
    interval=st.integers(1, 4),
    first=starts,
    length=st.integers(1, 500),
)
def test_a_weekly_rule_gives_the_days_that_counting_days_gives(
    wall, zone, days, interval, first, length
):
    horizon = between(first, first + timedelta(days=length))
    rule = f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(DAYS[day] for day in sorted(days))}"

    found, more = occurrences(rule, wall, ZoneInfo(zone), horizon)

    expected = []
    monday = wall.date() - timedelta(days=wall.weekday())
    day = wall.date()
    while day <= first + timedelta(days=length + 2):
        of_week = (day - monday).days // 7
        near = day >= first - timedelta(days=2)  # no zone is further from the horizon
        if near and day.weekday() in days and of_week % interval == 0:
            reading = datetime.combine(day, wall.time())
            if horizon.from_us <= resolved(reading, zone) <= horizon.to_us:
                expected.append(reading)
        day += timedelta(days=1)
    assert (found, more) == (expected, False)


@given(year=st.integers(2000, 2035), month=st.sampled_from((3, 10)), weekday=st.integers(0, 6))
def test_a_weekly_evening_stays_at_nine_through_both_clock_changes(year, month, weekday):
    start = datetime(year, month, 1, 21) + timedelta(days=weekday)
    horizon = between(date(year, month, 1), date(year, month, 28) + timedelta(days=20))

    found, _ = occurrences("FREQ=WEEKLY", start, PARIS, horizon)

    instants = [instant_of(wall, PARIS) for wall in found]
    local = [(EPOCH + timedelta(microseconds=us)).astimezone(PARIS) for us in instants]
    assert {(at.hour, at.minute, at.weekday()) for at in local} == {(21, 0, start.weekday())}
    steps = {(after - before) // HOUR_US for before, after in pairwise(instants)}
    assert steps == {168, 167 if month == 3 else 169}


ordinal_days = st.builds(
    lambda n, day: f"{n}{day}", st.sampled_from((1, 2, 3, 4, -1, -2)), st.sampled_from(DAYS)
)
rules = st.one_of(
    st.builds(lambda d, n: f"FREQ=MONTHLY;BYDAY={d};INTERVAL={n}", ordinal_days, st.integers(1, 3)),
    st.builds(lambda d: f"FREQ=MONTHLY;BYMONTHDAY={d}", st.sampled_from((1, 15, 29, 31, -1))),
    st.builds(lambda m, d: f"FREQ=YEARLY;BYMONTH={m};BYDAY={d}", st.integers(1, 12), ordinal_days),
    st.builds(
        lambda w, d: f"FREQ=YEARLY;BYWEEKNO={w};BYDAY={d}",
        st.integers(1, 53),
        st.sampled_from(DAYS),
    ),
    st.builds(lambda d: f"FREQ=YEARLY;BYYEARDAY={d}", st.sampled_from((1, 60, 100, 365, -1))),
    st.builds(lambda n: f"FREQ=DAILY;INTERVAL={n}", st.integers(1, 90)),
    st.just("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    st.just("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"),
    st.builds(lambda n: f"FREQ=WEEKLY;COUNT={n}", st.integers(1, 300)),
)


@given(rule=rules, wall=walls, first=starts, length=st.integers(1, 800))
def test_following_a_rule_in_a_far_era_gives_the_same_days(rule, wall, first, length):
    horizon = between(first, first + timedelta(days=length))

    found, _ = occurrences(rule, wall, PARIS, horizon)

    plain = rrulestr(rule, dtstart=wall).between(
        datetime.combine(first, wall.min.time()) - timedelta(days=2),
        datetime.combine(first, wall.min.time()) + timedelta(days=length + 2),
        inc=True,
    )
    assert found == [
        reading
        for reading in plain
        if horizon.from_us <= resolved(reading, "Europe/Paris") <= horizon.to_us
    ]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261213T200000Z", 13),  # 21:00 in Paris: this very instant counts
        ("20261213T195959Z", 6),
        ("20261213T210000", 13),
        ("20261213", 13),
        ("20261212", 6),
    ],
)
def test_a_rule_ends_with_its_last_instant(until, last):
    horizon = between(date(2026, 12, 1), date(2027, 3, 1))

    found, _ = occurrences(f"FREQ=WEEKLY;UNTIL={until}", datetime(2026, 11, 1, 21), PARIS, horizon)

    assert found[-1] == datetime(2026, 12, last, 21)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ",
        "FREQ=",
        "BYDAY=MO",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=WEEKLY;BYDAY=54MO",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=DAILY;X=1",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYSETPOS=0",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;BYEASTER=0",
        "RSCALE=CHINESE;FREQ=YEARLY",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;DTSTART=20200101",
        "FREQ=DAILY;;COUNT=1",
        "FREQ=DAILY;BYHOUR="
        + ",".join(map(str, range(24)))
        + ";BYMINUTE="
        + ",".join(map(str, range(60))),
    ],
)
def test_what_is_no_rule_of_days_is_refused(rule):
    with pytest.raises(RowRefused) as refused:
        occurrences(
            rule, datetime(2026, 11, 1, 21), PARIS, between(date(2026, 11, 1), date(2027, 1, 1))
        )

    assert refused.value.code == "unknown_code"


@given(
    text=st.one_of(
        st.text(max_size=60),
        st.from_regex(r"FREQ=[A-Z]{5,7}(;[A-Z]{4,10}=[0-9A-Z,-]{0,8}){0,3}", fullmatch=True),
    )
)
def test_no_text_escapes_as_a_rule(text):
    try:
        found, _ = occurrences(
            text, datetime(2026, 11, 1, 21), PARIS, between(date(2026, 11, 1), date(2027, 1, 1))
        )
    except RowRefused:
        return
    assert all(isinstance(wall, datetime) for wall in found)


def test_a_rule_that_never_comes_true_spends_effort_and_ends():
    horizon = between(date(2026, 11, 1), date(2027, 11, 1))

    for _ in range(3):
        rule = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
        assert occurrences(rule, datetime(2026, 1, 1), PARIS, horizon) == ([], False)

    assert horizon.effort < MAX_EFFORT - 3 * 10_000


def test_when_the_effort_is_spent_every_further_rule_is_refused():
    horizon = between(date(2026, 11, 1), date(2027, 11, 1))
    horizon.effort = 5

    for _ in range(2):
        with pytest.raises(RowRefused) as refused:
            occurrences("FREQ=DAILY", datetime(2026, 11, 2), PARIS, horizon)
        assert refused.value.code == "too_many_occurrences"


def test_too_many_occurrences_before_the_horizon_refuse_a_rule():
    horizon = between(date(2026, 11, 1), date(2027, 11, 1))

    with pytest.raises(RowRefused) as refused:
        occurrences("FREQ=DAILY;BYHOUR=8,12,16,20", datetime(1990, 1, 1), PARIS, horizon)

    assert (refused.value.code, refused.value.params) == (
        "too_many_occurrences",
        {"limit": MAX_STEPS},
    )


def test_occurrences_are_capped_and_it_is_said():
    horizon = between(date(2026, 11, 1), date(2027, 11, 1), most=10)

    assert occurrences("FREQ=DAILY;COUNT=10", datetime(2026, 11, 1, 8), PARIS, horizon)[1] is False
    found, more = occurrences("FREQ=DAILY", datetime(2026, 11, 1, 8), PARIS, horizon)
    assert (len(found), more) == (10, True)


def test_a_rule_from_before_1970_or_after_the_horizon_gives_nothing():
    horizon = between(date(2026, 11, 1), date(2027, 11, 1))

    with pytest.raises(RowRefused) as refused:
        occurrences("FREQ=YEARLY", datetime(1880, 7, 14), PARIS, horizon)
    assert refused.value.code == "time_too_old"
    assert occurrences("FREQ=DAILY", datetime(2028, 1, 1), PARIS, horizon) == ([], False)
    beyond = between(date(2098, 11, 1), date(2099, 11, 1))
    assert occurrences("FREQ=DAILY", datetime(2026, 1, 1), PARIS, beyond) == ([], False)


@pytest.mark.parametrize(
    ("options", "ahead", "behind", "most"),
    [
        ({}, 400, 30, MOST),
        ({"horizon_days": 10, "past_days": 0, "max_occurrences": 5}, 10, 0, 5),
        ({"horizon_days": -1, "past_days": "x", "max_occurrences": True}, 0, 30, MOST),
        ({"horizon_days": 10**9}, 1_096, 30, MOST),
    ],
)
def test_the_horizon_is_counted_from_receipt_and_bounded(options, ahead, behind, most):
    horizon = horizon_of(Context("x", "Europe/Paris", NOW, options=options))

    now_us = to_us(NOW)
    assert horizon.to_us == now_us + ahead * DAY_US
    assert horizon.from_us == now_us - behind * DAY_US
    assert horizon.most == most


def test_the_ends_of_the_calendar_refuse_a_row_instead_of_raising():
    with pytest.raises(RowRefused):
        later(datetime(9999, 12, 31), timedelta(days=1))
    with pytest.raises(RowRefused):
        instant_of(datetime(1, 1, 1), ZoneInfo("Asia/Kolkata"))
    assert midnight(date(2026, 3, 29)) == datetime(2026, 3, 29)
