"""The shift over HTTP: a card is ticked, a means sent by a person, the shift handed over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import numpy as np
import pytest

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import PersonRequired
from vigie.desk.alerts import Alert
from vigie.privacy.purposes import Verb
from vigie.situation.act.dispatch import confirm_dispatch
from vigie.situation.caller import Caller
from vigie.situation.home import Home

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]
HERE = "5.37000,43.29500"
FIRE = "rescue.fire.building"


def as_(client: httpx.Client, login: str) -> httpx.Client:
    """The same client, signed in as somebody else."""
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def engines(home: Home, sample: Any, *rows: tuple[str, float, str, int]) -> None:
    """Fire engines enter the lake: name, longitude, status, seconds ago."""
    at = np.array([now_us(home.clock) - ago * 1_000_000 for *_, ago in rows])
    n = len(rows)
    given = {
        "unit_ref": [name for name, *_ in rows],
        "kind": ["means.rescue.fire_engine"] * n,
        "label": [name.upper() for name, *_ in rows],
        "at": sample.instants(at),
        "at_us": at,
        "lon": [lon for _, lon, *_ in rows],
        "lat": [43.295] * n,
        "status": [status for _, _, status, _ in rows],
    }
    refs = [f"{name}-{ago}" for name, _, _, ago in rows]
    home.lake.commit("means", sample.complete("means", given, refs, "sdis"))


@pytest.fixture
def room(own: Own, sample: Any) -> Own:
    """A room with fire engines: the nearest is busy, the next is silent, two are free."""
    home, _, client = own
    engines(
        home,
        sample,
        ("busy", 5.3701, "engaged", 30),
        ("silent", 5.3702, "available", 4 * 3_600),
        ("near", 5.374, "available", 30),
        ("far", 5.40, "available", 30),
    )
    return home, own[1], as_(client, "operator")


def write(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/api/shift/lines", json=body)


def test_a_card_is_followed_step_by_step_with_its_times(room: Own) -> None:
    """Asked as R11 of the requirements."""
    _, clock, client = room
    asked = {"situation": HERE, "kind": FIRE}
    sheet = client.get("/api/shift/sheet", params=asked).json()
    assert sheet["course"] is None
    assert sheet["cards"][0]["card"] == "fire"
    assert sheet["may_dispatch"]
    assert write(client, kind="opened", situation=HERE).status_code == 200
    assert write(client, kind="opened", situation=HERE).status_code == 409
    clock.advance(timedelta(seconds=45))
    ticked = {"kind": "tick", "situation": HERE, "card": "fire", "step": "call-18"}
    assert write(client, **ticked).status_code == 200
    assert write(client, **ticked).status_code == 409
    assert write(client, **ticked | {"step": "dance"}).status_code == 404
    sheet = client.get("/api/shift/sheet", params=asked).json()
    first, second = sheet["cards"][0]["steps"][:2]
    assert (first["done"]["role"], first["done"]["by"]) == ("operator", "operator")
    assert first["done"]["late"]
    assert (second["done"], second["late"]) == (None, False)
    number = first["done"]["number"]
    strike = {"kind": "correction", "corrects": number, "text": "Erreur de case", "strikes": True}
    assert write(client, **strike).status_code == 200
    sheet = client.get("/api/shift/sheet", params=asked).json()
    assert sheet["cards"][0]["steps"][0]["done"] is None
    assert sheet["lines"][1]["struck"]
    assert write(client, kind="closed", situation=HERE, text="Feu éteint").status_code == 200
    sheet = client.get("/api/shift/sheet", params=asked).json()
    assert sheet["course"]["closed_at"]


def test_words_of_persons_do_not_survive_in_the_log(room: Own) -> None:
    home, _, client = room
    made = write(client, kind="note", text="Rappeler M. Jean Dupont au 06 12 34 56 78").json()
    assert "Dupont" not in made["text"]
    assert "06 12" not in made["text"]
    assert home.desk.shift.line(made["number"]).said.text == made["text"]
    log = client.get("/api/shift/log").json()
    assert [one["text"] for one in log["items"]] == [made["text"]]


def test_the_nearest_free_adequate_means_is_proposed_with_its_basis(room: Own) -> None:
    _, _, client = room
    found = client.get("/api/shift/proposal", params={"situation": HERE, "kind": FIRE}).json()
    assert found["proposed"] == "sdis|near"
    verdicts = {one["unit_ref"]: one["verdict"] for one in found["candidates"]}
    assert verdicts == {"near": "usable", "far": "usable", "busy": "busy", "silent": "stale"}
    basis = found["basis"]
    assert (basis["adequacy"], basis["usable"], basis["siren"]) == (FIRE, 2, False)
    times = [one["travel_s"] for one in found["candidates"] if one["verdict"] == "usable"]
    assert times == sorted(times)
    nothing = client.get("/api/shift/proposal", params={"situation": HERE}).json()
    assert (nothing["proposed"], nothing["candidates"]) == (None, [])


def send(client: httpx.Client, unit: str, **more: Any) -> httpx.Response:
    body = {"situation": HERE, "unit": unit, "kind": FIRE} | more
    return client.post("/api/shift/dispatches", json=body)


def test_a_person_sends_and_says_why_when_it_is_another(room: Own) -> None:
    """Requirement: ALG-4."""
    home, _, client = room
    made = send(client, "sdis|near")
    assert made.status_code == 200, made.text
    assert made.json()["proposed"]
    again = client.get("/api/shift/proposal", params={"situation": HERE, "kind": FIRE}).json()
    assert again["proposed"] == "sdis|far"
    assert send(client, "sdis|near").status_code == 422
    assert send(client, "sdis|near", reason="Second engin sur même appel").status_code == 200
    assert send(client, "buses|bus-0", reason="Un autobus").status_code == 404
    told = client.get("/api/shift/dispatches").json()["items"]
    assert [one["by"] for one in told] == ["operator", "operator"]
    assert told[0]["basis"]["travel_s"] == told[0]["basis"]["soonest_s"]
    strike = {"text": "Annulé par le CODIS", "strikes": True, "kind": "correction"}
    for one in told:
        assert write(client, corrects=one["number"], **strike).status_code == 200
    told = client.get("/api/shift/dispatches").json()["items"]
    assert [one["called_off"] for one in told] == [True, True]
    free = client.get("/api/shift/proposal", params={"situation": HERE, "kind": FIRE}).json()
    assert free["proposed"] == "sdis|near"
    page = lines_before(home.audit, Query(limit=200), home.audit.count())
    altered = [one for _, one in page.lines if one.dataset == "shift" and one.verb is Verb.ALTER]
    assert {one.who for one in altered} == {"operator"}


def test_no_token_no_program_and_no_borrowed_sight_sends(room: Own) -> None:
    """Requirement: ALG-4."""
    home, _, _ = room
    account = home.desk.accounts.get("operator")
    home.desk.accounts.create(
        "gone", name="gone", role="operator", password=PASSWORD, must_change_password=False
    )
    gone = home.desk.accounts.get("gone")
    home.desk.accounts.disable("gone")
    for caller in (
        Caller("token:wall", "operator", account.account_id),
        Caller("os:root", "operator"),
        Caller("vigie", "operator"),
        Caller("operator", "operator", "no-such-account"),
        Caller("operator", "shift_head", account.account_id),
        Caller("somebody", "operator", account.account_id),
        Caller("operator", "operator", account.account_id, view_as="shift_head"),
        Caller("gone", "operator", gone.account_id),
    ):
        with pytest.raises(PersonRequired):
            confirm_dispatch(home, caller, HERE, "sdis|near", kind=FIRE)
    assert home.desk.shift.dispatches(0, now_us(home.clock) + 1) == []
    page = lines_before(home.audit, Query(limit=50), home.audit.count())
    assert sum(one.outcome == "refused" for _, one in page.lines) == 8


def test_a_note_of_handover_is_signed_read_and_signed_again(room: Own) -> None:
    """Asked as item 3 of Act."""
    home, clock, client = room
    at_us = now_us(clock)
    home.desk.alerts.raise_all(
        [
            Alert(
                alert_id="alert-open",
                rule="surge",
                severity=4,
                at_us=at_us,
                until_us=at_us + 3_600_000_000,
                explanation={"fr": "Trois feux près du port", "en": "Three fires near the port"},
                numbers={},
                lon=5.37,
                lat=43.295,
            )
        ]
    )
    write(client, kind="opened", situation="alert:alert-open")
    write(client, kind="note", text="Relève de la caméra douze demandée")
    send(client, "sdis|near")
    draft = client.get("/api/shift/handover", params={"language": "en"}).json()
    for said in ("Three fires near the port", "NEAR", "caméra douze"):
        assert said in draft["text"]
    body = {
        "text": draft["text"] + "\nWatch the port.",
        "language": "en",
        "from_at": draft["from"],
        "to_at": draft["to"],
    }
    signed = client.post("/api/shift/handovers", json=body)
    assert signed.status_code == 200, signed.text
    first = signed.json()
    assert first["sha256"] == hashlib.sha256(first["text"].encode()).hexdigest()
    page = lines_before(home.audit, Query(limit=20), home.audit.count())
    assert first["sha256"] in {one.subject.get("sha256") for _, one in page.lines}
    clock.advance(timedelta(minutes=10))
    head = as_(client, "shift_head")
    change = {"text": "Revu.", "handover_id": first["handover_id"], "after": 1}
    assert head.post("/api/shift/handovers", json=change).json()["version"] == 2
    assert head.post("/api/shift/handovers", json=change).status_code == 412
    found = head.get(f"/api/shift/handovers/{first['handover_id']}").json()["items"]
    assert [(one["version"], one["by"]) for one in found] == [(2, "shift_head"), (1, "operator")]
    assert found[1]["text"] == first["text"]
    assert head.get("/api/shift/handovers").json()["items"][0]["version"] == 2
    assert head.get("/api/shift/handover").json()["from"] == draft["to"]


def test_the_officer_sees_who_stands_behind_a_dispatch_but_no_words(room: Own) -> None:
    _, _, client = room
    write(client, kind="note", text="Mots de la salle")
    send(client, "sdis|near")
    officer = as_(client, "dpo")
    log = officer.get("/api/shift/log").json()
    assert {one["text"] for one in log["items"]} == {""}
    assert {one["by"] for one in log["items"]} == {None}
    assert [one["role"] for one in officer.get("/api/shift/dispatches").json()["items"]] == [
        "operator"
    ]
    assert "Mots de la salle" not in officer.get("/api/shift/handover").text
    assert write(officer, kind="note", text="Une note").status_code == 403
    assert send(officer, "sdis|near").status_code == 403


@pytest.mark.parametrize("role", ["planner", "analyst", "partner", "elected", "admin"])
def test_nobody_else_reads_the_log(as_role: Callable[[str], httpx.Client], role: str) -> None:
    assert as_role(role).get("/api/shift/log").status_code == 403
    assert write(as_role(role), kind="note", text="Une note").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "note", "text": "ab"},
        {"kind": "opened"},
        {"kind": "dispatch", "situation": HERE, "text": "un engin"},
        {"kind": "opened", "situation": "200,43"},
        {"kind": "opened", "situation": "nulle part"},
        {"kind": "correction", "text": "sans ligne"},
        {"kind": "note", "text": "une note", "corrects": 1},
    ],
)
def test_a_line_that_says_nothing_is_refused(
    as_role: Callable[[str], httpx.Client], body: dict[str, Any]
) -> None:
    assert write(as_role("operator"), **body).status_code == 422
