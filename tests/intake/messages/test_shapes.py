"""Footprints are where the message says, whichever number comes first."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.geo.distance import haversine_m
from vigie.intake.messages import shapes
from vigie.intake.messages.reading import RowRefused

LON = st.integers(-179_000, 179_000).map(lambda n: n / 1_000)
LAT = st.integers(-89_000, 89_000).map(lambda n: n / 1_000)


def code_of(read, *args, **kwargs):
    with pytest.raises(RowRefused) as caught:
        read(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    ("system", "first"),
    [
        (None, False),
        ("", False),
        ("EPSG:4326", False),
        ("urn:ogc:def:crs:EPSG::4326", False),
        ("http://www.opengis.net/def/crs/EPSG/0/4258", False),
        ("ETRS89-LatLonh", False),
        ("CRS84", True),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", True),
    ],
)
def test_the_reference_system_says_which_number_comes_first(system, first):
    assert shapes.longitude_first(system) is first


@pytest.mark.parametrize("system", ["EPSG:2154", "Lambert-93", "EPSG:43260"])
def test_a_system_that_is_not_in_degrees_is_refused(system):
    assert code_of(shapes.longitude_first, system) == "unknown_code"


@given(points=st.lists(st.tuples(LON, LAT), min_size=1, max_size=20), high=st.booleans())
def test_a_position_list_read_back_is_the_same_positions(points, high):
    beside = " 12.5" if high else ""
    lat_first = "\n".join(f"{lat} {lon}{beside}" for lon, lat in points)
    lon_first = "  ".join(f"{lon} {lat}{beside}" for lon, lat in points)
    size = 3 if high else 2

    assert shapes.positions(lat_first, dimensions=size) == points
    assert shapes.positions(lon_first, lon_first=True, dimensions=size) == points


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_geometry"),
        ("43.3", "bad_geometry"),
        ("43.3 5.4 43.3", "bad_geometry"),
        ("43.3 est", "bad_geometry"),
        ("43.3 1e999", "bad_geometry"),
        ("91 5.4", "bad_coordinates"),
        ("43.3 181", "bad_coordinates"),
    ],
)
def test_a_list_that_is_no_positions_is_refused_by_name(text, code):
    assert code_of(shapes.positions, text) == code


def test_more_than_three_dimensions_are_refused():
    assert code_of(shapes.positions, "1 2 3 4", dimensions=4) == "bad_geometry"


def test_a_polygon_of_cap_puts_the_latitude_first():
    area = shapes.cap_polygon("43.2,5.3 43.4,5.3 43.4,5.5 43.2,5.3")

    assert area.bounds == (5.3, 43.2, 5.5, 43.4)


@pytest.mark.parametrize(
    "text",
    [
        "43.2,5.3 43.4,5.3 43.2,5.3",
        "43.2,5.3 43.4,5.3 43.4,5.5 43.2,5.4",
        "43.2,5.3 43.2,5.3 43.2,5.3 43.2,5.3",
        "43.2,5.3, 43.4,5.3 43.4,5.5 43.2,5.3",
        "43.2 5.3 43.4 5.3",
        "",
    ],
)
def test_a_ring_that_is_none_is_refused(text):
    assert code_of(shapes.cap_polygon, text) == "bad_geometry"


def test_a_ring_that_crosses_itself_is_mended():
    area = shapes.cap_polygon("43.2,5.3 43.4,5.5 43.4,5.3 43.2,5.5 43.2,5.3")

    assert area.is_valid
    assert area.area > 0


@given(lon=st.floats(-170, 170), lat=st.floats(-70, 70), km=st.floats(0.1, 500))
def test_the_edge_of_a_circle_is_as_far_as_its_radius(lon, lat, km):
    area = shapes.cap_circle(f"{lat:.6f},{lon:.6f} {km:.6f}")
    x, y = area.exterior.coords[0]

    assert float(haversine_m(lon, lat, x, y)) == pytest.approx(km * 1_000, rel=1e-3)


def test_a_circle_without_radius_is_a_point():
    assert shapes.cap_circle("43.3,5.4 0.0") == shapely.Point(5.4, 43.3)


@pytest.mark.parametrize(
    "text", ["43.3,5.4", "43.3,5.4 -1", "43.3,5.4 1e9", "43.3 5.4", "43.3,5.4 loin", "0,179.9 200"]
)
def test_a_circle_that_is_none_is_refused(text):
    assert code_of(shapes.cap_circle, text) == "bad_geometry"


def test_a_line_that_stays_in_one_place_is_a_point():
    assert shapes.line([(5.4, 43.3), (5.4, 43.3)]) == shapely.Point(5.4, 43.3)
    assert code_of(shapes.line, []) == "bad_geometry"


def test_nothing_has_no_footprint():
    assert shapes.footprint([]) == (None, None, None)


@given(points=st.lists(st.tuples(LON, LAT), min_size=2, max_size=6, unique=True), data=st.data())
def test_a_footprint_does_not_depend_on_the_order_of_its_shapes(points, data):
    found = [shapely.Point(point) for point in points]
    other = data.draw(st.permutations(found))

    assert shapes.footprint(found) == shapes.footprint(other)


@given(points=st.lists(st.tuples(LON, LAT), min_size=1, max_size=6))
def test_the_point_of_a_footprint_is_on_it(points):
    wkb, lon, lat = shapes.footprint([shapes.line(points)])

    assert shapely.from_wkb(wkb).distance(shapely.Point(lon, lat)) < 1e-4
