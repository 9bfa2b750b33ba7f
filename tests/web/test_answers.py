"""Each address: its media type, its model, its validators, its pages."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import httpx
import pytest
from pydantic import BaseModel, TypeAdapter

from vigie.web.answers import (
    agenda,
    alerts,
    base,
    city,
    clashes,
    mapview,
    records,
    session,
    signals,
    sources,
)
from vigie.web.problems import Problem

AsRole = Callable[[str], httpx.Client]
JSON, GEOJSON = "application/json", "application/geo+json"
VIEW = {"bbox": "5.2,43.2,5.5,43.4"}
ADDRESSES: list[tuple[str, dict[str, str], str, object]] = [
    ("/api/session", {}, JSON, session.SessionAnswer),
    ("/api/city", {}, JSON, city.CityAnswer),
    ("/api/taxonomy", {}, JSON, list[city.KindAnswer]),
    ("/api/metrics", {}, JSON, list[city.MetricAnswer]),
    ("/api/zonings", {}, JSON, list[city.ZoningAnswer]),
    ("/api/zonings/arrondissement", {}, GEOJSON, base.FeatureCollection),
    ("/api/basemap", {}, JSON, list[str]),
    ("/api/basemap/coast", {}, GEOJSON, base.FeatureCollection),
    ("/api/map", {"zoom": "9", **VIEW}, JSON, mapview.MapAnswer),
    ("/api/map", {"zoom": "13", **VIEW}, JSON, mapview.MapAnswer),
    ("/api/map", {"zoom": "15", **VIEW}, JSON, mapview.MapAnswer),
    ("/api/map", {"zoom": "17", **VIEW}, JSON, mapview.MapAnswer),
    ("/api/histogram", {}, JSON, mapview.HistogramAnswer),
    (
        "/api/histogram",
        {"bucket": "month", "zone": "arrondissement:east"},
        JSON,
        mapview.HistogramAnswer,
    ),
    ("/api/summary", {}, JSON, mapview.SummaryAnswer),
    ("/api/facts", {"limit": "3"}, JSON, records.FactPage),
    ("/api/near", {"lon": "5.37", "lat": "43.296", "radius_m": "400"}, JSON, records.NearAnswer),
    ("/api/means", {}, JSON, records.MeansList),
    ("/api/places", {"kind": "place.venue"}, GEOJSON, base.FeatureCollection),
    ("/api/measures/series", {"metric": "noise.laeq"}, JSON, records.SeriesAnswer),
    ("/api/plans", {}, JSON, records.PlanPage),
    ("/api/agenda", {"days": "10"}, JSON, agenda.AgendaAnswer),
    ("/api/clashes", {}, JSON, clashes.ClashPage),
    ("/api/alerts", {}, JSON, alerts.AlertPage),
    ("/api/analyses", {}, JSON, signals.AnalysisList),
    ("/api/sources", {}, JSON, sources.SourceList),
    ("/api/sources/log", {}, JSON, sources.SourceAnswer),
    ("/api/sources/log/contract", {}, JSON, sources.ContractAnswer),
    ("/api/quarantine", {}, JSON, sources.QuarantinePage),
]


@pytest.mark.parametrize(
    ("path", "params", "media", "model"), ADDRESSES, ids=[f"{a[0]} {a[1]}" for a in ADDRESSES]
)
def test_media_type_and_model(
    as_role: AsRole, path: str, params: dict[str, str], media: str, model: object
) -> None:
    answer = as_role("shift_head").get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media
    TypeAdapter(model).validate_json(answer.content, strict=False)


@pytest.mark.parametrize(
    "path",
    ["/api/taxonomy", "/api/map?zoom=10", "/api/histogram", "/api/basemap/coast", "/api/places"],
)
def test_what_has_not_changed_is_not_sent_again(as_role: AsRole, path: str) -> None:
    client = as_role("operator")
    first = client.get(path)
    tag = first.headers["etag"]
    again = client.get(path, headers={"If-None-Match": f'"other", {tag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_map_goes_from_cells_to_points(as_role: AsRole) -> None:
    client = as_role("operator")
    modes = [
        client.get("/api/map", params={"zoom": str(zoom), **VIEW}).json()
        for zoom in (9, 13, 15, 17)
    ]
    assert [(one["mode"], one["resolution"]) for one in modes] == [
        ("cells", 8),
        ("cells", 10),
        ("clusters", 10),
        ("points", None),
    ]
    for one in modes:
        filled = [name for name in ("cells", "clusters", "points") if one[name]]
        assert filled == [one["mode"]]
        assert not one["truncated"]
    assert modes[0]["total"] >= modes[3]["total"] > 2_500


def test_who_may_not_see_facts_sees_large_cells_only(as_role: AsRole) -> None:
    answer = as_role("elected").get("/api/map", params={"zoom": "18", **VIEW}).json()
    assert (answer["mode"], answer["resolution"]) == ("cells", 8)
    assert answer["points"] == []


def test_pages_of_facts_hold_every_fact_once(as_role: AsRole, sample: ModuleType) -> None:
    client = as_role("operator")
    seen: list[tuple[str, str]] = []
    address: str | None = "/api/facts?limit=700&source=police&source=rescue&source=reports"
    while address is not None:
        page = records.FactPage.model_validate_json(client.get(address).content)
        seen += [(fact.earliest_at, fact.fact_id) for fact in page.items]
        address = page.next
    assert len(seen) == len(set(seen)) == sample.FACTS
    times = [at.replace("Z", "").ljust(26, "0") for at, _ in seen]
    assert times == sorted(times, reverse=True)


def test_a_page_within_a_zone_pages_too(as_role: AsRole) -> None:
    client = as_role("operator")
    totals = {}
    for zone in ("west", "east"):
        address: str | None = f"/api/facts?limit=600&zone=arrondissement:{zone}"
        ids: list[str] = []
        while address is not None:
            page = client.get(address).json()
            ids += [one["fact_id"] for one in page["items"]]
            address = page["next"]
        assert len(ids) == len(set(ids))
        totals[zone] = len(ids)
    placed = client.get("/api/map", params={"zoom": "9", "bbox": "5,43,6,44"}).json()["total"]
    assert sum(totals.values()) == placed


def test_one_fact_with_all_that_is_known(as_role: AsRole, sample: ModuleType) -> None:
    fact_id = sample.facts()["fact_id"][0].as_py()
    seen = records.FactDetail.model_validate_json(
        as_role("operator").get(f"/api/facts/{fact_id}").content
    )
    assert seen.narrative is not None
    assert seen.narrative.text == "Un texte déjà expurgé"
    assert not seen.narrative_withheld
    assert seen.provenance.batch_id == "batch-sample"
    assert seen.provenance.source_ref == "F0"
    assert [zone.zoning for zone in seen.zones] == ["arrondissement"]


@pytest.mark.parametrize("role", ["planner", "analyst", "partner", "admin"])
def test_narratives_are_for_the_control_room(
    as_role: AsRole, sample: ModuleType, role: str
) -> None:
    facts = sample.facts()
    fact_id = facts["fact_id"][0].as_py()
    answer = as_role(role).get(f"/api/facts/{fact_id}")
    assert "expurgé" not in answer.text
    if role == "partner":  # a fact of another service is none
        assert answer.status_code == 404
        own = facts["source"].to_pylist().index("rescue")
        answer = as_role(role).get(f"/api/facts/{facts['fact_id'][own].as_py()}")
    assert answer.json()["narrative"] is None
    assert answer.json()["narrative_withheld"] is True
    assert answer.json()["provenance"]["source_ref"] is None


def test_where_a_fact_came_from(as_role: AsRole) -> None:
    client = as_role("operator")
    fact = client.get("/api/facts", params={"source": "log"}).json()["items"][0]
    found = client.get(f"/api/facts/{fact['fact_id']}").json()["provenance"]
    assert found["connector"] == "main_courante"
    assert found["file"] == "log.csv"
    assert found["row"] in {1, 2}
    assert found["received_at"] == "2026-03-30T11:59:30Z"


def test_a_refused_row_tells_why_in_both_languages(as_role: AsRole) -> None:
    client = as_role("shift_head")
    page = client.get("/api/quarantine").json()
    assert page["total"] == len(page["items"]) == 2
    assert set(page["by_code"]) == {"time_in_future", "unknown_kind"}
    reasons = {
        tongue: [
            one["reason"]
            for one in client.get("/api/quarantine", headers={"Accept-Language": tongue}).json()[
                "items"
            ]
        ]
        for tongue in ("fr", "en")
    }
    assert set(reasons["fr"]).isdisjoint(reasons["en"])
    why = {"X-Vigie-Reason": "Nature inconnue du journal"}
    one = client.get(f"/api/quarantine/{page['items'][0]['id']}", headers=why).json()
    assert "2026-" in one["raw"]


def test_quarantine_pages(as_role: AsRole) -> None:
    client = as_role("shift_head")
    address: str | None = "/api/quarantine?limit=1"
    ids = []
    while address is not None:
        page = client.get(address).json()
        ids += [one["id"] for one in page["items"]]
        address = page["next"]
    assert len(ids) == len(set(ids)) == 2


def test_retry_says_what_it_gave(as_role: AsRole) -> None:
    client = as_role("shift_head")
    ids = [one["id"] for one in client.get("/api/quarantine").json()["items"]]
    one = client.post(f"/api/quarantine/{ids[0]}/retry").json()
    assert (one["tried"], one["resolved"], one["refused"]) == (1, 0, 1)
    by_code = client.post("/api/quarantine/retry", json={"code": "unknown_kind"}).json()
    assert by_code == {
        "tried": 1,
        "resolved": 0,
        "refused": 1,
        "accepted": 0,
        "by_code": {"unknown_kind": 1},
    }
    everything = client.post("/api/quarantine/retry", json={"state": "open"}).json()
    assert everything["tried"] == 2
    page = client.get("/api/quarantine?code=unknown_kind").json()
    assert (page["total"], page["by_state"]) == (1, {"retried": 1})
    assert set(page["by_code"]) == {"time_in_future", "unknown_kind"}
    assert client.get("/api/quarantine?code=unknown_kind&state=new").json()["total"] == 0
    assert client.post("/api/quarantine/retry", json={"state": "resolved"}).status_code == 422
    assert client.post("/api/quarantine/retry", json={}).status_code == 422
    assert client.post("/api/quarantine/none/retry").status_code == 404


FEW = {"draws": 99, "permutations": 99}
"""Draws enough for an answer; tests/analyses asks how many make it a good one."""


def test_an_analysis_answers_with_base_and_limits(as_role: AsRole) -> None:
    client = as_role("analyst")
    for entry in client.get("/api/analyses").json()["items"]:
        if entry["parameters"].get("required"):
            continue
        path = f"/api/analyses/{entry['name']}"
        asked = entry["parameters"]["properties"]
        few = {n: max(few, asked[n].get("minimum", 0)) for n, few in FEW.items() if n in asked}
        answer = client.post(path, json={"params": few})
        assert answer.status_code == 200, answer.text
        found = signals.AnalysisAnswer.model_validate_json(answer.content)
        # Rests on most facts, or says what it lacks.
        assert found.base > 2_000 if found.base > 0 else found.notes, entry["name"]
        # Zones are told as of unknown exposure where the home measures none.
        assert found.base > 0 or not found.table or entry["name"] == "exposure_rates"
        assert found.limits.fr
        assert found.limits.en
        names = {column.name for column in found.columns}
        assert all(names <= set(row) for row in found.table)


def test_an_unknown_parameter_of_an_analysis_is_refused(as_role: AsRole) -> None:
    answer = as_role("analyst").post("/api/analyses/week_profile", json={"params": {"nope": 1}})
    assert answer.status_code == 422
    assert Problem.model_validate_json(answer.content).code == "wrong_usage"


def test_plans_page_and_one_plan_with_its_clashes(as_role: AsRole) -> None:
    client = as_role("elected")
    address: str | None = "/api/plans?limit=2&from=2026-03-01T00:00:00Z&to=2026-06-01T00:00:00Z"
    plans = []
    while address is not None:
        page = client.get(address).json()
        plans += page["items"]
        address = page["next"]
    assert sorted(one["title"] for one in plans) == [f"Plan {n}" for n in range(5)]
    assert [one["starts_at"] for one in plans] == sorted(one["starts_at"] for one in plans)
    detail = records.PlanDetail.model_validate_json(
        client.get(f"/api/plans/{plans[1]['plan_id']}").content
    )
    assert any(len(clash.plans) == 2 for clash in detail.clashes)
    assert detail.zones[0].zoning == "arrondissement"
    lon, lat = detail.clashes[0].geometry["coordinates"][0][0]
    assert 5 < lon < 6
    assert 43 < lat < 44


def test_plans_that_close_ground_to_traffic_are_told_apart(as_role: AsRole) -> None:
    client = as_role("elected")
    asked = {"from": "2026-03-01T00:00:00Z", "to": "2026-06-01T00:00:00Z", "limit": 1000}
    every = client.get("/api/plans", params=asked).json()["items"]
    closing = client.get("/api/plans", params={**asked, "closing": "traffic"}).json()["items"]

    shut = {"circulation", "rue", "quais", "parcours"}
    expected = [
        one["plan_id"]
        for one in every
        if one["state"] != "cancelled" and shut & {code.split(":")[0] for code in one["closes"]}
    ]
    assert [one["plan_id"] for one in closing] == expected
    assert 0 < len(closing) < len(every)


def test_the_agenda_counts_days_of_the_city(as_role: AsRole) -> None:
    told = as_role("planner").get(
        "/api/agenda", params={"from": "2026-03-28T12:00:00Z", "days": "4"}
    )
    days = agenda.AgendaAnswer.model_validate_json(told.content).items
    assert [one.day for one in days] == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]
    assert (days[1].from_, days[1].to) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")


def test_models_refuse_what_they_do_not_declare() -> None:
    for module in (city, mapview, records, session, signals, sources):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, BaseModel) and value is not BaseModel:
                assert value.model_config.get("extra") in {"forbid", "allow"}, value


def test_numbers_are_counted_and_metrics_use_templates(as_role: AsRole) -> None:
    client = as_role("admin")
    client.get("/api/facts/some-id-that-is-not")
    client.get("/some/page/of/the/console")
    text = client.get("/metrics").text
    assert 'route="/api/facts/{fact_id}"' in text
    assert "some-id-that-is-not" not in text
    assert "some/page" not in text
    assert 'vigie_lake_records{kind="facts"}' in text
    assert 'vigie_source_age_seconds{source="log"} 30.0' in text


def test_compression_is_used_where_it_helps(as_role: AsRole) -> None:
    client = as_role("operator")
    large = client.get("/api/taxonomy", headers={"Accept-Encoding": "gzip"})
    assert large.headers["content-encoding"] == "gzip"
    small = client.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers
