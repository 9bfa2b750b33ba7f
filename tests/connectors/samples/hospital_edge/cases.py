"""Samples of a hospital's arrivals: invented patients of one Sunday, 22 November 2026."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = (
    "MORVANDIAU",
    "Clotilde",
    "17/03/1987",
    "19870317",
    "1987-03-17",
    "13009",
    "SEPTEMES LES VALLONS",
    "287031300912345",
    "0699887766",
    "12 traverse des Amandiers",
    "plaie du poignet gauche",
    "S610",
    "venue-778899",
)
SITE = "130000001"
DAY = "22/11/2026"
METRICS = 13
A_DAY = METRICS * 24

Row = dict[str, str]


def patient(hour: int, minute: int = 0, **changes: str) -> Row:
    """Return an RPU passage; a change to nothing takes the element away."""
    found = {
        "CP": "13009",
        "COMMUNE": "SEPTEMES LES VALLONS",
        "NAISSANCE": "17/03/1987",
        "SEXE": "F",
        "ENTREE": f"{DAY} {hour:02d}:{minute:02d}",
        "TRANSPORT": "PERSO",
        "MOTIF": "plaie du poignet gauche",
        "GRAVITE": "2",
        "DP": "S610",
        "MODE_SORTIE": "8",
        **changes,
    }
    return {name: value for name, value in found.items() if value}


def lean(hour: int, minute: int = 0, **changes: str) -> Row:
    """Return an RPU passage with what is read of it."""
    without = dict.fromkeys(("CP", "COMMUNE", "SEXE", "MOTIF", "DP"), "")
    return patient(hour, minute, **{**without, **changes})


def rpu(
    *patients: Row, head: Row | None = None, encoding: str = "utf-8", root: str = "OSCOUR"
) -> bytes:
    """Return an RPU file."""
    about = {
        "FINESS": SITE,
        "ORDRE": "0",
        "EXTRACT": "23/11/2026 03:30:00",
        "DATEDEBUT": "16/11/2026",
        "DATEFIN": "22/11/2026",
        **(head or {}),
    }

    def inside(values: Row) -> str:
        return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())

    people = "".join(f"<PATIENT>{inside(one)}</PATIENT>\n" for one in patients)
    told = {name: value for name, value in about.items() if value}
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<{root}><ETABLISSEMENT>{inside(told)}</ETABLISSEMENT>\n'
        f"<PASSAGES>\n{people}</PASSAGES></{root}>\n"
    ).encode(encoding)


def crowd(count: int, hour: int = 10, **changes: str) -> list[Row]:
    """Return lean passages, one a minute."""
    return [lean(hour + minute // 60, minute % 60, **changes) for minute in range(count)]


def adt(visit: int | str = 1, event: str = "A04", **changes: str) -> bytes:
    """Return an ADT message as files hold it, with segments in LF."""
    said = {
        "arrived": "202611221015",
        "class": "E",
        "facility": SITE,
        "type": f"ADT^{event}^ADT_{event}",
        "id": f"M{visit}",
        "mode": "P",
        "version": "2.5",
        "born": "19870317",
        "visit": f"venue-{visit}" if visit else "",
        "out": "",
        "by": "PERSO",
        "acuity": "3",
        "end": "\n",
        **changes,
    }
    pv1 = [
        "PV1",
        "1",
        said["class"],
        "URG^BOX1",
        *[""] * 15,
        said["visit"],
        *[""] * 16,
        said["out"],
    ]
    pv1 += [*[""] * 7, said["arrived"]]
    pv2 = ["PV2", *[""] * 37, said["by"], "", said["acuity"]]
    lines = [
        f"MSH|^~\\&|DPI|{said['facility']}|VIGIE|VILLE|20261122101600||{said['type']}|{said['id']}|{said['mode']}|{said['version']}|||||FRA|UNICODE UTF-8",
        f"EVN|{event}|20261122101500",
        f"PID|1||287031300912345^^^ASIP-SANTE-INS-NIR||MORVANDIAU^Clotilde^^^Mme||{said['born']}|F|||12 traverse des Amandiers^^SEPTEMES LES VALLONS^^13009||0699887766",
        "NK1|1|MORVANDIAU^Clotilde|SPO|12 traverse des Amandiers|0699887766",
        "|".join(pv1),
        "|".join(pv2),
        "DG1|1||S610|plaie du poignet gauche",
    ]
    return said["end"].join(lines).encode() + said["end"].encode()


def short(visit: int, event: str = "A04", **changes: str) -> bytes:
    """Return an ADT message without what is refused."""
    return b"".join(
        line + b"\n"
        for line in adt(visit, event, **changes).splitlines()
        if not line.startswith((b"PID", b"NK1", b"DG1"))
    )


def encounter(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a FHIR encounter; a change to nothing takes the element away."""
    found = {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "EMER"},
        "priority": {"coding": [{"code": "4"}]},
        "subject": {"reference": "Patient/p1", "display": "MORVANDIAU Clotilde"},
        "period": {"start": f"2026-11-22T{8 + number // 60:02d}:{number % 60:02d}:00+01:00"},
        "hospitalization": {
            "admitSource": {"coding": [{"code": "VSAB"}]},
            "dischargeDisposition": {"coding": [{"code": "home"}]},
        },
        "serviceProvider": {"reference": f"Organization/{SITE}"},
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "MORVANDIAU", "given": ["Clotilde"]}],
    "birthDate": "1987-03-17",
    "telecom": [{"value": "0699887766"}],
}


def bundle(*resources: dict[str, Any]) -> bytes:
    """Return a FHIR bundle."""
    entries = [{"resource": one} for one in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def counts(figures: Any = None, day: str = "2026-11-22", **changes: Any) -> bytes:
    """Return a message of counts."""
    shown = [{"metric": "health.arrivals", "slots": [[0, 8, 31], [8, 16, 60], [16, 24, 44]]}]
    message = {
        "format": "vigie.counts",
        "version": 1,
        "site": SITE,
        "made_at": "2026-11-23T03:00:00Z",
        "days": [{"day": day, "figures": shown if figures is None else figures}],
        **changes,
    }
    return json.dumps({k: v for k, v in message.items() if v is not None}).encode()


def figure(metric: str, *slots: Any) -> dict[str, Any]:
    """Return one figure of a message of counts."""
    return {"metric": f"health.{metric}", "slots": list(slots)}


SUNDAY = rpu(*crowd(30), lean(23, 5, TRANSPORT="VSAB", GRAVITE="4", MODE_SORTIE="6"))
TWO_PERSONAL = rpu(*crowd(10), patient(11, 1), patient(11, 2))
DOCTYPE = b'<?xml version="1.0"?>\n<!DOCTYPE OSCOUR [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<OSCOUR>&b;</OSCOUR>'
EXTERNAL = b'<!DOCTYPE OSCOUR [<!ENTITY x SYSTEM "file:///etc/passwd">]><OSCOUR>&x;</OSCOUR>'
ALL_ADT = b"".join(short(number) for number in range(14))

CASES: dict[str, dict[str, object]] = {
    # --- valid: what the edge sends
    "valid/counts.json": {"content": counts(), "records": {"measures": 24}, "read": 1},
    "valid/counts_breakdown.json": {
        "content": counts([figure("arrivals", [0, 24, 90]), figure("arrivals.age_0_17", [0, 24, 20]), figure("arrivals.age_18_64", [0, 24, 40]), figure("admissions", [0, 24, 22])]),
        "records": {"measures": 96}, "read": 4,
    },
    "valid/counts_two_days.json": {
        "content": counts(days=[{"day": d, "figures": [figure("arrivals", [0, 12, 30], [12, 24, 31])]} for d in ("2026-11-20", "2026-11-21")]),
        "records": {"measures": 48}, "read": 2,
    },
    "valid/counts_summer_time.json": {
        "content": counts([figure("arrivals", [0, 4, 12], [4, 8, 11], [8, 24, 100])], day="2026-03-29"),
        "records": {"measures": 24}, "read": 1,
    },
    # --- valid: patients, as the edge reads them
    "valid/rpu.xml": {
        "content": SUNDAY, "records": {"measures": A_DAY}, "read": 31,
        "notices": {"dropped_personal": 31, "group_too_small": 5},
    },
    "valid/rpu_latin1.xml": {
        "content": rpu(*crowd(12), patient(12, MOTIF="brûlure"), encoding="iso-8859-1"),
        "records": {"measures": A_DAY}, "read": 13, "notices": {"dropped_personal": 18},
    },
    "valid/rpu_personal.xml": {
        "content": TWO_PERSONAL, "records": {"measures": A_DAY}, "read": 12, "notices": {"dropped_personal": 22},
    },
    "valid/rpu_quiet_day.xml": {
        "content": rpu(lean(4), lean(5)), "read": 2, "notices": {"dropped_personal": 2, "group_too_small": 4},
    },
    "valid/rpu_no_passage.xml": {"content": rpu()},
    "valid/adt.hl7": {
        "content": b"".join(adt(n) for n in range(12)), "records": {"measures": A_DAY}, "read": 12,
        "notices": {"dropped_personal": 36},
    },
    "valid/adt_on_the_wire.hl7": {
        "content": b"".join(b"\x0b" + short(n).replace(b"\n", b"\r") + b"\x1c\r" for n in range(11)),
        "records": {"measures": A_DAY}, "read": 11,
    },
    "valid/adt_told_again.hl7": {
        "content": b"".join(short(n) for n in range(12)) + b"".join(short(n, event) for n in range(12) for event in ("A08", "A03")),
        "records": {"measures": A_DAY}, "read": 36, "notices": {"duplicate_row": 24},
    },
    "valid/encounters.json": {
        "content": bundle(PATIENT, *(encounter(n) for n in range(1, 13))), "records": {"measures": A_DAY}, "read": 12,
        "notices": {"dropped_personal": 13},
    },
    # --- invalid: payloads
    "invalid/empty.xml": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/blank.hl7": {"content": b" \r\n\n", "rejects": {"empty_file": 1}},
    "invalid/text.hl7": {"content": b"Mme MORVANDIAU, 0699887766", "rejects": {"unknown_message": 1}},
    "invalid/web_page.xml": {"content": b"<html><body>503</body></html>", "rejects": {"unknown_message": 1}},
    "invalid/entity_bomb.xml": {"content": DOCTYPE, "rejects": {"xml_document_type": 1}},
    "invalid/external_entity.xml": {"content": EXTERNAL, "rejects": {"xml_document_type": 1}},
    "invalid/deep.json": {"content": b"[" * 900 + b"]" * 900, "rejects": {"too_deep": 1}},
    "invalid/deep.xml": {"content": b"<a>" * 100 + b"</a>" * 100, "rejects": {"too_deep": 1}},
    "invalid/cut.xml": {"content": SUNDAY[:900], "rejects": {"unreadable": 1}},
    "invalid/cut.json": {"content": counts()[:-4], "rejects": {"unreadable": 1}},
    "invalid/not_a_number.json": {"content": counts().replace(b"31", b"NaN"), "rejects": {"unreadable": 1}},
    "invalid/latin1_declared_utf8.xml": {"content": rpu(patient(1, MOTIF="brûlure"), encoding="iso-8859-1").replace(b"iso-8859-1", b"utf-8"), "rejects": {"unreadable": 1}},
    "invalid/other_resource.json": {"content": json.dumps(PATIENT).encode(), "rejects": {"unknown_message": 1}},
    "invalid/list.json": {"content": b"[1, 2]", "rejects": {"unknown_message": 1}},
    # --- invalid: RPU
    "invalid/no_hospital.xml": {"content": rpu(lean(1), head={"FINESS": ""}), "rejects": {"missing_required": 1}},
    "invalid/hospital_with_a_name.xml": {"content": rpu(lean(1), head={"FINESS": "Clinique MORVANDIAU"}), "rejects": {"missing_required": 1}},
    "invalid/no_arrival.xml": {
        "content": rpu(lean(1, ENTREE=""), lean(2)), "read": 2, "rejects": {"missing_required": 1},
        "notices": {"dropped_personal": 2, "group_too_small": 4},
    },
    "invalid/nothing_of_a_patient.xml": {
        "content": rpu({"CP": "13009"}), "read": 1, "rejects": {"missing_required": 1}, "notices": {"dropped_personal": 1},
    },
    "invalid/arrival_of_a_name.xml": {
        "content": rpu(lean(1, ENTREE="MORVANDIAU Clotilde")), "read": 1, "rejects": {"bad_time": 1}, "notices": {"dropped_personal": 1},
    },
    "invalid/arrival_without_hour.xml": {
        "content": rpu(lean(1, ENTREE=DAY)), "read": 1, "rejects": {"bad_time": 1}, "notices": {"dropped_personal": 1},
    },
    "invalid/impossible_day.xml": {
        "content": rpu(lean(1, ENTREE="31/02/2026 10:00")), "read": 1, "rejects": {"bad_time": 1}, "notices": {"dropped_personal": 1},
    },
    "invalid/after_the_extract.xml": {
        "content": rpu(lean(1, ENTREE="23/11/2026 04:10")), "read": 1, "rejects": {"time_in_future": 1}, "notices": {"dropped_personal": 1},
    },
    "invalid/clock_ahead.xml": {
        "content": rpu(*crowd(11), head={"EXTRACT": "24/12/2026 03:00:00"}), "records": {"measures": A_DAY}, "read": 11,
        "notices": {"clock_skew": 1, "dropped_personal": 11},
    },
    "invalid/unreadable_extract.xml": {
        "content": rpu(*crowd(11), head={"EXTRACT": "hier"}), "records": {"measures": A_DAY}, "read": 11,
        "notices": {"bad_time": 1, "dropped_personal": 11},
    },
    "invalid/day_not_ended.xml": {
        "content": rpu(*crowd(12), head={"EXTRACT": "22/11/2026 18:07:15"}), "read": 12, "notices": {"dropped_personal": 12, "not_used": 1},
    },
    "invalid/outside_its_days.xml": {
        "content": rpu(lean(1, ENTREE="03/11/2026 10:00")), "read": 1, "notices": {"dropped_personal": 1, "not_used": 1},
    },
    "invalid/twice_the_same.xml": {
        "content": rpu(*crowd(11), *crowd(11)), "records": {"measures": A_DAY}, "read": 22,
        "notices": {"dropped_personal": 22, "duplicate_row": 11},
    },
    "invalid/unknown_codes.xml": {
        "content": rpu(*crowd(11), lean(12, GRAVITE="9", TRANSPORT="MORVANDIAU", MODE_SORTIE="X")), "records": {"measures": A_DAY}, "read": 12,
        "notices": {"dropped_personal": 12, "group_too_small": 2, "unknown_code": 3},
    },
    "invalid/birth_of_nobody.xml": {
        "content": rpu(*crowd(11), lean(12, NAISSANCE="17 mars 87"), lean(13, NAISSANCE="01/01/2027")), "records": {"measures": A_DAY}, "read": 13,
        "notices": {"bad_time": 1, "dropped_personal": 13, "group_too_small": 1},
    },
    "invalid/unknown_field.xml": {
        "content": rpu(*crowd(11), lean(12, NUMSS="287031300912345")), "records": {"measures": A_DAY}, "read": 12,
        "notices": {"dropped_personal": 12, "unmapped_column": 1},
    },
    # --- invalid: HL7
    "invalid/header_without_separators.hl7": {"content": b"MSH MORVANDIAU\rPID|1\r", "read": 1, "rejects": {"unreadable": 1}},
    "invalid/begins_in_the_middle.hl7": {
        "content": b"PID|1||MORVANDIAU\n" + short(1), "read": 1, "notices": {"group_too_small": 3, "not_used": 1},
    },
    "invalid/inpatient.hl7": {"content": adt(1, **{"class": "I"}), "read": 1, "notices": {"dropped_personal": 3, "not_used": 1}},
    "invalid/class_of_a_name.hl7": {"content": short(1, **{"class": "MORVANDIAU"}), "read": 1, "notices": {"not_used": 1}},
    "invalid/results.hl7": {"content": adt(1, type="ORU^R01^ORU_R01"), "read": 1, "notices": {"dropped_personal": 3, "not_used": 1}},
    "invalid/transfer.hl7": {"content": short(1, "A02"), "read": 1, "notices": {"not_used": 1}},
    "invalid/test_message.hl7": {"content": short(1, mode="T"), "read": 1, "notices": {"not_actual": 1}},
    "invalid/unknown_version.hl7": {"content": short(1, version="3.0"), "read": 1, "rejects": {"unknown_version": 1}},
    "invalid/no_type.hl7": {"content": short(1, type=""), "read": 1, "rejects": {"missing_required": 1}},
    "invalid/no_facility.hl7": {"content": short(1, facility=""), "read": 1, "rejects": {"missing_required": 1}},
    "invalid/facility_of_a_person.hl7": {"content": short(1, facility="Dr MORVANDIAU"), "read": 1, "rejects": {"missing_required": 1}},
    "invalid/bad_arrival.hl7": {"content": short(1, arrived="20261340101"), "read": 1, "rejects": {"bad_time": 1}},
    "invalid/arrival_next_year.hl7": {"content": short(1, arrived="202711221015"), "read": 1, "rejects": {"time_in_future": 1}},
    "invalid/update_of_nobody.hl7": {"content": short(0, "A08", arrived=""), "read": 1, "notices": {"not_used": 1}},
    "invalid/latin1.hl7": {
        "content": ALL_ADT + adt(20).replace(b"Mme", "Hélène".encode("latin-1")), "records": {"measures": A_DAY}, "read": 15,
        "notices": {"dropped_personal": 3, "group_too_small": 1, "wrong_encoding": 1},
    },
    "invalid/unknown_segment.hl7": {"content": ALL_ADT + b"ZZ9|MORVANDIAU\n", "records": {"measures": A_DAY}, "read": 14, "notices": {"unmapped_column": 1}},
    "invalid/one_unreadable_of_many.hl7": {
        "content": ALL_ADT + b"MSH\n" + short(30), "records": {"measures": A_DAY}, "read": 16, "rejects": {"unreadable": 1},
    },
    # --- invalid: FHIR
    "invalid/not_an_emergency.json": {
        "content": bundle(encounter(1, **{"class": {"code": "AMB"}})), "read": 1, "notices": {"dropped_personal": 1, "not_used": 1},
    },
    "invalid/cancelled.json": {"content": bundle(encounter(1, status="cancelled")), "read": 1, "notices": {"dropped_personal": 1, "not_used": 1}},
    "invalid/unknown_status.json": {"content": bundle(encounter(1, status="MORVANDIAU")), "read": 1, "rejects": {"unknown_code": 1}, "notices": {"dropped_personal": 1}},
    "invalid/no_class.json": {"content": bundle(encounter(1, **{"class": None})), "read": 1, "rejects": {"missing_required": 1}, "notices": {"dropped_personal": 1}},
    "invalid/no_period.json": {"content": bundle(encounter(1, period=None)), "read": 1, "rejects": {"missing_required": 1}, "notices": {"dropped_personal": 1}},
    "invalid/day_only.json": {"content": bundle(encounter(1, period={"start": "2026-11-22"})), "read": 1, "rejects": {"bad_time": 1}, "notices": {"dropped_personal": 1}},
    "invalid/no_zone.json": {"content": bundle(encounter(1, period={"start": "2026-11-22T10:00:00"})), "read": 1, "rejects": {"naive_time": 1}, "notices": {"dropped_personal": 1}},
    "invalid/no_provider.json": {"content": bundle(encounter(1, serviceProvider=None)), "read": 1, "rejects": {"missing_required": 1}, "notices": {"dropped_personal": 1}},
    "invalid/no_id.json": {"content": bundle(encounter(1, id=None)), "read": 1, "rejects": {"missing_required": 1}, "notices": {"dropped_personal": 1}},
    "invalid/entry_of_nothing.json": {"content": bundle({}, {"resourceType": "Observation"}), "notices": {"not_used": 2}},
    # --- invalid: counts
    "invalid/counts_small.json": {
        "content": counts([figure("arrivals", [0, 24, 40]), figure("arrivals.by_police", [0, 24, 7])]), "records": {"measures": 24}, "read": 2,
        "rejects": {"group_too_small": 1},
    },
    "invalid/counts_complement.json": {"content": counts([figure("arrivals", [0, 24, 40]), figure("admissions", [0, 24, 33])]), "rejects": {"group_too_small": 1}},
    "invalid/counts_parts_exceed.json": {"content": counts([figure("arrivals", [0, 24, 40]), figure("admissions", [0, 24, 41])]), "rejects": {"bad_row": 1}},
    "invalid/counts_metric_twice.json": {"content": counts([figure("arrivals", [0, 24, 40]), figure("arrivals", [0, 24, 52])]), "rejects": {"bad_row": 1}},
    "invalid/counts_overlap.json": {"content": counts([figure("arrivals", [0, 8, 31], [7, 9, 12])]), "read": 1, "rejects": {"bad_row": 1}},
    "invalid/counts_past_midnight.json": {"content": counts([figure("arrivals", [20, 26, 31])]), "read": 1, "rejects": {"bad_row": 1}},
    "invalid/counts_fraction.json": {"content": counts([figure("arrivals", [0, 24, 31.5])]), "read": 1, "rejects": {"bad_number": 1}},
    "invalid/counts_huge.json": {"content": counts([figure("arrivals", [0, 24, 10**300])]), "read": 1, "rejects": {"bad_number": 1}},
    "invalid/counts_other_metric.json": {"content": counts([{"metric": "MORVANDIAU", "slots": [[0, 24, 31]]}]), "read": 1, "rejects": {"unknown_metric": 1}},
    "invalid/counts_no_slots.json": {"content": counts([{"metric": "health.arrivals"}]), "read": 1, "rejects": {"missing_required": 1}},
    "invalid/counts_bad_day.json": {"content": counts(day="22/11/2026"), "read": 1, "rejects": {"bad_time": 1}},
    "invalid/counts_today.json": {"content": counts(day="2026-11-23"), "read": 1, "rejects": {"time_in_future": 1}},
    "invalid/counts_next_version.json": {"content": counts(version=2), "rejects": {"unknown_version": 1}},
    "invalid/counts_made_tomorrow.json": {"content": counts(made_at="2026-11-24T03:00:00Z"), "rejects": {"time_in_future": 1}},
    "invalid/counts_no_zone.json": {"content": counts(made_at="2026-11-23T03:00:00"), "rejects": {"naive_time": 1}},
    "invalid/counts_no_site.json": {"content": counts(site="chez MORVANDIAU"), "rejects": {"missing_required": 1}},
    "invalid/counts_with_a_patient.json": {
        "content": counts(patient="Clotilde MORVANDIAU"), "records": {"measures": 24}, "read": 1, "notices": {"unmapped_column": 1},
    },
    "invalid/visit_number.hl7": {"content": short(778899, arrived="x"), "read": 1, "rejects": {"bad_time": 1}},
}  # fmt: skip

CASES["invalid/patients_in_a_city.xml"] = {
    "content": rpu(*crowd(11)),
    "rejects": {"no_legal_grant": 1},
}
for name, case in CASES.items():
    if name != "invalid/patients_in_a_city.xml":
        asked = dict(case.get("context", {}))
        case["context"] = {**asked, "options": {"at_hospital": True, **asked.get("options", {})}}
