"""Places of a network: whole streets, stretches, junctions 30 m around, and their traffic."""

import numpy as np
import pyarrow as pa
import pytest
from tests.geo.test_lixels import CROSS, PLANE, street

from vigie.analyse.road_units import by_junction, by_street, by_stretch, traffic_of
from vigie.geo.lixels import LixelNetwork

HOUR_US = 3_600_000_000
NETWORK = LixelNetwork([*CROSS, street("Nord-Sud", (500, 0), (500, 90))])


def _at(*points: tuple[float, float]):
    return NETWORK.snap(*PLANE.to_degrees(*np.array(points, float).T), 20)


def _measures(*rows: tuple[str, str, float, float, float]) -> pa.Table:
    """Return an hour's measures: metric, sensor, metres east and north, value."""
    metric, sensor, x, y, value = zip(*rows, strict=True)
    lon, lat = PLANE.to_degrees(np.array(x), np.array(y))
    hours = {"from_us": [0] * len(rows), "to_us": [HOUR_US] * len(rows)}
    columns = {"metric": metric, "place_id": sensor, "lon": lon, "lat": lat, "value": value}
    return pa.table({**columns, **hours})


def test_a_street_is_whole_and_of_two_of_one_name_the_second_is_told() -> None:
    units = by_street(NETWORK)

    assert units.labels == ("Est-Ouest", "Nord-Sud", "Nord-Sud (2)")
    assert units.metres == pytest.approx([400, 400, 90], abs=0.5)
    assert units.place(_at((-150, 3), (150, 3), (500, 50), (900, 0))).tolist()[:3] == [0, 0, 2]
    assert all(text.startswith("LINESTRING") for text in units.courses())


def test_stretches_end_at_junctions() -> None:
    units = by_stretch(NETWORK)
    place = units.place(_at((-150, 3), (150, 3)))

    assert len(units) == 5
    assert place[0] != place[1]
    assert "Est-Ouest, 0-200 m" in units.labels


def test_a_junction_is_thirty_metres_around() -> None:
    units = by_junction(NETWORK)

    assert units.labels == ("Est-Ouest / Nord-Sud",)
    assert units.metres == pytest.approx([120], abs=0.1)
    assert units.place(_at((20, 0), (0, -25), (60, 0))).tolist() == [0, 0, -1]
    assert units.count(np.array([0, 0, -1])).tolist() == [2]


def test_traffic_is_vehicles_a_day_of_the_sensors_of_a_place() -> None:
    measures = _measures(
        ("traffic.flow", "a", 100, 2, 100.0),
        ("traffic.flow", "a", 100, 2, 300.0),
        ("traffic.flow", "b", -100, 2, 400.0),
        ("traffic.speed", "a", 100, 2, 40.0),
        ("traffic.flow", "far", 3_000, 0, 9.0),
    )
    found = traffic_of(by_street(NETWORK), measures, 30)
    around = traffic_of(by_junction(NETWORK), measures, 30)

    assert found.per_day[0] == pytest.approx((200 + 400) / 2 * 24)
    assert found.sensors.tolist() == [2, 0, 0]
    assert found.speed[0] == pytest.approx(40)
    assert np.isnan(found.per_day[1:]).all()
    assert around.per_day.tolist() == [pytest.approx(7_200)]
    assert "1 places of 3" in found.note["en"]


def test_without_measures_length_alone_is_exposure() -> None:
    for measures in (None, _measures(("traffic.speed", "a", 0, 0, 30.0))):
        found = traffic_of(by_street(NETWORK), measures, 30)
        assert np.isnan(found.per_day).all()
        assert "length alone" in found.note["en"]
