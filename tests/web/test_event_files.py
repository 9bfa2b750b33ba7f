"""Event files through the real server: versions by ETag, re-use, papers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.situation.home import Home

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


@pytest.fixture
def planner(own: Own) -> tuple[httpx.Client, str]:
    home, _, client = own
    answer = client.post("/api/session", json={"login": "planner", "password": PASSWORD})
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client, home.lake.ids("plans")[0]


def put(client: httpx.Client, plan_id: str, version: str | None, **body: Any) -> httpx.Response:
    headers = {} if version is None else {"If-Match": version}
    value = {"content": {"summary": "Un"}} | body
    return client.put(f"/api/event-files/{plan_id}", json=value, headers=headers)


def test_a_version_is_put_on_top_of_the_one_read(planner: tuple[httpx.Client, str]) -> None:
    client, plan_id = planner
    first = client.get(f"/api/event-files/{plan_id}")
    assert first.headers["ETag"] == '"0"'
    made = put(client, plan_id, first.headers["ETag"], why="essai")
    assert made.status_code == 200, made.text
    assert made.headers["ETag"] == '"1"'
    assert put(client, plan_id, '"0"').status_code == 412
    assert put(client, plan_id, None).status_code == 422
    assert put(client, plan_id, '"1"', content={"posts": "none"}).status_code == 422
    versions = client.get(f"/api/event-files/{plan_id}/versions").json()["items"]
    assert [one["why"] for one in versions] == ["essai"]
    assert client.get(f"/api/event-files/{plan_id}/versions/1").json()["content"]["summary"] == "Un"


def test_a_difference_and_the_list_are_told(planner: tuple[httpx.Client, str]) -> None:
    client, plan_id = planner
    put(client, plan_id, '"0"')
    put(client, plan_id, '"1"', content={"summary": "Deux"})
    found = client.get(f"/api/event-files/{plan_id}/diff", params={"before": 1, "after": 2}).json()
    assert [one["part"] for one in found["changes"]] == ["summary"]
    assert [one["version"] for one in client.get("/api/event-files").json()["items"]] == [2]


def test_a_person_in_a_contact_is_named_as_the_reason(planner: tuple[httpx.Client, str]) -> None:
    client, plan_id = planner
    contact = {"id": "x", "service": "Police", "function": "M. Durand", "telephone": "17"}
    answer = put(client, plan_id, '"0"', content={"contacts": [contact]})
    assert (answer.status_code, answer.json()["code"]) == (422, "names_person")
    assert answer.json()["params"]["path"] == "contacts.x.function"


def test_papers_come_as_files(planner: tuple[httpx.Client, str]) -> None:
    client, plan_id = planner
    pdf = client.get(f"/api/event-files/{plan_id}/report.pdf", params={"lang": "en", "size": "A3"})
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"].endswith('-v0-en.pdf"')
    svg = client.get(f"/api/event-files/{plan_id}/map.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.headers["content-disposition"].startswith("attachment")


def test_after_action_and_proposals_answer(planner: tuple[httpx.Client, str]) -> None:
    client, plan_id = planner
    assert client.get(f"/api/event-files/{plan_id}/after-action").status_code == 200
    assert client.get(f"/api/event-files/{plan_id}/reuse").json()["items"] == []
    refused = client.post(
        f"/api/event-files/{plan_id}/reuse",
        json={"plan_id": "absent", "version": 1},
        headers={"If-Match": '"0"'},
    )
    assert refused.status_code == 404
