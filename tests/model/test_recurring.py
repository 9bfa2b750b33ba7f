"""Periods and occasions by the local clock, through both clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.model.recurring import EVERY, UNITS, Period, Rhythm, between, next_after

PARIS = "Europe/Paris"
ZONES = [PARIS, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]
HOUR_US = 3_600_000_000
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(
    to_us
)
rhythms = st.builds(
    Rhythm, st.sampled_from(EVERY), st.integers(0, 23), st.integers(0, 6), st.integers(1, 31)
)


def at(text: str, zone: str = PARIS) -> int:
    return to_us(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def local(us: int, zone: str = PARIS) -> datetime:
    return from_us(us).astimezone(ZoneInfo(zone))


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period("day", 28), "2026-03-03T00:00", "2026-03-31T00:00"),
        (Period("week", 1), "2026-03-23T00:00", "2026-03-30T00:00"),
        (Period("month", 2), "2026-01-01T00:00", "2026-03-01T00:00"),
        (Period("month", 15), "2024-12-01T00:00", "2026-03-01T00:00"),
        (Period("year", 1), "2025-01-01T00:00", "2026-01-01T00:00"),
    ],
)
def test_periods_are_whole_and_over(period: Period, first: str, last: str) -> None:
    assert period.bounds(at("2026-03-31T09:30"), PARIS) == (at(first), at(last))


@given(instants, st.sampled_from(UNITS), st.integers(1, 20), st.sampled_from(ZONES))
def test_every_period_begins_and_ends_at_local_midnight(
    now: int, unit: str, n: int, zone: str
) -> None:
    start, end = Period(unit, n).bounds(now, zone)
    first, last = local(start, zone), local(end, zone)
    assert start < end <= now
    assert (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0)
    days = (last.date() - first.date()).days
    if unit in {"day", "week"}:
        assert days == n * (7 if unit == "week" else 1)
    else:
        months = (last.year - first.year) * 12 + last.month - first.month
        assert months == n * (12 if unit == "year" else 1)
        assert first.day == last.day == 1


def test_the_skipped_hour_and_the_hour_that_comes_twice_are_each_one_occasion() -> None:
    daily = Rhythm("day", 2)
    spring = between(daily, at("2026-03-28T12:00"), at("2026-03-30T12:00"), PARIS)
    assert [local(one).strftime("%d %H:%M %z") for one in spring] == [
        "29 03:00 +0200",
        "30 02:00 +0200",
    ]
    autumn = between(daily, at("2026-10-24T12:00"), at("2026-10-26T12:00"), PARIS)
    assert [local(one).strftime("%d %H:%M %z") for one in autumn] == [
        "25 02:00 +0200",
        "26 02:00 +0100",
    ]


@given(rhythms, instants, st.integers(0, 100), st.sampled_from(ZONES))
def test_occasions_follow_the_local_clock_and_none_is_lost_or_doubled(
    rhythm: Rhythm, start: int, days: int, zone: str
) -> None:
    end = start + days * 24 * HOUR_US
    found = between(rhythm, start, end, zone)
    assert found == sorted(set(found))
    assert all(start < one <= end for one in found)
    told = [local(one, zone) for one in found]
    for one in told:
        meant = datetime(one.year, one.month, one.day, rhythm.hour)
        skipped = one.replace(tzinfo=None) != meant
        there_and_back = (
            meant.replace(tzinfo=ZoneInfo(zone))
            .astimezone(UTC)
            .astimezone(ZoneInfo(zone))
            .replace(tzinfo=None)
        )
        assert not skipped or there_and_back != meant
    wanted = [
        day
        for n in range(1, days - 1)
        if rhythm.on(day := local(start, zone).date() + timedelta(days=n))
    ]
    assert set(wanted) <= {one.date() for one in told}
    assert len({one.date() for one in told}) == len(told)


@given(rhythms, instants, instants)
def test_two_halves_of_a_stretch_hold_the_occasions_of_the_whole(
    rhythm: Rhythm, one: int, other: int
) -> None:
    start = min(one, other)
    middle, end = start + 40 * 24 * HOUR_US, start + 90 * 24 * HOUR_US
    halves = between(rhythm, start, middle, PARIS) + between(rhythm, middle, end, PARIS)
    assert halves == between(rhythm, start, end, PARIS)
    assert next_after(rhythm, start, PARIS) == halves[0]


def test_a_short_month_takes_its_last_day() -> None:
    last = Rhythm("month", 7, day=31)
    found = between(last, at("2026-01-31T08:00"), at("2026-05-01T00:00"), PARIS)
    days = [local(one).date() for one in found]
    assert days == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
