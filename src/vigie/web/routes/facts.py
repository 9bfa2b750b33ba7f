"""Facts: a page, one, and everything near a point."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from vigie.privacy.purposes import Verb
from vigie.situation.facts import MAX_PAGE, get_fact, list_facts
from vigie.situation.near import MAX_RADIUS_M, near
from vigie.web.answers.records import FactDetail, FactPage, NearAnswer
from vigie.web.etags import JSON, to_json
from vigie.web.filters import FiltersDep
from vigie.web.paging import next_address, pack, unpack
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["facts"])
Cursor = Annotated[str | None, Query(description="Opaque; from a page's next link.")]


@router.get(
    "/facts", operation_id="listFacts", response_model=FactPage, **needs(Verb.CONSULT, "facts")
)
def list_(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    filters: FiltersDep,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    cursor: Cursor = None,
) -> Response:
    """Return a page of facts, newest first."""
    before: Any = None if cursor is None else unpack(cursor, int, str)
    page = list_facts(home, caller, filters, limit=limit, before=before)
    after = None if page.after is None else pack(*page.after)
    body = {"items": page.items, "next": next_address(request, after)} | {
        "withheld": list(page.withheld)
    }
    return Response(to_json(body), media_type=JSON)


@router.get("/facts/{fact_id}", operation_id="getFact", **needs(Verb.CONSULT, "facts"))
def get(
    home: HomeDep, caller: CallerDep, fact_id: Annotated[str, Path(max_length=80)]
) -> FactDetail:
    """Return one fact: all columns, provenance, zones, and the narrative where the role may."""
    found = get_fact(home, caller, fact_id)
    return FactDetail.model_validate(
        {
            **found.fact,
            **found.local,
            "attributes": found.attributes,
            "provenance": found.provenance,
            "zones": [
                {"zoning": one.zoning, "zone_id": one.zone_id, "label": one.label}
                for one in found.zones
            ],
            "narrative": None if found.narrative is None else {"text": found.narrative},
            "narrative_withheld": found.narrative_withheld,
            "reason_required": found.reason_required,
            "withheld": list(found.withheld),
        }
    )


@router.get(
    "/near", operation_id="findNear", response_model=NearAnswer, **needs(Verb.CONSULT, "facts")
)
def find_near(
    *,
    home: HomeDep,
    caller: CallerDep,
    filters: FiltersDep,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-85, le=85)],
    radius_m: Annotated[float, Query(gt=0, le=MAX_RADIUS_M)] = 300.0,
) -> Response:
    """Return everything within a radius and a window: facts, plans, places, means, measures."""
    found = near(home, caller, filters, lon=lon, lat=lat, radius_m=radius_m)
    return Response(to_json(found), media_type=JSON)
