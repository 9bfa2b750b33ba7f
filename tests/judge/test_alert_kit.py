"""Hysteresis, storms, duty, verdicts: the pure parts of the alert engine."""

import itertools
import random
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.judge.duty import MINUTE_US, Roster, Turn, Watchkeeping, asked, within_hours
from vigie.judge.episodes import episodes, rolling
from vigie.judge.storms import NEAR_US, Mark, groups
from vigie.judge.verdicts import false_rate, rate_interval, wilson

values = st.lists(st.integers(0, 20), max_size=60)


@given(values, st.integers(1, 20), st.integers(1, 10))
def test_hysteresis_never_flaps_inside_the_band(series: list[int], on: int, band: int) -> None:
    at_us = np.arange(len(series), dtype=np.int64)
    found = episodes(at_us, np.array(series, dtype=np.float64), float(on), float(on - band))
    state, plain = False, []
    for at, value in enumerate(series):
        if not state and value >= on:
            state = True
            plain.append([at, None])
        elif state and value <= on - band:
            state = False
            plain[-1][1] = at

    assert [[one.from_us, one.to_us] for one in found] == plain
    for one in found:
        inside = series[one.from_us : one.to_us]
        assert min(inside) > on - band
        assert one.peak == max(inside)
        assert one.samples == len(inside)


@given(st.lists(st.integers(0, 200), max_size=40), st.integers(1, 50))
def test_a_rolling_count_is_the_plain_one(events: list[int], window: int) -> None:
    at_us = np.array(sorted(events), dtype=np.int64)
    moments, counts = rolling(at_us, window, 10_000)

    for moment, count in zip(moments.tolist(), counts.tolist(), strict=True):
        assert count == sum(moment - window < one <= moment for one in events)


marks = st.lists(
    st.builds(
        Mark,
        alert_id=st.integers(0, 99).map(str),
        at_us=st.integers(0, 4 * NEAR_US),
        family=st.sampled_from(["road", "rescue"]),
        severity=st.integers(1, 5),
        lon=st.sampled_from([None, 5.37, 5.376, 5.39]),
        lat=st.just(43.296),
    ),
    max_size=25,
    unique_by=lambda one: one.alert_id,
)


@given(marks, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_order(alerts: list[Mark], chance: random.Random) -> None:
    mixed = list(alerts)
    chance.shuffle(mixed)

    assert groups(mixed) == groups(alerts)
    members = [member for group in groups(alerts) for member in group.members]
    assert sorted(members) == sorted(one.alert_id for one in alerts)


@given(marks, st.integers(0, 25))
def test_grouping_is_associative(alerts: list[Mark], cut: int) -> None:
    """What two parts hold together by themselves stays together in the whole."""
    whole = {member: group.head for group in groups(alerts) for member in group.members}
    for part in (alerts[:cut], alerts[cut:]):
        for group in groups(part):
            assert len({whole[member] for member in group.members}) == 1


def test_a_storm_is_one_situation_with_its_gravest_severity() -> None:
    storm = [Mark(f"a{i:03}", i * MINUTE_US, "road", 2 + i % 3, 5.37, 43.296) for i in range(200)]
    (one,) = groups(storm)

    assert one.head == "a000"
    assert len(one.members) == 200
    assert one.severity == 4


MONDAY_9H = int(datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp() * 1e6)
ROSTER = Roster((Watchkeeping("operator"), Watchkeeping("shift_head", (0, 1, 2, 3, 4), 480, 1080)))


def test_the_next_role_is_asked_after_a_time_without_answer() -> None:
    def who(minutes: int) -> tuple[str, int]:
        now = MONDAY_9H + minutes * MINUTE_US
        found = asked(ROSTER, "Europe/Paris", since_us=MONDAY_9H, now_us=now)
        return found.role, found.step

    assert who(9) == ("operator", 0)
    assert who(10) == ("shift_head", 1)
    assert who(500) == ("shift_head", 1)


def test_who_is_off_duty_is_not_asked() -> None:
    night = MONDAY_9H + 14 * 60 * MINUTE_US
    found = asked(ROSTER, "Europe/Paris", since_us=night, now_us=night + 60 * MINUTE_US)

    assert (found.role, found.next_us) == ("operator", None)
    nobody = asked(Roster(()), "Europe/Paris", since_us=night, now_us=night)
    assert nobody.role == ""


@given(st.integers(0, 6), st.integers(0, 1_439))
def test_a_watch_over_midnight_belongs_to_the_day_it_begins(weekday: int, minute: int) -> None:
    watch = Watchkeeping("operator", (weekday,), 1_320, 360)

    assert watch.on_duty(weekday, minute) == (minute >= 1_320)
    assert watch.on_duty((weekday + 1) % 7, minute) == (minute < 360)


def test_hours_may_go_over_midnight() -> None:
    hours = [MONDAY_9H + h * 60 * MINUTE_US for h in range(24)]
    inside = within_hours(hours, "Europe/Paris", 22, 6)

    assert sum(inside) == 8
    assert inside[13]
    assert not inside[0]
    assert all(within_hours(hours, "Europe/Paris", 0, 0))


def test_wilson_is_that_of_the_textbook() -> None:
    """8 of 10: 0.490 to 0.943 (Newcombe, Statistics in Medicine 17, 1998, method 3: 0.4902)."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.lists(st.sampled_from(["", "true", "false", "unknown"]), max_size=60))
def test_a_rate_rests_on_what_was_judged(verdicts: list[str]) -> None:
    rate = false_rate(verdicts)

    assert rate.judged == verdicts.count("true") + verdicts.count("false")
    assert rate.raised == len(verdicts)
    assert (rate.share is None) == (rate.judged == 0)
    if rate.share is not None:
        assert rate.low <= rate.share <= rate.high


def test_no_alarm_in_thirty_days_still_allows_some() -> None:
    """Garwood (1936): nothing seen allows up to 3.689."""
    assert rate_interval(0, 30.0) == pytest.approx((0.0, 3.6889 / 30), abs=1e-4)


def test_a_turn_goes_before_the_weekly_hours() -> None:
    hour = 60 * MINUTE_US
    empty = Turn("operator", MONDAY_9H, MONDAY_9H + 2 * hour, held=False)
    called = Turn("planner", MONDAY_9H, MONDAY_9H + hour, post="Poste 4")
    roster = Roster(ROSTER.watches, 10, (empty, called))

    assert roster.on_duty(MONDAY_9H, "Europe/Paris") == ("shift_head", "planner")
    assert roster.on_duty(MONDAY_9H + hour, "Europe/Paris") == ("shift_head",)
    assert roster.on_duty(MONDAY_9H + 2 * hour, "Europe/Paris") == ("operator", "shift_head")
    late = asked(roster, "Europe/Paris", since_us=MONDAY_9H, now_us=MONDAY_9H + 15 * MINUTE_US)
    assert (late.role, late.step, late.post) == ("planner", 1, "Poste 4")


def test_time_with_nobody_on_duty_is_no_time_without_an_answer() -> None:
    hour = 60 * MINUTE_US
    roster = Roster(
        (Watchkeeping("operator", (0,), 600, 1_080), Watchkeeping("shift_head", (0,), 600, 1_080))
    )
    early = asked(roster, "Europe/Paris", since_us=MONDAY_9H, now_us=MONDAY_9H)
    first = asked(roster, "Europe/Paris", since_us=MONDAY_9H, now_us=MONDAY_9H + hour)
    next_ = asked(
        roster, "Europe/Paris", since_us=MONDAY_9H, now_us=MONDAY_9H + hour + 10 * MINUTE_US
    )

    assert (early.role, early.next_us) == ("", MONDAY_9H + hour)
    assert (first.role, first.step) == ("operator", 0)
    assert (next_.role, next_.step) == ("shift_head", 1)


def test_stretches_cover_a_day_of_changing_clocks_without_a_hole() -> None:
    sunday = int(datetime(2026, 3, 28, 23, tzinfo=UTC).timestamp() * 1e6)  # summer time begins
    roster = Roster((Watchkeeping("operator", (5, 6), 1_320, 360),))
    found = roster.stretches(sunday, sunday + 23 * 60 * MINUTE_US, "Europe/Paris")

    assert [one.roles for one in found] == [("operator",), (), ("operator",)]
    assert found[0].to_us - found[0].from_us == 5 * 60 * MINUTE_US
    assert all(a.to_us == b.from_us for a, b in itertools.pairwise(found))
    assert (found[0].from_us, found[-1].to_us) == (sunday, sunday + 23 * 60 * MINUTE_US)
