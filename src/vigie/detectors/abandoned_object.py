"""Has something been put down and left? Its owner was there, and has gone."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from vigie.model.legal_events import LegalEvent
from vigie.model.times import SECOND_US
from vigie.watch.vision.detector import Detector, DetectorParameters, Scene, Sighting, Thing
from vigie.watch.vision.geometry import Box, Zone
from vigie.watch.vision.tracks import Track

BEFORE_US = 4 * SECOND_US
"""How long before it kept still somebody must have been at it."""

LINGER_US = 2 * SECOND_US
"""Who passes by attends to nothing; who stays this long does."""

KEPT_US = 30 * SECOND_US
CAME = 0.05
"""What has moved this share of the picture has come: it may have put something down."""


class AbandonedParameters(DetectorParameters):
    """Hard limits: outside them this rule raises false alarms on nearly every scene."""

    dwell_s: float = Field(
        30.0, ge=5.0, le=3600.0, description="How long it must be unattended, seconds."
    )
    learn_s: float = Field(
        30.0, ge=2.0, le=600.0, description="How long only what stands there is learnt, seconds."
    )
    least_area: int = Field(150, ge=60, description="Pixels of 640 by 360 at least.")
    most_area: int = Field(12_000, ge=100, description="Pixels of 640 by 360 at most.")
    slimmest: float = Field(
        2.2, gt=1.0, description="Height over width from which it is shaped like a person."
    )
    most_sway: float = Field(
        3.0,
        gt=0.0,
        description="Gray levels: what moves more than this is somebody, not something.",
    )
    least_solid: float = Field(
        1.0, ge=0.0, description="Edges against those of the background: below, it was taken away."
    )
    least_stir: float = Field(
        0.01,
        ge=0.0,
        le=1.0,
        description="Share of its surroundings that changes while somebody stands at it.",
    )


@dataclass(slots=True)
class Held:
    """What is known of a thing.

    Attributes:
        owned: Whether somebody was at it when it was put down.
        left_us: Since when it is unattended; None while somebody is at it.
        attended_us: Since when somebody has been at it again; None while nobody is.
        told: Whether it was told: one alarm a spot.
    """

    owned: bool
    left_us: int | None = None
    attended_us: int | None = None


class Judge:
    """One zone."""

    def __init__(self, zone: Zone, params: AbandonedParameters) -> None:
        self._zone = zone
        self._params = params
        self._past: deque[tuple[int, tuple[Box, ...]]] = deque()
        self._held: dict[int, Held] = {}

    def step(self, scene: Scene) -> Sequence[Sighting]:
        """Return the things that nobody attends to any more."""
        came = tuple(one.box for one in scene.tracks if one.travelled >= CAME)
        self._past.append((scene.at_us, came))
        while self._past[0][0] < scene.at_us - KEPT_US:
            self._past.popleft()
        alive = {one.number for one in scene.things}
        self._held = {number: held for number, held in self._held.items() if number in alive}
        seen = []
        for thing in scene.things:
            unattended_us = self._unattended(thing, scene)
            dwelt = unattended_us >= self._params.dwell_s * SECOND_US
            if dwelt and self._is_object(thing):
                seen.append(Sighting(_spot(thing.box), thing.box, unattended_us / SECOND_US))
        return seen

    def _is_object(self, thing: Thing) -> bool:
        params, box = self._params, thing.box
        tall = box.height * 9.0 > params.slimmest * box.width * 16.0
        return (
            params.least_area <= thing.area <= params.most_area
            and not tall
            and thing.sway <= params.most_sway
            and thing.solid >= params.least_solid
            and self._zone.holds(box.centre)
        )

    def _unattended(self, thing: Thing, scene: Scene) -> int:
        """Return for how long nobody has been at it; 0 while somebody is or nobody ever was."""
        held = self._held.get(thing.number)
        if held is None:
            held = self._held[thing.number] = Held(self._was_put(thing))
        stirs = thing.stir >= self._params.least_stir
        if any(
            _worn(track.box, thing) or (stirs and _attends(track, thing)) for track in scene.tracks
        ):
            held.attended_us = scene.at_us if held.attended_us is None else held.attended_us
            if scene.at_us - held.attended_us >= LINGER_US or held.left_us is None:
                held.left_us = None
                return 0
        else:
            held.attended_us = None
            held.left_us = scene.at_us if held.left_us is None else held.left_us
        if not held.owned or held.left_us is None:
            return 0
        return scene.at_us - held.left_us

    def _was_put(self, thing: Thing) -> bool:
        """Say whether something larger was at its place when it came to rest."""
        return any(
            _covers(box, thing)
            for at_us, boxes in self._past
            if thing.since_us - BEFORE_US <= at_us <= thing.since_us + BEFORE_US
            for box in boxes
        )


def _covers(box: Box, thing: Thing) -> bool:
    return box.area > 1.6 * thing.box.area and box.overlap(thing.box) > 0.3 * thing.box.area


def _attends(track: Track, thing: Thing) -> bool:
    """Say whether what moves is near a thing and more than the thing itself."""
    own = track.box.iou(thing.box) > 0.4 or track.box.area < 1.2 * thing.box.area  # noqa: PLR2004
    near = thing.box.grown(max(thing.box.width, thing.box.height))
    return not own and track.box.overlap(near) > 0.0


def _worn(box: Box, thing: Thing) -> bool:
    """Say whether a thing is part of something upright and much larger: somebody who stands."""
    upright = box.height * 9.0 > 1.5 * box.width * 16.0
    return upright and box.area > 4.0 * thing.box.area and box.holds(thing.box.centre)


def _spot(box: Box) -> str:
    x, y = box.centre
    return f"{round(x * 16)},{round(y * 9)}"


DETECTOR = Detector(
    name="abandoned_object",
    event=LegalEvent.ABANDONED_OBJECT,
    version="1",
    title={"fr": "Objet abandonné", "en": "Abandoned object"},
    limits={
        "fr": "Une seule pose de sac réelle dans les séquences d'essai (n = 1) : le taux de"
        " détection est inconnu. Muet si personne n'a été vu poser l'objet, s'il est plus petit que"
        " la taille réglée, s'il a une forme de personne debout ou si la lumière saute. Une"
        " personne couchée immobile peut être prise pour un objet : un humain regarde toujours.",
        "en": "One real bag in the test clips (n = 1): how many it finds is unknown. Silent when"
        " nobody was seen putting it down, when it is smaller than set, shaped like somebody"
        " standing, or when the light jumps. Somebody lying still may be taken for an object: a"
        " person always looks.",
    },
    unit={"fr": "secondes sans personne auprès", "en": "seconds with nobody at it"},
    proof="fitted",
    parameters=AbandonedParameters,
    start=Judge,
    reads=frozenset({"tracks", "things"}),
)
