"""The cookies: unreadable to scripts, never sent from another site, tied to this host under TLS."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from vigie.situation.home import Home

SESSION = "vigie_session"
_HOST_PREFIX = "__Host-"


def is_https(request: Request) -> bool:
    """Say whether the browser speaks TLS: to us, or to the proxy of ``server.public_url``."""
    home: Home = request.app.state.home
    return request.url.scheme == "https" or home.settings.server.public_url.startswith("https:")


def cookie_name(request: Request, name: str) -> str:
    """Return a cookie's full name: ``__Host-`` under TLS, so that no sibling host can set it."""
    return _HOST_PREFIX + name if is_https(request) else name


def session_cookie(request: Request) -> str:
    """Return the secret that the browser came with, or an empty text."""
    return request.cookies.get(cookie_name(request, SESSION), "")


def give_session(request: Request, response: Response, secret: str) -> None:
    """Give the browser its session."""
    home: Home = request.app.state.home
    response.set_cookie(
        cookie_name(request, SESSION),
        secret,
        max_age=home.settings.server.session_max_s,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_https(request),
    )


def give_short(request: Request, response: Response, name: str, secret: str, life_s: int) -> None:
    """Give the browser a secret that must come back with it from another site, for a while."""
    response.set_cookie(
        cookie_name(request, name),
        secret,
        max_age=life_s,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_https(request),
    )


def take_session(request: Request, response: Response) -> None:
    """Take the session out of the browser."""
    response.delete_cookie(
        cookie_name(request, SESSION),
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_https(request),
    )
