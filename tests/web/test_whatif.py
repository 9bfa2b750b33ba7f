"""What-if over HTTP: who may ask, what comes back, that nothing is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from vigie.base.clock import FixedClock, to_rfc3339, to_us
from vigie.situation.home import Home
from vigie.situation.local import local_caller
from vigie.situation.plans import list_plans
from vigie.situation.tomorrow.whatif import adequacies, keep_at_hand, read_reliability

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]
SQUARE = [[5.390, 43.280], [5.391, 43.280], [5.391, 43.281], [5.390, 43.281], [5.390, 43.280]]


def as_(client: httpx.Client, login: str) -> httpx.Client:
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


@pytest.fixture
def concert(own: Own) -> str:
    """A concert three days ahead, entered by the planner."""
    _, clock, client = own
    starts = to_us(clock.now() + timedelta(days=3))
    answer = as_(client, "planner").post(
        "/api/plans",
        json={
            "kind": "event.culture.concert",
            "title": "Concert du port",
            "starts_at": to_rfc3339(starts),
            "ends_at": to_rfc3339(starts + 7_200_000_000),
            "attendance_likely": 2_000,
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
            "means": {"agents": "6"},
        },
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["plan_id"])


def ask(client: httpx.Client, plan_id: str, **change: Any) -> httpx.Response:
    return client.post(f"/api/plans/{plan_id}/whatif", json=change)


def test_a_planner_reads_both_versions_and_nothing_is_kept(own: Own, concert: str) -> None:
    _, _, client = own
    before = client.get(f"/api/plans/{concert}").json()
    answer = ask(client, concert, shift_min=120, attendance=4_000, agents=12, weather="rain")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["scenario"]["shift_min"] == 120
    assert told["before"]["attendance"] == 2_000
    assert told["after"]["attendance"] == 4_000
    assert told["after"]["adequacy"]["planned"] == 12
    figures = {one["code"]: one for one in told["figures"]}
    named = {
        name
        for one in told["figures"]
        for side in (one["before"], one["after"])
        for name in (side or {"basis": []})["basis"]
    }
    assert {one["plan_id"] for one in told["past"]} == named
    starts = [one["starts_at"] for one in told["past"]]
    assert starts == sorted(starts, reverse=True)
    people = figures["people.attendance"]
    assert people["change"]["likely"] == pytest.approx(2_000, rel=0.05)
    assert people["before"]["low"] < people["before"]["likely"] < people["before"]["high"]
    assert client.get(f"/api/plans/{concert}").json() == before


def test_a_change_that_cannot_be_is_refused(own: Own, concert: str) -> None:
    _, _, client = own
    assert ask(client, concert, attendance=-1).status_code == 422
    assert ask(client, concert, horses=3).status_code == 422
    assert ask(client, "nothing", shift_min=5).status_code == 404


def test_who_may_not_combine_figures_may_not_ask(own: Own, concert: str) -> None:
    _, _, client = own
    assert ask(as_(client, "elected"), concert).status_code == 403
    assert client.get(f"/api/plans/{concert}/adequacy").status_code == 403
    assert client.get("/api/adequacy/reliability").status_code == 403


def test_the_adequacy_of_a_plan_has_an_interval_and_the_fewest_that_suffice(
    own: Own, concert: str
) -> None:
    _, _, client = own
    told = client.get(f"/api/plans/{concert}/adequacy").json()
    assert told["planned"] == 6
    assert told["needed"]["low"] <= told["needed"]["likely"] <= told["needed"]["high"]
    assert told["advised"] >= 2
    assert 0 < told["probability"] < 1


def test_how_often_it_was_right_is_told_once_the_past_has_been_gone_through(own: Own) -> None:
    home, _, client = own
    told = read_reliability(home, local_caller(home, role="planner"), wait=True)
    assert told["ready"]
    answer = as_(client, "planner").get("/api/adequacy/reliability")
    assert answer.status_code == 200, answer.text
    assert answer.json()["fitted_at"] is not None


def test_the_grid_of_first_aid_answers_line_by_line(own: Own) -> None:
    _, _, client = own
    as_(client, "planner")
    body = {"public": 67_394, "activity": "low", "site": "low", "rescue": "low"}
    told = client.post("/api/first-aid", json=body).json()
    assert (told["level"], told["responders"]) == ("ge", 52)
    assert [one["symbol"] for one in told["steps"]] == ["P1", "P2", "E1", "E2", "i", "P", "RIS"]
    grid = client.get("/api/first-aid/grid").json()["items"]
    assert len(grid) == 12
    assert client.post("/api/first-aid", json={**body, "public": -1}).status_code == 422


def test_what_the_house_has_at_hand_answers_the_list_of_whoever_may_see_everything(
    own: Own, concert: str
) -> None:
    home, clock, _ = own
    assert keep_at_hand(home) >= 1
    caller = local_caller(home, role="planner")
    at = to_us(clock.now())
    _, plans = list_plans(home, caller, at, at + 30 * 86_400_000_000)
    told = adequacies(home, caller, plans)
    assert told[concert]["planned"] == 6
    assert told[concert]["cover"]["low"] <= told[concert]["cover"]["high"]
