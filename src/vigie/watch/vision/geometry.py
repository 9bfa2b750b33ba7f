"""Boxes and zones in relative coordinates: 0 to 1 from the left and from the top of the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Point = tuple[float, float]
LEAST_CORNERS = 3


class Box(NamedTuple):
    """An upright rectangle; where something was, and nothing of how it looked."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0

    @property
    def foot(self) -> Point:
        """The middle of its lower edge: where what it holds touches the ground."""
        return (self.left + self.right) / 2.0, self.bottom

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its height."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Its area."""
        return max(0.0, self.width) * max(0.0, self.height)

    def moved(self, by_x: float, by_y: float) -> Box:
        """Return it moved."""
        return Box(self.left + by_x, self.top + by_y, self.right + by_x, self.bottom + by_y)

    def grown(self, by: float) -> Box:
        """Return it with a margin on each side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def holds(self, point: Point) -> bool:
        """Say whether a point lies in it."""
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def overlap(self, other: Box) -> float:
        """Return the area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def iou(self, other: Box) -> float:
        """Return the shared part of what either covers, 0 to 1."""
        shared = self.overlap(other)
        either = self.area + other.area - shared
        return shared / either if either > 0.0 else 0.0

    def union(self, other: Box) -> Box:
        """Return the smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Blob:
    """A connected piece of what differs from the background.

    Attributes:
        box: Where it is.
        area: Its share of the picture.
    """

    box: Box
    area: float


@dataclass(frozen=True)
class Zone:
    """A polygon drawn on a camera's picture, with the direction that is allowed in it.

    Attributes:
        name: Its name, as told in an event.
        ring: Corners, relative, in order; not repeated at the end.
        towards: Allowed direction as (x, y), y down; None where direction says nothing.
    """

    name: str
    ring: tuple[Point, ...]
    towards: Point | None = None

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            ValueError: Fewer than three corners, a corner outside the picture, no area, or a
                direction of no length.
        """
        inside = all(
            math.isfinite(one) and 0.0 <= one <= 1.0 for point in self.ring for one in point
        )
        if len(self.ring) < LEAST_CORNERS or not inside or self.area <= 0.0:
            msg = "a zone has three corners or more, within 0 to 1, and an area"
            raise ValueError(msg)
        if self.towards is not None and not 0.0 < math.hypot(*self.towards) < math.inf:
            msg = "a direction has a length"
            raise ValueError(msg)

    @cached_property
    def area(self) -> float:
        """Its share of the picture (shoelace formula)."""
        ring = np.array(self.ring)
        x, y = ring[:, 0], ring[:, 1]
        return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0)

    def holds(self, point: Point) -> bool:
        """Say whether a point lies in it (even-odd rule)."""
        return bool(_inside(np.array([point[0]]), np.array([point[1]]), self.ring)[0])

    def mask(self, height: int, width: int) -> Mask:
        """Return which pixels of a picture have their middle in it."""
        y, x = np.mgrid[0:height, 0:width]
        flat = _inside((x.ravel() + 0.5) / width, (y.ravel() + 0.5) / height, self.ring)
        return flat.reshape(height, width)

    def against(self, step: Point) -> float:
        """Return the cosine between a step and the allowed direction; 0 without either."""
        if self.towards is None:
            return 0.0
        length = math.hypot(*step) * math.hypot(*self.towards)
        return (step[0] * self.towards[0] + step[1] * self.towards[1]) / length if length else 0.0


WHOLE = Zone("picture", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
"""The whole picture."""


def _inside(x: NDArray[np.float64], y: NDArray[np.float64], ring: Sequence[Point]) -> Mask:
    found = np.zeros(x.shape, dtype=bool)
    for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            found ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return found
