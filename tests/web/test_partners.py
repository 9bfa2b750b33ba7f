"""Partner services over HTTP: an account sees its service's feeds, a head names its people."""

from __future__ import annotations

import httpx

from vigie.audit.reading import stored_lines
from vigie.audit.record import from_text
from vigie.base.clock import FixedClock
from vigie.privacy.purposes import Verb
from vigie.situation.home import Home

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


def as_(client: httpx.Client, login: str, password: str = PASSWORD) -> httpx.Client:
    """The same client, signed in as somebody else."""
    answer = client.post("/api/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def test_a_partner_sees_only_its_own_feeds_everywhere(own: Own) -> None:
    _, _, client = own
    as_(client, "partner")
    assert {one["source"] for one in client.get("/api/facts").json()["items"]} == {"rescue"}
    features = client.get("/ogc/collections/facts/items").json()["features"]
    assert {one["properties"]["source"] for one in features} == {"rescue"}
    month = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-31T00:00:00Z"}
    lines = client.get("/api/summary", params=month).json()["by_source"]
    assert {line["key"] for line in lines} == {"rescue"}
    assert client.get("/api/facts", params={"source": "police"}).json()["items"] == []
    assert client.get("/api/alerts").json()["items"] == []
    whole = client.get("/api/map", params={"zoom": 9}).json()["total"]
    own_total = client.get("/api/map", params={"zoom": 9, "source": "rescue"}).json()["total"]
    assert whole == own_total > 0
    assert client.get("/api/map", params={"zoom": 9, "source": "police"}).json()["total"] == 0


def test_a_service_names_its_own_people_within_its_own_rights(own: Own) -> None:
    home, _, client = own
    assert as_(client, "partner").get("/api/session").json()["account"]["heads"] == "rescue"
    beyond = client.post(
        "/api/delegates", json={"login": "anna", "name": "Anna", "sources": ["police"]}
    )
    assert (beyond.status_code, beyond.json()["code"]) == (422, "wrong_usage")
    made = client.post(
        "/api/delegates",
        json={"login": "anna", "name": "Anna", "sources": ["rescue_means"], "zones": ["a:1"]},
    )
    assert made.status_code == 200, made.text
    told = made.json()
    assert (told["sources"], told["zones"], told["head"]) == (["rescue_means"], ["a:1"], False)
    listed = client.get("/api/delegates").json()
    assert [(one["login"], one["name"]) for one in listed["items"]] == [
        ("anna", "Anna"), ("partner", "partner")
    ]  # fmt: skip
    own_feeds = ["rescue", "rescue_means"]
    assert listed["bounds"] == {"service": "rescue", "sources": own_feeds, "zones": None}
    assert client.delete("/api/delegates/partner").status_code == 404

    with httpx.Client(base_url=client.base_url, timeout=30) as anna:
        as_(anna, "anna", told["first_password"])
        new = {"current": told["first_password"], "new": "un-long-mot-de-passe"}
        answer = anna.post("/api/session/password", json=new)
        anna.headers["X-CSRF-Token"] = answer.json()["csrf"]
        assert anna.get("/api/facts").json()["items"] == []
        assert anna.get("/api/session").json()["account"]["heads"] is None
        denied = anna.post("/api/delegates", json={"login": "b", "name": "B"})
        assert (denied.status_code, denied.json()["params"]["why"]) == (403, "not_head")
        assert client.delete("/api/delegates/anna").status_code == 204
        assert anna.get("/api/facts").status_code == 401
    assert home.desk.scopes.of_account(home.desk.accounts.get("anna").account_id) is None
    lines = [from_text(one.text) for _, one in stored_lines(home.audit, 0, home.audit.count())]
    told = [
        (line.verb, line.who, line.outcome)
        for line in lines
        if line.dataset == "delegations" and line.subject.get("login") in {"anna", "b"}
    ]
    assert told == [
        (Verb.COLLECT, "partner", "allowed"),  # the refused one: within the right, not the bounds
        (Verb.COLLECT, "partner", "allowed"),
        (Verb.COLLECT, "anna", "refused"),
        (Verb.ERASE, "partner", "allowed"),
    ]
    seen = as_(client, "dpo").get("/api/delegates").json()
    assert [one["login"] for one in seen["items"]] == ["partner"]
    assert seen["bounds"] is None
