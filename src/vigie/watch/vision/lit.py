"""Whether a blob is light on the ground: what is lit stays the same ground, only brighter.

A body hides the ground; a headlight, a torch or the sun through a cloud shows it better. So the
fine texture of a lit place is that of the background, and that of a body is its own (by normalised
cross-correlation, as Jacques and others, SIBGRAPI 2005, tell shadows). Where the ground has no
texture nothing can be told, and what is there stays a blob.
"""

from __future__ import annotations

import cv2
import numpy as np

from vigie.watch.vision.geometry import Mask
from vigie.watch.vision.pictures import Gray

BRIGHTER = 8.0
"""Gray levels by which a lit place is brighter."""

SAME = 0.5
"""Correlation of fine texture from which it is the same ground."""

LEAST_TEXTURE = 1.5
"""Gray levels of spread below which a ground has no texture to be known by."""

LEAST_PIXELS = 30
_FINE = (9, 9)
_WHITE = 250


def is_light(level: Gray, ground: Gray, mask: Mask) -> bool:
    """Say whether a blob is light on the ground.

    Args:
        level: The picture around the blob, its light taken out.
        ground: The background there.
        mask: Which of its pixels are the blob's.
    """
    seen = mask.view(np.uint8)
    if cv2.mean(level, seen)[0] - cv2.mean(ground, seen)[0] < BRIGHTER:
        return False
    # Burnt-out pixels have lost their texture, and tell nothing either way.
    inner = mask & (level < _WHITE)
    if np.count_nonzero(inner) < LEAST_PIXELS:
        return False
    now, before = level.astype(np.float32), ground.astype(np.float32)
    fine = (now - cv2.blur(now, _FINE))[inner]
    usual = (before - cv2.blur(before, _FINE))[inner]
    spread, kept = float(usual.std()), float(fine.std())
    if spread < LEAST_TEXTURE or kept < LEAST_TEXTURE:
        return False
    return float(((fine - fine.mean()) * (usual - usual.mean())).mean()) >= SAME * spread * kept
