"""Signing in with a second factor: a right password alone opens nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from vigie.base.clock import FixedClock, now_us
from vigie.desk.second_factor import code_at, step_of
from vigie.situation.home import Home, open_home

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


@pytest.fixture
def strict(
    tmp_path: Path, template: Path, sample: Any, serve_home: Any
) -> Iterator[tuple[Home, FixedClock, httpx.Client]]:
    """A home that is no demo and asks every role for a second factor, as by default."""
    shutil.copytree(template, tmp_path / "home")
    (tmp_path / "home" / "vigie.toml").write_text("", encoding="utf-8")
    clock = FixedClock(sample.NOW)
    with (
        open_home(tmp_path / "home", clock=clock) as home,
        serve_home(home) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=30) as client,
    ):
        yield home, clock, client


def by_password(client: httpx.Client, login: str = "operator") -> dict[str, Any]:
    answer = client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return answer.json()


def enrol(own: Own) -> tuple[str, list[str]]:
    """Enrol a device from a session that may; returns its secret and the recovery codes."""
    _, clock, client = own
    begun = client.post("/api/session/factor", json={"password": PASSWORD}).json()
    code = code_at(begun["secret"], step_of(now_us(clock)))
    done = client.post("/api/session/factor/confirm", json={"code": code})
    assert done.status_code == 200, done.text
    client.headers["X-CSRF-Token"] = done.json()["session"]["csrf"]
    clock.advance(timedelta(seconds=30))
    return begun["secret"], done.json()["codes"]


def test_a_first_sign_in_enrols_before_anything_else(strict: Own) -> None:
    home, _, client = strict
    home.desk.accounts.create("first", name="F", role="admin", password=PASSWORD)
    half = by_password(client, "first")
    assert half["stage"] == "enrol"
    assert half["account"] is None
    for path in ("/api/city", "/api/facts", "/api/stream", "/ogc", "/api/session/all"):
        refused = client.get(path)
        assert refused.status_code == 403, path
        assert refused.json()["code"] == "second_factor_required"
    old = client.cookies["vigie_session"]
    _, codes = enrol(strict)
    assert len(codes) == 10
    assert client.cookies["vigie_session"] != old
    whole = client.get("/api/session").json()
    assert whole["stage"] == "open"
    assert whole["account"]["must_change_password"] is True
    assert whole["second_factor"] == {"required": True, "confirmed": True, "codes_left": 10}
    change = {"current": PASSWORD, "new": "a-longer-second-password"}
    assert client.post("/api/session/password", json=change).status_code == 200
    assert client.get("/api/city").status_code == 200


def test_a_password_alone_opens_nothing_once_a_device_is_enrolled(strict: Own) -> None:
    _, clock, client = strict
    by_password(client)
    secret, _ = enrol(strict)
    assert client.get("/api/city").status_code == 200
    client.cookies.clear()
    half = by_password(client)
    assert half["stage"] == "code"
    assert client.get("/api/city").json()["code"] == "second_factor_required"
    assert client.post("/api/session/factor", json={"password": PASSWORD}).status_code == 403
    confirm = client.post("/api/session/factor/confirm", json={"code": "000000"})
    assert confirm.status_code == 403
    old = client.cookies["vigie_session"]
    code = code_at(secret, step_of(now_us(clock)))
    whole = client.post("/api/session/code", json={"code": code})
    assert whole.status_code == 200, whole.text
    assert whole.json()["account"]["login"] == "operator"
    assert client.cookies["vigie_session"] != old
    assert client.get("/api/city").status_code == 200
    with httpx.Client(base_url=client.base_url, cookies={"vigie_session": old}) as before:
        assert before.get("/api/city").status_code == 401


def test_a_code_does_not_serve_twice_even_in_another_browser(strict: Own) -> None:
    _, clock, client = strict
    by_password(client)
    secret, codes = enrol(strict)
    code = code_at(secret, step_of(now_us(clock)))
    for given in (code, codes[0]):
        statuses = []
        for _ in range(2):
            client.cookies.clear()
            by_password(client)
            statuses.append(client.post("/api/session/code", json={"code": given}).status_code)
        assert statuses == [200, 401]


def test_wrong_codes_are_bounded_whatever_the_number_of_half_sessions(strict: Own) -> None:
    _, clock, client = strict
    by_password(client)
    secret, _ = enrol(strict)
    wrong = code_at(secret, step_of(now_us(clock)) + 50)
    statuses = []
    for _ in range(6):
        client.cookies.clear()
        by_password(client)
        statuses.append(client.post("/api/session/code", json={"code": wrong}).status_code)
    assert statuses == [401] * 5 + [429]


def test_a_half_session_waits_five_minutes(strict: Own) -> None:
    _, clock, client = strict
    by_password(client)
    secret, _ = enrol(strict)
    client.cookies.clear()
    by_password(client)
    clock.advance(timedelta(minutes=5, seconds=1))
    code = code_at(secret, step_of(now_us(clock)))
    assert client.post("/api/session/code", json={"code": code}).status_code == 401
    assert client.get("/api/session").json()["stage"] == "none"


def test_another_device_needs_the_password_again(strict: Own) -> None:
    _, _, client = strict
    by_password(client)
    enrol(strict)
    refused = client.post("/api/session/factor", json={"password": "not the password"})
    assert refused.status_code == 401
    assert client.post("/api/session/factor", json={}).status_code == 401
    assert client.post("/api/session/factor", json={"password": PASSWORD}).status_code == 200


def test_the_picture_is_a_bare_drawing_of_the_address(strict: Own) -> None:
    _, _, client = strict
    by_password(client)
    begun = client.post("/api/session/factor", json={}).json()
    assert begun["uri"].startswith("otpauth://totp/Vigie%20Marseille:operator?secret=")
    drawing = ET.fromstring(begun["svg"])
    names = {element.tag.rpartition("}")[2] for element in drawing.iter()}
    assert names == {"svg", "g", "path"}
    given = {key for element in drawing.iter() for key in element.attrib}
    assert given <= {"width", "height", "class", "d", "stroke", "fill", "transform", "version"}


def test_recovery_codes_are_renewed_by_a_code(strict: Own) -> None:
    _, clock, client = strict
    by_password(client)
    secret, old = enrol(strict)
    assert client.post("/api/session/recovery-codes", json={"code": "000000"}).status_code == 401
    code = code_at(secret, step_of(now_us(clock)))
    fresh = client.post("/api/session/recovery-codes", json={"code": code}).json()["codes"]
    assert len(fresh) == 10
    assert not set(fresh) & set(old)


def test_an_administrator_resets_a_lost_device(strict: Own) -> None:
    _, _, client = strict
    by_password(client)
    enrol(strict)
    with httpx.Client(base_url=client.base_url, timeout=30) as admin:
        by_password(admin, "admin")
        enrol((strict[0], strict[1], admin))
        path = "/api/accounts/operator/second-factor"
        assert client.delete(path).status_code == 403
        assert admin.delete("/api/accounts/nobody/second-factor").status_code == 404
        assert admin.delete(path).status_code == 204
    assert client.get("/api/city").status_code == 401
    assert by_password(client)["stage"] == "enrol"


def test_the_demonstration_goes_in_by_password_and_says_that_it_is_one(own: Own) -> None:
    _, _, client = own
    whole = by_password(client)
    assert whole["demo"] is True
    assert whole["stage"] == "open"
    assert whole["second_factor"]["required"] is False
    secret, _ = enrol(own)
    assert secret
    client.cookies.clear()
    assert by_password(client)["stage"] == "code"


def _end(client: httpx.Client, proof: str, session_id: str = "") -> httpx.Response:
    body = {"proof": proof, "session_id": session_id}
    return client.post("/api/session/all/end", json=body)


def test_ones_sessions_end_only_for_who_proves_again_with_the_device(strict: Own) -> None:
    _, clock, client = strict
    by_password(client)
    secret, _ = enrol(strict)
    with httpx.Client(base_url=client.base_url, timeout=30) as other:
        by_password(other)
        other.post("/api/session/code", json={"code": code_at(secret, step_of(now_us(clock)))})
        assert other.get("/api/city").status_code == 200
        for wrong in ("", PASSWORD, "000000"):
            refused = _end(client, wrong)
            assert refused.status_code == 401, refused.text
        assert other.get("/api/city").status_code == 200
        clock.advance(timedelta(seconds=30))
        ended = _end(client, code_at(secret, step_of(now_us(clock))))
        assert ended.status_code == 204, ended.text
        assert other.get("/api/city").status_code == 401
    assert client.get("/api/city").status_code == 200
