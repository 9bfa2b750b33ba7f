"""The second factor: giving a code, enrolling a device, recovery codes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from vigie.privacy.purposes import Verb
from vigie.situation import sign_in as door
from vigie.web.answers.session import (
    Code,
    EnrolledAnswer,
    EnrolmentAnswer,
    EnrolmentRequest,
    RecoveryCodes,
    SessionAnswer,
)
from vigie.web.cookies import session_cookie
from vigie.web.devices import device_of
from vigie.web.security import HomeDep, SessionDep, note_attempt, signed_in
from vigie.web.sessions import opened

router = APIRouter(prefix="/api/session", tags=["session"])


@router.post(
    "/code",
    operation_id="giveCode",
    **signed_in(Verb.ALTER, "accounts", while_forced=True, halfway=True),
)
def give_code(
    home: HomeDep, session: SessionDep, request: Request, response: Response, body: Code
) -> SessionAnswer:
    """Finish signing in by a code of the device, or a recovery code."""
    note_attempt(request)
    grant = door.by_code(
        home, session_cookie(request), session, body.code, device=device_of(request)
    )
    return opened(home, request, response, grant)


@router.post(
    "/factor",
    operation_id="beginFactor",
    **signed_in(Verb.ALTER, "accounts", while_forced=True, halfway=True),
)
def begin_factor(
    home: HomeDep, session: SessionDep, request: Request, body: EnrolmentRequest
) -> EnrolmentAnswer:
    """Begin to enrol a device; the one in use serves until the new one is confirmed."""
    note_attempt(request)
    begun = door.begin_enrolment(home, session, body.password)
    return EnrolmentAnswer(secret=begun.secret, uri=begun.uri, svg=begun.svg)


@router.post(
    "/factor/confirm",
    operation_id="confirmFactor",
    **signed_in(Verb.ALTER, "accounts", while_forced=True, halfway=True),
)
def confirm_factor(
    home: HomeDep, session: SessionDep, request: Request, response: Response, body: Code
) -> EnrolledAnswer:
    """Take the device into use by its first code; every other session of the account ends."""
    note_attempt(request)
    grant, codes = door.confirm_enrolment(
        home, session_cookie(request), session, body.code, device=device_of(request)
    )
    return EnrolledAnswer(session=opened(home, request, response, grant), codes=codes)


@router.post(
    "/recovery-codes", operation_id="renewRecoveryCodes", **signed_in(Verb.ALTER, "accounts")
)
def renew_recovery_codes(
    home: HomeDep, session: SessionDep, request: Request, body: Code
) -> RecoveryCodes:
    """Replace the recovery codes, by a code of the device."""
    note_attempt(request)
    return RecoveryCodes(codes=door.renew_recovery_codes(home, session, body.code))
