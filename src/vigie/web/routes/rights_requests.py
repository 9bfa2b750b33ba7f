"""Rights of the persons concerned: access and erasure, on pseudonyms (AIA-7)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from vigie.privacy.purposes import Verb
from vigie.situation.rights_requests import DATASET, answer_request
from vigie.web.answers.rights_requests import RightsAnswer, RightsRequest
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/rights-requests", tags=["liberties"])


@router.post(
    "/access",
    operation_id="answerAccess",
    response_model=RightsAnswer,
    **needs(Verb.DISCLOSE, DATASET),
)
def post_access(home: HomeDep, caller: CallerDep, body: RightsRequest) -> dict[str, Any]:
    """Say how many sealed texts name a person; no text is told, and no answer tells of its time."""
    return answer_request(home, caller, "access", body.pairs())


@router.post(
    "/erasure",
    operation_id="answerErasure",
    response_model=RightsAnswer,
    **needs(Verb.ERASE, DATASET),
)
def post_erasure(home: HomeDep, caller: CallerDep, body: RightsRequest) -> dict[str, Any]:
    """Erase the texts, sealed and scrubbed, of what names a person, but for what a hold keeps."""
    return answer_request(home, caller, "erase", body.pairs())
