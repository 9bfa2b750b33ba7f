"""Footprints: well-known text read safely, routes, a point on each."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.wkt import MAX_TEXT, along, from_text, point_on, to_text

degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@pytest.mark.parametrize(
    "text",
    [
        "POINT (5.37 43.29)",
        " linestring(5.37 43.29, 5.38 43.3) ",
        "SRID=4326;POLYGON ((5 43, 5.1 43, 5.1 43.1, 5 43))",
        "MULTILINESTRING ((5 43, 5.1 43), (5.2 43, 5.3 43))",
        "POINT Z (5.37 43.29 12)",
    ],
)
def test_plain_shapes_are_read_flat(text):
    found = from_text(text)

    assert not found.has_z
    assert 5 <= point_on(found)[0] <= 5.4
    assert 43 <= point_on(found)[1] <= 43.4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_geometry"),
        ("POINT", "bad_geometry"),
        ("POINT EMPTY", "bad_geometry"),
        ("POINT (a b)", "bad_geometry"),
        ("LINESTRING (5 43)", "bad_geometry"),
        ("POLYGON ((5 43, 6 43))", "bad_geometry"),
        ("GEOMETRYCOLLECTION (POINT (5 43))", "bad_geometry"),
        ("GEOMETRYCOLLECTION(" * 50_000, "bad_geometry"),
        ("POLYGON (" + "(" * 10_000, "bad_geometry"),
        ("POINT (" + "1" * MAX_TEXT + " 1)", "bad_geometry"),
        ("POINT (500 43)", "bad_coordinates"),
        ("POINT (1e400 43)", "bad_coordinates"),
        ("LINESTRING (5 43, 5 -91)", "bad_coordinates"),
    ],
)
def test_what_is_no_shape_on_earth_refuses_its_row(text, code):
    with pytest.raises(RowRefused) as refused:
        from_text(text)

    assert refused.value.code == code


@given(points=st.lists(degrees, min_size=2, max_size=6, unique=True))
def test_a_shape_keeps_its_place_through_text(points):
    line = shapely.LineString(points)

    again = from_text(to_text(shapely.to_wkb(line)))

    assert shapely.equals_exact(again, line, tolerance=1e-12)


@given(text=st.text(alphabet="POINTLESRGYMUC()0123456789.,-eE \n", max_size=60))
def test_no_text_escapes(text):
    try:
        assert not from_text(text).is_empty
    except RowRefused as refused:
        assert refused.code in {"bad_geometry", "bad_coordinates"}  # noqa: PT017


def test_a_route_needs_two_places():
    assert along([(5.37, 43.29), (5.38, 43.3)]).length > 0
    assert along([(5.37, 43.29), (5.37, 43.29)]) is None
    assert along([]) is None
