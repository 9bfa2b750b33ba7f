"""The places of an answer as a map layer: zones by their id, hexagons by their H3 address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import h3
import pyarrow as pa
from shapely.geometry import mapping

from vigie.geo.zonings import Zoning

CELL = "cell"
"""Name of the column of an answer that holds H3 addresses; any other holds zones."""


def feature_collection(table: pa.Table, geo_column: str, zoning: Zoning | None) -> dict[str, Any]:
    """Return the rows as GeoJSON (RFC 7946), a polygon each, their columns as properties.

    A row whose place is withheld or unknown has no geometry.

    Args:
        table: The answer, as it may be shown.
        geo_column: ``CELL``, or the column of zone ids.
        zoning: Where zones are looked up; not needed for cells.
    """
    zones = {} if zoning is None else dict(zip(zoning.ids, zoning.polygons, strict=True))
    features = []
    for row in table.to_pylist():
        place = row[geo_column]
        geometry: Mapping[str, Any] | None = None
        if place is not None and geo_column == CELL:
            ring = [[lon, lat] for lat, lon in h3.cell_to_boundary(place)]
            geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
        elif place in zones:
            geometry = mapping(zones[place])
        features.append({"type": "Feature", "geometry": geometry, "properties": row})
    return {"type": "FeatureCollection", "features": features}
