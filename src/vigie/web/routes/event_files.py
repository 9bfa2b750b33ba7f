"""Event files: one for each plan, with versions, re-use and after-action."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Response

from vigie.base.errors import WrongUsage
from vigie.privacy.purposes import Verb
from vigie.situation.tomorrow.event_after import after_action
from vigie.situation.tomorrow.event_files import (
    compare_versions,
    list_files,
    list_versions,
    read_file,
    read_version,
)
from vigie.situation.tomorrow.event_paper import map_picture, report_pdf
from vigie.situation.tomorrow.event_writing import propose_reuse, reuse, save_file
from vigie.web.answers.event_files import (
    AfterAction,
    EventFile,
    EventFileList,
    FileChange,
    FileDifference,
    ReuseList,
    ReuseRequest,
    VersionDetail,
    VersionList,
)
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/event-files", tags=["event files"])
_TAG = re.compile(r'"?([0-9]{1,9})"?')

PlanId = Annotated[str, Path(max_length=80)]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='Version that was read, as its ETag; "0" for none.'),
]

Language = Annotated[Literal["fr", "en"], Query(alias="lang")]
Paper = Annotated[Literal["A4", "A3"], Query(alias="size", description="Paper of the map.")]
Recipient = Annotated[
    str, Query(max_length=120, description="Service that gets it; told in the audit.")
]
SVG = "image/svg+xml"


def _handed_out(content: bytes | str, media: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=media, headers=headers)


def _read_version(if_match: str | None) -> int:
    found = _TAG.fullmatch((if_match or "").strip())
    if found is None:
        raise WrongUsage(reason='If-Match: "VERSION"', field="If-Match")
    return int(found[1])


def _tagged(response: Response, answer: dict[str, Any]) -> dict[str, Any]:
    response.headers["ETag"] = f'"{answer["version"]}"'
    response.headers["Cache-Control"] = "private, no-store"
    return answer


@router.get(
    "",
    operation_id="listEventFiles",
    response_model=EventFileList,
    **needs(Verb.CONSULT, "event_files"),
)
def get_files(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return the files of events, that of the latest event first."""
    return {"items": list_files(home, caller), "next": None}


@router.get(
    "/{plan_id}",
    operation_id="getEventFile",
    response_model=EventFile,
    **needs(Verb.CONSULT, "event_files"),
)
def get_file(
    home: HomeDep, caller: CallerDep, response: Response, plan_id: PlanId
) -> dict[str, Any]:
    """Return the file of a plan and what is to be looked at in it; its ETag is its version."""
    return _tagged(response, read_file(home, caller, plan_id))


@router.put(
    "/{plan_id}",
    operation_id="putEventFile",
    response_model=EventFile,
    **needs(Verb.ALTER, "event_files"),
)
def put_file(
    *,
    home: HomeDep,
    caller: CallerDep,
    response: Response,
    plan_id: PlanId,
    body: FileChange,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Add a version to a file, on top of the one that was read."""
    answer = save_file(
        home,
        caller,
        plan_id,
        content=body.content,
        state=body.state,
        why=body.why,
        after=_read_version(if_match),
    )
    return _tagged(response, answer)


@router.get(
    "/{plan_id}/versions",
    operation_id="listEventFileVersions",
    response_model=VersionList,
    **needs(Verb.CONSULT, "event_files"),
)
def get_versions(home: HomeDep, caller: CallerDep, plan_id: PlanId) -> dict[str, Any]:
    """Return the versions of a file, newest first."""
    return {"items": list_versions(home, caller, plan_id), "next": None}


@router.get(
    "/{plan_id}/versions/{version}",
    operation_id="getEventFileVersion",
    response_model=VersionDetail,
    **needs(Verb.CONSULT, "event_files"),
)
def get_version(
    home: HomeDep, caller: CallerDep, plan_id: PlanId, version: Annotated[int, Path(ge=1)]
) -> dict[str, Any]:
    """Return one version with its content."""
    return read_version(home, caller, plan_id, version)


@router.get(
    "/{plan_id}/diff",
    operation_id="compareEventFileVersions",
    response_model=FileDifference,
    **needs(Verb.CONSULT, "event_files"),
)
def get_difference(
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    before: Annotated[int, Query(ge=0, description="Version; 0 for an empty file.")],
    after: Annotated[int, Query(ge=0)],
) -> dict[str, Any]:
    """Return what changed from one version to another."""
    return compare_versions(home, caller, plan_id, before, after)


@router.get(
    "/{plan_id}/reuse",
    operation_id="proposeEventFileReuse",
    response_model=ReuseList,
    **needs(Verb.CONSULT, "event_files"),
)
def get_proposals(home: HomeDep, caller: CallerDep, plan_id: PlanId) -> dict[str, Any]:
    """Return past files that may be taken over, the most alike first, each with why."""
    return {"items": propose_reuse(home, caller, plan_id), "next": None}


@router.post(
    "/{plan_id}/reuse",
    operation_id="reuseEventFile",
    response_model=EventFile,
    **needs(Verb.ALTER, "event_files"),
)
def post_reuse(
    *,
    home: HomeDep,
    caller: CallerDep,
    response: Response,
    plan_id: PlanId,
    body: ReuseRequest,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Take a past file over as a draft: times moved to the plan's hours, places kept."""
    answer = reuse(
        home,
        caller,
        plan_id,
        from_plan=body.plan_id,
        from_version=body.version,
        after=_read_version(if_match),
    )
    return _tagged(response, answer)


@router.get(
    "/{plan_id}/after-action",
    operation_id="getAfterAction",
    response_model=AfterAction,
    **needs(Verb.CONSULT, "event_files"),
)
def get_after_action(home: HomeDep, caller: CallerDep, plan_id: PlanId) -> dict[str, Any]:
    """Return planned, forecast and happened side by side; asks for counts of facts too."""
    return after_action(home, caller, plan_id)


@router.get(
    "/{plan_id}/report.pdf",
    operation_id="getEventFileReport",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "PDF/A-2a, PDF/UA-1."}},
    **needs(Verb.DISCLOSE, "event_files"),
)
def get_report(
    *,
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    language: Language = "fr",
    size: Paper = "A4",
    recipient: Recipient = "",
) -> Response:
    """Return the file as a PDF with its map."""
    pdf, name = report_pdf(
        home, caller, plan_id, language=language, sheet=size, recipient=recipient
    )
    return _handed_out(pdf, "application/pdf", name)


@router.get(
    "/{plan_id}/map.svg",
    operation_id="getEventFileMap",
    response_class=Response,
    responses={200: {"content": {SVG: {}}, "description": "The map, landscape."}},
    **needs(Verb.DISCLOSE, "event_files"),
)
def get_map(
    *,
    home: HomeDep,
    caller: CallerDep,
    plan_id: PlanId,
    language: Language = "fr",
    size: Paper = "A4",
    recipient: Recipient = "",
) -> Response:
    """Return the printable map as SVG."""
    svg, name = map_picture(
        home, caller, plan_id, language=language, sheet=size, recipient=recipient
    )
    return _handed_out(svg, SVG, name)
