"""Tracks: where a blob went, by its box alone, and never for longer than it is in view.

A track ends a second after its blob was last seen and is nothing afterwards: what comes back is a
new track. Nothing of how something looks is kept, so nothing could be recognised.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray

from vigie.model.times import SECOND_US
from vigie.watch.vision.geometry import Blob, Box, Point

LOST_US = SECOND_US
LEAST_REACH = 0.06
"""How far apart, in shares of the picture, boxes may always be."""

_SMOOTH = 0.5
_LONGEST = 600


@dataclass(slots=True)
class Track:
    """Where one blob went.

    Attributes:
        number: 1, 2, …; means nothing outside its run.
        path: Instants (epoch µs) and boxes, oldest first.
        velocity: Shares of the picture in a second, (x, y).
        travelled: Length of its way, shares of the picture.
    """

    number: int
    path: list[tuple[int, Box]]
    velocity: Point = (0.0, 0.0)
    travelled: float = 0.0
    _missed: bool = field(default=False, repr=False)

    @property
    def box(self) -> Box:
        """Where it is."""
        return self.path[-1][1]

    @property
    def seen_us(self) -> int:
        """When it was last seen."""
        return self.path[-1][0]

    @property
    def age_us(self) -> int:
        """How long it has been followed."""
        return self.path[-1][0] - self.path[0][0]

    def displacement(self, since_us: int | None = None) -> Point:
        """Return how far its middle is from where it was first, or at an instant."""
        start = self.path[0][1]
        if since_us is not None:
            start = next((box for at, box in self.path if at >= since_us), self.box)
        (x0, y0), (x1, y1) = start.centre, self.box.centre
        return x1 - x0, y1 - y0

    def predicted(self, at_us: int) -> Box:
        """Return where it would be, going on as it went."""
        dt = (at_us - self.seen_us) / SECOND_US
        return self.box.moved(self.velocity[0] * dt, self.velocity[1] * dt)

    def take(self, at_us: int, box: Box) -> None:
        """Go on to a box."""
        dt = (at_us - self.seen_us) / SECOND_US
        (x0, y0), (x1, y1) = self.box.centre, box.centre
        if dt > 0.0:
            share = _SMOOTH if len(self.path) > 1 else 1.0
            self.velocity = (
                (1.0 - share) * self.velocity[0] + share * (x1 - x0) / dt,
                (1.0 - share) * self.velocity[1] + share * (y1 - y0) / dt,
            )
        self.travelled += math.hypot(x1 - x0, y1 - y0)
        self.path.append((at_us, box))
        if len(self.path) > _LONGEST:
            del self.path[1 : _LONGEST // 2]


class Tracker:
    """Join blobs of successive pictures to tracks: overlap, nearness, constant velocity."""

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._next = 1

    def step(self, at_us: int, blobs: Sequence[Blob]) -> tuple[Track, ...]:
        """Take in the blobs of a picture; returns the tracks that have one now."""
        self._tracks = [one for one in self._tracks if at_us - one.seen_us <= LOST_US]
        free = set(range(len(blobs)))
        for number, index in self._pairs(at_us, blobs):
            self._tracks[number].take(at_us, blobs[index].box)
            free.discard(index)
        for index in sorted(free):
            self._tracks.append(Track(self._next, [(at_us, blobs[index].box)]))
            self._next += 1
        return tuple(one for one in self._tracks if one.seen_us == at_us)

    def _pairs(self, at_us: int, blobs: Sequence[Blob]) -> list[tuple[int, int]]:
        if not self._tracks or not blobs:
            return []
        expected = np.array([track.predicted(at_us) for track in self._tracks])
        cost = _costs(expected, np.array([blob.box for blob in blobs]))
        rows, columns = scipy.optimize.linear_sum_assignment(cost)
        return [
            (int(row), int(column))
            for row, column in zip(rows, columns, strict=True)
            if cost[row, column] < 1.0
        ]


def _costs(expected: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how unlike boxes are by place and size, each expected one against each that is there.

    Below 1 they may be the same; 9 where they lie too far apart, or one is six times the other.
    """
    one, other = expected[:, None, :], boxes[None, :, :]
    (width, height), (wide, high) = _sides(one), _sides(other)
    reach = 0.6 * np.maximum(np.maximum(width, height), np.maximum(wide, high))
    across = (one[..., 0] + one[..., 2] - other[..., 0] - other[..., 2]) / 2.0
    down = (one[..., 1] + one[..., 3] - other[..., 1] - other[..., 3]) / 2.0
    apart = np.hypot(across, down) / np.maximum(LEAST_REACH, reach)
    shared = np.maximum(
        0.0, np.minimum(one[..., 2], other[..., 2]) - np.maximum(one[..., 0], other[..., 0])
    ) * np.maximum(
        0.0, np.minimum(one[..., 3], other[..., 3]) - np.maximum(one[..., 1], other[..., 1])
    )
    area, size = width * height, wide * high
    either = area + size - shared
    iou = np.divide(shared, either, out=np.zeros_like(shared), where=either > 0.0)
    cost = 0.5 * apart + 0.5 * (1.0 - iou) * 0.99
    unlike = (apart >= 1.0) | (np.maximum(area, size) > 6.0 * np.minimum(area, size))
    return np.where(unlike, 9.0, cost)


def _sides(boxes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (
        np.maximum(0.0, boxes[..., 2] - boxes[..., 0]),
        np.maximum(0.0, boxes[..., 3] - boxes[..., 1]),
    )
