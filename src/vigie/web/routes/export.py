"""Bulk export of the facts that pass the filters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from vigie.base.clock import now_us
from vigie.privacy.purposes import Verb
from vigie.web.export import MEDIA, Format, file_name, open_export
from vigie.web.filters import FiltersDep
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api", tags=["export"])


@router.get(
    "/export",
    operation_id="exportFacts",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The facts, as a file.",
            "content": {
                media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for media in MEDIA.values()
            },
        }
    },
    **needs(Verb.DISCLOSE, "facts"),
)
def export(
    home: HomeDep,
    caller: CallerDep,
    filters: FiltersDep,
    form: Annotated[
        Format, Query(alias="format", description="parquet is GeoParquet 1.1.")
    ] = "csv",
) -> StreamingResponse:
    """Return the facts that pass the filters as a file; at most two million."""
    name = file_name(form, now_us(home.clock))
    view, pieces = open_export(home, caller, filters, form)
    return StreamingResponse(
        pieces,
        media_type=MEDIA[form],
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Vigie-Withheld": ", ".join(view.withheld),
        },
    )
