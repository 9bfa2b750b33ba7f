"""What is peculiar to the 15-18 hub: cases, forms, envelopes, revisions."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from tests.connectors.hub import NAME, only, shown

from vigie.connectors.rescue_cases import TABLE
from vigie.intake.messages.edxl import ENVELOPE, HEADER

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


def end_state(told):
    """What a lake that keeps the highest revision holds: of equals, the first to come."""
    held: dict[str, dict] = {}
    for facts in told:
        for fact in facts:
            there = held.get(fact["source_ref"])
            if there is None or fact["revision"] > there["revision"]:
                held[fact["source_ref"]] = fact
    return held


def test_any_order_of_arrival_gives_the_same_end(lab, cases):
    told = [lab.run(NAME, content).records["facts"] for content in history(cases)]
    expected = end_state(told)

    assert {fact["status"] for fact in expected.values()} == {"closed"}
    for order in itertools.permutations(told):
        assert end_state(order) == expected


def test_a_duplicate_adds_nothing(lab, cases):
    first, second = lab.sample(NAME, "valid/list_with_duplicate.json").records["facts"]

    assert first == second


def test_an_end_of_an_event_never_seen_is_its_state(lab, cases):
    found = only(lab.run(NAME, cases.emsi(**cases.CLOSED)))

    assert (found["status"], found["kind"]) == ("closed", "rescue.operation.other")
    assert found["source_ref"] == "SC-20261123-013-abc-AF18"


def test_a_cancelled_event_is_closed(lab, cases):
    found = only(lab.run(NAME, cases.emsi(CONTEXT__MSGTYPE="CANCEL", RESOURCE=None)))

    assert found["status"] == "closed"
    assert dict(found["attributes"])["cancelled"] == "true"


def test_a_bare_case_is_as_late_as_the_latest_thing_it_tells(lab, cases):
    later = cases.case(newAlert=[{"reception": "2026-11-23T09:52:00+01:00"}])

    assert only(lab.run(NAME, later))["revision"] > only(lab.run(NAME, cases.case()))["revision"]
