"""What is peculiar to shared bikes: versions, languages, duplicates, and no bike followed."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / "gbfs" / "cases.py"
    spec = importlib.util.spec_from_file_location("gbfs_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def values(outcome) -> dict[tuple[str, str], tuple[float, str]]:
    return {
        (m["metric"], m["source_ref"].split("/")[1].split("@")[0]): (m["value"], m["quality"])
        for m in outcome.records.get("measures", [])
    }


def test_a_station_is_a_place_with_its_capacity(lab):
    first, second, third = lab.sample("gbfs", "valid/station_information.json").records["places"]

    assert (first["source_ref"], first["kind"], first["label"]) == (
        "1", "place.station.bike", "Station 1",
    )  # fmt: skip
    assert (first["lon"], first["lat"], first["capacity"]) == (5.3745, 43.2955, 20.0)
    assert dict(second["attributes"]) == {"region": "centre"}
    assert third["capacity"] is None


def test_a_name_is_taken_in_the_city_s_language(lab):
    content = (lab.samples / "gbfs" / "valid" / "station_information_v3.json").read_bytes()
    french, english, german = (
        [place["label"] for place in lab.run("gbfs", content, language=language).records["places"]]
        for language in ("fr", "en", "de")
    )

    assert french == ["Vieux-Port", "Joliette"]
    assert english == ["Old Port", "Joliette"]
    assert german == ["Vieux-Port", "Joliette"]  # the first that is given


def test_bikes_and_docks_stand_at_the_place_that_was_stored(lab):
    outcome = lab.sample("gbfs", "valid/station_status.json")

    assert values(outcome) == {
        ("transport.bikes_available", "1"): (5.0, "good"),
        ("transport.docks_available", "1"): (15.0, "good"),
        ("transport.bikes_available", "2"): (5.0, "good"),  # without docks: none to count
        ("transport.bikes_available", "3"): (5.0, "suspect"),  # there, and not for rent
        ("transport.docks_available", "3"): (15.0, "good"),
    }
    assert outcome.records["measures"][0]["place_id"] == record_id("gbfs", "1")
    assert outcome.records["measures"][0]["from_at"] == datetime(
        2026, 11, 23, 8, 59, 30, tzinfo=UTC
    )


def test_the_stations_may_have_come_by_another_feed(lab, cases):
    outcome = lab.run("gbfs", cases.STATES, options={"static_source": "velos"})

    assert outcome.records["measures"][0]["place_id"] == record_id("velos", "1")


def test_versions_1_2_and_3_say_the_same(lab, cases):
    second = lab.run("gbfs", cases.gbfs(stations=[cases.state("1")])).records
    third = lab.run("gbfs", cases.gbfs("3.0", stations=[cases.state3("1")])).records
    first = lab.run(
        "gbfs",
        cases.gbfs(None, stations=[cases.state("1", is_renting=1, is_returning=1)]),
    ).records

    assert first == second == third


def test_of_a_station_listed_twice_the_latest_state_counts(lab):
    outcome = lab.sample("gbfs", "invalid/duplicate_states.json")

    assert values(outcome)["transport.bikes_available", "1"] == (5.0, "good")


def test_of_a_place_listed_twice_the_first_counts(lab):
    outcome = lab.sample("gbfs", "invalid/duplicate_places.json")

    assert [place["lat"] for place in outcome.records["places"]] == [43.2955, 43.2955]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 40)), max_size=8)
)
def test_duplicates_leave_one_state_a_station_and_no_order_matters_but_among_equals(
    lab, cases, states
):
    told = [
        cases.state(name, last_reported=cases.NOW - age, num_bikes_available=bikes)
        for name, age, bikes in states
    ]
    outcome = lab.run("gbfs", cases.gbfs(stations=told))
    found = {
        ref: value for (metric, ref), (value, _) in values(outcome).items() if "bikes" in metric
    }

    latest = {}
    for name, age, bikes in states:
        if name not in latest or age < latest[name][0]:
            latest[name] = (age, bikes)
    assert found == {name: float(bikes) for name, (_, bikes) in latest.items()}
    assert outcome.noticed.get("duplicate_row", 0) == len(states) - len(latest)


def test_a_state_received_twice_has_the_same_references(lab, cases):
    first, second = (
        lab.run("gbfs", cases.gbfs(at=cases.NOW + shift, stations=[cases.state("1")]))
        for shift in (0, 60)
    )

    assert first.records == second.records


@pytest.mark.parametrize("sample", ["free_bikes.json", "free_vehicles_v3.json"])
def test_no_single_bike_is_ever_kept(lab, sample):
    """Following a bike is following who rides it: not even the quarantine holds it."""
    outcome = lab.sample("gbfs", f"invalid/{sample}")

    assert outcome.counts == {}
    assert outcome.rejects == []
    assert outcome.noticed == {"dropped_personal": 1, "not_used": 1}


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["stations", "feeds", "station_id", "name", "lat", "lon", "bikes",
                         "num_bikes_available", "last_reported", "version", "data"]), inner),
    max_leaves=12,
))  # fmt: skip
def test_no_json_escapes(lab, data):
    content = json.dumps({"version": "2.3", "last_updated": 0, "data": data}).encode()

    outcome = lab.run("gbfs", content)

    assert outcome.counts.keys() <= {"places", "measures"}
