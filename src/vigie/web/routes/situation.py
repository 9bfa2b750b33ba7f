"""The situation around an alert, a fact or a point: one question, one answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime

from vigie.privacy.purposes import Verb
from vigie.situation.around.asked import LEAST_RADIUS_M, MAX_RADIUS_M, Wanted
from vigie.situation.around.situation import read_situation
from vigie.web.answers.situation import SituationAnswer
from vigie.web.etags import JSON, to_json
from vigie.web.filters import epoch_us
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["situation"])
_MINUTE_US = 60_000_000
_MOST_MINUTES = 7 * 24 * 60

Radius = Annotated[float | None, Query(ge=LEAST_RADIUS_M, le=MAX_RADIUS_M, description="Metres.")]
Minutes = Annotated[int | None, Query(ge=0, le=_MOST_MINUTES, description="Minutes.")]


@router.get(
    "/situation",
    operation_id="getSituation",
    response_model=SituationAnswer,
    **needs(Verb.CONSULT, "facts"),
)
def get_situation(
    *,
    home: HomeDep,
    caller: CallerDep,
    about: Annotated[str, Query(max_length=90, description="alert:ID or fact:ID.")] = "",
    lon: Annotated[float | None, Query(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Query(ge=-85, le=85)] = None,
    at: Annotated[AwareDatetime | None, Query(description="By default the subject's.")] = None,
    radius_m: Radius = None,
    before: Minutes = None,
    after: Minutes = None,
) -> Response:
    """Return everything around an alert, a fact or a point.

    Facts of all sources on one timeline with the probability that they tell of one incident; plans
    and their clashes, closures, cameras by field of view, means by travel time, alerts, silent
    sources. Two hours before and one hour after, 500 m, unless told otherwise.
    """
    wanted = Wanted(
        about=about,
        lon=lon,
        lat=lat,
        at_us=epoch_us(at),
        radius_m=radius_m,
        before_us=None if before is None else before * _MINUTE_US,
        after_us=None if after is None else after * _MINUTE_US,
    )
    return Response(to_json(read_situation(home, caller, wanted)), media_type=JSON)
