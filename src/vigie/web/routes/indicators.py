"""Indicators: their list with figures, one of them, a trial, and how they are set."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from vigie.desk.indicators import Asked
from vigie.privacy.purposes import Verb
from vigie.situation import indicators
from vigie.web.answers.indicators import (
    IndicatorAnswer,
    IndicatorChange,
    IndicatorDetail,
    IndicatorEnd,
    IndicatorPage,
    IndicatorShown,
    IndicatorSpec,
)
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["figures"])

IndicatorId = Annotated[str, Path(max_length=40)]


@router.get(
    "/indicators",
    operation_id="listIndicators",
    response_model=IndicatorPage,
    **needs(Verb.CONSULT, "figures"),
)
def get_indicators(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return the indicators in force, each with count, expected count, trend and history."""
    return indicators.list_indicators(home, caller)


@router.post(
    "/indicators",
    operation_id="createIndicator",
    response_model=IndicatorAnswer,
    status_code=201,
    **needs(Verb.COMBINE, "figures"),
)
def create_indicator(home: HomeDep, caller: CallerDep, body: IndicatorSpec) -> dict[str, Any]:
    """Keep a new indicator."""
    return indicators.set_indicator(home, caller, Asked(**body.model_dump()))


@router.post(
    "/indicators/trial",
    operation_id="tryIndicator",
    response_model=IndicatorShown,
    **needs(Verb.COMBINE, "figures"),
)
def try_indicator(home: HomeDep, caller: CallerDep, body: IndicatorSpec) -> dict[str, Any]:
    """Return the figures of an indicator without keeping it."""
    return indicators.try_indicator(home, caller, Asked(**body.model_dump()))


@router.get(
    "/indicators/{indicator_id}",
    operation_id="getIndicator",
    response_model=IndicatorDetail,
    **needs(Verb.CONSULT, "figures"),
)
def get_indicator(home: HomeDep, caller: CallerDep, indicator_id: IndicatorId) -> dict[str, Any]:
    """Return one indicator with its figures and its versions."""
    return indicators.read_indicator(home, caller, indicator_id)


@router.put(
    "/indicators/{indicator_id}",
    operation_id="changeIndicator",
    response_model=IndicatorAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def change_indicator(
    home: HomeDep, caller: CallerDep, indicator_id: IndicatorId, body: IndicatorChange
) -> dict[str, Any]:
    """Keep a new version of an indicator."""
    asked = Asked(**body.model_dump(exclude={"after"}))
    return indicators.set_indicator(home, caller, asked, name=indicator_id, after=body.after)


@router.post(
    "/indicators/{indicator_id}/end",
    operation_id="endIndicator",
    response_model=IndicatorAnswer,
    **needs(Verb.COMBINE, "figures"),
)
def end_indicator(
    home: HomeDep, caller: CallerDep, indicator_id: IndicatorId, body: IndicatorEnd
) -> dict[str, Any]:
    """End an indicator."""
    return indicators.end_indicator(home, caller, indicator_id, after=body.after)
