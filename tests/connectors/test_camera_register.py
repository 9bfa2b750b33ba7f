"""What is peculiar to cameras: the law's conditions, and what a camera sees."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.connectors.camera_register import KINDS, MASKS, NAMES, sector
from vigie.geo.distance import bearing_deg, haversine_m
from vigie.model.taxonomy import TAXONOMY

NAME = "camera_register"


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / NAME / "cases.py"
    spec = importlib.util.spec_from_file_location("camera_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_camera_is_a_place_with_what_the_law_asks_for(lab, cases):
    """Requirement: VID-1."""

    (found,) = lab.run(NAME, cases.table(cases.row(7))).records["places"]

    assert (found["source_ref"], found["kind"]) == ("CAM-7", "place.camera.fixed")
    assert found["owner"] == "Sécurité publique"
    assert dict(found["attributes"]) == {
        "authorisation": "13-2024-0117", "purposes": "1,5,8", "retention_days": "20",
        "masks": "set",
        "azimuth_deg": "90", "opening_deg": "60", "range_m": "80",
    }  # fmt: skip


def test_a_table_objects_and_features_tell_the_same_camera(lab, cases):
    point = {"longitude": 5.37, "latitude": 43.29}
    one = lab.run(NAME, cases.objects(cases.camera(**point))).records["places"]
    two = lab.sample(NAME, "valid/features.geojson").records["places"]

    assert one[0] == two[0]


def test_the_place_ends_with_its_authorisation_at_midnight_of_the_city(lab, cases):
    (found,) = lab.run(NAME, cases.table(cases.row())).records["places"]

    assert found["valid_from_at"] == datetime(2024, 2, 29, 23, tzinfo=UTC)
    assert found["valid_to_at"] == datetime(2029, 2, 28, 23, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "rejects"), [(-1, {}), (0, {"authorisation_expired": 1})])
def test_an_authorisation_ends_to_the_second(lab, cases, seconds, rejects):
    """Requirement: VID-1."""

    end = datetime(2026, 12, 31, 23, tzinfo=UTC)  # midnight in Paris
    content = cases.objects(cases.camera(autorisation_fin="31/12/2026"))

    assert lab.run(NAME, content, now=end + timedelta(seconds=seconds)).rejected == rejects


def test_a_later_version_of_an_entry_is_a_higher_revision(lab, cases):
    def revision(day):
        content = cases.objects(cases.camera(mise_a_jour=day))
        return lab.run(NAME, content).records["places"][0]["revision"]

    assert revision("2026-10-01") < revision("02/10/2026")


@given(st.integers(-5, 60))
def test_no_retention_above_thirty_days_gets_in(lab, cases, days):
    outcome = lab.run(NAME, cases.objects(cases.camera(conservation_jours=days)))

    assert bool(outcome.counts) == (1 <= days <= 30)


@given(st.sets(st.integers(0, 20), min_size=1))
def test_only_the_eleven_purposes_of_the_law_get_in(lab, cases, purposes):
    """Requirement: VID-1."""

    content = cases.objects(cases.camera(finalites=", ".join(f"{n}°" for n in purposes)))
    outcome = lab.run(NAME, content)

    assert bool(outcome.counts) == all(1 <= n <= 11 for n in purposes)
    if outcome.counts:
        said = dict(outcome.records["places"][0]["attributes"])["purposes"]
        assert said == ",".join(map(str, sorted(purposes)))


@given(
    st.floats(-180, 180),
    st.floats(-80, 80),
    st.floats(0, 360),
    st.floats(1, 359),
    st.floats(1, 2_000),
)
def test_a_sector_has_the_radius_the_direction_and_the_area_of_its_numbers(
    lon, lat, azimuth, opening, reach
):
    ring = shapely.get_coordinates(shapely.from_wkb(sector(lon, lat, azimuth, opening, reach)))
    apex, arc = ring[0], ring[1:-1]

    assert apex == pytest.approx((lon, lat))
    assert haversine_m(lon, lat, arc[:, 0], arc[:, 1]) == pytest.approx(reach, rel=1e-5, abs=1e-3)
    middle = (
        arc[len(arc) // 2] if len(arc) % 2 else (arc[len(arc) // 2 - 1] + arc[len(arc) // 2]) / 2
    )
    if abs(arc[:, 0]).max() < 179.9:
        turn = (bearing_deg(lon, lat, *middle) - azimuth + 180) % 360 - 180
        assert abs(turn) < 1.0


def test_a_camera_that_turns_all_round_sees_a_disc(lab, cases):
    (found,) = lab.run(NAME, cases.objects(cases.camera())).records["places"]
    shape = shapely.from_wkb(found["geometry"])

    assert shape.is_valid
    assert shape.contains(shapely.Point(5.3745, 43.2955))


def test_without_a_reach_nothing_is_said_to_be_seen(lab):
    (found,) = lab.sample(NAME, "valid/without_view.json").records["places"]

    assert found["geometry"] is None


def test_masks_are_kept_as_they_are_drawn(lab):
    (found,) = lab.sample(NAME, "valid/masks_drawn.json").records["places"]

    assert dict(found["attributes"])["mask_polygons"] == "[[[0.1,0.1],[0.4,0.1],[0.4,0.3]]]"


@pytest.mark.parametrize("sample", ["without_masks", "masks_to_come", "mask_outside_image"])
def test_a_camera_without_a_word_on_its_masks_is_no_place(lab, sample):
    """Requirement: VID-6."""
    found = lab.sample(NAME, f"invalid/{sample}.json")

    assert found.counts == {}
    assert sum(found.rejected.values()) == 1


def test_every_table_of_the_connector_means_something(lab):
    fields = {field.name for field in lab.connectors[NAME].fields}

    assert set(NAMES.values()) <= fields
    assert set(MASKS.values()) == {"set", "not_needed"}
    assert all(kind in TAXONOMY for kind in KINDS.values())


JSON = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(max_size=9)
    | st.lists(st.integers())
)


@given(st.data())
def test_any_values_give_a_camera_or_a_reason(lab, cases, data):
    names = st.sampled_from([field.name for field in lab.connectors[NAME].fields])
    changed = data.draw(st.dictionaries(names, JSON, max_size=4))
    outcome = lab.run(NAME, cases.objects(cases.camera(**changed)))

    assert outcome.counts or outcome.rejects
