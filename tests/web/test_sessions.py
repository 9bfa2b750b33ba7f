"""Sessions: how they begin, what they need, how they end."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.situation.demonstration import DEMO_PASSWORD
from vigie.situation.home import Home
from vigie.web.security import Attempts

PASSWORD = "correct-horse-battery"
Own = tuple[Home, FixedClock, httpx.Client]


def sign_in(client: httpx.Client, login: str = "operator", password: str = PASSWORD) -> str:
    answer = client.post("/api/session", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return answer.json()["csrf"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(own: Own) -> None:
    _, _, client = own
    answer = client.post("/api/session", json={"login": "operator", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("vigie_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    secret = cookie.partition("=")[2].partition(";")[0]
    assert secret not in answer.text


def test_who_is_signed_in(own: Own) -> None:
    _, _, client = own
    nobody = client.get("/api/session").json()
    assert nobody["account"] is None
    assert nobody["csrf"] is None
    sign_in(client)
    somebody = client.get("/api/session").json()
    assert somebody["account"]["login"] == "operator"
    assert somebody["account"]["role"] == "operator"
    assert "read_narratives" in somebody["account"]["permissions"]
    assert somebody["csrf"]


def test_wrong_password_and_unknown_login_are_one_answer(own: Own) -> None:
    _, _, client = own
    answers = [
        client.post("/api/session", json={"login": login, "password": "wrong-wrong-wrong"})
        for login in ("operator", "nobody-of-that-name")
    ]
    assert [one.status_code for one in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert "set-cookie" not in answers[0].headers


def test_sign_out_ends_the_session_on_the_server(own: Own) -> None:
    _, _, client = own
    token = sign_in(client)
    secret = client.cookies["vigie_session"]
    assert client.delete("/api/session", headers={"X-CSRF-Token": token}).status_code == 204
    client.cookies.set("vigie_session", secret)
    assert client.get("/api/city").status_code == 401


def test_unused_for_too_long(own: Own) -> None:
    home, clock, client = own
    sign_in(client)
    clock.advance(timedelta(seconds=home.settings.server.session_idle_s - 1))
    assert client.get("/api/city").status_code == 200
    clock.advance(timedelta(seconds=home.settings.server.session_idle_s + 1))
    assert client.get("/api/city").status_code == 401
    assert client.get("/api/session").json()["account"] is None


def test_longest_life_whatever_the_use(own: Own) -> None:
    home, clock, client = own
    sign_in(client)
    for _ in range(home.settings.server.session_max_s // 3_600):
        clock.advance(timedelta(hours=1))
        assert client.get("/api/city").status_code == 200
    clock.advance(timedelta(seconds=1))
    assert client.get("/api/city").status_code == 401


@pytest.mark.parametrize("token", [None, "", "wrong", "é"])
def test_an_unsafe_request_repeats_the_token(own: Own, token: str | None) -> None:
    _, _, client = own
    right = sign_in(client, "shift_head")
    headers = {} if token is None else {"X-CSRF-Token": token.encode("utf-8")}
    refused = client.post("/api/quarantine/retry", json={"source": "log"}, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf_failed"
    assert client.delete("/api/session", headers=headers).status_code == 403
    allowed = client.post(
        "/api/quarantine/retry", json={"source": "log"}, headers={"X-CSRF-Token": right}
    )
    assert allowed.status_code == 200


def test_the_token_of_another_session_does_not_serve(own: Own) -> None:
    _, _, client = own
    other = sign_in(client, "shift_head")
    client.cookies.clear()
    sign_in(client, "shift_head")
    refused = client.post(
        "/api/quarantine/retry", json={"source": "log"}, headers={"X-CSRF-Token": other}
    )
    assert refused.status_code == 403


def test_another_site_cannot_sign_a_browser_in(own: Own) -> None:
    _, _, client = own
    body = {"login": "operator", "password": PASSWORD}
    cross = client.post("/api/session", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403
    text = client.post(
        "/api/session",
        content='{"login": "operator", "password": "x"}',
        headers={"Content-Type": "text/plain"},
    )
    assert text.status_code == 422


def test_a_forced_password_change_comes_before_everything(own: Own) -> None:
    home, _, client = own
    home.desk.accounts.create("new", name="New", role="operator", password="first-password-1")
    token = sign_in(client, "new", "first-password-1")
    session = client.get("/api/session").json()
    assert session["account"]["must_change_password"] is True
    for path in ("/api/city", "/api/facts", "/api/stream", "/ogc", "/metrics"):
        refused = client.get(path)
        assert refused.status_code == 403, path
        assert refused.json()["code"] == "password_change_required"
    old_secret = client.cookies["vigie_session"]
    changed = client.post(
        "/api/session/password",
        json={"current": "first-password-1", "new": "a-longer-second-password"},
        headers={"X-CSRF-Token": token},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["account"]["must_change_password"] is False
    assert client.get("/api/city").status_code == 200
    stolen = httpx.Client(base_url=client.base_url, cookies={"vigie_session": old_secret})
    with stolen:
        assert stolen.get("/api/city").status_code == 401


def test_demo_accounts_are_shown_until_their_password_is_changed(own: Own) -> None:
    home, _, client = own
    assert client.get("/api/session").json()["demo_accounts"] == []
    home.desk.accounts.reset_password("operator", DEMO_PASSWORD)
    shown = client.get("/api/session").json()["demo_accounts"]
    assert [one["login"] for one in shown] == ["operator"]
    token = sign_in(client, "operator", shown[0]["password"])
    client.post(
        "/api/session/password",
        json={"current": DEMO_PASSWORD, "new": "a-longer-second-password"},
        headers={"X-CSRF-Token": token},
    )
    client.cookies.clear()
    assert client.get("/api/session").json()["demo_accounts"] == []


def test_too_many_wrong_passwords_lock_the_account(own: Own) -> None:
    _, clock, client = own
    body = {"login": "analyst", "password": "wrong-wrong-wrong"}
    statuses = [client.post("/api/session", json=body).status_code for _ in range(6)]
    assert statuses[:5] == [401] * 5
    locked = client.post("/api/session", json={"login": "analyst", "password": PASSWORD})
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 0
    clock.advance(timedelta(minutes=6))
    sign_in(client, "analyst")


def test_one_address_cannot_try_for_ever(own: Own) -> None:
    _, clock, client = own
    for number in range(30):
        client.post("/api/session", json={"login": f"nobody-{number}", "password": "x"})
    refused = client.post("/api/session", json={"login": "operator", "password": PASSWORD})
    assert refused.status_code == 429
    clock.advance(timedelta(minutes=2))
    sign_in(client)


def test_attempts_remember_a_bounded_number_of_addresses() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    attempts = Attempts(clock, most=1, window_s=60, addresses=3)
    for address in "abcd":
        attempts.note(address)
    attempts.note("a")  # forgotten, the longest silent
    assert len(attempts._seen) == 3


def test_a_read_token_reads_and_does_no_more(own: Own) -> None:
    home, _, client = own
    account = home.desk.accounts.get("shift_head")
    secret, token = home.desk.tokens.issue("qgis", "read", account_id=account.account_id)
    bearer = {"Authorization": f"Bearer {secret}"}
    basic = {"Authorization": "Basic " + base64.b64encode(f"any:{secret}".encode()).decode()}
    for headers in (bearer, basic):
        assert client.get("/api/city", headers=headers).status_code == 200
        assert client.get("/ogc", headers=headers).status_code == 200
    change = {"current": PASSWORD, "new": "another-long-password"}
    refused = client.post("/api/session/password", json=change, headers=bearer)
    assert refused.status_code == 403
    home.desk.tokens.revoke(token.token_id)
    assert client.get("/api/city", headers=bearer).status_code == 401
    assert client.get("/api/city", headers=basic).status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer nonsense", "Basic !!!", "Basic bm9jb2xvbg==", "Digest x", "x"]
)
def test_a_broken_authorization_is_no_session(own: Own, header: str) -> None:
    _, _, client = own
    sign_in(client)
    assert client.get("/api/city", headers={"Authorization": header}).status_code == 401


def test_an_ingest_token_does_not_read(own: Own) -> None:
    home, _, client = own
    secret, _ = home.desk.tokens.issue("feed", "ingest", sources=("log",))
    answer = client.get("/api/facts", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 403


def test_a_disabled_account_is_out_at_once(own: Own) -> None:
    home, _, client = own
    sign_in(client)
    home.desk.accounts.disable("operator")
    assert client.get("/api/city").status_code == 401
