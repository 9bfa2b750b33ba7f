"""Does a crowd begin to run? Only where a crowd is: elsewhere this rule says nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median

import numpy as np
from pydantic import Field

from vigie.model.legal_events import LegalEvent
from vigie.model.times import SECOND_US
from vigie.watch.vision.detector import Detector, DetectorParameters, Scene, Sighting
from vigie.watch.vision.geometry import Box, Mask, Zone

MOVES = 2.0
"""Pixels of 320 in a second from which a pixel moves."""


class RushParameters(DetectorParameters):
    """What a crowd is, and how much faster than itself it must become."""

    hold_s: float = Field(0.6, ge=0.0, le=60.0, description="How long it must last, seconds.")
    factor: float = Field(
        1.7, gt=1.0, le=20.0, description="Times the median of its own past (video.md 3.5: fitted)."
    )
    least_share: float = Field(
        0.03, gt=0.0, le=1.0, description="Share of the zone that moves, at least."
    )
    least_tracks: int = Field(10, ge=2, le=500, description="How many move, at least.")
    past_s: float = Field(12.0, ge=4.0, le=600.0, description="Length of its own past.")


class Judge:
    """One zone."""

    def __init__(self, zone: Zone, params: RushParameters) -> None:
        self._zone = zone
        self._params = params
        self._mask: Mask | None = None
        self._past: deque[tuple[int, float]] = deque()

    def step(self, scene: Scene) -> Sequence[Sighting]:
        """Return a sighting while the crowd moves faster than it did."""
        params = self._params
        crowd = [one for one in scene.tracks if self._zone.holds(one.box.centre)]
        self._forget(scene.at_us)
        # Without a crowd nothing is to be compared: the motion of its pixels is not reckoned.
        flow = scene.flow() if scene.flow and len(crowd) >= params.least_tracks else None
        if flow is None:
            return []
        if self._mask is None:
            self._mask = self._zone.mask(*scene.foreground.shape)
        speed = np.hypot(flow[..., 0], flow[..., 1])
        moving = scene.foreground & self._mask & (speed > MOVES)
        share = float(moving.sum()) / max(1, int(self._mask.sum()))
        fast = float(np.percentile(speed[moving], 80.0)) if moving.any() else 0.0
        crowded = share >= params.least_share
        usual = median(value for _, value in self._past) if self._past else 0.0
        covered = self._past and scene.at_us - self._past[0][0] >= 0.6 * params.past_s * SECOND_US
        now = fast * share
        if crowded:
            self._past.append((scene.at_us, now))
        if not (crowded and covered and usual > 0.0 and now >= params.factor * usual):
            return []
        return [Sighting(self._zone.name, _around([one.box for one in crowd]), now / usual)]

    def _forget(self, at_us: int) -> None:
        before_us = at_us - round(self._params.past_s * SECOND_US)
        while self._past and self._past[0][0] < before_us:
            self._past.popleft()


def _around(boxes: Sequence[Box]) -> Box:
    whole = boxes[0]
    for one in boxes[1:]:
        whole = whole.union(one)
    return whole


DETECTOR = Detector(
    name="crowd_movement",
    event=LegalEvent.CROWD_MOVEMENT,
    version="1",
    title={"fr": "Mouvement de foule", "en": "Crowd movement"},
    limits={
        "fr": "Compare une foule à elle-même quelques secondes plus tôt ; muet sans foule (dix"
        " trajectoires et 3 % de la zone en mouvement). Le facteur 1,7 a été réglé sur la séquence"
        " qui le note, elle-même accélérée par calcul : ce n'est pas une preuve.",
        "en": "Compares a crowd with itself some seconds earlier; silent without a crowd (ten"
        " tracks and 3% of the zone moving). The factor 1.7 was set on the clip that scores it,"
        " itself sped up by computation: that is no proof.",
    },
    unit={"fr": "fois le mouvement habituel", "en": "times the usual movement"},
    proof="fitted",
    parameters=RushParameters,
    start=Judge,
    reads=frozenset({"tracks", "flow"}),
)
