"""A mask that goes with what a person put it on: by how pixels move between pictures, no more.

Points of a grid inside the mask are followed to the next picture and back again (Lucas and Kanade);
those that do not come back to where they were are left out, and the box moves and grows by the
median of the others ("median flow": Kalal, Mikolajczyk, Matas, 2010). Nothing of how the thing
looks is kept from one picture to the next but next: hidden or gone, it is lost, and said to be.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigie.base.errors import MissingPart, NotFound
from vigie.watch.masking.shapes import Ring
from vigie.watch.masking.spans import Span
from vigie.watch.vision.geometry import Box

Gray = NDArray[np.uint8]
GRID = 10
INNER = 0.8
"""Of a box's sides: its edge is ground more often than it is what was covered."""
BACK_PX = 1.5
"""A point that comes back farther off than this was not the same point."""
LEAST_SHARE = 0.2
LEAST_POINTS = 6
MOST_GROWTH = 1.15
"""From one picture to the next."""
LEAST_SIDE_PX = 4.0
_WINDOW = (15, 15)
_LEVELS = 3


def follow(
    pictures: Iterable[tuple[int, Gray]],
    ring: Ring,
    to_us: int,
) -> tuple[Span, int | None]:
    """Return where something went from the first picture on, and when it was lost.

    Args:
        pictures: Brightness and instant (epoch µs) of each, in order.
        ring: What was drawn over it on the first one, relative.
        to_us: Until when it is to be covered; what is lost stays covered where it was.

    Raises:
        MissingPart: OpenCV is not installed.
        NotFound: There is no picture.
    """
    cv2 = _import_cv2()
    across, down = ([corner[axis] for corner in ring] for axis in (0, 1))
    box = Box(min(across), min(down), max(across), max(down))
    span, last, lost_us = Span(), None, None
    for at_us, picture in pictures:
        if last is not None:
            moved = _moved(cv2, last, picture, box)
            if moved is None:
                lost_us = at_us
                break
            box = moved
        span.times.append(at_us)
        span.boxes.append(box)
        last = picture
    if last is None:
        raise NotFound(what="picture", name="")
    if lost_us is not None and to_us > span.times[-1]:
        span.times.append(to_us)
        span.boxes.append(box)
    return span, lost_us


def _import_cv2() -> Any:
    try:
        return importlib.import_module("cv2")
    except ImportError as error:
        raise MissingPart(what="OpenCV", remedy="python3 run.py vigie --video …") from error


def _moved(cv2: Any, last: Gray, picture: Gray, box: Box) -> Box | None:
    """Return a box of the last picture on this one; None when it is not found again."""
    if last.shape != picture.shape:
        return None
    height, width = last.shape
    before = _grid(box, width, height)
    way = {"winSize": _WINDOW, "maxLevel": _LEVELS}
    after, there, _ = cv2.calcOpticalFlowPyrLK(last, picture, before, None, **way)
    again, back, _ = cv2.calcOpticalFlowPyrLK(picture, last, after, None, **way)
    off = np.linalg.norm((before - again)[:, 0], axis=1)
    kept = (there[:, 0] == 1) & (back[:, 0] == 1) & (off <= BACK_PX)
    if kept.sum() < max(LEAST_POINTS, LEAST_SHARE * len(before)):
        return None
    kept &= off <= np.median(off[kept])
    old, new = before[kept, 0], after[kept, 0]
    right, lower = np.median(new - old, axis=0)
    growth = _growth(old, new)
    x, y = box.centre
    x, y = x + float(right) / width, y + float(lower) / height
    wide, tall = box.width * growth / 2.0, box.height * growth / 2.0
    seen = Box(max(0.0, x - wide), max(0.0, y - tall), min(1.0, x + wide), min(1.0, y + tall))
    gone = not (0.0 < x < 1.0 and 0.0 < y < 1.0)
    if gone or min(seen.width * width, seen.height * height) < LEAST_SIDE_PX:
        return None
    return seen


def _grid(box: Box, width: int, height: int) -> NDArray[np.float32]:
    """Return points inside a box, pixels, as OpenCV wants them."""
    x, y = box.centre
    half = INNER / 2.0
    across = np.linspace(x - half * box.width, x + half * box.width, GRID) * width
    down = np.linspace(y - half * box.height, y + half * box.height, GRID) * height
    points = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 1, 2)
    return points.astype(np.float32)


def _growth(old: NDArray[np.float32], new: NDArray[np.float32]) -> float:
    """Return by how much points drew apart: the median over their pairs."""
    first, second = np.triu_indices(len(old), 1)
    before = np.linalg.norm(old[first] - old[second], axis=1)
    after = np.linalg.norm(new[first] - new[second], axis=1)
    apart = before > 1.0
    if not apart.any():
        return 1.0
    growth = float(np.median(after[apart] / before[apart]))
    return min(MOST_GROWTH, max(1.0 / MOST_GROWTH, growth))
