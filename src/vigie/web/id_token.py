"""Whether an ID token proves who signs in (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from vigie.base.errors import ProviderFailed

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
"""What a signature may be: public keys only, so that no public key serves as a shared secret."""
LEEWAY_S: Final = 60
_PUBLIC = frozenset({"RSA", "EC"})


class UnknownKey(ProviderFailed):
    """The token is signed with a key that is not among those known: they may have been changed."""


def public_keys(document: Mapping[str, Any]) -> KeySet:
    """Return the signing keys of a JWKS document, RSA and elliptic curves only.

    Raises:
        ProviderFailed: It is no JWKS document.
    """
    try:
        entries = [
            entry
            for entry in document["keys"]
            if entry.get("kty") in _PUBLIC and entry.get("use", "sig") == "sig"
        ]
        return KeySet.import_key_set({"keys": entries})
    except (KeyError, TypeError, AttributeError, ValueError, JoseError) as error:
        raise ProviderFailed(reason="keys") from error


def verify(
    token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now_s: int
) -> dict[str, Any]:
    """Return the claims of an ID token.

    Args:
        token: Compact JWS.
        keys: Keys of the provider.
        issuer: Who must have issued it.
        client_id: Whom it must be for.
        nonce: What the browser's start said.
        now_s: Now, epoch seconds.

    Raises:
        UnknownKey: Signed with a key that is not among those given.
        ProviderFailed: It proves nothing.
    """
    try:
        decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except InvalidKeyIdError as error:
        raise UnknownKey(reason="key") from error
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderFailed(reason="id_token") from error
    claims = decoded.claims
    registry = jwt.JWTClaimsRegistry(
        now=now_s,
        leeway=LEEWAY_S,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise ProviderFailed(reason="id_token") from error
    party = claims.get("azp")
    alone = claims["aud"] in (client_id, [client_id])
    if (party is not None or not alone) and party != client_id:
        raise ProviderFailed(reason="id_token")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:  # noqa: PLR2004
        raise ProviderFailed(reason="id_token")
    return dict(claims)
