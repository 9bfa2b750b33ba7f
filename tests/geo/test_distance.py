from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod

from vigie.geo.distance import bearing_deg, haversine_m, offset_point

LON = st.floats(-180.0, 180.0)
LAT = st.floats(-89.0, 89.0)
ELLIPSOID = Geod(ellps="WGS84")


@given(LON, LAT, LON, LAT)
def test_the_sphere_stays_within_its_stated_error_of_the_ellipsoid(
    lon1: float, lat1: float, lon2: float, lat2: float
):
    true_m = ELLIPSOID.inv(lon1, lat1, lon2, lat2)[2]
    assert haversine_m(lon1, lat1, lon2, lat2) == pytest.approx(true_m, rel=0.0057, abs=1e-6)


@given(LON, LAT, LON, LAT)
def test_distance_is_symmetric_and_zero_at_home(lon1: float, lat1: float, lon2: float, lat2: float):
    there, back = haversine_m(lon1, lat1, lon2, lat2), haversine_m(lon2, lat2, lon1, lat1)
    assert there == pytest.approx(back, rel=1e-12, abs=1e-6)
    assert haversine_m(lon1, lat1, lon1, lat1) == 0.0


def test_a_known_distance():
    """Marseille, Vieux-Port to Paris, Notre-Dame: about 660 km."""
    assert haversine_m(5.3698, 43.2965, 2.3499, 48.8530) == pytest.approx(660_400, rel=0.005)


def test_arrays_broadcast_and_nan_stays():
    found = haversine_m([5.0, np.nan], [43.0, 43.0], 5.0, 43.0)
    assert found[0] == 0.0
    assert np.isnan(found[1])


@given(LON, LAT, st.floats(0.01, 50_000.0), st.floats(0.0, 359.99))
def test_going_somewhere_arrives_at_that_distance_and_bearing(
    lon: float, lat: float, distance_m: float, bearing: float
):
    x, y = offset_point(lon, lat, distance_m, bearing)
    assert -180.0 <= x < 180.0
    assert haversine_m(lon, lat, x, y) == pytest.approx(distance_m, rel=1e-6, abs=1e-3)
    assume(distance_m > 100.0)
    turn = (bearing_deg(lon, lat, x, y) - bearing + 180.0) % 360.0 - 180.0
    assert abs(turn) < 1e-3
