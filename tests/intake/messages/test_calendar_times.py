"""Content lines, zones, moments and durations of a calendar, and what is hostile in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.calendar_times import (
    MAX_VALUES,
    Line,
    Moment,
    Zones,
    line_of,
    moments,
    span,
)
from vigie.intake.messages.reading import RowRefused

PARIS = ZoneInfo("Europe/Paris")
OWN = [
    "TZID:Ville",
    "X-LIC-LOCATION:Europe/Paris",
    "BEGIN:DAYLIGHT",
    "TZNAME:CEST",
    "DTSTART:19960331T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    "END:DAYLIGHT",
    "BEGIN:STANDARD",
    "DTSTART:19961027T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
    "END:STANDARD",
]
ZONES = Zones({"Ville": OWN}, {}, "Europe/Paris")


def one(text: str, zones: Zones = ZONES) -> Moment:
    (found,) = moments(line_of(text), zones)
    return found


def refused(call, *given):
    with pytest.raises(RowRefused) as error:
        call(*given)
    return error.value.code


def test_a_line_is_split_into_name_parameters_and_value():
    found = line_of('dtstart;tzid="Europe/Paris";X-A=b:20261204T210000')

    assert found == Line("DTSTART", {"TZID": "Europe/Paris", "X-A": "b"}, "20261204T210000")
    assert line_of(r"SUMMARY:Fête\, bal\; et\nlumières").value == "Fête, bal; et\nlumières"


@given(text=st.text(max_size=80))
def test_no_text_escapes_as_a_line(text):
    found = line_of(text)

    assert found is None or found.name == found.name.upper()


@pytest.mark.parametrize(
    ("tzid", "key"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("Romance Standard Time", "Europe/Paris"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("/exemple.invalid/20260101_1/Europe/Paris", "Europe/Paris"),
        ("/Europe/Paris", "Europe/Paris"),
        ("Lune", "Indian/Reunion"),
    ],
)
def test_a_zone_is_known_by_its_name_its_windows_name_or_the_options(tzid, key):
    assert str(Zones({}, {"Lune": "Indian/Reunion"}, "Europe/Paris").find(tzid)) == key


@pytest.mark.parametrize(
    "tzid", ["", "Nulle Part", "../../etc/passwd", "/", "Europe", "\x00", "a" * 5_000]
)
def test_an_unknown_zone_refuses_its_row(tzid):
    assert refused(ZONES.find, tzid) == "unknown_code"


@given(
    wall=st.datetimes(datetime(1997, 1, 1), datetime(2037, 12, 31)),
    near=st.booleans(),
    change=st.sampled_from((datetime(2026, 3, 29, 2), datetime(2026, 10, 25, 2))),
    minutes=st.integers(-180, 180),
)
def test_a_zone_that_the_file_defines_gives_the_instants_of_the_city(wall, near, change, minutes):
    at = change + timedelta(minutes=minutes) if near else wall.replace(microsecond=0)

    assert Moment(at, ZONES.find("Ville")).us == Moment(at, PARIS).us


@pytest.mark.parametrize(
    "line",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=YEARLY",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYHOUR=1,2,3",
        "DTSTART:demain",
        "TZOFFSETFROM:+9900",
        "TZOFFSETTO:0",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "UNKNOWN:1",
        "EXRULE:FREQ=DAILY",
    ],
)
def test_a_zone_of_another_kind_than_the_plain_yearly_one_is_not_followed(line):
    hostile = [line if one.startswith(line.split(":")[0]) else one for one in OWN]
    if hostile == OWN:
        hostile = [*OWN[:-1], line, OWN[-1]]

    assert refused(Zones({"Ville": hostile}, {}, "Europe/Paris").find, "Ville") == "unknown_code"


def test_a_zone_without_end_or_content_is_unknown():
    for lines in ([], ["TZID:Ville"], OWN[:-1], OWN[2:3] * 100):
        assert refused(Zones({"Ville": lines}, {}, "Europe/Paris").find, "Ville") == "unknown_code"


def test_zones_of_one_file_are_unknown_to_the_next():
    assert ZONES.find("Ville") is not None

    assert refused(Zones({}, {}, "Europe/Paris").find, "Ville") == "unknown_code"


def test_moments_in_their_four_forms():
    local = one("DTSTART;TZID=America/New_York:20261204T210000")
    assert local == Moment(datetime(2026, 12, 4, 21), ZoneInfo("America/New_York"))
    assert one("DTSTART:20261204T210000Z") == Moment(datetime(2026, 12, 4, 21), UTC)
    assert one("DTSTART:20261204T210000") == Moment(datetime(2026, 12, 4, 21), PARIS)
    assert one("DTSTART;VALUE=DATE:20261204") == Moment(
        datetime(2026, 12, 4), PARIS, whole_day=True
    )
    period = one("RDATE;VALUE=PERIOD:20261204T210000Z/PT2H")
    assert period == Moment(datetime(2026, 12, 4, 21), UTC)


def test_a_reading_that_does_not_exist_is_moved_and_a_double_one_is_its_first_instant():
    spring, autumn = one("DTSTART:20260329T023000"), one("DTSTART:20261025T023000")

    assert spring.us == one("DTSTART:20260329T013000Z").us  # 3:30 on the changed clock
    assert autumn.us == one("DTSTART:20261025T003000Z").us  # 2:30 in summer time


@pytest.mark.parametrize(
    "value",
    [
        "",
        "demain",
        "20260231",
        "20261204T250000",
        "20261204T210000+0100",
        "P1D",
        "210000",
        "2026-12-04",
        "٢٠٢٦١٢٠٤",
    ],
)
def test_what_is_no_moment_refuses_its_row(value):
    assert refused(moments, Line("DTSTART", {}, value), ZONES) == "bad_time"


def test_a_line_of_too_many_dates_is_refused():
    value = ",".join(["20261204"] * (MAX_VALUES + 1))

    assert refused(moments, Line("RDATE", {}, value), ZONES) == "too_many_occurrences"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("P1D", datetime(2026, 3, 29, 21)),  # a day on the calendar: 23 hours here
        ("PT24H", datetime(2026, 3, 29, 22)),
        ("P1W", datetime(2026, 4, 4, 21)),
        ("P1DT2H30M", datetime(2026, 3, 29, 23, 30)),
        ("+PT15M10S", datetime(2026, 3, 28, 21, 15, 10)),
        ("-PT0S", datetime(2026, 3, 28, 21)),
    ],
)
def test_days_are_of_the_calendar_and_hours_of_the_clock(text, wanted):
    start = Moment(datetime(2026, 3, 28, 21), PARIS)

    assert span(Line("DURATION", {}, text)).end_us(start) == Moment(wanted, PARIS).us


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("P", "bad_time"),
        ("PT", "bad_time"),
        ("1H", "bad_time"),
        ("-PT1H", "time_reversed"),
        ("P999999D", "bad_time"),
    ],
)
def test_what_is_no_duration_refuses_its_row(text, code):
    assert refused(span, Line("DURATION", {}, text)) == code


def test_a_duration_past_the_end_of_the_calendar_refuses_its_row():
    long = span(Line("DURATION", {}, "P99999W"))

    assert refused(long.end_us, Moment(datetime(9999, 1, 1), UTC)) == "bad_time"
