"""Who or what moves against the direction that is allowed in a zone?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydantic import Field

from vigie.model.legal_events import LegalEvent
from vigie.model.times import SECOND_US
from vigie.watch.vision.detector import Detector, DetectorParameters, Scene, Sighting
from vigie.watch.vision.geometry import Zone
from vigie.watch.vision.tracks import Track


class WrongWayParameters(DetectorParameters):
    """How far and how straight something must move the wrong way."""

    least_travel: float = Field(
        0.08, gt=0.0, le=1.0, description="Least way, shares of the picture (0.08 = 51 px of 640)."
    )
    least_points: int = Field(4, ge=2, le=100, description="Pictures it is followed at least.")
    cosine: float = Field(
        0.7, gt=0.0, le=1.0, description="How straight against the direction: 1 exactly opposite."
    )
    least_size: float = Field(
        0.0, ge=0.0, le=1.0, description="Least height of what moves, share of the picture."
    )
    most_area: float = Field(
        0.6, gt=0.0, le=1.0, description="Most of the picture that it takes: beyond, it is light."
    )


class Judge:
    """One zone."""

    def __init__(self, zone: Zone, params: WrongWayParameters) -> None:
        if zone.towards is None:
            msg = "wrong_way needs a zone with a direction"
            raise ValueError(msg)
        self._zone = zone
        self._params = params
        self._checks: dict[int, int] = {}

    def step(self, scene: Scene) -> Sequence[Sighting]:
        """Return the strongest sighting, one a zone: fragments of a vehicle are one event."""
        seen = [found for track in scene.tracks if (found := self._seen(track)) is not None]
        alive = {track.number for track in scene.tracks}
        self._checks = {key: n for key, n in self._checks.items() if key in alive}
        return [max(seen, key=lambda one: one.score)] if seen else []

    def _seen(self, track: Track) -> Sighting | None:
        params = self._params
        in_zone = self._zone.holds(track.box.centre)
        if len(track.path) < params.least_points or not in_zone:
            return None
        whole = track.displacement()
        lately = track.displacement(track.seen_us - SECOND_US)
        against = -self._zone.against(whole)
        if (
            math.hypot(*whole) < params.least_travel
            or against < params.cosine
            or -self._zone.against(lately) <= 0.0
            or track.box.height < params.least_size
            or track.box.area > params.most_area
        ):
            self._checks[track.number] = 0
            return None
        self._checks[track.number] = self._checks.get(track.number, 0) + 1
        if self._checks[track.number] < 2:  # noqa: PLR2004 -- twice running
            return None
        return Sighting(self._zone.name, track.box, against)


DETECTOR = Detector(
    name="wrong_way",
    event=LegalEvent.WRONG_WAY,
    version="1",
    title={"fr": "À contresens", "en": "Against the direction"},
    limits={
        "fr": "Lit le sens d'une trajectoire, d'un véhicule ou d'une personne, sans les distinguer."
        " Deux passages simultanés dans une zone font une alerte. La foule dense, où les"
        " trajectoires se mêlent, n'est pas son domaine.",
        "en": "Reads the direction of a track, vehicle or person alike. Two at the same time in a"
        " zone are one signal. Dense crowds, where tracks mingle, are not its domain.",
    },
    unit={
        "fr": "cosinus avec le sens contraire (1 : exactement opposé)",
        "en": "cosine with the opposite direction (1: exactly opposite)",
    },
    proof="fitted",
    parameters=WrongWayParameters,
    start=Judge,
)
