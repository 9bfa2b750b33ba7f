"""Positions as a view may tell them: exact, by street segment, or by a point of many addresses.

A ``Masking`` is the city's ``SnapMap`` at one precision, with what the use cases need of it: what
is shown of records, and which of them stand in a box *as they are shown*. A box, a circle or a
fine cell that took places as they are would give back, question by question, what the answer
hides; so whatever bounds an answer more narrowly than a published zone works on what is shown.
"""

from __future__ import annotations

import math
import re
import threading
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vigie.geo.cells import cell_columns, cell_text
from vigie.geo.distance import Box, grow_box
from vigie.geo.snapping import Shown, SnapMap

Floats = npt.NDArray[np.float64]
MOST_REMEMBERED = 50_000
_UNKNOWN = (math.nan, math.nan, math.nan)
_SLACK = 1.02
"""Projections and the sphere of distances are not true to the metre."""
_PLACE_WORDS: Final = frozenset(
    (
        "address",
        "adresse",
        "altitude",
        "camera",
        "coordinates",
        "coordonnees",
        "easting",
        "geo",
        "geohash",
        "geom",
        "geometry",
        "house",
        "housenumber",
        "lat",
        "latitude",
        "lng",
        "location",
        "lon",
        "longitude",
        "northing",
        "number",
        "numero",
        "numvoie",
        "parcel",
        "parcelle",
        "place",
        "position",
        "rue",
        "site",
        "station",
        "stop",
        "street",
        "voie",
        "wkt",
        "x",
        "y",
    )
)
_WORDS = re.compile(r"[a-z]+")
_ITEMS = pa.list_(
    pa.struct([pa.field("key", pa.string(), nullable=False), pa.field("value", pa.string())])
)


def tells_place(name: str) -> bool:
    """Say whether a further value may tell a place more finely than a segment, by its name."""
    return not _PLACE_WORDS.isdisjoint(_WORDS.findall(name.lower()))


class Masking:
    """Places told less exactly, the same for everybody who may see no more.

    Attributes:
        precision: ``street`` or ``public``.
        farthest_m: No place is shown farther than this from where it is.
    """

    def __init__(self, snaps: SnapMap, precision: str) -> None:
        self.precision = precision
        self.farthest_m = snaps.farthest_m(precision) * _SLACK
        self._snaps = snaps
        self._known: dict[complex, tuple[float, float, float]] = {}
        self._lock = threading.Lock()

    def show(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Shown:
        """Return where places are shown; a place that is not known stays NaN."""
        x, y = (np.atleast_1d(np.asarray(one, np.float64)) for one in (lon, lat))
        asked: list[complex] = (x + 1j * y).tolist()
        shown = [self._known.get(place, _UNKNOWN) for place in asked]
        fresh = [at for at, one in enumerate(shown) if one is _UNKNOWN]
        if fresh:
            found = self._snaps.show(x[fresh], y[fresh], self.precision)
            rows = zip(*(one.tolist() for one in found), strict=True)
            for at, row in zip(fresh, rows, strict=True):
                shown[at] = row
            self._remember({asked[at]: shown[at] for at in fresh})
        columns = np.array(shown, np.float64).reshape(-1, 3)
        return Shown(columns[:, 0], columns[:, 1], columns[:, 2])

    def _remember(self, shown: dict[complex, tuple[float, float, float]]) -> None:
        with self._lock:
            if len(self._known) + len(shown) > MOST_REMEMBERED:
                self._known = {}
            self._known |= shown

    def around(self, box: Box) -> Box:
        """Return the box that holds every place which may be shown within a box."""
        return grow_box(box, self.farthest_m)

    def within(self, box: Box, lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
        """Return which places are shown within a box, borders included.

        Only places near its border need be looked up.
        """
        wide = self.around(box)
        west, south, east, north = box
        by = (west - wide[0], south - wide[1], wide[2] - east, wide[3] - north)
        sure = _inside((west + by[0], south + by[1], east - by[2], north - by[3]), lon, lat)
        maybe = np.flatnonzero(_inside(wide, lon, lat) & ~sure)
        shown = self.show(lon[maybe], lat[maybe])
        sure[maybe] = _inside(box, shown.lon, shown.lat)
        return sure

    def tell(self, table: pa.Table) -> pa.Table:
        """Return records with what tells their place replaced by what is shown of it."""
        names = table.column_names
        if not {"lon", "lat"} <= set(names):
            return table
        shown = self.show(*(_floats(table[name]) for name in ("lon", "lat")))
        told: dict[str, pa.Array] = {
            "lon": pa.array(shown.lon, from_pandas=True),
            "lat": pa.array(shown.lat, from_pandas=True),
        }
        if not {"cell", "cell8"}.isdisjoint(names):
            told |= cell_columns(shown.lon, shown.lat)._asdict()
        if "accuracy_m" in names:
            radius = _radius(shown.radius_m, _floats(table["accuracy_m"]))
            told["accuracy_m"] = pa.array(radius, pa.float32(), from_pandas=True)
        if "geometry" in names:
            told["geometry"] = pa.nulls(table.num_rows, table.schema.field("geometry").type)
        if "attributes" in names:
            told["attributes"] = _without_places(table["attributes"])
        for name, column in told.items():
            if name in names:
                field = table.schema.field(name).with_nullable(nullable=True)
                table = table.set_column(names.index(name), field, column.cast(field.type))
        return table

    def tell_record(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return one record, as events and answers hold it, told in the same way."""
        told = dict(record)
        if "geometry" in told:
            told["geometry"] = None
        if "attributes" in told:
            kept = dict(told["attributes"] or ()).items()
            told["attributes"] = {name: value for name, value in kept if not tells_place(name)}
        if told.get("lon") is None or told.get("lat") is None:
            return told
        shown = self.show([told["lon"]], [told["lat"]])
        told["lon"], told["lat"] = float(shown.lon[0]), float(shown.lat[0])
        if "accuracy_m" in told:
            own = np.array([told["accuracy_m"]], np.float64)
            told["accuracy_m"] = float(_radius(shown.radius_m, own)[0])
        cells = cell_columns(shown.lon, shown.lat)
        for name, column in (("cell", cells.cell), ("cell8", cells.cell8)):
            if name in told:
                told[name] = cell_text(column[0].as_py())
        return told


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _inside(box: Box, lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
    west, south, east, north = box
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _radius(shown_m: Floats, own_m: Floats) -> Floats:
    """Return the radius told: what stands behind the point, doubled until it holds the record's.

    A record's own accuracy, as it is, would tell how its place was found, down to the street.
    """
    ratio = np.maximum(1.0, np.nan_to_num(own_m, nan=0.0) / shown_m)
    return np.asarray(shown_m * 2.0 ** np.ceil(np.log2(ratio)))


def _without_places(column: pa.ChunkedArray) -> pa.MapArray:
    """Return further values without those whose name says that they tell a place."""
    whole = column.cast(_ITEMS).combine_chunks()
    items = pc.list_flatten(whole)
    keys = pc.struct_field(items, "key")
    fine = [name for name in pc.unique(keys).to_pylist() if tells_place(name)]
    keep = pc.invert(pc.is_in(keys, pa.array(fine, pa.string())))
    rows = pc.list_parent_indices(whole).filter(keep).to_numpy()
    ends = np.cumsum(np.bincount(rows, minlength=len(whole)))
    starts = np.r_[0, ends].astype(np.int32)
    absent = np.r_[np.asarray(whole.is_null()), False]
    kept = items.filter(keep)
    return pa.MapArray.from_arrays(
        pa.array(starts, pa.int32(), mask=absent),
        pc.struct_field(kept, "key"),
        pc.struct_field(kept, "value"),
    )
