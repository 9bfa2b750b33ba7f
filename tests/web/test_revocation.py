"""What ends a session ends it everywhere within five seconds, an open stream too."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.situation import people
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.web.streaming import RECHECK_S

ADMIN = Caller("os:root", "system")
PASSWORD = "correct-horse-battery"
BOUND_S = 5.0
PATIENCE_S = 30.0
"""A busy machine is late with everything: what is looked at often enough ends in time."""


def _elsewhere(home: Home, client: httpx.Client) -> None:
    """The person ends all other sessions, in another browser."""
    with httpx.Client(base_url=client.base_url, timeout=30) as other:
        body = {"login": "operator", "password": PASSWORD}
        token = other.post("/api/session", json=body).json()["csrf"]
        proof, header = {"proof": PASSWORD}, {"X-CSRF-Token": token}
        ended = other.post("/api/session/all/end", json=proof, headers=header)
        assert ended.status_code == 204


ACTS: dict[str, Callable[[Home, httpx.Client], object]] = {
    "role changed": lambda home, _: people.set_role(home, ADMIN, "operator", "elected"),
    "disabled": lambda home, _: people.disable(home, ADMIN, "operator"),
    "password reset": lambda home, _: people.reset_password(home, ADMIN, "operator"),
    "second factor reset": lambda home, _: people.reset_second_factor(home, ADMIN, "operator"),
    "ended by an administrator": lambda home, _: people.end_sessions(home, ADMIN, "operator"),
    "ended elsewhere": _elsewhere,
}


@pytest.mark.parametrize("act", ACTS)
def test_a_session_ends_everywhere(own: tuple[Home, FixedClock, httpx.Client], act: str) -> None:
    assert RECHECK_S * 2 <= BOUND_S
    home, _, client = own
    body = {"login": "operator", "password": PASSWORD}
    assert client.post("/api/session", json=body).status_code == 200
    with client.stream("GET", "/api/stream") as stream:
        assert stream.status_code == 200
        pieces = stream.iter_bytes()
        assert b"retry" in next(pieces)
        ACTS[act](home, client)
        began = time.monotonic()
        assert client.get("/api/city").status_code == 401
        for _ in pieces:
            assert time.monotonic() - began <= PATIENCE_S
        assert time.monotonic() - began <= PATIENCE_S
