"""What is peculiar to vehicles in motion: plates, clocks, occupancy, messages cut short."""

from __future__ import annotations

import importlib.util
import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.intake.tabular.wire import messages


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "gtfs_realtime" / "cases.py"
    spec = importlib.util.spec_from_file_location("rt_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_position_becomes_a_means(lab, cases):
    outcome = lab.run(
        "gtfs_realtime", cases.message(cases.vehicle(position__speed=10.0, position__bearing=45.0))
    )
    (found,) = outcome.records["means"]

    assert found["unit_ref"] == "V1"
    assert found["label"] == "M1"
    assert found["at"] == datetime(2026, 11, 23, 8, 59, 50, tzinfo=UTC)
    assert (found["lon"], found["lat"]) == pytest.approx((5.3745, 43.2955), abs=1e-5)
    assert found["speed_kmh"] == pytest.approx(36.0)
    assert found["heading_deg"] == 45.0
    assert found["status"] == "engaged"
    assert dict(found["attributes"]) == {"route": "M1", "trip": "trip-V1"}


def test_speed_and_occupancy_are_measures_where_the_vehicle_is(lab, cases):
    outcome = lab.run(
        "gtfs_realtime",
        cases.message(cases.vehicle(position__speed=10.0, occupancy_percentage=140)),
    )
    found = {
        m["metric"]: (m["value"], m["unit"], m["quality"]) for m in outcome.records["measures"]
    }

    assert found["transport.speed"] == (pytest.approx(36.0), "km/h", "good")
    assert found["transport.occupancy"] == (140.0, "%", "good")
    places = {(m["lon"], m["lat"]) for m in outcome.records["measures"]}
    assert places == {(outcome.records["means"][0]["lon"], outcome.records["means"][0]["lat"])}


def test_a_class_of_occupancy_is_an_estimate(lab):
    outcome = lab.sample("gtfs_realtime", "valid/occupancy_status.pb")

    assert [(m["value"], m["quality"]) for m in outcome.records["measures"]] == [
        (90.0, "estimated")
    ]


def test_the_kind_follows_the_route_when_the_feed_says_how(lab, cases):
    options = {
        "kinds": {"M": "means.transport.metro", "M1": "means.transport.tram", "B": "nonsense"}
    }
    outcome = lab.run(
        "gtfs_realtime",
        cases.message(
            cases.vehicle(),
            cases.vehicle("V2", trip__route_id="M2"),
            cases.vehicle("V3", trip__route_id="B7"),
            cases.vehicle("V4", trip__route_id=""),
        ),
        options=options,
    )

    assert [m["kind"] for m in outcome.records["means"]] == [
        "means.transport.tram", "means.transport.metro", "means.transport", "means.transport",
    ]  # fmt: skip


def test_a_delay_stands_at_the_stop_of_the_timetable(lab, cases):
    content = cases.message(cases.trip(stops=[("P1", 120), ("P2", 300)]))
    outcome = lab.run("gtfs_realtime", content, options={"static_source": "rtm"})
    (found,) = outcome.records["measures"]

    assert (found["metric"], found["value"], found["unit"]) == ("transport.delay", 120.0, "s")
    assert found["place_id"] == record_id("rtm", "P1")


def test_the_same_snapshot_twice_has_the_same_references(lab, cases):
    first, second = (lab.run("gtfs_realtime", cases.GOOD) for _ in range(2))

    assert [m["source_ref"] for m in first.records["means"]] == [
        m["source_ref"] for m in second.records["means"]
    ]


def test_a_vehicle_that_moved_is_another_state_of_the_same_unit(lab, cases):
    first, second = (
        lab.run("gtfs_realtime", cases.message(cases.vehicle(timestamp=cases.NOW + n))).records[
            "means"
        ][0]
        for n in (0, 15)
    )

    assert first["unit_ref"] == second["unit_ref"]
    assert first["source_ref"] != second["source_ref"]


@pytest.mark.parametrize("plate", ["GA-123-ZZ", "ga123zz", "ZY 987 XW", "1234 AB 13", "987-ZZZ-13"])
def test_a_plate_as_identifier_is_replaced_by_a_hash(lab, cases, plate):
    outcome = lab.run("gtfs_realtime", cases.message(cases.vehicle(plate)))
    (found,) = outcome.records["means"]

    assert found["unit_ref"] == record_id("gtfs_realtime", plate)
    assert outcome.noticed == {"dropped_personal": 1}


@pytest.mark.parametrize("name", ["M1-0-SEM-142", "4711", "RTM:VEH:12", "bus 12"])
def test_an_identifier_that_is_no_plate_is_kept(lab, cases, name):
    (found,) = lab.run("gtfs_realtime", cases.message(cases.vehicle(name))).records["means"]

    assert found["unit_ref"] == name


@given(st.integers(1, 400))
def test_a_message_cut_anywhere_gives_its_whole_entities(lab, cases, cut):
    whole = lab.run("gtfs_realtime", cases.GOOD).records["means"]
    kept = max(1, len(cases.GOOD) - cut)
    between = set(itertools.accumulate(len(part.raw) for part in messages(cases.GOOD)))
    outcome = lab.run("gtfs_realtime", cases.GOOD[:kept])
    found = outcome.records.get("means", [])

    assert found == whole[: len(found)]
    assert len(found) < len(whole)
    assert outcome.rejects or kept in between  # cut between entities, nothing shows


@given(st.binary(max_size=200))
def test_the_parts_of_any_bytes_make_up_the_bytes(data):
    parts = list(messages(data))

    assert b"".join(part.raw for part in parts) == data
    assert all(part.whole for part in parts[:-1])


def test_an_alert_is_a_fact_while_it_runs_and_a_plan_before(lab):
    outcome = lab.sample("gtfs_realtime", "valid/alerts.pb")
    facts = {fact["source_ref"]: fact for fact in outcome.records["facts"]}
    (plan,) = outcome.records["plans"]

    assert {ref: fact["kind"] for ref, fact in facts.items()} == {
        "alert/A1": "road.transit.detour",
        "alert/A3": "road.transit.detour",
        "alert/A4": "road.transit.incident",  # police activity outweighs the effect
    }
    assert facts["alert/A1"]["earliest_at"] == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert facts["alert/A1"]["severity"] == 4
    assert dict(facts["alert/A1"]["attributes"]) == {
        "lines": "21,M1", "stops": "P1", "cause": "construction", "effect": "detour",
        "until": "2026-11-23T10:00:00Z",
    }  # fmt: skip
    assert facts["alert/A3"]["earliest_at"] == lab.now  # says no period: it holds when shown
    assert (plan["kind"], plan["title"]) == (
        "event.transport.service_change",
        "Déviation de ligne : 21",
    )
    assert plan["starts_at"] == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert plan["ends_at"] == datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def test_the_public_text_goes_to_the_narratives_in_the_city_s_language(lab, cases):
    content = cases.message(cases.alert("A1"), cases.alert("A2", (3_600, 7_200)))
    french, english = (
        lab.run("gtfs_realtime", content, language=language) for language in ("fr", "en")
    )

    assert french.texts == ["Rue barrée"]  # a plan has no narrative
    assert english.texts == ["Road closed"]
    assert "barrée" not in str(french.records)
    assert english.records["plans"][0]["title"] == "Line detour: 21"


@given(
    st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), max_size=4),
    st.integers(0, 400),
)
def test_a_later_message_amends_an_alert_whatever_the_order(lab, cases, periods, later):
    """The highest revision wins: it is that of the message's own time."""
    first, second = (
        lab.run("gtfs_realtime", cases.message(cases.alert("A1", *periods), at=cases.NOW + seconds))
        for seconds in (0, later)
    )
    revisions = [
        [row["revision"] for kind in ("facts", "plans") for row in one.records.get(kind, [])]
        for one in (first, second)
    ]

    assert all(len(one) <= 1 for one in revisions)
    if all(revisions):
        assert revisions[1][0] - revisions[0][0] == later


@pytest.mark.parametrize(
    ("name", "records", "notices"),
    [
        ("vehicle_position.pb", {"means": 1}, {"no_timestamp": 1}),
        (
            "vehicle-position-pre-occupancy-defaults-no-occupancy.pb",
            {"means": 1},
            {"no_timestamp": 1},
        ),
        ("bibus-brest-gtfs-rt-alerts.pb", {"facts": 9, "plans": 3}, {"clock_skew": 1}),
        ("otp_mmri/3b.pb", {"measures": 2}, {"clock_skew": 1}),
        ("otp_mmri/3c.pb", {"measures": 1}, {"clock_skew": 1}),
    ],
)
def test_the_shared_messages_are_read(lab, shared_dir, name, records, notices):
    content = (shared_dir / "data" / "messages" / "gtfs_rt" / name).read_bytes()

    outcome = lab.run("gtfs_realtime", content)

    assert outcome.counts == records
    assert outcome.rejected == {}
    assert outcome.noticed == notices


def test_a_name_that_is_no_utf8_is_marked_and_its_neighbours_are_in(lab, cases):
    """proto2 hands such a field over as bytes; a fuzzed sample found it."""
    good = cases.message(cases.vehicle())
    outcome = lab.run("gtfs_realtime", good.replace(b"M1", b"\x801"))

    assert [found["label"] for found in outcome.records["means"]] == ["\ufffd1"]
