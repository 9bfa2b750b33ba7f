"""What a detector is: one module with one ``DETECTOR``; it looks at scenes and says what it sees.

A detector does no input or output, opens no file and decodes no picture: it is handed what moves
and where, and answers with sightings. Whether it may look at all is not its business but
the permit's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from vigie.base import plugins
from vigie.model.legal_events import LegalEvent
from vigie.watch.vision.geometry import Box, Mask, Zone
from vigie.watch.vision.tracks import Track


class DetectorParameters(BaseModel):
    """How a detector is set for one zone of one camera."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hold_s: float = Field(0.0, ge=0.0, le=3600.0, description="How long it must last, seconds.")
    release_s: float = Field(
        2.0, ge=0.2, le=600.0, description="How long it must be gone before the event ends."
    )


@dataclass(frozen=True, slots=True)
class Thing:
    """Something new that keeps still: it was not there, nothing of it moves.

    Attributes:
        number: 1, 2, …; means nothing outside its run.
        box: Where it is.
        area: Pixels of 640 by 360.
        since_us: Since when it keeps still, epoch µs.
        solid: Edge strength inside against that of the background: above 1 something stands there,
            below 1 something was taken away.
        sway: Mean change of its pixels between looks, gray levels: somebody who stands sways.
        stir: Share of its surroundings that changed since the last look.
    """

    number: int
    box: Box
    area: int
    since_us: int
    solid: float
    sway: float
    stir: float = 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is seen at an instant.

    Attributes:
        at_us: When, epoch µs.
        dt_s: Seconds since the scene before.
        foreground: Which pixels of 320 by 180 differ from the background.
        troubled: Whether the light jumped: nothing is to be concluded.
        tracks: What moves and is in view now.
        flow: Gives the motion of every pixel of 320 by 180, pixels in a second (x, y), when it is
            asked for, and None for a first picture; None where the detector does not read it.
        things: What keeps still and was not there before; empty where it is not read.
        began_us: Instant of the first scene.
        gray: The picture itself, 360 rows of 640 pixels; None where the detector does not read it.
    """

    at_us: int
    dt_s: float
    foreground: Mask
    troubled: bool
    tracks: tuple[Track, ...]
    flow: Callable[[], NDArray[np.float32] | None] | None
    things: tuple[Thing, ...]
    began_us: int
    gray: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a detector sees at an instant.

    Attributes:
        key: What tells one event from another that lasts at the same time.
        box: Where.
        score: How strongly, in the unit that the detector tells.
        level: A word for it (density); empty otherwise.
    """

    key: str
    box: Box
    score: float
    level: str = ""


class Judge(Protocol):
    """A detector at work on one zone."""

    def step(self, scene: Scene) -> Sequence[Sighting]:
        """Return what is seen now."""
        ...


Reads = Literal["tracks", "flow", "things", "gray"]
Proof = Literal["measured", "fitted", "not_validated"]


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector: which legal event it looks for, and how.

    Attributes:
        name: Equals the module's name; a test checks it.
        event: One of the eight.
        version: Told in every event; changes with the rule.
        title: What it looks for, French and English.
        limits: What it does not show, French and English.
        unit: What its score is, French and English.
        proof: ``measured`` on footage it was not set on, ``fitted`` on the footage that scores it,
            or ``not_validated``.
        parameters: How it is set.
        start: Makes a judge of a zone and parameters.
        reads: What it needs of a scene beside the foreground.
        fps: Pictures in a second that it needs.
    """

    name: str
    event: LegalEvent
    version: str
    title: Mapping[str, str]
    limits: Mapping[str, str]
    unit: Mapping[str, str]
    proof: Proof
    parameters: type[DetectorParameters]
    start: Callable[..., Judge]
    reads: frozenset[Reads] = frozenset({"tracks"})
    fps: float = 5.0

    def judge(self, zone: Zone, params: DetectorParameters) -> Judge:
        """Return it at work on a zone."""
        return self.start(zone, params)


def discover(package: ModuleType) -> dict[str, Detector]:
    """Return the detectors of a package and of third parties, by name; a failing import raises.

    Raises:
        ValueError: One looks for something that is none of the eight.
    """
    found = plugins.discover(package, "DETECTOR", Detector)
    for one in found.values():
        LegalEvent(one.event)
    return found
