"""Breaking the glass, and its review."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from vigie.privacy.purposes import Verb
from vigie.situation.breakglass import break_glass, list_glasses, review_glass
from vigie.web.answers.rights import BrokenGlass, GlassList, GlassRequest, GlassReview
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/breakglass", tags=["rights"])


@router.post(
    "",
    operation_id="breakGlass",
    response_model=BrokenGlass,
    **needs(Verb.COLLECT, "breakglass"),
)
def break_one(home: HomeDep, caller: CallerDep, body: GlassRequest) -> dict[str, Any]:
    """Open one dataset in one zone or for one fact, at once; it is reviewed within 24 hours."""
    return break_glass(
        home,
        caller,
        dataset=body.dataset,
        reason=body.reason,
        minutes=body.minutes,
        zone=body.zone,
        fact=body.fact_id,
    )


@router.get(
    "",
    operation_id="listGlasses",
    response_model=GlassList,
    **needs(Verb.CONSULT, "breakglass"),
)
def get_all(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return broken glasses, those that wait for their review first."""
    return {"items": list_glasses(home, caller), "next": None}


@router.post(
    "/{glass_id}/review",
    operation_id="reviewGlass",
    response_model=BrokenGlass,
    **needs(Verb.ALTER, "breakglass"),
)
def review(
    home: HomeDep,
    caller: CallerDep,
    glass_id: Annotated[str, Path(max_length=40)],
    body: GlassReview,
) -> dict[str, Any]:
    """Write down what a review found; the account is free again."""
    return review_glass(home, caller, glass_id, body.verdict)
