"""Entries of agents in the street: once each, nowhere finer than a cell, nobody named in the fact.

Requirement: R30.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType

import h3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import Forbidden, WrongUsage
from vigie.base.ids import record_id
from vigie.geo.cells import cell_text
from vigie.geo.gazetteer import Gazetteer
from vigie.intake.tabular.mapping import compile_mapping
from vigie.model.taxonomy import TAXONOMY
from vigie.situation.caller import Caller
from vigie.situation.field_reports import (
    AHEAD_US,
    CATEGORIES,
    CELL_M,
    HOUR_US,
    LATEST_H,
    LONGEST_TEXT,
    MAPPING,
    MOST_ENTRIES,
    SOURCE,
    Entry,
    field_form,
    send_entries,
)
from vigie.situation.home import Home, open_home

OPERATOR = Caller("agathe", "operator", "account-7")
START = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)
CELL = h3.latlng_to_cell(43.2965, 5.3790, 10)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Iterator[Home]:
    path = tmp_path_factory.mktemp("field") / "home"
    made, _ = sample.build(path)
    made.close()
    with open_home(path, clock=FixedClock(START)) as found:
        yield found


def entry(home: Home, **changes: object) -> Entry:
    made = Entry(str(uuid.uuid4()), "road.accident", CELL, now_us(home.clock))
    return replace(made, **changes)  # type: ignore[arg-type]


def facts_of(home: Home, *entries: Entry) -> list[dict[str, object]]:
    home.intake.drain()
    wanted = {record_id(SOURCE, one.client_id) for one in entries}
    rows = home.lake.scan("facts").to_pylist()
    return [one for one in rows if one["fact_id"] in wanted]


sendings = st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=5), min_size=1, max_size=4)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=sendings, again=st.booleans())
def test_any_order_of_resends_makes_one_fact_an_entry(
    home: Home, order: list[list[int]], again: bool
) -> None:
    entries = [entry(home, kind=CATEGORIES[n]) for n in range(5)]
    for some in order:
        told = send_entries(home, OPERATOR, [entries[n] for n in some])
        assert [one["state"] for one in told["items"]] == ["taken"] * len(some)
        if again:
            home.intake.drain()
    sent = {n for some in order for n in some}
    found = facts_of(home, *entries)
    assert sorted(str(one["kind"]) for one in found) == sorted(CATEGORIES[n] for n in sent)


def test_what_was_taken_first_stays_when_its_id_comes_again_with_other_words(home: Home) -> None:
    first = entry(home)
    send_entries(home, OPERATOR, [first])
    facts_of(home, first)
    send_entries(home, OPERATOR, [replace(first, kind="rescue.fire")])
    assert [one["kind"] for one in facts_of(home, first)] == ["road.accident"]


def test_what_was_acknowledged_is_not_lost_when_the_server_stops_before_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, sample: ModuleType
) -> None:
    path = tmp_path_factory.mktemp("field") / "home"
    made, _ = sample.build(path)
    made.close()
    with open_home(path, clock=FixedClock(START)) as before:
        one = entry(before)
        send_entries(before, OPERATOR, [one])
    with open_home(path, clock=FixedClock(START)) as after:
        assert len(facts_of(after, one)) == 1


def test_a_fact_stands_at_its_cell_was_seen_by_a_patrol_and_names_nobody(home: Home) -> None:
    one = entry(home, text="Madame Nathalie Durand, 06 12 34 56 78, deux voitures en travers")
    send_entries(home, OPERATOR, [one])
    [fact] = facts_of(home, one)
    lat, lon = h3.cell_to_latlng(CELL)
    assert (fact["lon"], fact["lat"]) == pytest.approx((lon, lat), abs=1e-7)
    assert cell_text(int(str(fact["cell"]))) == CELL
    assert fact["accuracy_m"] == CELL_M
    assert (fact["basis"], fact["discovered_by"]) == ("observed", "patrol")
    told = home.lake.narrative(str(fact["fact_id"])) or ""
    assert "deux voitures" in told
    assert "Durand" not in told + str(fact)
    assert "06 12" not in told + str(fact)
    assert "agathe" not in str(fact)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"kind": "offence.drugs"}, "catégorie"),
        ({"kind": "no such kind"}, "catégorie"),
        ({"cell": h3.latlng_to_cell(43.2965, 5.3790, 11)}, "150 m"),
        ({"cell": h3.latlng_to_cell(48.85, 2.35, 10)}, "150 m"),
        ({"cell": "43.2965,5.3790"}, "150 m"),
        ({"text": "a" * (LONGEST_TEXT + 1)}, str(LONGEST_TEXT)),
    ],
)
def test_what_cannot_stand_is_refused_in_words_and_the_rest_is_taken(
    home: Home, changes: dict[str, object], word: str
) -> None:
    bad, good = entry(home, **changes), entry(home)
    told = send_entries(home, OPERATOR, [bad, good])["items"]
    assert [one["state"] for one in told] == ["refused", "taken"]
    assert word in told[0]["why"]["fr"]
    assert told[0]["why"]["en"]
    assert len(facts_of(home, bad, good)) == 1


@given(late_us=st.integers(-2 * AHEAD_US, (LATEST_H + 2) * HOUR_US))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_entry_may_wait_two_days_and_is_never_of_the_future(home: Home, late_us: int) -> None:
    one = entry(home, at_us=now_us(home.clock) - late_us)
    [told] = send_entries(home, OPERATOR, [one])["items"]
    assert (told["state"] == "taken") == (-AHEAD_US <= late_us <= LATEST_H * HOUR_US)


def test_too_many_at_once_are_not_taken(home: Home) -> None:
    with pytest.raises(WrongUsage):
        send_entries(home, OPERATOR, [entry(home)] * (MOST_ENTRIES + 1))


@pytest.mark.parametrize("role", ["planner", "analyst", "partner", "dpo", "elected", "admin"])
def test_only_those_who_answer_enter_facts(home: Home, role: str) -> None:
    with pytest.raises(Forbidden):
        send_entries(home, Caller("x", role, "account-8"), [entry(home)])
    with pytest.raises(Forbidden):
        field_form(home, Caller("x", role, "account-8"))


def test_the_form_tells_categories_and_streets_by_their_cells(home: Home) -> None:
    records = [
        {"name": "Rue de Rome", "line": [[5.379, 43.296], [5.383, 43.286]]},
        {"name": "Place Jean Jaurès", "lon": 5.387, "lat": 43.2945},
    ]
    framed = replace(home, frame=replace(home.frame, gazetteer=Gazetteer.from_records(records)))
    told = field_form(framed, OPERATOR)
    assert [one["name"] for one in told["streets"]] == ["Place Jean Jaurès", "Rue de Rome"]
    assert told["streets"][1]["cell"] == h3.latlng_to_cell(43.291, 5.381, 10)
    assert {one["kind"] for one in told["categories"]} == set(CATEGORIES)
    assert field_form(home, OPERATOR)["streets"] == []


def test_the_mapping_can_be_used_and_every_category_is_a_kind() -> None:
    assert compile_mapping(MAPPING).source == SOURCE
    assert set(CATEGORIES) <= set(TAXONOMY.codes)
