"""Time is exact and never naive."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import (
    FixedClock,
    SystemClock,
    from_us,
    now_us,
    require_aware,
    to_rfc3339,
    to_us,
)

AWARE = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.timezones()
)


@given(AWARE)
def test_microseconds_round_trip_exactly(at: datetime) -> None:
    assert from_us(to_us(at)) == at.astimezone(UTC)


@given(st.integers(min_value=-(10**15), max_value=4 * 10**15))
def test_integers_round_trip_exactly(us: int) -> None:
    assert to_us(from_us(us)) == us


def test_naive_is_an_error() -> None:
    with pytest.raises(ValueError, match="naive"):
        require_aware(datetime(2026, 1, 1))


def test_rfc3339_is_utc_with_z() -> None:
    at = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=2)))

    assert to_rfc3339(to_us(at)) == "2026-07-01T10:00:00Z"


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    before = now_us(clock)
    clock.advance(timedelta(seconds=2))

    assert now_us(clock) - before == 2_000_000


def test_the_system_clock_is_aware_and_goes_forward() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()

    assert first.tzinfo is UTC
    assert second >= first
