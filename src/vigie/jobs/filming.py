"""The demo's cameras: drawn scenes, served, recorded and analysed as real ones are.

One process beside the server (``python -m vigie.jobs.filming HOME N``): it draws the clips
once, serves them (RTSP where GStreamer's server is installed, else MPEG-TS over TCP), puts the
cameras' sheets and a grant that says of itself that it is fictional, records with the recorder and
analyses with the detectors under that grant. Nothing is faked after the lens: who ends the grant
ends the analysis.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc

from vigie.base.clock import SystemClock, now_us, to_us
from vigie.base.errors import DetectionClosed, NotFound, Unavailable, WrongUsage
from vigie.base.logging import configure_logging, get_logger
from vigie.city.filmed.clips import make_reel
from vigie.city.filmed.drawing import HEIGHT, WIDTH
from vigie.city.filmed.scenes import FPS, FilmedScene, filmed_scenes
from vigie.city.geography import ORIGIN_LAT, ORIGIN_LON
from vigie.desk.detections import Terms
from vigie.jobs import recording
from vigie.jobs.camera_streams import by_rtsp, by_tcp, has_rtsp
from vigie.jobs.demo_cameras import FOLDER, MOST
from vigie.situation import video, video_masks
from vigie.situation.caller import Caller
from vigie.situation.detection.grants import give_grant, state_of
from vigie.situation.detection.looking import CAMERA, Looking, analyse
from vigie.situation.detection.shelf import find_detector, parameters_of
from vigie.situation.home import Home, open_home
from vigie.situation.places import select_places
from vigie.watch.recording.agents import is_designated
from vigie.watch.recording.masks import masks_in_force
from vigie.watch.recording.segment_file import import_av
from vigie.watch.recording.sheet import CameraSheet
from vigie.watch.vision.geometry import Zone

FICTION = "FICTIF (démonstration)"
"""Stands in every reference that a real city would have from an authority."""
ORDER = f"{FICTION} 13-DEMO-0001"
RETENTION_DAYS = 1
"""A demonstration's disk is small."""
DAY_US = 86_400_000_000
GRANT_DAYS = 30
AGAIN_S = 10.0
NICE = 5
MARGIN_DEG = 0.002
ADMIN: Final = Caller("admin", "admin")
HEAD: Final = Caller("shift_head", "shift_head")
VIEWERS = ("operator", "shift_head")
log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Placed:
    """A camera of the register with the scene it films.

    Attributes:
        camera_id: Its reference in the register.
        label: Its name there.
        row: Its line there.
        scene: What it films.
    """

    camera_id: str
    label: str
    row: Mapping[str, Any]
    scene: FilmedScene


def place(home: Home, scenes: Sequence[FilmedScene]) -> list[Placed]:
    """Return the register's cameras nearest to the centre, one for each scene."""
    table = select_places(home)
    rows = table.filter(pc.starts_with(table["kind"], pattern=CAMERA)).to_pylist()

    def far(row: dict[str, Any]) -> tuple[float, str]:
        apart = (row["lon"] - ORIGIN_LON) ** 2 + (row["lat"] - ORIGIN_LAT) ** 2
        return apart, row["source_ref"]

    known = sorted((row for row in rows if row["lon"] is not None), key=far)
    return [
        Placed(row["source_ref"], row["label"], row, scene)
        for row, scene in zip(known, scenes, strict=False)
    ]


def put_sheets(home: Home, placed: Sequence[Placed], urls: Mapping[str, str]) -> None:
    """Put the sheet of each camera with the address of its stream, and designate who may look."""
    for one in placed:
        said = dict(one.row["attributes"])
        sheet = CameraSheet(
            camera_id=one.camera_id,
            label=f"{one.label} : {one.scene.title['fr']}",
            authorisation=f"{FICTION} {said['authorisation']}",
            authorised_until_us=to_us(one.row["valid_to_at"]),
            purposes=tuple(sorted(int(part) for part in str(said["purposes"]).split(","))),
            retention_days=RETENTION_DAYS,
            masks="burnt" if one.scene.hidden else "not_needed",
            service=one.row["owner"] or FICTION,
            stream="-",
        )
        video.put_camera(home, ADMIN, sheet, url=urls[one.scene.name])
        if one.scene.hidden and masks_in_force(home.video.index, one.camera_id) is None:
            who = replace(ADMIN, reason=f"{FICTION} : fenêtres de l'immeuble")
            video_masks.draw_masks(
                home, who, one.camera_id, one.scene.hidden, (WIDTH, HEIGHT), after=0
            )
    now = now_us(home.clock)
    for login in VIEWERS:
        with contextlib.suppress(NotFound):
            account = home.desk.accounts.get(login)
            if not is_designated(home.video.index, account.account_id, now):
                video.designate_agent(
                    home, ADMIN, login, document=ORDER, until_us=now + GRANT_DAYS * DAY_US
                )


def put_grant(home: Home, placed: Sequence[Placed]) -> bool:
    """Give the demo's fictional grant unless one is in force; one that was ended stays ended.

    Returns:
        Whether one of the demo's own is in force now.
    """
    now = now_us(home.clock)
    own = [one for one in home.desk.detections.grants() if one.terms.prefect_order == ORDER]
    states = {state_of(one, now) for one in own}
    if "in_force" in states or "ended" in states:
        return "in_force" in states
    west, south, east, north = (
        pick(one.row[axis] for one in placed) + side * MARGIN_DEG
        for pick, axis, side in (
            *((min, "lon", -1), (min, "lat", -1)),
            *((max, "lon", 1), (max, "lat", 1)),
        )
    )
    terms = Terms(
        legal_basis=f"{FICTION} : aucun texte ; images de synthèse, personne n'est filmé",
        prefect_order=ORDER,
        attestation=f"{FICTION} ATT-DEMO",
        occasion=f"{FICTION} : essai des caméras de synthèse",
        place="Centre de la ville de synthèse",
        ring=((west, south), (east, south), (east, north), (west, north)),
        cameras=tuple(one.camera_id for one in placed),
        types=tuple(sorted({one.scene.truth.event for one in placed})),
        signed_by=f"{FICTION} : personne",
        signed_us=now,
        from_us=now,
        to_us=now + GRANT_DAYS * DAY_US,
    )
    give_grant(home, ADMIN, terms)
    return True


# --- Looking --------------------------------------------------------------------------------------


def _granted(home: Home, camera: str) -> bool:
    """Say whether some grant covers a camera now: without one, not even a refusal is asked for."""
    now = now_us(home.clock)
    held = home.desk.detections.grants(over_after_us=now)
    return any(camera in one.terms.cameras and state_of(one, now) == "in_force" for one in held)


def look(home: Home, one: Placed, url: str, stop: threading.Event) -> None:
    """Analyse one camera whenever a grant covers it, until told to stop."""
    scene = one.scene
    detector = find_detector(scene.detector)
    zone = Zone(scene.name, scene.ring, scene.towards)
    asked = Looking(one.camera_id, url, detector, parameters_of(detector, scene.parameters), zone)
    while not stop.is_set():
        if _granted(home, one.camera_id):
            try:
                looked = analyse(home, HEAD, asked, lambda _: None)
                log.info("analysis ended", camera=one.camera_id, why=looked.why or "stream")
            except (DetectionClosed, Unavailable) as refused:
                log.warning("not analysed", camera=one.camera_id, code=refused.code)
        stop.wait(AGAIN_S)


def run(home: Home, count: int, stop: threading.Event) -> None:
    """Draw, serve, record and analyse until told to stop.

    Raises:
        WrongUsage: The home is no demo.
    """
    if not home.settings.demo:
        raise WrongUsage(reason="demo", field="home")
    placed = place(home, filmed_scenes()[:count])
    reels = [make_reel(one.scene, home.path / FOLDER) for one in placed]
    if not reels or stop.is_set():
        return
    rtsp = has_rtsp()
    log.info("cameras served", by="rtsp" if rtsp else "files paced over tcp", cameras=len(reels))
    with by_rtsp(reels, FPS) if rtsp else by_tcp(reels) as urls:
        put_sheets(home, placed, urls)
        put_grant(home, placed)
        threads = [
            threading.Thread(target=look, args=(home, one, urls[one.scene.name], stop))
            for one in placed
        ]
        for thread in threads:
            thread.start()
        try:
            recording.record(home, stop)
        finally:
            stop.set()
            home.stop.set()
            for thread in threads:
                thread.join()


def main() -> int:
    """Run the cameras of ``argv[1]`` until told to end."""
    os.nice(NICE)
    configure_logging(level="INFO")
    stop = threading.Event()
    import_av().logging.set_level(None)
    with open_home(Path(sys.argv[1]), clock=SystemClock()) as home:

        def ending(*_: object) -> None:
            stop.set()
            home.stop.set()

        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, ending)
        run(home, min(int(sys.argv[2]), MOST), stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
