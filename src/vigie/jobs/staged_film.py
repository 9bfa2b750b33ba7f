"""The film of the staged brawl: a drawn crowd, recorded by the real recorder under a sheet."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av

from vigie.base.clock import now_us, to_us
from vigie.city import brawl
from vigie.city.filmed.clips import make_reel
from vigie.city.filmed.scenes import FPS, filmed_scenes
from vigie.city.span import DAY_US
from vigie.jobs.demo_cameras import FOLDER
from vigie.situation import video
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.watch.recording.agents import is_designated
from vigie.watch.recording.recorder import Recorder
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.recording.source import FileSource

ADMIN: Final = Caller("admin", "admin")
BEFORE_US: Final = 330_000_000
"""How long before it the film begins: somewhat more than the five minutes that are offered."""
QUIET_PARTS: Final = 15
DAYS: Final = 2
_TICKS = 90_000


def record(home: Home, row: Mapping[str, Any], at_us: int, viewers: Sequence[str]) -> None:
    """Let a camera of the register have recorded the drawn crowd, its happening at an instant.

    Args:
        home: Of a demonstration.
        row: The camera as the register tells it.
        at_us: When it happens, epoch µs; the film lies around it and in the past.
        viewers: Accounts designated to see the pictures.
    """
    (scene,) = [one for one in filmed_scenes() if one.detector == "density"]
    reel = make_reel(scene, home.path / FOLDER)
    clip = home.path / FOLDER / "brawl.ts"
    join([*[reel.parts[0]] * QUIET_PARTS, reel.parts[1], reel.parts[0]], clip, FPS)
    said = dict(row["attributes"])
    sheet = CameraSheet(
        camera_id=row["source_ref"],
        label=f"{row['label']} : {scene.title['fr']}",
        authorisation=f"{brawl.FICTION} {said['authorisation']}",
        authorised_until_us=to_us(row["valid_to_at"]),
        purposes=tuple(sorted(int(part) for part in str(said["purposes"]).split(","))),
        retention_days=DAYS,
        masks="not_needed",
        service=row["owner"] or brawl.FICTION,
        stream="-",
    )
    video.put_camera(home, ADMIN, sheet, url=f"file:{clip}")
    now = now_us(home.clock)
    for login in viewers:
        account = home.desk.accounts.get(login)
        if not is_designated(home.video.index, account.account_id, now):
            document = f"{brawl.FICTION} ARR-DEMO"
            until = now + DAYS * DAY_US
            video.designate_agent(home, ADMIN, login, document=document, until_us=until)
    source = FileSource(clip, home.clock, start_us=at_us - BEFORE_US)
    recorder = Recorder(home.video.index, row["source_ref"], source, home.clock, threading.Event())
    recorder.run(most=1)


def join(parts: Sequence[Path], path: Path, fps: int) -> None:
    """Join streams of bytes (H.264) into one film with a clock."""
    number = 0
    with av.open(str(path), "w", format="mpegts") as out:
        stream = None
        for part in parts:
            with av.open(str(part), format="h264") as opened:
                if stream is None:
                    stream = out.add_stream_from_template(opened.streams.video[0])
                    stream.time_base = Fraction(1, _TICKS)
                for packet in opened.demux(video=0):
                    if packet.size:
                        packet.pts = packet.dts = number * _TICKS // fps
                        packet.time_base, packet.stream = Fraction(1, _TICKS), stream
                        out.mux(packet)
                        number += 1
