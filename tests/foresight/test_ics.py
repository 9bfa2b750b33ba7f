"""The agenda as a calendar: what a reader of RFC 5545 finds is what the plans say."""

from datetime import UTC, datetime
from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from vigie.base.clock import from_us
from vigie.foresight.ics import STATUS, calendar_of, plain, uid_of
from vigie.foresight.plans import PlanRecord
from vigie.model.taxonomy import TAXONOMY

SECOND = 1_000_000


def plan(**values: Any) -> PlanRecord:
    base: dict[str, Any] = {
        "plan_id": "plan-a",
        "kind": "event.culture.concert",
        "title": "Concert ; du port, « scène »\\n",
        "geometry": shapely.Point(5.3701234, 43.2912345),
        "starts_us": 1_775_000_000 * SECOND,
        "ends_us": 1_775_007_200 * SECOND,
        "setup_s": 3_600,
        "teardown_s": 0,
        "attendance": (1_000.0, 2_000.0, 3_000.0),
        "state": "authorised",
        "declared": True,
        "place_id": None,
        "closes": (),
        "means": {"agents": "12"},
        "attributes": {"known_from": "Jean Dupont"},
        "source": "agenda",
        "provenance": {"received_at": datetime(2026, 1, 2, tzinfo=UTC)},
    }
    return PlanRecord(**base | values)


def read(*plans: PlanRecord) -> list[Any]:
    calendar = Calendar.from_ical(calendar_of(plans, name="Vigie Marseille"))
    assert calendar["VERSION"] == "2.0"
    assert str(calendar["X-WR-CALNAME"]) == "Vigie Marseille"
    return list(calendar.walk("VEVENT"))


@st.composite
def plans(draw: st.DrawFn) -> PlanRecord:
    starts = draw(st.integers(0, 4_000_000_000))
    point = st.builds(shapely.Point, st.floats(-170, 170), st.floats(-80, 80))
    received = draw(st.none() | st.just(datetime(2026, 1, 2, tzinfo=UTC)))
    return plan(
        plan_id=f"plan-{draw(st.integers(0, 10**6))}",
        title=draw(st.text(max_size=80)),
        geometry=draw(st.none() | point),
        starts_us=starts * SECOND,
        ends_us=(starts + draw(st.integers(1, 10**6))) * SECOND,
        state=draw(st.sampled_from(sorted(STATUS))),
        declared=draw(st.booleans()),
        version=draw(st.integers(0, 50)),
        changed_us=draw(st.integers(0, 2_000_000_000)) * SECOND,
        provenance={} if received is None else {"received_at": received},
    )


@given(st.lists(plans(), max_size=4, unique_by=lambda one: one.plan_id))
def test_what_a_calendar_program_reads_is_what_the_plans_say(given_plans: list[PlanRecord]) -> None:
    events = {str(one["UID"]): one for one in read(*given_plans)}
    assert len(events) == len(given_plans)
    for one in given_plans:
        event = events[uid_of(one.plan_id)]
        assert event["DTSTART"].dt == from_us(one.starts_us)
        assert event["DTEND"].dt == from_us(one.ends_us)
        assert event["DTSTART"].dt.tzinfo is not None
        assert event["STATUS"] == STATUS[one.state]
        assert int(event["SEQUENCE"]) == one.version
        assert str(event["SUMMARY"]) == (plain(one.title) or "Concert")
        assert [str(c) for c in event["CATEGORIES"].cats] == ["Concert"]
        if one.geometry is None:
            assert "GEO" not in event
        else:
            assert abs(event["GEO"].latitude - one.geometry.y) < 1e-6
            assert abs(event["GEO"].longitude - one.geometry.x) < 1e-6


def test_nobody_stands_in_it() -> None:
    text = calendar_of([plan(service="rescue")], name="x").decode("utf-8")
    for word in ("ORGANIZER", "ATTENDEE", "CONTACT", "Dupont", "rescue", "agents"):
        assert word not in text


def test_lines_are_folded_and_end_as_the_norm_says() -> None:
    content = calendar_of([plan(title="é" * 180)], name="x")
    assert content.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    (event,) = read(plan(title="é" * 180))
    assert str(event["SUMMARY"]) == "é" * 180


def test_words_follow_the_language_and_the_state() -> None:
    (event,) = read(plan(declared=False, state="declared"))
    assert str(event["DESCRIPTION"]) == (
        "État : non déclaré. 2\u202f000 personnes attendues (1\u202f000 à 3\u202f000)."
    )
    other = Calendar.from_ical(calendar_of([plan()], name="x", language="en"))
    (english,) = other.walk("VEVENT")
    assert str(english["DESCRIPTION"]).startswith("State: authorised. 2,000 people expected")


def test_an_event_without_a_title_is_named_by_its_kind_in_the_reader_s_language() -> None:
    named = {
        language: str(
            Calendar.from_ical(calendar_of([plan(title="")], name="x", language=language)).walk(
                "VEVENT"
            )[0]["SUMMARY"]
        )
        for language in ("fr", "en")
    }
    kind = TAXONOMY.find(plan().kind)
    assert named == {"fr": kind.fr, "en": kind.en}


def test_a_change_is_seen_by_its_sequence_and_its_stamp() -> None:
    (before,), (after,) = read(plan()), read(plan(version=3, changed_us=1_780_000_000 * SECOND))
    assert before["UID"] == after["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["LAST-MODIFIED"].dt > before["LAST-MODIFIED"].dt
