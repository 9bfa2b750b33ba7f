from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from vigie.geo.projection import lambert93, local_projection, to_metres

LON = st.floats(5.1, 5.7)
LAT = st.floats(43.1, 43.5)
ELLIPSOID = Geod(ellps="WGS84")


def test_lambert93_of_a_published_point():
    """The projection's origin: 3 E, 46.5 N is (700000, 6600000) by definition."""
    x, y = lambert93().to_metres(3.0, 46.5)
    assert (float(x), float(y)) == pytest.approx((700_000.0, 6_600_000.0), abs=1e-3)


@given(LON, LAT)
def test_there_and_back(lon: float, lat: float):
    """Within a centimetre."""
    for projection in (lambert93(), local_projection(5.4, 43.3)):
        back = projection.to_degrees(*projection.to_metres(lon, lat))
        assert (float(back[0]), float(back[1])) == pytest.approx((lon, lat), abs=1e-7)


@given(LON, LAT, LON, LAT)
def test_local_metres_are_true_within_a_city(lon1: float, lat1: float, lon2: float, lat2: float):
    projection = local_projection(5.4, 43.3)
    x, y = projection.to_metres([lon1, lon2], [lat1, lat2])
    flat_m = ((x[0] - x[1]) ** 2 + (y[0] - y[1]) ** 2) ** 0.5
    assert flat_m == pytest.approx(ELLIPSOID.inv(lon1, lat1, lon2, lat2)[2], rel=2e-5, abs=1e-4)


def test_one_geometry_in_lambert93_or_where_one_says():
    line = shapely.LineString([(5.37, 43.30), (5.40, 43.30)])
    true_m = ELLIPSOID.geometry_length(line)
    assert to_metres(line).length == pytest.approx(true_m, rel=1e-3)
    assert to_metres(line, local_projection(5.4, 43.3)).length == pytest.approx(true_m, rel=2e-5)


def test_areas_and_buffers_are_in_metres():
    projection = local_projection(5.4, 43.3)
    grown = projection.buffer(shapely.Point(5.4, 43.3), 100.0)
    area_m2 = abs(ELLIPSOID.geometry_area_perimeter(grown)[0])
    assert area_m2 == pytest.approx(31_400, rel=0.01)
    flat = projection.geometries_to_metres([grown])
    assert shapely.area(flat)[0] == pytest.approx(area_m2, rel=1e-6)
    assert shapely.equals_exact(projection.geometries_to_degrees(flat)[0], grown, 1e-7)
