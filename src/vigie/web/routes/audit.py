"""The audit: who looked at what; its signed head, for anybody; the proof of a line."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime

from vigie.audit.reading import Query as Asked
from vigie.base.clock import to_rfc3339
from vigie.privacy.checkpoint import parse
from vigie.privacy.purposes import Verb
from vigie.situation.oversight import MAX_LINES, list_lines, prove_line, published_head
from vigie.web.answers.audit import AuditLine, AuditPage, AuditProof
from vigie.web.filters import epoch_us
from vigie.web.paging import next_address, pack, unpack
from vigie.web.security import CallerDep, HomeDep, anyone, needs, signed_in

router = APIRouter(prefix="/api/audit", tags=["audit"])
NOTE = "text/plain; charset=utf-8"
NOTE_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}


@router.get("", operation_id="listAudit", **needs(Verb.CONSULT, "audit"))
def get_lines(
    *,
    home: HomeDep,
    caller: CallerDep,
    request: Request,
    from_: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    to: Annotated[AwareDatetime | None, Query()] = None,
    who: Annotated[str, Query(max_length=120)] = "",
    verb: Annotated[Verb | None, Query()] = None,
    dataset: Annotated[str, Query(max_length=40)] = "",
    outcome: Annotated[Literal["", "allowed", "refused"], Query()] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LINES)] = 200,
    cursor: Annotated[str | None, Query(description="Opaque; from a page's next link.")] = None,
) -> AuditPage:
    """Return who did what, newest first; asking is itself a line."""
    asked = Asked(
        from_us=epoch_us(from_),
        to_us=epoch_us(to),
        who=who,
        verb=verb,
        dataset=dataset,
        outcome=outcome,
        before=None if cursor is None else unpack(cursor, int)[0],
        limit=limit,
    )
    page = list_lines(home, caller, asked)
    items = [
        AuditLine(
            index=index,
            at=to_rfc3339(line.at_us),
            verb=line.verb,
            who=line.who,
            role=line.role,
            purpose=line.purpose,
            dataset=line.dataset,
            subject=dict(line.subject),
            outcome=line.outcome,
            reason=line.reason,
            case=line.case,
            recipient=line.recipient,
        )
        for index, line in page.lines
    ]
    after = None if page.before is None else pack(page.before)
    return AuditPage(items=items, next=next_address(request, after))


@router.get(
    "/head",
    operation_id="getAuditHead",
    response_class=Response,
    responses=NOTE_ANSWER,
    **anyone(Verb.CONSULT, "audit"),
)
def get_head(home: HomeDep) -> Response:
    """Return the newest published head: keep it, and no line before it can change unseen by you."""
    return Response(published_head(home), media_type=NOTE)


@router.get("/proof/{index}", operation_id="proveAuditLine", **signed_in(Verb.CONSULT, "audit"))
def get_proof(home: HomeDep, index: Annotated[int, Path(ge=0)]) -> AuditProof:
    """Return the proof that a line stands in the audit, whatever became of its text."""
    proof = prove_line(home, index)
    return AuditProof(
        index=index,
        size=parse(proof.note).size,
        leaf=base64.b64encode(proof.leaf).decode(),
        hashes=[base64.b64encode(one).decode() for one in proof.hashes],
        checkpoint=proof.note,
        key=str(home.audit.public_key),
    )
