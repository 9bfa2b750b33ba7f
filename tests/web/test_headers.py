"""What every answer tells the browser not to do."""

from __future__ import annotations

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.situation.home import Home
from vigie.web.headers import content_security_policy

Own = tuple[Home, FixedClock, httpx.Client]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("style_url", [None, "https://maps.example/style.json"])
def test_the_policy_allows_own_scripts_and_nothing_inline(style_url: str | None) -> None:
    told = directives(content_security_policy(style_url))
    assert told["default-src"] == ["'none'"]
    assert told["script-src"] == ["'self'"]
    for name in ("object-src", "base-uri", "frame-ancestors"):
        assert told[name] == ["'none'"]
    assert told["form-action"] == ["'self'"]
    words = {word for name, given in told.items() for word in given if name != "style-src-attr"}
    assert not words & {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:"}


@pytest.mark.parametrize("path", ["/", "/api/session", "/api/city", "/ogc", "/healthz", "/nowhere"])
def test_every_answer_carries_the_headers(own: Own, path: str) -> None:
    _, _, client = own
    head = client.get(path).headers
    assert head["x-content-type-options"] == "nosniff"
    assert head["x-frame-options"] == "DENY"
    assert head["referrer-policy"] == "same-origin"
    assert head["cross-origin-opener-policy"] == "same-origin"
    assert head["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in head["permissions-policy"]
    assert "frame-ancestors 'none'" in head["content-security-policy"]
    assert "access-control-allow-origin" not in head


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "OWN"}, 200),
        ({"Origin": "https://vigie.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
    ids=str,
)
def test_an_unsafe_request_comes_from_here(own: Own, headers: dict[str, str], status: int) -> None:
    _, _, client = own
    told = {k: str(client.base_url).rstrip("/") if v == "OWN" else v for k, v in headers.items()}
    body = {"login": "operator", "password": "correct-horse-battery"}
    assert client.post("/api/session", json=body, headers=told).status_code == status
    if status == 200:
        token = client.get("/api/session").json()["csrf"]
        ended = client.delete("/api/session", headers={**told, "X-CSRF-Token": token})
        assert ended.status_code == 204
