"""The live stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import shapely
from fastapi import APIRouter, Header, Query, Request

from vigie.base.errors import WrongUsage
from vigie.privacy.purposes import Verb
from vigie.situation.rights import View
from vigie.web.security import CallerDep, HomeDep, needs, still_allowed
from vigie.web.streaming import Encoded, EventStream, Hub

router = APIRouter(prefix="/api", tags=["stream"])
_DATASETS = {
    "org.vigie.fact.": "facts",
    "org.vigie.alert.": "alerts",
    "org.vigie.means.": "means",
    "org.vigie.plan.": "plans",
    "org.vigie.clash.": "plans",
    "org.vigie.batch.": "sources",
    "org.vigie.source.": "sources",
    "org.vigie.quarantine.": "sources",
    "org.vigie.breakglass.": "breakglass",
    "org.vigie.shift.": "shift",
}


def dataset_of(type_: str) -> str:
    """Return the dataset that an event type tells of; empty for a type nobody knows."""
    return next((name for prefix, name in _DATASETS.items() if type_.startswith(prefix)), "")


def hear(views: Mapping[str, View], event: Encoded) -> bytes | None:
    """Return an event as the views let it be heard: whole, emptied and coarsened, or not at all.

    An alert rests on the counts of every source: who sees only some of them does not hear it.
    """
    view = views.get(dataset_of(event.type))
    if view is None:
        return None
    data = event.data
    if not view.everywhere:
        lon, lat = data.get("lon"), data.get("lat")
        place = None if lon is None or lat is None else shapely.Point(lon, lat)
        source = "" if view.dataset == "alerts" else data.get("source")
        if not view.holds(source, place):
            return None
    if view.masking is None and all(view.sees(name) for name in data):
        return event.wire
    return event.told(view.blank(data))


def _number(text: str) -> int:
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:  # noqa: PLR2004 - int64
        raise WrongUsage(reason="Last-Event-ID", field="Last-Event-ID")
    return int(digits)


@router.get(
    "/stream",
    operation_id="openStream",
    response_class=EventStream,
    responses={
        200: {
            "description": "CloudEvents 1.0 (JSON) as Server-Sent Events; `id` resumes.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
    **needs(Verb.CONSULT, "figures"),
)
def open_stream(
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    last_event_id: Annotated[
        str | None, Header(description="Resume after this event.", max_length=40)
    ] = None,
    after: Annotated[
        str | None, Query(description="As Last-Event-ID, for a first connection.", max_length=40)
    ] = None,
) -> EventStream:
    """Follow what happens: every event after the last one heard, without gap or double."""
    hub: Hub = request.app.state.hub
    hub.refuse_when_full()
    views = {
        name: home.rights.ask(caller, name, subject={"stream": True})
        for name in sorted(set(_DATASETS.values()))
        if home.rights.may(caller, name)
    }

    def hear_and_count(event: Encoded) -> bytes | None:
        heard = hear(views, event)
        if heard is not None and dataset_of(event.type) == "facts":
            home.rights.bulk_reads.note(caller, (str(event.data.get("fact_id", event.id)),))
        return heard

    text = last_event_id if last_event_id is not None else after
    return EventStream(
        hub.subscribe(
            None if text is None or not text.strip() else _number(text),
            hear_and_count,
            lambda: still_allowed(request, views),
        )
    )
