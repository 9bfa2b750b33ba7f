"""From facts to an answer over HTTP: a run asked for, made by its command, and read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
from tests.foresight.forecasting.town import town_home

from vigie.jobs.forecasting import command_for
from vigie.web.server import Server

PASSWORD = "correct-horse-battery"
ROLES = ("analyst", "elected", "operator")
Serve = Callable[..., AbstractContextManager[Server]]


@contextmanager
def signed_in(address: str, role: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        answer = client.post("/api/session", json={"login": role, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield client


def test_from_the_facts_of_a_home_to_a_forecast_with_intervals_and_score(
    tmp_path: Path, serve_home: Serve
) -> None:
    home, _ = town_home(tmp_path / "home", days=112, scale=0.1)
    with home, serve_home(home) as server:
        for role in ROLES:
            home.desk.accounts.create(
                role, name=role, role=role, password=PASSWORD, must_change_password=False
            )
        address = f"http://127.0.0.1:{server.port}"
        with signed_in(address, "analyst") as analyst:
            assert analyst.get("/api/forecasts/latest").status_code == 404
            asked = analyst.post(
                "/api/forecasts",
                json={"horizon_days": 1, "kinds": ["rescue.person"], "slot_hours": 24},
            )
            assert asked.status_code == 202, asked.text
            name = asked.json()["forecast_id"]
            assert asked.json()["state"] == "waiting"

            command = [*command_for(home, name), "--json"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout.splitlines()[-1])["state"] == "ready"

            found = analyst.get(f"/api/forecasts/{name}").json()
            assert found["run"]["state"] == "ready"
            assert found["places"]
            again = analyst.get(f"/api/forecasts/{name}")
            tag = {"If-None-Match": again.headers["etag"]}
            assert analyst.get(f"/api/forecasts/{name}", headers=tag).status_code == 304

            cell = found["places"][0]["cell"]
            place = analyst.get(f"/api/forecasts/latest/cell/{cell}").json()
            assert [one["level"] for one in place["slots"][0]["intervals"]] == [0.5, 0.8, 0.95]
            features = analyst.get("/api/forecasts/latest/features", params={"slot": 0}).json()
            assert len(features["features"]) == len(found["places"])
            scores = analyst.get("/api/forecasts/scores").json()
            kind = scores["models"]["naive"]["rescue.person"]
            assert kind["deviance"]["low"] <= kind["deviance"]["value"] <= kind["deviance"]["high"]
            assert analyst.get("/api/forecasts/card").json()["data"]["by_kind"]["rescue.person"]
            refused = analyst.post("/api/forecasts", json={"kinds": ["offence.drugs"]})
            assert refused.status_code == 422
        with signed_in(address, "elected") as elected:
            told = elected.get("/api/forecasts/latest").json()
            assert (told["places"], len(told["days"])) == ([], 1)
            assert elected.get(f"/api/forecasts/latest/cell/{cell}").status_code == 403
            assert elected.post("/api/forecasts", json={}).status_code == 403
        with signed_in(address, "operator") as operator:
            assert operator.get("/api/forecasts").status_code == 403
    assert sys.executable in command
