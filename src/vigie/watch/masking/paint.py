"""Painting what may not be seen black, in the planes of a picture, before it is encoded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigie.watch.masking.shapes import Ring

BLACK, GREY = 16, 128
"""Black of video: brightness 16, no colour."""
Pixels = NDArray[np.uint8]
Cover = NDArray[np.bool_]


class Painter:
    """Paints polygons black on pictures of one size.

    A pixel that an edge only touches is painted too, and so are the four pixels that share a
    sample of colour with one that is.

    Args:
        rings: Polygons, relative.
        width: Of the pictures, even.
        height: Of the pictures, even.

    Attributes:
        cover: Which pixels are painted.
    """

    def __init__(self, rings: Sequence[Ring], width: int, height: int) -> None:
        self._size = (height, width)
        cover = np.zeros((height, width), bool)
        for ring in rings:
            _fill(cover, ring)
        blocks = _grown(cover).reshape(height // 2, 2, width // 2, 2).any(axis=(1, 3))
        self.cover: Cover = blocks.repeat(2, axis=0).repeat(2, axis=1)
        self._luma = np.flatnonzero(self.cover)
        self._chroma = np.flatnonzero(blocks)

    def paint(self, planar: Pixels) -> None:
        """Paint a picture as PyAV gives yuv420p: brightness, then both colours, one below another.

        The picture must be a copy: painting the decoder's own would bleed into the pictures that
        are foretold from it.
        """
        height, width = self._size
        flat = planar.reshape(-1)
        luma, chroma = height * width, height * width // 4
        flat[:luma][self._luma] = BLACK
        flat[luma : luma + chroma][self._chroma] = GREY
        flat[luma + chroma :][self._chroma] = GREY


def _fill(cover: Cover, ring: Ring) -> None:
    """Fill a polygon row by row, between the sides that a row's middle crosses (even-odd rule)."""
    height, width = cover.shape
    corners = [(x * width, y * height) for x, y in ring]
    sides = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    low, high = (pick(y for _, y in corners) for pick in (min, max))
    for row in range(max(0, math.floor(low)), min(height, math.ceil(high))):
        middle = row + 0.5
        met = sorted(
            x0 + (middle - y0) * (x1 - x0) / (y1 - y0)
            for (x0, y0), (x1, y1) in sides
            if (y0 > middle) != (y1 > middle)
        )
        for begins, ends in zip(met[::2], met[1::2], strict=True):
            cover[row, max(0, math.floor(begins)) : math.ceil(ends)] = True


def _grown(cover: Cover) -> Cover:
    """Return a cover one pixel larger on each side."""
    wide = np.pad(cover, 1)
    found = np.zeros_like(cover)
    height, width = cover.shape
    for down in range(3):
        for right in range(3):
            found |= wide[down : down + height, right : right + width]
    return found


def planar_of(frame: Any) -> Pixels:
    """Return a copy of a decoded picture as yuv420p planes."""
    return np.array(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
