"""The map, the histogram under it and the figures beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from vigie.privacy.purposes import Verb
from vigie.situation.histogram import histogram
from vigie.situation.mapview import view_map
from vigie.situation.summary import summarise
from vigie.web.answers.mapview import HistogramAnswer, MapAnswer, SummaryAnswer
from vigie.web.etags import conditional, to_json
from vigie.web.filters import FiltersDep
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["map"])


@router.get(
    "/map", operation_id="getMap", response_model=MapAnswer, **needs(Verb.CONSULT, "figures")
)
def get_map(
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    filters: FiltersDep,
    zoom: Annotated[
        float, Query(ge=0, le=24, description="Zoom as MapLibre counts (512-pixel tiles).")
    ] = 11.0,
) -> Response:
    """Return what a view shows: cells far away, clusters between, points near."""
    return conditional(request, to_json(view_map(home, caller, filters, zoom).as_json()))


@router.get(
    "/histogram",
    operation_id="getHistogram",
    response_model=HistogramAnswer,
    **needs(Verb.CONSULT, "figures"),
)
def get_histogram(
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    filters: FiltersDep,
    bucket: Annotated[
        Literal["auto", "quarter", "hour", "day", "week", "month"],
        Query(description="Days, weeks and months are those of the city's clock."),
    ] = "auto",
) -> Response:
    """Return facts by bucket of time."""
    return conditional(request, to_json(histogram(home, caller, filters, bucket).as_json()))


@router.get(
    "/summary",
    operation_id="getSummary",
    response_model=SummaryAnswer,
    **needs(Verb.CONSULT, "figures"),
)
def get_summary(
    home: HomeDep, caller: CallerDep, request: Request, filters: FiltersDep
) -> Response:
    """Return counts beside those of the same window one week before, with intervals."""
    return conditional(request, to_json(summarise(home, caller, filters).as_json()))
