"""One attribute, five ways of writing it; instants in four; what a camera saw, wrapped or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.cameras import seen_by_camera
from vigie.intake.messages.ngsi import (
    attribute,
    attributes,
    entities,
    interval,
    moment,
    point_of,
    shape_of,
    short_id,
    short_name,
)
from vigie.intake.messages.reading import RowRefused


@given(st.integers(1_000_000_000, 4_000_000_000), st.integers(0, 999))
def test_an_instant_is_read_alike_in_seconds_milliseconds_and_microseconds(seconds, ms):
    us = seconds * 1_000_000 + ms * 1_000

    assert moment(f"{seconds}.{ms:03}", "ts", "Europe/Paris") == us
    assert moment(us // 1_000, "ts", "Europe/Paris") == us
    assert moment(us, "ts", "Europe/Paris") == us


def test_the_parts_of_ngsi():
    assert short_name("https://uri.fiware.org/ns/data-models#temperature") == "temperature"
    assert short_name("temperature") == "temperature"
    assert short_id("urn:ngsi-ld:Device:d:1") == "d:1"
    assert short_id("urn:ngsi-ld:Device") == "urn:ngsi-ld:Device"
    assert entities({"data": [1]}) == [{"data": [1]}]
    assert entities({"data": [1], "subscriptionId": "s"}) == [1]
    several = [{"value": 1, "datasetId": "urn:d"}, {"value": 2, "unitCode": "CEL"}]
    assert (attribute(several).value, attribute(several).unit) == (2, "CEL")
    assert attribute({"object": "urn:x"}).value == "urn:x"
    assert not seen_by_camera({"id": "b12", "LAeq": 1, "type": "NoiseLevelObserved"})


def test_an_interval_has_an_end_or_none():
    zone = "Europe/Paris"

    assert interval("1970-01-01T00:00:01Z/1970-01-01T00:00:02Z", "x", zone) == (
        1_000_000,
        2_000_000,
    )
    assert interval("1970-01-01T00:00:01Z", "x", zone) == (1_000_000, None)
    assert interval(None, "x", zone) is None
    with pytest.raises(RowRefused, match="bad_time"):
        interval("x/y", "x", zone)


def test_what_is_no_point_stands_in_its_middle_and_keeps_its_shape():
    line = {"type": "LineString", "coordinates": [[5.0, 43.0], [5.2, 43.0]]}
    found = attributes({"location": {"type": "GeoProperty", "value": line}})

    assert point_of(found) == pytest.approx({"lon": 5.1, "lat": 43.0})
    assert shape_of(found) is not None
    assert shape_of(attributes({"location": {"type": "Point", "coordinates": [5, 43]}})) is None
    assert point_of({}) == {}


@pytest.mark.parametrize("wrong", ["ici", {"type": "Point"}, {"type": "Pt"}, [1, 2], 3], ids=str)
def test_a_location_that_is_none_is_refused(wrong):
    with pytest.raises(RowRefused, match="bad_geometry"):
        point_of(attributes({"location": {"value": wrong}}))


TREES = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=6), one, max_size=3),
    max_leaves=12,
)


@given(TREES)
def test_any_tree_has_attributes_or_none(tree):
    attribute(tree)
    seen_by_camera(tree)
    assert isinstance(entities(tree), list)
