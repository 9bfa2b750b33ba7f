"""The shift over HTTP: a card is ticked, a means sent by a person, the shift handed over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from shutil import copytree
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
from vigie.situation.act.naming import named
from vigie.situation.caller import Caller
from vigie.situation.home import Home, open_home
from vigie.web.server import Server

PASSWORD = "correct-horse-battery"
HERE = "5.37000,43.29500"
FIRE = "rescue.fire.building"
NUMBERS = count()


@dataclass(frozen=True)
class Room:
    """One shift in a home that the module serves once: a day of its own, and a place of its own."""

    home: Home
    clock: FixedClock
    client: httpx.Client
    here: str
    began_us: int

    def write(self, **body: Any) -> httpx.Response:
        return write(self.client, **body)

    def send(self, unit: str, **more: Any) -> httpx.Response:
        body = {"situation": self.here, "unit": unit, "kind": FIRE} | more
        return self.client.post("/api/shift/dispatches", json=body)

    def ask(self, path: str, **params: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"/api/shift/{path}", params=params).json()
        return found

    def audited(self) -> list[Any]:
        """Return the lines of the audit since the shift began."""
        page = lines_before(self.home.audit, Query(limit=200), self.home.audit.count())
        return [one for _, one in page.lines if one.at_us >= self.began_us]


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
    refs = [f"{name}@{us}" for (name, *_), us in zip(rows, at.tolist(), strict=True)]
    home.lake.commit("means", sample.complete("means", given, refs, "sdis"))


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
    template: Path,
    sample: Any,
    serve_home: Callable[[Home], AbstractContextManager[Server]],
) -> Iterator[tuple[Home, FixedClock, httpx.Client]]:
    """A home of the module's own, served once."""
    folder = tmp_path_factory.mktemp("shift") / "home"
    copytree(template, folder)
    clock = FixedClock(sample.NOW)
    with (
        open_home(folder, clock=clock) as home,
        serve_home(home) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client,
    ):
        yield home, clock, client


@pytest.fixture
def room(served: tuple[Home, FixedClock, httpx.Client], sample: Any) -> Room:
    """A shift with fire engines: the nearest is busy, the next is silent, two are free."""
    home, clock, client = served
    clock.advance(timedelta(hours=26))
    engines(
        home,
        sample,
        ("busy", 5.3701, "engaged", 30),
        ("silent", 5.3702, "available", 4 * 3_600),
        ("near", 5.374, "available", 30),
        ("far", 5.40, "available", 30),
    )
    here = f"5.3700{next(NUMBERS)},43.29500"
    return Room(home, clock, as_(client, "operator"), here, now_us(clock))


def write(client: httpx.Client, **body: Any) -> httpx.Response:
    return client.post("/api/shift/lines", json=body)


def test_a_card_is_followed_step_by_step_with_its_times(room: Room) -> None:
    """Asked as R11 of the requirements."""
    asked = {"situation": room.here, "kind": FIRE}
    sheet = room.ask("sheet", **asked)
    assert sheet["course"] is None
    assert sheet["cards"][0]["card"] == "fire"
    assert sheet["may_dispatch"]
    assert room.write(kind="opened", situation=room.here).status_code == 200
    assert room.write(kind="opened", situation=room.here).status_code == 409
    room.clock.advance(timedelta(seconds=45))
    ticked = {"kind": "tick", "situation": room.here, "card": "fire", "step": "call-18"}
    assert room.write(**ticked).status_code == 200
    assert room.write(**ticked).status_code == 409
    assert room.write(**ticked | {"step": "dance"}).status_code == 404
    first, second = room.ask("sheet", **asked)["cards"][0]["steps"][:2]
    assert (first["done"]["role"], first["done"]["by"]) == ("operator", "operator")
    assert first["done"]["late"]
    assert (second["done"], second["late"]) == (None, False)
    number = first["done"]["number"]
    strike = {"kind": "correction", "corrects": number, "text": "Erreur de case", "strikes": True}
    assert room.write(**strike).status_code == 200
    sheet = room.ask("sheet", **asked)
    assert sheet["cards"][0]["steps"][0]["done"] is None
    assert sheet["lines"][1]["struck"]
    closed = room.write(kind="closed", situation=room.here, text="Feu éteint")
    assert closed.status_code == 200
    assert room.ask("sheet", **asked)["course"]["closed_at"]


def test_words_of_persons_do_not_survive_in_the_log(room: Room) -> None:
    made = room.write(kind="note", text="Rappeler M. Jean Dupont au 06 12 34 56 78").json()
    assert "Dupont" not in made["text"]
    assert "06 12" not in made["text"]
    assert room.home.desk.shift.line(made["number"]).said.text == made["text"]
    assert [one["text"] for one in room.ask("log")["items"]] == [made["text"]]


def test_the_nearest_free_adequate_means_is_proposed_with_its_basis(room: Room) -> None:
    found = room.ask("proposal", situation=room.here, kind=FIRE)
    assert found["proposed"] == "sdis|near"
    verdicts = {one["unit_ref"]: one["verdict"] for one in found["candidates"]}
    assert verdicts == {"near": "usable", "far": "usable", "busy": "busy", "silent": "stale"}
    basis = found["basis"]
    assert (basis["adequacy"], basis["usable"], basis["siren"]) == (FIRE, 2, False)
    times = [one["travel_s"] for one in found["candidates"] if one["verdict"] == "usable"]
    assert times == sorted(times)
    nothing = room.ask("proposal", situation=room.here)
    assert (nothing["proposed"], nothing["candidates"]) == (None, [])


def test_a_person_sends_and_says_why_when_it_is_another(room: Room) -> None:
    """Requirement: ALG-4."""
    made = room.send("sdis|near")
    assert made.status_code == 200, made.text
    assert made.json()["proposed"]
    assert room.ask("proposal", situation=room.here, kind=FIRE)["proposed"] == "sdis|far"
    assert room.send("sdis|near").status_code == 422
    assert room.send("sdis|near", reason="Second engin sur même appel").status_code == 200
    assert room.send("buses|bus-0", reason="Un autobus").status_code == 404
    told = room.ask("dispatches")["items"]
    assert [one["by"] for one in told] == ["operator", "operator"]
    assert told[0]["basis"]["travel_s"] == told[0]["basis"]["soonest_s"]
    strike = {"text": "Annulé par le CODIS", "strikes": True, "kind": "correction"}
    for one in told:
        assert room.write(corrects=one["number"], **strike).status_code == 200
    assert [one["called_off"] for one in room.ask("dispatches")["items"]] == [True, True]
    assert room.ask("proposal", situation=room.here, kind=FIRE)["proposed"] == "sdis|near"
    altered = [one for one in room.audited() if one.dataset == "shift" and one.verb is Verb.ALTER]
    assert {one.who for one in altered} == {"operator"}


def test_no_token_no_program_and_no_borrowed_sight_sends(room: Room) -> None:
    """Requirement: ALG-4."""
    home = room.home
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
            confirm_dispatch(home, caller, room.here, "sdis|near", kind=FIRE)
    assert home.desk.shift.dispatches(room.began_us, now_us(room.clock) + 1) == []
    assert sum(one.outcome == "refused" for one in room.audited()) == 8


def test_an_alert_finds_the_card_of_what_was_seen_not_only_of_what_its_rule_watches(
    room: Room,
) -> None:
    """A rule on all offences against persons rang for an assault: its card is that of assaults."""
    rule = room.home.desk.alert_rules.put(
        "", after=0, family="inside_zone", name="Violences",
        parameters={"kind": "offence.person"}, scope={}, severity=4, state="on",
        who="shift_head", why="",
    )  # fmt: skip
    at_us = room.began_us
    room.home.desk.alerts.raise_all(
        [
            Alert(
                alert_id="alert-assault",
                rule="inside_zone",
                severity=4,
                at_us=at_us,
                until_us=at_us + 3_600_000_000,
                explanation={"fr": "« Violences » dans la ville.", "en": '"Assault" in the city.'},
                numbers={"subjects": ["f1"], "about": ["offence.person.assault"]},
                lon=5.37,
                lat=43.295,
                instance=rule.rule_id,
            )
        ]
    )
    sheet = room.ask("sheet", situation="alert:alert-assault")

    assert sheet["kinds"] == ["offence.person.assault", "offence.person"]
    assert [one["card"] for one in sheet["cards"]] == ["brawl"]


def test_a_note_of_handover_is_signed_read_and_signed_again(room: Room) -> None:
    """Asked as item 3 of Act."""
    at_us = room.began_us
    room.home.desk.alerts.raise_all(
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
    room.write(kind="opened", situation="alert:alert-open")
    room.write(kind="note", text="Relève de la caméra douze demandée")
    room.send("sdis|near")
    draft = room.ask("handover", language="en")
    for said in ("Situation opened: Three fires near the port", "NEAR", "caméra douze"):
        assert said in draft["text"]
    assert "alert:alert-open" not in draft["text"]
    names = room.ask("log")["names"]
    assert names["alert:alert-open"]["fr"] == "Trois feux près du port"
    assert names[room.here] == {"fr": room.here, "en": room.here}
    unseen = named(room.home, {}, ["alert:alert-open", "fact:nothing", ""])
    assert unseen == {key: {"fr": key, "en": key} for key in ("alert:alert-open", "fact:nothing")}
    body = {
        "text": draft["text"] + "\nWatch the port.",
        "language": "en",
        "from_at": draft["from"],
        "to_at": draft["to"],
    }
    signed = room.client.post("/api/shift/handovers", json=body)
    assert signed.status_code == 200, signed.text
    first = signed.json()
    assert first["sha256"] == hashlib.sha256(first["text"].encode()).hexdigest()
    assert first["sha256"] in {one.subject.get("sha256") for one in room.audited()}
    room.clock.advance(timedelta(minutes=10))
    head = as_(room.client, "shift_head")
    change = {"text": "Revu.", "handover_id": first["handover_id"], "after": 1}
    assert head.post("/api/shift/handovers", json=change).json()["version"] == 2
    assert head.post("/api/shift/handovers", json=change).status_code == 412
    found = room.ask(f"handovers/{first['handover_id']}")["items"]
    assert [(one["version"], one["by"]) for one in found] == [(2, "shift_head"), (1, "operator")]
    assert found[1]["text"] == first["text"]
    assert room.ask("handovers")["items"][0]["version"] == 2
    assert room.ask("handover")["from"] == draft["to"]


def test_the_officer_sees_who_stands_behind_a_dispatch_but_no_words(room: Room) -> None:
    room.write(kind="note", text="Mots de la salle")
    room.send("sdis|near")
    officer = as_(room.client, "dpo")
    log = room.ask("log")
    assert {one["text"] for one in log["items"]} == {""}
    assert {one["by"] for one in log["items"]} == {None}
    assert [one["role"] for one in room.ask("dispatches")["items"]] == ["operator"]
    assert "Mots de la salle" not in officer.get("/api/shift/handover").text
    assert room.write(kind="note", text="Une note").status_code == 403
    assert room.send("sdis|near").status_code == 403


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
