"""A detection: a mark for human eyes, about a place and a time, with nothing of how anybody looks.

It says type, zone, rule and parameters, score, grant, from when to when, and where the box was once
a second. No colour, no cut-out, no features: what is not computed cannot be searched (ALG-3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vigie.model.legal_events import LegalEvent
from vigie.model.times import SECOND_US
from vigie.watch.vision.geometry import Box

CLIP_US = 5 * SECOND_US
"""How much of the recording before and after an event is pointed at."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Where in the recording it can be looked at; a reference, never pictures.

    Attributes:
        camera: Reference of the camera.
        from_us: Start, epoch µs.
        to_us: End, epoch µs.
    """

    camera: str
    from_us: int
    to_us: int


@dataclass(frozen=True, slots=True)
class Detection:
    """What a detector saw, from when to when.

    Attributes:
        event: One of the eight.
        camera: Reference of the camera.
        zone: Name of the zone.
        detector: Name of the detector.
        version: Version of its rule.
        parameters: How it was set.
        score: Strongest score, in the detector's unit.
        level: A word for it (density); empty otherwise.
        grant_id: The grant under which it was looked for; empty for a trial.
        from_us: When it began, epoch µs.
        raised_us: When it was raised: after it had lasted as long as its rule demands.
        to_us: When it was last seen, epoch µs.
        open: Whether it lasts.
        path: Instants and boxes, one a second.
    """

    event: LegalEvent
    camera: str
    zone: str
    detector: str
    version: str
    parameters: Mapping[str, Any]
    score: float
    level: str
    grant_id: str
    from_us: int
    raised_us: int
    to_us: int
    open: bool
    path: tuple[tuple[int, Box], ...]

    @property
    def clip(self) -> Clip:
        """Five seconds before it to five seconds after."""
        return Clip(self.camera, self.from_us - CLIP_US, self.to_us + CLIP_US)
