"""A real OpenID Connect provider (Glewlwyd), behind a relay that a test may corrupt.

Vigie and the browser speak to the relay, which passes everything on; a test may have it alter the
answer of the token endpoint or cut the line. The signing keys are the test's, so that a corrupted
token can be well signed.
"""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from joserfc.jwk import KeySet, RSAKey

SCHEMA = Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3")
MODULES = Path("/usr/lib/glewlwyd")
CLIENT, SECRET = "vigie", "a-secret-of-the-client"
PASSWORD = "password"
ADMIN = {"username": "admin", "password": PASSWORD}
Alter = Callable[[dict[str, Any]], dict[str, Any]]


def new_key(kid: str) -> RSAKey:
    """Return a fresh signing key."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"}, private=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Provider:
    """The provider as Vigie and the browser see it.

    Attributes:
        issuer: Its issuer.
        admin: A client signed in as its administrator, past the relay.
        key: The key it signs with.
        alter: What the relay does to the token endpoint's answer.
        cut: Whether the relay answers nothing but 502.
        asked: Paths that the relay has been asked for.
    """

    issuer: str
    admin: httpx.Client
    key: RSAKey
    alter: Alter | None = None
    cut: bool = False
    asked: list[str] = field(default_factory=list)

    def use_key(self, key: RSAKey) -> None:
        """Sign with another key from now on, the old one is forgotten."""
        self.key = key
        parameters = self.admin.get("/api/mod/plugin/oidc").json()["parameters"]
        body = {**plugin(self.issuer, key), "parameters": parameters | {"jwks-private": keys(key)}}
        done(self.admin.put("/api/mod/plugin/oidc", json=body))
        done(self.admin.put("/api/mod/plugin/oidc/reset"))

    def add_client(self, redirect_uri: str) -> None:
        """Let Vigie send people back to an address; every person grants it."""
        body = {
            "client_id": CLIENT,
            "enabled": True,
            "confidential": True,
            "password": SECRET,
            "client_secret": SECRET,
            "redirect_uri": [redirect_uri],
            "authorization_type": ["code"],
            "token_endpoint_auth_method": ["client_secret_basic"],
        }
        done(self.admin.post("/api/client/", json=body))

    def add_person(self, login: str, groups: list[str]) -> None:
        """Make a person, member of groups, who lets Vigie know who they are."""
        body = {
            "username": login,
            "name": login.title(),
            "password": PASSWORD,
            "groups": groups,
            "scope": ["openid", "g_profile"],
            "enabled": True,
        }
        done(self.admin.post("/api/user/", json=body))
        with closing(self.browser(login)) as person:
            done(person.put(f"/api/auth/grant/{CLIENT}", json={"scope": "openid"}))

    def browser(self, login: str) -> httpx.Client:
        """Return a browser in which a person is signed in at the provider."""
        base = self.issuer.removesuffix("/api/oidc")
        client = httpx.Client(base_url=base, timeout=30)
        done(client.post("/api/auth/", json={"username": login, "password": PASSWORD}))
        return client


def done(answer: httpx.Response) -> None:
    assert answer.status_code == 200, (answer.url, answer.status_code, answer.text)


def keys(key: RSAKey) -> str:
    return json.dumps(KeySet([key]).as_dict(private=True))


def plugin(issuer: str, key: RSAKey) -> dict[str, Any]:
    """Return the OpenID Connect plugin's configuration: code flow, PKCE required, groups told."""
    return {
        "module": "oidc",
        "name": "oidc",
        "display_name": "oidc",
        "enabled": True,
        "parameters": {
            "iss": issuer,
            "jwks-private": keys(key),
            "jwks-show": True,
            "jwt-type": "rsa",
            "jwt-key-size": "256",
            "access-token-duration": 3600,
            "refresh-token-duration": 1209600,
            "code-duration": 600,
            "auth-type-code-enabled": True,
            "auth-type-token-enabled": False,
            "auth-type-id-token-enabled": False,
            "auth-type-none-enabled": False,
            "auth-type-password-enabled": False,
            "auth-type-client-enabled": False,
            "auth-type-device-enabled": False,
            "auth-type-refresh-enabled": False,
            "pkce-allowed": True,
            "pkce-method-plain-allowed": False,
            "pkce-required": True,
            "subject-type": "public",
            "name-claim": "mandatory",
            "claims": [
                {"name": "groups", "user-property": "groups", "type": "string", "mandatory": True}
            ],
        },
    }


def _database(path: Path) -> None:
    """Make the provider's database: its own schema, and a property for groups."""
    with sqlite3.connect(path) as database:
        database.executescript(SCHEMA.read_text("utf-8"))
        (text,) = database.execute("select gumi_parameters from g_user_module_instance").fetchone()
        parameters = json.loads(text)
        parameters["data-format"]["groups"] = {"multiple": True, "read": True, "write": True}
        database.execute(
            "update g_user_module_instance set gumi_parameters = ?", (json.dumps(parameters),)
        )
    database.close()


def _configuration(folder: Path, port: int, outside: str) -> str:
    return f"""
port={port}
bind_address="127.0.0.1"
external_url="{outside}"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="INFO"
log_file="{folder / "glewlwyd.log"}"
cookie_secure=0
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="{MODULES}/user"
client_module_path="{MODULES}/client"
user_auth_scheme_module_path="{MODULES}/scheme"
plugin_module_path="{MODULES}/plugin"
use_secure_connection=false
secure_connection_key_file="none"
secure_connection_pem_file="none"
secure_connection_ca_file="none"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{folder / "glewlwyd.db"}"; }};
"""


@contextmanager
def _program(binary: Path, folder: Path, port: int, outside: str) -> Iterator[httpx.Client]:
    _database(folder / "glewlwyd.db")
    configuration = folder / "glewlwyd.conf"
    configuration.write_text(_configuration(folder, port, outside), encoding="utf-8")
    process = subprocess.Popen(
        [binary, "--config-file", configuration],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as admin:
            until = time.monotonic() + 60
            while True:
                try:
                    done(admin.post("/api/auth/", json=ADMIN))
                    break
                except httpx.TransportError:
                    assert process.poll() is None, (folder / "glewlwyd.log").read_text()
                    assert time.monotonic() < until, "the provider does not start"
                    time.sleep(0.05)
            yield admin
    finally:
        process.terminate()
        process.wait(60)


def _relay(port: int, state: dict[str, Provider]) -> type[BaseHTTPRequestHandler]:
    class Relay(BaseHTTPRequestHandler):
        """Passes requests on, and answers back."""

        def log_message(self, *_: object) -> None:
            return

        def _pass(self) -> None:
            provider = state["provider"]
            provider.asked.append(self.path.partition("?")[0])
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length)
            if provider.cut:
                self.send_response(502)
                self.send_header("content-length", "0")
                self.end_headers()
                return
            dropped = {"host", "connection", "accept-encoding", "content-length"}
            headers = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
            with httpx.Client(timeout=30, trust_env=False) as client:
                found = client.request(
                    self.command, f"http://127.0.0.1:{port}{self.path}", content=body,
                    headers=headers,
                )  # fmt: skip
            content = found.content
            if self.path.endswith("/token") and provider.alter is not None:
                content = json.dumps(provider.alter(found.json())).encode()
            self.send_response(found.status_code)
            for name, value in found.headers.multi_items():
                if name not in {"content-length", "connection", "transfer-encoding", "date"}:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = _pass  # noqa: N815 - the base class's names

    return Relay


@contextmanager
def running(binary: Path, folder: Path) -> Iterator[Provider]:
    """Run a provider while the block lasts."""
    port, state = free_port(), dict[str, Provider]()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _relay(port, state))
    outside = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        with _program(binary, folder, port, outside) as admin:
            provider = Provider(f"{outside}/api/oidc", admin, new_key("first"))
            state["provider"] = provider
            done(admin.post("/api/mod/plugin/", json=plugin(provider.issuer, provider.key)))
            yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
