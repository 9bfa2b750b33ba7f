"""Allocation over HTTP: who may ask, what is refused, what comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import httpx
import pytest

AsRole = Callable[[str], httpx.Client]


def body(sample: ModuleType, **more: object) -> dict[str, object]:
    start = sample.NOW.replace(hour=0) + timedelta(days=1)
    end = start + timedelta(days=1)
    return {"from": start.isoformat(), "to": end.isoformat(), "posts": 3, "speed_kmh": 20, **more}


def test_a_planner_gets_proposals_and_shifts(as_role: AsRole, sample: ModuleType) -> None:
    answer = as_role("planner").post("/api/allocations", json=body(sample, available=8))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["given"]["posts"] == 3
    assert found["proposals"]
    assert found["shifts"]["available"] == 8


@pytest.mark.parametrize("role", ["operator", "elected", "anonymous"])
def test_others_are_refused(as_role: AsRole, sample: ModuleType, role: str) -> None:
    answer = as_role(role).post("/api/allocations", json=body(sample))
    assert answer.status_code in {401, 403}


def test_neither_event_nor_window_is_refused_in_words(as_role: AsRole) -> None:
    answer = as_role("planner").post("/api/allocations", json={"posts": 3})
    assert answer.status_code == 422
    assert answer.json()["code"] == "wrong_usage"


def test_an_unknown_event_is_not_found(as_role: AsRole) -> None:
    answer = as_role("planner").get("/api/plans/none/allocation", params={"posts": 3})
    assert answer.status_code == 404
