"""Alerts over HTTP: set without code, tried on the past, raised at a commit, judged, published."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import httpx
import numpy as np
import pytest
from tests.commits import commit_told

from vigie.audit.reading import Query, lines_before
from vigie.base.clock import FixedClock, now_us
from vigie.jobs.alert_watching import LOOK_S, AlertWatch
from vigie.privacy.purposes import Verb
from vigie.situation.alerts_acts import escalate
from vigie.situation.home import Home

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]
MINUTE_US = 60_000_000
ZONE = [[5.36, 43.29], [5.38, 43.29], [5.38, 43.30], [5.36, 43.30], [5.36, 43.29]]
RULE: dict[str, Any] = {
    "family": "inside_zone",
    "name": "Incendie au Vieux-Port",
    "parameters": {"kind": "rescue.fire"},
    "scope": {"ring": ZONE},
    "severity": 4,
}


def as_(client: httpx.Client, login: str) -> httpx.Client:
    """The same client, signed in as somebody else."""
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def happens(home: Home, sample: Any, name: str, kind: str, ago_min: float, **more: Any) -> None:
    """A fact of the last minutes enters the lake."""
    at_us = np.array([now_us(home.clock) - int(ago_min * MINUTE_US)])
    given = {
        "kind": [kind],
        "earliest_at": sample.instants(at_us),
        "latest_at": sample.instants(at_us),
        "earliest_us": at_us,
        "latest_us": at_us,
        "lon": [more.get("lon", 5.37)],
        "lat": [more.get("lat", 43.295)],
        "severity": [3],
        "status": ["open"],
        "basis": ["reported"],
    }
    commit_told(home, sample.complete("facts", given, [name], "log"))


@pytest.fixture
def rule(own: Own) -> dict[str, Any]:
    """An instance set by the head of shift."""
    _, _, client = own
    made = as_(client, "shift_head").post("/api/alert-rules", json=RULE)
    assert made.status_code == 200, made.text
    return dict(made.json())


def alerts_of(client: httpx.Client, rule: dict[str, Any]) -> list[dict[str, Any]]:
    found = client.get("/api/alerts").json()["items"]
    return [one for one in found if one["instance"] == rule["rule_id"]]


def test_a_fact_rings_within_a_second_of_its_commit(
    own: Own, rule: dict[str, Any], sample: Any
) -> None:
    """Asked as C2 of the requirements; the bench measures the second, a busy machine has less."""
    home, _, client = own
    with AlertWatch(home):
        latest = home.intake.events.latest_id
        happens(home, sample, "fire-1", "rescue.fire.building", 1)
        until = time.monotonic() + 60.0
        while not home.desk.alerts.count() and time.monotonic() < until:
            time.sleep(0.01)
    (told,) = home.intake.events.since(latest)[2:]
    assert told.type == "org.vigie.alert.raised.v1"
    assert told.data["lon"] != 5.37
    (alert,) = alerts_of(client, rule)
    assert alert["title"]["fr"] == "Incendie au Vieux-Port"
    assert (alert["standing"], alert["asked"], alert["severity"]) == ("new", "operator", 4)
    assert alert["confidence"] == {"share": None, "low": 0.0, "high": 1.0, "judged": 0}
    assert LOOK_S <= 0.5


def test_what_happens_twice_rings_once_and_a_late_fact_doubles_nothing(
    own: Own, rule: dict[str, Any], sample: Any
) -> None:
    home, _, client = own
    watch = AlertWatch(home)
    happens(home, sample, "fire-1", "rescue.fire.building", 5)
    assert watch.look() == 1
    assert watch.look() == 0
    happens(home, sample, "fire-late", "rescue.fire.building", 9)
    happens(home, sample, "crash", "road.accident", 2)
    assert watch.look() == 0
    happens(home, sample, "elsewhere", "rescue.fire.building", 1, lon=5.45)
    assert watch.look() == 0
    assert len(alerts_of(client, rule)) == 1


def test_a_verdict_is_published_beside_the_rule(
    own: Own, rule: dict[str, Any], sample: Any
) -> None:
    home, _, client = own
    happens(home, sample, "fire-1", "rescue.fire.building", 5)
    AlertWatch(home).look()
    (alert,) = alerts_of(as_(client, "operator"), rule)
    url = f"/api/alerts/{alert['alert_id']}/acts"

    assert client.post(url, json={"act": "verdict", "verdict": "false"}).status_code == 422
    said = {"act": "verdict", "verdict": "false", "reason": "Barbecue signalé deux fois"}
    done = client.post(url, json=said | {"after": 0})
    assert done.status_code == 200, done.text
    assert done.json()["verdict"] == "false"
    assert done.json()["history"][0]["by"] == "operator"
    assert client.post(url, json=said | {"after": 0}).status_code == 412

    listed = client.get("/api/alert-rules").json()
    (mine,) = [one for one in listed["items"] if one["rule_id"] == rule["rule_id"]]
    rate = mine["false_rate"]
    assert (rate["share"], rate["judged"], rate["raised"]) == (1.0, 1, 1)
    assert 0.2 < rate["low"] < 0.21
    assert rate["high"] == 1.0
    page = lines_before(home.audit, Query(limit=100), home.audit.count())
    lines = [line for _, line in page.lines if line.dataset == "alerts"]
    altered = [line for line in lines if line.verb is Verb.ALTER]
    assert {line.who for line in altered} == {"operator"}


def test_an_alert_put_off_wakes_by_itself_and_an_answer_ends_the_asking(
    own: Own, rule: dict[str, Any], sample: Any
) -> None:
    home, clock, client = own
    happens(home, sample, "fire-1", "rescue.fire.building", 5)
    AlertWatch(home).look()
    (alert,) = alerts_of(as_(client, "operator"), rule)
    url = f"/api/alerts/{alert['alert_id']}/acts"
    put_off = {"act": "snooze", "minutes": 20, "reason": "Équipe déjà sur place"}
    assert client.post(url, json=put_off).json()["standing"] == "snoozed"
    assert escalate(home) == 0
    clock.advance(timedelta(minutes=21))
    assert client.get(f"/api/alerts/{alert['alert_id']}").json()["standing"] == "new"
    clock.advance(timedelta(minutes=11))
    assert escalate(home) == 1
    assert escalate(home) == 0
    assert alerts_of(client, rule)[0]["asked"] == "shift_head"
    done = client.post(url, json={"act": "acknowledge"}).json()
    assert (done["standing"], done["asked"]) == ("acknowledged", None)
    assert [one["act"] for one in done["history"]] == ["snooze", "escalate", "acknowledge"]


def test_a_storm_is_one_situation_and_is_answered_as_one(own: Own, sample: Any) -> None:
    home, _, client = own
    quick = RULE | {"parameters": {"kind": "rescue.fire", "quiet_min": 0}}
    as_(client, "shift_head").post("/api/alert-rules", json=quick)
    for n in range(30):
        happens(home, sample, f"fire-{n}", "rescue.fire.building", n)
    latest = home.intake.events.latest_id
    assert AlertWatch(home).look() == 30
    assert len(home.intake.events.since(latest)) == 21
    found = [one for one in client.get("/api/alerts").json()["items"] if one["instance"]]
    assert {one["group_size"] for one in found} == {30}
    assert len({one["group"] for one in found}) == 1
    url = f"/api/alerts/{found[0]['alert_id']}/acts"
    assert client.post(url, json={"act": "acknowledge", "whole": True}).status_code == 200
    found = [one for one in client.get("/api/alerts").json()["items"] if one["instance"]]
    assert {one["standing"] for one in found} == {"acknowledged"}


def test_a_trial_keeps_nothing_and_says_how_often(own: Own, sample: Any) -> None:
    home, _, client = own
    happens(home, sample, "fire-1", "rescue.fire.building", 60 * 24 * 3)
    tried = as_(client, "shift_head").post(
        "/api/alert-rules/try",
        json={"family": "inside_zone", "parameters": RULE["parameters"], "days": 10},
    )
    assert tried.status_code == 200, tried.text
    said = tried.json()
    assert said["rang"] == sum(one["n"] for one in said["by_day"]) >= 1
    assert said["per_day_low"] < said["per_day"] < said["per_day_high"]
    assert said["declared_per_day"] is None
    assert client.get("/api/alert-rules").json()["items"] == []
    rate = {"family": "rate_high", "parameters": {"kind": "rescue"}, "days": 5}
    said = client.post("/api/alert-rules/try", json=rate).json()
    assert said["declared_per_day"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"family": "surge"},
        {"family": "none"},
        {"parameters": {"kind": "not.a.kind"}},
        {"parameters": {"unheard": 1}},
        {"scope": {"ring": ZONE, "zone": "x:y"}},
        {"scope": {"ring": ZONE[:3]}},
        {"name": "  "},
    ],
)
def test_what_cannot_be_used_is_refused(own: Own, wrong: dict[str, Any]) -> None:
    _, _, client = own

    assert as_(client, "shift_head").post("/api/alert-rules", json=RULE | wrong).status_code == 422


def test_versions_stay_and_a_rule_switched_off_is_silent(
    own: Own, rule: dict[str, Any], sample: Any
) -> None:
    home, _, client = own
    url = f"/api/alert-rules/{rule['rule_id']}"
    off = client.put(url, json=RULE | {"state": "off", "after": 1, "why": "Travaux"})
    assert off.status_code == 200, off.text
    assert client.put(url, json=RULE | {"after": 1}).status_code == 412
    happens(home, sample, "fire-1", "rescue.fire.building", 5)
    assert AlertWatch(home).look() == 0
    versions = client.get(url).json()["items"]
    assert [(one["number"], one["state"]) for one in versions] == [(2, "off"), (1, "on")]
    assert as_(client, "operator").put(url, json=RULE | {"after": 2}).status_code == 403


def test_the_duty_roster_names_roles_and_has_versions(own: Own) -> None:
    _, _, client = own
    first = as_(client, "shift_head").get("/api/alert-duty").json()
    assert [one["role"] for one in first["watches"]] == ["operator", "shift_head"]
    watch = {"role": "shift_head", "weekdays": [5, 6], "from_min": 1200, "to_min": 360}
    said = {"after_min": 5, "watches": [watch], "after": 0}
    assert client.put("/api/alert-duty", json=said).json()["number"] == 1
    assert client.put("/api/alert-duty", json=said).status_code == 412
    person = said | {"watches": [watch | {"role": "dupont"}], "after": 1}
    assert client.put("/api/alert-duty", json=person).status_code == 422


def turn(home: Home, role: str, from_min: int, to_min: int, **more: Any) -> dict[str, Any]:
    """A turn some minutes from now."""
    at = home.clock.now()
    bounds = {"from_at": from_min, "to_at": to_min}
    told = {name: (at + timedelta(minutes=n)).isoformat() for name, n in bounds.items()}
    return {"role": role, **told, **more}


def test_a_turn_is_entered_by_the_shift_head_and_says_how_the_role_is_reached(own: Own) -> None:
    home, _, client = own
    as_(client, "shift_head")
    said = turn(home, "planner", 0, 60, post="Poste 4, Jean Dupont 06 12 34 56 78")
    made = client.post("/api/alert-duty/turns", json=said)
    assert made.status_code == 200, made.text
    assert "Poste 4" in made.json()["post"]
    assert "Dupont" not in made.json()["post"]
    assert "06 12" not in made.json()["post"]
    duty = client.get("/api/alert-duty").json()
    assert [one["role"] for one in duty["now"]] == ["operator", "shift_head", "planner"]
    assert duty["now"][2]["post"] == made.json()["post"]
    assert duty["gaps"] == []
    seen = as_(client, "planner").get("/api/alert-duty").json()
    assert (seen["now"][2]["post"], seen["turns"][0]["by"], seen["may_write"]) == ("", None, False)
    assert as_(client, "operator").post("/api/alert-duty/turns", json=said).status_code == 403
    as_(client, "shift_head")
    url = f"/api/alert-duty/turns/{made.json()['turn_id']}/withdraw"
    assert client.post(url).status_code == 200
    assert client.post(url).status_code == 409
    assert client.get("/api/alert-duty").json()["turns"] == []


@pytest.mark.parametrize(
    ("role", "from_min", "to_min"),
    [("dupont", 0, 60), ("operator", 60, 0), ("operator", -60, -1), ("operator", 0, 50_000)],
)
def test_a_turn_that_cannot_be_is_refused(own: Own, role: str, from_min: int, to_min: int) -> None:
    home, _, client = own
    said = turn(home, role, from_min, to_min)
    answer = as_(client, "shift_head").post("/api/alert-duty/turns", json=said)
    assert answer.status_code == 422, answer.text
    assert client.get("/api/alert-duty").json()["turns"] == []


def test_nobody_on_duty_is_told_once_and_the_next_on_duty_is_told_where(
    own: Own, rule: dict[str, Any], sample: Any
) -> None:
    home, clock, client = own
    happens(home, sample, "fire-1", "rescue.fire.building", 5)
    AlertWatch(home).look()
    as_(client, "shift_head")
    for role in ("operator", "shift_head"):
        empty = turn(home, role, 0, 30, held=False)
        assert client.post("/api/alert-duty/turns", json=empty).status_code == 200
    held = turn(home, "operator", 30, 90, post="Poste 2")
    client.post("/api/alert-duty/turns", json=held)
    latest = home.intake.events.latest_id
    assert (escalate(home), escalate(home)) == (1, 0)
    assert len(home.intake.events.since(latest)) == 1
    (alert,) = alerts_of(client, rule)
    assert (alert["asked"], alert["next_escalation_at"][:16]) == ("", held["from_at"][:16])
    duty = client.get("/api/alert-duty").json()
    assert (duty["now"], len(duty["gaps"])) == ([], 1)
    clock.advance(timedelta(minutes=31))
    assert (escalate(home), escalate(home)) == (1, 0)
    (alert,) = alerts_of(client, rule)
    assert (alert["asked"], alert["asked_at"], alert["escalation"]) == ("operator", "Poste 2", 0)
    clock.advance(timedelta(minutes=10))
    assert (escalate(home), escalate(home)) == (1, 0)
    history = client.get(f"/api/alerts/{alert['alert_id']}").json()["history"]
    assert [(one["role"], one["reason"]) for one in history] == [
        ("", ""),
        ("operator", "Poste 2"),
        ("shift_head", ""),
    ]


def test_a_planner_sees_the_place_coarsely_and_nobody_s_name(
    own: Own, rule: dict[str, Any], sample: Any
) -> None:
    home, _, client = own
    happens(home, sample, "fire-1", "rescue.fire.building", 5)
    AlertWatch(home).look()
    (alert,) = alerts_of(client, rule)
    assert (alert["lon"], alert["lat"]) == (5.37, 43.295)
    client.post(f"/api/alerts/{alert['alert_id']}/acts", json={"act": "acknowledge"})
    said = as_(client, "planner").get(f"/api/alerts/{alert['alert_id']}").json()
    assert said["lon"] != 5.37
    assert not {"subjects", "about"} & said["numbers"].keys()  # no cell, no fact
    around = client.get("/api/situation", params={"about": f"alert:{alert['alert_id']}"})
    assert around.status_code in {200, 403}, around.text
    assert around.status_code == 403 or around.json()["lon"] == said["lon"]
    assert said["history"][0]["by"] is None
    assert not said["may_act"]
