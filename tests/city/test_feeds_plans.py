"""Plans by their own formats: each once, as whole as law and format allow, clashes kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow.compute as pc
import pytest
import shapely
from tests.city.built_city import BuiltCity, Read

import vigie.rules
from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.city.agenda import make_plans
from vigie.city.feeds import agenda, roadworks
from vigie.city.plans import TruePlan
from vigie.foresight.clashes import clashes_of
from vigie.foresight.plans import PlanRecord
from vigie.judge.rule import discover
from vigie.model.taxonomy import TAXONOMY

RULES = discover(vigie.rules)
SOURCES = ("agenda", "roadworks")


def known(city: BuiltCity) -> list[TruePlan]:
    return [p for p in city.truth.plans if agenda.known(p, city.truth.now_us)]


def reference(plan: TruePlan) -> str:
    """Return where the lake holds a plan; a demonstration's own number is not kept (DEM-1)."""
    if roadworks.holds(plan):
        return roadworks.reference(plan)
    return record_id("agenda", plan.ref) if agenda.is_demonstration(plan) else plan.ref


def read(city: BuiltCity) -> dict[str, dict[str, Any]]:
    """Return every plan read, by reference."""
    tables = [city.read(city.manifest.feed(source)).table for source in SOURCES]
    return {row["source_ref"]: row for table in tables for row in table.to_pylist()}


def test_every_plan_comes_once_and_by_one_feed(city: BuiltCity) -> None:
    refs = [
        ref
        for source in SOURCES
        for ref in city.read(city.manifest.feed(source)).table["source_ref"].to_pylist()
    ]
    assert sorted(refs) == sorted(reference(plan) for plan in known(city))


def test_what_plans_and_rules_need_is_read_as_it_is_true(city: BuiltCity) -> None:
    rows = read(city)
    for plan in known(city):
        row = rows[reference(plan)]
        assert (row["kind"], row["state"]) == (plan.kind, plan.state)
        assert to_us(row["starts_at"]) // 10**6 == plan.starts_us // 10**6
        assert to_us(row["ends_at"]) // 10**6 == plan.ends_us // 10**6
        assert row["declared"] in {plan.declared, None}
        shape = shapely.from_wkb(row["geometry"])
        assert shape.hausdorff_distance(plan.geometry) < 1e-5
        assert row["revision"] > 0


def test_attendance_buffers_means_and_venues_are_those_of_the_truth(city: BuiltCity) -> None:
    rows = read(city)
    venues = 0
    for plan in (p for p in known(city) if not roadworks.holds(p)):
        row = rows[reference(plan)]
        spread = (row["attendance_low"], row["attendance_likely"], row["attendance_high"])
        assert spread == (int(plan.likely * 0.7), plan.likely, int(plan.likely * 1.3))
        if agenda.is_demonstration(plan):
            continue
        assert (row["setup_s"], row["teardown_s"]) == (plan.setup_s, plan.teardown_s)
        assert {k: float(v) for k, v in row["means"]} == plan.means
        assert bool(row["closes"]) is bool(plan.closes)
        assert row["place_id"] == (record_id("places", plan.venue) if plan.venue else None)
        if plan.kind.startswith("event.culture.concert"):
            assert row["title"] == plan.title
        venues += bool(plan.venue)
    assert venues > 0


def test_a_demonstration_says_hours_ground_size_and_service_only(city: BuiltCity) -> None:
    rows = read(city)
    marches = [p for p in known(city) if not roadworks.holds(p) and agenda.is_demonstration(p)]
    assert {p.kind for p in marches} >= {"event.demonstration"}
    for plan in marches:
        row = rows[reference(plan)]
        assert row["title"] == TAXONOMY.get(plan.kind).fr
        assert dict(row["attributes"] or ()) == {"service": agenda.PREFECTURE}
        assert not row["means"]
        assert not row["closes"]
        assert not row["setup_s"]
        assert plan.ref not in str(row)


def test_a_demonstration_that_names_its_organiser_is_refused_without_the_name(
    city: BuiltCity,
) -> None:
    feed = city.manifest.feed("agenda")
    (defect,) = [d for d in city.parquet("defects").to_pylist() if d["source"] == "agenda"]
    (planted,) = [p for p in city.parquet("planted").to_pylist() if p["field"] == "organisateur"]
    content = (city.folder / defect["file"]).read_bytes()
    assert planted["text"] in content.decode("utf-8")
    rejects = [r for one in city.chunks(feed, "m.geojson", content) for r in one.rejects]
    assert [r.code for r in rejects] == ["forbidden_column"]
    assert planted["text"] not in rejects[0].raw.decode("utf-8") + str(rejects[0].params)
    assert city.read(feed).rejected == [(defect["file"], defect["row"], "forbidden_column")]


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("agenda", {*agenda.CONTACTS, "organisateur"}),
        ("roadworks", {*roadworks.CONTACTS}),
    ],
)
def test_contacts_stand_in_the_files_and_in_no_record(
    city: BuiltCity, source: str, fields: set[str]
) -> None:
    planted = [p for p in city.parquet("planted").to_pylist() if p["source"] == source]
    feed = city.manifest.feed(source)
    files = "".join((city.folder / path).read_text("utf-8") for path in feed.paths)
    held = str(city.read(feed).table.to_pylist())
    assert {p["field"] for p in planted} - {roadworks.SITE_MANAGER} == fields
    assert all(p["text"] in files for p in planted)
    assert not [p["text"] for p in planted if p["text"] in held]
    dropped = [p for p in planted if p["field"] != "organisateur"]
    assert city.read(feed).notices["dropped_personal"] == len(dropped)


def test_works_come_in_both_formats(autumn: BuiltCity, spring: BuiltCity) -> None:
    paths = {p for c in (autumn, spring) for p in c.manifest.feed("roadworks").paths}
    assert {path.rpartition(".")[2] for path in paths} == {"xml", "geojson"}


def test_each_works_message_gives_that_plan(city: BuiltCity) -> None:
    feed = city.manifest.feed("roadworks")
    for plan in [p for p in known(city) if roadworks.holds(p)][:12]:
        out = Read(kind="plans")
        for parsed in city.chunks(feed, *roadworks.message(plan, city.truth.seed)):
            city.add(out, "live", parsed)
        assert list(out.refs) == [roadworks.reference(plan)]
        assert out.rejected == []
        row = {k: v for k, v in out.table.to_pylist()[0].items() if k != "geometry"}
        assert row.items() <= read(city)[roadworks.reference(plan)].items()


def test_a_wild_gathering_is_told_by_a_message_that_says_it_was_not_declared(
    autumn: BuiltCity,
) -> None:
    start = date(2026, 8, 1)
    plans = make_plans(start, 90, 4, to_us(autumn.manifest.now), start)
    wild = [p for p in plans if not p.declared and p.updated_us < autumn.truth.now_us]
    assert wild
    feed = autumn.manifest.feed("agenda")
    for plan in wild:
        out = Read(kind="plans")
        for parsed in autumn.chunks(feed, *agenda.message(plan, 4)):
            autumn.add(out, "live", parsed)
        (row,) = out.table.to_pylist()
        assert (row["kind"], row["state"]) == ("event.gathering", "declared")
        assert row["declared"] is False
        assert row["source_ref"] == record_id("agenda", plan.ref)


def _true_record(plan: TruePlan) -> PlanRecord:
    """Return a plan as an omniscient agenda would hold it."""
    return PlanRecord(
        plan_id=reference(plan),
        kind=plan.kind,
        title=plan.title,
        geometry=plan.geometry,
        starts_us=plan.starts_us,
        ends_us=plan.ends_us,
        setup_s=plan.setup_s,
        teardown_s=plan.teardown_s,
        attendance=(plan.likely * 0.7, float(plan.likely), plan.likely * 1.3),
        state=plan.state,
        declared=plan.declared,
        place_id=None,
        closes=(),
        means={},
        attributes={},
        source="truth",
        provenance={},
    )


def _read_record(row: dict[str, Any]) -> PlanRecord:
    sizes = (row["attendance_low"], row["attendance_likely"], row["attendance_high"])
    return PlanRecord(
        plan_id=row["source_ref"],
        kind=row["kind"],
        title=row["title"],
        geometry=shapely.from_wkb(row["geometry"]),
        starts_us=to_us(row["starts_at"]),
        ends_us=to_us(row["ends_at"]),
        setup_s=row["setup_s"] or 0,
        teardown_s=row["teardown_s"] or 0,
        attendance=sizes,
        state=row["state"],
        declared=row["declared"] is not False,
        place_id=row["place_id"],
        closes=(),
        means={},
        attributes={},
        source="lake",
        provenance={},
    )


WHERE_AND_WHEN = ("authorisation_missing", "crowds_meeting", "ground_used_twice")


def test_the_clashes_of_the_truth_are_found_in_what_was_read(city: BuiltCity) -> None:
    """The planted ones too: two crowds on one quay, works twice on one boulevard.

    By the rules that rest on where, when and in what state; the others rest on what a feed adds
    (ends of the attendance, means, day of the declaration), which a true plan does not carry.
    """
    now_us = city.truth.now_us
    rules = {name: RULES[name] for name in WHERE_AND_WHEN}
    true = clashes_of([_true_record(p) for p in known(city)], rules, now_us=now_us)
    found = clashes_of([_read_record(r) for r in read(city).values()], rules, now_us=now_us)
    assert {(c.rule, c.finding.subjects) for c in found} == {
        (c.rule, c.finding.subjects) for c in true
    }
    crowds = sorted(reference(p) for p in known(city) if p.planted == "two_crowds")
    assert ("ground_used_twice", tuple(crowds)) in {(c.rule, c.finding.subjects) for c in found}


def test_plans_of_the_planted_match_and_works_are_both_there(city: BuiltCity) -> None:
    rows = read(city)
    both = [p for p in known(city) if p.planted == "match_and_works"]
    works, match = sorted(both, key=lambda p: p.kind, reverse=True)
    assert rows[reference(match)]["starts_at"] < rows[reference(works)]["ends_at"]
    assert rows[reference(works)]["starts_at"] < rows[reference(match)]["ends_at"]
    assert "Boulevard Michelet" in rows[reference(match)]["closes"]
    kinds = pc.unique(city.read(city.manifest.feed("roadworks")).table["kind"].combine_chunks())
    assert "event.works.network" in kinds.to_pylist()
