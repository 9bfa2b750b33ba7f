"""Masked clips, reviewed: who looks at all of one adds masks by hand, and signs what they saw.

A review is a viewing of one export for one person: its line comes first, and the film is given as
often as the person plays it until the viewing ends. No viewing of a camera opens a film, and the
viewing of a film opens no camera.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Conflict, NotFound, WrongUsage
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.video import RECORDINGS
from vigie.situation.video_export import refuse_stranger, subject_of, told
from vigie.watch.masking.clip import HandMask
from vigie.watch.masking.exports import Export, clip_path, get_export, put_hand, put_signed
from vigie.watch.masking.model import NAME
from vigie.watch.masking.shapes import Ring, checked_rings
from vigie.watch.recording.agents import begin_viewing, viewing

MOST_HAND = 200
FORM = "vigie masked clip 1"
MANIFEST, SUMS, SEAL = "manifest.json", "SHA256SUMS", "seal.txt"
_MINUTE_US = 60_000_000


class HandAsked(NamedTuple):
    """A mask as a person puts it.

    Attributes:
        from_us: Since when, epoch µs.
        to_us: Until when.
        ring: Corners, relative.
        follow: Whether it goes with what it is put on, from its first picture.
    """

    from_us: int
    to_us: int
    ring: Sequence[Sequence[float]]
    follow: bool = False


def _name(export_id: str) -> str:
    """Return what a viewing of an export names in place of a camera; no camera is called so."""
    return f"export:{export_id}"


def open_review(home: Home, caller: Caller, export_id: str) -> dict[str, Any]:
    """Open a masked film to one person, after the line.

    Args:
        home: The home.
        caller: Who looks, designated by name; with the reason.
        export_id: The export.

    Raises:
        Conflict: It is not drawn yet, or has ended.
        Forbidden: By the charter, without a reason, or by who is not designated.
    """
    one = get_export(home.video.index, export_id)
    subject = subject_of(one, "export_reviewed")
    refuse_stranger(home, caller, one.camera_id, subject)
    if one.state not in {"ready", "signed"}:
        raise Conflict(what="export", name=export_id)
    home.rights.ask(caller, RECORDINGS, Verb.CONSULT, subject)
    return _opened(home, caller, one)


def _opened(home: Home, caller: Caller, one: Export) -> dict[str, Any]:
    now = now_us(home.clock)
    made = begin_viewing(
        home.video.index,
        caller.account_id,
        [_name(one.export_id)],
        (one.from_us, one.to_us),
        until_us=now + home.settings.video.viewing_minutes * _MINUTE_US,
        now_us=now,
    )
    until = to_rfc3339(made.until_us)
    return {"viewing_id": made.viewing_id, "until": until, "export": told(one)}


def read_film(home: Home, caller: Caller, export_id: str, viewing_id: str) -> bytes:
    """Return the masked film of a review that is open.

    Raises:
        Conflict: It is being drawn anew, or has ended.
        NotFound: No such review of the caller's, or it has ended.
        Forbidden: The designation, or the camera's authorisation, has ended.
    """
    found = viewing(home.video.index, viewing_id, caller.account_id, now_us(home.clock))
    if _name(export_id) not in found.cameras:
        raise NotFound(what="export", name=export_id[:40])
    one = get_export(home.video.index, export_id)
    refuse_stranger(home, caller, one.camera_id, {"viewing": viewing_id, "export": export_id})
    return _film(home, one)


def mask_export(
    home: Home, caller: Caller, export_id: str, masks: Sequence[HandAsked]
) -> dict[str, Any]:
    """Put masks by hand in place of those before; it is drawn anew, and open for review again.

    What was found is not taken away by hand. Masks that stay as they were keep their way.

    Args:
        home: The home.
        caller: Who puts them, designated by name; with the reason.
        export_id: The export.
        masks: All of them.

    Raises:
        Conflict: It does not wait for a review.
        Forbidden: By the charter, without a reason, or by who is not designated.
        WrongUsage: Times or corners that are none.
    """
    index = home.video.index
    one = get_export(index, export_id)
    hand = _checked(masks, one)
    subject = subject_of(one, "export_masked") | {"masks": len(hand)}
    refuse_stranger(home, caller, one.camera_id, subject)
    if one.state != "ready":
        raise Conflict(what="export", name=export_id)
    home.rights.ask(caller, RECORDINGS, Verb.CONSULT, subject)
    if not put_hand(index, export_id, hand):
        raise Conflict(what="export", name=export_id)
    return _opened(home, caller, get_export(index, export_id))


def _checked(masks: Sequence[HandAsked], one: Export) -> list[HandMask]:
    if len(masks) > MOST_HAND:
        raise WrongUsage(reason=f"masks: 0..{MOST_HAND}", field="masks")
    known = {_key(mask): mask for mask in one.hand}
    made = []
    for mask in masks:
        begin, end = max(mask.from_us, one.from_us), min(mask.to_us, one.to_us)
        if begin >= end:
            raise WrongUsage(reason="masks: from < to, within the clip", field="masks")
        asked = HandMask(begin, end, checked_rings([mask.ring])[0], mask.follow)
        made.append(known.get(_key(asked), asked))
    return made


def _key(mask: HandMask) -> tuple[int, int, Ring, bool]:
    return mask.from_us, mask.to_us, mask.ring, mask.follow


def _film(home: Home, one: Export) -> bytes:
    path = clip_path(home.video.index, one.export_id)
    if one.state not in {"ready", "signed"} or not path.is_file():
        raise Conflict(what="export", name=one.export_id)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != one.sha256:
        raise Conflict(what="export", name=one.export_id)
    return content


def sign_export(home: Home, caller: Caller, export_id: str, sha256: str) -> bytes:
    """Sign the file that was reviewed and return it in a sealed package; the line comes first.

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
    subject = subject_of(one, "transmitted") | {
        "act_id": one.export_id,
        "segments": len(one.sources),
        "sha256": [one.sha256],
    }
    if caller.name == one.asked_by:
        home.rights.refuse(caller, RECORDINGS, Verb.DISCLOSE, subject, why="four_eyes")
    refuse_stranger(home, caller, one.camera_id, subject, Verb.DISCLOSE)
    content = _film(home, one)
    if one.sha256 != sha256 or (one.cover == "hand" and not one.hand):
        raise Conflict(what="export", name=export_id)
    view = home.rights.ask(caller, RECORDINGS, Verb.DISCLOSE, subject, recipient=one.recipient)
    if one.state == "ready" and not put_signed(
        index, export_id, caller.name, now_us(home.clock), sha256
    ):
        raise Conflict(what="export", name=export_id)
    return _package(home, get_export(index, export_id), content, view.line)


def _package(home: Home, one: Export, content: bytes, line: int | None) -> bytes:
    """Return film, manifest and sums with a seal of the audit's key over them."""
    name = f"{one.camera_id}-{one.export_id}.mp4"
    manifest = {
        **told(one),
        "file": name,
        "masked": True,
        "model": NAME if one.cover == "faces" else None,
        "sources_sha256": list(one.sources),
        "bytes": len(content),
        "audit_line": line,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    sums = [(one.sha256, name), (hashlib.sha256(text.encode()).hexdigest(), MANIFEST)]
    rows = "".join(f"{sha256}  {file}\n" for sha256, file in sums)
    key = home.audit.public_key
    seal = home.audit.seal(f"{FORM}\nkey {key}\nexport {one.export_id}\n{rows}")
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as out:
        out.writestr(zipfile.ZipInfo(name), content)
        for file, told_ in ((MANIFEST, text), (SUMS, rows), (SEAL, seal)):
            out.writestr(zipfile.ZipInfo(file), told_)
    return sink.getvalue()
