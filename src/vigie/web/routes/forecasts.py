"""Forecasts of places and hours: runs, cells, scores, card."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from vigie.privacy.purposes import Verb
from vigie.situation.tomorrow.forecast_runs import ask_forecast
from vigie.situation.tomorrow.forecasts import (
    LATEST,
    forecast_features,
    list_forecasts,
    read_card,
    read_cell,
    read_forecast,
    read_scores,
    run_json,
)
from vigie.situation.tomorrow.overrides import list_overrides, override_forecast
from vigie.web.answers.base import FeatureCollection
from vigie.web.answers.forecast_overrides import Override, OverrideList, OverrideRequest
from vigie.web.answers.forecasts import (
    ForecastAnswer,
    ForecastCard,
    ForecastCell,
    ForecastList,
    ForecastRequest,
    ForecastRunAnswer,
    ForecastScores,
)
from vigie.web.etags import conditional, to_json
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/forecasts", tags=["forecasts"])

Name = Annotated[str, Path(max_length=60, description="Its id, or `latest`.")]
Kind = Annotated[
    str, Query(max_length=80, description="Taxonomy code; the run's first by default.")
]
Run = Annotated[str, Query(max_length=60, description="Id of the run.")]


@router.get(
    "", operation_id="listForecasts", response_model=ForecastList,
    **needs(Verb.CONSULT, "forecasts"),
)  # fmt: skip
def get_forecasts(
    home: HomeDep, caller: CallerDep, limit: Annotated[int, Query(ge=1, le=100)] = 30
) -> dict[str, Any]:
    """Return the runs of the forecast, newest first."""
    return {"items": list_forecasts(home, caller, limit), "next": None}


@router.post(
    "", operation_id="askForecast", response_model=ForecastRunAnswer, status_code=202,
    **needs(Verb.COMBINE, "forecasts"),
)  # fmt: skip
def post_forecast(home: HomeDep, caller: CallerDep, body: ForecastRequest) -> dict[str, Any]:
    """Have a forecast made, in the background; its run tells when it is ready."""
    run = ask_forecast(
        home,
        caller,
        horizon_days=body.horizon_days,
        grid=body.grid,
        slot_hours=body.slot_hours,
        kinds=tuple(body.kinds),
    )
    return run_json(run)


@router.get(
    "/scores", operation_id="getForecastScores", response_model=ForecastScores,
    **needs(Verb.CONSULT, "forecasts"),
)  # fmt: skip
def get_scores(
    home: HomeDep, caller: CallerDep, request: Request, forecast: Run = LATEST
) -> Response:
    """Return how right every model was on the past, always beside the naive one."""
    return conditional(request, to_json(read_scores(home, caller, forecast)))


@router.get(
    "/card", operation_id="getForecastCard", response_model=ForecastCard,
    **needs(Verb.CONSULT, "forecasts"),
)  # fmt: skip
def get_card(
    home: HomeDep, caller: CallerDep, request: Request, forecast: Run = LATEST
) -> Response:
    """Return the model card: data, what is left out, scores by group, limits, who may see it."""
    return conditional(request, to_json(read_card(home, caller, forecast)))


@router.get(
    "/{forecast_id}", operation_id="getForecast", response_model=ForecastAnswer,
    **needs(Verb.CONSULT, "forecasts"),
)  # fmt: skip
def get_forecast(
    home: HomeDep, caller: CallerDep, request: Request, forecast_id: Name, kind: Kind = ""
) -> Response:
    """Return what is expected of one kind: by place and slot, or by district and day."""
    return conditional(request, to_json(read_forecast(home, caller, forecast_id, kind)))


@router.get(
    "/{forecast_id}/features", operation_id="getForecastFeatures",
    response_model=FeatureCollection, **needs(Verb.CONSULT, "forecasts"),
)  # fmt: skip
def get_features(
    *,
    home: HomeDep,
    caller: CallerDep,
    forecast_id: Name,
    kind: Kind = "",
    slot: Annotated[int | None, Query(ge=0, le=200, description="All together by default.")] = None,
) -> dict[str, Any]:
    """Return the places as GeoJSON, with what is expected there."""
    return forecast_features(home, caller, forecast_id, kind, slot)


@router.get(
    "/{forecast_id}/cell/{cell}", operation_id="getForecastCell", response_model=ForecastCell,
    **needs(Verb.CONSULT, "forecasts"),
)  # fmt: skip
def get_cell(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    forecast_id: Name,
    cell: Annotated[str, Path(max_length=80)],
    kind: Kind = "",
) -> Response:
    """Return one place: intervals, what drives the number, past weeks and months beside."""
    return conditional(request, to_json(read_cell(home, caller, forecast_id, cell, kind)))


@router.get(
    "/{forecast_id}/overrides", operation_id="listOverrides", response_model=OverrideList,
    **needs(Verb.CONSULT, "forecasts"),
)  # fmt: skip
def get_overrides(home: HomeDep, caller: CallerDep, forecast_id: Name) -> dict[str, Any]:
    """Return what persons expect instead of a run, and how right persons and forecasts were."""
    return list_overrides(home, caller, forecast_id)


@router.post(
    "/{forecast_id}/overrides", operation_id="overrideForecast", response_model=Override,
    status_code=201, **needs(Verb.ALTER, "forecasts"),
)  # fmt: skip
def post_override(
    home: HomeDep, caller: CallerDep, forecast_id: Name, body: OverrideRequest
) -> dict[str, Any]:
    """Write down what a person expects in a place and slot instead; the forecast stays as it is."""
    return override_forecast(
        home,
        caller,
        forecast_id,
        kind=body.kind,
        cell=body.cell,
        slot=body.slot,
        value=body.value,
        reason=body.reason,
    )
