"""Failures: one shape, in the reader's language, and nothing of what only the log may know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from vigie.base.errors import subclasses_of
from vigie.base.translations import codes
from vigie.web.headers import SecurityHeaders, content_security_policy
from vigie.web.problems import FailureMiddleware, Problem, install_problem_handlers, problem_of

AsRole = Callable[[str], httpx.Client]


def problem(answer: httpx.Response) -> Problem:
    assert answer.headers["content-type"] == "application/problem+json"
    found = Problem.model_validate_json(answer.content)
    assert found.status == answer.status_code
    assert found.type == f"/problems/{found.code}"
    assert '"input"' not in answer.text
    return found


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/nothing/here", 404, "not_found"),
        ("/api/facts/unknown", 404, "not_found"),
        ("/api/plans/unknown", 404, "not_found"),
        ("/api/sources/unknown", 404, "not_found"),
        ("/api/zonings/unknown", 404, "not_found"),
        ("/api/basemap/unknown", 404, "not_found"),
        ("/api/basemap/..%2f..%2fvigie", 404, "not_found"),
        ("/api/measures/series?metric=unknown", 404, "not_found"),
        ("/api/facts?zone=arrondissement:unknown", 404, "not_found"),
        ("/api/facts?zone=unknown:east", 404, "not_found"),
        ("/api/facts?zone=arrondissement", 422, "wrong_usage"),
        ("/api/facts?from=yesterday", 422, "wrong_usage"),
        ("/api/facts?from=2026-01-01T00:00:00", 422, "wrong_usage"),
        ("/api/facts?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", 422, "wrong_usage"),
        ("/api/facts?from=0001-01-01T00:00:00%2B14:00", 422, "wrong_usage"),
        ("/api/facts?bbox=1,2,3", 422, "wrong_usage"),
        ("/api/facts?bbox=5.5,43,5.2,44", 422, "wrong_usage"),
        ("/api/facts?bbox=nan,43,5.2,44", 422, "wrong_usage"),
        ("/api/facts?bbox=1,2,3,400", 422, "wrong_usage"),
        ("/api/facts?kind=no.such.kind", 422, "wrong_usage"),
        ("/api/facts?kind=%27%3B%20DROP", 422, "wrong_usage"),
        ("/api/facts?source=a,b", 422, "wrong_usage"),
        ("/api/facts?status=lost", 422, "wrong_usage"),
        ("/api/facts?severity_min=9", 422, "wrong_usage"),
        ("/api/facts?limit=100000", 422, "wrong_usage"),
        ("/api/facts?cursor=nonsense", 422, "wrong_usage"),
        ("/api/facts?cursor=WzFd", 422, "wrong_usage"),
        ("/api/near?lon=5.3", 422, "wrong_usage"),
        ("/api/near?lon=5.3&lat=43&radius_m=1e9", 422, "wrong_usage"),
        ("/api/near?lon=5&lat=43&from=1999-01-01T00:00:00Z", 422, "wrong_usage"),
        ("/api/places?kind=unknown", 422, "wrong_usage"),
        ("/api/plans?from=1999-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", 422, "wrong_usage"),
        ("/api/histogram?bucket=quarter&from=1970-01-01T00:00:00Z", 413, "too_large"),
        ("/api/measures/series?metric=noise.laeq&cell=zz", 422, "wrong_usage"),
        ("/api/measures/series?metric=noise.laeq&cell=85396803fffffff", 422, "wrong_usage"),
        ("/api/stream?after=x", 422, "wrong_usage"),
        ("/problems/unknown", 404, "not_found"),
    ],
)
def test_what_is_wrong_is_said(as_role: AsRole, path: str, status: int, code: str) -> None:
    found = problem(as_role("shift_head").get(path))
    assert (found.status, found.code) == (status, code)


def test_the_wrong_method(as_role: AsRole) -> None:
    answer = as_role("shift_head").put("/api/city")
    assert problem(answer).code == "method_not_allowed"
    assert answer.status_code == 405


def test_the_title_follows_the_reader(as_role: AsRole) -> None:
    client = as_role("anonymous")
    titles = {
        language: problem(client.get("/api/city", headers={"Accept-Language": header})).title
        for language, header in {"fr": "fr-FR,en;q=0.5", "en": "en-GB", "other": "de"}.items()
    }
    assert titles["fr"] == titles["other"] == "Identifiez-vous pour continuer."
    assert titles["en"] == "Sign in to continue."


def test_a_refusal_of_values_does_not_repeat_them(as_role: AsRole) -> None:
    secret = "hunter2" * 3
    answer = as_role("anonymous").post(
        "/api/session", json={"login": "x", "password": {"value": secret}}
    )
    assert problem(answer).code == "wrong_usage"
    assert secret not in answer.text


def test_every_error_has_words_and_an_address(as_role: AsRole) -> None:
    texts = set(codes())
    for error in subclasses_of():
        assert error.code in texts, error
        answer = as_role("anonymous").get(f"/problems/{error.code}").json()
        assert answer["status"] == error.http_status
        assert answer["title"]["fr"] != answer["title"]["en"]


def test_a_fact_of_any_name_may_stand_in_a_problem() -> None:
    error = subclasses_of()[0](code="x", language="y", what="z")
    assert problem_of(error, "fr").params == {"code": "x", "language": "y", "what": "z"}


def _broken_application() -> FastAPI:
    app = FastAPI()
    app.add_middleware(FailureMiddleware)
    app.add_middleware(SecurityHeaders)
    install_problem_handlers(app)

    @app.get("/api/broken")
    def broken() -> None:
        message = "the password is hunter2"
        raise ValueError(message)

    return app


def test_an_unforeseen_failure_keeps_its_words_to_the_log(capsys: pytest.CaptureFixture) -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=_broken_application(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.get("/api/broken")

    answer = asyncio.run(ask())
    assert answer.status_code == 500
    found = problem(answer)
    assert found.code == "internal_error"
    assert "hunter2" not in answer.text
    assert "ValueError" not in answer.text
    reference = found.params["reference"]
    captured = capsys.readouterr()
    assert reference in captured.out + captured.err
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/session",
        "/api/nothing",
        "/healthz",
        "/ogc",
        "/metrics",
        "/assets/none.js",
        "/hier",
    ],
)
def test_security_headers_stand_everywhere(as_role: AsRole, path: str) -> None:
    headers = as_role("anonymous").get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "server" not in headers


def test_no_script_may_stand_in_the_page() -> None:
    policy = content_security_policy(None)
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self'"
    assert "http" not in policy


def test_a_chosen_map_style_opens_its_origin_and_no_more() -> None:
    policy = content_security_policy("https://tiles.example.org/styles/a.json")
    assert "connect-src 'self' https://tiles.example.org;" in policy
    assert "script-src 'self';" in policy


def test_answers_of_the_interface_are_not_stored(as_role: AsRole) -> None:
    client = as_role("operator")
    for path in ("/api/session", "/api/facts", "/api/near?lon=5.37&lat=43.3", "/api/sources"):
        assert client.get(path).headers["cache-control"] == "no-store", path
    assert client.get("/api/map").headers["cache-control"] == "private, no-cache"
