"""Analysing a camera under a grant, and trying a detector on footage in which nobody is watched.

The law stands before the pictures: rights, the register of cameras and the grants are asked before
a file or a stream is opened, and a refusal is a line of the audit. A trial stores nothing at all.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import (
    DetectionClosed,
    Forbidden,
    MissingPart,
    NotFound,
    Stopping,
    WrongUsage,
)
from vigie.base.house_clock import doubt_of
from vigie.privacy.purposes import Verb
from vigie.situation.assessed_use import may_use, require_assessed
from vigie.situation.caller import Caller
from vigie.situation.camera_limits import refuse_beyond
from vigie.situation.detection.grants import permit_of
from vigie.situation.home import Home
from vigie.situation.places import select_places
from vigie.watch.masking.paint import Painter
from vigie.watch.recording.index import FILE
from vigie.watch.recording.masks import masks_in_force
from vigie.watch.vision.detections import Detection
from vigie.watch.vision.detector import Detector, DetectorParameters
from vigie.watch.vision.geometry import Zone
from vigie.watch.vision.permit import FOOTAGE, Allowing, Trial, UnderGrants

if TYPE_CHECKING:
    from vigie.watch.vision.running import Run

DATASET = "detections"
CAMERA = "place.camera"
EVENT_TYPE = "org.vigie.detection.{}.v1"


@dataclass(frozen=True, slots=True)
class Looking:
    """What is to be looked at.

    Attributes:
        camera: Reference of the camera in the register; empty for a trial on test footage.
        address: Path of a file or address of a stream; a camera's sub-stream is enough.
        detector: What is looked for.
        params: How it is set.
        zone: Where on the picture.
        start_us: Instant of the first picture of a recording, epoch µs; None for a live stream.
    """

    camera: str
    address: str
    detector: Detector
    params: DetectorParameters
    zone: Zone
    start_us: int | None = None


@dataclass(slots=True)
class Looked:
    """What a run did.

    Attributes:
        pictures: How many pictures were looked at.
        troubled: In how many the light jumped.
        seconds: From the first to the last.
        why: Why it ended before its pictures did; empty when they were over.
    """

    pictures: int = 0
    troubled: int = 0
    seconds: float = 0.0
    why: str = ""


def analyse(
    home: Home, caller: Caller, asked: Looking, tell: Callable[[dict[str, Any]], None]
) -> Looked:
    """Analyse a camera until its pictures, its grant or the process end; store what is detected.

    Args:
        home: The home.
        caller: Who starts it.
        asked: What is to be looked at.
        tell: Given every detection when it is raised and when it has ended.

    Raises:
        Forbidden: When the role may not.
        AssessmentMissing: An authority uses it and its assessment is not signed (AIA-4).
        DetectionClosed: No grant opens it; nothing was opened.
        NotFound: The register of cameras does not know the camera.
        MissingPart: The video extra is not installed.
    """
    subject = _subject(asked) | {"camera": asked.camera[:80]}
    refuse_beyond(home, caller, (DATASET, Verb.COLLECT), [asked.camera], subject)
    home.rights.ask(caller, DATASET, Verb.COLLECT, subject)
    require_assessed(home, caller, "detection", Verb.COLLECT)
    at_us = now_us(home.clock)
    start_us = at_us if asked.start_us is None else asked.start_us
    under = _under(home, asked.camera)
    try:
        _refuse_doubt(home, asked.detector.event)
        permit = under.chosen(asked.detector.event, start_us, at_us)
    except DetectionClosed as closed:
        _refused(home, caller, subject, closed)
        raise
    return _stored(home, caller, asked, Live(home, permit), start_us, tell=tell)


@dataclass(frozen=True, slots=True)
class Live:
    """A permit that reads its grant anew: one that somebody ends stops what runs under it.

    Attributes:
        home: The home.
        under: The one grant chosen, with camera and place.
    """

    home: Home
    under: UnderGrants

    @property
    def grant_id(self) -> str:
        """The grant."""
        return self.under.grant_id

    def check(self, event: Any, at_us: int, now_us: int) -> None:
        """Return when the grant, as the desk holds it now, still opens the run.

        Raises:
            DetectionClosed: It does not.
            Stopping: The process is to end.
        """
        if self.home.stop.wanted:
            raise Stopping
        if not may_use(self.home, "detection"):
            raise DetectionClosed(event=str(event), why="assessment")
        _refuse_doubt(self.home, event)
        held = [one for one in self.home.desk.detections.grants() if one.grant_id == self.grant_id]
        permits = tuple(permit_of(one) for one in held)
        UnderGrants(permits, self.under.camera, self.under.point).check(event, at_us, now_us)


def try_clip(
    home: Home, caller: Caller, asked: Looking, footage: str = ""
) -> tuple[list[Detection], Looked]:
    """Run a detector on a file and store nothing; for calibration.

    Args:
        home: The home.
        caller: Who tries.
        asked: What is to be looked at; its ``camera`` where the file is a camera's recording.
        footage: ``synthetic`` (rendered) or ``staged`` (played for a test by people who agreed):
            needs no grant, and the declaration stands in the audit. Empty: a recording of the
            public road, which does.

    Raises:
        Forbidden: When the role may not.
        DetectionClosed: The file is a recording and no grant opens its camera and hour.
        WrongUsage: The declaration is unknown, or a recording's instant is not said.
    """
    if footage and footage not in FOOTAGE:
        raise WrongUsage(reason=f"footage: {', '.join(FOOTAGE)}", field="footage")
    if not footage and asked.start_us is None:
        raise WrongUsage(reason="at: when the recording begins", field="at")
    if not Path(asked.address).is_file():
        raise NotFound(what="clip", name=Path(asked.address).name[:80])
    subject = _subject(asked) | {"trial": True, "footage": footage, "camera": asked.camera[:80]}
    if not footage:
        refuse_beyond(home, caller, (DATASET, Verb.COLLECT), [asked.camera], subject)
    home.rights.ask(caller, DATASET, Verb.COLLECT, subject)
    at_us = now_us(home.clock)
    start_us = at_us if asked.start_us is None else asked.start_us
    allowing: Allowing = Trial(footage)
    if not footage:
        require_assessed(home, caller, "detection", Verb.COLLECT)
        try:
            _refuse_doubt(home, asked.detector.event)
            under = _under(home, asked.camera).chosen(asked.detector.event, start_us, at_us)
        except DetectionClosed as closed:
            _refused(home, caller, subject, closed)
            raise
        allowing = Live(home, under)
    looked = Looked()
    run, pictures = _run(home, asked, allowing, start_us, gated=False)
    found = [one for one in run.detections(pictures, start_us) if not one.open]
    looked.pictures, looked.troubled, looked.seconds = run.pictures, run.troubled, run.seconds
    return found, looked


def detection_json(found: Detection) -> dict[str, Any]:
    """Return a detection of a trial as it is told."""
    return {
        "type": str(found.event),
        "camera": found.camera,
        "zone": found.zone,
        "detector": found.detector,
        "version": found.version,
        "parameters": dict(found.parameters),
        "from": to_rfc3339(found.from_us),
        "raised_at": to_rfc3339(found.raised_us),
        "to": to_rfc3339(found.to_us),
        "lasts": found.open,
        "score": found.score,
        "level": found.level,
        "grant_id": found.grant_id,
        "path": [[to_rfc3339(at), *(round(x, 4) for x in box)] for at, box in found.path],
    }


def _subject(asked: Looking) -> dict[str, Any]:
    return {"type": str(asked.detector.event), "detector": asked.detector.name}


def _refused(home: Home, caller: Caller, subject: dict[str, Any], closed: DetectionClosed) -> None:
    """Write down that nothing was opened."""
    with contextlib.suppress(Forbidden):
        why = f"grant_{closed.params['why']}"
        home.rights.refuse(caller, DATASET, Verb.COLLECT, subject, why=why)


def _refuse_doubt(home: Home, event: Any) -> None:
    """Return when the time is beyond doubt: a grant in force for an hour is none when it is not."""
    if doubt_of(home.clock) is not None:
        raise DetectionClosed(event=str(event), why="clock")


def _under(home: Home, camera: str) -> UnderGrants:
    """Return a camera of the register, as it stands now, under the grants of the home.

    Raises:
        NotFound: The register does not know it, or its own authorisation is over (VID-1).
    """
    table = select_places(home)
    table = table.filter(pc.starts_with(table["kind"], pattern=CAMERA))
    rows = [row for row in table.to_pylist() if camera and row["source_ref"] == camera]
    if not rows:
        raise NotFound(what="camera", name=camera[:80])
    row = rows[0]
    known = row["lon"] is not None and row["lat"] is not None
    permits = tuple(permit_of(one) for one in home.desk.detections.grants())
    return UnderGrants(permits, camera, (row["lon"], row["lat"]) if known else None)


def hidden_pixels(home: Home, camera: str, width: int, height: int) -> Any:
    """Return the pixels of a camera's pictures that its masks hide; None for none.

    A camera that masks itself sends no others; one of which Vigie burns the masks in does.
    """
    index = home.video.index
    recorded = camera and (index.root / FILE).exists()
    drawn = masks_in_force(index, camera) if recorded else None
    if drawn is None or not drawn.rings:
        return None
    return Painter(drawn.rings, width, height).cover


def _run(
    home: Home, asked: Looking, allowing: Allowing, start_us: int, *, gated: bool
) -> tuple[Run, Any]:
    try:
        running = importlib.import_module("vigie.watch.vision.running")
        pictures = importlib.import_module("vigie.watch.vision.pictures")
    except ImportError as error:
        raise MissingPart(what="PyAV, OpenCV", remedy="pip install 'vigie[video]'") from error
    watched = running.Watched(asked.camera or "trial", asked.zone, asked.detector, asked.params)
    options = {"rtsp_transport": "tcp"} if asked.address.startswith("rtsp") else {}
    seen = pictures.Pictures(
        *(asked.address, start_us),
        fps=asked.detector.fps,
        gated=gated,
        options=options,
        hidden=hidden_pixels(home, asked.camera, pictures.WIDTH, pictures.HEIGHT),
    )
    return running.Run(watched, allowing, home.clock), seen


def _stored(
    home: Home,
    caller: Caller,
    asked: Looking,
    permit: Live,
    start_us: int,
    *,
    tell: Callable[[dict[str, Any]], None],
) -> Looked:
    run, pictures = _run(home, asked, permit, start_us, gated=True)
    looked, open_ones = Looked(), dict[int, str]()
    try:
        for found in run.detections(pictures, start_us):
            _keep(home, found, open_ones, tell)
    except (DetectionClosed, Stopping) as ended:
        looked.why = str(ended.params.get("why", ended.code))
        for found in run.left:
            _keep(home, found, open_ones, tell)
        if isinstance(ended, DetectionClosed):
            _refused(home, caller, _subject(asked) | {"camera": asked.camera[:80]}, ended)
    looked.pictures, looked.troubled, looked.seconds = run.pictures, run.troubled, run.seconds
    return looked


def _keep(
    home: Home,
    found: Detection,
    open_ones: dict[int, str],
    tell: Callable[[dict[str, Any]], None],
) -> None:
    path = [[at, *(round(x, 4) for x in box)] for at, box in found.path]
    told = {
        "grant_id": found.grant_id,
        "type": str(found.event),
        "camera": found.camera,
        "zone": found.zone,
        "detector": found.detector,
        "version": found.version,
        "parameters": dict(found.parameters),
        "from_us": found.from_us,
        "raised_us": found.raised_us,
        "to_us": found.to_us,
        "lasts": found.open,
        "score": found.score,
        "level": found.level,
        "path": path,
    }
    known = open_ones.get(found.raised_us)
    if known is None:
        known = open_ones[found.raised_us] = home.desk.detections.raised(told)
    else:
        home.desk.detections.went_on(known, told)
    change = "raised" if found.open else "ended"
    event = {"detection_id": known, "type": str(found.event), "camera": found.camera}
    home.intake.events.append(EVENT_TYPE.format(change), event)
    tell(detection_json(found) | {"detection_id": known})
