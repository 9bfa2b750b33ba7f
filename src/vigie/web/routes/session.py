"""Signing in by password, signing out, changing the password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from vigie.base.errors import NotSignedIn
from vigie.privacy.purposes import Verb
from vigie.situation import sign_in as door
from vigie.web.answers.session import PasswordChange, SessionAnswer, SignIn
from vigie.web.cookies import session_cookie, take_session
from vigie.web.devices import device_of
from vigie.web.security import HomeDep, SessionDep, anyone, note_attempt, signed_in
from vigie.web.sessions import opened, session_answer

router = APIRouter(prefix="/api/session", tags=["session"])


@router.get("", operation_id="getSession", **anyone(Verb.CONSULT, "accounts"))
def get_session(
    home: HomeDep,
    request: Request,
    view_as: Annotated[
        str, Query(max_length=40, description="See as this role, within one's own rights.")
    ] = "",
    purpose: Annotated[
        str, Query(max_length=40, description="What for: permissions of this purpose alone.")
    ] = "",
) -> SessionAnswer:
    """Return who is signed in; nobody is no error."""
    secret = session_cookie(request)
    if not secret:
        return session_answer(home, None)
    try:
        return session_answer(home, home.desk.sessions.look(secret), view_as, purpose)
    except NotSignedIn:
        return session_answer(home, None)


@router.post("", operation_id="signIn", **anyone(Verb.CONSULT, "accounts"))
def sign_in(home: HomeDep, request: Request, response: Response, body: SignIn) -> SessionAnswer:
    """Prove the password: opens the session, or the step that asks for the second factor."""
    note_attempt(request)
    grant = door.by_password(
        home,
        body.login,
        body.password,
        device=device_of(request),
        instead_of=session_cookie(request),
    )
    return opened(home, request, response, grant)


@router.delete(
    "",
    operation_id="signOut",
    status_code=204,
    **signed_in(Verb.ALTER, "accounts", while_forced=True, halfway=True),
)
def sign_out(home: HomeDep, request: Request, session: SessionDep) -> Response:
    """End the session at once, on the server too."""
    door.sign_out(home, session_cookie(request), session)
    answer = Response(status_code=204, headers={"Clear-Site-Data": '"cache"'})
    take_session(request, answer)
    return answer


@router.post(
    "/password",
    operation_id="changePassword",
    **signed_in(Verb.ALTER, "accounts", while_forced=True),
)
def change_password(
    home: HomeDep, session: SessionDep, request: Request, response: Response, body: PasswordChange
) -> SessionAnswer:
    """Change the password; every session of the account ends and a fresh one is opened."""
    grant = door.change_password(home, session, body.current, body.new, device=device_of(request))
    return opened(home, request, response, grant)
