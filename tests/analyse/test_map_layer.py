"""Map layers: hexagons where the cell is, zones by id, no geometry for what is unknown."""

from datetime import date

import pyarrow as pa
from shapely.geometry import Point, shape
from tests.analyses.facts_table import frame

from vigie.analyse.map_layer import feature_collection
from vigie.geo.cells import cell_text, cells_of

HALVES = frame(date(2026, 3, 2), date(2026, 3, 9)).zonings["halves"]


def test_a_cell_is_a_closed_hexagon_around_its_place() -> None:
    cell = cell_text(cells_of([5.365], [43.285], 9)[0].as_py())
    layer = feature_collection(pa.table({"cell": [cell], "facts": [7]}), "cell", None)
    found = layer["features"][0]
    ring = found["geometry"]["coordinates"][0]

    assert shape(found["geometry"]).contains(Point(5.365, 43.285))
    assert ring[0] == ring[-1]
    assert len(ring) == 7
    assert found["properties"] == {"cell": cell, "facts": 7}


def test_a_zone_is_its_polygon_and_an_unknown_one_has_none() -> None:
    layer = feature_collection(pa.table({"zone": ["W", "?", None]}), "zone", HALVES)

    assert shape(layer["features"][0]["geometry"]).equals(HALVES.polygons[0])
    assert [one["geometry"] for one in layer["features"][1:]] == [None, None]


def test_a_stretch_of_street_is_its_course() -> None:
    courses = ["LINESTRING (5.36 43.28, 5.37 43.28)", None]
    layer = feature_collection(pa.table({"course": courses, "facts": [7, 8]}), "course", None)

    assert layer["features"][0]["geometry"]["type"] == "LineString"
    assert layer["features"][0]["properties"] == {"facts": 7}
    assert layer["features"][1]["geometry"] is None
