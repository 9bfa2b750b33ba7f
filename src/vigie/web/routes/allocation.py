"""Posts and shifts for an event or an ordinary day: proposals, of which none is sent anywhere."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from vigie.base.clock import to_us
from vigie.base.errors import WrongUsage
from vigie.foresight.allocation.problem import Conditions
from vigie.privacy.purposes import Verb
from vigie.situation.tomorrow.allocation import allocate
from vigie.situation.tomorrow.allocation_case import Asked
from vigie.web.answers.allocation import AllocationAnswer, AllocationRequest, Means
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["plans"])


def _asked(body: AllocationRequest) -> Asked:
    if body.plan_id is None and (body.from_ is None or body.to is None):
        raise WrongUsage(reason="plan_id, or from and to", field="plan_id")
    zone = None
    if body.zone:
        name, _, zone_id = body.zone.partition(":")
        zone = (name, zone_id)
    return Asked(
        posts=body.posts,
        per_post=body.per_post,
        reach_s=body.reach_s,
        speed_kmh=body.speed_kmh,
        on_scene_min=body.on_scene_min,
        answered=body.answered,
        plan_id=body.plan_id or "",
        from_us=0 if body.from_ is None else to_us(body.from_),
        to_us=0 if body.to is None else to_us(body.to),
        zone=zone,
        radius_m=body.radius_m,
        conditions=Conditions(body.district_floor, body.exposure),
        kinds=tuple(body.kinds),
        weeks=body.weeks,
        available=body.available,
        first_aid_posts=body.first_aid_posts,
        around_h=(body.before_h, body.after_h),
    )


@router.post(
    "/allocations",
    operation_id="proposeAllocation",
    response_model=AllocationAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def post_allocation(home: HomeDep, caller: CallerDep, body: AllocationRequest) -> dict[str, Any]:
    """Return proposals of posts and shifts; nothing is kept and nobody is sent."""
    return allocate(home, caller, _asked(body))


@router.get(
    "/plans/{plan_id}/allocation",
    operation_id="getPlanAllocation",
    response_model=AllocationAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def get_allocation(
    home: HomeDep,
    caller: CallerDep,
    plan_id: Annotated[str, Path(max_length=80)],
    means: Annotated[Means, Query()],
) -> dict[str, Any]:
    """Return proposals of posts and shifts for an event with given means."""
    body = AllocationRequest(plan_id=plan_id, **means.model_dump())
    return allocate(home, caller, _asked(body))
