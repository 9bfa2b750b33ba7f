"""What keeps still and was not there before: two backgrounds, one slow and one fast.

A pixel counts while it differs from the slow background, in gray level and in local contrast (light
and shadow change the first alone), and hardly from the last moments. Where enough of them have
counted for three seconds a thing stands. Looked at twice a second, on 640 by 360.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.model.times import SECOND_US
from vigie.watch.vision.detector import Thing
from vigie.watch.vision.geometry import Box
from vigie.watch.vision.motion import Light
from vigie.watch.vision.pictures import HEIGHT, WIDTH, Gray, Picture

EVERY_US = SECOND_US // 2
BIRTH_S = 3.0
"""How long a pixel must count before it belongs to a thing."""

BARE_S = 1.5
"""A place that looks like its ground for so long without a break bears nothing any more."""

LEAST_AREA = 60
"""Pixels of 640 by 360: the least that video.md allows."""

_SLOW_S, _FAST_S = 600.0, 1.5
_LEVEL, _CONTRAST, _QUIET = 16.0, 0.5, 9.0
_STIR = 12.0
_RADIUS = 21
Floats = NDArray[np.float32]


class Stillness:
    """Find things, picture by picture."""

    def __init__(self, learn_s: float) -> None:
        """Make it.

        Args:
            learn_s: How long it only learns what is there.
        """
        self._learn_us = round(learn_s * SECOND_US)
        self._light = Light()
        self._slow: Floats | None = None
        self._fast: Floats | None = None
        self._last: Floats | None = None
        self._seconds: Floats = np.zeros((HEIGHT, WIDTH), np.float32)
        self._bare: Floats = np.zeros((HEIGHT, WIDTH), np.float32)
        self._began_us = self._looked_us = 0
        self._seen = 0
        self._things: dict[int, Thing] = {}
        self._next = 1
        self._kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))

    def step(self, picture: Picture, *, troubled: bool) -> tuple[Thing, ...]:
        """Take in a picture; returns the things that stand, as of the last look."""
        if self._slow is not None and picture.at_us - self._looked_us < EVERY_US:
            return tuple(self._things.values())
        dt_s = (picture.at_us - self._looked_us) / SECOND_US if self._slow is not None else 0.5
        self._looked_us = picture.at_us
        level = cv2.GaussianBlur(self._light.level(picture.gray, dt_s), (5, 5), 0)
        now = level.astype(np.float32)
        if self._slow is None or self._fast is None or self._last is None:
            self._slow, self._fast, self._last = now.copy(), now.copy(), now.copy()
            self._began_us = picture.at_us
            return ()
        self._seen += 1
        if picture.at_us - self._began_us <= self._learn_us:
            # The sign step is a running median: who walks by while it learns leaves no trace.
            self._slow += np.sign(now - self._slow) * np.float32(max(1.0, 12.0 / self._seen))
            cv2.accumulateWeighted(now, self._fast, min(1.0, dt_s / _FAST_S))
            self._last = now
            return ()
        if troubled:
            self._seconds[:] = 0.0
            self._last = now
            return tuple(self._things.values())
        self._look(now, picture.at_us, dt_s)
        return tuple(self._things.values())

    def _look(self, now: Floats, at_us: int, dt_s: float) -> None:
        slow, fast, last = self._slow, self._fast, self._last
        if slow is None or fast is None or last is None:
            return
        changed = (np.abs(now - slow) > _LEVEL) & (
            np.abs(_contrast(now) - _contrast(slow)) > _CONTRAST
        )
        still = np.abs(now - fast) < _QUIET
        self._seconds[changed & still] += dt_s
        self._seconds[changed & ~still] *= 0.5
        self._seconds[~changed] -= 2.0 * dt_s
        self._bare += np.float32(dt_s)
        self._bare[changed] = 0.0
        self._seconds[self._bare >= BARE_S] = 0.0
        np.clip(self._seconds, 0.0, 60.0, out=self._seconds)
        cv2.accumulateWeighted(now, fast, min(1.0, dt_s / _FAST_S))
        free = (~changed).astype(np.uint8)
        cv2.accumulateWeighted(now, slow, 1.0 - np.exp(-dt_s / _SLOW_S), mask=free)
        ripe = cv2.morphologyEx(
            (self._seconds >= BIRTH_S).astype(np.uint8), cv2.MORPH_CLOSE, self._kernel
        )
        self._things = dict(self._named(np.asarray(ripe, dtype=np.uint8), now, slow, last, at_us))
        self._last = now

    def _named(
        self, ripe: Gray, now: Floats, slow: Floats, last: Floats, at_us: int
    ) -> list[tuple[int, Thing]]:
        count, labels, stats, _ = cv2.connectedComponentsWithStats(ripe, connectivity=8)
        found: list[tuple[int, Thing]] = []
        used: set[int] = set()
        stirs = np.abs(now - last) > _STIR
        for label, (x, y, width, height, area) in enumerate(stats[1:count].tolist(), start=1):
            if area < LEAST_AREA:
                continue
            part = (slice(y, y + height), slice(x, x + width))
            mask = labels[part] == label
            box = Box(x / WIDTH, y / HEIGHT, (x + width) / WIDTH, (y + height) / HEIGHT)
            old = max(self._things.values(), key=lambda one: one.box.iou(box), default=None)
            known = (
                old is not None and old.number not in used and old.box.iou(box) > 0.3  # noqa: PLR2004 -- the same place
            )
            moved = float(np.abs(now[part] - last[part])[mask].mean())
            if old is None or not known:
                number, since = self._next, at_us - round(BIRTH_S * SECOND_US)
                sway = moved
                self._next += 1
            else:
                number, since, sway = old.number, old.since_us, 0.8 * old.sway + 0.2 * moved
            solid = _edges(now[part], mask) / max(_edges(slow[part], mask), 1.0)
            used.add(number)
            stir = float(stirs[_around(x, y, width, height)].mean())
            found.append((number, Thing(number, box, int(area), since, solid, sway, stir)))
        return found


def _around(x: int, y: int, width: int, height: int) -> tuple[slice, slice]:
    """Return the surroundings of a box, three times its size, more above where a body stands."""
    return (
        slice(max(0, y - 3 * height), min(HEIGHT, y + 2 * height)),
        slice(max(0, x - 2 * width), min(WIDTH, x + 3 * width)),
    )


def _contrast(level: Floats) -> Floats:
    """Return a picture against the mean and spread of its surroundings."""
    mean = cv2.blur(level, (_RADIUS, _RADIUS))
    square = cv2.blur(level * level, (_RADIUS, _RADIUS))
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    return np.asarray((level - mean) / (spread + 8.0), dtype=np.float32)


def _edges(level: Floats, mask: NDArray[np.bool_]) -> float:
    """Return the mean edge strength along the border of a mask and within it."""
    strength = np.abs(cv2.Sobel(level, cv2.CV_32F, 1, 0)) + np.abs(
        cv2.Sobel(level, cv2.CV_32F, 0, 1)
    )
    return float(strength[mask].mean()) if mask.any() else 0.0
