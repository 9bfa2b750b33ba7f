"""Video: cameras that record, their timeline, viewings, holds, the register."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import FileResponse, PlainTextResponse
from pydantic import AwareDatetime

from vigie.base.clock import to_us
from vigie.privacy.purposes import Verb
from vigie.situation import video, video_register
from vigie.situation.video_looker import looker
from vigie.web.answers.video import (
    HoldAsked,
    HoldKept,
    RecordingCameras,
    RecordingRegister,
    Timeline,
    ViewingAsked,
    ViewingOpened,
)
from vigie.web.filters import epoch_us
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/video", tags=["video"])

CameraId = Annotated[str, Path(max_length=40)]
ViewingId = Annotated[str, Path(max_length=60)]
UNSTORED = {"Cache-Control": "no-store"}


@router.get(
    "/cameras",
    operation_id="listRecordingCameras",
    response_model=RecordingCameras,
    **needs(Verb.CONSULT, "cameras"),
)
def get_cameras(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return every camera that records: sheet and state, no picture."""
    items = video.list_cameras(home, caller)
    return {"items": items, "looker": looker(home, caller), "next": None}


@router.get(
    "/cameras/{camera_id}/timeline",
    operation_id="getRecordingTimeline",
    response_model=Timeline,
    **needs(Verb.CONSULT, "cameras"),
)
def get_timeline(
    home: HomeDep,
    caller: CallerDep,
    camera_id: CameraId,
    from_: Annotated[AwareDatetime, Query(alias="from")],
    to: Annotated[AwareDatetime, Query()],
) -> dict[str, Any]:
    """Return what a camera recorded in a window and what is missing, and why."""
    return video.timeline(home, caller, camera_id, to_us(from_), to_us(to))


@router.get(
    "/register",
    operation_id="getRecordingRegister",
    response_model=RecordingRegister,
    **needs(Verb.CONSULT, "retention"),
)
def get_register(
    home: HomeDep, caller: CallerDep, newest: Annotated[int, Query(ge=1, le=5_000)] = 500
) -> dict[str, Any]:
    """Return the newest rows of the register: made, destroyed, held, handed on; from the audit."""
    return {"items": video_register.read_register(home, caller, newest=newest), "next": None}


@router.post(
    "/holds",
    operation_id="holdRecordings",
    response_model=HoldKept,
    **needs(Verb.ALTER, "recordings"),
)
def post_hold(home: HomeDep, caller: CallerDep, body: HoldAsked) -> dict[str, Any]:
    """Keep recordings beyond their term for the case named, and nothing beside them."""
    return video.hold(home, caller, body.cameras, to_us(body.from_at), to_us(body.to_at))


@router.post(
    "/viewings",
    operation_id="openViewing",
    response_model=ViewingOpened,
    **needs(Verb.CONSULT, "recordings"),
)
def post_viewing(home: HomeDep, caller: CallerDep, body: ViewingAsked) -> dict[str, Any]:
    """Open pictures to a person designated by name, after the line that says so is on disk."""
    return video.open_viewing(
        home,
        caller,
        body.cameras,
        from_us=epoch_us(body.from_at),
        to_us=epoch_us(body.to_at),
        service=body.service,
    )


@router.get(
    "/viewings/{viewing_id}/playlists/{camera_id}",
    operation_id="getPlaylist",
    response_class=PlainTextResponse,
    **needs(Verb.CONSULT, "recordings"),
)
def get_playlist(
    home: HomeDep, caller: CallerDep, viewing_id: ViewingId, camera_id: CameraId
) -> PlainTextResponse:
    """Return the HLS playlist of a camera: of the window, or of what comes."""
    text = video.read_playlist(home, caller, viewing_id, camera_id)
    return PlainTextResponse(text, media_type="application/vnd.apple.mpegurl", headers=UNSTORED)


@router.get(
    "/viewings/{viewing_id}/segments/{segment_id}",
    operation_id="getSegment",
    response_class=FileResponse,
    **needs(Verb.CONSULT, "recordings"),
)
def get_segment(
    home: HomeDep,
    caller: CallerDep,
    viewing_id: ViewingId,
    segment_id: Annotated[int, Path(ge=1)],
) -> FileResponse:
    """Return a segment, or the range of bytes asked for."""
    path = video.segment_file(home, caller, viewing_id, segment_id)
    return FileResponse(path, media_type="video/mp4", headers=UNSTORED)


@router.get(
    "/viewings/{viewing_id}/snapshot/{camera_id}",
    operation_id="getSnapshot",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
    **needs(Verb.CONSULT, "recordings"),
)
def get_snapshot(
    home: HomeDep,
    caller: CallerDep,
    viewing_id: ViewingId,
    camera_id: CameraId,
    at: Annotated[AwareDatetime | None, Query(description="Empty: the newest.")] = None,
) -> Response:
    """Return one picture, made in memory and kept nowhere."""
    content = video.snapshot(home, caller, viewing_id, camera_id, epoch_us(at))
    return Response(content, media_type="image/jpeg", headers=UNSTORED)
