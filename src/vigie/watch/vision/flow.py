"""Dense motion of a scene: dense inverse search (Kroeger and others, ECCV 2016), by OpenCV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.watch.vision.pictures import Gray


class Flow:
    """Motion between successive pictures."""

    def __init__(self) -> None:
        self._dis: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._last: Gray | None = None

    def step(self, level: Gray, dt_s: float) -> Callable[[], NDArray[np.float32] | None]:
        """Take in a picture; what it returns reckons when it is asked, for who needs it.

        It gives pixels in a second, (rows, columns, 2), and None for the first picture.
        """
        last, self._last = self._last, level

        def motion() -> NDArray[np.float32] | None:
            if last is None or dt_s <= 0.0:
                return None
            found: NDArray[np.float32] = self._dis.calc(last, level, None)
            return found / np.float32(dt_s)

        return motion
