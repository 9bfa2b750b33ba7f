"""Signing in at the city's identity provider: the browser goes there and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse

from vigie.base.errors import Forbidden, NotFound, ProviderFailed, SettingsInvalid, VigieError
from vigie.desk.provider_starts import LIFE_S
from vigie.privacy.purposes import Verb
from vigie.situation.sign_in_provider import by_provider
from vigie.web.cookies import cookie_name, give_session, give_short, session_cookie
from vigie.web.devices import device_of
from vigie.web.origin import OWN_SITES, own_address
from vigie.web.security import HomeDep, anyone, note_attempt

if TYPE_CHECKING:
    from vigie.web.oidc import Provider

router = APIRouter(prefix="/api/session/provider", tags=["session"])
COOKIE = "vigie_provider"
_BACK = "/api/session/provider/callback"


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise NotFound(what="provider", name="oidc")
    return provider


def _failed(error: VigieError) -> RedirectResponse:
    """Return to the sign-in page, which says in words what the code means."""
    return RedirectResponse("/?" + urlencode({"entry": error.code}), status_code=303)


@router.get("", operation_id="goToProvider", status_code=303, **anyone(Verb.ALTER, "accounts"))
def go_to_provider(home: HomeDep, request: Request) -> RedirectResponse:
    """Send the browser to the identity provider."""
    if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
        raise Forbidden(reason="cross-site")
    provider = _provider(request)
    note_attempt(request)
    start = home.desk.provider_starts.begin()
    try:
        address = provider.address(start, own_address(request) + _BACK)
    except SettingsInvalid:
        raise
    except VigieError as error:
        return _failed(error)
    answer = RedirectResponse(address, status_code=303)
    give_short(request, answer, COOKIE, start.browser, LIFE_S)
    return answer


@router.get(
    "/callback", operation_id="comeFromProvider", status_code=303, **anyone(Verb.ALTER, "accounts")
)
def come_from_provider(
    home: HomeDep,
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4_096)] = "",
    iss: Annotated[str | None, Query(max_length=300, description="RFC 9207.")] = None,
) -> RedirectResponse:
    """Take the browser back from the identity provider: a session, or the reason why not."""
    provider = _provider(request)
    note_attempt(request)
    try:
        browser = request.cookies.get(cookie_name(request, COOKIE), "")
        start = home.desk.provider_starts.finish(state, browser)
        if not code or iss not in (None, home.settings.oidc.issuer):
            raise ProviderFailed(reason="refused")
        claims = provider.finish(start, code, own_address(request) + _BACK)
        grant = by_provider(
            home, claims, device=device_of(request), instead_of=session_cookie(request)
        )
    except SettingsInvalid:
        raise
    except VigieError as error:
        return _failed(error)
    answer = RedirectResponse("/", status_code=303)
    give_session(request, answer, grant.secret)
    answer.delete_cookie(cookie_name(request, COOKIE), path="/", httponly=True, samesite="lax")
    return answer
