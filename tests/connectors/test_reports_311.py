"""What is peculiar to Open311: two languages for one request, kinds by words, whoever reported."""

from __future__ import annotations

import importlib.util
import itertools
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.connectors.reports_311 import KEYWORDS, STATUSES
from vigie.model.contracts import STATUSES as KNOWN_STATUSES
from vigie.model.taxonomy import TAXONOMY

NAME = "reports_311"
SAMPLES = Path(__file__).parent / "samples" / NAME
PUBLIC = tomllib.loads((Path(__file__).parent / "public" / f"{NAME}.toml").read_text("utf-8"))
FOLDER = "ngsi_ld/IssueTracking"
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "Zs", "P")), max_size=40)


@pytest.fixture(scope="module")
def cases():
    spec = importlib.util.spec_from_file_location(f"{NAME}_cases", SAMPLES / "cases.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fact(lab, cases):
    def make(**changes):
        outcome = lab.run(NAME, cases.as_json(cases.request(**changes)))
        assert outcome.rejected == {}
        return outcome.records["facts"][0]

    return make


def test_every_kind_and_every_status_exists():
    assert all(kind in TAXONOMY for kind in KEYWORDS.kinds)
    assert set(STATUSES.values()) <= set(KNOWN_STATUSES)


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("Éclairage public", "space.equipment.light_fault"),
        ("Street Light Out", "space.equipment.light_fault"),
        ("Nids-de-poule", "space.equipment.roadway_fault"),
        ("Dépôts sauvages et encombrants", "space.cleanliness.dumping"),
        ("Propreté : poubelle pleine", "space.cleanliness.litter"),
        ("Graffiti Removal", "offence.property.damage.graffiti"),
        ("Stationnement gênant", "road.parking.obstructive"),
        ("Abandoned Vehicle", "road.parking.wreck"),
        ("Dog fouling", "space.cleanliness.litter"),
        ("Feux tricolores en panne", "road.traffic.signal_fault"),
    ],
)
def test_a_service_becomes_a_kind_by_the_words_of_its_name(fact, service, kind):
    assert fact(service_name=service)["kind"] == kind


def test_the_codes_of_the_feed_go_before_the_words(lab, cases):
    options = {"services": {"A12": "space.animal.found", "B1": "no.such.kind"}}
    content = cases.as_json(
        cases.request(), cases.request(service_request_id="2", service_code="B1")
    )
    outcome = lab.run(NAME, content, options=options)

    assert [one["kind"] for one in outcome.records["facts"]] == ["space.animal.found"]
    assert outcome.rejected == {"unknown_code": 1}


def test_a_request_is_a_report_of_the_public_at_the_instant_it_was_made(fact):
    found = fact()

    assert found["earliest_at"] == found["reported_at"] == datetime(2026, 3, 2, 7, 10, tzinfo=UTC)
    assert (found["discovered_by"], found["basis"], found["status"]) == (
        "public",
        "reported",
        "open",
    )
    assert (found["lon"], found["lat"]) == (5.379, 43.2901)


def test_a_time_without_its_zone_is_that_of_the_city(fact):
    found = fact(requested_datetime="2026-07-02T08:10:00", updated_datetime=None)

    assert found["earliest_at"] == datetime(2026, 7, 2, 6, 10, tzinfo=UTC)


def test_what_is_written_goes_to_the_scrubber_and_nowhere_else(lab, cases):
    request = cases.request(description="Appelez Yolande", status_notes="vu avec Yolande")
    outcome = lab.run(NAME, cases.as_json(request))

    assert outcome.texts == ["Appelez Yolande\nvu avec Yolande"]
    assert "Yolande" not in str(outcome.records)


def test_both_languages_of_a_request_give_the_same(lab, cases):
    in_json = lab.run(NAME, cases.as_json(cases.ONE, cases.TWO))
    in_xml = lab.run(NAME, cases.as_xml(cases.ONE, cases.TWO))

    assert in_json.records == in_xml.records
    assert in_json.texts == in_xml.texts


def test_the_wrapped_forms_give_what_the_plain_one_gives(lab, cases):
    plain = lab.run(NAME, cases.as_json(cases.request()))
    wrapped = lab.run(NAME, json.dumps(cases.ngsi()).encode())

    assert wrapped.records == plain.records


def test_the_last_change_wins_in_whatever_order_the_messages_come(lab, cases):
    told = [
        cases.request(updated_datetime=None),
        cases.request(updated_datetime="2026-03-02T10:00:00+01:00", service_name="Tag"),
        cases.request(updated_datetime="2026-03-02T11:00:00+01:00", status="closed"),
    ]
    for order in itertools.permutations(told):
        found = [
            one
            for request in order
            for one in lab.run(NAME, cases.as_json(request)).records["facts"]
        ]
        assert len({one["source_ref"] for one in found}) == 1
        assert max(found, key=lambda one: one["revision"])["status"] == "closed"


def test_a_server_without_times_of_change_still_closes_what_it_opened(fact):
    opened = fact(updated_datetime=None)
    closed = fact(updated_datetime=None, status="closed")

    assert closed["revision"] > opened["revision"]


@given(first=WORDS, last=WORDS, mail=WORDS, phone=WORDS)
def test_whoever_reported_leaves_no_trace(lab, cases, first, last, mail, phone):
    marked = {
        "first_name": f"¤{first}", "last_name": f"¤{last}", "email": f"¤{mail}",
        "phone": f"¤{phone}", "media_url": "¤picture", "account_id": {"id": "¤"},
        "device_id": ["¤"],
    }  # fmt: skip
    outcome = lab.run(NAME, cases.as_json(cases.request() | marked, {"service_code": "x"} | marked))

    assert outcome.counts == {"facts": 1}
    assert outcome.noticed["dropped_personal"] == 14
    said = f"{outcome.records}{outcome.notices}{outcome.texts}"
    said += "".join(f"{reject.params}{reject.raw.decode()}" for reject in outcome.rejects)
    assert "¤" not in said


def test_the_public_samples_give_what_is_said_of_them(lab, shared_dir):
    root = shared_dir / "data" / "messages"
    files = {
        path.relative_to(root).as_posix(): path
        for path in (root / FOLDER).rglob("*")
        if path.is_file()
    }

    assert set(files) == set(PUBLIC)
    for name, path in files.items():
        expected, outcome = PUBLIC[name], lab.run(NAME, path.read_bytes(), path.name)
        assert outcome.counts == expected.get("records", {}), name
        assert bool(outcome.rejects) == (expected["outcome"] == "refused"), name
        assert ("not_used" in outcome.noticed) == (expected["outcome"] == "not_used"), name
