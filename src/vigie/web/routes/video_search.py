"""Searching recordings by movement, told line by line as it goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import StreamingResponse

from vigie.privacy.purposes import Verb
from vigie.situation.video_search import Search, search
from vigie.web.answers.video_search import SearchAsked, SearchLine
from vigie.web.filters import epoch_us
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/video", tags=["video"])


@router.post(
    "/viewings/{viewing_id}/search",
    operation_id="searchRecordings",
    response_class=StreamingResponse,
    responses={200: {"model": SearchLine, "description": "Lines of JSON, one after another."}},
    **needs(Verb.CONSULT, "recordings"),
)
def post_search(
    home: HomeDep,
    caller: CallerDep,
    viewing_id: Annotated[str, Path(max_length=60)],
    body: SearchAsked,
) -> StreamingResponse:
    """Search the recordings of a viewing by movement; closed until a legal basis is named.

    The case that the header ``X-Vigie-Case`` names must hold what is searched. Nothing is kept.
    """
    asked = Search(
        tuple(body.cameras),
        epoch_us(body.from_at),
        epoch_us(body.to_at),
        body.zone(),
        body.towards,
        (body.least_speed, body.most_speed),
        body.size,
        body.quick,
    )
    found = search(home, caller, viewing_id, asked)

    def lines() -> Iterator[str]:
        for one in found:
            yield json.dumps(one) + "\n"

    return StreamingResponse(
        lines(), media_type="application/x-ndjson", headers={"Cache-Control": "no-store"}
    )
