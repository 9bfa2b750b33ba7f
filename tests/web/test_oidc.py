"""Signing in at a real OpenID Connect provider, and every way in which it must not succeed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib.util
import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from vigie.base.clock import FixedClock, SystemClock
from vigie.base.errors import SettingsInvalid
from vigie.base.settings import ProviderSettings
from vigie.situation.home import Home, open_home
from vigie.web.oidc import Provider as VigieProvider

pytestmark = pytest.mark.needs_glewlwyd
SPEC = importlib.util.spec_from_file_location(
    "vigie_tests_web_provider", Path(__file__).with_name("provider.py")
)
assert SPEC is not None
assert SPEC.loader is not None
kit = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = kit
SPEC.loader.exec_module(kit)


@dataclass
class Town:
    """A home behind a server, a provider, and a person who has accounts nowhere yet."""

    home: Home
    clock: FixedClock
    url: str
    provider: Any

    def go(self, login: str = "lea") -> httpx.Response:
        """Sign a person in, as a browser does; returns Vigie's last answer, not followed."""
        with self.browser() as browser:
            return self.come_back(browser, self.leave(browser, login))

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)

    def leave(self, browser: httpx.Client, login: str = "lea") -> str:
        """Go to the provider and sign in; returns the address that it sends the browser back to."""
        away = browser.get("/api/session/provider")
        assert away.status_code == 303
        with closing(self.provider.browser(login)) as person:
            page = httpx.URL(person.get(away.headers["location"]).headers["location"])
            back = person.get(page.params["callback_url"] + "&g_continue")
            return back.headers["location"]

    def come_back(self, browser: httpx.Client, address: str) -> httpx.Response:
        return browser.get(address)


def _now() -> datetime:
    """Return the system's time: the provider lives by it."""
    return SystemClock().now()


def failed(answer: httpx.Response) -> str:
    """Return the code of a refusal; a refusal gives no session."""
    assert answer.status_code == 303
    assert "vigie_session" not in answer.headers.get("set-cookie", "")
    return httpx.URL(answer.headers["location"]).params.get("entry", "")


@pytest.fixture(scope="module")
def provider(needs_glewlwyd: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with kit.running(needs_glewlwyd, tmp_path_factory.mktemp("provider")) as running:
        running.port = kit.free_port()
        running.add_client(f"http://127.0.0.1:{running.port}/api/session/provider/callback")
        running.add_person("lea", ["everybody", "room"])
        running.add_person("tom", ["everybody"])
        yield running


@pytest.fixture
def town(
    tmp_path: Path, template: Path, serve_home: Any, provider: Any, request: pytest.FixtureRequest
) -> Iterator[Town]:
    shutil.copytree(template, tmp_path / "home")
    (tmp_path / "secret").write_text(kit.SECRET, encoding="utf-8")
    more = getattr(request, "param", "second_factor = 'provider'")
    (tmp_path / "home" / "vigie.toml").write_text(
        f"""[oidc]
issuer = "{provider.issuer}"
client_id = "{kit.CLIENT}"
client_secret_file = "{tmp_path / "secret"}"
private = true
{more}
roles = {{ heads = "shift_head", room = "operator" }}
""",
        encoding="utf-8",
    )
    provider.alter, provider.cut = None, False
    provider.asked.clear()
    clock = FixedClock(_now())
    with (
        open_home(tmp_path / "home", clock=clock) as home,
        serve_home(home, provider.port),
    ):
        yield Town(home, clock, f"http://127.0.0.1:{provider.port}", provider)


def claims_of(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def signed(provider: Any, claims: dict[str, Any], key: RSAKey | None = None) -> str:
    key = key or provider.key
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def with_claims(provider: Any, **changed: Any) -> None:
    """Have the relay change claims of the ID token, well signed; None takes a claim out."""

    def alter(answer: dict[str, Any]) -> dict[str, Any]:
        claims = claims_of(answer["id_token"]) | changed
        claims = {name: value for name, value in claims.items() if value is not None}
        return answer | {"id_token": signed(provider, claims)}

    provider.alter = alter


def test_a_person_of_the_city_signs_in_and_is_the_same_person_again(town: Town) -> None:
    with town.browser() as browser:
        back = town.come_back(browser, town.leave(browser))
        assert back.status_code == 303
        assert back.headers["location"] == "/"
        session = browser.get("/api/session").json()
        assert session["stage"] == "open"
        assert session["account"]["role"] == "operator"
        assert session["account"]["name"] == "Lea"
        assert browser.get("/api/city").status_code == 200
        first = session["account"]["login"]
        listed = browser.get("/api/session/all").json()["sessions"]
        assert [one["method"] for one in listed] == ["provider"]
    with town.browser() as browser:
        town.come_back(browser, town.leave(browser))
        assert browser.get("/api/session").json()["account"]["login"] == first
    with town.browser() as browser:
        by_password = {"login": first, "password": ""}
        assert browser.post("/api/session", json=by_password).status_code == 422
        by_password["password"] = "x"
        assert browser.post("/api/session", json=by_password).status_code == 401


def test_the_button_is_told_and_the_secret_is_not(town: Town) -> None:
    with town.browser() as browser:
        assert browser.get("/api/session").json()["provider"]["fr"] == "Compte de la ville"
        away = browser.get("/api/session/provider")
        assert kit.SECRET not in away.headers["location"]
        asked = httpx.URL(away.headers["location"]).params
        assert asked["code_challenge_method"] == "S256"
        cookie = away.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie


@pytest.mark.parametrize("town", ["second_factor = 'here'"], indirect=True)
def test_the_second_factor_is_asked_here_too_unless_the_provider_answers_for_it(
    town: Town,
) -> None:
    with town.browser() as browser:
        town.come_back(browser, town.leave(browser))
        assert browser.get("/api/session").json()["stage"] == "enrol"
        assert browser.get("/api/city").status_code == 403


def test_a_person_without_a_known_group_is_refused(town: Town) -> None:
    before = len(town.home.desk.accounts.list_all())
    assert failed(town.go("tom")) == "role_unknown"
    assert len(town.home.desk.accounts.list_all()) == before


def test_a_role_changed_at_the_provider_counts_from_the_next_sign_in(town: Town) -> None:
    with town.browser() as old, town.browser() as new:
        town.come_back(old, town.leave(old))
        with_claims(town.provider, groups=["room", "heads"])
        town.come_back(new, town.leave(new))
        assert new.get("/api/session").json()["account"]["role"] == "shift_head"
        assert old.get("/api/city").status_code == 401


def test_a_disabled_account_stays_out(town: Town) -> None:
    with town.browser() as browser:
        town.come_back(browser, town.leave(browser))
        login = browser.get("/api/session").json()["account"]["login"]
    town.home.desk.accounts.disable(login)
    assert failed(town.go()) == "not_signed_in"


def test_an_account_is_linked_by_issuer_and_subject_never_by_name_or_mail(town: Town) -> None:
    with_claims(town.provider, preferred_username="operator", email="operator", name="operator")
    with town.browser() as browser:
        town.come_back(browser, town.leave(browser))
        login = browser.get("/api/session").json()["account"]["login"]
        assert login != "operator"
    with_claims(town.provider, preferred_username="operator", sub="somebody-else")
    with town.browser() as browser:
        town.come_back(browser, town.leave(browser))
        assert browser.get("/api/session").json()["account"]["login"] not in {"operator", login}


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["vigie", "another"], "azp": "another"},
        {"aud": ["vigie", "another"], "azp": None},
        {"azp": "another"},
        {"iss": "https://another.example"},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 99_999_999_999},
        {"sub": None},
        {"sub": ""},
        {"sub": 12},
    ],
    ids=str,
)
def test_a_well_signed_token_that_is_not_for_this_sign_in_is_refused(
    town: Town, changed: dict[str, Any]
) -> None:
    with_claims(town.provider, **changed)
    assert failed(town.go()) == "provider_failed"


def _unsigned(provider: Any, claims: dict[str, Any]) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


def _signed_with_the_public_key(provider: Any, claims: dict[str, Any]) -> str:
    """HS256 whose shared secret is the public key's own text: the classic confusion."""
    secret = provider.key.as_pem(private=False)
    header = {"alg": "HS256", "kid": provider.key.kid}

    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    text = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    mark = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return f"{text}.{part(mark)}"


def _with_the_client_secret(provider: Any, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(kit.SECRET.ljust(32, "x")))


def _by_another_key(provider: Any, claims: dict[str, Any]) -> str:
    return signed(provider, claims, kit.new_key(provider.key.kid))


def _by_an_unknown_key(provider: Any, claims: dict[str, Any]) -> str:
    return signed(provider, claims, kit.new_key("nobody-knows"))


def _broken(provider: Any, claims: dict[str, Any]) -> str:
    return signed(provider, claims)[:-6] + "AAAAAA"


def _nonsense(_provider: Any, _claims: dict[str, Any]) -> str:
    return "not.a.token"


@pytest.mark.parametrize(
    "forge",
    [
        _unsigned,
        _signed_with_the_public_key,
        _with_the_client_secret,
        _by_another_key,
        _by_an_unknown_key,
        _broken,
        _nonsense,
    ],
)
def test_a_forged_token_is_refused(town: Town, forge: Any) -> None:
    town.provider.alter = lambda answer: (
        answer | {"id_token": forge(town.provider, claims_of(answer["id_token"]))}
    )
    assert failed(town.go()) == "provider_failed"


def test_an_answer_without_an_id_token_is_refused(town: Town) -> None:
    town.provider.alter = lambda _answer: {"access_token": "x", "token_type": "bearer"}
    assert failed(town.go()) == "provider_failed"


def test_a_way_back_serves_once_and_in_its_own_browser_only(town: Town) -> None:
    with town.browser() as browser, town.browser() as other:
        address = town.leave(browser)
        assert failed(town.come_back(other, address)) == "provider_failed"
        assert failed(town.come_back(browser, address)) == "provider_failed"
    with town.browser() as browser:
        address = town.leave(browser)
        cookie = browser.cookies["vigie_provider"]
        assert town.come_back(browser, address).headers["location"] == "/"
        browser.cookies.clear()
        browser.cookies.set("vigie_provider", cookie)
        assert failed(town.come_back(browser, address)) == "provider_failed"


def test_a_way_back_is_open_for_ten_minutes(town: Town) -> None:
    with town.browser() as browser:
        address = town.leave(browser)
        town.clock.advance(timedelta(minutes=10, seconds=1))
        assert failed(town.come_back(browser, address)) == "provider_failed"


def test_a_code_of_another_way_does_not_serve(town: Town) -> None:
    """The verifier of PKCE and the nonce are those of the browser's own start."""
    with town.browser() as mine, town.browser() as thief:
        theirs = httpx.URL(town.leave(mine)).params["code"]
        own = httpx.URL(town.leave(thief))
        assert failed(thief.get(own.copy_set_param("code", theirs))) == "provider_failed"


@pytest.mark.parametrize("more", ["&iss=https://another.example", "&code="], ids=["iss", "no code"])
def test_a_way_back_from_another_issuer_or_without_a_code_is_refused(town: Town, more: str) -> None:
    with town.browser() as browser:
        address = httpx.URL(town.leave(browser))
        name, _, value = more[1:].partition("=")
        assert failed(browser.get(address.copy_set_param(name, value))) == "provider_failed"


def test_keys_are_kept_and_asked_anew_when_they_change(town: Town) -> None:
    def asked() -> int:
        return sum(path.endswith("/jwks") for path in town.provider.asked)

    for _ in range(2):
        assert town.go().headers["location"] == "/"
    assert asked() == 1
    town.provider.use_key(kit.new_key("second"))
    town.clock.advance(timedelta(seconds=11))
    assert town.go().headers["location"] == "/"
    assert asked() == 2
    town.provider.alter = lambda answer: (
        answer | {"id_token": _by_an_unknown_key(town.provider, claims_of(answer["id_token"]))}
    )
    for _ in range(3):
        assert failed(town.go()) == "provider_failed"
    assert asked() == 2  # a stranger's tokens do not make Vigie ask again and again


def test_a_provider_that_is_down_is_said_so_and_local_accounts_still_enter(town: Town) -> None:
    with town.browser() as browser:
        address = town.leave(browser)
        town.provider.cut = True
        assert failed(town.come_back(browser, address)) == "unavailable"
        body = {"login": "operator", "password": "correct-horse-battery"}
        assert browser.post("/api/session", json=body).json()["stage"] == "enrol"


def test_another_site_cannot_begin_a_sign_in(town: Town) -> None:
    with town.browser() as browser:
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert browser.get("/api/session/provider", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"client_id": ""}, "oidc.client_id"),
        ({"roles": {"heads": "king"}}, "oidc.roles"),
        ({"issuer": "http://provider.example"}, "oidc.issuer"),
    ],
)
def test_settings_that_cannot_be_right_keep_the_server_from_starting(
    changed: dict[str, Any], key: str
) -> None:
    right = {"issuer": "https://provider.example", "client_id": "v", "client_secret_file": "s"}
    assert VigieProvider.of(ProviderSettings.model_validate(right), FixedClock(_now())) is not None
    assert VigieProvider.of(ProviderSettings(), FixedClock(_now())) is None
    with pytest.raises(SettingsInvalid) as caught:
        VigieProvider.of(ProviderSettings.model_validate(right | changed), FixedClock(_now()))
    assert caught.value.params["key"] == key
