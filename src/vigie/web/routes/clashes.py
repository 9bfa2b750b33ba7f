"""Clashes: their list, one of them, what is decided about it, and the rules that find them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query

from vigie.privacy.purposes import Verb
from vigie.situation.tomorrow import clashes
from vigie.web.answers.clashes import (
    ClashDecision,
    ClashDetail,
    ClashPage,
    ClashRuleList,
    LearntPairList,
)
from vigie.web.routes.plans import From, To, window_of
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["plans"])

ClashId = Annotated[str, Path(max_length=40)]


@router.get(
    "/clashes", operation_id="listClashes", response_model=ClashPage, **needs(Verb.CONSULT, "plans")
)
def get_clashes(
    *,
    home: HomeDep,
    caller: CallerDep,
    from_: From = None,
    to: To = None,
    state: Annotated[Literal["open", "accepted", "solved"] | None, Query()] = None,
    severity: Annotated[int, Query(ge=1, le=5, description="Least severity.")] = 1,
    rule: Annotated[str, Query(max_length=80)] = "",
    plan: Annotated[str, Query(max_length=80)] = "",
    limit: Annotated[int, Query(ge=1, le=clashes.MOST)] = 500,
) -> dict[str, Any]:
    """Return the clashes whose time touches a window, each with its reason and how it stands."""
    start, end = window_of(home, from_, to)
    asked = clashes.ClashFilters(start, end, state or "", severity, rule, plan)
    return clashes.list_clashes(home, caller, asked, limit=limit)


@router.get(
    "/clashes/{clash_id}",
    operation_id="getClash",
    response_model=ClashDetail,
    **needs(Verb.CONSULT, "plans"),
)
def get_clash(home: HomeDep, caller: CallerDep, clash_id: ClashId) -> dict[str, Any]:
    """Return one clash with its plans and what was decided about it."""
    return clashes.read_clash(home, caller, clash_id)


@router.post(
    "/clashes/{clash_id}/state",
    operation_id="decideClash",
    response_model=ClashDetail,
    **needs(Verb.ALTER, "authorisations"),
)
def decide_clash(
    home: HomeDep, caller: CallerDep, clash_id: ClashId, body: ClashDecision
) -> dict[str, Any]:
    """Accept a clash with a reason, call it solved by a measure, or open it again."""
    return clashes.decide_clash(
        home,
        caller,
        clash_id,
        body.state,
        reason=body.reason,
        measure=body.measure,
        after=body.after,
    )


@router.get(
    "/clash-rules",
    operation_id="listClashRules",
    response_model=ClashRuleList,
    **needs(Verb.CONSULT, "plans"),
)
def get_clash_rules(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return the clash rules: what each finds, why it matters, what it does not know."""
    return {"items": clashes.list_clash_rules(home, caller), "next": None}


@router.get(
    "/clash-pairs",
    operation_id="listClashPairs",
    response_model=LearntPairList,
    **needs(Verb.CONSULT, "figures"),
)
def get_clash_pairs(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return the pairs of kinds that brought more together than apart, with their numbers."""
    return clashes.list_pairs(home, caller)
