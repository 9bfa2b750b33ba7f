"""What a camera sees: within its sector, no further than its range, whichever way north lies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigie.geo.distance import offset_point
from vigie.geo.field_of_view import Sector, Sight, off_axis_deg, sight

LON, LAT = 5.37, 43.29
angles = st.floats(0, 360, exclude_max=True)


def seen(sector: Sector, away: float, bearing: float) -> Sight:
    lon, lat = offset_point(LON, LAT, away, bearing)
    return sight(sector, float(lon), float(lat))


@given(angles, st.floats(10, 170), st.floats(20, 500), st.floats(0, 0.98), st.floats(-0.98, 0.98))
def test_a_point_in_the_sector_is_seen(
    azimuth: float, opening: float, reach: float, away: float, aside: float
) -> None:
    sector = Sector(LON, LAT, azimuth, opening, reach)
    bearing = azimuth + aside * opening / 2
    assert seen(sector, max(1.0, away * reach), bearing) is Sight.SEES


@given(angles, st.floats(10, 170), st.floats(20, 500), st.floats(1.02, 3))
def test_a_point_behind_or_out_of_range_is_not(
    azimuth: float, opening: float, reach: float, beyond: float
) -> None:
    sector = Sector(LON, LAT, azimuth, opening, reach)
    assert seen(sector, reach * beyond, azimuth) is Sight.NO
    assert seen(sector, reach / 2, azimuth + 180) is Sight.NO
    aside = min(180.0, opening / 2 * 1.05 + 1)
    assert seen(sector, reach / 2, azimuth + aside) is Sight.NO


@given(angles, angles, st.floats(1, 99))
def test_a_camera_that_turns_can_be_pointed_anywhere(
    azimuth: float, bearing: float, away: float
) -> None:
    assert seen(Sector(LON, LAT, azimuth, 360.0, 100.0), away, bearing) is Sight.TURNS


@given(angles, st.floats(1, 99))
def test_what_the_register_lacks_is_said(bearing: float, away: float) -> None:
    assert seen(Sector(LON, LAT, None, 60.0, 100.0), away, bearing) is Sight.PERHAPS
    assert seen(Sector(LON, LAT, 10.0, None, 100.0), away, bearing) is Sight.PERHAPS
    assert seen(Sector(LON, LAT), away, bearing) is Sight.PERHAPS
    assert seen(Sector(LON, LAT), away + 100, bearing) is Sight.NO
    assert seen(Sector(LON, LAT, bearing, 60.0), away, bearing) is Sight.PERHAPS


@given(angles, angles)
def test_the_angle_off_the_axis_is_the_smaller_one(azimuth: float, bearing: float) -> None:
    lon, lat = offset_point(LON, LAT, 50, bearing)
    off = off_axis_deg(Sector(LON, LAT, azimuth), float(lon), float(lat))
    turn = abs(bearing - azimuth) % 360
    assert off is not None
    assert abs(off - min(turn, 360 - turn)) < 0.01


def test_close_to_a_place_known_roughly_direction_tells_nothing() -> None:
    sector = Sector(LON, LAT, 0.0, 60.0, 80.0)
    lon, lat = offset_point(LON, LAT, 30, 180)
    assert sight(sector, float(lon), float(lat)) is Sight.NO
    assert sight(sector, float(lon), float(lat), margin_m=40) is Sight.PERHAPS
