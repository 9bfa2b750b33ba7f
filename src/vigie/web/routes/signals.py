"""Alerts and analyses."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime

from vigie.base.errors import WrongUsage
from vigie.base.translations import choose_language
from vigie.privacy.purposes import Verb
from vigie.situation.alerts_read import MOST, list_alerts
from vigie.situation.behind import Row, facts_behind
from vigie.situation.crowding import read_crowding
from vigie.situation.facts import MAX_PAGE
from vigie.situation.frame import DISTRICTS
from vigie.situation.signals import answer_analysis, list_analyses
from vigie.web.answers.alerts import AlertPage
from vigie.web.answers.crowding import Crowding
from vigie.web.answers.records import FactsBehind
from vigie.web.answers.signals import AnalysisAnswer, AnalysisList, AnalysisRun
from vigie.web.etags import JSON, to_json
from vigie.web.filters import FiltersDep, epoch_us
from vigie.web.paging import next_address, pack, unpack
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["signals"])


@router.get(
    "/alerts", operation_id="listAlerts", response_model=AlertPage, **needs(Verb.CONSULT, "alerts")
)
def get_alerts(
    home: HomeDep,
    caller: CallerDep,
    state: Annotated[Literal["raised", "over"] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> dict[str, Any]:
    """Return alerts, newest first, each with its reason and its numbers."""
    return {"items": list_alerts(home, caller, state=state, limit=limit), "next": None}


@router.get(
    "/crowding",
    operation_id="getCrowding",
    response_model=Crowding,
    **needs(Verb.CONSULT, "measures"),
)
def get_crowding(
    home: HomeDep, caller: CallerDep, at: Annotated[AwareDatetime | None, Query()] = None
) -> dict[str, Any]:
    """Return how many people are where in a quarter of an hour, with interval, base and limits."""
    return read_crowding(home, caller, at_us=epoch_us(at))


@router.get(
    "/analyses",
    operation_id="listAnalyses",
    response_model=AnalysisList,
    **needs(Verb.CONSULT, "figures"),
)
def get_analyses(home: HomeDep) -> dict[str, Any]:
    """Return the questions that can be asked, with their parameters and limits."""
    return {"items": list_analyses(home), "next": None}


@router.get(
    "/analyses/{name}/facts",
    operation_id="listFactsBehind",
    response_model=FactsBehind,
    **needs(Verb.CONSULT, "facts"),
)
def get_behind(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    filters: FiltersDep,
    name: Annotated[str, Path(max_length=80)],
    place: Annotated[
        str,
        Query(max_length=8_000, description="Zone, H3 address or WKT course of a row; empty: all."),
    ] = "",
    zoning: Annotated[str, Query(max_length=80, description="Of a zone.")] = DISTRICTS,
    day: Annotated[date | None, Query(description="Local day of a row, or its first.")] = None,
    until: Annotated[date | None, Query(description="Its last local day.")] = None,
    radius_m: Annotated[
        float | None,
        Query(ge=0, le=20_000, description="Of a row around a cell; metres from a course."),
    ] = None,
    row: Annotated[
        str, Query(max_length=2_000, description="Keys of a row with facts of its own (JSON).")
    ] = "",
    params: Annotated[
        str, Query(max_length=8_000, description="Parameters of the run, for such a row (JSON).")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(description="Opaque; from a page's next link.")] = None,
) -> Response:
    """Return the facts that an answer, or one row of it, was made of, newest first."""
    before: Any = None if cursor is None else unpack(cursor, int, str)
    page = facts_behind(
        *(home, caller, name, filters),
        row=Row(*(place, zoning, day, until, radius_m), _told("row", row), _told("params", params)),
        limit=limit,
        before=before,
    )
    after = None if page.after is None else pack(*page.after)
    body = {
        "items": page.items,
        "next": next_address(request, after),
        "total": page.total,
        "as_shown": page.as_shown,
        "withheld": list(page.withheld),
    }
    return Response(to_json(body), media_type=JSON)


def _told(field: str, text: str) -> dict[str, Any]:
    """Return an object that stands in an address as JSON; nothing is an empty one."""
    try:
        found = json.loads(text or "{}")
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise WrongUsage(reason=f"{field}: JSON", field=field) from error
    if not isinstance(found, dict):
        raise WrongUsage(reason=f"{field}: JSON object", field=field)
    return found


@router.post(
    "/analyses/{name}",
    operation_id="runAnalysis",
    response_model=AnalysisAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def run(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    filters: FiltersDep,
    name: Annotated[str, Path(max_length=80)],
    body: AnalysisRun,
) -> Response:
    """Ask a question of the facts that pass the filters; the last 12 months by default."""
    language = choose_language(request.headers.get("accept-language"))
    found = answer_analysis(
        home, caller, name, params=body.params, filters=filters, language=language
    )
    return Response(to_json(found), media_type=JSON)
