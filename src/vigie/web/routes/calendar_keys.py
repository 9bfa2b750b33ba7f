"""One's own keys of calendar programs: a session makes and withdraws them, no key makes another."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from vigie.privacy.purposes import Verb
from vigie.situation.tomorrow.calendar_keys import issue_key, list_keys, revoke_key
from vigie.web.answers.calendar_keys import CalendarKeys, IssuedKey, KeyRequest
from vigie.web.security import CallerDep, HomeDep, SessionDep, needs

router = APIRouter(prefix="/api/agenda/keys", tags=["plans"])


@router.get(
    "",
    operation_id="listCalendarKeys",
    response_model=CalendarKeys,
    **needs(Verb.CONSULT, "plans"),
)
def get_keys(home: HomeDep, caller: CallerDep, _session: SessionDep) -> dict[str, Any]:
    """List one's own keys of calendar programs, without their secrets."""
    return {"items": list_keys(home, caller), "next": None}


@router.post(
    "",
    operation_id="issueCalendarKey",
    response_model=IssuedKey,
    status_code=201,
    **needs(Verb.CONSULT, "plans"),
)
def post_key(
    home: HomeDep, caller: CallerDep, _session: SessionDep, body: KeyRequest
) -> dict[str, Any]:
    """Make a key that subscribes to the agenda and opens nothing else; told once."""
    secret, key = issue_key(home, caller, body.name)
    return {"key": key, "secret": secret}


@router.delete(
    "/{token_id}",
    operation_id="revokeCalendarKey",
    status_code=204,
    **needs(Verb.CONSULT, "plans"),
)
def delete_key(
    home: HomeDep,
    caller: CallerDep,
    _session: SessionDep,
    token_id: Annotated[str, Path(max_length=40)],
) -> Response:
    """Withdraw one of one's own keys: the program that has it reads nothing more."""
    revoke_key(home, caller, token_id)
    return Response(status_code=204)
