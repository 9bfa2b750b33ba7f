"""Alerts are read by the letter of CAP: names, references, languages, areas."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_us
from vigie.intake.messages import cap
from vigie.intake.messages.reading import RowRefused

ZONE = "Europe/Paris"
SENT = "2026-11-23T08:00:00+01:00"
TREE = {
    "identifier": "A2",
    "sender": "s@x.example",
    "sent": SENT,
    "status": "Actual",
    "msgType": "Update",
    "scope": "Public",
    "references": f"s@x.example,A1,{SENT}",
}


def read(**changes):
    return cap.read_alert(TREE | changes, ZONE)


def code_of(**changes):
    with pytest.raises(RowRefused) as caught:
        read(**changes)
    return caught.value.code


def test_a_reference_leads_to_the_key_of_the_message_it_names():
    first = read(identifier="A1", msgType="Alert", references=None)
    second = read()

    assert [one.key for one in second.ends] == [first.key]
    assert first.ends == ()


def test_a_message_does_not_end_itself():
    assert read(references=f"s@x.example,A2,{SENT}").ends == ()


@given(
    names=st.lists(st.text("abcXYZ019:/.@-", min_size=1, max_size=8), min_size=1, max_size=8),
    data=st.data(),
)
def test_references_are_the_same_in_any_order_and_however_often(names, data):
    written = [f"{name},{name},{SENT}" for name in names]
    other = data.draw(st.permutations(written + written))

    assert (
        read(references=" ".join(written)).references
        == read(references="\n".join(other)).references
    )


@pytest.mark.parametrize("broken", ["A1", "a,b", "a,b,c,d", "a,b,hier", ",b," + SENT])
def test_a_reference_that_cannot_be_read_is_counted(broken):
    alert = read(references=f"{broken} s@x.example,A1,{SENT}")

    assert (len(alert.references), alert.unread) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        *(({"status": status}, "not_actual") for status in cap.NOT_ACTUAL),
        ({"status": "Real"}, "unknown_code"),
        ({"status": None}, "missing_required"),
        ({"msgType": "Hint"}, "unknown_message"),
        ({"scope": "All"}, "unknown_code"),
        ({"identifier": "A 2"}, "bad_row"),
        ({"sender": "a,b"}, "bad_row"),
        ({"sent": "2026-11-23T08:00:00"}, "naive_time"),
        ({"sent": "hier"}, "bad_time"),
        ({"msgType": "Cancel", "references": None}, "unknown_reference"),
    ],
)
def test_an_alert_that_cannot_be_one_is_refused_by_name(changes, code):
    assert code_of(**changes) == code


def test_alerts_are_found_alone_in_envelopes_and_in_entries():
    object_ = {"xmlContent": {"embeddedXMLContent": {"alert": TREE}}}
    envelope = {"distributionStatus": "Actual", "contentObject": [object_, {"other": "x"}]}

    assert cap.contained("alert", TREE) == ([TREE], 0)
    assert cap.contained("EDXLDistribution", envelope) == ([TREE], 1)
    assert cap.contained("feed", {"entry": {"content": {"alert": TREE}}}) == ([TREE], 0)
    assert cap.contained("feed", {"alert": TREE}) == ([], 0)
    assert cap.contained("rss", {"channel": {"item": [{"title": "x"}, {"title": "y"}]}}) == ([], 2)
    assert cap.contained("html", {}) is None


def test_an_envelope_that_is_not_actual_is_refused():
    with pytest.raises(RowRefused) as caught:
        cap.contained("EDXLDistribution", {"distributionStatus": "Exercise"})

    assert caught.value.code == "not_actual"


def test_the_language_asked_for_is_taken_or_else_that_of_the_first():
    infos = [
        {"event": "Wind"},
        {"language": "fr-FR", "event": "Vent"},
        {"language": "FR", "event": "V"},
    ]

    assert [one["event"] for one in cap.in_language(infos, "fr")] == ["Vent", "V"]
    assert [one["event"] for one in cap.in_language(infos, "en")] == ["Wind"]
    assert [one["event"] for one in cap.in_language(infos, "de")] == ["Wind"]


def test_an_alert_begins_at_its_onset_or_when_it_takes_effect_or_was_sent():
    at = {hour: to_us_of(hour) for hour in (8, 9, 10, 12)}
    info = {"effective": iso(9), "onset": iso(10), "expires": iso(12)}

    assert cap.interval(info, at[8], ZONE) == (at[10], at[12])
    assert cap.interval({"effective": iso(9)}, at[8], ZONE) == (at[9], None)
    assert cap.interval({}, at[8], ZONE) == (at[8], None)


def iso(hour):
    return f"2026-11-23T{hour:02}:00:00Z"


def to_us_of(hour):
    return to_us(datetime(2026, 11, 23, hour, tzinfo=UTC))


def test_areas_are_read_and_broken_ones_are_counted():
    ring = "43.1,5.2 43.4,5.2 43.4,5.6 43.1,5.2"
    shapes, unread = cap.areas([{"area": [{"polygon": [ring, "43.1,5.2"]}, {"circle": "43,5 1"}]}])

    assert [shape.geom_type for shape in shapes] == ["Polygon", "Polygon"]
    assert unread == 1


def test_only_codes_are_codes():
    codes = [
        {"valueName": "SAME", "value": "FFW"},
        {"valueName": "x", "value": "Monsieur Dupont"},
        {"valueName": "SAME", "value": "FFW"},
        {"value": "ABC"},
    ]

    assert cap.plain_codes([{"eventCode": codes}], "eventCode") == ["FFW"]
