"""How dense is the crowd in a zone? A level with its error, no head count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from vigie.model.legal_events import LegalEvent
from vigie.watch.vision.detector import Detector, DetectorParameters, Scene, Sighting
from vigie.watch.vision.geometry import Box, Zone

LEVELS = ("low", "medium", "high", "critical")
Level = Literal["low", "medium", "high", "critical"]


class DensityParameters(DetectorParameters):
    """Calibration of one camera: how large a person is at the top and the bottom of the picture."""

    hold_s: float = Field(5.0, ge=0.0, le=3600.0, description="How long it must last, seconds.")
    top_height: float = Field(
        0.08, gt=0.0, le=1.0, description="Height of a person at the top, share of the picture."
    )
    bottom_height: float = Field(
        0.25, gt=0.0, le=1.0, description="Height of a person at the bottom, share of the picture."
    )
    fill: float = Field(
        0.25,
        gt=0.0,
        le=1.0,
        description="Share of the square of that height that a person covers in the foreground;"
        " set on counted pictures of this camera.",
    )
    zone_m2: float = Field(100.0, gt=0.0, description="Area of the zone on the ground, m².")
    error: float = Field(
        0.3, gt=0.0, lt=1.0, description="Relative error of the estimate, from the calibration."
    )
    medium: float = Field(0.5, gt=0.0, description="Persons a m² from which it is medium.")
    high: float = Field(2.0, gt=0.0, description="Persons a m² from which it is high.")
    critical: float = Field(4.0, gt=0.0, description="Persons a m² from which it is critical.")
    alarm: Level = Field("high", description="Level from which it is told.")


class Estimate:
    """Persons in a zone, from the area that differs from the background."""

    def __init__(self, zone: Zone, params: DensityParameters) -> None:
        self._zone = zone
        self._params = params
        self._weights: NDArray[np.float64] | None = None

    def persons(self, scene: Scene) -> float:
        """Return how many persons the foreground amounts to."""
        if self._weights is None:
            rows, columns = scene.foreground.shape
            down = (np.arange(rows) + 0.5) / rows
            params = self._params
            tall = params.top_height + (params.bottom_height - params.top_height) * down
            # One person covers fill × (height in pixels)²: what a pixel of the row counts for.
            one = 1.0 / (params.fill * (tall * rows) ** 2)
            self._weights = one[:, None] * self._zone.mask(rows, columns)
        return float((scene.foreground * self._weights).sum())

    def level(self, persons: float) -> Level:
        """Return the level of a count."""
        density, params = persons / self._params.zone_m2, self._params
        if density >= params.critical:
            return "critical"
        if density >= params.high:
            return "high"
        return "medium" if density >= params.medium else "low"


class Judge:
    """One zone."""

    def __init__(self, zone: Zone, params: DensityParameters) -> None:
        self._estimate = Estimate(zone, params)
        self._params = params
        self._zone = zone
        xs, ys = zip(*zone.ring, strict=True)
        self._box = Box(min(xs), min(ys), max(xs), max(ys))

    def step(self, scene: Scene) -> Sequence[Sighting]:
        """Return a sighting while the level is at least that of the alarm."""
        persons = self._estimate.persons(scene)
        level = self._estimate.level(persons)
        if LEVELS.index(level) < LEVELS.index(self._params.alarm):
            return []
        density = persons / self._params.zone_m2
        error = self._params.error
        surely = self._estimate.level(persons * (1.0 - error))
        at_most = self._estimate.level(persons * (1.0 + error))
        word = level if surely == at_most else f"{level} ({surely}-{at_most})"
        return [Sighting(self._zone.name, self._box, density, word)]


DETECTOR = Detector(
    name="density",
    event=LegalEvent.DENSITY,
    version="1",
    title={"fr": "Densité de personnes", "en": "Density of people"},
    limits={
        "fr": "Un niveau avec sa marge, jamais un comptage exact. À étalonner caméra par caméra sur"
        " des images comptées. Des personnes immobiles plus de dix minutes se fondent dans le"
        " décor ; des personnes qui se cachent l'une l'autre sont sous-estimées.",
        "en": "A level with its error band, never an exact count. To be calibrated camera by camera"
        " on counted pictures. People who stand still for more than ten minutes fade into the"
        " background; people hidden behind each other are underestimated.",
    },
    unit={"fr": "personnes par m² (estimation)", "en": "persons a m² (estimate)"},
    proof="fitted",
    parameters=DensityParameters,
    start=Judge,
)
