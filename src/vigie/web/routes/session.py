"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from vigie.base.errors import Forbidden, NotSignedIn
from vigie.desk.accounts import Account, Grant, SignedIn
from vigie.desk.roles import ROLE_TITLES, permissions_of
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.demonstration import demo_accounts
from vigie.situation.home import Home
from vigie.web.answers.base import Texts
from vigie.web.answers.session import (
    AccountAnswer,
    DemoAccount,
    PasswordChange,
    SessionAnswer,
    SignIn,
)
from vigie.web.security import COOKIE, Attempts, CallerDep, HomeDep, anyone, set_cookie, signed_in

router = APIRouter(prefix="/api/session", tags=["session"])


def _account(home: Home, account: Account, view_as: str) -> AccountAnswer:
    charter = home.rights.charter
    permissions = permissions_of(charter, account.role)
    if view_as:
        caller = Caller(account.login, account.role, account.account_id, view_as=view_as)
        home.rights.ask(caller, "charter", subject={"session": True})
        permissions &= permissions_of(charter, view_as)
    return AccountAnswer(
        login=account.login,
        name=account.name,
        role=account.role,
        role_title=Texts(**ROLE_TITLES[account.role]),
        permissions=sorted(permissions),
        purposes=[str(one) for one in charter.roles.get(account.role, ())],
        view_as=view_as or None,
        must_change_password=account.must_change_password,
        language=account.language,
    )


def _answer(home: Home, session: SignedIn | None, view_as: str = "") -> SessionAnswer:
    shown = demo_accounts(home.desk, home.settings) if session is None else []
    return SessionAnswer(
        account=None if session is None else _account(home, session.account, view_as),
        csrf=None if session is None else session.csrf,
        demo=home.settings.demo,
        demo_accounts=[
            DemoAccount(
                login=one.login,
                password=one.password,
                role=one.role,
                role_title=Texts(**ROLE_TITLES[one.role]),
            )
            for one in shown
        ],
        city=home.settings.city.name,
        languages=list(home.settings.city.languages),
    )


def _open(home: Home, request: Request, response: Response, grant: Grant) -> SessionAnswer:
    set_cookie(request, response, grant, home.settings.server.session_max_s)
    return _answer(home, grant.session)


@router.get("", operation_id="getSession", **anyone(Verb.CONSULT, "accounts"))
def get_session(
    home: HomeDep,
    request: Request,
    view_as: Annotated[
        str, Query(max_length=40, description="See as this role, within one's own rights.")
    ] = "",
) -> SessionAnswer:
    """Return who is signed in; nobody is no error."""
    secret = request.cookies.get(COOKIE)
    if not secret:
        return _answer(home, None)
    try:
        return _answer(home, home.desk.accounts.session(secret), view_as)
    except NotSignedIn:
        return _answer(home, None)


@router.post("", operation_id="signIn", **anyone(Verb.CONSULT, "accounts"))
def sign_in(home: HomeDep, request: Request, response: Response, body: SignIn) -> SessionAnswer:
    """Open a session."""
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        raise Forbidden(reason="cross-site")
    attempts: Attempts = request.app.state.attempts
    attempts.note(request.client.host if request.client else "")
    return _open(home, request, response, home.desk.accounts.sign_in(body.login, body.password))


@router.delete(
    "",
    operation_id="signOut",
    status_code=204,
    **signed_in(Verb.ALTER, "accounts", while_forced=True),
)
def sign_out(home: HomeDep, request: Request) -> Response:
    """End the session at once, on the server too."""
    home.desk.accounts.sign_out(request.cookies.get(COOKIE, ""))
    answer = Response(status_code=204, headers={"Clear-Site-Data": '"cache"'})
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


@router.post(
    "/password",
    operation_id="changePassword",
    **signed_in(Verb.ALTER, "accounts", while_forced=True),
)
def change_password(
    home: HomeDep, caller: CallerDep, request: Request, response: Response, body: PasswordChange
) -> SessionAnswer:
    """Change the password; every session of the account ends and a fresh one is opened."""
    if request.state.session is None:
        raise Forbidden(reason="token")
    home.desk.accounts.change_password(caller.account_id, body.current, body.new)
    return _open(home, request, response, home.desk.accounts.sign_in(caller.name, body.new))
