"""What a camera may not see: drawn by who keeps its sheet, in versions, each with its reason."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import StaleVersion, WrongUsage
from vigie.privacy.decision import LEAST_REASON
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.camera_limits import refuse_beyond
from vigie.situation.home import Home
from vigie.situation.video import CAMERAS, open_stream
from vigie.watch.masking.aiming import aim_picture
from vigie.watch.masking.shapes import MaskVersion, checked_rings, checked_size, rings_text
from vigie.watch.recording.agents import is_designated
from vigie.watch.recording.masks import mask_history, masks_in_force, put_masks
from vigie.watch.recording.source import source_of


def read_masks(home: Home, caller: Caller, camera_id: str) -> dict[str, Any]:
    """Return the masks of a camera, who drew them and from when recordings bear them.

    Raises:
        Forbidden: The charter does not open it.
        NotFound: No such camera records here.
    """
    subject = {"camera": camera_id}
    refuse_beyond(home, caller, (CAMERAS, Verb.CONSULT), [camera_id], subject)
    home.rights.ask(caller, CAMERAS, Verb.CONSULT, subject)
    sheet = home.video.index.camera(camera_id)
    history = mask_history(home.video.index, camera_id)
    return {
        "camera_id": camera_id,
        "masks": sheet.masks,
        "version": history[0].version if history else 0,
        "width": history[0].width if history else 0,
        "height": history[0].height if history else 0,
        "rings": history[0].rings if history else (),
        "may_draw": home.rights.may(caller, CAMERAS, Verb.ALTER),
        "may_see": _may_see(home, caller),
        "history": [_told(one) for one in history],
    }


def _told(one: MaskVersion) -> dict[str, Any]:
    return {
        "version": one.version,
        "rings": one.rings,
        "by": one.by_name,
        "why": one.why,
        "at": to_rfc3339(one.at_us),
        "from": None if one.from_us is None else to_rfc3339(one.from_us),
    }


def _may_see(home: Home, caller: Caller) -> bool:
    if caller.by_token or caller.view_as:
        return False
    return is_designated(home.video.index, caller.account_id, now_us(home.clock))


def draw_masks(
    home: Home,
    caller: Caller,
    camera_id: str,
    rings: Sequence[Sequence[Sequence[float]]],
    size: tuple[int, int],
    *,
    after: int,
) -> dict[str, Any]:
    """Put a new version of a camera's masks in force, from its next segment on.

    Args:
        home: The home.
        caller: Who keeps sheets; the reason stands in the history and in the audit.
        camera_id: The camera.
        rings: Polygons, relative; none takes every mask away, and the camera is not recorded
            while its sheet wants them burnt in.
        size: Width and height of the picture that they were drawn on.
        after: Version that they were drawn over; 0 for the first.

    Raises:
        Forbidden: The charter does not open it, or no reason is given.
        NotFound: No such camera records here.
        StaleVersion: Somebody drew another version meanwhile.
        WrongUsage: No polygons, or no size.
    """
    kept, size = checked_rings(rings), checked_size(*size)
    index = home.video.index
    index.camera(camera_id)
    subject = {
        "camera": camera_id,
        "act": "masks",
        "version": after + 1,
        "polygons": len(kept),
        "sha256": hashlib.sha256(rings_text(kept).encode()).hexdigest(),
    }
    if len(caller.reason.strip()) < LEAST_REASON:
        home.rights.refuse(caller, CAMERAS, Verb.ALTER, subject, why="reason_required")
    refuse_beyond(home, caller, (CAMERAS, Verb.ALTER), [camera_id], subject)
    before = masks_in_force(index, camera_id)
    if (before.version if before else 0) != after:
        raise StaleVersion(what="masks", name=camera_id[:40])
    home.rights.ask(caller, CAMERAS, Verb.ALTER, subject)
    put_masks(
        *(index, camera_id, kept, size),
        by_name=caller.name,
        why=caller.reason.strip()[:300],
        at_us=now_us(home.clock),
    )
    return read_masks(home, caller, camera_id)


def aim(home: Home, caller: Caller, camera_id: str) -> bytes:
    """Return a picture of a camera, now, to draw masks on: in memory, kept nowhere.

    The masks in force are burnt into it. Only who keeps sheets and is designated by name sees it
    (VID-5), after the line that says so; a camera without a mask shows all that it sees.

    Raises:
        Forbidden: The charter does not open it, no reason is given, or nobody designated asks.
        NotFound: No such camera records here.
        Unavailable: The stream cannot be read now.
        WrongUsage: The authorisation of the camera has ended.
    """
    subject = {"camera": camera_id, "act": "aim"}
    sheet = home.video.index.camera(camera_id)
    if len(caller.reason.strip()) < LEAST_REASON:
        home.rights.refuse(caller, CAMERAS, Verb.ALTER, subject, why="reason_required")
    if not _may_see(home, caller):
        home.rights.refuse(caller, CAMERAS, Verb.ALTER, subject, why="agent_not_designated")
    refuse_beyond(home, caller, (CAMERAS, Verb.ALTER), [camera_id], subject)
    if not sheet.authorised(now_us(home.clock)):
        raise WrongUsage(reason="authorisation", field="camera_id")
    home.rights.ask(caller, CAMERAS, Verb.ALTER, subject)
    version = masks_in_force(home.video.index, camera_id)
    source = source_of(open_stream(home, sheet), home.clock, threading.Event())
    return aim_picture(source, version.rings if version else ())
