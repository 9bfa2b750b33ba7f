"""Answers as files, saved questions and their reports, over the interface."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import httpx
import pyarrow.parquet as pq
import pytest

from vigie.audit.line import Line
from vigie.audit.reading import Query, lines_before
from vigie.situation.home import Home
from vigie.situation.questions.reports import make_report

AsRole = Callable[[str], httpx.Client]
RANKING = "/api/analyses/zone_ranking"
QUESTION = {
    "title": "Les arrondissements du mois",
    "analysis": "zone_ranking",
    "period": {"unit": "day", "n": 14},
    "shared": ["planner"],
}
HEADS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n", "html": b"<!doctype html>", "arrow": b"ARROW1"}


def last_line(home: Home) -> Line:
    return lines_before(home.audit, Query(dataset="figures"), home.audit.count()).lines[0][1]


def take(as_role: AsRole, form: str, **params: object) -> httpx.Response:
    answer = as_role("analyst").post(
        f"{RANKING}/file", params={"form": form}, json={"params": params}
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="vigie-zone_ranking-2026-03-30.{form}"'
    )
    return answer


def test_every_form_holds_the_rows_of_the_answer(as_role: AsRole) -> None:
    asked = as_role("analyst").post(RANKING, json={"params": {}})
    rows = asked.json()["table"]
    assert rows
    told = pq.read_table(io.BytesIO(take(as_role, "parquet").content)).to_pylist()
    assert [row["facts"] for row in told] == [row["facts"] for row in rows]
    table = list(csv.DictReader(io.StringIO(take(as_role, "csv").text, newline="")))
    assert [row["zone"] for row in table] == [row["zone"] for row in rows]
    features = take(as_role, "geojson").json()["features"]
    assert {one["properties"]["zone"] for one in features} == {row["zone"] for row in rows}
    assert len(json.loads(take(as_role, "json").text)) == len(rows)
    for form, head in HEADS.items():
        assert take(as_role, form).content.startswith(head)


def test_taking_an_answer_away_is_written_as_such_and_refused_to_others(
    as_role: AsRole, shared_home: Home
) -> None:
    take(as_role, "csv")
    line = last_line(shared_home)
    assert (str(line.verb), line.dataset, line.subject["form"]) == ("disclose", "figures", "csv")
    assert line.subject["analysis"] == "zone_ranking"
    for role in ("operator", "elected", "partner", "dpo", "investigator"):
        answer = as_role(role).post(f"{RANKING}/file?form=csv", json={})
        assert answer.status_code == 403, role
    assert as_role("anonymous").post(f"{RANKING}/file?form=csv", json={}).status_code == 401


def test_rows_of_pairs_lead_to_the_facts_in_them_and_to_no_other_by_address(
    as_role: AsRole, shared_home: Home
) -> None:
    """The keys of a row and the parameters of the run stand in the address, page after page."""
    asked = {
        "first": "offence.property",
        "second": "space.trade",
        "step_m": 50,
        "steps": 2,
        "draws": 99,
    }
    client = as_role("shift_head")
    answer = client.post("/api/analyses/cross_k", json={"params": asked}).json()
    near, far = answer["table"]
    assert far["pairs"] > near["pairs"] > 0
    of = {"params": json.dumps(asked), "limit": 500}
    totals, kinds = [], set()
    for row in (near, far):
        keys = json.dumps(
            {one["name"]: row[one["name"]] for one in answer["columns"] if one["key"]}
        )
        path, seen = "/api/analyses/cross_k/facts", []
        query: dict[str, object] | None = of | {"row": keys}
        while path:
            page = client.get(path, params=query)
            assert page.status_code == 200, page.text
            told = page.json()
            seen += [item["fact_id"] for item in told["items"]]
            kinds |= {item["kind"] for item in told["items"]}
            path, query = told["next"], None
        assert len(set(seen)) == len(seen) == told["total"] <= 2 * row["pairs"]
        totals.append(told["total"])
    assert 2 <= totals[0] < totals[1] < shared_home.lake.scan("facts", columns=["fact_id"]).num_rows
    theft = "offence.property.theft"
    assert kinds == {theft, f"{theft}.snatch", "space.trade.peddling"}
    line = lines_before(shared_home.audit, Query(dataset="facts"), shared_home.audit.count())
    assert json.loads(line.lines[0][1].subject["row"]) == {"to_m": 100.0}


@pytest.mark.parametrize(
    ("row", "role", "status"),
    [
        ("{", "shift_head", 422),
        ("[]", "shift_head", 422),
        ('{"to_m": 51}', "shift_head", 422),
        ('{"to_m": 100}', "elected", 403),
    ],
)
def test_rows_that_no_answer_has_are_refused_by_address(
    as_role: AsRole, row: str, role: str, status: int
) -> None:
    of = {"row": row, "params": json.dumps({"first": "road", "second": "rescue"})}
    answer = as_role(role).get("/api/analyses/cross_k/facts", params=of)
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{RANKING}/file?form=exe", 422),
        (f"{RANKING}/file", 422),
        ("/api/analyses/none/file?form=csv", 404),
        ("/api/analyses/week_profile/file?form=geojson", 422),
        (f"{RANKING}/file?form=csv&bbox=5.2,43.2,5.5,43.4", 422),
    ],
)
def test_what_cannot_be_made_is_said(as_role: AsRole, address: str, status: int) -> None:
    answer = as_role("analyst").post(address, json={})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_question_is_saved_shared_reported_changed_and_ended(
    as_role: AsRole, shared_home: Home
) -> None:
    analyst, planner = as_role("analyst"), as_role("planner")
    made = analyst.post("/api/questions", json=QUESTION)
    assert made.status_code == 201, made.text
    name = made.json()["question_id"]
    address = f"/api/questions/{name}"
    shown = planner.get("/api/questions").json()
    theirs = [one for one in shown["items"] if not one["mine"]]
    assert [(one["question_id"], one["title"]) for one in theirs] == [(name, QUESTION["title"])]
    assert set(shown["roles"]) == {"analyst", "planner", "shift_head"}
    assert not as_role("operator").get("/api/questions").json()["items"]

    wanted = analyst.post(f"{address}/reports")
    assert wanted.status_code == 202, wanted.text
    make_report(shared_home, wanted.json()["report_id"])
    (report,) = analyst.get(address).json()["reports"]
    assert (report["state"], report["role"], report["failure"]) == ("ready", "analyst", None)
    pdf = analyst.get(f"{address}/reports/{report['report_id']}")
    assert pdf.headers["content-type"] == "application/pdf"
    assert len(pdf.content) == report["size"]
    assert last_line(shared_home).subject["report"] == report["report_id"]
    assert planner.get(f"{address}/reports/{report['report_id']}").status_code == 404
    assert planner.post(f"{address}/end", json={"after": 1}).status_code == 403

    fixed = {"unit": "fixed", "from": "2026-03-01T00:00:00Z", "to": "2026-03-08T00:00:00Z"}
    weekly = {"every": "week", "weekday": 0, "hour": 7}
    changed = QUESTION | {"period": fixed, "schedule": weekly, "shared": [], "after": 1}
    told = analyst.put(address, json=changed)
    assert told.status_code == 200, told.text
    assert told.json()["from"] == "2026-03-01T00:00:00Z"
    assert told.json()["schedule"]["next"] == "2026-04-06T05:00:00Z"
    assert analyst.put(address, json=changed).status_code == 412
    assert planner.get(address).status_code == 404
    assert analyst.post(f"{address}/end", json={"after": 2}).status_code == 200
    assert analyst.get(address).status_code == 404
