"""Entries of agents on the real server: sent twice, one fact; a line in the audit for each sending.

Requirement: R30.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import h3
import httpx
import pytest
from tests.web.conftest import sample_home, sign_in

from vigie.base.clock import FixedClock
from vigie.situation.home import Home

Own = tuple[Home, FixedClock, httpx.Client]
CELL = h3.latlng_to_cell(43.2965, 5.3790, 10)


def entry(clock: FixedClock, **changes: Any) -> dict[str, Any]:
    return {
        "client_id": str(uuid.uuid4()),
        "kind": "road.accident",
        "cell": CELL,
        "at": clock.now().isoformat(),
        "text": "Deux voitures en travers",
    } | changes


@pytest.fixture
def operator(own: Own) -> Iterator[httpx.Client]:
    _, _, client = own
    with httpx.Client(base_url=client.base_url, timeout=30) as other:
        sign_in(other, "operator", sample_home.PASSWORD)
        yield other


def test_a_phone_asks_for_its_form_and_sends_twice_for_one_fact(
    own: Own, operator: httpx.Client
) -> None:
    home, clock, _ = own
    form = operator.get("/api/field").json()
    assert form["resolution"] == 10
    good, bad = entry(clock), entry(clock, kind="offence.drugs")
    for _ in range(2):
        answer = operator.post("/api/field/reports", json={"entries": [good, bad]})
        assert answer.status_code == 202, answer.text
        told = {one["client_id"]: one for one in answer.json()["items"]}
        assert told[good["client_id"]]["state"] == "taken"
        assert told[bad["client_id"]]["why"]["fr"].startswith("Cette catégorie")
    home.intake.drain()
    fact = operator.get(f"/api/facts/{told[good['client_id']]['fact_id']}")
    assert fact.status_code == 200
    assert "operator" not in fact.text
    ids = home.lake.ids("facts")
    assert ids.count(told[good["client_id"]]["fact_id"]) == 1


def test_a_finer_place_a_picture_and_a_missing_token_are_refused(
    own: Own, operator: httpx.Client
) -> None:
    _, clock, _ = own
    for more in ({"lon": 5.379, "lat": 43.2965}, {"photo": "aGVsbG8="}, {"client_id": "1"}):
        body = {"entries": [entry(clock, **more)]}
        assert operator.post("/api/field/reports", json=body).status_code == 422
    del operator.headers["X-CSRF-Token"]
    answer = operator.post("/api/field/reports", json={"entries": [entry(clock)]})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
