from __future__ import annotations

import struct
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vigie.base.clock import EPOCH, from_us, to_us
from vigie.model.times import (
    AMBIGUOUS,
    DAY_US,
    EXACT,
    HOUR_US,
    NONEXISTENT,
    SECOND_US,
    at_local,
    day_bounds,
    local_columns,
    resolve_local,
)

PARIS = "Europe/Paris"
SPRING = to_us(datetime(2026, 3, 29, 1, tzinfo=UTC))
AUTUMN = to_us(datetime(2026, 10, 25, 1, tzinfo=UTC))
ZONES = st.sampled_from(sorted(available_timezones()))
CITY_ZONES = st.sampled_from(
    [PARIS, "America/Chicago", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca",
     "America/St_Johns", "Pacific/Apia", "UTC"]
)  # fmt: skip
INSTANTS = st.integers(
    to_us(datetime(1971, 1, 1, tzinfo=UTC)), to_us(datetime(2100, 1, 1, tzinfo=UTC))
)
NEAR_CHANGE = st.one_of(
    st.integers(SPRING - 3 * HOUR_US, SPRING + 3 * HOUR_US),
    st.integers(AUTUMN - 3 * HOUR_US, AUTUMN + 3 * HOUR_US),
)


def expected(us: int, tz: str) -> tuple[date, int, int]:
    at = from_us(us).astimezone(ZoneInfo(tz))
    return at.date(), at.hour, at.weekday()


def told(instants: list[int], tz: str) -> list[tuple[date, int, int]]:
    columns = local_columns(np.array(instants, np.int64), tz)
    return list(zip(*(column.to_pylist() for column in columns), strict=True))


@given(st.lists(INSTANTS, min_size=1, max_size=30), ZONES)
def test_local_columns_are_those_of_zoneinfo_in_every_zone(instants: list[int], tz: str):
    assert told(instants, tz) == [expected(us, tz) for us in instants]


@given(st.lists(NEAR_CHANGE, min_size=1, max_size=30))
@example([SPRING - 1, SPRING, AUTUMN - HOUR_US - 1, AUTUMN - HOUR_US, AUTUMN - 1, AUTUMN])
def test_local_columns_around_both_clock_changes(instants: list[int]):
    assert told(instants, PARIS) == [expected(us, PARIS) for us in instants]


@given(st.integers(-(2**53), 2**53), st.integers(0, 2**40))
def test_before_1970_and_far_away(us: int, step: int):
    low = to_us(datetime(1, 1, 5, tzinfo=UTC))
    high = to_us(datetime(9999, 12, 25, tzinfo=UTC))
    instants = [min(max(one, low), high) for one in (us, us + step, low, high)]
    assert told(instants, PARIS) == [expected(one, PARIS) for one in instants]


def test_types_nulls_and_shapes():
    values = pa.array([SPRING, None, AUTUMN], pa.int64())
    columns = local_columns(values, PARIS)
    assert [column.type for column in columns] == [pa.date32(), pa.int8(), pa.int8()]
    assert columns.local_hour.to_pylist() == [3, None, 2]
    stamps = values.cast(pa.timestamp("us", tz="UTC"))
    assert local_columns(stamps, PARIS) == columns
    chunks = pa.chunked_array([values[:1], values[1:]])
    assert local_columns(chunks, PARIS) == columns
    assert len(local_columns(np.zeros(0, np.int64), PARIS).weekday) == 0
    assert columns.weekday.to_pylist() == [6, None, 6]


def test_an_unknown_zone_is_refused():
    with pytest.raises(ZoneInfoNotFoundError):
        local_columns(np.zeros(1, np.int64), "Europe/Marseille")


def test_no_zone_changes_twice_within_25_hours():
    """What makes the daily comparison of offsets complete; read from the database itself."""
    shortest = 10**9
    for name in sorted(available_timezones()):
        entry = files("tzdata").joinpath("zoneinfo", *name.split("/"))
        if not entry.is_file():
            continue
        times = [t for t in tzif_changes(entry.read_bytes()) if t >= 0]
        shortest = min([shortest, *(b - a for a, b in pairwise(times))])
    assert 25 * 3600 < shortest < 10**9


def tzif_changes(content: bytes) -> list[int]:
    """Read the instants of offset changes from a TZif file, version 2 or later (RFC 9636)."""
    assert content[:4] == b"TZif"
    assert content[4:5] >= b"2"
    counts = struct.unpack(">6l", content[20:44])
    skipped = counts[3] * 5 + counts[4] * 6 + counts[5] + counts[2] * 8 + counts[1] + counts[0]
    body = content[44 + skipped :]
    _, _, _, number, types, _ = struct.unpack(">6l", body[20:44])
    times = struct.unpack(f">{number}q", body[44 : 44 + 8 * number])
    kinds = body[44 + 8 * number : 44 + 9 * number]
    table = body[44 + 9 * number : 44 + 9 * number + 6 * types]
    offsets = [struct.unpack(">l", table[6 * k : 6 * k + 4])[0] for k in range(types)]
    before = [offsets[kinds[0]] if number else 0, *(offsets[k] for k in kinds)]
    return [at for at, old, kind in zip(times, before, kinds, strict=False) if offsets[kind] != old]


def by_zoneinfo(wall_us: int, tz: str, *, latest: bool) -> tuple[int, int]:
    """The rule, said with datetime: fold 0 unless the later of two instants is wanted."""
    zone = ZoneInfo(tz)
    naive = EPOCH.replace(tzinfo=None) + timedelta(microseconds=wall_us)
    first, second = (to_us(naive.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    if first == second:
        return first, EXACT
    exists = from_us(first).astimezone(zone).replace(tzinfo=None) == naive
    if not exists:
        return first, NONEXISTENT
    return (second if latest else first), AMBIGUOUS


WALLS = st.one_of(
    INSTANTS,
    st.integers(SPRING - HOUR_US, SPRING + 4 * HOUR_US),
    st.integers(AUTUMN - HOUR_US, AUTUMN + 4 * HOUR_US),
)


@given(
    st.lists(WALLS, min_size=1, max_size=30), CITY_ZONES, st.sampled_from(["earliest", "latest"])
)
def test_readings_mean_what_the_rule_says(walls: list[int], tz: str, prefer: str):
    found = resolve_local(np.array(walls, np.int64), tz, prefer)
    wanted = [by_zoneinfo(wall, tz, latest=prefer == "latest") for wall in walls]
    assert found.at_us.to_pylist() == [us for us, _ in wanted]
    assert found.flags.tolist() == [flag for _, flag in wanted]


@given(st.lists(INSTANTS, min_size=1, max_size=20), CITY_ZONES)
def test_what_the_clock_showed_leads_back_to_the_instant(instants: list[int], tz: str):
    zone = ZoneInfo(tz)
    walls = [
        (from_us(us).astimezone(zone).replace(tzinfo=None) - EPOCH.replace(tzinfo=None))
        // timedelta(microseconds=1)
        for us in instants
    ]
    earliest = resolve_local(np.array(walls), tz, "earliest").at_us.to_pylist()
    latest = resolve_local(np.array(walls), tz, "latest").at_us.to_pylist()
    for us, low, high in zip(instants, earliest, latest, strict=True):
        assert us in (low, high)
        assert low <= high


def test_the_hour_that_is_missing_and_the_hour_that_is_double():
    def wall(*parts: int) -> int:
        return (datetime(*parts) - EPOCH.replace(tzinfo=None)) // timedelta(microseconds=1)

    walls = pa.array([wall(2026, 3, 29, 2, 30), None, wall(2026, 10, 25, 2, 30)])
    first, last = (resolve_local(walls, PARIS, prefer) for prefer in ("earliest", "latest"))
    shown = [us and at_local(us, PARIS).isoformat() for us in first.at_us.to_pylist()]
    assert shown == ["2026-03-29T03:30:00+02:00", None, "2026-10-25T02:30:00+02:00"]
    assert first.flags.tolist() == [NONEXISTENT, EXACT, AMBIGUOUS]
    assert last.at_us[0] == first.at_us[0]
    assert at_local(last.at_us[2].as_py(), PARIS).isoformat() == "2026-10-25T02:30:00+01:00"


@given(st.dates(date(1972, 1, 1), date(2090, 1, 1)), CITY_ZONES)
def test_days_follow_one_another_without_gap(day: date, tz: str):
    start, end = day_bounds(day, tz)
    assert end == day_bounds(day + timedelta(days=1), tz)[0]
    if tz != "Pacific/Apia":  # Samoa left out 30 December 2011 altogether
        assert 22 * HOUR_US <= end - start <= 26 * HOUR_US
        assert at_local(start, tz).date() == day
        assert at_local(end - SECOND_US, tz).date() == day


def test_days_of_23_24_and_25_hours():
    lengths = [
        (end - start) / HOUR_US
        for start, end in (
            day_bounds(day, PARIS)
            for day in (date(2026, 3, 29), date(2026, 6, 1), date(2026, 10, 25))
        )
    ]
    assert lengths == [23, 24, 25]
    assert day_bounds(date(1970, 1, 1), "UTC") == (0, DAY_US)
