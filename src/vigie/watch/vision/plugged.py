"""A detector that a city brings: an ONNX file with its description, run by OpenCV.

The description says which of the eight types it looks for, which of the file's classes that is,
its licence and its SHA-256. What comes out is a score for a region of the picture, for that type;
whatever else the network computes is not read. It is handed the gray picture that every detector
has, and is *not validated* until a labelled set has been run (``situation.detection.validation``).
"""

from __future__ import annotations

import hashlib
import importlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vigie.base.errors import MissingPart, WrongUsage
from vigie.model.legal_events import TITLES, LegalEvent
from vigie.watch.vision.detector import (
    Detector,
    DetectorParameters,
    Judge,
    Proof,
    Scene,
    Sighting,
)
from vigie.watch.vision.geometry import Box, Zone

MOST_BYTES = 500_000_000
SUFFIX = ".onnx"


class Description(BaseModel):
    """What stands beside an ONNX file, in TOML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(pattern=r"^[\w.-]+\.onnx$", description="The file, beside this one.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the file.")
    type: LegalEvent = Field(description="Which of the eight it looks for.")
    licence: str = Field(min_length=3, max_length=300, description="Under which it may be used.")
    classes: dict[Annotated[str, Field(pattern=r"^\d+$")], str] = Field(
        min_length=1, description="Number of a class to its name; only the type's own is read."
    )
    output: Literal["grid", "rows"] = Field(
        description="grid: classes by rows by columns, a score each; rows: left, top, right,"
        " bottom (relative), score, class."
    )
    width: int = Field(ge=16, le=1920, description="Of the picture that it wants.")
    height: int = Field(ge=16, le=1080, description="Of the picture that it wants.")
    channels: Literal[1, 3] = Field(3, description="3: the gray picture three times.")
    version: str = Field("1", min_length=1, max_length=40)

    @property
    def numbers(self) -> frozenset[int]:
        """Numbers of the classes that are the type; other classes are not read."""
        return frozenset(int(n) for n, name in self.classes.items() if name == self.type)


class PluggedParameters(DetectorParameters):
    """How strongly and how long it must see."""

    threshold: float = Field(0.5, gt=0.0, le=1.0, description="Least score of a region.")
    hold_s: float = Field(1.0, ge=0.0, le=3600.0, description="How long it must last, seconds.")


@dataclass(frozen=True, slots=True)
class Plugged:
    """A description that was read, and the file that it describes.

    Attributes:
        name: Under which it is asked for: its type, and that it is brought.
        description: What its file says.
        path: The ONNX file.
    """

    name: str
    description: Description
    path: Path


def read_plugged(path: Path) -> Plugged:
    """Return a detector that somebody brought, its file checked.

    Raises:
        WrongUsage: The description lacks something, names no type of the eight, no class of it, or
            another file than the one that stands there.
    """
    try:
        told = Description.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(reason=f"{path.name}: {error}"[:200], field="path") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"])
        raise WrongUsage(reason=f"{path.name}: {field}: {first['msg']}", field=field) from error
    if not told.numbers:
        raise WrongUsage(reason=f"{path.name}: classes: {told.type}", field="classes")
    file = path.with_name(told.path)
    checked_content(file, told.sha256)
    return Plugged(f"{told.type}.{SUFFIX[1:]}", told, file)


def checked_content(path: Path, sha256: str) -> bytes:
    """Return a file's content when it has the hash that its description says.

    Raises:
        WrongUsage: It is missing, too large, or another one.
    """
    found = path.is_file() and path.stat().st_size <= MOST_BYTES
    content = path.read_bytes() if found else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WrongUsage(reason=f"{path.name}: sha256", field="sha256")
    return content


def detector_of(plugged: Plugged, proof: Proof, validated: dict[str, str]) -> Detector:
    """Return what somebody brought as a detector among the others.

    Args:
        plugged: The description and its file.
        proof: ``not_validated``, or ``measured`` once a labelled set says so.
        validated: What the set says, French and English; empty texts without one.
    """
    told = plugged.description

    def start(zone: Zone, params: DetectorParameters) -> Judge:
        assert isinstance(params, PluggedParameters)  # noqa: S101 -- its own class, below
        return Regions(plugged, zone, params)

    french = (
        f"Modèle apporté ({told.path}, licence : {told.licence}). Ne lit que le score d'une région"
        " de l'image en gris pour ce seul type ; rien d'autre du réseau n'est lu ni gardé."
    )
    english = (
        f"A model that was brought ({told.path}, licence: {told.licence}). Only the score of a"
        " region of the gray picture for this one type is read; nothing else of it is, or is kept."
    )
    return Detector(
        name=plugged.name,
        event=told.type,
        version=f"{told.version} {told.sha256[:12]}",
        title=dict(TITLES[told.type]),
        limits={
            "fr": f"{french} {validated['fr']}".strip(),
            "en": f"{english} {validated['en']}".strip(),
        },
        unit={"fr": "score du modèle, 0 à 1", "en": "score of the model, 0 to 1"},
        proof=proof,
        parameters=PluggedParameters,
        start=start,
        reads=frozenset({"gray"}),
    )


class Regions:
    """An ONNX file at work on one zone.

    Raises:
        MissingPart: OpenCV is not installed.
        WrongUsage: The file is another one by now, or none that OpenCV runs.
    """

    def __init__(self, plugged: Plugged, zone: Zone, params: PluggedParameters) -> None:
        self._told, self._zone, self._params = plugged.description, zone, params
        content = checked_content(plugged.path, self._told.sha256)
        try:
            self._cv2 = importlib.import_module("cv2")
        except ImportError as error:
            raise MissingPart(what="OpenCV", remedy="python3 run.py vigie --video …") from error
        try:
            self._net = self._cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
        except self._cv2.error as error:
            raise WrongUsage(reason=f"{plugged.path.name}: ONNX", field="path") from error

    def step(self, scene: Scene) -> Sequence[Sighting]:
        """Return the strongest region of the zone, one sighting a zone."""
        if scene.gray is None:
            return []
        told, size = self._told, (self._told.width, self._told.height)
        small = self._cv2.resize(scene.gray, size, interpolation=self._cv2.INTER_AREA)
        blob = np.repeat(small[None, None].astype(np.float32) / 255.0, told.channels, axis=1)
        try:
            self._net.setInput(blob)
            out = np.asarray(self._net.forward(), np.float32)
            found = _of_grid(out, told) if told.output == "grid" else _of_rows(out, told)
        except (self._cv2.error, IndexError, ValueError) as error:
            raise WrongUsage(reason=f"{told.path}: {told.output}", field="output") from error
        inside = [
            one
            for one in found
            if one[1] >= self._params.threshold and self._zone.holds(one[0].centre)
        ]
        if not inside:
            return []
        box, score = max(inside, key=lambda one: one[1])
        return [Sighting(self._zone.name, box, min(1.0, score))]


def _of_grid(out: NDArray[np.float32], told: Description) -> list[tuple[Box, float]]:
    """Return the cells of a grid of scores (classes, rows, columns) that have one."""
    grid = out.reshape(out.shape[-3:])
    scores = grid[sorted(told.numbers)].max(axis=0)
    rows, columns = scores.shape
    return [
        (Box(c / columns, r / rows, (c + 1) / columns, (r + 1) / rows), float(scores[r, c]))
        for r, c in np.argwhere(scores > 0.0)
    ]


def _of_rows(out: NDArray[np.float32], told: Description) -> list[tuple[Box, float]]:
    """Return the boxes of the type: left, top, right, bottom, score, class."""
    rows = out.reshape(-1, 6)
    return [
        (Box(*(float(min(1.0, max(0.0, side))) for side in row[:4])), float(row[4]))
        for row in rows
        if round(float(row[5])) in told.numbers
    ]
