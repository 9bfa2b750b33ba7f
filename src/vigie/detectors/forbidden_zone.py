"""Has anything entered a zone where nobody may be, or does it stay there?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from vigie.model.legal_events import LegalEvent
from vigie.watch.vision.detector import Detector, DetectorParameters, Scene, Sighting
from vigie.watch.vision.geometry import Zone
from vigie.watch.vision.tracks import Track


class ZoneParameters(DetectorParameters):
    """What counts as being there."""

    mode: Literal["presence", "crossing"] = Field(
        "presence",
        description="presence: something is there; crossing: it came in from outside the zone.",
    )
    hold_s: float = Field(0.4, ge=0.0, le=3600.0, description="How long it must last, seconds.")
    least_height: float = Field(
        0.05, ge=0.0, le=1.0, description="Least height of what enters, share of the picture."
    )
    least_travel: float = Field(
        0.03,
        ge=0.0,
        le=1.0,
        description="How far it must have moved at some time: what was put down is no presence.",
    )


class Judge:
    """One zone."""

    def __init__(self, zone: Zone, params: ZoneParameters) -> None:
        self._zone = zone
        self._params = params
        self._came_in: set[int] = set()
        self._outside: set[int] = set()

    def step(self, scene: Scene) -> Sequence[Sighting]:
        """Return the largest thing that is there, one sighting a zone."""
        seen = [track for track in scene.tracks if self._there(track)]
        alive = {track.number for track in scene.tracks}
        self._outside &= alive
        self._came_in &= alive
        if not seen:
            return []
        largest = max(seen, key=lambda one: one.box.area)
        return [Sighting(self._zone.name, largest.box, largest.box.area)]

    def _there(self, track: Track) -> bool:
        box, params = track.box, self._params
        inside = self._zone.holds(box.foot) or self._zone.holds(box.centre)
        if not inside:
            self._outside.add(track.number)
            self._came_in.discard(track.number)
            return False
        if track.number in self._outside:
            self._came_in.add(track.number)
        if box.height < params.least_height or track.travelled < params.least_travel:
            return False
        return params.mode == "presence" or track.number in self._came_in


DETECTOR = Detector(
    name="forbidden_zone",
    event=LegalEvent.FORBIDDEN_ZONE,
    version="1",
    title={"fr": "Zone interdite ou sensible", "en": "Forbidden or sensitive zone"},
    limits={
        "fr": "Voit qu'une forme qui a bougé se trouve dans la zone ; ne distingue pas une personne"
        " d'un animal ou d'un véhicule au-delà de la taille minimale réglée. Deux présences"
        " simultanées font une alerte.",
        "en": "Sees that something that has moved is in the zone; tells no person from an animal or"
        " a vehicle beyond the least size that is set. Two at the same time are one signal.",
    },
    unit={"fr": "part de l'image occupée", "en": "share of the picture that it takes"},
    proof="fitted",
    parameters=ZoneParameters,
    start=Judge,
)
