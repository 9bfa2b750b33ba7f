"""Means, places, measures."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from vigie.base.clock import now_us
from vigie.model.units import UNITS
from vigie.privacy.purposes import Verb
from vigie.situation.means import list_means
from vigie.situation.measures import SeriesBucket, measure_series
from vigie.situation.places import places_geojson
from vigie.web.answers.base import Texts
from vigie.web.answers.records import MeansList, SeriesAnswer, SeriesItem
from vigie.web.etags import conditional, to_json
from vigie.web.filters import epoch_us
from vigie.web.routes.city import GEOJSON, GEOJSON_ANSWER
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["records"])
_DAY_US = 86_400 * 1_000_000


@router.get(
    "/means", operation_id="listMeans", response_model=MeansList, **needs(Verb.CONSULT, "means")
)
def get_means(
    home: HomeDep,
    caller: CallerDep,
    at: Annotated[
        AwareDatetime | None, Query(description="Instant to look at; now by default.")
    ] = None,
) -> dict[str, Any]:
    """Return the latest state of each means, with its age."""
    return {"items": list_means(home, caller, epoch_us(at)), "next": None}


@router.get(
    "/places",
    operation_id="listPlaces",
    response_class=Response,
    responses=GEOJSON_ANSWER,
    **needs(Verb.CONSULT, "places"),
)
def get_places(
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    kind: Annotated[list[str] | None, Query(max_length=50)] = None,
) -> Response:
    """Return places as GeoJSON."""
    found = places_geojson(home, caller, tuple(kind or ()))
    return conditional(request, to_json(found), media=GEOJSON)


@router.get("/measures/series", operation_id="getSeries", **needs(Verb.CONSULT, "measures"))
def get_series(
    *,
    home: HomeDep,
    caller: CallerDep,
    metric: Annotated[str, Query(max_length=80)],
    from_: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    to: Annotated[AwareDatetime | None, Query()] = None,
    place_id: Annotated[str | None, Query(max_length=80)] = None,
    cell: Annotated[str | None, Query(max_length=16)] = None,
    bucket: Annotated[SeriesBucket, Query()] = "hour",
) -> SeriesAnswer:
    """Return a series of one metric; the last 24 hours by default."""
    to_us = epoch_us(to)
    to_us = now_us(home.clock) if to_us is None else to_us
    from_us = epoch_us(from_)
    found = measure_series(
        home,
        caller,
        metric,
        from_us=to_us - _DAY_US if from_us is None else from_us,
        to_us=to_us,
        place_id=place_id,
        cell=cell,
        bucket=bucket,
    )
    return SeriesAnswer(
        metric=found.metric.code,
        title=Texts(fr=found.metric.fr, en=found.metric.en),
        unit=found.metric.unit,
        symbol=UNITS[found.metric.unit].symbol,
        combined=found.metric.sums,
        bucket=found.bucket,
        items=[SeriesItem(**item) for item in found.items],
    )
