"""Masked clips: one person asks, another reviews what is covered and signs, then a file is given.

Nothing unmasked is given here, by any way: where faces cannot be found, only masks by hand or a
mosaic of the whole picture are offered. What a judge asks for is another way, and stays unmasked:
a requisition (``inquiry``), with its own two persons and its own lines.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Conflict, NotFound, WrongUsage
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.video import RECORDINGS, refuse_expired, refuse_undesignated
from vigie.watch.masking.clip import HandMask, find_boxes, render
from vigie.watch.masking.exports import (
    COVERS,
    Export,
    begin_export,
    clip_path,
    get_export,
    list_exports,
    put_hand,
    put_ready,
    put_signed,
    put_spans,
)
from vigie.watch.masking.model import NAME, FaceFinder
from vigie.watch.masking.shapes import checked_rings
from vigie.watch.masking.spans import linked
from vigie.watch.recording.archive import Piece

LONGEST_US = 600_000_000
KEPT_US = 7 * 86_400_000_000
MOST_HAND = 200
Tell = Callable[[float], None]


def _subject(one: Export, act: str) -> dict[str, Any]:
    return {
        "act": act,
        "export": one.export_id,
        "cameras": [one.camera_id],
        "from_us": one.from_us,
        "to_us": one.to_us,
        "cover": one.cover,
    }


def _may_look(home: Home, caller: Caller, camera_id: str, subject: dict[str, Any]) -> None:
    refuse_undesignated(home, caller, subject)
    refuse_expired(home, caller, home.video.index.camera(camera_id))


def ask_export(
    home: Home,
    caller: Caller,
    camera_id: str,
    window: tuple[int, int],
    *,
    cover: str,
    recipient: str,
) -> Export:
    """Ask for a masked clip; it is drawn by ``draw_export``.

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
    _may_look(home, caller, camera_id, subject)
    if cover == "faces":
        FaceFinder()
    pieces = _pieces(home, camera_id, window)
    now = now_us(home.clock)
    days = home.video.index.camera(camera_id).retention_days
    ends = min(now + KEPT_US, min(one.start_us for one in pieces) + days * 86_400_000_000)
    told = (camera_id, *window, cover, caller.name, caller.reason.strip()[:300], to, now, ends)
    return begin_export(home.video.index, Export("", *told, "drawing"))


def _pieces(home: Home, camera_id: str, window: tuple[int, int]) -> list[Piece]:
    pieces = home.video.segments(camera_id, *window)
    if not pieces:
        raise NotFound(what="picture", name=camera_id)
    return pieces


def draw_export(home: Home, export_id: str, tell: Tell = lambda _: None) -> Export:
    """Find what is to be covered, once, and write the masked file; return the export.

    While only hands are to cover and none did, the whole picture is a mosaic: no bare film is made.

    Raises:
        Conflict: It was signed, or has ended.
        MissingPart: Faces cannot be found here.
        NotFound: The recordings are gone.
    """
    index, one = home.video.index, get_export(home.video.index, export_id)
    if one.state not in {"drawing", "ready"}:
        raise Conflict(what="export", name=export_id)
    window = (one.from_us, one.to_us)
    pieces = _pieces(home, one.camera_id, window)
    spans = one.spans
    if spans is None:
        found = []
        if one.cover == "faces":
            found = find_boxes(pieces, window, FaceFinder(), lambda done: tell(0.8 * done))
        spans = tuple(linked(found))
        put_spans(index, export_id, spans)
    target = clip_path(index, export_id)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    pictures = render(
        *(pieces, window, target),
        spans=spans,
        hand=one.hand,
        whole=one.cover == "whole" or (one.cover == "hand" and not one.hand),
        tell=lambda done: tell(0.8 + 0.2 * done),
    )
    sha256 = hashlib.sha256(target.read_bytes()).hexdigest()
    put_ready(index, export_id, pictures, sha256, [piece.sha256 for piece in pieces])
    return get_export(index, export_id)


def read_exports(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return every masked clip that was asked for, without a picture."""
    home.rights.ask(caller, RECORDINGS, Verb.CONSULT, {"act": "exports"})
    return [told(one) for one in list_exports(home.video.index)]


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
        "found": None if one.spans is None else len(one.spans),
        "hand": [
            {"from": to_rfc3339(mask.from_us), "to": to_rfc3339(mask.to_us), "ring": mask.ring}
            for mask in one.hand
        ],
        "pictures": one.pictures,
        "sha256": one.sha256,
        "signed_by": one.signed_by,
        "signed_at": None if one.signed_us is None else to_rfc3339(one.signed_us),
    }


def review_export(
    home: Home,
    caller: Caller,
    export_id: str,
    *,
    masks: Sequence[tuple[int, int, Sequence[Sequence[float]]]] | None = None,
    tell: Tell = lambda _: None,
) -> tuple[Export, bytes]:
    """Return the masked film to who reviews it, after the line; with masks by hand, the new one.

    What was found is not taken away by hand.

    Args:
        home: The home.
        caller: Who reviews, designated by name; with the reason.
        export_id: The export.
        masks: From, to (epoch µs) and corners of each mask by hand, in place of those before;
            None leaves them.
        tell: Told the share that is drawn, 0 to 1.

    Raises:
        Conflict: It is not drawn yet, has ended, or masks are put on what was signed.
        Forbidden: By the charter, without a reason, or by who is not designated.
        WrongUsage: Times or corners that are none.
    """
    one = get_export(home.video.index, export_id)
    hand = None if masks is None else _checked(masks)
    subject = _subject(one, "export_reviewed" if hand is None else "export_masked")
    if hand is not None:
        subject["masks"] = len(hand)
    home.rights.ask(caller, RECORDINGS, Verb.CONSULT, subject)
    _may_look(home, caller, one.camera_id, subject)
    if hand is not None:
        if one.state not in {"drawing", "ready"}:
            raise Conflict(what="export", name=export_id)
        put_hand(home.video.index, export_id, hand)
        one = draw_export(home, export_id, tell)
    return one, _file(home, one)


def _checked(masks: Sequence[tuple[int, int, Sequence[Sequence[float]]]]) -> list[HandMask]:
    rings = [checked_rings([ring])[0] for _, _, ring in masks]
    hand = [HandMask(a, b, ring) for (a, b, _), ring in zip(masks, rings, strict=True)]
    if len(hand) > MOST_HAND or any(mask.from_us >= mask.to_us for mask in hand):
        raise WrongUsage(reason=f"masks: 0..{MOST_HAND}, from < to", field="masks")
    return hand


def _file(home: Home, one: Export) -> bytes:
    path = clip_path(home.video.index, one.export_id)
    if one.state not in {"ready", "signed"} or not path.is_file():
        raise Conflict(what="export", name=one.export_id)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != one.sha256:
        raise Conflict(what="export", name=one.export_id)
    return content


def sign_export(home: Home, caller: Caller, export_id: str, sha256: str) -> bytes:
    """Sign the file that was reviewed and return it in a package; the line comes first.

    Args:
        home: The home.
        caller: Who reviewed: another person than who asked.
        export_id: The export.
        sha256: Of the file that they saw.

    Raises:
        Conflict: The file is another by now, has ended, or nothing is covered on it by hand where
            only hands cover.
        Forbidden: By the charter, without a reason, by who asked, or by who is not designated.
    """
    index, one = home.video.index, get_export(home.video.index, export_id)
    subject = _subject(one, "transmitted") | {
        "act_id": one.export_id,
        "segments": len(one.sources),
        "sha256": [one.sha256],
    }
    if caller.name == one.asked_by:
        home.rights.refuse(caller, RECORDINGS, Verb.DISCLOSE, subject, why="four_eyes")
    _may_look(home, caller, one.camera_id, subject)
    content = _file(home, one)
    if one.sha256 != sha256 or (one.cover == "hand" and not one.hand):
        raise Conflict(what="export", name=export_id)
    home.rights.ask(caller, RECORDINGS, Verb.DISCLOSE, subject, recipient=one.recipient)
    if one.state == "ready" and not put_signed(
        index, export_id, caller.name, now_us(home.clock), sha256
    ):
        raise Conflict(what="export", name=export_id)
    return _package(get_export(index, export_id), content)


def _package(one: Export, content: bytes) -> bytes:
    manifest = {
        **told(one),
        "masked": True,
        "model": NAME if one.cover == "faces" else None,
        "sources_sha256": list(one.sources),
        "bytes": len(content),
    }
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as out:
        name = f"{one.camera_id}-{one.export_id}.mp4"
        out.writestr(zipfile.ZipInfo(name), content)
        text = json.dumps(manifest | {"file": name}, ensure_ascii=False, indent=2, sort_keys=True)
        out.writestr(zipfile.ZipInfo("manifest.json"), text + "\n")
        sums = f"{one.sha256}  {name}\n{hashlib.sha256((text + chr(10)).encode()).hexdigest()}"
        out.writestr(zipfile.ZipInfo("SHA256SUMS"), f"{sums}  manifest.json\n")
    return sink.getvalue()
