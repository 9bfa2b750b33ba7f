"""One's own sessions, and what an administrator ends."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from vigie.base.clock import to_rfc3339
from vigie.privacy.purposes import Verb
from vigie.situation import people, sign_in
from vigie.situation.signals import list_account_alerts
from vigie.web.answers.session import Ending, OwnSession, OwnSessions
from vigie.web.answers.signals import AlertList
from vigie.web.security import CallerDep, HomeDep, SessionDep, needs, note_attempt, signed_in

router = APIRouter(prefix="/api", tags=["session"])


@router.get("/session/all", operation_id="getSessions", **signed_in(Verb.CONSULT, "accounts"))
def get_sessions(home: HomeDep, session: SessionDep) -> OwnSessions:
    """List one's own open sessions, newest first."""
    return OwnSessions(
        sessions=[
            OwnSession(
                session_id=one.session_id,
                current=one.session_id == session.session_id,
                device=one.device,
                method=one.method,
                created_at=to_rfc3339(one.created_us),
                last_seen_at=to_rfc3339(one.last_seen_us),
            )
            for one in home.desk.sessions.list_of(session.account.account_id)
        ]
    )


@router.post(
    "/session/all/end",
    operation_id="endSessions",
    status_code=204,
    **signed_in(Verb.ALTER, "accounts"),
)
def end_sessions(home: HomeDep, session: SessionDep, request: Request, body: Ending) -> Response:
    """End one of one's own sessions, or all the others, once proved again who asks."""
    note_attempt(request)
    sign_in.end_own(home, session, body.proof, body.session_id)
    return Response(status_code=204)


@router.get(
    "/accounts/alerts",
    operation_id="getAccountAlerts",
    response_model=AlertList,
    **needs(Verb.CONSULT, "accounts"),
)
def get_account_alerts(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return the alarms about accounts that read very much (data protection officer)."""
    return {"items": list_account_alerts(home, caller), "next": None}


@router.delete(
    "/accounts/{login}/sessions",
    operation_id="endSessionsOf",
    status_code=204,
    **needs(Verb.ALTER, "accounts"),
)
def end_sessions_of(home: HomeDep, caller: CallerDep, login: str) -> Response:
    """End every session of an account (administrator)."""
    people.end_sessions(home, caller, login)
    return Response(status_code=204)


@router.delete(
    "/accounts/{login}/second-factor",
    operation_id="resetSecondFactor",
    status_code=204,
    **needs(Verb.ALTER, "accounts"),
)
def reset_second_factor(home: HomeDep, caller: CallerDep, login: str) -> Response:
    """Forget an account's lost device: the next sign-in enrols another (administrator)."""
    people.reset_second_factor(home, caller, login)
    return Response(status_code=204)
