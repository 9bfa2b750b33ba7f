"""The live stream."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from vigie.base.errors import WrongUsage
from vigie.desk.roles import READ_FACTS, READ_FIGURES, READ_MEANS, READ_SOURCES
from vigie.situation.caller import Caller
from vigie.web.security import CallerDep, needs, still_allowed
from vigie.web.streaming import EventStream, Hub

router = APIRouter(prefix="/api", tags=["stream"])
_NEEDED = {
    "org.vigie.fact.": READ_FACTS,
    "org.vigie.alert.": READ_FACTS,
    "org.vigie.means.": READ_MEANS,
    "org.vigie.batch.": READ_SOURCES,
    "org.vigie.source.": READ_SOURCES,
    "org.vigie.quarantine.": READ_SOURCES,
}


def may_hear(caller: Caller, type_: str) -> bool:
    """Say whether a caller may hear events of a type; a type nobody knows is heard by nobody."""
    return any(
        type_.startswith(prefix) and caller.may(permission)
        for prefix, permission in _NEEDED.items()
    )


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
    **needs(READ_FIGURES),
)
def open_stream(
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
    text = last_event_id if last_event_id is not None else after
    return EventStream(
        hub.subscribe(
            None if text is None or not text.strip() else _number(text),
            lambda type_: may_hear(caller, type_),
            lambda: still_allowed(request),
        )
    )
