"""The OpenID Connect provider as Vigie speaks to it: code flow with PKCE, keys fetched and kept.

Every call goes to an address that was judged when the connection is made (``intake.outbound``);
nothing follows a redirect or reads a proxy setting.
"""

from __future__ import annotations

import threading
import warnings
from pathlib import Path
from typing import Any, Self

import httpx
from authlib.deprecate import AuthlibDeprecationWarning
from authlib.integrations.base_client import OAuthError
from joserfc.jwk import KeySet

from vigie.base.clock import Clock, now_us
from vigie.base.errors import ProviderFailed, SettingsInvalid, Unavailable
from vigie.base.settings import ProviderSettings
from vigie.desk.provider_starts import Start
from vigie.desk.roles import ROLES
from vigie.intake.outbound import CheckedTransport, checked_client, scopes
from vigie.web.id_token import UnknownKey, public_keys, verify

with warnings.catch_warnings():
    # Tells, on being imported, that a later authlib wants httpx2; ours is pinned to what serves.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

_DISCOVERY = "/.well-known/openid-configuration"
_SECOND_US = 1_000_000
_KEEP_US = 3_600 * _SECOND_US
_ASK_AGAIN_US = 10 * _SECOND_US
_TIMEOUT_S = 10.0
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Provider:
    """The provider of the settings."""

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, str] = {}
        self._metadata_us = 0
        self._keys: KeySet | None = None
        self._keys_us = 0

    @classmethod
    def of(cls, settings: ProviderSettings, clock: Clock) -> Self | None:
        """Return the provider of the settings, None where there is none; nothing is asked yet.

        Raises:
            SettingsInvalid: A setting is missing, a role unknown, or the issuer is not behind TLS.
        """
        if not settings.issuer:
            return None
        if not settings.client_id or not settings.client_secret_file:
            raise SettingsInvalid(key="oidc.client_id", reason="client_id, client_secret_file")
        unknown = sorted(set(settings.roles.values()) - set(ROLES))
        if unknown:
            raise SettingsInvalid(key="oidc.roles", reason=f"role {unknown[0]}")
        if not settings.issuer.startswith("https:") and not settings.private:
            raise SettingsInvalid(key="oidc.issuer", reason="https")
        return cls(settings, clock)

    def address(self, start: Start, redirect_uri: str) -> str:
        """Return where the browser goes to sign in.

        Raises:
            Unavailable: The provider does not answer.
            ProviderFailed: It is not the issuer of the settings.
        """
        endpoint = self._discover()["authorization_endpoint"]
        with self._client(endpoint, redirect_uri) as client:
            address, _ = client.create_authorization_url(
                endpoint, state=start.state, nonce=start.nonce, code_verifier=start.verifier
            )
        return str(address)

    def finish(self, start: Start, code: str, redirect_uri: str) -> dict[str, Any]:
        """Return the claims about who signed in.

        Raises:
            Unavailable: The provider does not answer.
            ProviderFailed: What it says proves nothing.
        """
        endpoint = self._discover()["token_endpoint"]
        try:
            with self._client(endpoint, redirect_uri) as client:
                token = client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=start.verifier,
                )
        except OAuthError as error:
            raise ProviderFailed(reason="code") from error
        except httpx.HTTPError as error:
            raise Unavailable(what="oidc") from error
        except ValueError as error:
            raise ProviderFailed(reason="code") from error
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise ProviderFailed(reason="id_token")
        return self._verify(id_token, start.nonce)

    def _verify(self, token: str, nonce: str) -> dict[str, Any]:
        def claims(keys: KeySet) -> dict[str, Any]:
            return verify(
                token,
                keys,
                issuer=self._settings.issuer,
                client_id=self._settings.client_id,
                nonce=nonce,
                now_s=now_us(self._clock) // _SECOND_US,
            )

        try:
            return claims(self._key_set())
        except UnknownKey:
            return claims(self._key_set(again=True))

    def _discover(self) -> dict[str, str]:
        at = now_us(self._clock)
        with self._lock:
            if not self._metadata or at - self._metadata_us > _KEEP_US:
                found = self._fetch(self._settings.issuer.rstrip("/") + _DISCOVERY)
                if found.get("issuer") != self._settings.issuer:
                    raise ProviderFailed(reason="issuer")
                endpoints = {name: str(found.get(name) or "") for name in _ENDPOINTS}
                scheme = self._settings.issuer.partition(":")[0] + "://"
                if not all(one.startswith((scheme, "https://")) for one in endpoints.values()):
                    raise ProviderFailed(reason="discovery")
                self._metadata, self._metadata_us = endpoints, at
            return self._metadata

    def _key_set(self, *, again: bool = False) -> KeySet:
        """Return the provider's keys; asked anew after an hour, or for a key not among them."""
        address = self._discover()["jwks_uri"]
        at = now_us(self._clock)
        with self._lock:
            wait = _ASK_AGAIN_US if again else _KEEP_US
            if self._keys is None or at - self._keys_us >= wait:
                self._keys, self._keys_us = public_keys(self._fetch(address)), at
            return self._keys

    def _fetch(self, address: str) -> dict[str, Any]:
        allowed = scopes(private=self._settings.private)
        try:
            with checked_client(address, allowed, timeout_s=_TIMEOUT_S) as client:
                answer = client.get(address, headers={"Accept": "application/json"})
                answer.raise_for_status()
                found = answer.json()
        except httpx.HTTPError as error:
            raise Unavailable(what="oidc") from error
        except ValueError as error:
            raise ProviderFailed(reason="discovery") from error
        if not isinstance(found, dict):
            raise ProviderFailed(reason="discovery")
        return found

    def _client(self, endpoint: str, redirect_uri: str) -> OAuth2Client:
        try:
            secret = Path(self._settings.client_secret_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsInvalid(
                key="oidc.client_secret_file", reason=str(error.strerror)
            ) from error
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=secret,
            token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method's name
            scope=" ".join(self._settings.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            transport=CheckedTransport(endpoint, scopes(private=self._settings.private)),
            timeout=_TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
        )
