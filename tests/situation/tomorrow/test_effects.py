"""What events bring, asked of a real home by people of several roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from tests.foresight.effects.small_city import (
    DAYS,
    FIRST,
    STADIUM,
    City,
    make_city,
    occasion,
)

from vigie.audit.reading import Query, Reader, read
from vigie.base.clock import FixedClock, to_us
from vigie.base.errors import Forbidden, NotFound, Stopping
from vigie.foresight.effects.history import Reach, read_standing
from vigie.foresight.effects.model import EffectModel
from vigie.foresight.effects.occasion import Occasion
from vigie.foresight.forecasting.evidence import evidence
from vigie.foresight.plans import get_plan, plans_between
from vigie.geo.projection import local_projection
from vigie.privacy.charter import Limits
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home, init_home, open_home
from vigie.situation.tomorrow import foreseen
from vigie.situation.tomorrow.effects import (
    LEAST_EVENTS,
    read_effect,
    read_effects,
    read_similar,
    standing_model,
)
from vigie.situation.tomorrow.event_after import after_action
from vigie.situation.tomorrow.expected import work_out

CENTER = (5.37, 43.2965)
NOW = FIRST + timedelta(days=DAYS + 2, hours=9)
PLANNER = Caller("planner", "planner", purpose="event_planning")
FOUND_BY_PATROLS = 400
Json = dict[str, Any]


def _facts(sample: ModuleType, city: City) -> pa.Table:
    """The small city's facts as intake leaves them, and some that patrols found at the stadium."""
    projection = local_projection(*CENTER)
    facts = city.history.facts
    n, more = len(facts), FOUND_BY_PATROLS
    x = np.r_[facts.x, np.full(more, STADIUM[0])]
    y = np.r_[facts.y, np.full(more, STADIUM[1])]
    match = next(o for o in city.history.occasions if o.kind.endswith("match"))
    at = np.r_[facts.at_us, np.full(more, match.starts_us)]
    lon, lat = projection.to_degrees(x, y)
    kinds = [facts.kinds[k] for k in facts.kind.tolist()] + ["offence.drugs"] * more
    given = {
        "kind": kinds,
        "earliest_at": sample.instants(at),
        "latest_at": sample.instants(at),
        "reported_at": sample.instants(at),
        "earliest_us": at,
        "latest_us": at,
        "lon": lon,
        "lat": lat,
        "basis": ["reported"] * (n + more),
        "discovered_by": ["public"] * n + ["patrol"] * more,
    }
    return sample.complete("facts", given, [f"F{i}" for i in range(n + more)], "police")


def _plans(sample: ModuleType, events: list[Occasion], states: list[str]) -> pa.Table:
    projection = local_projection(*CENTER)
    middles = [one.footprint.centroid for one in events]
    degrees = [projection.to_degrees(middle.x, middle.y) for middle in middles]
    starts = np.array([o.starts_us for o in events], np.int64)
    ends = np.array([o.ends_us for o in events], np.int64)
    shapes = [shapely.Point(float(lon), float(lat)) for lon, lat in degrees]
    given = {
        "kind": [o.kind for o in events],
        "title": [o.title for o in events],
        "geometry": pa.array([shapely.to_wkb(one) for one in shapes], pa.binary()),
        "starts_at": sample.instants(starts),
        "ends_at": sample.instants(ends),
        "starts_us": starts,
        "ends_us": ends,
        "setup_s": [0] * len(events),
        "teardown_s": [0] * len(events),
        "lon": [float(lon) for lon, _ in degrees],
        "lat": [float(lat) for _, lat in degrees],
        "attendance_low": [o.attendance[0] for o in events],
        "attendance_likely": [o.attendance[1] for o in events],
        "attendance_high": [o.attendance[2] for o in events],
        "state": states,
        "declared": [True] * len(events),
    }
    return sample.complete("plans", given, [o.plan_id for o in events], "agenda")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Iterator[Home]:
    """A home with the small city in it, a match to come, one cancelled, and works of a week."""
    folder = tmp_path_factory.mktemp("effects") / "home"
    init_home(folder, {"server": {"require_second_factor": []}, "city": {"center": list(CENTER)}})
    opened = open_home(folder, clock=FixedClock(NOW))
    city = make_city(seed=1, scale=0.3)
    tomorrow = occasion("tomorrow", "event.sport.match", STADIUM, NOW + timedelta(days=4))
    off = replace(tomorrow, plan_id="off")
    works = replace(tomorrow, plan_id="works", ends_us=tomorrow.ends_us + 7 * 86_400_000_000)
    events = [*city.history.occasions, tomorrow, off, works]
    states = ["authorised"] * (len(events) - 2) + ["cancelled", "authorised"]
    with opened:
        opened.lake.commit("facts", _facts(sample, city))
        opened.lake.commit("plans", _plans(sample, events, states))
        yield opened


def _ids(home: Home) -> dict[str, str]:
    """Plan ids by the source's own reference."""
    records = plans_between(home.plans, to_us(FIRST), to_us(NOW + timedelta(days=30)))
    return {str(one.provenance["source_ref"]): one.plan_id for one in records}


def test_a_planner_reads_what_a_match_to_come_will_bring(home: Home) -> None:
    answer = read_effect(home, PLANNER, _ids(home)["tomorrow"])
    figures = answer["figures"]
    assert answer["why_not"] is None
    assert not figures["past"]
    effect = figures["whole"]["effect"]
    assert effect["low95"] < 48 * 0.3 < effect["high95"]
    assert figures["whole"]["observed"] is None
    assert sum(r["effect"]["mean"] for r in figures["by_ring"]) == pytest.approx(
        effect["mean"], abs=0.1
    )
    assert len(figures["by_hour"]) == 10
    assert figures["by_kind"][0]["kind"] == "road.parking"
    assert figures["basis"]["events"] == len([one for one in _ids(home) if "match" in one])
    hourly = figures["per_10k"]["mean"] / 2
    assert figures["per_10k_hours"]["mean"] == pytest.approx(hourly, abs=0.02)


def test_what_patrols_found_is_no_evidence(home: Home) -> None:
    standing = standing_model(home)
    assert standing.left_out == FOUND_BY_PATROLS
    assert "offence.drugs" not in standing.model.kinds


def test_kinds_that_follow_the_presence_of_officers_never_count() -> None:
    table = pa.table(
        {
            "kind": ["offence.drugs.use", "road.parking", "space.prevention", "road.offence.rodeo"],
            "discovered_by": pa.array(["public", None, "public", "public"], pa.string()),
        }
    )
    kept, left_out = evidence(table)
    assert kept["kind"].to_pylist() == ["road.parking"]
    assert left_out == 3


def test_a_past_match_is_measured_against_its_controls(home: Home) -> None:
    figures = read_effect(home, PLANNER, _ids(home)["match-8"])["figures"]
    assert figures["past"]
    whole = figures["whole"]
    assert whole["excess"]["mean"] == pytest.approx(
        whole["observed"] - whole["without"]["mean"], abs=0.02
    )
    assert figures["placebo"]["dates"] >= 5
    assert abs(figures["placebo"]["mean"]) < 6


def test_no_small_count_leaves_nor_what_is_reckoned_from_it(home: Home) -> None:
    seen = 0
    for ref, plan_id in _ids(home).items():
        if ref not in {"match-6", "match-14", "market-9", "market-15", "market-21"}:
            continue
        figures = read_effect(home, PLANNER, plan_id)["figures"]
        lines = [figures["whole"], *figures["by_ring"], *figures["by_hour"], *figures["by_kind"]]
        for line in lines:
            if line["withheld"]:
                seen += 1
                assert (line["observed"], line["excess"], line["leaning"]) == (None, None, None)
            elif line["observed"] is not None:
                assert line["observed"] == 0 or line["observed"] >= 5
    assert seen > 20


def test_past_events_alike_are_listed_with_why_and_what_happened(home: Home) -> None:
    answer = read_similar(home, PLANNER, _ids(home)["tomorrow"], 3)
    items = answer["items"]
    assert len(items) == 3
    assert [one["distance"] for one in items] == sorted(one["distance"] for one in items)
    assert {one["kind"] for one in items} == {"event.sport.match"}
    assert {part["name"] for part in items[0]["parts"]} >= {"kind", "place", "size", "hour"}
    pooled = answer["pooled"]
    assert pooled["events"] == 10
    assert pooled["whole"]["excess"]["mean"] > 0
    hours = {one["hour"]: one["effect"]["mean"] for one in pooled["by_hour"]}
    assert hours[0] > hours[-4]
    crossed = pooled["crossed"]
    assert [one["kind"] for one in crossed["kinds"]] == [one["kind"] for one in pooled["by_kind"]]
    parking = crossed["kinds"][0]["rings"]
    assert [one["to_m"] for one in parking] == [500.0, 1000.0, 2000.0]
    cells = [cell for kind in crossed["kinds"] for ring in kind["rings"] for cell in ring["hours"]]
    assert crossed["told"] + crossed["withheld"] == len(cells) == 3 * 3 * 5
    assert all(cell["observed"] not in {1, 2, 3, 4} for cell in cells)
    assert crossed["withheld"] == sum(cell["withheld"] for cell in cells) > 0
    start = parking[0]["hours"][2]
    assert (start["from_hour"], start["to_hour"]) == (0, 2)
    assert start["excess"]["low80"] > 0


def test_the_events_summed_do_not_depend_on_how_many_are_listed(home: Home) -> None:
    plan_id = _ids(home)["tomorrow"]
    few, many = (read_similar(home, PLANNER, plan_id, k) for k in (1, 20))
    assert few["pooled"] == many["pooled"]
    assert len(few["items"]) < len(many["items"])


@pytest.mark.parametrize(("ref", "word"), [("off", "annulé"), ("works", "plus d’un jour")])
def test_where_nothing_can_be_told_it_says_why(home: Home, ref: str, word: str) -> None:
    plan_id = _ids(home)[ref]
    for answer in (
        read_effect(home, PLANNER, plan_id),
        read_similar(home, PLANNER, plan_id, 5),
    ):
        assert word in answer["why_not"]["fr"]
    assert read_effect(home, PLANNER, plan_id)["figures"] is None


def test_kinds_of_events_are_told_with_their_score_from_five_events_on(home: Home) -> None:
    answer = read_effects(home, PLANNER)
    kinds = {one["kind"]: one for one in answer["items"]}
    assert set(kinds) == {"", "event.sport.match", "event.market"}
    assert all(one["events"] >= LEAST_EVENTS for one in kinds.values())
    match = kinds["event.sport.match"]
    assert match["error"] < match["usual_error"]
    assert abs(match["raw_bias"]) < match["raw_error"] + 1


@pytest.mark.parametrize("role", ["operator", "elected", "partner", "dpo", "admin", "investigator"])
def test_who_may_not_combine_figures_reads_nothing_of_it(home: Home, role: str) -> None:
    caller = Caller(role, role)
    plan_id = _ids(home)["tomorrow"]
    with pytest.raises(Forbidden):
        read_effect(home, caller, plan_id)
    with pytest.raises(Forbidden):
        read_similar(home, caller, plan_id, 5)
    with pytest.raises(Forbidden):
        read_effects(home, caller)


def test_a_question_leaves_its_line_in_the_audit(home: Home) -> None:
    plan_id = _ids(home)["match-8"]
    query = Query(verb=Verb.COMBINE, dataset="figures")
    reader = Reader("dpo", "dpo", "Contrôle des lignes de l'essai")
    before = len(read(home.audit, query, reader).lines)
    read_similar(home, PLANNER, plan_id, 5)
    lines = read(home.audit, query, reader).lines
    assert len(lines) == before + 1
    newest = max(lines, key=lambda pair: pair[0])[1]
    assert (newest.subject["plan"], newest.subject["ask"]) == (plan_id, "similar")


def test_a_plan_that_does_not_exist_is_not_found(home: Home) -> None:
    with pytest.raises(NotFound):
        read_effect(home, PLANNER, "none")


def test_a_reach_of_no_sources_knows_nothing(home: Home) -> None:
    standing = read_standing(
        home.lake,
        home.plans,
        center=CENTER,
        timezone="Europe/Paris",
        now_us=to_us(NOW),
        reach=Reach(("!none",)),
    )
    assert len(standing.model.history.facts) == 0
    assert standing.model.past == ()


def test_two_homes_share_no_model_and_a_closed_home_keeps_none(home: Home, tmp_path: Path) -> None:
    init_home(tmp_path / "other")
    with open_home(tmp_path / "other", clock=home.clock) as other:
        assert standing_model(other) is not standing_model(home)
        assert standing_model(other) is standing_model(other)
        work_out(home)
        assert home.reckoned.excess
        assert not other.reckoned.excess
        assert len(other.reckoned.models) == 1
    assert len(other.reckoned.models) == 0
    with pytest.raises(Stopping):
        standing_model(other)


def test_whoever_may_see_no_source_has_a_model_of_nothing(home: Home) -> None:
    view = home.rights.ask(PLANNER, "figures", Verb.COMBINE, subject={"ask": "effects"})
    none = replace(view, limits=Limits(sources=frozenset()))
    assert len(standing_model(home, none).model.history.facts) == 0


def test_after_a_match_its_forecast_stands_beside_the_facts(home: Home) -> None:
    ids = _ids(home)
    found = after_action(home, PLANNER, ids["match-8"])["foreseen"]["figures"]
    told = read_effect(home, PLANNER, ids["match-8"])["figures"]["whole"]
    assert (found["observed"], found["withheld"]) == (told["observed"], told["withheld"])
    total = found["total"]
    assert total["low80"] < total["mean"] < total["high80"]
    inside = total["low80"] <= found["observed"] <= total["high80"]
    assert (found["beyond"] == "inside") == inside
    assert 0 < found["events"] < len(standing_model(home).model.past)
    assert found["settles_at"] is None
    first = min(ids, key=lambda ref: get_plan(home.plans, ids[ref]).starts_us)
    early = after_action(home, PLANNER, ids[first])["foreseen"]
    assert (early["figures"], "Too little" in early["why_not"]["en"]) == (None, True)


def test_a_forecast_of_the_past_knows_nothing_of_what_came_later(home: Home) -> None:
    standing = standing_model(home)
    occasion = standing.occasion(get_plan(home.plans, _ids(home)["match-8"]))
    assert occasion is not None
    known = standing.model.history.before(occasion.starts_us)
    blind = replace(standing, model=EffectModel(known, standing.model.bins), kept={}, locks={})
    assert len(known.facts) < len(standing.model.history.facts)
    ours, blinds = foreseen.then(standing, occasion), foreseen.then(blind, occasion)
    assert ours is not None
    assert blinds is not None
    assert ours.events == blinds.events
    assert ours.found.expected.over() == blinds.found.expected.over()
