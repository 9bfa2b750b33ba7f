"""Streets that are closed, stations that take people, hours of the week."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from tests.foresight.whatif.small_city import BUSY, PROJECTION, QUIET, plan, surroundings

from vigie.base.clock import to_us
from vigie.foresight.whatif.surroundings import (
    Station,
    area_of,
    closed_streets,
    hour_of_week,
    stations_near,
    taken_per_hour,
)

CITY = surroundings()


def footprint(of=None):
    geometry = (of or plan()).geometry
    return PROJECTION.geometries_to_metres(np.array([geometry], object))[0]


def test_a_street_that_runs_through_the_footprint_is_closed_by_it():
    found = closed_streets(footprint(), (), CITY.streets, venue=False)
    assert [one.name for one in found] == ["Rue de la Place"]
    assert not found[0].named
    assert 80 < found[0].length_m < 130


def test_a_street_that_is_named_is_closed_wherever_it_is_and_however_it_is_written():
    for code in ("voie:Avenue du Nord", "avenue-du-nord", "AVENUE DU NORD"):
        found = closed_streets(footprint(), (code,), CITY.streets, venue=True)
        assert [(one.name, one.named) for one in found] == [("Avenue du Nord", True)]


def test_a_venue_crosses_no_street():
    assert closed_streets(footprint(), (), CITY.streets, venue=True) == []


def test_a_line_is_as_wide_as_a_march_and_a_point_a_small_square():
    assert area_of(shapely.box(0, 0, 30, 40)) == 1_200
    assert area_of(shapely.LineString([(0, 0), (500, 0)])) == 5_000
    assert area_of(shapely.Point(0, 0)) == 2_500


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-23T00:00:00+01:00", 0),  # a Monday
        ("2026-11-26T08:59:00+01:00", 3 * 24 + 8),
        ("2026-07-05T23:30:00+02:00", 6 * 24 + 23),
    ],
)
def test_the_hour_of_the_week_is_local(text, hour):
    from datetime import datetime

    assert hour_of_week(to_us(datetime.fromisoformat(text)), "Europe/Paris") == hour


def test_stations_within_a_walk_are_found_and_those_that_take_nobody_are_not():
    x, y = PROJECTION.to_metres([BUSY[0]], [BUSY[1]])
    bikes = Station("Vélos", "place.station.bike", float(x[0]), float(y[0]))
    assert [one.label for one in stations_near(footprint(), [*CITY.stations, bikes])] == ["Place"]
    x, y = PROJECTION.to_metres([QUIET[0]], [QUIET[1]])
    far = shapely.Point(float(x[0]), float(y[0]))
    assert stations_near(far, CITY.stations) == []


def test_the_metro_takes_people_by_day_and_nobody_at_night():
    assert taken_per_hour(CITY.stations, 22) == 20 * 300
    assert taken_per_hour(CITY.stations, 3) == 0
    assert taken_per_hour(CITY.stations, 22 + 168) == 20 * 300
