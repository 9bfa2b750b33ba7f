"""GeoJSON (RFC 7946), feature by feature: collections, lone features, sequences of features."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

import pyarrow as pa
import shapely
import shapely.geometry

from vigie.base.translations import Phrase
from vigie.intake.connector import CHUNK_ROWS
from vigie.intake.tabular.block import Block, FileRefused, no_rows
from vigie.intake.tabular.objects import block_of, flatten
from vigie.intake.tabular.streams import Items
from vigie.model.notices import Notice, Reject

MAX_FEATURE = 32 << 20
_WGS84 = ("CRS84", "4326", "WGS84", "WGS 84")
_FEATURE = "Feature"
_POINT = struct.Struct("<BIdd")  # OGC Simple Features, well-known binary, little endian


class _Features:
    """Collects features until a block is full."""

    def __init__(self) -> None:
        self.row = 0
        self._clear()

    def _clear(self) -> None:
        self._objects: list[dict[str, Any]] = []
        self._rows: list[int] = []
        self._texts: list[str] = []
        self._shapes: list[bytes | None] = []
        self._rejects: list[Reject] = []

    def add(self, text: str, value: Any) -> None:
        """Take one item of the collection."""
        self.row += 1
        if isinstance(value, Reject):
            self._rejects.append(Reject(value.code, self.row, value.params, _alone(text)))
            return
        if not isinstance(value, dict) or value.get("type") != _FEATURE:
            reason = {"reason": Phrase("reason_geojson")}
            self._rejects.append(Reject("bad_row", self.row, reason, _alone(text)))
            return
        try:
            shape = wkb_of(value.get("geometry"))
        except ValueError:
            self._rejects.append(Reject("bad_geometry", self.row, {}, _alone(text)))
            return
        properties = value.get("properties")
        flat = flatten(properties) if isinstance(properties, dict) else {}
        if "id" in value and "id" not in flat:
            flat["id"] = value["id"] if not isinstance(value["id"], dict | list) else None
        self._objects.append(flat)
        self._rows.append(self.row)
        self._texts.append(text)
        self._shapes.append(shape)

    def full(self) -> bool:
        """Say whether the block holds as many rows as a block may."""
        return len(self._rows) + len(self._rejects) >= CHUNK_ROWS

    def flush(self) -> Iterator[Block]:
        """Yield what was collected."""
        if self._rows or self._rejects:
            texts = self._texts
            block = block_of(self._objects, self._rows, lambda index: _alone(texts[index]))
            block.geometry = pa.array(self._shapes, pa.binary())
            block.rejects = self._rejects
            block.read += len(self._rejects)
            yield block
        self._clear()


def _alone(text: str) -> bytes:
    """Return one feature as a collection of its own."""
    return b'{"type":"FeatureCollection","features":[' + text.encode("utf-8", "replace") + b"]}\n"


def wkb_of(geometry: Any) -> bytes | None:
    """Return a GeoJSON geometry as WKB; None when there is none.

    Raises:
        ValueError: When it is not a geometry, or is empty or not finite.
    """
    if geometry is None:
        return None
    point = _point(geometry)
    if point is not None:
        return point
    try:
        shape = shapely.geometry.shape(geometry)
    except (
        AttributeError,
        IndexError,
        KeyError,
        TypeError,
        ValueError,
        RecursionError,
        shapely.errors.ShapelyError,
    ) as error:
        raise ValueError("geometry") from error
    bounds = shape.bounds
    if shape.is_empty or not all(abs(bound) < float("inf") for bound in bounds):
        raise ValueError("geometry")
    return bytes(shapely.to_wkb(shapely.force_2d(shape)))


def _point(geometry: Any) -> bytes | None:
    """Return the WKB of a plain point, by far the most frequent shape; None for anything else."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    position = geometry.get("coordinates")
    if not isinstance(position, list) or len(position) < 2:  # noqa: PLR2004 -- longitude, latitude
        return None
    x, y = position[:2]
    if type(x) not in {int, float} or type(y) not in {int, float}:
        return None
    try:
        packed = _POINT.pack(1, 1, x, y)
    except OverflowError:
        return None
    return packed if math.isfinite(x) and math.isfinite(y) else None


def read_geojson(content: BinaryIO, file: str) -> Iterator[Block]:
    """Yield the features of a GeoJSON file as blocks: properties by name, geometry as WKB.

    Raises:
        FileRefused: ``empty_file``, or ``unreadable`` when it is not GeoJSON or, by the ``crs``
            member of its 2008 form, not in WGS 84.
    """
    items = Items(content, "features", MAX_FEATURE, whole=frozenset({_FEATURE}))
    features = _Features()
    for text, value in items.read():
        if features.row == 0:
            _check_crs(items.top.get("crs"))
        features.add(text, value)
        if features.full():
            yield from features.flush()
    yield from features.flush()
    if features.row == 0:
        yield no_rows(notices=[Notice("empty_file", file=file)])
    if remarks := items.decoding.notices(file):
        yield no_rows(notices=remarks)


def _check_crs(crs: Any) -> None:
    if not isinstance(crs, dict):
        return
    properties = crs.get("properties")
    name = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if name and not any(known in name.upper() for known in _WGS84):
        raise FileRefused("unreadable", reason=Phrase("reason_unknown_value", value=name[:80]))
