"""What the house forgets, and when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from vigie.privacy.purposes import Verb
from vigie.situation.retention.calendar import DAYS, calendar
from vigie.situation.retention.fields import take_up
from vigie.web.answers.retention import RetentionAnswer, StoredField, TakeUp
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["liberties"])


@router.get(
    "/retention",
    operation_id="getRetention",
    response_model=RetentionAnswer,
    **needs(Verb.CONSULT, "retention"),
)
def get_retention(
    home: HomeDep, caller: CallerDep, days: Annotated[int, Query(ge=1, le=366)] = DAYS
) -> dict[str, Any]:
    """Return what is kept how long, what vanishes each day, what is held, the last run."""
    return calendar(home, caller, days=days)


@router.post(
    "/retention/fields",
    operation_id="takeUpField",
    response_model=StoredField,
    **needs(Verb.ALTER, "retention"),
)
def post_field(home: HomeDep, caller: CallerDep, body: TakeUp) -> dict[str, Any]:
    """Keep a field that nobody uses, or that was dropped; what was erased stays erased."""
    return take_up(home, caller, body.dataset, body.field, body.need)
