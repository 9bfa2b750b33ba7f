"""Behind a proxy that ends TLS: cookies are tied to the host, and browsers are told to stay."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.situation.home import open_home

PUBLIC = "https://vigie.example"


@pytest.fixture
def proxied(tmp_path: Path, template: Path, sample: Any, serve_home: Any) -> Iterator[httpx.Client]:
    shutil.copytree(template, tmp_path / "home")
    (tmp_path / "home" / "vigie.toml").write_text(
        f'demo = true\n[server]\npublic_url = "{PUBLIC}"\n', encoding="utf-8"
    )
    with (
        open_home(tmp_path / "home", clock=FixedClock(sample.NOW)) as home,
        serve_home(home) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client,
    ):
        yield client


def test_the_cookie_belongs_to_this_host_alone(proxied: httpx.Client) -> None:
    body = {"login": "operator", "password": "correct-horse-battery"}
    answer = proxied.post("/api/session", json=body, headers={"Origin": PUBLIC})
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-vigie_session=")
    for part in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "domain" not in cookie.lower()
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    secret = cookie.partition("=")[2].partition(";")[0]
    plain = proxied.get("/api/city", headers={"Cookie": f"vigie_session={secret}"})
    assert plain.status_code == 401
    right = proxied.get("/api/city", headers={"Cookie": f"__Host-vigie_session={secret}"})
    assert right.status_code == 200


@pytest.mark.parametrize(("trusted", "last"), [("", 429), ('"127.0.0.1"', 401)])
def test_the_address_that_is_bounded_is_the_browsers_if_the_proxy_is_trusted(
    tmp_path: Path, template: Path, sample: Any, serve_home: Any, trusted: str, last: int
) -> None:
    """Nobody lends himself an address: the header of a stranger is not believed."""
    shutil.copytree(template, tmp_path / "home")
    (tmp_path / "home" / "vigie.toml").write_text(
        f"demo = true\n[server]\ntrusted_proxies = [{trusted}]\n", encoding="utf-8"
    )
    body = {"login": "nobody", "password": "x"}
    with (
        open_home(tmp_path / "home", clock=FixedClock(sample.NOW)) as home,
        serve_home(home) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client,
    ):
        statuses = [
            client.post(
                "/api/session", json=body, headers={"X-Forwarded-For": f"192.0.2.{number}"}
            ).status_code
            for number in range(31)
        ]
    assert statuses == [401] * 30 + [last]
