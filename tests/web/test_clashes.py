"""Clashes over HTTP: listed, read, decided by those who may, open again when a plan changes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock
from vigie.jobs.clash_watching import ClashWatch
from vigie.privacy.purposes import Verb
from vigie.situation.home import Home

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]
REASON = "Les deux organisateurs se partagent la place"


def as_(client: httpx.Client, login: str) -> httpx.Client:
    """The same client, signed in as somebody else."""
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


@pytest.fixture
def clash(own: Own) -> dict[str, Any]:
    """The gravest clash between two plans, as the planner reads it."""
    _, _, client = own
    found = as_(client, "planner").get("/api/clashes").json()
    assert found["total"] == len(found["items"]) == found["states"]["open"]
    assert [one["severity"] for one in found["items"]] == sorted(
        (one["severity"] for one in found["items"]), reverse=True
    )
    return dict(next(one for one in found["items"] if len(one["plans"]) == 2))


def decide(client: httpx.Client, clash: dict[str, Any], **said: Any) -> httpx.Response:
    """Decide a clash."""
    return client.post(f"/api/clashes/{clash['clash_id']}/state", json={"after": 0, **said})


def test_a_decision_stands_with_who_when_and_why(own: Own, clash: dict[str, Any]) -> None:
    home, _, client = own
    done = decide(client, clash, state="accepted", reason=REASON)

    assert done.status_code == 200, done.text
    said = done.json()
    assert (said["state"], said["reason"], said["decided_by"]) == ("accepted", REASON, "planner")
    assert said["history"][0]["by"] == "planner"
    assert len(said["subjects"]) == 2
    states = client.get("/api/clashes").json()["states"]
    assert (states["accepted"], states["solved"]) == (1, 0)
    listed = client.get("/api/clashes", params={"state": "accepted"}).json()
    assert [one["clash_id"] for one in listed["items"]] == [clash["clash_id"]]
    page = lines_before(home.audit, Query(limit=100), home.audit.count())
    lines = [
        (line.verb, line.dataset, line.who)
        for _, line in page.lines
        if line.subject.get("clash") == clash["clash_id"] and line.outcome == "allowed"
    ]
    assert lines == [(Verb.ALTER, "authorisations", "planner")]


def test_it_opens_again_when_a_plan_changes(own: Own, clash: dict[str, Any]) -> None:
    _, _, client = own
    decide(client, clash, state="solved", reason=REASON, measure="Le second passe à 22 h")
    plan_id = clash["plans"][0]
    tag = client.get(f"/api/plans/{plan_id}").headers["ETag"]
    changed = client.patch(
        f"/api/plans/{plan_id}", json={"attendance_likely": 7_000}, headers={"If-Match": tag}
    )
    assert changed.status_code == 200, changed.text
    again = client.get(f"/api/clashes/{clash['clash_id']}").json()

    assert again["state"] == "open"
    assert "crowd" in again["reopened"]
    assert again["measure"] == "Le second passe à 22 h"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"state": "accepted", "reason": "ok"}, "reason"),
        ({"state": "solved", "reason": REASON}, "measure"),
    ],
)
def test_a_decision_without_its_words_is_refused(
    own: Own, clash: dict[str, Any], said: dict[str, Any], field: str
) -> None:
    answer = decide(own[2], clash, **said)

    assert answer.status_code == 422
    assert answer.json()["params"]["field"] == field


def test_two_at_once_do_not_write_over_each_other(own: Own, clash: dict[str, Any]) -> None:
    assert decide(own[2], clash, state="accepted", reason=REASON).status_code == 200
    assert decide(own[2], clash, state="accepted", reason=REASON).status_code in {409, 412}


def test_an_operator_reads_and_does_not_decide(own: Own, clash: dict[str, Any]) -> None:
    home, _, client = own
    decide(client, clash, state="accepted", reason=REASON)
    as_(client, "operator")
    read = client.get(f"/api/clashes/{clash['clash_id']}").json()
    refused = decide(client, clash, state="open", after=1)

    assert (read["reason"], read["decided_by"], read["may_decide"]) == (REASON, None, False)
    assert refused.status_code == 403
    assert len(home.desk.clash_states.of(clash["clash_id"])) == 1


def test_filters_take_what_they_say(own: Own, clash: dict[str, Any]) -> None:
    client = own[2]

    def total(**asked: Any) -> int:
        answer = client.get("/api/clashes", params=asked)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["total"])

    everything = total()
    assert total(rule=clash["rule"]) <= everything
    assert total(plan=clash["plans"][0]) >= 1
    assert total(severity=5) < everything
    assert total(state="solved") == 0
    assert client.get("/api/clashes", params={"rule": "nothing"}).status_code == 422


def test_an_unknown_clash_is_not_found(own: Own) -> None:
    assert as_(own[2], "planner").get("/api/clashes/none").status_code == 404


def test_rules_say_why(own: Own) -> None:
    rules = as_(own[2], "planner").get("/api/clash-rules").json()["items"]

    assert len(rules) >= 20
    assert all(one["why"]["fr"] and one["why"]["en"] for one in rules)


def test_an_edit_is_told_to_those_who_listen(own: Own, clash: dict[str, Any]) -> None:
    home, _, client = own
    watch = ClashWatch(home)
    assert watch.look() == 0, "the first look tells nothing"
    assert watch.look() == 0
    plan_id = clash["plans"][0]
    plan = client.get(f"/api/plans/{plan_id}")
    moved = {"type": "Point", "coordinates": [5.45, 43.35]}
    client.patch(
        f"/api/plans/{plan_id}",
        json={"geometry": moved},
        headers={"If-Match": plan.headers["ETag"]},
    )
    last = home.intake.events.latest_id
    assert watch.look() > 0
    told = [
        one for one in home.intake.events.since(last) if one.type.startswith("org.vigie.clash.")
    ]
    assert (clash["clash_id"], "gone") in {(e.data["clash_id"], e.data["change"]) for e in told}
    assert all("explanation" not in one.data for one in told)
