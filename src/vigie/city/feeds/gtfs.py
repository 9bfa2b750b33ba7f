"""Public transport: the static GTFS feed and GTFS-Realtime vehicle positions."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from google.transit import gtfs_realtime_pb2 as rt

from vigie.city import geography
from vigie.city.ledger import Feed
from vigie.city.span import MINUTE_US, local, public_holidays
from vigie.city.timetable import SERVICES, courses, service_of, vehicles
from vigie.city.truth import Truth

SOURCE = "gtfs"
LIVE_SOURCE = "gtfs_realtime"
VEHICLE_KINDS = {
    "": "means.transport.bus",
    "M": "means.transport.metro",
    "T": "means.transport.tram",
}
"""Kinds of vehicles by the beginning of their route's id."""
SNAPSHOTS = 31
SNAPSHOT_US = MINUTE_US
SECOND_US = 1_000_000
FUTURE_DAYS = 60
ROUTE_TYPES = {"metro": 1, "tram": 0, "bus": 3}
AGENCY = ("RTM", "Réseau de la ville synthétique", "https://example.org/", "Europe/Paris", "fr")
ZIP_DATE = (2020, 1, 1, 0, 0, 0)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _trips() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return the rows of ``trips.txt`` and ``stop_times.txt``."""
    trips: list[tuple[object, ...]] = []
    times: list[tuple[object, ...]] = []
    for course in courses():
        headsign = geography.stops()[course.stops[-1]][0]
        shape = f"{course.line.line_id}-{course.direction}"
        for service in SERVICES:
            for number, departure in enumerate(course.departures(service).tolist()):
                trip = course.trip_id(service, number)
                trips.append(
                    (course.line.line_id, service, trip, headsign, course.direction, shape)
                )
                times.extend(
                    (trip, _clock(departure + arrive), _clock(departure + leave), stop, position)
                    for position, (stop, arrive, leave) in enumerate(
                        zip(
                            course.stops,
                            course.arrive_s.tolist(),
                            course.leave_s.tolist(),
                            strict=True,
                        ),
                        start=1,
                    )
                )
    return trips, times


def _shapes() -> Iterable[tuple[object, ...]]:
    for course in courses():
        shape = f"{course.line.line_id}-{course.direction}"
        points = zip(course.lat.tolist(), course.lon.tolist(), strict=True)
        for position, (lat, lon) in enumerate(points, start=1):
            yield shape, lat, lon, position


def _exceptions(first: date, last: date) -> Iterable[tuple[object, ...]]:
    """Yield ``calendar_dates.txt``: a public holiday on a weekday or Saturday runs as Sunday."""
    for year in range(first.year, last.year + 1):
        for day in sorted(public_holidays(year)):
            usual = ("SEM", "SEM", "SEM", "SEM", "SEM", "SAM", "DIM")[day.weekday()]
            if first <= day <= last and usual != service_of(day):
                yield usual, f"{day:%Y%m%d}", 2
                yield service_of(day), f"{day:%Y%m%d}", 1


def static_feed(first: date, last: date) -> bytes:
    """Return a complete GTFS feed valid from ``first`` to ``last`` (gtfs.org, reference 2024)."""
    trips, times = _trips()
    used = {stop for course in courses() for stop in course.stops}
    since, until = f"{first:%Y%m%d}", f"{last:%Y%m%d}"
    week = {
        "SEM": (1, 1, 1, 1, 1, 0, 0),
        "SAM": (0, 0, 0, 0, 0, 1, 0),
        "DIM": (0, 0, 0, 0, 0, 0, 1),
    }
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    tables: dict[str, bytes] = {
        "agency.txt": _table(
            ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"), [AGENCY]
        ),
        "stops.txt": _table(
            ("stop_id", "stop_name", "stop_lat", "stop_lon"),
            [(k, v[0], v[2], v[1]) for k, v in geography.stops().items() if k in used],
        ),
        "routes.txt": _table(
            ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type",
             "route_color"),
            [(r.line_id, "RTM", r.line_id, r.name, ROUTE_TYPES[r.mode], r.colour)
             for r in geography.lines()],
        ),
        "trips.txt": _table(
            ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "shape_id"),
            trips,
        ),
        "stop_times.txt": _table(
            ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"), times
        ),
        "shapes.txt": _table(
            ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"), _shapes()
        ),
        "calendar.txt": _table(
            ("service_id", *days, "start_date", "end_date"),
            [(service, *week[service], since, until) for service in SERVICES],
        ),
        "calendar_dates.txt": _table(
            ("service_id", "date", "exception_type"), _exceptions(first, last)
        ),
        "feed_info.txt": _table(
            ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date",
             "feed_end_date", "feed_version"),
            [(AGENCY[1], AGENCY[2], "fr", since, until, "1")],
        ),
    }  # fmt: skip
    return _zip(tables)


def _zip(tables: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in tables.items():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def snapshot(at_us: int, seed: int) -> tuple[bytes, int]:
    """Return a GTFS-Realtime message of every vehicle's position, and how many there are."""
    message = rt.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.incrementality = rt.FeedHeader.FULL_DATASET
    message.header.timestamp = at_us // SECOND_US
    found = vehicles(at_us, seed)
    for vehicle in found:
        entity = message.entity.add(id=vehicle.trip_id)
        position = entity.vehicle
        position.trip.trip_id = vehicle.trip_id
        position.trip.route_id = vehicle.course.line.line_id
        position.trip.direction_id = vehicle.course.direction
        position.trip.start_date = f"{vehicle.service_day:%Y%m%d}"
        position.vehicle.id = vehicle.trip_id
        position.vehicle.label = vehicle.course.line.line_id
        position.position.latitude = vehicle.lat
        position.position.longitude = vehicle.lon
        position.position.bearing = vehicle.bearing
        position.position.speed = vehicle.speed_ms
        position.stop_id = vehicle.next_stop
        position.current_stop_sequence = vehicle.sequence
        position.current_status = (
            rt.VehiclePosition.STOPPED_AT if vehicle.stopped else rt.VehiclePosition.IN_TRANSIT_TO
        )
        position.timestamp = at_us // SECOND_US
        position.occupancy_percentage = vehicle.occupancy
    return message.SerializeToString(deterministic=True), len(found)


def emit(truth: Truth, folder: Path) -> Feed:
    """Write the static feed, valid over the truth and 60 days beyond now."""
    (folder / SOURCE).mkdir()
    last = local(truth.now_us).date() + timedelta(days=FUTURE_DAYS)
    (folder / SOURCE / "gtfs.zip").write_bytes(static_feed(truth.first, last))
    stops = {stop for course in courses() for stop in course.stops}
    return Feed(
        source=SOURCE,
        connector="gtfs",
        mapping="",
        kind="places",
        paths=(f"{SOURCE}/gtfs.zip",),
        rows=len(stops),
        records=len(stops),
    )


def emit_realtime(truth: Truth, folder: Path) -> Feed:
    """Write a snapshot of every vehicle for each of the last 30 minutes."""
    (folder / LIVE_SOURCE).mkdir()
    end = truth.now_us // SNAPSHOT_US * SNAPSHOT_US
    paths, rows = [], 0
    for at_us in np.arange(end - (SNAPSHOTS - 1) * SNAPSHOT_US, end + 1, SNAPSHOT_US).tolist():
        content, count = snapshot(at_us, truth.seed)
        name = f"{LIVE_SOURCE}/positions_{local(at_us):%Y%m%dT%H%M%S%z}.pb".replace("+", "p")
        (folder / name).write_bytes(content)
        paths.append(name)
        rows += count
    return Feed(
        source=LIVE_SOURCE,
        connector=LIVE_SOURCE,
        mapping="",
        kind="means",
        paths=tuple(paths),
        rows=rows,
        records=rows,
        options={"kinds": VEHICLE_KINDS},
    )
