from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.city import geography
from vigie.model.taxonomy import TAXONOMY

CENTRE = st.tuples(st.floats(5.36, 5.40), st.floats(43.27, 43.33))


@pytest.mark.parametrize("name", ["arrondissement", "secteur_police", "maille"])
def test_a_zoning_tiles_the_commune(name: str) -> None:
    zoning = geography.zonings()[name]
    whole = geography.area_km2(geography.commune())
    assert sum(geography.area_km2(p) for p in zoning.polygons) == pytest.approx(whole, rel=1e-9)
    union = shapely.union_all(list(zoning.polygons))
    assert geography.area_km2(union) == pytest.approx(whole, rel=1e-9)
    assert all(p.is_valid and not p.is_empty for p in zoning.polygons)
    assert len(set(zoning.ids)) == len(zoning.ids) == len(zoning.labels)


def test_the_commune_has_the_size_of_marseille() -> None:
    assert geography.area_km2(geography.commune()) == pytest.approx(240, abs=6)
    assert geography.zonings()["arrondissement"].ids == tuple(str(13200 + n) for n in range(1, 17))


def test_police_sectors_are_not_nested_in_arrondissements() -> None:
    arrondissements = geography.zonings()["arrondissement"].polygons
    for sector in geography.zonings()["secteur_police"].polygons:
        shares = [sector.intersection(a).area / a.area for a in arrondissements]
        assert any(0.05 < share < 0.95 for share in shares)


@given(CENTRE)
def test_a_point_of_the_centre_lies_in_one_zone_of_each_zoning(point: tuple[float, float]) -> None:
    lon, lat = np.array([point[0]]), np.array([point[1]])
    inside = bool(shapely.contains_xy(geography.commune(), lon, lat)[0])
    for zoning in geography.zonings().values():
        found = int(zoning.locate(lon, lat)[0])
        assert (found >= 0) == inside
        if inside:
            assert shapely.distance(zoning.polygons[found], shapely.points(lon, lat))[0] < 1e-12


@given(CENTRE)
def test_metres_and_degrees_are_inverse(point: tuple[float, float]) -> None:
    there = geography.to_metres(np.array(point[0]), np.array(point[1]))
    back = geography.to_degrees(*there)
    assert np.allclose([float(back[0]), float(back[1])], point, atol=1e-12)


def test_every_place_lies_where_it_says() -> None:
    places = geography.places()
    assert len(places) >= 90
    zoning = geography.zonings()["arrondissement"]
    found = zoning.locate(np.array([p.lon for p in places]), np.array([p.lat for p in places]))
    wrong = [
        p.place_id for p, k in zip(places, found.tolist(), strict=True) if k != p.arrondissement - 1
    ]
    assert wrong == []
    assert all(p.kind in TAXONOMY for p in places)
    assert len({p.place_id for p in places}) == len(places)


def test_well_known_places_are_there() -> None:
    by_id = {p.place_id: p for p in geography.places()}
    assert sum(p.startswith("landmark.") for p in by_id) >= 40
    assert by_id["venue.velodrome"].capacity == 67_394
    assert by_id["hospital.timone"].kind == "place.hospital.emergency"
    assert sum(p.kind == "place.fire_station" for p in by_id.values()) == 17


def test_two_metro_lines_meet_twice() -> None:
    lines = {line.line_id: line for line in geography.lines()}
    assert len(lines["M1"].stops) == 18
    assert len(lines["M2"].stops) == 13
    shared = set(lines["M1"].stops) & set(lines["M2"].stops)
    assert {geography.stops()[s][0] for s in shared} == {"Gare Saint-Charles", "Castellane"}


def test_streets_run_through_the_commune() -> None:
    land = geography.metric(geography.commune()).buffer(400)
    streets = geography.streets()
    assert len(streets) >= 90
    assert len({s.name for s in streets}) == len(streets)
    assert [s.name for s in streets if not land.contains(geography.metric(s.line))] == []
    assert all(50 < geography.metric(s.line).length < 6_000 for s in streets)


def test_the_basemap_is_small_and_valid_geojson() -> None:
    layers = geography.basemap()
    assert set(layers) == {"coast", "water", "streets", "metro", "arrondissements"}
    assert sum(len(json.dumps(layer)) for layer in layers.values()) < 300_000
    for layer in layers.values():
        assert layer["type"] == "FeatureCollection"
        for feature in layer["features"]:
            assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid


def test_land_and_sea_do_not_overlap() -> None:
    both = geography.commune().intersection(geography.sea())
    assert geography.area_km2(both) < 0.01
