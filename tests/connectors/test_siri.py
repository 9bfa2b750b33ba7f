"""What is peculiar to SIRI: envelopes, prefixes, durations, versions of situations, journeys."""

from __future__ import annotations

import importlib.util
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.connectors import siri as connector
from vigie.model.taxonomy import TAXONOMY


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "siri" / "cases.py"
    spec = importlib.util.spec_from_file_location("siri_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


# --- Vehicles -----------------------------------------------------------------------------------


def test_a_vehicle_becomes_a_means_and_its_measures(lab):
    outcome = lab.sample("siri", "valid/vehicles.xml")
    first, second = outcome.records["means"]
    measures = {
        (m["metric"], m["source_ref"].split("/")[1].split("@")[0]): (m["value"], m["quality"])
        for m in outcome.records["measures"]
    }

    assert (first["unit_ref"], first["label"], first["kind"]) == ("V1", "M1", "means.transport")
    assert first["at"] == at(2026, 11, 23, 8, 59, 50)
    assert (first["lon"], first["lat"]) == (5.3745, 43.2955)
    assert (first["heading_deg"], first["speed_kmh"]) == (45.0, 36.0)
    assert dict(first["attributes"]) == {
        "route": "M1", "trip": "course-V1", "direction": "aller",
        "valid_until": "2026-11-23T09:01:00Z",
    }  # fmt: skip
    assert second["kind"] == "means.transport.bus"  # its mode says so
    assert measures == {
        ("transport.delay", "V1"): (150.0, "good"),
        ("transport.occupancy", "V1"): (60.0, "estimated"),
        ("transport.delay", "V2"): (-40.0, "good"),
        ("transport.delay", "V3"): (0.0, "suspect"),  # the source doubts it, and has no position
    }


def test_the_feed_may_say_which_kind_serves_a_line(lab, cases):
    outcome = lab.run(
        "siri",
        cases.vehicles(cases.vehicle(VehicleMode="bus"), cases.vehicle("V2", LineRef="21")),
        options={"kinds": {"M": "means.transport.metro"}},
    )

    assert [m["kind"] for m in outcome.records["means"]] == [
        "means.transport.metro",
        "means.transport",
    ]


def test_a_position_may_have_its_own_time(lab, cases):
    own = cases.vehicle(LocationRecordedAtTime="2026-11-23T09:59:30+01:00")
    (found,) = lab.run("siri", cases.vehicles(own)).records["means"]

    assert found["at"] == at(2026, 11, 23, 8, 59, 30)


def test_a_time_without_a_zone_is_that_of_the_city(lab, cases):
    (found,) = lab.run("siri", cases.vehicles(cases.vehicle(at="2026-11-23T09:59:30"))).records[
        "means"
    ]

    assert found["at"] == at(2026, 11, 23, 8, 59, 30)


def test_a_plate_as_identifier_is_replaced_by_a_hash(lab, cases):
    (found,) = lab.sample("siri", "invalid/plate_as_vehicle.xml").records["means"]

    assert found["unit_ref"] == record_id("siri", cases.PERSONAL[0])


def test_a_text_where_a_line_should_stand_goes_nowhere(lab, cases):
    (found,) = lab.sample("siri", "invalid/text_as_line.xml").records["means"]

    assert found["label"] is None
    assert "route" not in dict(found["attributes"])


# --- Envelopes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "siri", "s2", "ns1"])
@pytest.mark.parametrize(
    "envelope",
    [None, "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"],
)
def test_prefixes_and_envelopes_change_nothing(lab, cases, prefix, envelope):
    plain = cases.GOOD.split(b"\n", 1)[1].decode()
    expected = lab.run("siri", cases.GOOD).records
    if prefix:
        plain = plain.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:")
        plain = plain.replace(f"<{prefix}:/{prefix}:", f"</{prefix}:")
        plain = plain.replace(" xmlns=", f" xmlns:{prefix}=")
    content = plain.encode() if envelope is None else cases.soap(plain, envelope)

    assert lab.run("siri", content).records == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-15"])
def test_the_declared_encoding_is_read(lab, cases, encoding):
    told = cases.situations(cases.situation(Summary="Grève à l'arrêt")).decode()
    content = told.replace("UTF-8", encoding).encode(encoding)

    assert lab.run("siri", content).texts == ["Grève à l'arrêt"]


def test_json_and_xml_of_a_message_give_the_same(lab, cases):
    fields = {"Delay": "PT1M", "DirectionRef": None, "FramedVehicleJourneyRef": None}
    activity = cases.vehicle(**fields).replace(
        cases.tag("ValidUntilTime", "2026-11-23T09:01:00Z"), ""
    )
    xml = lab.run("siri", cases.vehicles(activity))

    assert lab.sample("siri", "valid/lite.json").records == xml.records


# --- Situations ---------------------------------------------------------------------------------


def test_a_disruption_now_is_a_fact_and_an_announced_one_a_plan(lab):
    outcome = lab.sample("siri", "valid/situations.xml")
    facts = {fact["source_ref"].split("/")[-1]: fact for fact in outcome.records["facts"]}
    (plan,) = outcome.records["plans"]

    assert {ref: fact["kind"] for ref, fact in facts.items()} == {
        "S1": "road.transit.cancellation",
        "S3": "road.transit.incident",
        "S4": "road.transit.access",
        "R1": "road.transit.disruption",
    }
    assert (facts["S1"]["lon"], facts["S1"]["lat"], facts["S1"]["severity"]) == (
        5.3745, 43.2955, 4,
    )  # fmt: skip
    assert facts["S1"]["earliest_at"] == at(2026, 11, 23, 8)
    assert dict(facts["S1"]["attributes"]) == {
        "lines": "M1", "stops": "P1", "cause": "roadworks", "effect": "noService",
        "until": "2026-11-23T12:00:00Z",
    }  # fmt: skip
    assert plan["kind"] == "event.transport.service_change"
    assert plan["title"] == "Déviation de ligne : 21, 49"
    assert (plan["starts_at"], plan["ends_at"]) == (at(2026, 12, 1, 20), at(2026, 12, 3, 4))
    assert dict(plan["attributes"])["periods"] == "2"
    assert "barrée" not in str(outcome.records)
    assert outcome.texts.count("Rue barrée") == 4


def test_the_name_of_a_stop_is_handed_to_the_kit_to_locate(lab):
    outcome = lab.sample("siri", "valid/situations.xml")
    (chunk,) = [chunk for chunk in outcome.chunks if chunk.kind == "facts"]

    assert chunk.place_name.to_pylist() == ["Vieux-Port", None, None, None]


def test_a_planned_situation_is_a_plan_even_when_it_has_begun(lab, cases):
    outcome = lab.run("siri", cases.situations(cases.situation(Planned="true")))

    assert outcome.counts == {"plans": 1}


@pytest.mark.parametrize(
    ("start", "planned", "kind"),
    [
        ("2026-11-23T08:10:00Z", None, "facts"),  # told at 8:05: rounded up, and going on
        ("2026-11-23T09:05:00Z", None, "facts"),
        ("2026-11-23T09:06:00Z", None, "plans"),
        ("2026-11-23T10:00:00Z", "false", "facts"),
        ("2026-11-24T08:06:00Z", "false", "plans"),
    ],
)
def test_what_starts_within_the_hour_or_is_not_planned_is_a_fact(lab, cases, start, planned, kind):
    told = cases.situation("S1", cases.period(start, None), Planned=planned)

    assert lab.run("siri", cases.situations(told)).counts == {kind: 1}


@pytest.mark.parametrize(
    "order",
    list(itertools.permutations([(1, None, "open"), (2, 30, "published"), (2, 45, "closed")])),
)
def test_versions_give_the_same_state_in_any_order(lab, cases, order):
    """Each told by a message of its own; the highest revision wins."""
    best = {}
    for version, minute, progress in order:
        told = cases.situation(
            Version=str(version),
            Progress=progress,
            VersionedAtTime=None if minute is None else f"2026-11-23T08:{minute}:00Z",
        )
        for fact in lab.run("siri", cases.situations(told)).records["facts"]:
            held = best.get(fact["source_ref"])
            if held is None or fact["revision"] > held["revision"]:
                best[fact["source_ref"]] = fact

    assert [fact["status"] for fact in best.values()] == ["closed"]


@given(
    st.lists(
        st.tuples(st.integers(0, 3_000), st.integers(0, 9_999), st.booleans()),
        min_size=2,
        max_size=2,
    )
)
def test_a_revision_grows_with_time_then_version_then_closing(lab, cases, told):
    revisions = []
    for minutes, version, closed in told:
        stamp = (at(2026, 11, 20) + timedelta(minutes=minutes)).isoformat()
        content = cases.situations(
            cases.situation(
                Version=str(version),
                VersionedAtTime=stamp,
                Progress="closed" if closed else "open",
            )
        )
        revisions.append(lab.run("siri", content).records["facts"][0]["revision"])

    assert (revisions[0] > revisions[1]) == (told[0] > told[1])
    assert revisions[0] < 1 << 63


def test_the_time_of_receipt_changes_nothing_about_a_situation(lab, cases):
    content = cases.situations(cases.situation(), cases.AHEAD)
    early, late = (lab.run("siri", content, now=at(2026, 11, day)) for day in (23, 30))

    assert early.records == late.records


def test_a_plan_closed_before_its_start_is_cancelled_and_one_closed_later_ends_then(lab, cases):
    (cancelled,) = lab.sample("siri", "invalid/closed_before_its_start.xml").records["plans"]
    over = cases.AHEAD.replace("published", "closed").replace(
        "<ParticipantRef>",
        "<VersionedAtTime>2026-12-02T12:00:00Z</VersionedAtTime><ParticipantRef>",
    )
    (ended,) = lab.run("siri", cases.situations(over)).records["plans"]

    assert cancelled["state"] == "cancelled"
    assert (ended["state"], ended["ends_at"]) == ("declared", at(2026, 12, 2, 12))


def test_an_end_that_nobody_knows_is_a_day_and_says_so(lab):
    (plan,) = lab.sample("siri", "invalid/open_end.xml").records["plans"]

    assert plan["ends_at"] - plan["starts_at"] == timedelta(days=1)
    assert dict(plan["attributes"])["open_end"] == "true"


def test_the_public_text_is_taken_in_the_city_s_language(lab, cases):
    texts = (
        cases.tag("Summary", "Ligne coupée", xml__lang="FR")
        + cases.tag("Summary", "Line cut", xml__lang="en-GB")
        + cases.tag("Description", "Prenez le tram", xml__lang="FR")
    )
    content = cases.situations(cases.situation("S1", cases.period(), texts, Summary=None))

    assert lab.run("siri", content).texts == ["Ligne coupée\nPrenez le tram"]
    assert lab.run("siri", content, language="en").texts == ["Line cut\nPrenez le tram"]


def test_every_code_of_the_lists_means_a_kind():
    kinds = {*connector._CAUSES.values(), *connector._CONDITIONS.values()}

    assert all(kind in TAXONOMY and kind.startswith("road.transit") for kind in kinds)
    assert all(kind in TAXONOMY for kind in connector._LISTS["modes"].values())
    for name in ("causes", "conditions"):
        listed = [code for codes in connector._LISTS[name].values() for code in codes]
        assert len(listed) == len(set(listed)), f"a code of {name} stands twice"


# --- Journeys and stops ---------------------------------------------------------------------------


def test_a_journey_is_as_late_as_its_next_call_says(lab):
    outcome = lab.sample("siri", "valid/timetable.xml")
    first, second = outcome.records["measures"]

    assert (first["value"], first["place_id"]) == (120.0, record_id("gtfs", "P1"))
    assert (second["value"], second["place_id"]) == (-30.0, record_id("gtfs", "P2"))
    assert first["from_at"] == at(2026, 11, 23, 8, 59)


def test_a_cancelled_journey_is_a_fact_at_its_departure(lab):
    (fact,) = lab.sample("siri", "valid/timetable.xml").records["facts"]

    assert fact["kind"] == "road.transit.cancellation"
    assert fact["earliest_at"] == at(2026, 11, 23, 10, 10)
    assert dict(fact["attributes"])["stops"] == "P1,P2"


def test_a_stop_says_how_late_a_journey_is_there(lab):
    outcome = lab.run(
        "siri",
        (lab.samples / "siri" / "valid" / "stops.xml").read_bytes(),
        options={"static_source": "rtm"},
    )

    assert {m["value"] for m in outcome.records["measures"]} == {180.0, 60.0}
    assert {m["place_id"] for m in outcome.records["measures"]} == {record_id("rtm", "P1")}


@given(
    aimed=st.datetimes(datetime(2026, 11, 22), datetime(2026, 11, 24)),
    late=st.integers(-7_200, 7_200),
)
def test_the_delay_is_expected_minus_aimed_whatever_the_zones(lab, cases, aimed, late):
    told = aimed.replace(microsecond=0)
    stop = cases.tag(
        "MonitoredCall",
        cases.tag("AimedArrivalTime", told.isoformat() + "Z"),
        cases.tag(
            "ExpectedArrivalTime",
            (told + timedelta(seconds=late, hours=-5)).isoformat() + "-05:00",
        ),
    )
    content = cases.siri(cases.delivery("StopMonitoring", cases.visit("21", stop)))

    assert [m["value"] for m in lab.run("siri", content).records["measures"]] == [float(late)]
