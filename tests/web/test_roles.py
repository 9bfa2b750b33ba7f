"""Every route says who may use it, and means it: every role is tried on every route."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from tests.rows import for_each

from vigie.desk.roles import ROLES
from vigie.privacy.charter import shipped_charter
from vigie.privacy.purposes import Verb
from vigie.web.routers import ROUTERS
from vigie.web.security import ANONYMOUS, TAGS, anyone, gates_of, refuse_untagged

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
PLACES = {
    "{name}": "none",
    "{layer}": "coast",
    "{fact_id}": "none",
    "{plan_id}": "none",
    "{quarantine_id}": "none",
    "{code}": "not_found",
    "{index}": "0",
    "{collection_id}": "places",
    "{feature_id}": "none",
    "{session_id}": "none",
    "{glass_id}": "none",
    "{login}": "nobody-of-that-name",
    "{table}": "zone_themes",
    "{week}": "2026-W11",
    "{forecast_id}": "none",
    "{clash_id}": "none",
    "{indicator_id}": "none",
    "{question_id}": "none",
    "{report_id}": "none",
    "{alert_id}": "none",
    "{rule_id}": "none",
    "{version}": "1",
    "{cell}": "none",
    "{handover_id}": "none",
    "{message_id}": "none",
    "{identifier}": "none",
    "{grant_id}": "none",
    "{detection_id}": "none",
    "{camera_id}": "none",
    "{viewing_id}": "none",
    "{export_id}": "none",
    "{segment_id}": "1",
    "{case_id}": "none",
    "{requisition_id}": "none",
    "{package_id}": "none",
    "{turn_id}": "none",
    "{token_id}": "none",
}
BODIES: dict[str, Any] = {
    "/api/session": {"login": "nobody", "password": "x"},
    "/api/session/password": {"current": "wrong", "new": "wrong"},
    "/api/session/code": {"code": "000000"},
    "/api/session/factor": {"password": "wrong"},
    "/api/session/factor/confirm": {"code": "000000"},
    "/api/session/recovery-codes": {"code": "000000"},
    "/api/quarantine/retry": {"ids": ["none"]},
    "/api/breakglass": {
        "dataset": "facts",
        "zone": "arrondissement:none",
        "reason": "Essai de la matrice des rôles",
    },
    "/api/breakglass/{glass_id}/review": {"verdict": "justified"},
    "/api/delegates": {"login": "none", "name": "none", "sources": ["none"]},
    "/api/analyses/{name}": {},
    "/api/analyses/{name}/file": {},
    "/api/questions": {
        "title": "Essai de la matrice",
        "analysis": "week_profile",
        "period": {"unit": "day", "n": 7},
    },
    "/api/questions/{question_id}": {
        "title": "Essai de la matrice",
        "analysis": "week_profile",
        "period": {"unit": "day", "n": 7},
        "after": 1,
    },
    "/api/questions/{question_id}/end": {"after": 1},
    "/api/field/reports": {
        "entries": [
            {
                "client_id": "00000000-0000-4000-8000-000000000000",
                "kind": "none",
                "cell": "none",
                "at": "2026-03-30T12:00:00Z",
            }
        ]
    },
    "/api/cases/{case_id}/requisitions/{requisition_id}/approve": {"query_sha256": "0" * 64},
    "/api/cases/{case_id}/requisitions/{requisition_id}/run": {"query_sha256": "0" * 64},
    "/api/cases/{case_id}/requisitions/{requisition_id}/review": {"verdict": "justified"},
    "/api/forecasts/{forecast_id}/overrides": {
        "cell": "none",
        "slot": 0,
        "value": 1,
        "reason": "Essai de la matrice",
    },
    "/api/rights-requests/access": {"identifiers": [{"kind": "plate", "text": "none"}]},
    "/api/rights-requests/erasure": {"identifiers": [{"kind": "plate", "text": "none"}]},
    "/api/alert-duty/turns": {
        "role": "none",
        "from_at": "2026-03-01T00:00:00Z",
        "to_at": "2026-03-02T00:00:00Z",
    },
    "/api/agenda/keys": {"name": "Essai de la matrice"},
    "/api/shift/lines": {"kind": "note", "text": "Essai de la matrice"},
    "/api/shift/dispatches": {"situation": "5.37,43.29", "unit": "none"},
    "/api/shift/handovers": {"text": "Essai de la matrice"},
    "/api/detection/grants": {
        "legal_basis": "none",
        "prefect_order": "none",
        "attestation": "none",
        "occasion": "none",
        "place": "none",
        "ring": [[5.0, 43.0], [5.0, 43.0], [5.0, 43.0]],
        "cameras": ["none"],
        "types": ["wrong_way"],
        "signed_by": "none",
        "signed_at": "2026-03-01T00:00:00Z",
        "from": "2026-03-01T00:00:00Z",
        "to": "2026-03-02T00:00:00Z",
    },
    "/api/detection/grants/{grant_id}/end": {"reason": "Essai de la matrice"},
    "/api/detection/signals/{detection_id}/verdict": {"verdict": "unknown"},
    "/api/indicators": {"title": "Essai de la matrice"},
    "/api/indicators/trial": {"title": "Essai de la matrice"},
    "/api/indicators/{indicator_id}": {"title": "Essai de la matrice", "after": 1},
    "/api/indicators/{indicator_id}/end": {"after": 1},
    "/api/video/viewings": {"cameras": ["none"], "service": "Essai"},
    "/api/video/viewings/{viewing_id}/search": {},
    "/api/video/cameras/{camera_id}/masks": {"rings": [], "width": 2, "height": 2, "after": 0},
    "/api/video/exports": {
        "camera_id": "none",
        "from": "2026-03-30T12:00:00Z",
        "to": "2026-03-30T12:01:00Z",
        "cover": "whole",
        "recipient": "Essai",
    },
    "/api/video/exports/{export_id}/decision": {"drawn": False},
    "/api/video/exports/{export_id}/masks": {"masks": []},
    "/api/video/exports/{export_id}/signature": {"sha256": "0" * 64},
    "/api/video/holds": {
        "cameras": ["none"],
        "from": "2026-03-30T12:00:00Z",
        "to": "2026-03-30T13:00:00Z",
    },
}
NEEDED = {
    "/api/analyses/{name}/file": {"form": "csv"},
    "/api/shift/sheet": {"situation": "5.37,43.29"},
    "/api/shift/proposal": {"situation": "5.37,43.29"},
    "/api/video/exports/{export_id}/film": {"viewing": "none"},
    "/api/near": {"lon": "5.37", "lat": "43.29"},
    "/api/situation": {"lon": "5.37", "lat": "43.29"},
    "/api/measures/series": {"metric": "x"},
    "/api/video/cameras/{camera_id}/timeline": {
        "from": "2026-03-30T12:00:00Z",
        "to": "2026-03-30T13:00:00Z",
    },
}
PROOFS = {
    "/api/session/password",
    "/api/session/factor",
    "/api/session/factor/confirm",
    "/api/session/recovery-codes",
    "/api/session/all/end",
}
ENDING = {
    ("/api/session", "DELETE"),
    ("/api/session", "POST"),
}
STREAMS = {"/api/stream"}
ASKED_WHY = {"raw_rows", "audit", "recordings"}
_NUMBERS = itertools.count()


def reason() -> dict[str, str]:
    """A reason that nobody gave before."""
    return {"X-Vigie-Reason": quote(f"Vérification numéro {next(_NUMBERS)} de la matrice")}


def address(route: APIRoute) -> str:
    path = route.path
    for place, value in PLACES.items():
        path = path.replace(place, value)
    assert "{" not in path, f"tell this test what to put into {route.path}"
    return path


def call(client: httpx.Client, route: APIRoute, method: str) -> int:
    with client.stream(
        method,
        address(route),
        params=NEEDED.get(route.path),
        headers=reason() if route.openapi_extra["x-dataset"] in ASKED_WHY else {},
        json=BODIES.get(route.path) if method in {"POST", "PUT", "PATCH"} else None,
    ) as answer:
        if answer.status_code in {401, 403}:
            assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{'-'.join(sorted(r.methods))} {r.path}")
@for_each("role", [*ROLES, ANONYMOUS])
def test_matrix(role: str, route: APIRoute, as_role: Callable[[str], httpx.Client]) -> None:
    """A role told in ``x-roles`` gets past the door, any other is refused; nobody is asked who."""
    told = route.openapi_extra["x-roles"]
    client = as_role(role)
    for method in sorted(route.methods - {"HEAD"}):
        if (route.path, method) in ENDING:
            continue  # they end or replace the shared session; test_sessions has them
        status = call(client, route, method)
        if told == [ANONYMOUS]:
            assert status < 500
            assert status not in {401, 403}
        elif role == ANONYMOUS:
            assert status == 401
        elif role in told:
            if route.path == "/api/session/code":
                assert status == 403  # the session is whole: it waits for no code
                continue
            assert status != 403
            assert status != 401 or route.path in PROOFS
            assert status < 500
        else:
            assert status == 403


def test_every_route_is_tagged_with_its_own_gate() -> None:
    """Each route has one gate, and the description says what the gate does."""
    assert len(ROUTES) > 35
    for route in ROUTES:
        gates = gates_of(route)
        assert len(gates) == 1, route.path
        told = {name: route.openapi_extra[name] for name in TAGS}
        assert told == gates[0].tags(shipped_charter()), route.path
        assert route.operation_id, route.path


def test_public_routes_are_these_and_no_other() -> None:
    public = {
        (method, route.path)
        for route in ROUTES
        if route.openapi_extra["x-roles"] == [ANONYMOUS]
        for method in route.methods
    }
    assert public == {
        ("GET", "/api/session"),
        ("POST", "/api/session"),
        ("GET", "/api/session/provider"),
        ("GET", "/api/session/provider/callback"),
        ("GET", "/api/audit/head"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/public/figures"),
        ("GET", "/api/public/figures/{table}/{week}"),
        ("GET", "/api/public/register"),
        ("GET", "/public/messages"),
        ("GET", "/api/public/messages"),
        ("GET", "/api/public/messages.atom"),
        ("GET", "/api/public/messages/{identifier}/cap"),
        ("GET", "/api/public/panels.txt"),
        ("GET", "/api/budget"),
        ("GET", "/api/detection/rates"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/problems/{code}"),
    }


def test_an_untagged_route_keeps_the_application_from_starting() -> None:
    router = APIRouter()

    @router.get("/tagged", **anyone(Verb.CONSULT, "register"))
    def tagged() -> None: ...

    refuse_untagged(router.routes)

    @router.get("/forgotten")
    def forgotten() -> None: ...

    with pytest.raises(RuntimeError, match="/forgotten"):
        refuse_untagged(router.routes)


def test_a_route_that_lies_about_its_roles_is_refused() -> None:
    router = APIRouter()
    honest = anyone(Verb.CONSULT, "register")
    lie = honest | {"openapi_extra": honest["openapi_extra"] | {"x-roles": ["admin"]}}

    @router.get("/lie", **lie)
    def lying() -> None: ...

    with pytest.raises(RuntimeError, match="/lie"):
        refuse_untagged(router.routes)
