"""What a camera may not see: polygons on its picture, in versions that are not written over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vigie.base.errors import WrongUsage
from vigie.watch.vision.geometry import LEAST_CORNERS, Point, Zone

MOST_RINGS = 20
MOST_CORNERS = 40
LEAST_AREA = 1e-5
"""A mask of less than a picture's hundred-thousandth hides nothing."""
LONGEST_SIDE = 8_192
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class MaskVersion:
    """The masks of a camera as somebody drew them.

    Attributes:
        camera_id: The camera.
        version: 1 for the first; grows by one.
        width: Of the picture it was drawn on, in pixels.
        height: Of that picture.
        rings: Polygons, relative: 0 to 1 from the left and from the top; none when all were
            taken away.
        by_name: Who drew it.
        why: What they said it is for.
        at_us: When, epoch µs.
        from_us: Start of the first recording that bears it; None while there is none.
    """

    camera_id: str
    version: int
    width: int
    height: int
    rings: tuple[Ring, ...]
    by_name: str
    why: str
    at_us: int
    from_us: int | None = None


def checked_rings(rings: Sequence[Sequence[Sequence[float]]]) -> tuple[Ring, ...]:
    """Return polygons as they are kept.

    Raises:
        WrongUsage: Too many, too few corners, outside the picture, without an area, or crossing
            themselves: what would be hidden is then not what was drawn.
    """
    if len(rings) > MOST_RINGS:
        raise WrongUsage(reason=f"masks: 0..{MOST_RINGS}", field="rings")
    made = []
    for number, ring in enumerate(rings, start=1):
        if not LEAST_CORNERS <= len(ring) <= MOST_CORNERS:
            reason = f"mask {number}: {LEAST_CORNERS}..{MOST_CORNERS} corners"
            raise WrongUsage(reason=reason, field="rings")
        try:
            told: Ring = tuple((round(float(x), 5), round(float(y), 5)) for x, y in ring)
            area = Zone(str(number), told).area
        except (TypeError, ValueError) as error:
            raise WrongUsage(reason=f"mask {number}: 0 <= x, y <= 1", field="rings") from error
        if area < LEAST_AREA or _crosses_itself(told):
            raise WrongUsage(reason=f"mask {number}: no simple polygon", field="rings")
        made.append(told)
    return tuple(made)


def _crosses_itself(ring: Ring) -> bool:
    sides = list(pairwise([*ring, ring[0]]))
    last = len(sides) - 1
    return any(
        _cross(one, other)
        for i, one in enumerate(sides)
        for j, other in enumerate(sides[i + 2 :], start=i + 2)
        if not (i == 0 and j == last)
    )


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    apart = side(*one, other[0]) * side(*one, other[1])
    return apart < 0 and side(*other, one[0]) * side(*other, one[1]) < 0


def checked_size(width: int, height: int) -> tuple[int, int]:
    """Return the size of a picture that can be masked: even sides, as its colours are halved.

    Raises:
        WrongUsage: It is none.
    """
    if any(not 0 < side <= LONGEST_SIDE or side % 2 for side in (width, height)):
        raise WrongUsage(reason=f"width, height: even, 2..{LONGEST_SIDE}", field="width")
    return width, height


def rings_text(rings: Sequence[Ring]) -> str:
    """Return polygons as text, always the same for the same."""
    return json.dumps(rings, separators=(",", ":"))


def rings_of(text: str) -> tuple[Ring, ...]:
    """Return the polygons of a text."""
    return tuple(tuple((x, y) for x, y in ring) for ring in json.loads(text))
