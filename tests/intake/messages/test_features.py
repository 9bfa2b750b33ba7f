"""Properties under many names mean the same; dates are those of the city."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.intake.messages.features import (
    Properties,
    beginning,
    check_system,
    footprint_of,
    plain_names,
)
from vigie.intake.messages.reading import RowRefused
from vigie.intake.tabular.block import FileRefused

NAMES = {"ends": ["date_fin", "end"], "revision": ["maj", "version"]}


def of(**properties):
    return Properties(properties, NAMES, "Europe/Paris")


def test_names_are_compared_without_case_accents_and_blanks():
    assert plain_names({"Date de Début": 1, "DATE DE DEBUT": 2, "N°": 3}) == {
        "date_de_debut": 1,
        "n": 3,
    }
    assert plain_names(["x"]) == {}


def test_the_first_name_that_is_filled_counts():
    assert of(date_fin=" ", end="b").text("ends") == "b"
    assert of(date_fin="a", end="b").text("ends") == "a"
    assert of().text("ends") is None


@given(day=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_day_is_midnight_of_the_city_and_a_last_day_is_whole(day):
    written = (day.isoformat(), f"{day:%d/%m/%Y}")
    starts = {of(end=one).instant("ends") for one in written}
    ends = {of(end=one).instant("ends", last=True) for one in written}
    after = {of(end=(day + timedelta(days=1)).isoformat()).instant("ends")}

    assert len(starts) == 1
    assert ends == after
    assert 23 <= (min(ends) - min(starts)) / 3_600_000_000 <= 25


@given(at=st.datetimes(datetime(2004, 1, 1), datetime(2090, 1, 1)))
def test_an_instant_is_the_same_as_text_and_as_milliseconds(at):
    at = at.replace(tzinfo=UTC, microsecond=at.microsecond // 1_000 * 1_000)
    us = to_us(at)

    assert of(end=at.isoformat()).instant("ends") == us
    assert of(end=us // 1_000).instant("ends") == us


@pytest.mark.parametrize("shown", ["2026-02-31", "31/02/2026", "9999-12-31", "bientôt"])
def test_a_day_that_is_none_is_refused_by_name(shown):
    with pytest.raises(RowRefused) as caught:
        of(end=shown).instant("ends", last=True)

    assert caught.value.code == "bad_time"


def test_a_revision_is_a_number_or_an_instant_in_seconds():
    assert of(version="12").revision("revision") == 12
    assert of().revision("revision") == 0
    made = of(maj="2026-11-23T09:00:00Z").revision("revision")
    assert from_us(made * 1_000_000) == datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_code_is_found_by_the_beginning_of_a_word():
    table = {"a": ["ferm"], "b": ["voie"]}

    assert beginning("Rue FERMÉE, une voie", table) == ["a", "b"]
    assert beginning("l'infirmerie", table) == []
    assert beginning(None, table) == []


@pytest.mark.parametrize("name", [None, "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_a_system_in_degrees_passes(name):
    check_system(name)


@pytest.mark.parametrize("name", ["EPSG:2154", "urn:ogc:def:crs:EPSG::27572"])
def test_a_system_in_metres_is_refused(name):
    with pytest.raises(FileRefused) as caught:
        check_system(name)

    assert caught.value.reject.code == "unreadable"


def test_a_geometry_is_a_footprint_with_a_point_on_it():
    wkb, lon, lat = footprint_of({"type": "Point", "coordinates": [5.38, 43.3]})

    assert shapely.from_wkb(wkb) == shapely.Point(5.38, 43.3)
    assert (lon, lat) == (5.38, 43.3)
    assert footprint_of(None) == (None, None, None)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"type": "Point", "coordinates": [893000.0, 6247000.0]}, "bad_coordinates"),
        ({"type": "Point", "coordinates": [1e300, 1.0]}, "bad_coordinates"),
        ({"type": "Point"}, "bad_geometry"),
        ({"type": "LineString", "coordinates": [["a", "b"]]}, "bad_geometry"),
        ("POINT(5 43)", "bad_geometry"),
    ],
)
def test_a_geometry_that_is_none_is_refused_by_name(geometry, code):
    with pytest.raises(RowRefused) as caught:
        footprint_of(geometry)

    assert caught.value.code == code
