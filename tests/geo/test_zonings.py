from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import mapping

from vigie.base.errors import NotFound, WrongUsage
from vigie.geo.zonings import OUTSIDE, Zoning, assign_all


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    shaped = mapping(geometry) if isinstance(geometry, shapely.Geometry) else geometry
    return {"type": "Feature", "properties": properties, "geometry": shaped}


def collection(*features: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def grid(columns: int, rows: int, name: str = "grid") -> Zoning:
    """A checkerboard over 5.0-5.4 E, 43.0-43.4 N."""
    zones = [
        feature(
            shapely.box(
                5 + 0.4 * i / columns, 43 + 0.4 * j / rows,
                5 + 0.4 * (i + 1) / columns, 43 + 0.4 * (j + 1) / rows,
            ),
            id=f"{i}-{j}",
        )
        for i in range(columns)
        for j in range(rows)
    ]  # fmt: skip
    return Zoning.from_geojson(name, collection(*zones))


POINTS = st.lists(st.tuples(st.floats(4.9, 5.5), st.floats(42.9, 43.5)), min_size=1, max_size=40)


@given(POINTS, st.integers(1, 5), st.integers(1, 5))
def test_each_point_is_in_the_first_zone_that_covers_it(
    points: list[tuple[float, float]], columns: int, rows: int
):
    zoning = grid(columns, rows)
    lon, lat = np.array(points).T
    expected = [
        next(
            (n for n, one in enumerate(zoning.polygons) if one.intersects(shapely.Point(p))),
            OUTSIDE,
        )
        for p in points
    ]
    assert zoning.assign(lon, lat).tolist() == expected
    ids = zoning.assign_ids(lon, lat).to_pylist()
    assert ids == [None if n == OUTSIDE else zoning.ids[n] for n in expected]


def test_concave_zones_with_holes_and_islands():
    ring = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (3, 1), (3, 3), (1, 3)]])
    islands = shapely.MultiPolygon([shapely.box(1.5, 1.5, 2, 2), shapely.box(6, 0, 7, 1)])
    zoning = Zoning.from_geojson(
        "z", collection(feature(ring, id="ring"), feature(islands, id="i"))
    )
    lon, lat = [0.5, 2.2, 1.7, 6.5, 5.0], [0.5, 2.2, 1.7, 0.5, 5.0]
    assert zoning.assign_ids(lon, lat).to_pylist() == ["ring", None, "i", "i", None]


def test_missing_coordinates_are_outside():
    zoning = grid(1, 1)
    lon = pa.array([5.2, None, 5.2, float("nan"), float("inf")])
    lat = pa.array([43.2, 43.2, None, 43.2, 43.2])
    assert zoning.assign(lon, lat).tolist() == [0, OUTSIDE, OUTSIDE, OUTSIDE, OUTSIDE]
    assert grid(1, 1).assign([], []).tolist() == []


def test_several_zonings_side_by_side():
    told = assign_all([grid(2, 1, "halves"), grid(1, 4, "quarters")], [5.1, 5.3], [43.05, 43.39])
    assert {name: ids.to_pylist() for name, ids in told.items()} == {
        "halves": ["0-0", "1-0"],
        "quarters": ["0-0", "0-3"],
    }


def test_areas_are_those_of_the_ellipsoid():
    zoning = grid(3, 2)
    geod = Geod(ellps="WGS84")
    for polygon, area in zip(zoning.polygons, zoning.areas_km2, strict=True):
        expected = abs(geod.geometry_area_perimeter(polygon.segmentize(0.001))[0]) / 1e6
        assert area == pytest.approx(expected, rel=2e-4)
    assert zoning.bounds == pytest.approx((5.0, 43.0, 5.4, 43.4))


def test_reading_repairs_and_says_so():
    bow_tie = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    read = Zoning.from_geojson(
        "z",
        collection(
            feature(bow_tie, code="a", nom="Nœud"),
            feature(shapely.box(5, 5, 6, 6), code="a", nom="Double"),
            feature(None, code="b"),
            feature({"type": "Polygon", "coordinates": [[[0, 0], [1]]]}, code="c"),
            feature(shapely.LineString([(0, 0), (1, 1)]), code="d"),
            feature({"type": "Blob"}, code="e"),
        ),
    )
    assert read.ids == ("a", "a~2")
    assert read.labels == ("Nœud", "Double")
    assert all(polygon.is_valid for polygon in read.polygons)
    assert set(read.remarks) == {
        "repaired_geometry:a", "duplicate_id:a", "no_polygon:b", "no_polygon:c", "no_polygon:d",
        "no_polygon:e",
    }  # fmt: skip
    assert read.assign_ids([1.7, 1.0, 5.5], [1.0, 1.7, 5.5]).to_pylist() == ["a", None, "a~2"]


def test_ids_come_from_the_property_that_tells_zones_apart():
    read = Zoning.from_geojson(
        "z",
        collection(
            feature(shapely.box(0, 0, 1, 1), id="same", code=1),
            feature(shapely.box(1, 0, 2, 1), id="same", code=2),
        ),
    )
    assert read.ids == ("1", "2")
    assert read.remarks == ()
    bare = collection(feature(shapely.box(0, 0, 1, 1)), feature(shapely.box(1, 0, 2, 1)))
    assert Zoning.from_geojson("z", bare).ids == ("1", "2")


@pytest.mark.parametrize(
    "broken", [{}, {"features": None}, collection(), collection(feature(None, id="x"))]
)
def test_what_is_no_zoning_is_refused(broken: dict[str, Any]):
    with pytest.raises(WrongUsage):
        Zoning.from_geojson("z", broken)


def test_writing_and_reading_back():
    first = grid(2, 2)
    text = json.dumps(first.to_geojson())
    again = Zoning.from_geojson("grid", json.loads(text))
    assert (again.ids, again.labels, dict(again.title)) == (
        first.ids, first.labels, dict(first.title),
    )  # fmt: skip
    assert all(a.equals(b) for a, b in zip(first.polygons, again.polygons, strict=True))


def test_titles_and_zones_are_found():
    assert grid(1, 1, "arrondissement").title["fr"] == "Arrondissements"
    own = Zoning.from_geojson(
        "z", collection(feature(shapely.box(0, 0, 1, 1)), title={"fr": "Zones", "en": "Areas"})
    )
    assert own.title == {"fr": "Zones", "en": "Areas"}
    assert grid(2, 2).index_of("1-0") == 2
    with pytest.raises(NotFound):
        grid(2, 2).index_of("9-9")
    with pytest.raises(WrongUsage):
        Zoning("z", {}, ("a", "a"), ("x", "y"), (shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)))


@pytest.mark.shared
def test_the_zonings_of_marseille_agree_with_one_another(shared_dir: Path):
    """The 16 arrondissements were dissolved from the 111 quarters: every point must agree."""
    folder = shared_dir / "data" / "marseille_geo"
    read = {
        name: Zoning.from_geojson(name, json.loads((folder / f"{file}.geojson").read_text("utf-8")))
        for name, file in (("arrondissement", "arrondissements_16"), ("quartier", "quartiers_111"))
    }
    assert [len(one) for one in read.values()] == [16, 111]
    assert read["quartier"].remarks == ()
    total = read["arrondissement"].areas_km2.sum()
    assert read["quartier"].areas_km2.sum() == pytest.approx(total, rel=1e-6)
    assert total == pytest.approx(238.1, rel=0.005)
    raw = json.loads((folder / "quartiers_111.geojson").read_text("utf-8"))
    parent = np.array([str(f["properties"]["DEPCO"]) for f in raw["features"]])
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(5.2, 5.55, 20_000), rng.uniform(43.18, 43.4, 20_000)
    quarter = read["quartier"].assign(lon, lat)
    district = read["arrondissement"].assign(lon, lat)
    assert ((quarter >= 0) == (district >= 0)).mean() > 0.9999
    both = (quarter >= 0) & (district >= 0)
    ids = np.array(read["arrondissement"].ids)
    assert (ids[district[both]] == parent[quarter[both]]).mean() > 0.9999
