"""What moves in a picture: a slow background, the light taken out, blobs of what differs.

The background is slow (ten minutes) so that who stands still is not forgotten while standing. Light
and exposure are taken out before the comparison: the picture is divided by the ratio that most of
its blocks share with the blocks it had. Where most of the picture changes at once all the same,
that is light, not movement: the picture is called troubled, and rules stay silent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.model.times import SECOND_US
from vigie.watch.vision.geometry import Blob, Box, Mask
from vigie.watch.vision.lit import is_light
from vigie.watch.vision.pictures import Gray, Picture

WIDTH, HEIGHT = 320, 180
BLOCKS = (32, 18)
BACKGROUND_S = 1200.0
"""Time constant; with the share below, what stands still is kept for ten minutes."""

SHARE = 0.6
"""Share of its time that a pixel's background explains at least."""

START = 50
"""Pictures (ten seconds) in which the background is the plain average of what was there."""

BLOCKS_S = 60.0
THRESHOLD = 25.0
"""Squared distance in variances (the usual 16 calls compression noise movement)."""

LEAST_AREA = 60
"""Pixels of 320 by 180 that a blob has at least."""

TROUBLED = 0.6
"""Share of the picture that differs when it is light that changed."""

AGREE = 0.2
"""Share of the blocks that must agree on a change of light."""

GROUND_RATE = 0.02
"""How fast the ground itself is learnt where nothing is in front of it, at least."""

RELEARN = 10
"""Troubled pictures running after which the background is learnt anew."""

QUIET_US = 2 * SECOND_US
"""How long rules stay silent after a jump of light."""


@dataclass(frozen=True, slots=True)
class Motion:
    """What moves in a picture.

    Attributes:
        foreground: Which pixels of 320 by 180 differ from the background.
        blobs: Their connected pieces, the largest first.
        level: Gray levels of 320 by 180 with the light taken out.
        troubled: Whether the light jumped now or within the last two seconds.
    """

    foreground: Mask
    blobs: tuple[Blob, ...]
    level: Gray
    troubled: bool


class Light:
    """Take changes of light and exposure out of pictures."""

    def __init__(self) -> None:
        self._blocks: NDArray[np.float32] | None = None

    def level(self, small: Gray, dt_s: float) -> Gray:
        """Return a picture as it would be in the light of those before it."""
        blocks = cv2.resize(small, BLOCKS, interpolation=cv2.INTER_AREA).astype(np.float32) + 1.0
        if self._blocks is None:
            self._blocks = blocks
            return small
        ratio = _shared_ratio(blocks / self._blocks)
        self._blocks += min(1.0, dt_s / BLOCKS_S) * (blocks / ratio - self._blocks)
        return np.asarray(cv2.convertScaleAbs(small, alpha=1.0 / ratio), dtype=np.uint8)


_EDGES = np.linspace(-1.4, 1.4, 57)


def _shared_ratio(ratios: NDArray[np.float32]) -> float:
    """Return the ratio that the most blocks share; 1 where no fifth of them agrees.

    A lorry before half of the picture darkens its blocks by many ratios, light all by one.
    """
    logs = np.log(np.clip(ratios, 0.25, 4.0)).ravel()
    bins = np.clip(((logs + 1.4) / 0.05).astype(np.int64), 0, 55)
    counts, edges = np.bincount(bins, minlength=56), _EDGES
    shared = np.convolve(counts, np.ones(3, dtype=counts.dtype), mode="same")
    peak = int(shared.argmax())
    if shared[peak] < AGREE * logs.size:
        return 1.0
    middle = (edges[peak] + edges[peak + 1]) / 2.0
    near = logs[np.abs(logs - middle) <= 0.075]  # noqa: PLR2004 -- one and a half bins
    return float(np.exp(np.median(near)))


class Mover:
    """Find what moves, picture by picture."""

    def __init__(self, *, background_s: float = BACKGROUND_S, least_area: int = LEAST_AREA) -> None:
        self._model = cv2.createBackgroundSubtractorMOG2(
            history=500, varThreshold=THRESHOLD, detectShadows=False
        )
        self._model.setBackgroundRatio(SHARE)
        self._light = Light()
        self._background_s = background_s
        self._least_area = least_area
        self._seen = self._troubles = 0
        self._last_us: int | None = None
        self._ground: NDArray[np.float32] | None = None
        self._quiet_until_us = -1
        self._open = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        self._close = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))

    def step(self, picture: Picture) -> Motion:
        """Take in a picture and return what moves in it."""
        small = np.asarray(
            cv2.resize(picture.gray, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
        dt_s = 0.2 if self._last_us is None else (picture.at_us - self._last_us) / SECOND_US
        self._last_us = picture.at_us
        level = self._light.level(small, dt_s)
        self._seen += 1
        rate = 1.0 - math.exp(-dt_s / self._background_s)
        if self._seen <= START:
            rate = 1.0 / self._seen
        found = self._model.apply(level, learningRate=rate)
        if self._seen == 1:
            found[:] = 0
        if np.count_nonzero(found) > TROUBLED * found.size:
            self._quiet_until_us = picture.at_us + QUIET_US
            self._troubles += 1
            if self._troubles >= RELEARN:
                self._model.apply(level, learningRate=0.5)
        else:
            self._troubles = 0
        found = cv2.morphologyEx(found, cv2.MORPH_OPEN, self._open)
        found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, self._close)
        troubled = picture.at_us <= self._quiet_until_us
        blobs = self._blobs(np.asarray(found, dtype=np.uint8), level)
        self._learn(level, found, rate)
        return Motion(found > 0, blobs, level, troubled)

    def _learn(self, level: Gray, found: Any, rate: float) -> None:
        """Go on with the ground as it looks where nothing is in front of it."""
        if self._ground is None:
            self._ground = level.astype(np.float32)
            return
        free = cv2.bitwise_not(found)
        cv2.accumulateWeighted(level, self._ground, max(rate, GROUND_RATE), mask=free)

    def _blobs(self, found: Gray, level: Gray) -> tuple[Blob, ...]:
        """Return the blobs, those of light on the ground left out of them and of what was found."""
        count, labels, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
        blobs = []
        for label, (x, y, width, height, area) in enumerate(stats[1:count].tolist(), start=1):
            if area < self._least_area:
                continue
            part = (slice(y, y + height), slice(x, x + width))
            mask = labels[part] == label
            ground = self._ground
            if ground is not None and is_light(level[part], ground[part].astype(np.uint8), mask):
                found[part][mask] = 0
                continue
            box = Box(x / WIDTH, y / HEIGHT, (x + width) / WIDTH, (y + height) / HEIGHT)
            blobs.append(Blob(box, area / (WIDTH * HEIGHT)))
        return tuple(sorted(blobs, key=lambda one: -one.area))
