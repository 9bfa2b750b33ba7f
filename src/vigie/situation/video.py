"""Cameras and recordings for who may: sheets, timeline, holds, viewings; the line comes first.

A sheet and its timeline hold no picture. Pictures are opened by a viewing: its line says who looks
at which cameras, from when to when, why and for which service (law reference, VID-4), and it is on
disk before the first byte leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import NotFound, WrongUsage
from vigie.desk.sealing import FileSealer
from vigie.privacy.purposes import Verb
from vigie.situation.caller import Caller
from vigie.situation.camera_limits import cameras_within, refuse_beyond
from vigie.situation.home import Home
from vigie.watch.recording.agents import (
    Agent,
    Viewing,
    agents,
    begin_viewing,
    designate,
    is_designated,
    viewing,
    withdraw,
)
from vigie.watch.recording.archive import subject_of
from vigie.watch.recording.condition import all_health
from vigie.watch.recording.index import Segment
from vigie.watch.recording.playback import picture, playlist, stretches
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.recording.space import Space

CAMERAS, RECORDINGS = "cameras", "recordings"
KEY_FILE = "stream.key"
LONGEST_WINDOW_US = 24 * 3_600_000_000
LIVE_BACK_US = 60_000_000
MOST_CAMERAS = 16
_GB = 1_000_000_000
_MINUTE_US = 60_000_000
_LATE_US = 60_000_000


def space_of(home: Home) -> Space:
    """Return what recordings of a home may take of the disk."""
    told = home.settings.video
    return Space(int(told.quota_gb * _GB), int(told.least_free_gb * _GB))


def _sealer(home: Home) -> FileSealer:
    root = home.video.index.root
    root.mkdir(mode=0o700, exist_ok=True)
    return FileSealer(root / KEY_FILE)


def open_stream(home: Home, sheet: CameraSheet) -> str:
    """Return the address of a camera's stream in clear, for its recorder alone.

    Raises:
        StoreBroken: It was altered, or sealed under another key.
    """
    return _sealer(home).unseal(sheet.stream, f"stream:{sheet.camera_id}").decode("utf-8")


# --- Sheets -------------------------------------------------------------------------------------


def list_cameras(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return the sheet and the state of each camera that records; no address of a stream."""
    within = cameras_within(home, home.rights.ask(caller, CAMERAS).limits)
    now, health = now_us(home.clock), all_health(home.video.index)
    found = []
    for sheet in (one for one in home.video.cameras() if within(one.camera_id)):
        how = health.get(sheet.camera_id)
        fresh = how is not None and now - how.at_us < _LATE_US
        told = {
            "camera_id": sheet.camera_id,
            "label": sheet.label,
            "authorisation": sheet.authorisation,
            "authorised_until": to_rfc3339(sheet.authorised_until_us),
            "authorised": sheet.authorised(now),
            "purposes": list(sheet.purposes),
            "retention_days": sheet.retention_days,
            "masks": sheet.masks,
            "service": sheet.service,
            "state": how.state if how is not None and fresh else "stopped",
            "seen_at": to_rfc3339(how.at_us) if how else None,
            "packet_at": to_rfc3339(how.packet_us) if how and how.packet_us else None,
            "skew_ms": how.skew_us // 1_000 if how else 0,
            "reconnects": how.reconnects if how else 0,
            "bytes_per_s": how.bytes_per_s if how and fresh else 0,
            "cpu_permille": how.cpu_permille if how and fresh else 0,
            **_last_of(home, sheet.camera_id, now),
        }
        found.append(told)
    return found


def _last_of(home: Home, camera_id: str, now: int) -> dict[str, Any]:
    """Return the gap that lasts, and where the newest recording ends."""
    index = home.video.index
    lasts = next((one for one in index.gaps(camera_id, now, now + 1) if one.to_us is None), None)
    end = index.last_end(camera_id)
    return {
        "gap": lasts and {"from": to_rfc3339(lasts.from_us), "reason": lasts.reason},
        "last_at": None if end is None else to_rfc3339(end),
    }


def put_camera(home: Home, caller: Caller, sheet: CameraSheet, *, url: str = "") -> CameraSheet:
    """Keep the sheet of a camera; its recorder takes it up by itself.

    Args:
        home: The home.
        caller: Who keeps sheets.
        sheet: The sheet; its ``stream`` is put here.
        url: Address of the stream, which is sealed; empty keeps the one before.

    Raises:
        Forbidden: The charter does not open it.
        WrongUsage: The law does not allow the sheet, or it has no stream.
    """
    subject = {
        "camera": sheet.camera_id,
        "authorisation": sheet.authorisation,
        "until_us": sheet.authorised_until_us,
        "retention_days": sheet.retention_days,
    }
    own = {sheet.camera_id: sheet.service}
    refuse_beyond(home, caller, (CAMERAS, Verb.ALTER), own, subject, services=own)
    home.rights.ask(caller, CAMERAS, Verb.ALTER, subject)
    if url:
        stream = _sealer(home).seal(url.encode("utf-8"), f"stream:{sheet.camera_id}")
    else:
        try:
            stream = home.video.index.camera(sheet.camera_id).stream
        except NotFound as error:
            raise WrongUsage(reason="stream", field="stream") from error
    return home.video.index.put_camera(replace(sheet, stream=stream))


def timeline(
    home: Home, caller: Caller, camera_id: str, from_us: int, to_us: int
) -> dict[str, Any]:
    """Return what a camera recorded in a window and what is missing of it, without a picture.

    Raises:
        NotFound: No such camera records here.
        WrongUsage: The window is none.
    """
    subject = {"camera": camera_id}
    refuse_beyond(home, caller, (CAMERAS, Verb.CONSULT), [camera_id], subject)
    home.rights.ask(caller, CAMERAS, Verb.CONSULT, subject)
    if not from_us < to_us:
        raise WrongUsage(reason="from < to", field="to")
    sheet = home.video.index.camera(camera_id)
    segments = home.video.index.segments(camera_id, from_us, to_us)
    return {
        "camera_id": camera_id,
        "from": to_rfc3339(from_us),
        "to": to_rfc3339(to_us),
        "retention_days": sheet.retention_days,
        "segments": len(segments),
        "bytes": sum(one.size for one in segments),
        "recorded": [
            {"from": to_rfc3339(begin), "to": to_rfc3339(end)} for begin, end in stretches(segments)
        ],
        "gaps": [
            {
                "from": to_rfc3339(one.from_us),
                "to": None if one.to_us is None else to_rfc3339(one.to_us),
                "reason": one.reason,
            }
            for one in home.video.gaps(camera_id, from_us, to_us)
        ],
    }


# --- Holds --------------------------------------------------------------------------------------


def hold(
    home: Home, caller: Caller, camera_ids: Sequence[str], from_us: int, to_us: int
) -> dict[str, Any]:
    """Keep what cameras recorded in a window for the case that the caller names.

    Raises:
        Forbidden: The charter does not open it, or no reason is given.
        WrongUsage: No case, no camera, or a window that is none.
    """
    subject = subject_of("hold", camera_ids, from_us, to_us)
    refuse_beyond(home, caller, (RECORDINGS, Verb.ALTER), camera_ids, subject)
    home.rights.ask(caller, RECORDINGS, Verb.ALTER, subject)
    n = home.video.hold(camera_ids, from_us, to_us, caller.case)
    return {"case": caller.case, "cameras": list(camera_ids), "segments": n}


def release(home: Home, caller: Caller) -> dict[str, Any]:
    """End the holds of the case that the caller names.

    Raises:
        Forbidden: The charter does not open it, or no reason is given.
        NotFound: The case holds nothing.
    """
    cameras = [one.camera_id for one in home.video.holds(caller.case) if one.released_us is None]
    subject = subject_of("release", sorted(set(cameras)), 0, 0)
    refuse_beyond(home, caller, (RECORDINGS, Verb.ALTER), cameras, subject)
    home.rights.ask(caller, RECORDINGS, Verb.ALTER, subject)
    return {"case": caller.case, "released": home.video.release(caller.case)}


# --- Agents -------------------------------------------------------------------------------------


def designate_agent(
    home: Home, caller: Caller, login: str, *, document: str, until_us: int
) -> None:
    """Designate one account, by the number of its document and until when (VID-5).

    Raises:
        Forbidden: The charter does not open it.
        NotFound: No such account.
        WrongUsage: No document, or an end that has passed.
    """
    home.rights.ask(caller, "accounts", Verb.ALTER, {"login": login, "video": document})
    account = home.desk.accounts.get(login)
    now = now_us(home.clock)
    designate(home.video.index, Agent(account.account_id, document, until_us, caller.name, now))


def withdraw_agent(home: Home, caller: Caller, login: str) -> None:
    """End the designation of an account now."""
    home.rights.ask(caller, "accounts", Verb.ALTER, {"login": login, "video": "withdrawn"})
    withdraw(home.video.index, home.desk.accounts.get(login).account_id)


def list_agents(home: Home, caller: Caller) -> list[dict[str, Any]]:
    """Return who is designated, by which document, until when."""
    home.rights.ask(caller, "accounts", Verb.CONSULT, {"video": "agents"})
    logins = {one.account_id: one.login for one in home.desk.accounts.list_all()}
    return [
        {
            "login": logins.get(one.account_id, ""),
            "document": one.document,
            "until": to_rfc3339(one.until_us),
            "granted_by": one.granted_by,
        }
        for one in agents(home.video.index)
    ]


# --- Pictures -----------------------------------------------------------------------------------


def open_viewing(
    home: Home,
    caller: Caller,
    camera_ids: Sequence[str],
    *,
    from_us: int | None,
    to_us: int | None,
    service: str,
) -> dict[str, Any]:
    """Open pictures of cameras to one designated person, after the line that says so is on disk.

    Args:
        home: The home.
        caller: Who looks; with the reason.
        camera_ids: Cameras, ``MOST_CAMERAS`` at most.
        from_us: Start of the window, epoch µs; None for a minute ago.
        to_us: End, exclusive; None for what comes (live).
        service: The service that looks at it.

    Raises:
        Forbidden: By the charter, without a reason, by a program, who is not designated, or the
            authorisation of a camera has ended.
        NotFound: A camera does not record here.
        WrongUsage: No service, or a window that is none.
    """
    now = now_us(home.clock)
    begins = now - LIVE_BACK_US if from_us is None else from_us
    subject = {"cameras": list(camera_ids), "from_us": begins, "to_us": to_us or 0}
    if not service.strip():
        raise WrongUsage(reason="service", field="service")
    refuse_beyond(home, caller, (RECORDINGS, Verb.CONSULT), camera_ids, subject)
    home.rights.ask(caller, RECORDINGS, Verb.CONSULT, subject, recipient=service.strip()[:120])
    if not 0 < len(camera_ids) <= MOST_CAMERAS:
        raise WrongUsage(reason=f"cameras: 1..{MOST_CAMERAS}", field="cameras")
    if not begins < (to_us or now + 1) <= begins + LONGEST_WINDOW_US:
        raise WrongUsage(reason="from < to <= from + 24 h", field="to")
    sheets = [home.video.index.camera(one) for one in camera_ids]
    refuse_undesignated(home, caller, subject)
    for sheet in sheets:
        refuse_expired(home, caller, sheet)
    made = begin_viewing(
        home.video.index,
        caller.account_id,
        camera_ids,
        (begins, to_us),
        until_us=now + home.settings.video.viewing_minutes * _MINUTE_US,
        now_us=now,
    )
    return {
        "viewing_id": made.viewing_id,
        "cameras": list(made.cameras),
        "from": to_rfc3339(made.from_us),
        "to": None if made.to_us is None else to_rfc3339(made.to_us),
        "until": to_rfc3339(made.until_us),
    }


def refuse_undesignated(home: Home, caller: Caller, subject: dict[str, Any]) -> None:
    """Refuse a program, a borrowed sight, and who is not designated by name (VID-5)."""
    if caller.by_token or caller.view_as:
        home.rights.refuse(caller, RECORDINGS, Verb.CONSULT, subject, why="person_required")
    if not is_designated(home.video.index, caller.account_id, now_us(home.clock)):
        home.rights.refuse(caller, RECORDINGS, Verb.CONSULT, subject, why="agent_not_designated")


def refuse_expired(home: Home, caller: Caller, sheet: CameraSheet) -> None:
    """Refuse pictures of a camera whose authorisation has ended (VID-1)."""
    if not sheet.authorised(now_us(home.clock)):
        subject = {"camera": sheet.camera_id, "authorisation": sheet.authorisation}
        home.rights.refuse(caller, RECORDINGS, Verb.CONSULT, subject, why="authorisation_ended")


def opened_viewing(home: Home, caller: Caller, viewing_id: str, camera_id: str) -> Viewing:
    """Return a viewing that lets its own person see a camera now; each look is checked again."""
    now, index = now_us(home.clock), home.video.index
    found = viewing(index, viewing_id, caller.account_id, now)
    if camera_id not in found.cameras:
        raise NotFound(what="camera", name=camera_id[:40])
    subject = {"viewing": viewing_id, "camera": camera_id}
    refuse_undesignated(home, caller, subject)
    refuse_beyond(home, caller, (RECORDINGS, Verb.CONSULT), [camera_id], subject)
    refuse_expired(home, caller, index.camera(camera_id))
    return found


def read_playlist(home: Home, caller: Caller, viewing_id: str, camera_id: str) -> str:
    """Return the HLS playlist of a camera in a viewing.

    Raises:
        NotFound: No such viewing of the caller's, or it has ended.
        Forbidden: The designation, or the camera's authorisation, has ended.
    """
    found = opened_viewing(home, caller, viewing_id, camera_id)
    end = now_us(home.clock) if found.to_us is None else found.to_us
    segments = home.video.index.segments(camera_id, found.from_us, end)
    return playlist(segments, live=found.to_us is None, address="../segments/{id}")


def segment_file(home: Home, caller: Caller, viewing_id: str, segment_id: int) -> Path:
    """Return the file of a segment that a viewing opens.

    Raises:
        NotFound: It is not in the viewing, or is gone.
        Forbidden: The designation, or the camera's authorisation, has ended.
    """
    now = now_us(home.clock)
    told = viewing(home.video.index, viewing_id, caller.account_id, now)
    one: Segment = home.video.index.segment(segment_id)
    found = opened_viewing(home, caller, told.viewing_id, one.camera_id)
    path = home.video.index.root / one.path
    if one.end_us <= found.from_us or one.start_us >= (found.to_us or now) or not path.is_file():
        raise NotFound(what="segment", name=str(segment_id))
    return path


def snapshot(
    home: Home, caller: Caller, viewing_id: str, camera_id: str, at_us: int | None
) -> bytes:
    """Return one picture of a viewing as JPEG, made in memory and kept nowhere.

    Raises:
        NotFound: Nothing was recorded at that instant, or it is not in the viewing.
        Forbidden: The designation, or the camera's authorisation, has ended.
    """
    found = opened_viewing(home, caller, viewing_id, camera_id)
    index = home.video.index
    end = now_us(home.clock) if found.to_us is None else found.to_us
    segments = index.segments(camera_id, found.from_us, end)
    wanted = [one for one in segments if at_us is None or one.start_us <= at_us < one.end_us]
    if not wanted:
        raise NotFound(what="picture", name=camera_id)
    one = wanted[-1]
    after = one.end_us - one.start_us if at_us is None else at_us - one.start_us
    return picture(index.root / one.path, after, index.keyframes(one.segment_id))
