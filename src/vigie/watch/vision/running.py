"""A run: one detector on one zone of one camera, from pictures to detections, under a permit.

Nothing is opened before the permit has been asked; it is asked again at every picture. What comes
out is detections and counts; no picture leaves a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vigie.base.clock import Clock, now_us
from vigie.model.times import SECOND_US
from vigie.watch.vision.detections import Detection
from vigie.watch.vision.detector import Detector, DetectorParameters, Scene
from vigie.watch.vision.episodes import Debounce, Episode
from vigie.watch.vision.flow import Flow
from vigie.watch.vision.geometry import Zone
from vigie.watch.vision.motion import Mover
from vigie.watch.vision.permit import Allowing
from vigie.watch.vision.pictures import Picture, Pictures
from vigie.watch.vision.things import Stillness
from vigie.watch.vision.tracks import Tracker

LEARN_S = 30.0
"""How long a run learns what stands there before still things are told, unless set otherwise."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What a run looks at and how.

    Attributes:
        camera: Reference of the camera.
        zone: Zone drawn on its picture.
        detector: What it looks for.
        params: How that is set.
    """

    camera: str
    zone: Zone
    detector: Detector
    params: DetectorParameters


class Scenes:
    """Pictures to scenes, computing what a detector reads and nothing else."""

    def __init__(self, detector: Detector, params: DetectorParameters) -> None:
        self._mover = Mover()
        self._tracker = Tracker()
        self._flow = Flow() if "flow" in detector.reads else None
        learn_s = float(getattr(params, "learn_s", LEARN_S))
        self._things = Stillness(learn_s) if "things" in detector.reads else None
        self._gray = "gray" in detector.reads
        self._began_us: int | None = None
        self._last_us = 0

    def step(self, picture: Picture) -> Scene:
        """Take in a picture and return its scene."""
        motion = self._mover.step(picture)
        if self._began_us is None:
            self._began_us = self._last_us = picture.at_us
        dt_s = (picture.at_us - self._last_us) / SECOND_US
        self._last_us = picture.at_us
        blobs = () if motion.troubled else motion.blobs
        return Scene(
            picture.at_us,
            dt_s,
            motion.foreground,
            motion.troubled,
            self._tracker.step(picture.at_us, blobs),
            None if self._flow is None else self._flow.step(motion.level, dt_s),
            () if self._things is None else self._things.step(picture, troubled=motion.troubled),
            self._began_us,
            picture.gray if self._gray else None,
        )


class Run:
    """A run of the analysis; iterate over ``detections``.

    Attributes:
        pictures: How many pictures were looked at.
        troubled: In how many the light jumped and nothing was concluded.
        seconds: From the first to the last picture.
        left: What was still open when it ended, however it ended.
    """

    def __init__(self, watched: Watched, allowing: Allowing, clock: Clock) -> None:
        self._watched = watched
        self._allowing = allowing
        self._clock = clock
        self.pictures = self.troubled = 0
        self.seconds = 0.0
        self.left: list[Detection] = []

    def detections(self, pictures: Iterable[Picture], start_us: int) -> Iterator[Detection]:
        """Yield every detection twice: when it is raised (``open``), and when it has ended.

        Args:
            pictures: Opened only after the permit has been asked.
            start_us: Instant of the first picture, epoch µs.

        Raises:
            DetectionClosed: Before any picture, or at the first one after the grant's end.
        """
        watched = self._watched
        event = watched.detector.event
        self._allowing.check(event, start_us, now_us(self._clock))
        scenes = Scenes(watched.detector, watched.params)
        judge = watched.detector.judge(watched.zone, watched.params)
        debounce = Debounce(watched.params.hold_s, watched.params.release_s)
        try:
            for picture in pictures:
                self._allowing.check(event, picture.at_us, now_us(self._clock))
                scene = scenes.step(picture)
                self.pictures += 1
                self.troubled += scene.troubled
                self.seconds = (picture.at_us - scene.began_us) / SECOND_US
                if isinstance(pictures, Pictures) and (scene.tracks or scene.things):
                    pictures.wake()
                seen = () if scene.troubled else judge.step(scene)
                for episode in debounce.step(picture.at_us, seen):
                    yield self._told(episode, lasts=debounce.lasting(episode))
        finally:
            self.left = [self._told(one, lasts=False) for one in debounce.finish()]
        yield from self.left

    def _told(self, episode: Episode, *, lasts: bool) -> Detection:
        watched = self._watched
        detector = watched.detector
        return Detection(
            event=detector.event,
            camera=watched.camera,
            zone=watched.zone.name,
            detector=detector.name,
            version=detector.version,
            parameters=watched.params.model_dump(),
            score=round(episode.score, 4),
            level=episode.level,
            grant_id=self._allowing.grant_id,
            from_us=episode.from_us,
            raised_us=episode.last_us if episode.raised_us is None else episode.raised_us,
            to_us=episode.last_us,
            open=lasts,
            path=tuple(episode.path),
        )
