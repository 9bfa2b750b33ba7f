"""Events and vehicles of the 15-18 hub, and what is never kept of whom."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime

import pytest
from tests.connectors.hub import NAME, only, shown

from vigie.base.ids import record_id
from vigie.connectors.rescue_cases import FIELDS

# --- Events and means ----------------------------------------------------------------------------


def test_an_event_becomes_a_fact(lab, cases):
    outcome = lab.run(NAME, cases.emsi(RESOURCE=None))
    found = only(outcome)

    assert (found["source_ref"], found["kind"]) == ("SC-20261123-013-abc-AF18", "road.accident")
    assert found["earliest_at"] == datetime(2026, 11, 23, 8, 38, tzinfo=UTC)
    assert found["reported_at"] == datetime(2026, 11, 23, 8, 40, tzinfo=UTC)
    assert (found["lon"], found["lat"], found["accuracy_m"]) == (5.37, 43.295, None)
    assert (found["severity"], found["status"], found["quantity"]) == (3, "in_progress", 3.0)
    assert dict(found["attributes"]) == {
        "code": "TRP/COL",
        "case": "fr.health.samu130.DRFR2611230002",
        "org": "fr.fire.sdis13",
        "cause": "ACC",
    }
    assert outcome.texts == ["Circulation coupée\nCollision sur le quai"]


def test_an_area_is_its_middle_and_how_far_it_reaches(lab, cases):
    sides = itertools.product((43.29, 43.31), (5.36, 5.38))
    corners = [{"LAT": lat, "LONG": lon} for lat, lon in sides]
    position = cases.AREA["POSITION"] | {"TYPE": "POLYGON", "COORD": corners}
    content = cases.emsi(EVENT__EGEO__0__POSITION=position, RESOURCE=None)
    found = only(lab.run(NAME, content))

    assert (found["lon"], found["lat"]) == pytest.approx((5.37, 43.30))
    assert found["accuracy_m"] == pytest.approx(1_374, rel=0.01)


@pytest.mark.parametrize(("urgency", "severity"), [("URGENT", 4), ("NOT_URGENT", 2), (None, None)])
def test_urgency_is_the_severity_where_there_is_no_scale(lab, cases, urgency, severity):
    content = cases.emsi(EVENT__SCALE=None, CONTEXT__URGENCY=urgency, RESOURCE=None)

    assert only(lab.run(NAME, content))["severity"] == severity


def test_a_position_becomes_a_means(lab, cases):
    found = only(lab.run(NAME, cases.position()), "means")

    assert found["unit_ref"] == "fr.health.samu130.resource.VLM25"
    assert (found["kind"], found["status"]) == ("means.rescue.medical", "engaged")
    assert found["at"] == datetime(2026, 11, 23, 8, 50, tzinfo=UTC)
    assert (found["lon"], found["lat"]) == (5.371, 43.301)
    assert (found["speed_kmh"], found["heading_deg"]) == (42.5, 270.0)


@pytest.mark.parametrize(
    ("status", "stage", "expected"),
    [
        ("DISPONIBLE", None, "available"),
        ("INDISPONIBLE", None, "out"),
        ("INCONNU", None, "unknown"),
        (None, None, "unknown"),
        ("INDISPONIBLE", "ARRIVEE_LIEU", "engaged"),
        ("DISPONIBLE", "RETOUR_DISPONIBLE", "available"),
        ("INDISPONIBLE", "RETOUR_INDISPONIBLE", "out"),
        ("INDISPONIBLE", "ARRIVEE_CENTRE", "out"),
        (None, "ARRIVEE_CENTRE", "available"),
    ],
)
def test_the_stage_of_a_mission_says_more_than_availability(lab, cases, status, stage, expected):
    content = cases.position(status=status, engagedStatus=stage)

    assert only(lab.run(NAME, content), "means")["status"] == expected


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("fr.fire.sdis13.resource.FPT7", "means.rescue.fire_engine"),
        ("fr.fire.sdis13.resource.EPA1", "means.rescue.ladder"),
        ("fr.police.pm13.resource.X1", "means.patrol.vehicle"),
        ("fr.fire.sdis13.resource.K9", "means.rescue"),
    ],
)
def test_a_unit_without_type_is_known_by_its_call_sign_or_service(lab, cases, unit, kind):
    assert only(lab.run(NAME, cases.position(resourceId=unit)), "means")["kind"] == kind


def test_a_unit_of_a_case_becomes_a_means_with_its_state_and_one_where_it_is(lab, cases):
    state, place = lab.run(NAME, cases.units()).records["means"]

    for found in (state, place):
        assert (found["kind"], found["label"]) == ("means.rescue.ambulance", "VSAV2")
        assert found["status"] == "engaged"
        assert dict(found["attributes"])["case"] == "fr.health.samu130.DRFR2611230001"
    assert state["at"] == datetime(2026, 11, 23, 8, 35, tzinfo=UTC)
    assert place["at"] == datetime(2026, 11, 23, 8, 36, tzinfo=UTC)
    assert (state["lon"], state["lat"]) == (None, None)
    assert (place["lon"], place["lat"]) == (5.38, 43.30)


@pytest.mark.parametrize(
    ("code", "available", "expected"),
    [
        ("REN-BASE", None, "available"),
        ("REN-BASE", False, "out"),
        ("DEPART", True, "engaged"),
        ("LOST", True, "available"),
        ("LOST", None, "unknown"),
    ],
)
def test_availability_decides_where_the_state_does_not(lab, cases, code, available, expected):
    state = {"datetime": "2026-11-23T09:35:00+01:00", "status": code, "availability": available}

    found = lab.run(NAME, cases.units(state=state)).records["means"]

    assert {one["status"] for one in found} == {expected}


def test_each_state_of_a_unit_is_a_means(lab, cases):
    states = [
        {"datetime": f"2026-11-23T09:{minute}:00+01:00", "status": code}
        for minute, code in ((35, "DEPART"), (39, "ARRIVEE"))
    ]
    found = lab.run(NAME, cases.units(state=states[::-1])).records["means"]

    assert [dict(one["attributes"]).get("state") for one in found] == ["ARRIVEE", "DEPART", None]
    assert len({one["source_ref"] for one in found}) == 3


@pytest.mark.parametrize("vehicle", ["LIB", "LIB.MEDV", "AUTREVEC.APIED", "AUTREVEC.PERSO"])
def test_one_person_is_no_means(lab, cases, vehicle):
    outcome = lab.run(NAME, cases.units(vehicleType=vehicle))

    assert (outcome.counts, outcome.rejected) == ({}, {})
    assert outcome.noticed["dropped_personal"] == 4


# --- What is never kept --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["VSAV 1 Ombeline", "Ombeline Vasquez-Roy", "GA-123-ZZ", "VASQUEZ 12"]
)
def test_of_a_name_of_a_unit_only_the_call_sign_is_kept(lab, cases, name):
    outcome = lab.run(NAME, cases.units(name=name))

    labels = {one["label"] for one in outcome.records["means"]}
    assert labels <= {"VSAV 1", None}
    assert ("VSAV" in name) == (labels == {"VSAV 1"})
    assert not {"Ombeline", "VASQUEZ", "GA-123-ZZ"} & set(shown(outcome).replace("'", " ").split())


def test_a_plate_as_identifier_is_a_hash(lab, cases):
    found = only(lab.run(NAME, cases.position(resourceId="GA-123-ZZ")), "means")

    assert found["unit_ref"] == record_id(NAME, "GA-123-ZZ")


def test_nothing_personal_goes_into_quarantine(lab, cases):
    """The refused row that may be tried again is the stripped one."""
    contents = [
        cases.case(creation="x"),
        cases.envelope("createCase", cases.CASE, distributionStatus="Exercise"),
        cases.emsi(CONTEXT__MODE="TEST"),
        cases.units(state=None),
        cases.dump({"somethingElse": {"name": cases.PERSONAL[0]}}),
    ]
    for content in contents:
        outcome = lab.run(NAME, content)
        assert outcome.rejects
        for reject in outcome.rejects:
            kept = json.loads(reject.raw)
            said = json.dumps(kept, ensure_ascii=False)
            assert [value for value in cases.PERSONAL if value in said] == []


def test_a_file_of_a_patient_is_not_even_looked_at(lab, cases):
    outcome = lab.sample(NAME, "valid/patient_file.json")

    assert outcome.noticed == {"not_used": 1}
    assert "Brandao" not in shown(outcome)


def test_access_health_callers_and_crews_are_listed_as_personal():
    privacy = {field.name: field.privacy for field in FIELDS}

    refused = [
        "createCase.location.access",
        "createCase.location.freetext",
        "createCase.initialAlert.caller",
        "createCase.initialAlert.callTaker",
        "createCase.newAlert.caller",
        "createCase.newAlert.callTaker",
        "createCase.qualification.healthMotive",
        "createCase.qualification.victims.freetext",
        "resourcesInfoCisu.resource.team.name",
        "resourcesInfoCisu.resource.contact",
        "geoResourcesDetails.resource.contacts",
        "emsi.CONTEXT.ORIGIN.USER_ID",
        "emsi.RESOURCE.CONTACTS",
        "emsi.RESOURCE.FREETEXT",
        "emsi.MISSION.FREETEXT",
    ]
    for name in refused:
        assert privacy[name] in ("personal", "agent"), name
