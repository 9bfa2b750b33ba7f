"""The live stream."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from pydantic import Field

from vigie.base.errors import WrongUsage
from vigie.privacy.purposes import Verb
from vigie.web.answers.base import Answer
from vigie.web.event_stream import EventStream, takes_gzip
from vigie.web.hearing import DATASETS, Accounts, Hearings
from vigie.web.security import CallerDep, HomeDep, credential_hash, needs, still_allowed
from vigie.web.standing import Listener
from vigie.web.streaming import Encoded, Hub

router = APIRouter(prefix="/api", tags=["stream"])


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
        for name in sorted(set(DATASETS.values()))
        if home.rights.may(caller, name)
    }

    hearings: Hearings = request.app.state.hearings
    hearing, reads = hearings.of(views), home.rights.bulk_reads
    accounts = Accounts(lambda told: reads.hear(caller, told), lambda: reads.settle(caller))

    async def hear(batch: Sequence[Encoded]) -> bytes:
        found = hearing.known(batch)
        if found is None and hearing.slow:
            found = await asyncio.to_thread(hearing.work_out, batch)
        wire, told = found or hearing.work_out(batch)
        accounts.note(told, hub.apart)
        return wire

    listener = Listener(
        request.app.state.standing,
        credential_hash(request),
        lambda: still_allowed(request, views),
    )
    text = last_event_id if last_event_id is not None else after
    return EventStream(
        hub.subscribe(
            None if text is None or not text.strip() else _number(text),
            hear,
            listener.still_allowed,
        ),
        packed=takes_gzip(request.headers.get("accept-encoding", "")),
    )


class PressureAnswer(Answer):
    """How hard the live room is pressed."""

    waiting: int = Field(description="Messages taken and not processed yet.")
    refused: dict[str, int] = Field(
        description="Messages refused (429) since the server began, by priority: 1 is the first."
    )
    refusing: list[int] = Field(description="Priorities that are refused now.")
    subscribers: int = Field(description="Listeners of the live stream.")


@router.get("/pressure", operation_id="getPressure", **needs(Verb.CONSULT, "sources"))
def get_pressure(home: HomeDep, caller: CallerDep, request: Request) -> PressureAnswer:
    """Say what waits and what was refused at the door, by priority."""
    home.rights.ask(caller, "sources")
    now = home.intake.pressure.now
    hub: Hub = request.app.state.hub
    return PressureAnswer(
        waiting=now.waiting,
        refused={str(one): n for one, n in now.refused.items()},
        refusing=list(now.refusing),
        subscribers=hub.subscribers,
    )
