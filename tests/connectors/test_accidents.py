"""What is peculiar to the register of accidents: two forms of a year, people only counted."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

NAME = "accidents"
SAMPLES = Path(__file__).parent / "samples" / NAME
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(("202300000001", "202300000002", "202300000003", "209900000000")),
        st.sampled_from(("1", "2", "3", "4")),
        st.sampled_from(("1", "2", "3", "4", "-1", "")),
    ),
    min_size=1,
    max_size=20,
)


@pytest.fixture(scope="module")
def cases():
    spec = importlib.util.spec_from_file_location(f"{NAME}_cases", SAMPLES / "cases.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def fact(lab, cases):
    def make(form="new", **changes):
        content = (
            cases.year(cases.new(**changes))
            if form == "new"
            else cases.old_year(cases.old(**changes))
        )
        outcome = lab.run(NAME, content)
        assert outcome.rejected == {}
        return outcome.records["facts"][0]

    return make


def test_an_accident_is_an_instant_of_local_time_observed_by_a_partner(fact):
    found = fact()

    assert found["earliest_at"] == found["latest_at"] == datetime(2023, 3, 7, 13, 5, tzinfo=UTC)
    assert (found["kind"], found["severity"], found["quantity"]) == (
        "road.accident.injury", None, None,
    )  # fmt: skip
    assert (found["basis"], found["discovered_by"], found["status"]) == (
        "observed", "partner", "closed",
    )  # fmt: skip


@pytest.mark.parametrize(("hour", "clock"), [("1405", (13, 5)), ("905", (8, 5)), ("45", (23, 45))])
def test_the_old_form_writes_hours_as_numbers(fact, hour, clock):
    at = fact("old", hrmn=hour)["earliest_at"]

    assert (at.year, at.hour, at.minute) == (2016, *clock)


def test_an_accident_without_an_hour_is_the_whole_day(fact):
    found = fact(hrmn="")

    assert (found["latest_at"] - found["earliest_at"]).total_seconds() > 86_000


@pytest.mark.parametrize(
    ("form", "lat", "long", "expected"),
    [
        ("new", "43,2901000", "5,3790000", (5.379, 43.2901)),
        ("new", "-21,115", "55,536", (55.536, -21.115)),
        ("old", "4329010", "0537900", (5.379, 43.2901)),
        ("old", "4329010.00", "537900.00", (5.379, 43.2901)),
        ("old", "-2111500", "5553600", (55.536, -21.115)),
        ("old", "4885000", "-152000", (-1.52, 48.85)),
        ("old", "0", "0", (None, None)),
        ("old", "", "", (None, None)),
    ],
)
def test_degrees_are_read_in_each_of_their_forms(fact, form, lat, long, expected):
    found = fact(form, lat=lat, long=long)

    assert (found["lon"], found["lat"]) == expected


def test_metres_of_lambert_93_become_degrees(fact):
    found = fact(lat="6246123", long="893456")

    assert found["lon"] == pytest.approx(5.389, abs=0.01)
    assert found["lat"] == pytest.approx(43.288, abs=0.01)


@pytest.mark.parametrize(
    ("form", "dep", "com", "commune"),
    [
        ("new", "13", "13055", "13055"), ("new", "2A", "2A004", "2A004"),
        ("old", "130", "55", "13055"), ("old", "201", "4", "2A004"),
        ("old", "10", "53", "01053"), ("old", "971", "101", "97101"),
    ],
)  # fmt: skip
def test_a_commune_has_its_national_code(fact, form, dep, com, commune):
    assert dict(fact(form, dep=dep, com=com)["attributes"])["commune"] == commune


def test_codes_that_say_nothing_are_left_out(fact):
    kept = dict(fact(lum="-1", atm="-1", col="-1", int="0")["attributes"])

    assert set(kept) == {"built_up", "commune"}


def test_people_are_counted_for_each_accident_and_make_its_severity(lab, cases):
    found = lab.run(NAME, cases.FOUR).records["facts"]
    told = [(one["kind"], one["severity"], one["quantity"]) for one in found]

    assert told == [
        ("road.accident.fatal", 5, 1.0),
        ("road.accident.severe", 4, 2.0),
        ("road.accident.injury", 3, 1.0),
    ]
    assert dict(found[0]["attributes"])["pedestrians"] == "1"
    assert dict(found[1]["attributes"])["bicycles"] == "1"


@given(people=PEOPLE)
def test_the_counts_are_those_of_the_table_and_nothing_else_of_it_remains(lab, cases, people):
    content = cases.packed(
        caract__2023=cases.year(cases.ONE, cases.TWO, cases.THREE),
        usagers__2023=cases.people(*people),
    )
    outcome = lab.run(NAME, content)
    killed = Counter(accident for accident, _, outcome_code in people if outcome_code == "2")

    for one in outcome.records["facts"]:
        assert dict(one["attributes"])["killed"] == str(killed[one["source_ref"]])
        assert (one["severity"] == 5) == bool(killed[one["source_ref"]])
    assert outcome.noticed["dropped_personal"] == len(people)
    said = f"{outcome.records}{outcome.notices}{outcome.rejects}"
    said += "".join(chunk.raw(0).decode() for chunk in outcome.chunks if len(chunk.rows))
    assert [value for value in cases.PERSONAL if value in said] == []


def test_what_may_go_to_quarantine_holds_the_counts_and_gives_the_same_again(lab, cases):
    chunk = next(chunk for chunk in lab.run(NAME, cases.FOUR).chunks if len(chunk.rows))
    raw = chunk.raw(0)

    assert json.loads(raw)[0]["tues"] == "1"
    assert lab.run(NAME, raw).records["facts"] == chunk.table.slice(0, 1).to_pylist()


def test_the_order_of_the_members_does_not_matter(lab, cases):
    members = {
        "usagers__2023": cases.PEOPLE, "caract__2023": cases.year(cases.ONE, cases.TWO),
        "vehicules__2023": cases.vehicles(("202300000001", "80")),
    }  # fmt: skip
    told = [
        lab.run(NAME, cases.packed(**{name: members[name] for name in order})).records
        for order in (sorted(members), sorted(members, reverse=True))
    ]

    assert told[0] == told[1]


def test_the_caps_of_archives_hold(lab, cases):
    assert lab.run(NAME, cases.FOUR, max_archive_files=3).rejected == {"archive_bomb": 1}
    assert lab.run(NAME, cases.FOUR, max_archive_bytes=100).rejected == {"archive_bomb": 1}
