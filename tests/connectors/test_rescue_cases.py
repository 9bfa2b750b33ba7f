"""What is peculiar to the 15-18 hub: cases, forms, envelopes, revisions."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from datetime import UTC, datetime

import numpy as np
import pytest
from tests.connectors.hub import NAME, only, shown

from vigie.base.clock import SystemClock, to_us
from vigie.base.settings import LakeSettings
from vigie.connectors.rescue_cases import TABLE
from vigie.intake.joining import Origin
from vigie.intake.messages.edxl import ENVELOPE, HEADER
from vigie.intake.prepare import Kitchen, prepare
from vigie.keys.keeper import Keeper
from vigie.lake.store import Lake

# --- Cases ---------------------------------------------------------------------------------------


def test_a_case_becomes_a_fact(lab, cases):
    outcome = lab.run(NAME, cases.case())
    found = only(outcome)

    assert found["source_ref"] == "fr.health.samu130.DRFR2611230001"
    assert found["kind"] == "rescue.fire.building"
    assert found["earliest_at"] == found["latest_at"] == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert found["reported_at"] == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert (found["lon"], found["lat"], found["accuracy_m"]) == (5.3745, 43.2965, 30.0)
    assert (found["severity"], found["status"], found["quantity"]) == (4, "open", 1.0)
    assert (found["basis"], found["discovered_by"]) == ("reported", "partner")
    assert dict(found["attributes"]) == {
        "code": "C04.02.01", "location_kind": "L01.02.00", "risks": "R14",
    }  # fmt: skip
    assert outcome.texts == ["Feu au troisième étage\nFumée visible depuis la rue"]


def test_a_call_of_another_year_is_no_time_of_the_case(lab, cases):
    found = only(lab.run(NAME, cases.case(initialAlert__reception="2025-11-23T09:30:00+01:00")))

    assert found["earliest_at"] == datetime(2026, 11, 23, 8, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "location"),
    [
        ("4 rue Inventée, Marseille", {}),
        ("4 rue Inventée, Marseille", {"wayName": None, "number": None}),
        ("4 rue Inventée, Marseille", {"complete": "rue Inventée", "wayName": None}),
        ("4 rue Inventée, Marseille", {"complete": None}),
        (None, {"complete": None, "wayName": None}),
    ],
)
def test_an_address_is_number_way_and_municipality(lab, cases, address, location):
    own = {f"location__detailedAddress__{name}": value for name, value in location.items()}
    outcome = lab.run(NAME, cases.case(location__geometry=None, **own))

    assert only(outcome)["lon"] is None
    found = outcome.chunks[0].address
    assert (None if found is None else found.to_pylist()[0]) == address


@pytest.mark.parametrize(
    ("precision", "accuracy"), [*TABLE["accuracy_m"].items(), ("INCONNUE", None)]
)
def test_a_precision_is_an_accuracy(lab, cases, precision, accuracy):
    content = cases.case(location__geometry__point__coord__precision=precision)

    assert only(lab.run(NAME, content))["accuracy_m"] == accuracy


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ({}, 4),
        ({"initialAlert__reporting": "STANDARD"}, None),
        ({"qualification__details": {"priority": "P0"}}, 5),
        ({"qualification__details": {"priority": "P3"}}, 2),
    ],
)
def test_a_priority_is_a_severity(lab, cases, values, severity):
    assert only(lab.run(NAME, cases.case(**values)))["severity"] == severity


@pytest.mark.parametrize(
    ("state", "status"),
    [("PROGRAM", "open"), ("ACTIF", "in_progress"), ("CLOTURE", "closed"), ("ARCHIVE", "closed")],
)
def test_a_state_of_a_case_is_a_status(lab, cases, state, status):
    content = cases.case(qualification__details={"status": state})

    assert only(lab.run(NAME, content))["status"] == status


def test_what_speaks_of_the_victim_among_the_risks_is_left_out(lab, cases):
    risks = [{"code": f"R{number:02}"} for number in range(1, 38)]
    found = only(lab.run(NAME, cases.case(qualification__riskThreat=risks)))

    assert set(dict(found["attributes"])["risks"].split(",")) == set(TABLE["risks"]["kept"])
    assert not {"R29", "R33", "R35"} & set(TABLE["risks"]["kept"])


# --- Forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["case", "case_in_envelope", "event", "units"])
def test_json_and_xml_say_the_same(lab, cases, name):
    first, second = (lab.sample(NAME, f"valid/{name}.{form}") for form in ("json", "xml"))
    if name == "units":  # one of them is in an envelope, which says when it was sent
        first = lab.run(NAME, cases.envelope("resourcesInfoCisu", cases.RESOURCES))

    assert first.records == second.records
    assert first.texts == second.texts
    assert first.noticed == second.noticed


@pytest.mark.parametrize("name", ["createCase", "emsi", "geoPositionsUpdate"])
def test_a_body_without_its_name_is_known_by_a_field_of_its_own(lab, cases, name):
    body = {
        "createCase": cases.CASE,
        "emsi": cases.EMSI,
        "geoPositionsUpdate": {"position": [cases.POSITION]},
    }[name]

    assert (
        lab.run(NAME, cases.dump(body)).records == lab.run(NAME, cases.dump({name: body})).records
    )


@pytest.mark.parametrize("field", [*ENVELOPE, *(f"message.{name}" for name in HEADER)])
def test_what_an_envelope_lacks_is_named(lab, cases, field):
    missing = {field.replace(".", "__"): None}
    outcome = lab.run(NAME, cases.envelope("createCase", cases.CASE, **missing))

    assert outcome.rejected == {"missing_required": 1}
    assert outcome.rejects[0].params == {"column": field.removeprefix("message.")}


@pytest.mark.parametrize("mode", ["Exercise", "System", "Test", "Draft", "Unknown"])
@pytest.mark.parametrize("field", ["distributionStatus", "message__status"])
def test_what_is_not_real_is_no_fact_and_can_be_asked_for_again(lab, cases, mode, field):
    outcome = lab.run(NAME, cases.envelope("createCase", cases.CASE, **{field: mode}))

    assert outcome.rejected == {"not_actual": 1}
    assert outcome.rejects[0].params == {"mode": mode}
    assert lab.run(NAME, outcome.rejects[0].raw).rejected == {"not_actual": 1}
    assert outcome.counts == {}


@pytest.mark.parametrize("mode", ["EXERCS", "SYSTEM", "TEST", "Zoltan Querrec"])
def test_an_exercise_in_emsi_is_no_fact_and_no_means(lab, cases, mode):
    outcome = lab.run(NAME, cases.emsi(CONTEXT__MODE=mode))

    assert (outcome.rejected, outcome.counts) == ({"not_actual": 1}, {})
    assert "Querrec" not in shown(outcome)


def test_a_message_that_comes_late_says_nothing_of_its_clock(lab, cases):
    content = cases.envelope("createCase", cases.CASE, message__sentAt="2026-11-20T09:00:00+01:00")

    assert "clock_skew" not in lab.run(NAME, content).noticed


@pytest.mark.parametrize(("minutes", "noticed"), [(4, 0), (6, 1), (60, 1)])
def test_a_clock_ahead_is_said(lab, cases, minutes, noticed):
    at = f"2026-11-23T{10 + minutes // 60:02}:{minutes % 60:02}:00+01:00"
    outcome = lab.run(NAME, cases.envelope("createCase", cases.CASE, message__sentAt=at))

    assert outcome.noticed.get("clock_skew", 0) == noticed
    assert outcome.counts == {"facts": 1}


# --- Revisions -----------------------------------------------------------------------------------


def history(cases):
    """A case told four times, the last two in the same second, and its event's end."""
    told = [
        ("09:32", cases.CASE, "Report"),
        ("09:40", cases.put(cases.CASE, **cases.LATER), "Update"),
        ("09:50", cases.put(cases.CASE, freetext=["Renfort"]), "Update"),
        ("09:50", cases.CASE, "Cancel"),
    ]
    sent = [
        cases.envelope(
            "createCase", body, message__sentAt=f"2026-11-23T{at}:00+01:00", message__kind=kind
        )
        for at, body, kind in told
    ]
    return [*sent, cases.emsi(RESOURCE=None), cases.emsi(**cases.CLOSED)]


def end_state(lake, told):
    """What a lake holds after messages in an order: each is a commit of its own."""
    for prepared in told:
        lake.commit("facts", prepared.table, prepared.partial)
    rows = lake.scan("facts").to_pylist()
    for row in rows:
        del row["row"]
    return sorted(rows, key=lambda row: row["fact_id"])


def prepared(lab, content):
    """The facts of a message as the lake takes them."""
    kitchen = Kitchen(NAME, "Europe/Paris", (5.2, 43.1, 5.6, 43.5), (), lambda t: (t, [0] * len(t)))
    chunks = [chunk for chunk in lab.run(NAME, content).chunks if chunk.kind == "facts"]
    (found,) = [
        prepare(
            chunk,
            kitchen,
            received_us=np.array([to_us(lab.now)], np.int64),
            received_at=lab.now,
            origin=Origin.single(),
        )
        for chunk in chunks
    ]
    return found


@pytest.fixture
def new_lake(tmp_path):
    """Makes empty lakes."""
    with ExitStack() as opened, Keeper(tmp_path / "keys", SystemClock()) as keys:
        numbers = itertools.count()

        def make():
            folder = tmp_path / f"lake{next(numbers)}"
            lake = Lake.open(folder, LakeSettings(threads=1), create=True, keys=keys)
            return opened.enter_context(lake)

        yield make


def test_an_end_keeps_what_was_known_of_the_event(lab, cases, new_lake):
    told = [prepared(lab, content) for content in history(cases)]
    lake = new_lake()
    event = next(one for one in end_state(lake, told) if one["source_ref"].startswith("SC-"))

    assert (event["status"], event["kind"]) == ("closed", "road.accident")
    assert (event["lon"], event["lat"]) == (5.37, 43.295)
    assert event["earliest_at"] == datetime(2026, 11, 23, 8, 38, tzinfo=UTC)
    assert event["quantity"] == 3.0
    assert dict(event["attributes"])["cause"] == "ACC"


def test_any_order_of_arrival_gives_the_same_end(lab, cases, new_lake):
    told = [prepared(lab, content) for content in history(cases)]
    expected = end_state(new_lake(), told)

    assert {fact["status"] for fact in expected} == {"closed"}
    orders = [told[::-1], told[3:] + told[:3], told[1::2] + told[::2]]
    for order in orders:
        assert end_state(new_lake(), order) == expected


def test_an_end_before_its_beginning_waits_and_is_no_fact(lab, cases, new_lake):
    lake = new_lake()
    first, last = (prepared(lab, content) for content in history(cases)[-2:])
    done = lake.commit("facts", last.table, last.partial)

    assert (lake.count("facts"), len(done.waiting)) == (0, 1)
    assert [head.source for head in lake.waiting("facts")] == [NAME]
    lake.commit("facts", first.table, first.partial)
    assert lake.waiting("facts") == []
    assert lake.scan("facts")["status"].to_pylist() == ["closed"]


def test_an_alert_is_whole_and_other_messages_say_what_they_hold(lab, cases):
    assert lab.run(NAME, cases.emsi(CONTEXT__MSGTYPE="ALERT", RESOURCE=None)).chunks[0].said is None
    (chunk,) = lab.run(NAME, cases.emsi(RESOURCE=None)).chunks
    assert set(chunk.said[0].as_py()) == {
        "attributes", "basis", "discovered_by", "earliest_at", "kind", "lon", "quantity",
        "reported_at", "severity", "status",
    }  # fmt: skip
    (chunk,) = lab.run(NAME, cases.emsi(**cases.CLOSED)).chunks
    assert set(chunk.said[0].as_py()) == {"attributes", "basis", "quantity", "severity", "status"}


def test_an_alert_without_a_category_is_remarked_on_an_update_is_not(lab, cases):
    bare = cases.put(cases.EMSI, EVENT__ETYPE=None, RESOURCE=None)
    alert = cases.put(bare, CONTEXT__MSGTYPE="ALERT")

    assert lab.run(NAME, cases.dump({"emsi": alert})).noticed["missing_required"] == 1
    assert "missing_required" not in lab.run(NAME, cases.dump({"emsi": bare})).noticed


def test_a_duplicate_adds_nothing(lab, cases):
    first, second = lab.sample(NAME, "valid/list_with_duplicate.json").records["facts"]

    assert first == second


def test_a_cancelled_event_is_closed(lab, cases):
    found = only(lab.run(NAME, cases.emsi(CONTEXT__MSGTYPE="CANCEL", RESOURCE=None)))

    assert found["status"] == "closed"
    assert dict(found["attributes"])["cancelled"] == "true"


def test_a_bare_case_is_as_late_as_the_latest_thing_it_tells(lab, cases):
    later = cases.case(newAlert=[{"reception": "2026-11-23T09:52:00+01:00"}])

    assert only(lab.run(NAME, later))["revision"] > only(lab.run(NAME, cases.case()))["revision"]
