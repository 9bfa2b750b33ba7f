"""Plans entered, changed and decided by hand; a change says which version it was made on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response

from vigie.base.clock import to_us
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.plans import read_plan
from vigie.situation.tomorrow import entry
from vigie.web.answers.entry import (
    PlanDecision,
    PlanFields,
    PlanHistory,
    PlanSettlement,
    PlanWithdrawal,
)
from vigie.web.answers.records import PlanDetail
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/plans", tags=["plans"])

PlanId = Annotated[str, Path(max_length=80)]
Tag = Annotated[
    str, Header(alias="If-Match", max_length=80, description="ETag of the plan as it was read.")
]


def _values(body: PlanFields) -> dict[str, Any]:
    """Return the fields that were said, as the house names them."""
    values = body.model_dump(exclude_unset=True, exclude={"reason"})
    for name in ("starts_at", "ends_at"):
        if name in values:
            at = values.pop(name)
            values[name.replace("_at", "_us")] = None if at is None else to_us(at)
    return values


def _answer(home: Home, caller: Caller, response: Response, kept: entry.Kept) -> dict[str, Any]:
    found = read_plan(home, caller, kept.plan_id)
    response.headers["ETag"] = found["tag"]
    return {**found, "notices": [one.told() for one in kept.notices]}


@router.post(
    "",
    operation_id="enterPlan",
    status_code=201,
    response_model=PlanDetail,
    **needs(Verb.COLLECT, "plans"),
)
def enter(home: HomeDep, caller: CallerDep, body: PlanFields, response: Response) -> dict[str, Any]:
    """Declare a use of public space, or report a gathering that nobody declared."""
    kept = entry.enter(home, caller, _values(body), reason=body.reason)
    response.headers["Location"] = f"/api/plans/{kept.plan_id}"
    return _answer(home, caller, response, kept)


@router.patch(
    "/{plan_id}",
    operation_id="amendPlan",
    response_model=PlanDetail,
    **needs(Verb.ALTER, "plans"),
)
def amend(
    *,
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    body: PlanFields,
    if_match: Tag,
    response: Response,
) -> dict[str, Any]:
    """Change some fields of a plan: a version on top of what stands."""
    kept = entry.amend(home, caller, plan_id, _values(body), tag=if_match, reason=body.reason)
    return _answer(home, caller, response, kept)


@router.post(
    "/{plan_id}/decision",
    operation_id="decidePlan",
    response_model=PlanDetail,
    **needs(Verb.ALTER, "authorisations"),
)
def decide(
    *,
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    body: PlanDecision,
    if_match: Tag,
    response: Response,
) -> dict[str, Any]:
    """Authorise a plan, cancel it or take the decision back, for a reason."""
    kept = entry.decide(home, caller, plan_id, body.decision, tag=if_match, reason=body.reason)
    return _answer(home, caller, response, kept)


@router.post(
    "/{plan_id}/withdrawal",
    operation_id="withdrawPlan",
    response_model=PlanDetail,
    **needs(Verb.ALTER, "plans"),
)
def withdraw(
    *,
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    body: PlanWithdrawal,
    if_match: Tag,
    response: Response,
) -> dict[str, Any]:
    """Call off what one's own service declared, for a reason."""
    kept = entry.withdraw(home, caller, plan_id, tag=if_match, reason=body.reason)
    return _answer(home, caller, response, kept)


@router.post(
    "/{plan_id}/settlement",
    operation_id="settlePlan",
    response_model=PlanDetail,
    **needs(Verb.ALTER, "plans"),
)
def settle(
    *,
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    body: PlanSettlement,
    if_match: Tag,
    response: Response,
) -> dict[str, Any]:
    """End a dispute between what stands by hand and what the feed says now."""
    take = [name.replace("_at", "_us") for name in body.take]
    kept = entry.settle(home, caller, plan_id, take, tag=if_match)
    return _answer(home, caller, response, kept)


@router.get(
    "/{plan_id}/history",
    operation_id="listPlanVersions",
    response_model=PlanHistory,
    **needs(Verb.CONSULT, "plans"),
)
def get_history(home: HomeDep, caller: CallerDep, plan_id: PlanId) -> dict[str, Any]:
    """Return what was changed by hand, newest first."""
    return {"items": entry.history(home, caller, plan_id), "next": None}
