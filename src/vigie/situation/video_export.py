"""Masked clips: one asks, another lets it be drawn, somebody looks at all of it and signs.

Nothing unmasked is given here, by any way: where faces cannot be found, only masks by hand or a
mosaic of the whole picture are offered. What a judge asks for is another way, and stays unmasked:
a requisition (``inquiry``), with its own two persons and its own lines. What follows the drawing
stands in ``video_review``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Conflict, NotFound, VigieError, WrongUsage
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.camera_limits import cameras_within, refuse_beyond
from vigie.situation.home import Home
from vigie.situation.video import CAMERAS, RECORDINGS, refuse_expired, refuse_undesignated
from vigie.watch.masking.clip import HandMask, find_boxes, frames_of, render
from vigie.watch.masking.exports import (
    COVERS,
    Export,
    begin_export,
    claim,
    clip_path,
    decide,
    get_export,
    let_go,
    list_exports,
    put_followed,
    put_progress,
    put_ready,
    put_spans,
)
from vigie.watch.masking.following import follow
from vigie.watch.masking.model import FaceFinder, model_path
from vigie.watch.masking.spans import linked
from vigie.watch.recording.archive import Piece

LONGEST_US = 600_000_000
KEPT_US = 7 * 86_400_000_000
FOUND, FOLLOWED = 0.7, 0.8
"""How far the drawing is when faces are found, and when masks by hand are followed."""
Tell = Callable[[float], None]


def subject_of(one: Export, act: str) -> dict[str, Any]:
    """Return what the line of an act on an export must tell."""
    return {
        "act": act,
        "export": one.export_id,
        "cameras": [one.camera_id],
        "from_us": one.from_us,
        "to_us": one.to_us,
        "cover": one.cover,
    }


def refuse_stranger(
    home: Home,
    caller: Caller,
    camera_id: str,
    subject: dict[str, Any],
    verb: Verb = Verb.CONSULT,
) -> None:
    """Refuse who is not designated by name, and a camera that is not theirs or has no leave now."""
    sheet = home.video.index.camera(camera_id)
    refuse_undesignated(home, caller, subject)
    refuse_beyond(home, caller, (RECORDINGS, verb), [camera_id], subject)
    refuse_expired(home, caller, sheet)


def ask_export(
    home: Home,
    caller: Caller,
    camera_id: str,
    window: tuple[int, int],
    *,
    cover: str,
    recipient: str,
) -> Export:
    """Ask for a masked clip; nothing is drawn before another person lets it be.

    Args:
        home: The home.
        caller: Who asks, designated by name; with the reason.
        camera_id: The camera.
        window: From and to, epoch µs; ten minutes at most.
        cover: ``faces``, ``hand`` or ``whole``.
        recipient: Who is to have it.

    Raises:
        Forbidden: By the charter, without a reason, or by who is not designated.
        MissingPart: Faces cannot be found here: ask for ``hand`` or ``whole``.
        NotFound: The camera recorded nothing then.
        WrongUsage: A window, a cover or a recipient that is none.
    """
    if not window[0] < window[1] <= window[0] + LONGEST_US:
        raise WrongUsage(reason="from < to <= from + 10 min", field="to")
    if cover not in COVERS:
        raise WrongUsage(reason=f"cover: {', '.join(COVERS)}", field="cover")
    if not recipient.strip():
        raise WrongUsage(reason="recipient", field="recipient")
    subject = {"act": "export_asked", "cameras": [camera_id], "cover": cover} | dict(
        zip(("from_us", "to_us"), window, strict=True)
    )
    to = recipient.strip()[:120]
    home.rights.ask(caller, RECORDINGS, Verb.CONSULT, subject, recipient=to)
    refuse_stranger(home, caller, camera_id, subject)
    if cover == "faces":
        FaceFinder()
    pieces = _pieces(home, camera_id, window)
    now = now_us(home.clock)
    days = home.video.index.camera(camera_id).retention_days
    ends = min(now + KEPT_US, min(one.start_us for one in pieces) + days * 86_400_000_000)
    told = (camera_id, *window, cover, caller.name, caller.reason.strip()[:300], to, now, ends)
    return begin_export(home.video.index, Export("", *told, "asked"))


def _pieces(home: Home, camera_id: str, window: tuple[int, int]) -> list[Piece]:
    pieces = home.video.segments(camera_id, *window)
    if not pieces:
        raise NotFound(what="picture", name=camera_id)
    return pieces


def decide_export(home: Home, caller: Caller, export_id: str, *, drawn: bool) -> Export:
    """Let a clip be drawn that another person asked for, or refuse it; the line comes first.

    Args:
        home: The home.
        caller: Another person than who asked, designated by name; with the reason.
        export_id: The export.
        drawn: Whether it may be drawn.

    Raises:
        Conflict: It was decided already, or has ended.
        Forbidden: By the charter, without a reason, by who asked, or by who is not designated.
    """
    one = get_export(home.video.index, export_id)
    subject = subject_of(one, "export_approved" if drawn else "export_refused")
    if caller.name == one.asked_by:
        home.rights.refuse(caller, RECORDINGS, Verb.ALTER, subject, why="four_eyes")
    refuse_stranger(home, caller, one.camera_id, subject, Verb.ALTER)
    if one.state != "asked":
        raise Conflict(what="export", name=export_id)
    home.rights.ask(caller, RECORDINGS, Verb.ALTER, subject)
    now = now_us(home.clock)
    if not decide(home.video.index, export_id, caller.name, now, drawn=drawn):
        raise Conflict(what="export", name=export_id)
    return get_export(home.video.index, export_id)


def draw_export(home: Home, export_id: str, tell: Tell = lambda _: None) -> bool:
    """Find what is to be covered, once, and write the masked file; False when another draws it.

    While only hands are to cover and none did, the whole picture is a mosaic: no bare film is made.

    Raises:
        MissingPart: Faces cannot be found here; the export has failed.
        NotFound: The recordings are gone; the export has failed.
        WrongUsage: Its pictures cannot be painted; the export has failed.
    """
    index = home.video.index
    if not claim(index, export_id, now_us(home.clock)):
        return False
    told = 0

    def say(done: float) -> None:
        nonlocal told
        if round(1000 * done) > told:
            told = min(999, round(1000 * done))
            put_progress(index, export_id, now_us(home.clock), told)
        tell(done)

    try:
        _draw(home, get_export(index, export_id), say)
    except VigieError as error:
        let_go(index, export_id, error.code)
        raise
    except BaseException:
        let_go(index, export_id)
        raise
    return True


def _draw(home: Home, one: Export, tell: Tell) -> None:
    index, window = home.video.index, (one.from_us, one.to_us)
    pieces = _pieces(home, one.camera_id, window)
    spans = one.spans
    if spans is None:
        found = []
        if one.cover == "faces":
            found = find_boxes(pieces, window, FaceFinder(), lambda done: tell(FOUND * done))
        spans = tuple(linked(found))
        put_spans(index, one.export_id, spans)
    hand = _followed(one.hand, pieces, tell)
    put_followed(index, one.export_id, hand)
    target = clip_path(index, one.export_id)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    pictures = render(
        *(pieces, window, target),
        spans=spans,
        hand=hand,
        whole=one.cover == "whole" or (one.cover == "hand" and not hand),
        tell=lambda done: tell(FOLLOWED + (1.0 - FOLLOWED) * done),
    )
    sha256 = hashlib.sha256(target.read_bytes()).hexdigest()
    put_ready(index, one.export_id, pictures, sha256, [piece.sha256 for piece in pieces])


def _followed(hand: tuple[HandMask, ...], pieces: list[Piece], tell: Tell) -> list[HandMask]:
    """Return masks with where each went that is to be followed; those that were are kept."""
    made = []
    for number, mask in enumerate(hand):
        found = mask
        if mask.follow and mask.path is None:
            pictures = (
                (at_us, frame.to_ndarray(format="gray"))
                for at_us, frame in frames_of(pieces, mask.from_us, mask.to_us)
            )
            path, lost_us = follow(pictures, mask.ring, mask.to_us)
            found = replace(mask, path=path, lost_us=lost_us)
        made.append(found)
        tell(FOUND + (FOLLOWED - FOUND) * (number + 1) / len(hand))
    return made


def covers_here() -> list[str]:
    """Return what can be asked for here: without the model, faces are not found."""
    return [one for one in COVERS if one != "faces" or model_path() is not None]


def read_exports(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return every masked clip that was asked for, without a picture."""
    view = home.rights.ask(caller, CAMERAS, Verb.CONSULT, {"act": "exports"})
    within = cameras_within(home, view.limits)
    return [told(one) for one in list_exports(home.video.index) if within(one.camera_id)]


def told(one: Export) -> dict[str, Any]:
    """Return what is told of an export."""
    return {
        "export_id": one.export_id,
        "camera_id": one.camera_id,
        "from": to_rfc3339(one.from_us),
        "to": to_rfc3339(one.to_us),
        "cover": one.cover,
        "state": one.state,
        "asked_by": one.asked_by,
        "why": one.why,
        "recipient": one.recipient,
        "at": to_rfc3339(one.at_us),
        "until": to_rfc3339(one.until_us),
        "decided_by": one.decided_by,
        "decided_at": None if one.decided_us is None else to_rfc3339(one.decided_us),
        "progress": one.progress,
        "failure": one.failure,
        "found": None if one.spans is None else len(one.spans),
        "hand": [
            {
                "from": to_rfc3339(mask.from_us),
                "to": to_rfc3339(mask.to_us),
                "ring": mask.ring,
                "follow": mask.follow,
                "lost": None if mask.lost_us is None else to_rfc3339(mask.lost_us),
            }
            for mask in one.hand
        ],
        "pictures": one.pictures,
        "sha256": one.sha256,
        "signed_by": one.signed_by,
        "signed_at": None if one.signed_us is None else to_rfc3339(one.signed_us),
    }
