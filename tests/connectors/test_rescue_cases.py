"""What is peculiar to the 15-18 hub: forms, envelopes, revisions, codes, what is never kept."""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import tomllib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.connectors.rescue_cases import FIELDS, KINDS, TABLE
from vigie.intake.messages.edxl import ENVELOPE, HEADER
from vigie.model.contracts import MEANS_STATUSES, STATUSES
from vigie.model.taxonomy import TAXONOMY

NAME = "rescue_cases"


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / NAME / "cases.py"
    spec = importlib.util.spec_from_file_location("hub_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def only(outcome, kind="facts"):
    assert outcome.rejected == {}
    (found,) = outcome.records[kind]
    return found


def shown(outcome):
    """Everything that may be kept or said, but for the payloads in quarantine."""
    return str(
        [outcome.records, outcome.notices, outcome.texts, [r.params for r in outcome.rejects]]
    )


# --- Cases --------------------------------------------------------------------------------------


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


# --- Forms --------------------------------------------------------------------------------------


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


# --- Revisions ----------------------------------------------------------------------------------


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


def end_state(lab, contents):
    """What a lake that keeps the highest revision holds: of equals, the first to come."""
    held: dict[str, dict] = {}
    for content in contents:
        for fact in lab.run(NAME, content).records["facts"]:
            there = held.get(fact["source_ref"])
            if there is None or fact["revision"] > there["revision"]:
                held[fact["source_ref"]] = fact
    return held


def test_any_order_of_arrival_gives_the_same_end(lab, cases):
    contents = history(cases)
    expected = end_state(lab, contents)

    assert {fact["status"] for fact in expected.values()} == {"closed"}
    for order in itertools.permutations(contents):
        assert end_state(lab, order) == expected


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


# --- Codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["categories", "vehicles", "call_signs", "domains"])
def test_every_kind_of_the_tables_is_in_the_taxonomy(table):
    assert [kind for kind in TABLE[table].values() if kind not in TAXONOMY] == []


def test_every_code_of_a_case_has_one_kind_of_the_taxonomy():
    codes = [code for told in TABLE["facts"].values() for code in told.split()]

    assert len(codes) == len(set(codes)) == len(KINDS)
    assert [kind for kind in KINDS.values() if kind not in TAXONOMY] == []


def test_every_status_of_the_tables_is_one_of_ours():
    assert set(TABLE["status"].values()) <= set(STATUSES)
    assert set(TABLE["means_status"].values()) <= set(MEANS_STATUSES)


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("facts", "HubSante.fait"),
        ("categories", "EMSI-EVENT.ETYPE.CATEGORY"),
        ("means_status", "HubSante.statutVecteur"),
        ("accuracy_m", "HubSante.precision"),
        ("status", "EMSI-EVENT.STATUS"),
        ("vehicles", "HubSante.typeVecteur"),
    ],
)
def test_every_code_of_the_public_lists_is_understood(lab, cases, shared_dir, table, name):
    path = shared_dir / "data" / "fr_emergency_nomenclatures" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        codes = [line["code"] for line in csv.DictReader(file)]
    known = KINDS if table == "facts" else TABLE[table]
    missing = []
    for code in codes:
        short = code
        while table == "facts" and short.endswith(".00"):
            short = short.removesuffix(".00")
        if table == "vehicles":
            short = short.split(".")[0]
            known = {**TABLE[table], "LIB": "a person"}
        if short not in known and code != "INCONNUE":
            missing.append(code)

    assert codes
    assert missing == []


def test_an_unknown_code_falls_back_on_its_group_and_says_so(lab, cases):
    outcome = lab.run(NAME, cases.case(qualification__whatsHappen__code="C01.99.01"))

    assert only(outcome)["kind"] == "road.accident"
    assert [n.params for n in outcome.notices if n.code == "unknown_code"] == [
        {"value": "C01.99.01", "column": "qualification.whatsHappen.code"}
    ]


@given(code=st.text(max_size=60))
def test_any_text_as_a_code_is_a_kind_or_a_refusal(lab, cases, code):
    outcome = lab.run(NAME, cases.case(qualification__whatsHappen__code=code))

    assert len(outcome.rejects) + len(outcome.records["facts"]) == 1
    assert set(outcome.rejected) <= {"unknown_code", "missing_required"}
    for fact in outcome.records["facts"]:
        assert fact["kind"] in TAXONOMY


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=30)
    | st.sampled_from(["2026-11-23T09:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
)
TREES = (
    LEAVES
    | st.lists(LEAVES, max_size=3)
    | st.dictionaries(st.sampled_from(["#", "code", "x"]), LEAVES, max_size=3)
)


@given(data=st.data())
def test_any_value_anywhere_gives_records_or_named_refusals(lab, cases, data):
    """Some places of a good message hold whatever JSON can hold."""
    good = {
        "createCase": cases.CASE,
        "emsi": cases.EMSI,
        "resourcesInfoCisu": cases.RESOURCES,
        "geoPositionsUpdate": {"position": [cases.POSITION]},
    }
    name = data.draw(st.sampled_from(sorted(good)), label="message")
    tree = json.loads(json.dumps(good[name]))
    places = list(_places(tree))
    for index in data.draw(st.sets(st.integers(0, len(places) - 1), min_size=1, max_size=4)):
        node, step = places[index]
        node[step] = data.draw(TREES, label=str(step))

    outcome = lab.run(NAME, cases.dump({name: tree}))

    assert outcome.counts or outcome.rejects or outcome.notices
    for record in outcome.rejects:
        assert lab.run(NAME, record.raw).rejects


def _places(node):
    """Yield each container beneath a tree with each of its keys."""
    for step in list(node) if isinstance(node, dict) else range(len(node)):
        yield node, step
        if isinstance(node[step], dict | list):
            yield from _places(node[step])


# --- Events and means ---------------------------------------------------------------------------


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


def test_a_unit_of_a_case_becomes_a_means_with_its_state(lab, cases):
    found = only(lab.run(NAME, cases.units()), "means")

    assert (found["kind"], found["label"]) == ("means.rescue.ambulance", "VSAV2")
    assert (found["status"], found["at"]) == ("engaged", datetime(2026, 11, 23, 8, 35, tzinfo=UTC))
    assert (found["lon"], found["lat"]) == (5.38, 43.30)
    assert dict(found["attributes"])["case"] == "fr.health.samu130.DRFR2611230001"


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

    assert only(lab.run(NAME, cases.units(state=state)), "means")["status"] == expected


def test_each_state_of_a_unit_is_a_means(lab, cases):
    states = [
        {"datetime": f"2026-11-23T09:{minute}:00+01:00", "status": code}
        for minute, code in ((35, "DEPART"), (39, "ARRIVEE"))
    ]
    found = lab.run(NAME, cases.units(state=states)).records["means"]

    assert [dict(one["attributes"])["state"] for one in found] == ["DEPART", "ARRIVEE"]
    assert len({one["source_ref"] for one in found}) == 2


@pytest.mark.parametrize("vehicle", ["LIB", "LIB.MEDV", "AUTREVEC.APIED", "AUTREVEC.PERSO"])
def test_one_person_is_no_means(lab, cases, vehicle):
    outcome = lab.run(NAME, cases.units(vehicleType=vehicle))

    assert (outcome.counts, outcome.rejected) == ({}, {})
    assert outcome.noticed["dropped_personal"] == 4


# --- What is never kept -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["VSAV 1 Ombeline", "Ombeline Vasquez-Roy", "GA-123-ZZ", "VASQUEZ 12"]
)
def test_of_a_name_of_a_unit_only_the_call_sign_is_kept(lab, cases, name):
    outcome = lab.run(NAME, cases.units(name=name))

    assert only(outcome, "means")["label"] in ("VSAV 1", None)
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


# --- The public samples -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def public(repo_root):
    text = (repo_root / "tests" / "connectors" / "public" / f"{NAME}.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_every_public_message_gives_what_is_said_of_it(lab, public, shared_dir):
    root = shared_dir / "data" / "messages"
    files = {
        path.relative_to(root).as_posix(): path
        for path in (root / "samu_hub_cisu_emsi_edxl").rglob("*")
        if path.is_file()
    }

    assert set(files) == set(public)
    for name, expected in public.items():
        outcome = lab.run(NAME, files[name].read_bytes())
        left = "refused" if outcome.rejects else "not_used"
        found = "records" if outcome.counts else left
        assert (name, found) == (name, expected["outcome"])
        assert outcome.counts == expected.get("records", {}), name
        if found == "records":
            assert outcome.rejected == {}, name


def test_every_public_envelope_that_is_wrong_is_refused(public):
    wrong = [one["outcome"] for name, one in public.items() if "/failing/EDXL-DE/" in name]

    assert len(wrong) == 14
    assert set(wrong) == {"refused"}


def test_a_public_message_says_the_same_in_json_and_in_xml(lab, public, shared_dir):
    root = shared_dir / "data" / "messages"
    pairs = 0
    for name in public:
        if (
            name.endswith(".json")
            and name.replace(".json", ".xml") in public
            and "failing" not in name
        ):
            first, second = (
                lab.run(NAME, (root / one).read_bytes())
                for one in (name, name.replace(".json", ".xml"))
            )
            assert str(first.records) == str(second.records), name
            assert first.texts == second.texts, name
            pairs += 1

    assert pairs > 80
