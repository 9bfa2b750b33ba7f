"""What events bring: one event, past events alike, every kind of event with its score."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from vigie.privacy.purposes import Verb
from vigie.situation.tomorrow.effects import MOST, read_effect, read_effects, read_similar
from vigie.web.answers.effects import EffectAnswer, EffectScores, SimilarAnswer
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["effects"])

PlanId = Annotated[str, Path(max_length=80)]


@router.get(
    "/plans/{plan_id}/effect",
    operation_id="getEventEffect",
    response_model=EffectAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def get_effect(home: HomeDep, caller: CallerDep, plan_id: PlanId) -> dict[str, Any]:
    """Return what an event is expected to bring and, once it has been, what it brought."""
    return read_effect(home, caller, plan_id)


@router.get(
    "/plans/{plan_id}/similar",
    operation_id="getSimilarEvents",
    response_model=SimilarAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def get_similar(
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    k: Annotated[int, Query(ge=1, le=MOST, description="How many are listed.")] = 10,
) -> dict[str, Any]:
    """Return the past events most like one, why, and what happened around them."""
    return read_similar(home, caller, plan_id, k)


@router.get(
    "/effects",
    operation_id="getEffects",
    response_model=EffectScores,
    **needs(Verb.COMBINE, "figures"),
)
def get_effects(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return what each kind of event brings, and how well past events were foreseen."""
    return read_effects(home, caller)
