"""The shift acts: reflex cards, log, means proposed, dispatches confirmed, handovers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime

from vigie.privacy.purposes import Verb
from vigie.situation.act import dispatch, handover, lines, proposal, sheet
from vigie.web.answers.shift import (
    CardList,
    DispatchList,
    DispatchReceipt,
    DispatchWritten,
    HandoverAnswer,
    HandoverDraft,
    HandoverList,
    HandoverVersions,
    HandoverWritten,
    LineReceipt,
    LineWritten,
    MeansProposal,
    Sheet,
    ShiftLog,
)
from vigie.web.filters import epoch_us
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/shift", tags=["situation"])

About = Annotated[
    str, Query(min_length=1, max_length=90, description="alert:ID, fact:ID or LON,LAT.")
]
Kind = Annotated[str, Query(max_length=80, description="What it is about, else as it says.")]
From = Annotated[AwareDatetime | None, Query(alias="from")]
To = Annotated[AwareDatetime | None, Query()]


@router.get(
    "/cards",
    operation_id="listReflexCards",
    response_model=CardList,
    **needs(Verb.CONSULT, "shift"),
)
def get_cards(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return every reflex card, and the files that cannot be used."""
    return sheet.list_cards(home, caller)


@router.get(
    "/sheet", operation_id="getShiftSheet", response_model=Sheet, **needs(Verb.CONSULT, "shift")
)
def get_sheet(
    home: HomeDep, caller: CallerDep, situation: About, kind: Kind = ""
) -> dict[str, Any]:
    """Return what is done about a situation: cards with ticks, lines, dispatches."""
    return sheet.read_sheet(home, caller, situation, kind)


@router.get(
    "/log", operation_id="getShiftLog", response_model=ShiftLog, **needs(Verb.CONSULT, "shift")
)
def get_log(home: HomeDep, caller: CallerDep, from_: From = None, to: To = None) -> dict[str, Any]:
    """Return the lines of a window as they stand, the last twelve hours by default."""
    return lines.read_log(home, caller, from_us=epoch_us(from_), to_us=epoch_us(to))


@router.post(
    "/lines",
    operation_id="writeShiftLine",
    response_model=LineReceipt,
    **needs(Verb.COLLECT, "shift"),
)
def post_line(home: HomeDep, caller: CallerDep, body: LineWritten) -> dict[str, Any]:
    """Write a line; what was written is corrected by another line, never changed."""
    told = body.model_dump()
    return lines.write_line(home, caller, told.pop("kind"), **told)


@router.get(
    "/proposal",
    operation_id="proposeMeans",
    response_model=MeansProposal,
    **needs(Verb.CONSULT, "means"),
)
def get_proposal(
    home: HomeDep, caller: CallerDep, situation: About, kind: Kind = ""
) -> dict[str, Any]:
    """Return the means that suit a situation, the nearest free one first; nothing is engaged."""
    return proposal.propose(home, caller, situation, kind).told()


@router.get(
    "/dispatches",
    operation_id="listDispatches",
    response_model=DispatchList,
    **needs(Verb.CONSULT, "shift"),
)
def get_dispatches(
    home: HomeDep, caller: CallerDep, from_: From = None, to: To = None
) -> dict[str, Any]:
    """Return the dispatches that persons confirmed, the last twelve hours by default."""
    found = dispatch.list_dispatches(home, caller, from_us=epoch_us(from_), to_us=epoch_us(to))
    return {"items": found, "next": None}


@router.post(
    "/dispatches",
    operation_id="confirmDispatch",
    response_model=DispatchReceipt,
    **needs(Verb.ALTER, "shift"),
)
def post_dispatch(home: HomeDep, caller: CallerDep, body: DispatchWritten) -> dict[str, Any]:
    """Write down that a person sends a means; no token and no program may."""
    return dispatch.confirm_dispatch(
        home, caller, body.situation, body.unit, kind=body.kind, reason=body.reason
    )


@router.get(
    "/handover",
    operation_id="draftHandover",
    response_model=HandoverDraft,
    **needs(Verb.CONSULT, "shift"),
)
def get_draft(
    home: HomeDep,
    caller: CallerDep,
    language: Annotated[Literal["fr", "en"], Query()] = "fr",
    from_: From = None,
    to: To = None,
) -> dict[str, Any]:
    """Return a note of everything open and done, from where the last handover ended."""
    return handover.draft_handover(
        home, caller, language=language, from_us=epoch_us(from_), to_us=epoch_us(to)
    )


@router.get(
    "/handovers",
    operation_id="listHandovers",
    response_model=HandoverList,
    **needs(Verb.CONSULT, "shift"),
)
def get_handovers(
    home: HomeDep, caller: CallerDep, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """Return the newest version of each handover, the newest shift first."""
    return {"items": handover.list_handovers(home, caller, limit=limit), "next": None}


@router.post(
    "/handovers",
    operation_id="signHandover",
    response_model=HandoverAnswer,
    **needs(Verb.ALTER, "shift"),
)
def post_handover(home: HomeDep, caller: CallerDep, body: HandoverWritten) -> dict[str, Any]:
    """Sign a note, or the next version of one; what was signed is never changed."""
    return handover.sign_handover(
        home,
        caller,
        body.text,
        language=body.language,
        from_us=epoch_us(body.from_at),
        to_us=epoch_us(body.to_at),
        handover_id=body.handover_id,
        after=body.after,
    )


@router.get(
    "/handovers/{handover_id}",
    operation_id="getHandover",
    response_model=HandoverVersions,
    **needs(Verb.CONSULT, "shift"),
)
def get_handover(
    home: HomeDep, caller: CallerDep, handover_id: Annotated[str, Path(max_length=40)]
) -> dict[str, Any]:
    """Return every version of a handover, newest first."""
    return handover.read_handover(home, caller, handover_id)
