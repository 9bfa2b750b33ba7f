"""DATEX II is read by its schemas: what is where, when, for whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import to_rfc3339
from vigie.intake.messages import datex2
from vigie.intake.messages.reading import RowRefused

LINE = {"gmlLineString": {"posList": "43.29 5.36 43.30 5.37"}}
POINT = {"latitude": "43.29", "longitude": "5.36"}


def test_a_publication_is_found_alone_in_a_container_and_in_soap():
    inside = {"@type": "SituationPublication"}

    assert datex2.publications("payload", inside) == [inside]
    assert datex2.publications("messageContainer", {"payload": [inside, inside]}) == [inside] * 2
    assert datex2.publications("Envelope", {"Body": {"messageContainer": {"payload": inside}}}) == [
        inside
    ]
    assert datex2.publications("html", {}) is None


def test_an_older_version_is_named():
    with pytest.raises(RowRefused) as caught:
        datex2.publications("d2LogicalModel", {"@modelBaseVersion": "2"})

    assert (caught.value.code, caught.value.params) == ("unknown_version", {"value": "2"})


@pytest.mark.parametrize(
    ("tree", "name"),
    [
        ({"@type": "sit:Accident"}, "Accident"),
        ({"@type": "Accident"}, "Accident"),
        ({"@type": "a b"}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_the_class_of_an_element_is_its_type_without_prefix(tree, name):
    assert datex2.type_of(tree) == name


def test_conditions_are_found_within_sets():
    inner = {"operator": "or", "conditions": [{"@type": "A"}, {"@type": "B"}]}
    regulation = {"condition": {"conditions": [inner, {"@type": "C"}]}}

    assert {datex2.type_of(one) for one in datex2.conditions(regulation)} == {"", "A", "B", "C"}


@given(hours=st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999) | st.none()), max_size=6))
def test_the_validity_spans_all_and_is_open_if_one_is(hours):
    found = []
    for start, length in hours:
        span = {"overallStartTime": _iso(start)}
        if length is not None:
            span["overallEndTime"] = _iso(start + length)
        found.append({"validityTimeSpecification": span})

    starts_us, ends_us, in_part = datex2.validity(found, "Europe/Paris")

    assert starts_us == min((_us(start) for start, _ in hours), default=None)
    if not hours or any(length is None for _, length in hours):
        assert ends_us is None
    else:
        assert ends_us == max(_us(start + length) for start, length in hours)
    assert not in_part


def _us(hour):
    return (1_795_000_000 // 3_600 * 3_600 + hour * 3_600) * 1_000_000


def _iso(hour):
    return to_rfc3339(_us(hour))


def test_shapes_are_found_at_any_depth_and_the_rest_is_counted():
    location = {
        "locationContainedInItinerary": [{"location": LINE}, {"location": {"alertCLinear": {}}}],
        "deep": {"pointByCoordinates": {"pointCoordinates": [POINT, {"latitude": "95"}]}},
    }
    shapes, unread = datex2.shapes(location)

    assert sorted(shape.geom_type for shape in shapes) == ["LineString", "Point"]
    assert unread == {"alertCLinear": 1, "bad_geometry": 1}


def test_the_point_of_display_is_taken_where_there_is_no_other():
    assert [s.geom_type for s in datex2.shapes({"coordinatesForDisplay": POINT})[0]] == ["Point"]
    both = {"coordinatesForDisplay": POINT} | LINE
    assert [s.geom_type for s in datex2.shapes(both)[0]] == ["LineString"]


def test_a_line_with_heights_says_how_many_numbers_make_a_position():
    line = {"@srsDimension": "3", "posList": "43.29 5.36 12 43.30 5.37 14"}
    (shape,), unread = datex2.shapes({"gmlLineString": line})

    assert list(shape.coords) == [(5.36, 43.29), (5.37, 43.30)]
    assert not unread


def test_roads_are_named_once():
    name = {"values": {"value": {"#": "Rue Haute", "@lang": "fr"}}}
    location = {"a": {"roadInformation": {"roadName": name}}, "b": [{"roadName": name}]}

    assert datex2.road_names(location) == ["Rue Haute"]


@pytest.mark.parametrize(
    ("characteristics", "negate", "codes"),
    [
        ({"vehicleType": ["lorry", "bus"]}, None, ["lorry", "bus"]),
        ({"vehicleUsage": "taxi"}, "true", ["sauf.taxi"]),
        ({"vehicleType": "anyVehicle"}, None, []),
        ({"vehicleType": "Camion de M. X"}, None, []),
        ({"vehicleRegistrationPlateIdentifier": "GX404QX", "operatedBy": "Dupont"}, None, []),
        (
            {
                "grossWeightCharacteristic": {
                    "comparisonOperator": "greaterThan",
                    "grossVehicleWeight": "3.5",
                    "typeOfWeight": "actual",
                }
            },
            None,
            ["grossWeight.greaterThan.3.5"],
        ),
        (
            {"heightCharacteristic": {"comparisonOperator": "greaterThan", "vehicleHeight": "4"}},
            "false",
            ["height.greaterThan.4"],
        ),
    ],
)
def test_vehicles_are_codes_and_those_spared_are_marked(characteristics, negate, codes):
    condition = {"vehicleCharacteristics": characteristics, "negate": negate}

    assert datex2.vehicles(condition) == codes


def test_details_are_the_codes_of_listed_elements():
    record = {
        "accidentType": "rollover",
        "impact": {"trafficConstrictionType": "roadBlocked", "numberOfLanesRestricted": "2"},
        "obstructionType": "une phrase",
        "witnessType": "Dupont",
    }

    assert datex2.details(record) == {
        "accidentType": "rollover",
        "trafficConstrictionType": "roadBlocked",
    }
