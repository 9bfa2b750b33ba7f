"""Who may do what: sessions, tokens, permissions; deny by default.

A route says what it needs by ``**needs(PERMISSION)``, ``**signed_in()`` or ``**anyone()``; one that
says nothing keeps the application from starting (``refuse_untagged``). A browser comes with a
session cookie and repeats the session's token on unsafe methods; a program comes with a read token,
as ``Authorization: Bearer`` or as the password of ``Basic`` (QGIS).
"""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute

from vigie.base.clock import Clock, now_us
from vigie.base.errors import (
    Forbidden,
    NotSignedIn,
    PasswordChangeRequired,
    SecondFactorRequired,
    TooManyRequests,
    VigieError,
)
from vigie.desk.roles import ROLES, may
from vigie.desk.sessions import OPEN, SignedIn, same_secret
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.web.cookies import session_cookie
from vigie.web.origin import SAFE_METHODS, refuse_other_sites
from vigie.web.problems import CsrfFailed

CSRF_HEADER = "X-CSRF-Token"
ANONYMOUS = "anonymous"
_SECOND_US = 1_000_000


def home_of(request: Request) -> Home:
    """Return the home that this server serves."""
    home: Home = request.app.state.home
    return home


HomeDep = Annotated[Home, Depends(home_of)]


@dataclass(frozen=True, slots=True)
class Gate:
    """A door before a route.

    Attributes:
        roles: Roles let in; ``anonymous`` alone lets anyone in.
        while_forced: Whether an account that must change its password may pass.
        halfway: Whether a person may pass who has not finished signing in.
    """

    roles: tuple[str, ...]
    while_forced: bool = False
    halfway: bool = False

    def __call__(self, request: Request) -> None:
        """Let the request in and note who asks, or raise the error that says why not."""
        refuse_other_sites(request)
        if self.roles == (ANONYMOUS,):
            return
        caller, session = _identify(request)
        if session is not None:
            _check_csrf(request, session)
            if session.stage != OPEN and not self.halfway:
                raise SecondFactorRequired
            if session.account.must_change_password and not self.while_forced:
                raise PasswordChangeRequired
        if caller.role not in self.roles:
            raise Forbidden
        request.state.caller = caller
        request.state.session = session


def _identify(request: Request, *, touch: bool = True) -> tuple[Caller, SignedIn | None]:
    home = home_of(request)
    secret = _token_secret(request)
    if secret is not None:
        token = home.desk.tokens.check(secret, "read")
        return Caller(f"token:{token.name}", token.role), None
    cookie = session_cookie(request)
    if not cookie:
        raise NotSignedIn
    session = home.desk.sessions.look(cookie, touch=touch)
    account = session.account
    return Caller(account.login, account.role, account.account_id), session


def still_allowed(request: Request) -> bool:
    """Say whether who opened a long answer may still read it; looking is no sign of use."""
    try:
        caller, _ = _identify(request, touch=False)
    except VigieError:
        return False
    return caller.role == caller_of(request).role


def _token_secret(request: Request) -> str | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip()
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise NotSignedIn from error
        return decoded.partition(":")[2]
    raise NotSignedIn


def _check_csrf(request: Request, session: SignedIn) -> None:
    if request.method in SAFE_METHODS:
        return
    if not same_secret(session.csrf, request.headers.get(CSRF_HEADER, "")):
        raise CsrfFailed


def caller_of(request: Request) -> Caller:
    """Return who asks; only behind a gate that identified them."""
    caller: Caller = request.state.caller
    return caller


CallerDep = Annotated[Caller, Depends(caller_of)]


def session_of(request: Request) -> SignedIn:
    """Return the session of who asks; only behind a gate that identified them.

    Raises:
        Forbidden: A program asks, by a token.
    """
    session: SignedIn | None = request.state.session
    if session is None:
        raise Forbidden(reason="token")
    return session


SessionDep = Annotated[SignedIn, Depends(session_of)]


def _tagged(gate: Gate) -> dict[str, Any]:
    return {"dependencies": [Depends(gate)], "openapi_extra": {"x-roles": list(gate.roles)}}


def needs(permission: str) -> dict[str, Any]:
    """Return the route arguments that let in the roles holding a permission."""
    return _tagged(Gate(tuple(role for role in ROLES if may(role, permission))))


def signed_in(*, while_forced: bool = False, halfway: bool = False) -> dict[str, Any]:
    """Return the route arguments that let in every role."""
    return _tagged(Gate(tuple(ROLES), while_forced=while_forced, halfway=halfway))


def anyone() -> dict[str, Any]:
    """Return the route arguments that let anyone in, signed in or not."""
    return _tagged(Gate((ANONYMOUS,)))


def gates_of(route: APIRoute) -> list[Gate]:
    """Return the gates that stand before a route."""
    calls = [dependency.dependency for dependency in route.dependencies]
    return [call for call in calls if isinstance(call, Gate)]


def refuse_untagged(routes: Iterable[BaseRoute]) -> None:
    """Raise unless every route has exactly one gate and says its roles.

    Raises:
        RuntimeError: Naming the first route without one: a fault of the program, seen at start.
    """
    for route in routes:
        if not isinstance(route, APIRoute):
            continue
        gates = gates_of(route)
        told = (route.openapi_extra or {}).get("x-roles")
        if len(gates) != 1 or told != list(gates[0].roles):
            msg = f"route {route.path} does not say who may use it"
            raise RuntimeError(msg)


class Attempts:
    """A bound on sign-ins from one address, beside the lock of each account.

    At most ``most`` attempts in ``window_s`` seconds from one address; at most ``addresses``
    addresses are remembered, the longest silent one is forgotten first.
    """

    def __init__(
        self, clock: Clock, *, most: int = 30, window_s: int = 60, addresses: int = 10_000
    ) -> None:
        self._clock = clock
        self._most = most
        self._window_us = window_s * _SECOND_US
        self._addresses = addresses
        self._seen: OrderedDict[str, list[int]] = OrderedDict()

    def note(self, address: str) -> None:
        """Count an attempt.

        Raises:
            TooManyRequests: The address is above its rate.
        """
        at = now_us(self._clock)
        recent = [one for one in self._seen.pop(address, []) if one > at - self._window_us]
        self._seen[address] = recent
        if len(recent) >= self._most:
            raise TooManyRequests(retry_s=(recent[0] + self._window_us - at) // _SECOND_US + 1)
        recent.append(at)
        while len(self._seen) > self._addresses:
            self._seen.popitem(last=False)


def note_attempt(request: Request) -> None:
    """Count an attempt to prove something from the address of a request.

    Raises:
        TooManyRequests: The address is above its rate.
    """
    attempts: Attempts = request.app.state.attempts
    attempts.note(request.client.host if request.client else "")
