"""Components of a calendar, found so that a broken one costs only itself."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.calendar_times import Moment, Zones
from vigie.intake.messages.calendars import MAX_LINE, Entry, length_of, position_of, read_calendar
from vigie.intake.messages.reading import RowRefused
from vigie.intake.tabular.block import FileRefused

PARIS = ZoneInfo("Europe/Paris")
START = Moment(datetime(2026, 12, 4, 21), PARIS)


def read(*lines: str):
    return read_calendar("\r\n".join(lines).encode())


def entry(*lines: str) -> Entry:
    calendar = read("BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR")
    (component,) = calendar.events
    return Entry(component, Zones(calendar.zones, {}, "Europe/Paris"), component.lines)


def test_events_zones_and_others_are_told_apart():
    found = read(
        "BEGIN:VCALENDAR",
        "METHOD:PUBLISH",
        "BEGIN:VTIMEZONE",
        "TZID:Z",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:1",
        "BEGIN:VALARM",
        "UID:alarm",
        "END:VALARM",
        "SUMMARY:a",
        "END:VEVENT",
        "BEGIN:VTODO",
        "UID:2",
        "END:VTODO",
        "END:VCALENDAR",
        "",
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "UID:3",
        "END:VEVENT",
        "END:VCALENDAR",
    )

    assert [event.lines for event in found.events] == [
        {"UID": ["UID:1"], "SUMMARY": ["SUMMARY:a"]},
        {"UID": ["UID:3"]},
    ]
    assert [event.method for event in found.events] == ["PUBLISH", ""]
    assert list(found.zones) == ["Z"]
    assert found.others == {"VTODO": 1}


def test_an_event_that_does_not_end_is_marked_and_the_next_is_whole():
    found = read(
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        "UID:1",
        "BEGIN:VALARM",
        "BEGIN:VEVENT",
        "UID:2",
        "END:VEVENT",
        "BEGIN:VEVENT",
        "UID:3",
    )

    assert [(event.lines["UID"], event.whole) for event in found.events] == [
        (["UID:1"], False),
        (["UID:2"], True),
        (["UID:3"], False),
    ]


def test_lines_are_unfolded_before_they_are_decoded():
    folded = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Fête\r\nEND:VEVENT\r\nEND:VCALENDAR".encode()
    )
    at = folded.index("ê".encode()) + 1  # in the middle of a letter, as RFC 5545 allows

    (event,) = read_calendar(folded[:at] + b"\r\n " + folded[at:]).events

    assert event.lines["SUMMARY"] == ["SUMMARY:Fête"]


def test_a_line_without_a_name_or_too_long_has_none():
    (event,) = read(
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "rien", "X:" + "a" * MAX_LINE, "END:VEVENT"
    ).events

    assert list(event.lines) == [""]
    assert len(event.lines[""]) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"UID:1\r\n", "unreadable"),
        (b"<html>", "unreadable"),
        ("BEGIN:VCALENDAR".encode("utf-16"), "unreadable"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100, "too_deep"),
    ],
)
def test_what_is_no_calendar_is_refused(data, code):
    with pytest.raises(FileRefused) as refused:
        read_calendar(data)

    assert refused.value.reject.code == code


@given(
    data=st.one_of(
        st.binary(max_size=200),
        st.lists(
            st.sampled_from(
                (
                    b"BEGIN:VCALENDAR",
                    b"END:VCALENDAR",
                    b"BEGIN:VEVENT",
                    b"END:VEVENT",
                    b"BEGIN:VTIMEZONE",
                    b"END:VTIMEZONE",
                    b"BEGIN:VALARM",
                    b"END:VALARM",
                    b"TZID:x",
                    b"UID:1",
                    b"METHOD:CANCEL",
                    b" fold",
                    b"BEGIN",
                    b"END:",
                    b"\xff",
                    b":",
                )
            ),
            max_size=30,
        ).map(b"\r\n".join),
    )
)
def test_no_bytes_escape(data):
    try:
        found = read_calendar(data)
    except FileRefused:
        return
    assert len(found.events) <= data.count(b"VEVENT")


def test_the_raw_form_of_an_event_reads_as_the_same_event():
    found = entry("UID:1", "DTSTART;TZID=Europe/Paris:20261204T210000", r"SUMMARY:Fête\, bal")

    (again,) = read_calendar(found.raw()).events

    assert again.lines == found.texts


def test_the_raw_form_of_a_replacement_tells_the_revision_of_its_series():
    found = entry("UID:1", "RECURRENCE-ID:20261204T200000Z", "SEQUENCE:1")

    found.date(7, 1_796_000_000)

    assert b"SEQUENCE:7\r\n" in found.raw()
    assert b"LAST-MODIFIED:20261130T005320Z\r\n" in found.raw()


def test_length_follows_the_end_then_the_duration_then_the_day():
    day = Moment(datetime(2026, 12, 12), PARIS, whole_day=True)

    assert (
        length_of(entry("DTEND:20261204T213000Z"), START).end_us(START)
        == Moment(datetime(2026, 12, 4, 22, 30), PARIS).us
    )
    assert (
        length_of(entry("DURATION:PT1H"), START).end_us(START)
        == Moment(datetime(2026, 12, 4, 22), PARIS).us
    )
    assert length_of(entry(), START).end_us(START) == START.us
    for lines, last in (
        ((), 13),
        (("DTEND;VALUE=DATE:20261215",), 15),
        (("DTEND;VALUE=DATE:20261212",), 13),
    ):
        assert (
            length_of(entry(*lines), day).end_us(day) == Moment(datetime(2026, 12, last), PARIS).us
        )


def test_a_day_that_ends_before_it_begins_is_refused():
    day = Moment(datetime(2026, 12, 12), PARIS, whole_day=True)

    with pytest.raises(RowRefused) as refused:
        length_of(entry("DTEND;VALUE=DATE:20261211"), day)
    assert refused.value.code == "time_reversed"


def test_a_position_is_latitude_then_longitude():
    assert position_of(entry("GEO:43.3;5.4")) == {"lon": 5.4, "lat": 43.3}
    assert position_of(entry()) == {}
    for text in ("GEO:43.3", "GEO:;", "GEO:nord;est", "GEO:1e999;5"):
        with pytest.raises(RowRefused):
            position_of(entry(text))
