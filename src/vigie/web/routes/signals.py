"""Alerts and analyses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from vigie.base.translations import choose_language
from vigie.privacy.purposes import Verb
from vigie.situation.alerts_read import MOST, list_alerts
from vigie.situation.signals import answer_analysis, list_analyses
from vigie.web.answers.alerts import AlertPage
from vigie.web.answers.signals import AnalysisAnswer, AnalysisList, AnalysisRun
from vigie.web.etags import JSON, to_json
from vigie.web.filters import FiltersDep
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
    "/analyses",
    operation_id="listAnalyses",
    response_model=AnalysisList,
    **needs(Verb.CONSULT, "figures"),
)
def get_analyses(home: HomeDep) -> dict[str, Any]:
    """Return the questions that can be asked, with their parameters and limits."""
    return {"items": list_analyses(home), "next": None}


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
