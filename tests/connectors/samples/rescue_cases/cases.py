"""Samples of the 15-18 hub: a few cases and vehicles of an invented town."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import copy
import json
from typing import Any
from xml.sax.saxutils import escape

Tree = Any

NOW = "2026-11-23T09:00:00Z"  # when the tests' clock stands
SENT = "2026-11-23T09:55:00+01:00"
PERSONAL = (
    "Zoltan Querrec",  # caller
    "+33639980011",
    "Ysoline Brandao",  # victim
    "4711B",  # code of a door
    "sonner chez Abernathy",
    "M99.42",  # health motive
    "Ombeline Vasquez-Roy",  # call taker, crew
    "GA-123-ZZ",  # plate
    "derrière le pot de lavande",
)


def xml(name: str, tree: Tree, namespace: str = "urn:emergency:eda:1.9:x") -> bytes:
    """Write a tree as XML: lists as repeated elements."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(name, tree, namespace)}'.encode()


def _element(name: str, tree: Tree, namespace: str = "") -> str:
    mark = f' xmlns="{namespace}"' if namespace else ""
    if isinstance(tree, list):
        return "".join(_element(name, one, namespace) for one in tree)
    if isinstance(tree, dict):
        inner = "".join(_element(key, value) for key, value in tree.items())
    elif isinstance(tree, bool):
        inner = "true" if tree else "false"
    else:
        inner = escape(str(tree))
    return f"<{name}{mark}>{inner}</{name}>"


def dump(tree: Tree) -> bytes:
    """Write a tree as JSON."""
    return json.dumps(tree, ensure_ascii=False, indent=1).encode()


def put(tree: Tree, **values: Tree) -> Tree:
    """Return a copy with values at paths (`__` for a dot); None removes."""
    tree = copy.deepcopy(tree)
    for path, value in values.items():
        *way, last = path.split("__")
        node = tree
        for name in way:
            node = node[int(name)] if name.isdigit() else node.setdefault(name, {})
        if value is None:
            node.pop(last, None)
        else:
            node[last] = value
    return tree


CASE: dict[str, Tree] = {
    "caseId": "fr.health.samu130.DRFR2611230001",
    "senderCaseId": "DRFR2611230001",
    "creation": "2026-11-23T09:31:00+01:00",
    "referenceVersion": "1.3",
    "qualification": {
        "whatsHappen": {"code": "C04.02.01", "label": "Bâtiment d’habitation"},
        "locationKind": {"code": "L01.02.00", "label": "Immeuble"},
        "riskThreat": [{"code": "R14", "label": "Incendie"}, {"code": "R30", "label": "Blessé"}],
        "healthMotive": {"code": "M99.42", "label": "Brûlure"},
        "victims": {"count": "1", "mainVictim": "ADULTE", "freetext": "Ysoline Brandao, brûlée à la main"},
    },
    "location": {
        "locID": "loc-1",
        "locLabel": "4 rue Inventée, sonner chez Abernathy",
        "name": "Résidence des Tests",
        "detailedAddress": {"complete": "4 rue Inventée", "number": "4", "wayName": {"complete": "rue Inventée", "type": "rue", "name": "Inventée"}},
        "city": {"name": "Marseille", "inseeCode": "13201"},
        "country": "FR",
        "access": {"floor": "3", "interphone": "sonner chez Abernathy", "accessCode": ["4711B"]},
        "geometry": {"datetime": "2026-11-23T09:32:00+01:00", "point": {"coord": {"lat": 43.2965, "lon": 5.3745, "precision": "ADRESSE"}}},
        "freetext": "clé derrière le pot de lavande",
    },
    "initialAlert": {
        "id": "samu130-AL1",
        "reception": "2026-11-23T09:30:00+01:00",
        "reporting": "ATTENTION",
        "notes": [{"creation": "2026-11-23T09:33:00+01:00", "freetext": "Fumée visible depuis la rue"}],
        "caller": {"callerContact": {"type": "TEL", "detail": "+33639980011"}, "detailedName": {"complete": "Zoltan Querrec"}, "freetext": "voisin"},
        "location": {"locID": "loc-2", "country": "FR", "access": {"accessCode": ["4711B"]}},
        "qualification": {"whatsHappen": {"code": "C04.02.01", "label": "Feu"}, "healthMotive": {"code": "M99.42", "label": "Brûlure"}},
        "callTaker": {"organization": "fr.health.samu130", "calltakerId": "Ombeline Vasquez-Roy"},
        "attachment": [{"URI": "https://hub.example/photo"}],
    },
    "freetext": ["Feu au troisième étage"],
    "additionalInformation": {"customMap": [{"key": "x", "value": "Zoltan Querrec"}]},
}  # fmt: skip
DROPPED_CASE = 12

RESOURCE: dict[str, Tree] = {
    "datetime": "2026-11-23T09:36:00+01:00",
    "resourceId": "fr.fire.sdis13.resource.VSAV2",
    "missionId": "M.2611.7",
    "orgId": "fr.fire.sdis13",
    "vehicleType": "SIS",
    "name": "VSAV2",
    "centerCity": "13201",
    "team": {"medicalLevel": "SECOURS", "name": "Équipage Ombeline Vasquez-Roy"},
    "state": {"datetime": "2026-11-23T09:35:00+01:00", "status": "DEPART", "availability": False},
    "position": {"datetime": "2026-11-23T09:36:00+01:00", "coord": {"lat": 43.30, "lon": 5.38}},
    "contact": {"type": "TEL", "details": "+33639980011"},
    "freetext": ["Conducteur Ombeline Vasquez-Roy"],
}
RESOURCES: dict[str, Tree] = {"caseId": CASE["caseId"], "resource": [RESOURCE]}

POSITION: dict[str, Tree] = {
    "resourceId": "fr.health.samu130.resource.VLM25",
    "datetime": "2026-11-23T09:50:00+01:00",
    "coord": {"lat": 43.301, "lon": 5.371, "height": 12},
    "speed": 42.5,
    "cap": "270",
    "move": "MOBILE",
    "engineOn": True,
    "status": "INDISPONIBLE",
    "engagedStatus": "PARTIE",
}

AREA: dict[str, Tree] = {
    "DATIME": "2026-11-23T09:42:00+01:00",
    "TYPE": "GEN/EVENT",
    "FREETEXT": "sonner chez Abernathy",
    "POSITION": {"LOC_ID": "1", "NAME": "Quai Inventé", "TYPE": "POINT", "COORDSYS": "EPSG-4326", "COORD": [{"LAT": 43.295, "LONG": 5.37, "HEIGHT": 4}], "ADDRESS": ["8 quai Inventé, Marseille"]},
}  # fmt: skip
EMSI: dict[str, Tree] = {
    "CONTEXT": {
        "ID": "emsi-1", "MODE": "ACTUAL", "MSGTYPE": "UPDATE", "CREATION": "2026-11-23T09:45:00+01:00",
        "LEVEL": "OPR", "SECLASS": "RESTRC", "FREETEXT": "Circulation coupée", "URGENCY": "URGENT",
        "ORIGIN": {"ORG_ID": "fr.fire.sdis13", "USER_ID": "Ombeline Vasquez-Roy", "NAME": "SDIS 13"},
    },
    "EVENT": {
        "ID": "SC-20261123-013-abc-AF18", "NAME": "Collision sur le quai", "MAIN_EVENT_ID": "fr.health.samu130.DRFR2611230002",
        "ETYPE": {"CATEGORY": ["TRP/COL"], "ACTOR": ["PPL"], "LOCTYPE": ["OTH"], "ENV": "DIS/TRSPRT"},
        "SOURCE": "HUMOBS", "SCALE": "3", "CERTAINTY": 95,
        "DECL_DATIME": "2026-11-23T09:40:00+01:00", "OCC_DATIME": "2026-11-23T09:38:00+01:00", "OBS_DATIME": "2026-11-23T09:42:00+01:00",
        "STATUS": "IPR",
        "CASUALTIES": [{"CONTEXT": "REQ_ACTION", "DATIME": "2026-11-23T09:42:00+01:00", "TRIAGERED": 0, "TRIAGEYELLOW": 1, "TRIAGEGREEN": 2, "TRIAGEBLACK": 0, "MISSING": 0, "FREETEXT": "Ysoline Brandao"}],
        "EGEO": [AREA], "CAUSE": "ACC",
    },
    "MISSION": [{"TYPE": "SAV/ASC", "ID": "m1", "NAME": "#MISSION#", "STATUS": "IPR", "FREETEXT": "Prendre en charge Ysoline Brandao"}],
    "RESOURCE": [{
        "RTYPE": {"RCLASS": ["MAT/VEH/ROADVE/FRFGTN/RSC"], "CAPABILITY": ["AER15M"]}, "ID": "13_22247# VSAV1", "ORG_ID": "fr.fire.sdis13",
        "NAME": "VSAV 1 caserne Inventée", "FREETEXT": "IMMATRICULATION#GA-123-ZZ", "QUANTITY": 1, "UM": "OTH/EA", "STATUS": "IN_USE/MOBILE", "NATIONALITY": "FR",
        "RGEO": [{"DATIME": "2026-11-23T09:44:00+01:00", "TYPE": "GEN/LOCAT", "POSITION": AREA["POSITION"]}],
        "CONTACTS": [{"TYPE": "PHNADD", "DETAIL": "+33639980011"}],
    }],
}  # fmt: skip
DROPPED_EMSI = 7

DETAILS: dict[str, Tree] = {
    "resource": [
        {"resourceId": "fr.health.samu130.resource.VLM25", "orgId": "fr.health.samu130", "resourceType": "SMUR", "name": "SMUR 1", "nature": "EFFECTEUR", "mobility": "VEHICULE", "capacity": "MEDICALE", "contacts": [{"type": "PHNADD", "details": "+33639980011"}]}
    ]
}  # fmt: skip


def envelope(name: str, body: Tree, *, form: str = "json", namespace: str = "1.9", **values: Tree) -> bytes:  # fmt: skip
    """Write a message in its envelope; values go to paths of the envelope, `message__` of the message."""
    own = {key: value for key, value in values.items() if not key.startswith("message__")}
    inner = {
        key.removeprefix("message__"): value for key, value in values.items() if key not in own
    }
    message = put(
        {
            "messageId": "fr.health.samu130_1", "sender": {"name": "samu130", "URI": "hubex:fr.health.samu130"}, "sentAt": SENT,
            "kind": "Report", "status": "Actual", "recipient": [{"name": "sdis13", "URI": "hubex:fr.fire.sdis13"}], name: body,
        },
        **inner,
    )  # fmt: skip
    head = put(
        {
            "distributionID": "fr.health.samu130_1", "senderID": "fr.health.samu130", "dateTimeSent": SENT,
            "dateTimeExpires": "2026-11-24T09:55:00+01:00", "distributionStatus": "Actual", "distributionKind": "Report",
            "descriptor": {"language": "fr-FR", "explicitAddress": {"explicitAddressScheme": "hubex", "explicitAddressValue": "fr.fire.sdis13"}},
        },
        **own,
    )  # fmt: skip
    if form == "json":
        return dump(
            head | {"content": [{"jsonContent": {"embeddedJsonContent": {"message": message}}}]}
        )
    carried = {"contentObject": {"contentXML": {"embeddedXMLContent": {"message": message}}}}
    text = xml(
        "edxlDistribution", head | {"content": carried}, "urn:oasis:names:tc:emergency:EDXL:DE:2.0"
    )
    return text.replace(b"<message>", f'<message xmlns="urn:emergency:eda:{namespace}:x">'.encode())


def case(**values: Tree) -> bytes:
    """Write a bare RC-EDA."""
    return dump({"createCase": put(CASE, **values)})


def emsi(**values: Tree) -> bytes:
    """Write a bare EMSI."""
    return dump({"emsi": put(EMSI, **values)})


def position(**values: Tree) -> bytes:
    """Write a bare GEO-POS."""
    return dump({"geoPositionsUpdate": {"position": [put(POSITION, **values)]}})


def units(**values: Tree) -> bytes:
    """Write a bare RC-RI."""
    return dump(
        {"resourcesInfoCisu": {"caseId": CASE["caseId"], "resource": [put(RESOURCE, **values)]}}
    )


def row(content: bytes, **expected: Any) -> dict[str, Any]:
    """Say what comes of a sample of one row."""
    return {"content": content, "read": 1} | expected


def refused(content: bytes, code: str, **expected: Any) -> dict[str, Any]:
    """Say that a sample of one row is refused."""
    return row(content, rejects={code: 1}) | expected


FACT, MEANS = {"facts": 1}, {"means": 1}
C = {"dropped_personal": DROPPED_CASE}
E = {"dropped_personal": DROPPED_EMSI}
R = {"dropped_personal": 3}
LATER = {"creation": "2026-11-23T09:31:00+01:00", "qualification__whatsHappen__code": "C04.02.00"}
CLOSED = {"EVENT": {"ID": EMSI["EVENT"]["ID"], "STATUS": "COM"}, "MISSION": None, "RESOURCE": None, "CONTEXT__CREATION": "2026-11-23T09:58:00+01:00"}  # fmt: skip
BOMB = b'<?xml version="1.0"?>\n<!DOCTYPE emsi [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<emsi><CONTEXT><ID>&b;</ID></CONTEXT></emsi>'
OUTSIDE = b'<?xml version="1.0"?>\n<!DOCTYPE emsi [<!ENTITY x SYSTEM "file:///etc/hostname">]>\n<emsi><CONTEXT><ID>&x;</ID></CONTEXT></emsi>'

CASES: dict[str, dict[str, Any]] = {
    # --- valid
    "valid/case.json": row(case(), records=FACT, notices=C),
    "valid/case.xml": row(xml("createCase", CASE), records=FACT, notices=C),
    "valid/case_in_envelope.json": row(envelope("createCase", CASE), records=FACT, notices=C),
    "valid/case_in_envelope.xml": row(envelope("createCase", CASE, form="xml"), records=FACT, notices=C),
    "valid/case_by_address.json": row(case(location__geometry=None), records=FACT, notices=C),
    "valid/event.json": row(emsi(), read=2, records=FACT | MEANS, notices=E),
    "valid/event.xml": row(xml("emsi", EMSI), read=2, records=FACT | MEANS, notices=E),
    "valid/positions.json": row(dump({"geoPositionsUpdate": {"position": [POSITION, put(POSITION, resourceId="fr.fire.sdis13.resource.FPT7")]}}), read=2, records={"means": 2}),
    "valid/positions.xml": row(xml("geoPositionsUpdate", {"position": [POSITION]}), records=MEANS),
    "valid/units.json": row(units(), records={"means": 2}, notices=R),
    "valid/units.xml": row(envelope("resourcesInfoCisu", RESOURCES, form="xml"), records={"means": 2}, notices=R),
    "valid/units_listed.json": row(dump({"geoResourcesDetails": DETAILS}), notices={"dropped_personal": 1, "not_used": 1}),
    "valid/units_asked.json": row(dump({"geoResourcesRequest": {"resourceId": ["fr.health.samu130.resource.VLM25"]}}), notices={"not_used": 1}),
    "valid/list_with_duplicate.json": row(dump([{"createCase": CASE}, {"createCase": CASE}]), read=2, records={"facts": 2}, notices={"dropped_personal": 2 * DROPPED_CASE}),
    "valid/update.json": row(envelope("createCase", put(CASE, **LATER), message__sentAt="2026-11-23T09:59:00+01:00"), records=FACT, notices=C),
    "valid/cancelled.json": row(envelope("createCase", CASE, message__kind="Cancel"), records=FACT, notices=C),
    "valid/patient_file.json": row(dump({"createCaseHealth": {"caseId": "x", "patient": [{"name": "Ysoline Brandao"}]}}), notices={"not_used": 1}),
    # --- invalid: payloads
    "invalid/empty.json": {"content": b" ", "rejects": {"empty_file": 1}},
    "invalid/empty_list.json": {"content": b"[]", "rejects": {"empty_file": 1}},
    "invalid/cut.json": {"content": case()[:-40], "rejects": {"unreadable": 1}},
    "invalid/cut.xml": {"content": xml("createCase", CASE)[:-30], "rejects": {"unreadable": 1}},
    "invalid/not_utf8.json": {"content": case().replace("é".encode(), b"\xe9"), "rejects": {"unreadable": 1}},
    "invalid/not_utf8.xml": {"content": xml("createCase", CASE).replace("é".encode(), b"\xe9"), "rejects": {"unreadable": 1}},
    "invalid/entity_bomb.xml": {"content": BOMB, "rejects": {"xml_document_type": 1}},
    "invalid/external_entity.xml": {"content": OUTSIDE, "rejects": {"xml_document_type": 1}},
    "invalid/deep.json": {"content": b'{"createCase":' + b"[" * 5_000 + b"]" * 5_000 + b"}", "rejects": {"too_deep": 1}},
    "invalid/deep.xml": {"content": b"<emsi>" + b"<a>" * 100 + b"</a>" * 100 + b"</emsi>", "rejects": {"too_deep": 1}},
    "invalid/not_a_number.json": {"content": case().replace(b"43.2965", b"NaN"), "rejects": {"unreadable": 1}},
    "invalid/web_page.html": {"content": b"<!DOCTYPE html><html>503</html>", "rejects": {"xml_document_type": 1}},
    "invalid/no_message.json": refused(b'["Zoltan Querrec"]', "bad_row"),
    "invalid/unknown_message.json": refused(dump({"somethingElse": {"name": "Zoltan Querrec"}}), "unknown_message"),
    "invalid/two_bodies.json": refused(dump({"createCase": CASE, "emsi": EMSI}), "unknown_message"),
    # --- invalid: envelopes
    "invalid/envelope_without_id.json": refused(envelope("createCase", CASE, distributionID=None), "missing_required", notices=C),
    "invalid/envelope_without_addressee.xml": refused(envelope("createCase", CASE, form="xml", descriptor__explicitAddress__explicitAddressValue=None), "missing_required", notices=C),
    "invalid/envelope_without_header.json": refused(envelope("createCase", CASE, message__recipient=None), "missing_required", notices=C),
    "invalid/envelope_without_content.json": refused(dump({"distributionID": "1", "content": []}), "missing_required"),
    "invalid/envelope_with_unknown_field.json": row(envelope("createCase", CASE, fieldOfTomorrow="x"), records=FACT, notices=C | {"unmapped_column": 1}),
    "invalid/envelope_naive.json": refused(envelope("createCase", CASE, dateTimeSent="2026-11-23T09:55:00"), "naive_time", notices=C),
    "invalid/exercise.json": refused(envelope("createCase", CASE, distributionStatus="Exercise"), "not_actual", notices=C),
    "invalid/exercise_in_header.xml": refused(envelope("createCase", CASE, form="xml", message__status="Test"), "not_actual", notices=C),
    "invalid/exercise_emsi.json": refused(emsi(CONTEXT__MODE="EXERCS"), "not_actual", notices=E),
    "invalid/clock_an_hour_ahead.json": row(envelope("createCase", CASE, message__sentAt="2026-11-23T11:00:00+01:00"), records=FACT, notices=C | {"clock_skew": 1}),
    "invalid/clock_a_year_ahead.json": refused(envelope("createCase", CASE, message__sentAt="2027-11-23T10:00:00+01:00"), "time_in_future", notices=C),
    # --- invalid: cases
    "invalid/unknown_version.xml": row(envelope("createCase", CASE, form="xml", namespace="9.9"), records=FACT, notices=C | {"unknown_version": 1}),
    "invalid/unknown_version_without_case.xml": refused(xml("createCase", put(CASE, caseId=None), "urn:emergency:eda:9.9:createCase"), "unknown_version", notices=C | {"unknown_version": 1}),
    "invalid/unknown_code_lists.json": row(case(referenceVersion="7.0"), records=FACT, notices=C | {"unknown_version": 1}),
    "invalid/unknown_code_of_known_group.json": row(case(qualification__whatsHappen__code="C04.02.77"), records=FACT, notices=C | {"unknown_code": 1}),
    "invalid/unknown_code.json": refused(case(qualification__whatsHappen__code="Z99.01.01"), "unknown_code", notices=C),
    "invalid/code_is_a_name.json": refused(case(qualification__whatsHappen__code="Zoltan Querrec"), "unknown_code", notices=C),
    "invalid/case_without_number.json": refused(case(caseId=None), "missing_required", notices=C),
    "invalid/case_number_is_a_name.json": refused(case(caseId="Zoltan Querrec"), "bad_identifier", notices=C),
    "invalid/case_without_place.json": refused(case(location=None), "missing_required", notices={"dropped_personal": DROPPED_CASE - 3}),
    "invalid/naive_creation.json": refused(case(creation="2026-11-23T09:31:00"), "naive_time", notices=C),
    "invalid/bad_creation.json": refused(case(creation="ce matin"), "bad_time", notices=C),
    "invalid/huge_number.json": refused(case(location__geometry__point__coord__lat=int("9" * 300)), "bad_number", notices=C),
    "invalid/unknown_fields.json": row(case(mood="grave", location__colour="blue"), records=FACT, notices=C | {"unmapped_column": 2}),
    "invalid/reordered.json": row(dump([{"createCase": put(CASE, creation="2026-11-23T09:31:00+01:00", freetext=["Feu éteint"], location__geometry__datetime="2026-11-23T09:54:00+01:00")}, {"createCase": CASE}]), read=2, records={"facts": 2}, notices={"dropped_personal": 2 * DROPPED_CASE}),
    # --- invalid: events and means
    "invalid/closure_before_creation.json": row(emsi(**CLOSED), records=FACT, notices={"dropped_personal": 2}),
    "invalid/event_acknowledged.json": row(emsi(CONTEXT__MSGTYPE="ACK"), notices=E | {"not_used": 1}),
    "invalid/event_for_unknown_purpose.json": refused(emsi(CONTEXT__MSGTYPE="PARTY"), "unknown_code", notices=E),
    "invalid/event_without_context.json": refused(emsi(CONTEXT=None), "missing_required", notices={"dropped_personal": 5}),
    "invalid/event_of_unknown_category.json": row(emsi(EVENT__ETYPE__CATEGORY=["XYZ/ABC"], RESOURCE=None), rejects={"unknown_code": 1}, notices={"dropped_personal": 5}),
    "invalid/event_on_another_grid.json": row(emsi(EVENT__EGEO__0__POSITION__COORDSYS="LAMBERT93", RESOURCE=None), records=FACT, notices={"dropped_personal": 5, "unknown_code": 1}),
    "invalid/staff_as_resource.json": row(emsi(RESOURCE=[{"RTYPE": {"RCLASS": ["HUM/PERSON"]}, "ID": "P1", "NAME": "Ombeline Vasquez-Roy", "STATUS": "AVAILB"}]), read=2, records=FACT, notices={"dropped_personal": 6}),
    "invalid/plate_as_unit.json": row(emsi(RESOURCE__0__ID="GA-123-ZZ", RESOURCE__0__NAME="GA-123-ZZ"), read=2, records=FACT | MEANS, notices={"dropped_personal": DROPPED_EMSI + 2}),
    "invalid/plate_in_identifier.json": row(position(resourceId="fr.health.samu130.resource.GA-123-ZZ"), records=MEANS, notices={"dropped_personal": 1}),
    "invalid/position_without_point.json": refused(position(coord={"lat": 43.3}), "missing_required"),
    "invalid/position_without_time.json": refused(position(datetime=None), "missing_required"),
    "invalid/position_with_unknown_stage.json": row(position(engagedStatus="EN PAUSE"), records=MEANS, notices={"unknown_code": 1}),
    "invalid/position_too_fast.json": row(position(speed=9_000, cap="NORD"), records=MEANS, notices={"out_of_range": 1, "bad_number": 1}),
    "invalid/positions_without_any.json": refused(dump({"geoPositionsUpdate": {"position": []}}), "missing_required"),
    "invalid/unit_is_a_person.json": row(units(vehicleType="LIB.MEDV"), notices={"dropped_personal": 4}),
    "invalid/unit_of_unknown_type.json": refused(units(vehicleType="UFO"), "unknown_code", notices=R),
    "invalid/unit_in_unknown_state.json": row(units(state={"datetime": "2026-11-23T09:35:00+01:00", "status": "LOST"}), records={"means": 2}, notices=R | {"unknown_code": 1}),
    "invalid/unit_without_state.json": refused(units(state=None), "missing_required", notices=R),
    "invalid/one_unit_of_two.json": row(dump({"resourcesInfoCisu": {"caseId": CASE["caseId"], "resource": [put(RESOURCE, resourceId=None), RESOURCE]}}), read=2, records={"means": 2}, rejects={"missing_required": 1}, notices={"dropped_personal": 6}),
    "invalid/listed_without_organisation.json": refused(dump({"geoResourcesDetails": put(DETAILS, resource__0__orgId=None)}), "missing_required", notices={"dropped_personal": 1}),
}  # fmt: skip
