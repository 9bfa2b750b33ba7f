"""Days and hours as administrations write them: an instant, a double one, a refusal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.intake.messages.moments import is_moment, minutes_of, read_moment, shift_hour
from vigie.intake.messages.reading import RowRefused

PARIS = "Europe/Paris"
NOON = datetime(2026, 3, 12, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        ("12/03/2026 14:05", None), ("12/03/2026", "14:05"), ("12-03-2026", "14h05"),
        ("2026-03-12", "1405"), ("20260312", "140500"), ("2026-03-12T14:05:00", None),
        ("12.03.2026 à 14h05", None), ("2026-03-12T13:05:00Z", None),
        ("2026-03-12 08:05:00-05:00", None), ("12/03/2026 09:00", "14:05"),
    ],
)  # fmt: skip
def test_every_way_of_writing_gives_the_same_instant(day, hour):
    found = read_moment(day, hour, PARIS, "x")

    assert from_us(found.earliest_us) == from_us(found.latest_us) == NOON
    assert found.remark == ""
    assert is_moment(day)


@pytest.mark.parametrize(
    ("day", "hour"),
    [
        ("", None), ("hier", None), ("31/02/2026", None), ("12/13/2026", None), ("12/03/26", None),
        ("12/03/2026", "25:00"), ("12/03/2026", "14:61"), ("12/03/2026", "24:01"),
        ("0000-01-01", None), ("0001-01-01", "00:00"),
        ("9999-12-31", None), ("2026-03-12T14:05+25:00", None),
        ("12/03/2026", "midi"), ("٢٠٢٦-٠٣-١٢", None), ("12/03/2026 " + "9" * 500, None),
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(day, hour):
    with pytest.raises(RowRefused) as refused:
        read_moment(day, hour, PARIS, "x")

    assert refused.value.code == "bad_time"
    assert len(refused.value.params["value"]) <= 40


def test_a_day_without_an_hour_is_the_whole_local_day_even_when_it_has_25_hours():
    found = read_moment("25/10/2026", None, PARIS, "x")

    assert found.day_only
    assert found.latest_us - found.earliest_us == 25 * 3_600_000_000 - 1


def test_midnight_may_be_written_as_the_end_of_a_day():
    assert read_moment("12/03/2026", "24:00", PARIS, "x") == read_moment(
        "13/03/2026", "00:00", PARIS, "x"
    )


def test_a_double_hour_is_both_and_a_lost_one_is_an_hour_later():
    double = read_moment("25/10/2026 02:30", None, PARIS, "x")
    lost = read_moment("29/03/2026 02:30", None, PARIS, "x")

    assert double.remark == "ambiguous_time"
    assert double.latest_us - double.earliest_us == 3_600_000_000
    assert (lost.remark, from_us(lost.earliest_us)) == (
        "nonexistent_time",
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    )


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from((PARIS, "America/New_York", "Indian/Reunion", "Pacific/Apia")),
    st.sampled_from(
        ("%d/%m/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d %Hh%M:%S", "%Y/%m/%d %H:%M:%S")
    ),
)
def test_a_local_time_that_was_written_is_read_back(at, zone, form):
    at = at.replace(microsecond=0)
    local = at.astimezone(ZoneInfo(zone))
    found = read_moment(local.strftime(form), None, zone, "x")

    assert found.earliest_us <= to_us(at) <= found.latest_us
    assert found.latest_us - found.earliest_us <= timedelta(hours=24) // timedelta(microseconds=1)


@given(st.text(max_size=40), st.none() | st.text(max_size=12))
def test_any_text_is_read_or_refused(day, hour):
    try:
        found = read_moment(day, hour, PARIS, "x")
    except RowRefused:
        return
    assert found.earliest_us <= found.latest_us


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("08:00-10:00", ("08:00", "10:00")), ("8-10", ("8h", "10h")), ("22h à 0h", ("22h", "0h")),
        ("8h30/9h", ("8h30", "9h")), ("matin", None), ("8", None), ("08:00-", None),
    ],
)  # fmt: skip
def test_a_slot_is_two_hours(said, expected):
    assert shift_hour(said) == expected


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("90", 90), ("15 min", 15), ("2h", 120), ("1h30", 90), ("PT2H", 120), ("PT15M", 15),
        ("PT1H30M", 90), ("00:30", 30), ("", None), ("PT", None), ("longtemps", None), ("-5", None),
    ],
)  # fmt: skip
def test_a_length_of_time_is_minutes(said, minutes):
    assert minutes_of(said) == minutes
