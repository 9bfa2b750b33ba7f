from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from google.transit import gtfs_realtime_pb2 as rt
from hypothesis import given
from hypothesis import strategies as st
from tests.city.built_city import BuiltCity

from vigie.base.clock import from_us, to_us
from vigie.city import geography
from vigie.city.feeds.gtfs import ROUTE_TYPES, snapshot, static_feed
from vigie.city.timetable import courses, service_of, service_start_us, vehicles

FIRST, LAST = date(2026, 10, 1), date(2027, 1, 31)


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(static_feed(FIRST, LAST))) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))
            for name in archive.namelist()
        }


def seconds(clock: str) -> int:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def test_references_hold(tables: dict[str, list[dict[str, str]]]) -> None:
    ids = {
        "stop_id": {r["stop_id"] for r in tables["stops.txt"]},
        "route_id": {r["route_id"] for r in tables["routes.txt"]},
        "trip_id": {r["trip_id"] for r in tables["trips.txt"]},
        "service_id": {r["service_id"] for r in tables["calendar.txt"]},
        "shape_id": {r["shape_id"] for r in tables["shapes.txt"]},
    }
    assert len(ids["trip_id"]) == len(tables["trips.txt"])
    for name, columns in {
        "trips.txt": ("route_id", "service_id", "shape_id"),
        "stop_times.txt": ("trip_id", "stop_id"),
        "calendar_dates.txt": ("service_id",),
    }.items():
        for column in columns:
            assert {r[column] for r in tables[name]} <= ids[column]
    assert {r["stop_id"] for r in tables["stop_times.txt"]} == ids["stop_id"]


def test_modes_and_lines(tables: dict[str, list[dict[str, str]]]) -> None:
    kinds = [int(r["route_type"]) for r in tables["routes.txt"]]
    assert kinds.count(ROUTE_TYPES["metro"]) == 2
    assert kinds.count(ROUTE_TYPES["tram"]) == 3
    assert kinds.count(ROUTE_TYPES["bus"]) >= 10


def test_stop_times_go_forward(tables: dict[str, list[dict[str, str]]]) -> None:
    by_trip: dict[str, list[dict[str, str]]] = {}
    for row in tables["stop_times.txt"]:
        by_trip.setdefault(row["trip_id"], []).append(row)
    for rows in by_trip.values():
        assert [int(r["stop_sequence"]) for r in rows] == list(range(1, len(rows) + 1))
        assert all(seconds(r["arrival_time"]) <= seconds(r["departure_time"]) for r in rows)
        assert all(
            seconds(a["departure_time"]) < seconds(b["arrival_time"]) for a, b in pairwise(rows)
        )


def test_each_day_has_one_service(tables: dict[str, list[dict[str, str]]]) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for offset in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=offset)
        running = {r["service_id"] for r in tables["calendar.txt"] if r[days[day.weekday()]] == "1"}
        for row in tables["calendar_dates.txt"]:
            if row["date"] == f"{day:%Y%m%d}":
                change = running.add if row["exception_type"] == "1" else running.remove
                change(row["service_id"])
        assert running == {service_of(day)}


def test_a_service_day_starts_twelve_hours_before_noon() -> None:
    usual = from_us(service_start_us(date(2026, 11, 3)))
    assert usual == datetime(2026, 11, 2, 23, tzinfo=UTC)
    spring = from_us(service_start_us(date(2026, 3, 29)))
    assert spring == datetime(2026, 3, 28, 22, tzinfo=UTC)
    autumn = from_us(service_start_us(date(2026, 10, 25)))
    assert autumn == datetime(2026, 10, 24, 23, tzinfo=UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.integers(0, 50),
)
def test_vehicles_are_on_their_line(at: datetime, seed: int) -> None:
    found = vehicles(to_us(at), seed)
    assert len({v.trip_id + str(v.service_day) for v in found}) == len(found)
    for vehicle in found:
        course = vehicle.course
        assert min(course.lon) - 1e-9 <= vehicle.lon <= max(course.lon) + 1e-9
        assert min(course.lat) - 1e-9 <= vehicle.lat <= max(course.lat) + 1e-9
        assert vehicle.next_stop in course.stops
        assert 0 <= vehicle.bearing < 360
        assert 0 <= vehicle.speed_ms < 25
        assert (vehicle.speed_ms == 0) == vehicle.stopped


def test_nothing_runs_at_four_and_much_at_nine() -> None:
    night = datetime(2026, 11, 3, 3, tzinfo=UTC)
    morning = datetime(2026, 11, 3, 8, tzinfo=UTC)
    assert vehicles(to_us(night), 1) == []
    running = {v.course.line.line_id for v in vehicles(to_us(morning), 1)}
    assert running == {line.line_id for line in geography.lines()}


def test_a_vehicle_moves_at_the_speed_it_says() -> None:
    at = to_us(datetime(2026, 11, 3, 8, tzinfo=UTC))
    before = {v.trip_id: v for v in vehicles(at, 1)}
    after = {v.trip_id: v for v in vehicles(at + 2_000_000, 1)}
    moved = 0
    for trip, one in before.items():
        two = after.get(trip)
        if two is None or one.stopped or two.stopped or one.next_stop != two.next_stop:
            continue
        (ax, ay), (bx, by) = (geography.to_metres(v.lon, v.lat) for v in (one, two))
        assert ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 == pytest.approx(2 * one.speed_ms, rel=0.02)
        moved += 1
    assert moved > 30


def test_a_snapshot_is_a_full_message(tables: dict[str, list[dict[str, str]]]) -> None:
    at_us = to_us(datetime(2026, 11, 3, 8, tzinfo=UTC))
    content, count = snapshot(at_us, 1)
    assert snapshot(at_us, 1)[0] == content
    message = rt.FeedMessage.FromString(content)
    assert len(message.entity) == count > 50
    assert message.header.timestamp == at_us // 1_000_000
    trips = {r["trip_id"]: r for r in tables["trips.txt"]}
    for entity in message.entity:
        trip = trips[entity.vehicle.trip.trip_id]
        assert trip["route_id"] == entity.vehicle.trip.route_id
        assert trip["service_id"] == "SEM"
        assert not entity.vehicle.vehicle.license_plate


def test_back_is_the_way_out_reversed() -> None:
    for out, back in zip(courses()[::2], courses()[1::2], strict=True):
        assert out.stops == back.stops[::-1]
        assert out.arrive_s[-1] == back.arrive_s[-1]


def test_transport_enters_through_its_connectors(city: BuiltCity) -> None:
    static, realtime = city.manifest.feed("gtfs"), city.manifest.feed("gtfs_realtime")
    places = city.read(static)
    assert places.kinds["places"] == static.records
    assert places.rejected == []
    moving = city.read(realtime)
    assert moving.kinds["means"] == realtime.records
    assert moving.rejected == []
