"""An inquiry over HTTP, and what cannot be asked at all."""

from __future__ import annotations

import zipfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from vigie.base.clock import FixedClock, now_us, to_rfc3339
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry.verify_evidence import verify
from vigie.situation.home import Home
from vigie.web.answers import inquiry as answers
from vigie.web.routers import ROUTERS

PASSWORD = "correct-horse-battery"
HOUR_US = 3_600_000_000
Own = tuple[Home, FixedClock, httpx.Client]
FORBIDDEN = ("name", "person", "plate", "face", "appearance", "graph", "surname", "identity", "q")
SQUARE = [[5.30, 43.25], [5.45, 43.25], [5.45, 43.35], [5.30, 43.35]]


def as_(client: httpx.Client, login: str) -> httpx.Client:
    """The same client, signed in as somebody else."""
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def asked(home: Home, hours: int = 24) -> dict[str, Any]:
    """A query over the whole town and the day before now."""
    end = now_us(home.clock)
    return {
        "from": to_rfc3339(end - hours * HOUR_US),
        "to": to_rfc3339(end),
        "ring": SQUARE,
        "stores": ["facts", "narratives", "plans"],
    }


def paper(home: Home) -> dict[str, Any]:
    """A whole requisition."""
    return {
        "article": "77-1-1",
        "number": "2026/9",
        "authority": "Commissariat central",
        "act": asked(home),
        "document": {"name": "acte.pdf", "sha256": "c" * 64},
    }


@pytest.fixture
def case(own: Own) -> str:
    """A case that the investigator opened and the keeper keeps."""
    home, _, client = own
    home.desk.accounts.create(
        "keeper", name="keeper", role="investigator", password=PASSWORD, must_change_password=False
    )
    body = {
        "reference": "26/777",
        "authority": "Parquet",
        "offence": "offence.person.brawl",
        "custodian": "keeper",
    }
    done = as_(client, "investigator").post("/api/cases", json=body)
    assert done.status_code == 201, done.text
    return str(done.json()["case_id"])


def test_from_the_requisition_to_the_package_over_http(own: Own, case: str, tmp_path: Path) -> None:
    """Requirement: REQ-1, REQ-2, REQ-4."""
    home, clock, client = own
    entered = client.post(f"/api/cases/{case}/requisitions", json=paper(home))
    assert entered.status_code == 201, entered.text
    (told,) = entered.json()["requisition_list"]
    place = f"/api/cases/{case}/requisitions/{told['requisition_id']}"
    wider = client.post(f"{place}/query", json=asked(home, hours=25))
    assert (wider.status_code, wider.json()["code"]) == (422, "query_too_wide")
    bound = client.post(f"{place}/query", json=asked(home, hours=12))
    assert bound.status_code == 200, bound.text
    sha = bound.json()["requisition_list"][0]["query_sha256"]
    body = {"query_sha256": sha}
    assert client.post(f"{place}/run", json=body).status_code == 409
    assert client.post(f"{place}/approve", json=body).status_code == 409
    assert as_(client, "keeper").post(f"{place}/approve", json=body).status_code == 200
    clock.advance(timedelta(minutes=1))
    approved = as_(client, "dpo").post(f"{place}/approve", json=body)
    assert approved.json()["requisition_list"][0]["state"] == "approved"
    assert client.post(f"{place}/run", json=body).status_code == 403
    done = as_(client, "investigator").post(f"{place}/run", json=body)
    assert done.status_code == 200, done.text
    assert client.post(f"{place}/run", json=body).status_code == 409
    package = client.get(f"/api/cases/{case}/packages/{done.json()['package_id']}")
    (tmp_path / "package.zip").write_bytes(package.content)
    assert verify(tmp_path / "package.zip")["query"] == sha
    seen = client.get(f"/api/cases/{case}/packages/{done.json()['package_id']}/timeline")
    assert seen.status_code == 200, seen.text
    sorts = Counter(one["sort"] for one in seen.json()["items"])
    assert sorts == {k[:-1]: n for k, n in done.json()["counts"].items() if k != "narratives" and n}
    times = [one["at"] for one in seen.json()["items"]]
    assert times == sorted(times)
    check = client.get(f"/api/cases/{case}/packages/{done.json()['package_id']}/verification")
    assert (check.json()["sound"], check.json()["sha256"]) == (True, done.json()["sha256"])
    (hold,) = client.get(f"/api/cases/{case}/holds").json()["items"]
    assert hold["standing"]
    assert client.post(f"/api/cases/{case}/close").json()["state"] == "closed"
    (hold,) = client.get(f"/api/cases/{case}/holds").json()["items"]
    assert (hold["standing"], hold["released_by"]) == (False, "investigator")
    assert client.get(seen.url).status_code == 404


def test_what_was_gathered_is_read_by_members_alone_and_a_changed_byte_is_named(
    own: Own, case: str
) -> None:
    """Requirement: REQ-2, REQ-3, REQ-4."""
    home, _, client = own
    (told,) = client.post(f"/api/cases/{case}/requisitions", json=paper(home)).json()[
        "requisition_list"
    ]
    place = f"/api/cases/{case}/requisitions/{told['requisition_id']}"
    bound = client.post(f"{place}/query", json=asked(home)).json()["requisition_list"][0]
    assert bound["query"]["ring"] == SQUARE
    body = {"query_sha256": bound["query_sha256"]}
    for login in ("keeper", "dpo"):
        assert as_(client, login).post(f"{place}/approve", json=body).status_code == 200
    done = as_(client, "investigator").post(f"{place}/run", json=body).json()
    package = f"/api/cases/{case}/packages/{done['package_id']}"
    assert "narrative" not in client.get(f"{package}/timeline").text
    assert as_(client, "dpo").get(f"{package}/timeline").status_code == 403
    assert client.get(f"{package}/verification").json()["sound"]
    home.desk.accounts.create(
        "other", name="other", role="investigator", password=PASSWORD, must_change_password=False
    )
    as_(client, "other")
    for one in ("timeline", "verification"):
        assert client.get(f"{package}/{one}").status_code == 404
    assert client.get(f"/api/cases/{case}/holds").status_code == 404
    path = EvidenceShelf(home.path).path(done["package_id"])
    content = path.read_bytes()
    with zipfile.ZipFile(path) as container:
        at = container.getinfo("data/facts.jsonl").header_offset + 30 + len("data/facts.jsonl") + 2
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    found = as_(client, "keeper").get(f"{package}/verification").json()
    assert (found["sound"], found["file"]) == (False, "data/facts.jsonl")
    assert client.get(f"{package}/timeline").json()["code"] == "store_broken"


def test_notes_tasks_and_the_timeline_over_http(own: Own, case: str) -> None:
    """Requirement: REQ-1."""
    _, _, client = own
    place = f"/api/cases/{case}/entries"
    task = client.post(place, json={"act": "task", "text": "Relire les horaires"}).json()
    number = task["entries"][0]["number"]
    assert client.post(place, json={"act": "task_done", "number": number}).status_code == 200
    said = {"act": "timeline", "text": "Attroupement", "at": "2026-03-30T10:00:00Z"}
    assert client.post(place, json=said).status_code == 422
    kept = client.post(place, json=said | {"certainty": "inferred", "lon": 5.37, "lat": 43.3})
    assert kept.json()["entries"][-1]["certainty"] == "inferred"
    assert client.get("/api/cases").json()["items"][0]["case_id"] == case
    assert len(client.get(f"/api/cases/{case}").json()["history"]) == 4
    assert client.get("/api/requisitions/statistics").json()["items"] == []


def test_a_query_is_narrowed_to_feeds_that_are_told_in_words(own: Own, case: str) -> None:
    """Requirement: REQ-1."""
    home, _, client = own
    told = client.get("/api/requisitions/feeds").json()
    names = [one["source"] for one in told]
    assert names == [one.source for one in home.intake.health(now_us(home.clock))]
    assert all(one["title"]["fr"] and one["title"]["en"] for one in told)
    body = paper(home)
    body["act"]["sources"] = names[:1]
    (one,) = client.post(f"/api/cases/{case}/requisitions", json=body).json()["requisition_list"]
    place = f"/api/cases/{case}/requisitions/{one['requisition_id']}/query"
    assert client.post(place, json=asked(home)).json()["code"] == "query_too_wide"
    bound = client.post(place, json=asked(home) | {"sources": names[:1]})
    assert bound.json()["requisition_list"][0]["query"]["sources"] == names[:1]


def test_no_route_and_no_field_asks_for_a_person(own: Own) -> None:
    """Requirement: REQ-3."""
    _, _, client = own
    routes = [r for router in ROUTERS for r in router.routes if isinstance(r, APIRoute)]
    mine = [route for route in routes if "inquiry" in route.tags]
    assert len(mine) == 17
    for route in mine:
        assert route.dependant.query_params == [], route.path
    for spec in (answers.QuerySpec, answers.RequisitionSpec, answers.CaseSpec, answers.EntrySpec):
        assert not set(spec.model_fields) & set(FORBIDDEN)
        assert spec.model_config["extra"] == "forbid"
    as_(client, "investigator")
    for place in ("persons", "search", "plates", "faces", "appearance", "graph", "links", "names"):
        for start in ("/api", "/api/cases", "/api/vault", "/api/requisitions", "/api/packages"):
            assert client.get(f"{start}/{place}").status_code == 404, (start, place)


def test_a_field_for_a_person_is_refused_wherever_it_is_put(own: Own, case: str) -> None:
    """Requirement: REQ-3."""
    home, _, client = own
    for field in FORBIDDEN:
        body = paper(home)
        body["act"][field] = "x"
        assert client.post(f"/api/cases/{case}/requisitions", json=body).status_code == 422
        body = paper(home) | {field: "x"}
        assert client.post(f"/api/cases/{case}/requisitions", json=body).status_code == 422


def test_an_investigator_sees_no_fact_but_through_the_vault(own: Own) -> None:
    """Requirement: REQ-2."""
    _, _, client = own
    as_(client, "investigator")
    city = client.get("/api/city").json()
    assert city["extent"] == {"from": None, "to": None}
    assert client.get("/api/taxonomy").status_code == client.get("/api/basemap").status_code == 200
    for place in ("/api/facts", "/api/situation?lon=5.37&lat=43.3", "/api/audit/lines"):
        assert client.get(place).status_code in {403, 404}, place
