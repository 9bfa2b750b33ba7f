"""What a change of a plan would change, whether means suffice, first aid by the national grid."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from vigie.foresight.whatif.telling import grid_json
from vigie.model.dps import reference
from vigie.privacy.purposes import Verb
from vigie.situation.tomorrow.whatif import (
    ask_what_if,
    plan_adequacy,
    read_first_aid,
    read_reliability,
)
from vigie.web.answers.whatif import (
    AdequacyReliability,
    Change,
    FirstAidAnswer,
    FirstAidGrid,
    FirstAidQuestion,
    PlanAdequacy,
    WhatIfAnswer,
)
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["plans"])

PlanId = Annotated[str, Path(max_length=80)]


@router.post(
    "/plans/{plan_id}/whatif",
    operation_id="askWhatIf",
    response_model=WhatIfAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def post_what_if(home: HomeDep, caller: CallerDep, plan_id: PlanId, body: Change) -> dict[str, Any]:
    """Return a plan before and after a change, side by side; nothing is stored."""
    return ask_what_if(home, caller, plan_id, body.scenario())


@router.get(
    "/plans/{plan_id}/adequacy",
    operation_id="getPlanAdequacy",
    response_model=PlanAdequacy,
    **needs(Verb.COMBINE, "figures"),
)
def get_adequacy(home: HomeDep, caller: CallerDep, plan_id: PlanId) -> dict[str, Any]:
    """Return whether the means of a plan suffice, with how sure that is."""
    return plan_adequacy(home, caller, plan_id)


@router.get(
    "/adequacy/reliability",
    operation_id="getAdequacyReliability",
    response_model=AdequacyReliability,
    **needs(Verb.COMBINE, "figures"),
)
def get_reliability(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return how often adequacy was right about past events, beside the naive answers."""
    return read_reliability(home, caller)


@router.post(
    "/first-aid",
    operation_id="sizeFirstAid",
    response_model=FirstAidAnswer,
    **needs(Verb.CONSULT, "plans"),
)
def post_first_aid(home: HomeDep, caller: CallerDep, body: FirstAidQuestion) -> dict[str, Any]:
    """Return the first-aid cover that the national grid asks for, line by line."""
    return read_first_aid(home, caller, body.public, (body.activity, body.site, body.rescue))


@router.get(
    "/first-aid/grid",
    operation_id="getFirstAidGrid",
    response_model=FirstAidGrid,
    **needs(Verb.CONSULT, "plans"),
)
def get_first_aid_grid(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return the twelve cells of the first-aid grid with their wording."""
    home.rights.ask(caller, "plans", subject={"ask": "first_aid"})
    return {"items": grid_json(), "reference": {"fr": reference("fr"), "en": reference("en")}}
