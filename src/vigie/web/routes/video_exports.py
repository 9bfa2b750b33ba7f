"""Masked clips: asked for, let be drawn by another person, looked at, masked by hand, signed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from vigie.base.clock import to_us
from vigie.privacy.purposes import Verb
from vigie.situation import video_export, video_review
from vigie.situation.video import RECORDINGS
from vigie.web.answers.video_exports import (
    ClipAsked,
    ClipDecision,
    ClipSigned,
    HandMasksAsked,
    MaskedClip,
    MaskedClips,
    ReviewOpened,
)
from vigie.web.security import CallerDep, HomeDep, needs

router = APIRouter(prefix="/api/video/exports", tags=["video"])
ExportId = Annotated[str, Path(max_length=40)]
UNSTORED = {"Cache-Control": "no-store"}


@router.get(
    "",
    operation_id="listMaskedClips",
    response_model=MaskedClips,
    **needs(Verb.CONSULT, "cameras"),
)
def get_exports(home: HomeDep, caller: CallerDep) -> dict[str, Any]:
    """Return every masked clip that was asked for: what is covered, by whom, signed; no picture."""
    return {
        "items": video_export.read_exports(home, caller),
        "you": caller.name,
        "covers": video_export.covers_here(),
        "may_ask": home.rights.may(caller, RECORDINGS),
        "may_decide": home.rights.may(caller, RECORDINGS, Verb.ALTER),
        "may_sign": home.rights.may(caller, RECORDINGS, Verb.DISCLOSE),
        "longest_s": video_export.LONGEST_US // 1_000_000,
        "next": None,
    }


@router.post(
    "",
    operation_id="askMaskedClip",
    response_model=MaskedClip,
    status_code=201,
    **needs(Verb.CONSULT, "recordings"),
)
def post_export(home: HomeDep, caller: CallerDep, body: ClipAsked) -> dict[str, Any]:
    """Ask for a masked clip; nothing is drawn before another person lets it be."""
    window = (to_us(body.from_at), to_us(body.to_at))
    asked = video_export.ask_export(
        home, caller, body.camera_id, window, cover=body.cover, recipient=body.recipient
    )
    return video_export.told(asked)


@router.post(
    "/{export_id}/decision",
    operation_id="decideMaskedClip",
    response_model=MaskedClip,
    **needs(Verb.ALTER, "recordings"),
)
def post_decision(
    home: HomeDep, caller: CallerDep, export_id: ExportId, body: ClipDecision
) -> dict[str, Any]:
    """Let a clip be drawn that another person asked for, or refuse it."""
    return video_export.told(video_export.decide_export(home, caller, export_id, drawn=body.drawn))


@router.post(
    "/{export_id}/review",
    operation_id="reviewMaskedClip",
    response_model=ReviewOpened,
    **needs(Verb.CONSULT, "recordings"),
)
def post_review(home: HomeDep, caller: CallerDep, export_id: ExportId) -> dict[str, Any]:
    """Open a masked film to one person, after the line that says so is on disk."""
    return video_review.open_review(home, caller, export_id)


@router.get(
    "/{export_id}/film",
    operation_id="getMaskedFilm",
    response_class=Response,
    responses={200: {"content": {"video/mp4": {}}}},
    **needs(Verb.CONSULT, "recordings"),
)
def get_film(
    home: HomeDep,
    caller: CallerDep,
    export_id: ExportId,
    viewing: Annotated[str, Query(max_length=60, description="Id of the open review.")],
) -> Response:
    """Return the masked film of an open review."""
    content = video_review.read_film(home, caller, export_id, viewing)
    return Response(content, media_type="video/mp4", headers=UNSTORED)


@router.put(
    "/{export_id}/masks",
    operation_id="maskMaskedClip",
    response_model=ReviewOpened,
    **needs(Verb.CONSULT, "recordings"),
)
def put_masks(
    home: HomeDep, caller: CallerDep, export_id: ExportId, body: HandMasksAsked
) -> dict[str, Any]:
    """Put masks by hand in place of those before; the film is drawn anew, and reviewed again."""
    masks = [
        video_review.HandAsked(to_us(one.from_at), to_us(one.to_at), one.ring, one.follow)
        for one in body.masks
    ]
    return video_review.mask_export(home, caller, export_id, masks)


@router.post(
    "/{export_id}/signature",
    operation_id="signMaskedClip",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}},
    **needs(Verb.DISCLOSE, "recordings"),
)
def post_signature(
    home: HomeDep, caller: CallerDep, export_id: ExportId, body: ClipSigned
) -> Response:
    """Sign the film that was reviewed and return it in a sealed package."""
    content = video_review.sign_export(home, caller, export_id, body.sha256)
    name = f'attachment; filename="{export_id}.zip"'
    return Response(
        content, media_type="application/zip", headers={**UNSTORED, "Content-Disposition": name}
    )
