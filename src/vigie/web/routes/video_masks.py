"""Masks of cameras: what is in force, who drew it, a picture to draw on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from vigie.privacy.purposes import Verb
from vigie.situation import video_masks
from vigie.web.answers.video_masks import CameraMasks, MasksDrawn
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/video/cameras", tags=["video"])
CameraId = Annotated[str, Path(max_length=40)]


@router.get(
    "/{camera_id}/masks",
    operation_id="getCameraMasks",
    response_model=CameraMasks,
    **needs(Verb.CONSULT, "cameras"),
)
def get_masks(home: HomeDep, caller: CallerDep, camera_id: CameraId) -> dict[str, Any]:
    """Return the masks of a camera and every version before: who, why, from when; no picture."""
    return video_masks.read_masks(home, caller, camera_id)


@router.put(
    "/{camera_id}/masks",
    operation_id="drawCameraMasks",
    response_model=CameraMasks,
    **needs(Verb.ALTER, "cameras"),
)
def put_masks(
    home: HomeDep, caller: CallerDep, camera_id: CameraId, body: MasksDrawn
) -> dict[str, Any]:
    """Put masks in force from the next segment on; the header ``X-Vigie-Reason`` says why."""
    size = (body.width, body.height)
    return video_masks.draw_masks(home, caller, camera_id, body.rings, size, after=body.after)


@router.get(
    "/{camera_id}/aim",
    operation_id="getAimingPicture",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
    **needs(Verb.ALTER, "cameras"),
)
def get_aim(home: HomeDep, caller: CallerDep, camera_id: CameraId) -> Response:
    """Return a picture to draw masks on, with those in force burnt in; kept nowhere."""
    content = video_masks.aim(home, caller, camera_id)
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
