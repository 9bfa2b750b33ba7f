"""Who may do what: sessions, tokens, permissions; deny by default.

A route says what is done to which dataset by ``**needs(VERB, DATASET)``, ``**signed_in(…)`` or
``**anyone(…)``; one that says nothing, or not the same as its gate, keeps the application from
starting (``refuse_untagged``). The charter says who may do that, and what for. A browser comes
with a session cookie and repeats the session's token on unsafe methods; a program comes with a read
token, as ``Authorization: Bearer`` or as the password of ``Basic`` (QGIS).
"""

from __future__ import annotations

import base64
import binascii
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from urllib.parse import unquote

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
    WrongUsage,
)
from vigie.desk.sessions import OPEN, SignedIn, digest, same_secret
from vigie.privacy.charter import PLANES, Charter, shipped_charter
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.web.cookies import session_cookie
from vigie.web.limits import Buckets
from vigie.web.origin import SAFE_METHODS, refuse_other_sites
from vigie.web.problems import CsrfFailed

CSRF_HEADER = "X-CSRF-Token"
PURPOSE_HEADER = "X-Vigie-Purpose"
REASON_HEADER = "X-Vigie-Reason"
CASE_HEADER = "X-Vigie-Case"
VIEW_AS_HEADER = "X-Vigie-View-As"
CALENDAR_KEY = "token"
"""Calendar programs send no headers: their key, which opens the agenda alone, is in the address."""
LONGEST_REASON = 500
ANONYMOUS = "anonymous"
TAGS = ("x-verb", "x-dataset", "x-roles", "x-purposes")
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
        verb: What the route does.
        dataset: To what.
        who: ``charter`` asks the charter, ``signed_in`` lets in every role, ``anyone`` everybody.
        while_forced: Whether an account that must change its password may pass.
        halfway: Whether a person may pass who has not finished signing in.
        calendar: Whether a calendar program may pass with a key of its own, also in the address.
    """

    verb: Verb
    dataset: str
    who: Literal["charter", "signed_in", "anyone"] = "charter"
    while_forced: bool = False
    halfway: bool = False
    calendar: bool = False

    def tags(self, charter: Charter) -> dict[str, Any]:
        """Return what the description says of the route, by a charter."""
        roles: dict[str, tuple[Purpose, ...]] = {
            role: purposes[:1] for role, purposes in charter.roles.items()
        }
        if self.who == "anyone":
            roles = {ANONYMOUS: (Purpose.PUBLIC_INFORMATION,)}
        elif self.who == "charter":
            roles = charter.who_may(self.verb, self.dataset)
        return {
            "x-verb": str(self.verb),
            "x-dataset": self.dataset,
            "x-roles": list(roles),
            "x-purposes": sorted({str(one) for purposes in roles.values() for one in purposes}),
        }

    def __call__(self, request: Request) -> None:
        """Let the request in and note who asks, or raise the error that says why not."""
        refuse_other_sites(request)
        if self.who == "anyone":
            return
        caller, session = _identify(request, calendar=self.calendar)
        if session is not None:
            _check_csrf(request, session)
            if session.stage != OPEN and not self.halfway:
                raise SecondFactorRequired
            if session.account.must_change_password and not self.while_forced:
                raise PasswordChangeRequired
        buckets: Buckets = request.app.state.buckets
        buckets.take(caller, route_of(request))
        if self.who == "charter":
            rights = home_of(request).rights
            if not rights.may(caller, self.dataset, self.verb):
                rights.ask(caller, self.dataset, self.verb, {"route": route_of(request)})
        request.state.caller = caller
        request.state.session = session


def route_of(request: Request) -> str:
    """Return the address of a request as its route tells it, without ids."""
    route = request.scope.get("route")
    return str(getattr(route, "path", ""))


def _told(request: Request, header: str) -> str:
    """Return what a header says; a browser sends accents percent-encoded."""
    text = " ".join(unquote(request.headers.get(header, "")).split())
    if len(text) > LONGEST_REASON or not text.isprintable():
        raise WrongUsage(reason=f"{header}: {LONGEST_REASON}", field=header)
    return text


def _identify(
    request: Request, *, touch: bool = True, calendar: bool = False
) -> tuple[Caller, SignedIn | None]:
    home = home_of(request)
    secret = _token_secret(request)
    in_address = request.query_params.get(CALENDAR_KEY) if calendar and secret is None else None
    if secret is not None or in_address is not None:
        if in_address is not None:
            token = home.desk.tokens.check(in_address, "calendar")
        elif calendar:
            token = home.desk.tokens.check(secret or "", "read", "calendar")
        else:
            token = home.desk.tokens.check(secret or "", "read")
        return _with_words(
            request, Caller(f"token:{token.name}", token.role, token.account_id, token.reads_for)
        ), None
    cookie = session_cookie(request)
    if not cookie:
        raise NotSignedIn
    session = home.desk.sessions.look(cookie, touch=touch)
    account = session.account
    caller = Caller(account.login, account.role, account.account_id)
    return _with_words(request, caller), session


def _with_words(request: Request, caller: Caller) -> Caller:
    """Return a caller with the purpose, the reason and the case that the request names."""
    return replace(
        caller,
        purpose=_told(request, PURPOSE_HEADER) or caller.purpose,
        reason=_told(request, REASON_HEADER),
        case=_told(request, CASE_HEADER),
        view_as=_told(request, VIEW_AS_HEADER),
    )


def credential_hash(request: Request) -> str:
    """Return the hash of the secret that a request came with, as the desk keeps it."""
    return digest(_token_secret(request) or session_cookie(request))


def still_allowed(request: Request, datasets: Iterable[str]) -> bool:
    """Say whether who opened a long answer may still read it; looking is no sign of use."""
    try:
        caller, _ = _identify(request, touch=False)
    except VigieError:
        return False
    before = caller_of(request)
    rights = home_of(request).rights
    return caller.role == before.role and all(rights.may(caller, name) for name in datasets)


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
    return {"dependencies": [Depends(gate)], "openapi_extra": gate.tags(shipped_charter())}


def needs(verb: Verb, dataset: str, *, calendar: bool = False) -> dict[str, Any]:
    """Return the route arguments that let in whom the charter lets do this to a dataset."""
    return _tagged(Gate(verb, dataset, calendar=calendar))


def signed_in(
    verb: Verb, dataset: str, *, while_forced: bool = False, halfway: bool = False
) -> dict[str, Any]:
    """Return the route arguments that let in every role: what is one's own, or common to all."""
    return _tagged(Gate(verb, dataset, "signed_in", while_forced=while_forced, halfway=halfway))


def anyone(verb: Verb, dataset: str) -> dict[str, Any]:
    """Return the route arguments that let anyone in, signed in or not."""
    return _tagged(Gate(verb, dataset, "anyone"))


def gates_of(route: APIRoute) -> list[Gate]:
    """Return the gates that stand before a route."""
    calls = [dependency.dependency for dependency in route.dependencies]
    return [call for call in calls if isinstance(call, Gate)]


def refuse_untagged(routes: Iterable[BaseRoute]) -> None:
    """Raise unless every route has exactly one gate and says its verb, dataset, purposes and roles.

    Raises:
        RuntimeError: Naming the first route without one: a fault of the program, seen at start.
    """
    for route in routes:
        if not isinstance(route, APIRoute):
            continue
        gates = gates_of(route)
        told = {k: v for k, v in (route.openapi_extra or {}).items() if k in TAGS}
        known = len(gates) == 1 and gates[0].dataset in PLANES and gates[0].verb in set(Verb)
        if not known or told != gates[0].tags(shipped_charter()):
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
