"""Recordings searched by movement: closed until a basis is named, then for a case and a viewing.

A search is an algorithmic treatment of pictures (law reference, finding 1), so three doors stand
before it: the home names the text that allows it, the pictures are open to this person already, and
they are held for the case that is named (REQ-3, REQ-5). What comes out is stretches of time, which
are kept nowhere; each piece of recording asks the viewing again.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import Forbidden, MissingPart, NotFound, WrongUsage
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.detection.looking import hidden_pixels
from vigie.situation.home import Home
from vigie.situation.places import select_places
from vigie.situation.video import RECORDINGS, opened_viewing
from vigie.watch.recording.agents import Viewing, viewing
from vigie.watch.recording.archive import HoldLine
from vigie.watch.recording.index import Segment
from vigie.watch.vision.geometry import Zone

if TYPE_CHECKING:
    from vigie.watch.vision.seeking import Found, Wanted

LONGEST_US = 4 * 3_600_000_000
"""Recording that one search looks through at most, all cameras together."""

MOST_FOUND = 500
SIZES = {"any": (0.0, 1.0), "small": (0.0, 0.12), "medium": (0.12, 0.35), "large": (0.35, 1.0)}
"""Heights, shares of the picture: what is large is near, or large."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for, where and when.

    Attributes:
        cameras: Cameras of the viewing; none for all of them.
        from_us: Start, epoch µs; None for that of the viewing.
        to_us: End; None for that of the viewing.
        zone: Where on the picture.
        towards: Which way, (x, y) with y down; None for any.
        speed: Widths of the picture in a second, from and to; None: no end.
        size: One of ``SIZES``.
        quick: Whether pieces whose keyframes show nothing new are passed over.
    """

    cameras: tuple[str, ...]
    from_us: int | None
    to_us: int | None
    zone: Zone
    towards: tuple[float, float] | None = None
    speed: tuple[float, float | None] = (0.0, None)
    size: str = "any"
    quick: bool = False


def searchable(home: Home) -> bool:
    """Say whether this home names a text on which recordings may be searched."""
    return bool(home.settings.video.search_basis.strip())


def search(home: Home, caller: Caller, viewing_id: str, asked: Search) -> Generator[dict[str, Any]]:
    """Return what a search tells, line by line, after its own line is on disk.

    Args:
        home: The home.
        caller: Who looks; with reason and case.
        viewing_id: The caller's own viewing; the search never leaves it.
        asked: What is looked for.

    Raises:
        Forbidden: No basis is named, the case holds not all of it, or the viewing is closed.
        NotFound: No such viewing of the caller's, or a camera that it does not open.
        WrongUsage: The window is none, lies outside the viewing, or holds too much.
        MissingPart: The video extra is not installed.
    """
    wanted = _wanted(asked)
    found = viewing(home.video.index, viewing_id, caller.account_id, now_us(home.clock))
    cameras = asked.cameras or found.cameras
    window = _window(home, found, asked)
    subject = {
        "viewing": viewing_id,
        "search": "movement",
        "cameras": list(cameras),
        "from_us": window[0],
        "to_us": window[1],
        "zone": [round(one, 3) for corner in asked.zone.ring for one in corner],
        "towards": list(asked.towards or ()),
        "size": asked.size,
    }
    if not searchable(home):
        home.rights.refuse(caller, RECORDINGS, Verb.CONSULT, subject, why="search_closed")
    for camera in cameras:
        opened_viewing(home, caller, viewing_id, camera)
    holds = [one for one in home.video.holds(caller.case) if caller.case and _stands(home, one)]
    if not all(_held(holds, camera, *window) for camera in cameras):
        home.rights.refuse(caller, RECORDINGS, Verb.CONSULT, subject, why="search_not_held")
    pieces = {one: home.video.index.segments(one, *window) for one in cameras}
    looked_us = sum(one.end_us - one.start_us for some in pieces.values() for one in some)
    if looked_us > LONGEST_US:
        raise WrongUsage(reason="4 h of recording at most", field="to")
    home.rights.ask(caller, RECORDINGS, Verb.CONSULT, subject)
    return _told(home, caller, viewing_id, pieces, wanted, quick=asked.quick)


def _wanted(asked: Search) -> Wanted:
    try:
        from vigie.watch.vision.seeking import Wanted as Sought  # noqa: PLC0415 -- optional
    except ImportError as error:
        raise MissingPart(what="PyAV, OpenCV", remedy="pip install 'vigie[video]'") from error
    if asked.size not in SIZES:
        raise WrongUsage(reason=f"size: {', '.join(SIZES)}", field="size")
    least, most = SIZES[asked.size]
    return Sought(
        asked.zone,
        asked.towards,
        least_speed=asked.speed[0],
        most_speed=asked.speed[1],
        least_height=least,
        most_height=most,
    )


def _window(home: Home, found: Viewing, asked: Search) -> tuple[int, int]:
    ends = now_us(home.clock) if found.to_us is None else found.to_us
    begin = found.from_us if asked.from_us is None else asked.from_us
    end = ends if asked.to_us is None else asked.to_us
    if not found.from_us <= begin < end <= ends:
        raise WrongUsage(reason="from < to, within the viewing", field="to")
    return begin, end


def _stands(home: Home, one: HoldLine) -> bool:
    lapses = one.until_us is not None and one.until_us <= now_us(home.clock)
    return one.released_us is None and not lapses


def _held(holds: Sequence[HoldLine], camera: str, from_us: int, to_us: int) -> bool:
    """Say whether holds together cover all of a camera's window."""
    reached = from_us
    for one in sorted(holds, key=lambda it: it.from_us):
        if one.camera_id == camera and one.from_us <= reached:
            reached = max(reached, one.to_us)
    return reached >= to_us


def _told(
    home: Home,
    caller: Caller,
    viewing_id: str,
    pieces: dict[str, list[Segment]],
    wanted: Wanted,
    *,
    quick: bool,
) -> Generator[dict[str, Any]]:
    from vigie.watch.vision.pictures import HEIGHT, WIDTH  # noqa: PLC0415 -- optional
    from vigie.watch.vision.seeking import Reel, Went, seek  # noqa: PLC0415

    yield {"kind": "begin", "cameras": _where(home, pieces)}
    count, why = 0, ""
    for camera, segments in pieces.items():
        root, hidden = home.video.index.root, hidden_pixels(home, camera, WIDTH, HEIGHT)
        reels = [Reel(root / one.path, one.start_us, one.end_us, hidden) for one in segments]
        for one in seek(reels, wanted, quick=quick) if reels else ():
            if isinstance(one, Went):
                yield _went(camera, one.done, one.of, looked=one.looked)
                why = why or _over(home, caller, viewing_id, camera)
            else:
                count += 1
                yield _found(camera, one)
                why = "many" if count >= MOST_FOUND else why
            if why:
                break
        if why:
            break
    yield {"kind": "end", "found": count, "why": why}


def _over(home: Home, caller: Caller, viewing_id: str, camera: str) -> str:
    """Return why a search stops before its end: whoever may not look may not search."""
    if home.stop.wanted:
        return "stopping"
    try:
        opened_viewing(home, caller, viewing_id, camera)
    except (Forbidden, NotFound):
        return "closed"
    return ""


def _went(camera: str, done: int, of: int, *, looked: bool) -> dict[str, Any]:
    return {"kind": "went", "camera_id": camera, "done": done, "of": of, "looked": looked}


def _found(camera: str, one: Found) -> dict[str, Any]:
    return {
        "kind": "found",
        "camera_id": camera,
        "from": to_rfc3339(one.from_us),
        "to": to_rfc3339(one.to_us),
        "movements": one.movements,
        "box": [round(x, 4) for x in one.box],
        "speed": round(one.speed, 4),
        "heading": [round(x, 3) for x in one.heading],
    }


def _where(home: Home, pieces: dict[str, list[Segment]]) -> list[dict[str, Any]]:
    """Return where the register says that the cameras stand, and how many pieces each has."""
    table = select_places(home)
    table = table.filter(pc.starts_with(table["kind"], pattern="place.camera"))
    at = {one["source_ref"]: (one["lon"], one["lat"]) for one in table.to_pylist()}
    return [
        {
            "camera_id": camera,
            "lon": at.get(camera, (None, None))[0],
            "lat": at.get(camera, (None, None))[1],
            "pieces": len(some),
        }
        for camera, some in pieces.items()
    ]
