"""A place is shown where many are shown, and nothing shown leads back to it."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.geo.distance import haversine_m
from vigie.geo.projection import local_projection
from vigie.geo.snapping import (
    FALLBACK_RADIUS_M,
    LEAST_ADDRESSES,
    REACH_M,
    SEGMENT_M,
    SnapMap,
    Street,
    columns,
)
from vigie.geo.zonings import Zoning

LON, LAT = 5.37, 43.29
PLANE = local_projection(LON, LAT)


def _degrees(points):
    x, y = np.asarray(points, float).T
    return np.column_stack(PLANE.to_degrees(x, y))


def _street(points, numbers=None):
    return Street(shapely.LineString(_degrees(points)), numbers)


def _district(zone_id, west, east):
    square = [(west, -3000), (east, -3000), (east, 3000), (west, 3000)]
    return zone_id, shapely.Polygon(_degrees(square))


ZONES = [_district("1", -3000, 0), _district("2", 0, 3000)]
DISTRICTS = Zoning(
    "arrondissement", {"fr": "a", "en": "a"}, ("1", "2"), ("1", "2"), tuple(z for _, z in ZONES)
)
GRID = [
    *(_street([(-1500, y), (-5, y)]) for y in range(-1000, 1001, 200)),
    *(_street([(5, y), (1500, y)]) for y in range(-1000, 1001, 200)),
]
CITY = SnapMap(GRID, PLANE, DISTRICTS)

metres = st.floats(-1400, 1400)


def test_every_snap_point_has_twenty_addresses_behind_it():
    """Requirement: MIN-1."""
    assert CITY.catchments > 20
    assert CITY.addresses().min() >= LEAST_ADDRESSES


@settings(max_examples=60)
@given(st.lists(st.tuples(metres, st.floats(-1000, 1000)), min_size=1, max_size=40))
def test_a_place_is_never_shown_where_it_is_nor_in_another_district(places):
    """Requirement: MIN-1."""
    lon, lat = _degrees(places).T
    for precision in ("street", "public"):
        shown = CITY.show(lon, lat, precision)
        assert (DISTRICTS.assign(shown.lon, shown.lat) == DISTRICTS.assign(lon, lat)).all()
        assert (haversine_m(lon, lat, shown.lon, shown.lat) <= shown.radius_m + 1).all()


def test_what_is_shown_takes_few_values_and_each_stands_for_many_places():
    """Requirement: MIN-1."""
    chance = np.random.default_rng(7)
    places = np.column_stack(
        [chance.uniform(-1400, 1400, 20_000), chance.uniform(-900, 900, 20_000)]
    )
    lon, lat = _degrees(places).T
    street = {*zip(*CITY.show(lon, lat, "street")[:2], strict=True)}
    public = {*zip(*CITY.show(lon, lat, "public")[:2], strict=True)}

    assert len(street) <= CITY.segments
    assert len(public) <= CITY.catchments
    assert len(public) < len(street) / 3


def test_an_inverse_attack_finds_the_address_no_more_often_than_one_in_twenty():
    """The attacker knows the map and every address; it guesses among those that show there.

    Requirement: MIN-1.
    """
    along = np.arange(-1490, 1490, 20.0)
    addresses = [(x, y + side) for y in range(-1000, 1001, 200) for x in along for side in (-8, 8)]
    lon, lat = _degrees(addresses).T
    shown = CITY.show(lon, lat, "public")
    _, behind = np.unique(np.column_stack(shown[:2]), axis=0, return_counts=True)

    hit_rate = len(behind) / behind.sum()
    assert behind.min() >= LEAST_ADDRESSES
    assert hit_rate <= 1 / LEAST_ADDRESSES


@settings(max_examples=40)
@given(metres, st.floats(-1000, 1000), st.sampled_from(["street", "public"]))
def test_a_shown_place_is_shown_where_it_is(x, y, precision):
    """Showing twice shows the same: nothing is gained by asking about an answer."""
    ((lon, lat),) = _degrees([(x, y)])
    once = CITY.show([lon], [lat], precision)
    twice = CITY.show(once.lon, once.lat, precision)

    assert haversine_m(*once[:2], *twice[:2])[0] < 1e-3


def test_the_radius_is_that_of_the_point_and_tells_nothing_of_the_place():
    near = CITY.show(*_degrees([(-700, 1), (-700, 90)]).T, "street")

    assert near.radius_m[0] == near.radius_m[1] == SEGMENT_M / 2 + REACH_M["street"]
    assert (near.lon[0], near.lat[0]) == (near.lon[1], near.lat[1])


@pytest.mark.parametrize("precision", ["street", "public"])
def test_without_streets_a_cell_stands_for_the_place(precision):
    shown = SnapMap([], PLANE, None).show([LON, np.nan], [LAT, np.nan], precision)

    assert shown.radius_m[0] == FALLBACK_RADIUS_M[precision]
    assert (
        0 < haversine_m(LON, LAT, shown.lon[0], shown.lat[0]) <= FALLBACK_RADIUS_M[precision] * 1.3
    )
    assert np.isnan([v[1] for v in shown]).all()
    assert columns(shown)["lon"].to_pylist()[1] is None


def test_house_numbers_count_addresses_where_they_are_known():
    many = SnapMap([_street([(-300, 0), (-101, 0)], (1, 199))], PLANE, DISTRICTS)
    few = SnapMap([_street([(-300, 0), (-101, 0)], (1, 9))], PLANE, DISTRICTS)

    assert many.catchments == 2
    assert few.catchments == 0


def test_exact_is_left_alone():
    shown = CITY.show([LON], [LAT], "exact")

    assert (shown.lon[0], shown.lat[0], shown.radius_m[0]) == (LON, LAT, 0)
