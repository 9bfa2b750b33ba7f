"""Legal detection over HTTP: closed, told to everybody, and refused where a part is missing."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from tests.web.test_roles import BODIES


def test_everybody_may_read_the_eight_types_and_the_legal_state(
    as_role: Callable[[str], httpx.Client],
) -> None:
    """Requirement: ALG-5."""
    told = as_role("anonymous").get("/api/detection/rates").json()

    assert len(told["items"]) == 8
    assert [one["granted"] for one in told["items"]] == [False] * 8
    assert [one["rate"] for one in told["items"]] == [None] * 8
    assert "31 March 2025" in told["legal_state"]["en"]
    assert {one["type"] for one in told["items"] if one["detector"] is None} == {
        "weapon",
        "fall",
        "fire",
    }


def test_a_grant_with_a_ninth_type_or_no_place_is_refused(
    as_role: Callable[[str], httpx.Client],
) -> None:
    """Requirement: ALG-1, ALG-2."""
    admin, body = as_role("admin"), BODIES["/api/detection/grants"]

    assert admin.post("/api/detection/grants", json=body).status_code == 422
    ninth = body | {"types": ["face"]}
    assert admin.post("/api/detection/grants", json=ninth).status_code == 422
    told = admin.get("/api/detection/grants").json()
    assert (told["items"], told["open"], told["may_give"]) == ([], False, True)
    assert not as_role("shift_head").get("/api/detection/grants").json()["may_give"]
