"""What everybody may read without signing in: stored public figures, and the noise budget."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from vigie.civic.publishing import Shelf, budget_rows, list_releases, parse_week
from vigie.civic.register.gathering import gather
from vigie.privacy.budget import LIMITS
from vigie.privacy.purposes import Verb
from vigie.web.answers.civic import (
    BudgetAnswer,
    PublicTableList,
    RegisterAnswer,
    ReleaseAnswer,
)
from vigie.web.etags import conditional, to_json
from vigie.web.security import HomeDep, anyone

router = APIRouter(prefix="/api", tags=["civic"])


@router.get(
    "/public/figures",
    operation_id="listPublicFigures",
    response_model=PublicTableList,
    **anyone(Verb.CONSULT, "figures"),
)
def list_figures(home: HomeDep) -> dict[str, Any]:
    """Return the public tables and the weeks released."""
    return {"items": list_releases(Shelf(home.path)), "next": None}


@router.get(
    "/public/figures/{table}/{week}",
    operation_id="getPublicFigures",
    response_model=ReleaseAnswer,
    **anyone(Verb.CONSULT, "figures"),
)
def get_figures(
    home: HomeDep,
    table: Annotated[str, Path(max_length=80)],
    week: Annotated[str, Path(max_length=20, description="ISO week, `2026-W10`.")],
) -> dict[str, Any]:
    """Return a release as it was drawn once; each figure with its 95 % half-width."""
    return Shelf(home.path).read(table, parse_week(week))


@router.get(
    "/public/register",
    operation_id="getRegister",
    response_model=RegisterAnswer,
    **anyone(Verb.CONSULT, "register"),
)
def get_register(home: HomeDep, request: Request) -> Response:
    """Return the public register: what runs here, for what, how long, and who may see it."""
    found = gather(home, home.rights.charter, home.retention.rulebook.rules)
    return conditional(request, to_json(found))


@router.get(
    "/budget",
    operation_id="getBudget",
    response_model=BudgetAnswer,
    **anyone(Verb.CONSULT, "budget"),
)
def get_budget(home: HomeDep) -> dict[str, Any]:
    """Return what was spent of each data set's allowance of privacy loss, and what is left."""
    return {
        "week_limit": LIMITS["week"] / 1000,
        "year_limit": LIMITS["year"] / 1000,
        "items": budget_rows(Shelf(home.path)),
    }
