"""Plans, the agenda and its clashes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime

from vigie.base.clock import now_us
from vigie.base.errors import WrongUsage
from vigie.privacy.purposes import Verb
from vigie.situation.closures import list_closures
from vigie.situation.home import Home
from vigie.situation.plans import (
    AGENDA_DAYS,
    LONGEST_US,
    agenda_calendar,
    list_plans,
    plan_json,
    read_agenda,
    read_plan,
)
from vigie.situation.tomorrow.agenda import PAST_DAYS, PlanFilters, note_record, plan_filters
from vigie.web.answers.agenda import AgendaAnswer, AgendaRecord
from vigie.web.answers.records import PlanDetail, PlanPage
from vigie.web.answers.situation import FiledClosures
from vigie.web.etags import conditional, to_json
from vigie.web.filters import epoch_us, parse_zone
from vigie.web.paging import next_address, pack, unpack
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["plans"])
_MONTH_US = 30 * 86_400 * 1_000_000

From = Annotated[AwareDatetime | None, Query(alias="from", description="Now by default.")]
To = Annotated[AwareDatetime | None, Query(description="30 days after from by default.")]


def listed_plans(
    *,
    home: HomeDep,
    kind: Annotated[
        list[str] | None, Query(description="Kinds, each with its branch.", max_length=50)
    ] = None,
    state: Annotated[
        list[str] | None,
        Query(description="draft, declared, authorised, cancelled, wild.", max_length=5),
    ] = None,
    service: Annotated[
        list[str] | None, Query(description="Services or feeds.", max_length=50)
    ] = None,
    zone: Annotated[str | None, Query(description="zoning:zone_id", max_length=200)] = None,
) -> PlanFilters:
    """Return which plans an agenda lists."""
    return plan_filters(
        home,
        kinds=kind or (),
        states=state or (),
        services=service or (),
        zone=parse_zone(zone),
    )


ListedDep = Annotated[PlanFilters, Depends(listed_plans)]


def window_of(home: Home, from_: AwareDatetime | None, to: AwareDatetime | None) -> tuple[int, int]:
    """Return the window asked for, epoch µs: 30 days from now where nothing is said."""
    start, end = epoch_us(from_), epoch_us(to)
    if start is None:
        start = now_us(home.clock) if end is None else end - _MONTH_US
    if end is None:
        end = start + _MONTH_US
    if not 0 < end - start <= LONGEST_US:
        raise WrongUsage(reason="window: at most 400 days", field="to")
    return start, end


@router.get(
    "/plans", operation_id="listPlans", response_model=PlanPage, **needs(Verb.CONSULT, "plans")
)
def get_plans(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    from_: From = None,
    to: To = None,
    closing: Annotated[
        Literal["traffic"] | None, Query(description="Only those whose ground no vehicle passes.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 500,
    cursor: Annotated[str | None, Query()] = None,
) -> dict[str, Any]:
    """Return the plans whose occupation touches a window, by start."""
    start, end = window_of(home, from_, to)
    view, plans = list_plans(home, caller, start, end)
    if closing is not None:
        plans = [plan for plan in plans if plan.closes_traffic]
    if cursor is not None:
        after = unpack(cursor, int, str)
        plans = [plan for plan in plans if (plan.starts_us, plan.plan_id) > after]
    page = plans[:limit]
    more = pack(page[-1].starts_us, page[-1].plan_id) if len(plans) > limit else None
    items = [view.blank(plan_json(one)) for one in page]
    return {"items": items, "next": next_address(request, more)}


@router.get(
    "/closures",
    operation_id="listClosures",
    response_model=FiledClosures,
    **needs(Verb.CONSULT, "plans"),
)
def get_closures(
    *, home: HomeDep, caller: CallerDep, from_: From = None, to: To = None
) -> dict[str, Any]:
    """Return the streets that validated event files close in a window, by start."""
    start, end = window_of(home, from_, to)
    return {"items": list_closures(home, caller, start, end)}


@router.get(
    "/plans/{plan_id}",
    operation_id="getPlan",
    response_model=PlanDetail,
    **needs(Verb.CONSULT, "plans"),
)
def get_plan(
    home: HomeDep,
    caller: CallerDep,
    plan_id: Annotated[str, Path(max_length=80)],
    response: Response,
) -> dict[str, Any]:
    """Return one plan with its provenance, zones and clashes; ``ETag`` names it as it stands."""
    found = read_plan(home, caller, plan_id)
    response.headers["ETag"] = found["tag"]
    return found


@router.get(
    "/agenda", operation_id="getAgenda", response_model=AgendaAnswer, **needs(Verb.CONSULT, "plans")
)
def get_agenda(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    listed: ListedDep,
    from_: From = None,
    days: Annotated[int, Query(ge=1, le=AGENDA_DAYS)] = 30,
    once: Annotated[bool, Query(description="Tell each plan once, under plans.")] = False,
) -> Response:
    """Return the agenda day by day, from the local day of ``from``; filters never move the note."""
    found = read_agenda(home, caller, epoch_us(from_), days, listed=listed, once=once)
    return conditional(request, to_json(found))


@router.get(
    "/agenda.ics",
    operation_id="getAgendaCalendar",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
    **needs(Verb.CONSULT, "plans", calendar=True),
)
def get_calendar(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    listed: ListedDep,
    from_: From = None,
    days: Annotated[int, Query(ge=1, le=AGENDA_DAYS)] = 90,
    lang: Annotated[Literal["fr", "en"], Query()] = "fr",
) -> Response:
    """Return the agenda as an iCalendar (RFC 5545), to open or to subscribe to."""
    content = agenda_calendar(home, caller, epoch_us(from_), days, listed=listed, language=lang)
    return conditional(request, content, media="text/calendar; charset=utf-8")


@router.get(
    "/agenda/record",
    operation_id="getAgendaRecord",
    response_model=AgendaRecord,
    **needs(Verb.CONSULT, "figures"),
)
def get_record(
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    days: Annotated[int, Query(ge=28, le=AGENDA_DAYS)] = PAST_DAYS,
) -> Response:
    """Return how the note did: facts above expected on the past days noted 1, 2, … 10."""
    return conditional(request, to_json(note_record(home, caller, days)))
