"""The places of an answer as a map layer: zones by id, hexagons by address, streets by course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry import mapping

from vigie.geo.cells import cell_shapes, parse_cell
from vigie.geo.zonings import Zoning

CELL = "cell"
"""Name of the column of an answer that holds H3 addresses."""
COURSE = "course"
"""Name of the column that holds courses (WKT, WGS 84); any other column holds zones."""


def feature_collection(table: pa.Table, geo_column: str, zoning: Zoning | None) -> dict[str, Any]:
    """Return the rows as GeoJSON (RFC 7946), a shape each, their columns as properties.

    A row whose place is withheld or unknown has no geometry.

    Args:
        table: The answer, as it may be shown.
        geo_column: ``CELL``, ``COURSE``, or the column of zone ids.
        zoning: Where zones are looked up; not needed for cells and courses.
    """
    zones = {} if zoning is None else dict(zip(zoning.ids, zoning.polygons, strict=True))
    rows = table.to_pylist()
    if geo_column == CELL:
        known = list(dict.fromkeys(row[CELL] for row in rows if row[CELL] is not None))
        cells = np.array([parse_cell(one) for one in known], np.int64)
        zones = dict(zip(known, cell_shapes(cells), strict=True))
    features = []
    for row in rows:
        place = row.pop(COURSE) if geo_column == COURSE else row[geo_column]
        geometry: Mapping[str, Any] | None = None
        if place is not None and geo_column == COURSE:
            geometry = mapping(shapely.from_wkt(place))
        elif place in zones:
            geometry = mapping(zones[place])
        features.append({"type": "Feature", "geometry": geometry, "properties": row})
    return {"type": "FeatureCollection", "features": features}
