"""Samples of GTFS Realtime: a few vehicles of an invented town."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google.transit import gtfs_realtime_pb2 as rt

NOW = 1_795_424_400  # 23 November 2026, 9:00 UTC, when the tests' clock stands
HOUR = 3_600
PERSONAL = ("GA-123-ZZ", "ZY 987 XW", "06 00 00 00 00")


def message(
    *build: Callable[[Any], None], version: str = "2.0", at: int = NOW, partial: bool = False
) -> bytes:
    """Return a message of one entity for each builder."""
    found = rt.FeedMessage()
    found.header.gtfs_realtime_version = version
    found.header.incrementality = rt.FeedHeader.FULL_DATASET
    if at:
        found.header.timestamp = at
    for number, make in enumerate(build, start=1):
        entity = found.entity.add()
        entity.id = str(number)
        make(entity)
    if partial:
        return found.SerializePartialToString(deterministic=True)
    return found.SerializeToString(deterministic=True)


def vehicle(unit: str = "V1", **changes: Any) -> Callable[[Any], None]:
    """Return a builder of a vehicle's position."""

    def build(entity: Any) -> None:
        found = entity.vehicle
        found.vehicle.id = unit
        found.trip.trip_id = f"trip-{unit}"
        found.trip.route_id = "M1"
        found.position.latitude = 43.2955
        found.position.longitude = 5.3745
        found.timestamp = NOW - 10
        for path, value in changes.items():
            *parents, last = path.split("__")
            target = found
            for parent in parents:
                target = getattr(target, parent)
            if value is None:
                target.ClearField(last)
            else:
                setattr(target, last, value)

    return build


def trip(**changes: Any) -> Callable[[Any], None]:
    """Return a builder of a trip update."""

    def build(entity: Any) -> None:
        found = entity.trip_update
        found.trip.trip_id = changes.get("trip_id", "t1")
        found.trip.start_date = "20261123"
        relationship = changes.get("relationship")
        if relationship is not None:
            found.trip.schedule_relationship = relationship
        if "delay" in changes:
            found.delay = changes["delay"]
        for stop, delay in changes.get("stops", ()):
            update = found.stop_time_update.add()
            update.stop_id = stop
            if delay is not None:
                update.departure.delay = delay
            else:
                update.departure.time = NOW + 60

    return build


def alert(name: str = "A1", *periods: tuple[int, int], **changes: Any) -> Callable[[Any], None]:
    """Return a builder of an alert; periods are seconds from now, 0 for an open side."""

    def build(entity: Any) -> None:
        entity.id = name
        found = entity.alert
        for start, end in periods:
            period = found.active_period.add()
            if start:
                period.start = NOW + start
            if end:
                period.end = NOW + end
        found.cause = changes.get("cause", rt.Alert.Cause.CONSTRUCTION)
        found.effect = changes.get("effect", rt.Alert.Effect.DETOUR)
        if "severity" in changes:
            found.severity_level = changes["severity"]
        for route in changes.get("routes", ("21",)):
            found.informed_entity.add().route_id = route
        for stop in changes.get("stops", ()):
            found.informed_entity.add().stop_id = stop
        for language, text in changes.get(
            "texts", {"fr": "Rue barrée", "en": "Road closed"}
        ).items():
            said = found.header_text.translation.add()
            said.language, said.text = language, text

    return build


def deleted(entity: Any) -> None:
    """Build an entity that is withdrawn."""
    entity.is_deleted = True


def nothing(_entity: Any) -> None:
    """Build an entity without content."""


GOOD = message(
    vehicle(),
    vehicle("V2", position__speed=5.0, position__bearing=90.0),
    vehicle("V3", occupancy_percentage=40),
)
CANCELED = rt.TripDescriptor.ScheduleRelationship.CANCELED
BAD_ENTITY = b"\x12\x04\x0a\x01x\x22"  # says it holds a vehicle and ends

CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/vehicles.pb": {"content": GOOD, "records": {"means": 3, "measures": 2}, "read": 3},
    "valid/delays.pb": {
        "content": message(trip(stops=[("P1", 120), ("P2", 180)]), trip(trip_id="t2", delay=-30)),
        "records": {"measures": 2}, "read": 2,
    },
    "valid/occupancy_status.pb": {
        "content": message(vehicle(occupancy_status=rt.VehiclePosition.STANDING_ROOM_ONLY), vehicle("V2", occupancy_status=rt.VehiclePosition.NO_DATA_AVAILABLE)),
        "records": {"means": 2, "measures": 1}, "read": 2,
    },
    "valid/no_vehicle_at_night.pb": {"content": message()},
    "valid/differential.pb": {
        "content": message(vehicle(), deleted), "records": {"means": 1}, "read": 2, "notices": {"not_used": 1},
    },
    "valid/alerts.pb": {
        "content": message(
            alert("A1", (-HOUR, HOUR), routes=("21", "M1"), stops=("P1",), severity=rt.Alert.SeverityLevel.SEVERE),
            alert("A2", (HOUR, 2 * HOUR), (25 * HOUR, 26 * HOUR)),
            alert("A3"),
            alert("A4", (-HOUR, 0), cause=rt.Alert.Cause.POLICE_ACTIVITY, effect=rt.Alert.Effect.NO_SERVICE),
        ),
        "records": {"facts": 3, "plans": 1}, "read": 4,
    },
    "valid/vehicle_and_trip.pb": {
        "content": message(lambda e: (vehicle()(e), trip(delay=60)(e))),
        "records": {"means": 1, "measures": 1}, "read": 1,
    },
    # --- invalid: messages
    "invalid/empty.pb": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/web_page.pb": {"content": b"<!DOCTYPE html><html>503</html>", "rejects": {"unreadable": 1}},
    "invalid/json.pb": {"content": b'{"header": {"gtfsRealtimeVersion": "2.0"}}', "rejects": {"unreadable": 1}},
    "invalid/zeros.pb": {"content": bytes(64), "rejects": {"unreadable": 1}},
    "invalid/random.pb": {"content": bytes(range(255, 100, -1)), "rejects": {"unreadable": 1}},
    "invalid/without_header.pb": {"content": GOOD[GOOD.index(b"\x12") :], "rejects": {"unreadable": 1}},
    "invalid/header_without_version.pb": {"content": b"\x0a\x02\x10\x00", "rejects": {"unreadable": 1}},
    "invalid/cut.pb": {
        "content": GOOD[:-9], "records": {"means": 2, "measures": 1}, "read": 3, "rejects": {"truncated_file": 1},
    },
    "invalid/cut_in_header.pb": {"content": GOOD[:5], "rejects": {"unreadable": 1}},
    "invalid/broken_entity.pb": {
        "content": message(vehicle()) + BAD_ENTITY[:2] + b"\x22\x7f\x01\x02" + message(vehicle("V2"))[len(message()) :],
        "records": {"means": 2}, "read": 3, "rejects": {"bad_row": 1},
    },
    "invalid/unknown_version.pb": {
        "content": message(vehicle(), version="9.9"), "records": {"means": 1}, "read": 1, "notices": {"unknown_code": 1},
    },
    "invalid/frozen_clock.pb": {
        "content": message(vehicle(), at=NOW - 86_400), "records": {"means": 1}, "read": 1, "notices": {"clock_skew": 1},
    },
    "invalid/fast_clock.pb": {
        "content": message(vehicle(), at=NOW + 3_600), "records": {"means": 1}, "read": 1, "notices": {"clock_skew": 1},
    },
    "invalid/without_any_time.pb": {
        "content": message(vehicle(timestamp=None), at=0), "records": {"means": 1}, "read": 1, "notices": {"no_timestamp": 1},
    },
    # --- invalid: entities
    "invalid/milliseconds.pb": {
        "content": message(vehicle(timestamp=NOW * 1_000_000), vehicle("V2")), "records": {"means": 1}, "read": 2,
        "rejects": {"bad_time": 1},
    },
    "invalid/without_position.pb": {
        "content": message(lambda e: setattr(e.vehicle.vehicle, "id", "V9"), vehicle("V2")),
        "records": {"means": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/not_a_number.pb": {
        "content": message(vehicle(position__latitude=float("nan")), vehicle("V2")), "records": {"means": 1}, "read": 2,
        "rejects": {"bad_number": 1},
    },
    "invalid/infinite.pb": {
        "content": message(vehicle(position__longitude=float("inf")), vehicle("V2")), "records": {"means": 1}, "read": 2,
        "rejects": {"bad_number": 1},
    },
    "invalid/plate.pb": {
        "content": message(vehicle(vehicle__license_plate=PERSONAL[0])), "records": {"means": 1}, "read": 1,
        "notices": {"dropped_personal": 1},
    },
    "invalid/plate_as_identifier.pb": {
        "content": message(vehicle(PERSONAL[1], trip__trip_id="t1")), "records": {"means": 1}, "read": 1,
        "notices": {"dropped_personal": 1},
    },
    "invalid/impossible_speed.pb": {
        "content": message(vehicle(position__speed=-4.0, position__bearing=720.0)), "records": {"means": 1}, "read": 1,
        "notices": {"out_of_range": 2},
    },
    "invalid/cancelled_trip.pb": {
        "content": message(trip(relationship=CANCELED)), "read": 1, "notices": {"not_used": 1},
    },
    "invalid/times_without_delay.pb": {
        "content": message(trip(stops=[("P1", None)])), "read": 1, "notices": {"not_used": 1},
    },
    "invalid/alert_that_is_over.pb": {
        "content": message(alert("A1", (-2 * HOUR, -HOUR))), "read": 1, "notices": {"not_used": 1},
    },
    "invalid/alert_without_effect.pb": {
        "content": message(alert("A1", effect=rt.Alert.Effect.NO_EFFECT)), "read": 1, "notices": {"not_used": 1},
    },
    "invalid/alert_in_milliseconds.pb": {
        "content": message(alert("A1", (NOW * 1_000, NOW * 1_000 + 1)), alert("A2")), "records": {"facts": 1}, "read": 2,
        "rejects": {"bad_time": 1},
    },
    "invalid/alert_that_never_ends.pb": {
        "content": message(alert("A1", (HOUR, 1 << 62))), "records": {"plans": 1}, "read": 1,
    },
    "invalid/nameless_alert.pb": {"content": message(alert(" ")), "read": 1, "rejects": {"missing_required": 1}},
    "invalid/alert_of_texts_for_routes.pb": {
        "content": message(alert("A1", routes=("appeler le 06 00 00 00 00", "21"))), "records": {"facts": 1}, "read": 1,
    },
    "invalid/nothing_inside.pb": {"content": message(nothing), "read": 1, "notices": {"not_used": 1}},
    "invalid/nameless_vehicle.pb": {
        "content": message(lambda e: (vehicle(" ", trip__trip_id=None)(e), setattr(e, "id", " "))),
        "read": 1, "rejects": {"missing_required": 1},
    },
}  # fmt: skip
