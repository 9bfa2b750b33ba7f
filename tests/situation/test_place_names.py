"""What places of an answer are called."""

import h3
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigie.geo.gazetteer import Gazetteer
from vigie.geo.zonings import Zoning
from vigie.situation.frame import CityFrame
from vigie.situation.place_names import EN, FR, names_of, point_name

PORT = {"name": "Vieux-Port", "kind": "place", "lon": 5.3745, "lat": 43.2953}
MIDDLE = {"name": "1er", "kind": "district", "lon": 5.38, "lat": 43.30}
SQUARE = {
    "type": "Feature",
    "properties": {"zone_id": "1", "label": "1er arrondissement"},
    "geometry": {"type": "Polygon", "coordinates": [[[5, 43], [6, 43], [6, 44], [5, 44], [5, 43]]]},
}
ZONING = Zoning.from_geojson("arrondissement", {"type": "FeatureCollection", "features": [SQUARE]})
FRAME = CityFrame({"arrondissement": ZONING}, {}, Gazetteer.from_records([PORT, MIDDLE]))


def test_a_point_is_told_by_the_nearest_place_with_distance_and_direction() -> None:
    assert point_name(FRAME, 5.3745, 43.2953 + 0.00405) == (
        "Vieux-Port, 500 m N",
        "Vieux-Port, 500 m N",
    )
    assert point_name(FRAME, 5.3745 - 0.004, 43.2953) == (
        "Vieux-Port, 300 m O",
        "Vieux-Port, 300 m W",
    )


def test_at_the_place_its_name_is_enough() -> None:
    assert point_name(FRAME, 5.3745, 43.2953)[0] == "Vieux-Port"


def test_far_from_any_place_the_district_is_told_and_beyond_it_degrees() -> None:
    assert point_name(FRAME, 5.8, 43.8)[0] == "1er arrondissement"
    assert point_name(CityFrame({}, {}, None), 5.8, 43.8)[0] == "43.8000, 5.8000"


def test_zones_go_by_their_labels_and_an_unknown_one_keeps_its_id() -> None:
    found = names_of(FRAME, ["1", "99"], "zone", ZONING)

    assert [(one.place_id, one.fr) for one in found] == [("1", "1er arrondissement"), ("99", "99")]


@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))
def test_the_direction_told_is_within_half_a_point_of_the_truth(east: float, north: float) -> None:
    lon, lat = PORT["lon"] + east, PORT["lat"] + north
    fr, en = point_name(FRAME, lon, lat)
    if " m " in fr:
        told = FR.index(fr.rpartition(" ")[2])
        assert told == EN.index(en.rpartition(" ")[2])
        x, y = east * np.cos(np.radians(lat)), north
        true = np.degrees(np.arctan2(x, y)) % 360
        assert abs((true - told * 45 + 180) % 360 - 180) <= 23


def test_cells_are_named_in_order() -> None:
    cells = sorted(h3.grid_disk(h3.latlng_to_cell(43.2953, 5.3745, 9), 2))

    assert [one.place_id for one in names_of(FRAME, cells, "cell")] == cells
