"""A feed that fails is left alone for longer and longer, never for ever, and comes back at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.base.settings import PolledUrl
from vigie.intake.circuit import POLICY, Circuit, Policy, Schedule, next_try_us

SECOND_US = 1_000_000
T0 = 1_780_000_000_000_000
PARIS = ZoneInfo("Europe/Paris")
policies = st.builds(
    Policy,
    failures=st.integers(1, 5),
    first_s=st.integers(1, 600),
    longest_s=st.integers(600, 10_000),
    jitter=st.floats(0, 1),
)
chances = st.floats(0, 1)
steps = st.lists(st.tuples(st.booleans(), st.integers(0, 10_000), chances), max_size=60)


@given(policies, steps)
def test_the_state_follows_from_what_happened(
    policy: Policy, happened: list[tuple[bool, int, float]]
) -> None:
    now, circuit, failures = T0, Circuit(), 0
    for worked, pause_s, chance in happened:
        now += pause_s * SECOND_US
        before = circuit.state(now, policy)
        failures = 0 if worked else failures + 1
        circuit = Circuit() if worked else circuit.failed(now, "feed_busy", chance, policy)
        after = circuit.state(now, policy)
        assert circuit.failures == failures
        assert (circuit.openings > 0) == (failures >= policy.failures)
        if worked:
            assert after == "closed"
        elif before == "half_open" and policy.jitter * chance < 1:
            assert after == "open"  # the trial failed: open again, for longer
        wait_us = circuit.open_until_us - now
        assert wait_us <= policy.longest_s * SECOND_US


@given(policies, st.integers(1, 40), chances)
def test_intervals_double_up_to_the_cap_and_chance_only_shortens(
    policy: Policy, openings: int, chance: float
) -> None:
    now, circuit = T0, Circuit()
    for _ in range(policy.failures - 1):
        circuit = circuit.failed(now, "x", chance, policy)
    assert circuit.state(now, policy) == "closed"
    for number in range(openings):
        circuit = circuit.failed(now, "x", chance, policy)
        whole_us = min(policy.first_s * 2**number, policy.longest_s) * SECOND_US
        wait_us = circuit.open_until_us - now
        assert whole_us * (1 - policy.jitter) - 1 <= wait_us <= whole_us
        now = circuit.open_until_us
        assert circuit.state(now, policy) == "half_open"
    assert circuit.openings == openings


@given(steps, st.integers(-(10**10), 10**10))
def test_no_clock_holds_a_feed_longer_than_the_cap(
    happened: list[tuple[bool, int, float]], jump_s: int
) -> None:
    now, circuit = T0, Circuit()
    for worked, pause_s, chance in happened:
        now += pause_s * SECOND_US
        circuit = Circuit() if worked else circuit.failed(now, "x", chance)
    jumped = now + jump_s * SECOND_US
    schedule = Schedule(60)
    due = next_try_us(schedule, circuit, now, jumped)
    assert due <= max(jumped, now) + max(POLICY.longest_s, 60) * SECOND_US
    assert due <= jumped + POLICY.longest_s * SECOND_US or jumped < now


def test_a_feed_never_tried_or_tried_in_the_future_is_due() -> None:
    schedule = Schedule(60)
    assert next_try_us(schedule, Circuit(), None, T0) == T0
    assert next_try_us(schedule, Circuit(), T0 + 1, T0) == T0
    assert next_try_us(schedule, Circuit(), T0, T0) == T0 + 60 * SECOND_US


def test_a_daily_feed_that_failed_is_not_left_until_tomorrow() -> None:
    daily = Schedule.of(60, ("04:00",), "Europe/Paris")
    once = Circuit().failed(T0, "x", 0.0)
    assert next_try_us(daily, once, T0, T0) == T0 + POLICY.first_s * SECOND_US
    given_up = once.failed(T0, "x", 0.0).failed(T0, "x", 0.0)
    assert given_up.state(T0) == "open"
    assert next_try_us(daily, given_up, T0, T0) == given_up.open_until_us


# --- Times of day ------------------------------------------------------------------------------


def local(*at: int) -> datetime:
    return datetime(*at, tzinfo=PARIS)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("said", "since", "then"),
    [
        ("04:00", local(2026, 6, 1, 3, 59), local(2026, 6, 1, 4, 0)),
        ("04:00", local(2026, 6, 1, 4, 0), local(2026, 6, 2, 4, 0)),
        # spring, 29 March 2026: 02:00-03:00 does not exist; 23 hours from one 04:00 to the next
        ("04:00", local(2026, 3, 28, 4, 0), local(2026, 3, 29, 4, 0)),
        ("02:30", local(2026, 3, 28, 2, 30), local(2026, 3, 29, 3, 30)),
        ("02:30", local(2026, 3, 29, 3, 30), local(2026, 3, 30, 2, 30)),
        # autumn, 25 October 2026: 02:00-03:00 exists twice; the first is taken, once
        ("02:30", local(2026, 10, 24, 2, 30), local(2026, 10, 25, 2, 30)),
        ("02:30", local(2026, 10, 25, 2, 30), local(2026, 10, 26, 2, 30)),
        ("04:00", local(2026, 10, 24, 4, 0), local(2026, 10, 25, 4, 0)),
    ],
)
def test_a_time_of_day_around_both_clock_changes(
    said: str, since: datetime, then: datetime
) -> None:
    schedule = Schedule.of(60, (said,), "Europe/Paris")
    assert schedule.after(to_us(since)) == to_us(then)


minutes = st.integers(0, 24 * 60 - 1).map(lambda m: f"{m // 60:02}:{m % 60:02}")
zones = st.sampled_from(["Europe/Paris", "UTC", "America/Sao_Paulo", "Australia/Lord_Howe"])


@given(
    st.lists(minutes, min_size=1, max_size=4, unique=True),
    zones,
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
)
def test_each_time_of_day_comes_once_a_day(at: list[str], zone: str, first: date) -> None:
    schedule = Schedule.of(60, tuple(at), zone)
    now = to_us(datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))) - 1
    last = to_us(
        datetime.combine(first + timedelta(days=7), datetime.min.time(), ZoneInfo(zone))
    )  # seven days on
    came = []
    while (now := schedule.after(now)) < last:
        came.append(from_us(now).astimezone(ZoneInfo(zone)))
    days = {(first + timedelta(days=n)) for n in range(7)}
    assert {one.date() for one in came} == days
    assert 7 * len(at) - len(at) <= len(came) <= 7 * len(at)  # a gap may merge two times of a day
    plain = [one for one in came if f"{one:%H:%M}" in at]
    assert len(plain) >= len(came) - len(at)


@pytest.mark.parametrize("text", ["4:00", "24:00", "04:60", "04h00", "", "04:00:00"])
def test_a_time_of_day_is_two_and_two_digits(text: str) -> None:
    with pytest.raises(ValueError, match="at"):
        PolledUrl(url="http://x", connector="probe", at=(text,))
