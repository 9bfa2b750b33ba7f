"""GTFS Realtime: where vehicles are, how fast, how full, how late, and what disrupts them.

One protobuf ``FeedMessage`` a payload. Vehicle positions become means and measures, trip updates
become delays, alerts become facts while they are active and plans before that. A licence plate
never passes, not even where a feed uses it as the vehicle's identifier. A message cut short gives
the entities that are whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as rt

from vigie.base.clock import to_us
from vigie.base.translations import Phrase
from vigie.intake.connector import Connector, Context, Parsed, Payload, listed
from vigie.intake.messages.disruptions import Disruption, Period, add_disruption
from vigie.intake.messages.languages import in_language
from vigie.intake.messages.lenient import codes
from vigie.intake.messages.reading import RowRefused
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.transport import Transport
from vigie.intake.messages.tree import read_payload
from vigie.intake.tabular.block import FileRefused
from vigie.intake.tabular.wire import Part, messages, text_of
from vigie.model.times import SECOND_US

MAX_BYTES = 64 << 20
OCCUPANCY_PERCENT = {0: 0.0, 1: 20.0, 2: 60.0, 3: 90.0, 4: 100.0, 5: 100.0}
"""Per cent meant by an ``OccupancyStatus`` where a feed gives no percentage: quality estimated."""

_HEADER, _ENTITY = 1, 2
_KMH = 3.6
_LATEST_S = 253_402_300_799  # the last second of the year 9999
_VERSIONS = ("1.0", "2.0", "2.1")
_NO_SERVICE = (
    rt.TripDescriptor.ScheduleRelationship.CANCELED,
    rt.TripDescriptor.ScheduleRelationship.DELETED,
)
_STATUS = rt.VehiclePosition.VehicleStopStatus
_CAUSE, _EFFECT = rt.Alert.Cause, rt.Alert.Effect
_SEVERITY = {2: 2, 3: 3, 4: 4}  # INFO, WARNING, SEVERE
_KIND_OF_EFFECT = {
    _EFFECT.NO_SERVICE: "road.transit.cancellation",
    _EFFECT.SIGNIFICANT_DELAYS: "road.transit.delay",
    _EFFECT.DETOUR: "road.transit.detour",
    _EFFECT.STOP_MOVED: "road.transit.detour",
    _EFFECT.ACCESSIBILITY_ISSUE: "road.transit.access",
    _EFFECT.ADDITIONAL_SERVICE: "road.transit",
}


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one message into means, measures, facts and plans.

    Options of the feed: ``kinds``, from the beginning of a route's identifier to a kind under
    ``means`` (``{"M" = "means.transport.metro"}``); ``static_source``, the feed of the timetable
    whose stops delays refer to (``gtfs``).
    """
    try:
        message = _Message(read_payload(payload, MAX_BYTES), context)
    except FileRefused as refusal:
        yield refused_file("means", refusal)
        return
    yield from message.parsed()


class _Message:
    """One feed message, entity by entity."""

    def __init__(self, data: bytes, context: Context) -> None:
        """Find the header.

        Raises:
            FileRefused: When the payload is no feed message.
        """
        self._language = context.language
        self._now_us = to_us(context.now)
        self._rows = Rows("means", "measures", "facts", "plans")
        self._transport = Transport(self._rows, context)
        self._parts = list(messages(data))
        header = next((p for p in self._parts if p.number == _HEADER and p.whole), None)
        self._header_raw = b"" if header is None else header.raw
        self._header: Any = None if header is None else _decoded(rt.FeedHeader, header.content)
        if self._header is None or not self._header.gtfs_realtime_version:
            raise FileRefused("unreadable", reason=Phrase("reason_protobuf"))

    def parsed(self) -> Iterator[Parsed]:
        """Yield means, measures, facts, then plans."""
        self._look_at_header()
        for part in self._parts:
            if part.number == _ENTITY or not part.whole:
                with self._rows.row(self._header_raw + part.raw):
                    self._take(part)
        yield from self._rows.parsed()

    def _look_at_header(self) -> None:
        version = text_of(self._header.gtfs_realtime_version)
        if version not in _VERSIONS:
            column = "gtfs_realtime_version"
            self._rows.remark("unknown_code", value=version[:20], column=column)
        if self._header.timestamp:
            self._transport.check_clock(int(self._header.timestamp) * SECOND_US)

    def _take(self, part: Part) -> None:
        if not part.whole:
            raise RowRefused("truncated_file")
        entity = _decoded(rt.FeedEntity, part.content)
        if entity is None:
            raise RowRefused("bad_row", reason=Phrase("reason_protobuf"))
        if entity.is_deleted:
            self._rows.remark("not_used", what="is_deleted")
            return
        used = False
        if entity.HasField("vehicle"):
            self._vehicle(entity)
            used = True
        if entity.HasField("trip_update"):
            self._trip_update(entity.trip_update)
            used = True
        if entity.HasField("alert"):
            self._alert(entity)
            used = True
        if not used:
            self._rows.remark("not_used", what="entity")

    def _instant(self, stated: int) -> int:
        """Return epoch µs of a time in seconds: the stated one, the header's, or of receipt."""
        seconds = stated or int(self._header.timestamp)
        if seconds:
            return _checked(seconds, "timestamp") * SECOND_US
        self._rows.remark("no_timestamp")
        return self._now_us

    # --- Vehicles -------------------------------------------------------------------------------

    def _unit(self, entity: Any) -> str:
        """Return what identifies the vehicle, never its plate."""
        descriptor = entity.vehicle.vehicle
        if descriptor.license_plate:
            self._rows.remark("dropped_personal", column="vehicle.license_plate")
        trip_id = entity.vehicle.trip.trip_id
        unit = text_of(descriptor.id or descriptor.label or trip_id or entity.id).strip()
        if not unit:
            raise RowRefused("missing_required", column="vehicle.id")
        return self._transport.unit(unit, "vehicle.id")

    def _vehicle(self, entity: Any) -> None:
        vehicle = entity.vehicle
        if not vehicle.HasField("position"):
            raise RowRefused("missing_required", column="vehicle.position")
        lon, lat = vehicle.position.longitude, vehicle.position.latitude
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise RowRefused("bad_number", value=f"{lon}, {lat}", column="vehicle.position")
        unit, at_us = self._unit(entity), self._instant(vehicle.timestamp)
        where = {"lon": round(lon, 6), "lat": round(lat, 6)}
        speed = self._number(vehicle.position, "speed", 0.0, 150.0)
        route = text_of(vehicle.trip.route_id)
        self._rows.add(
            "means",
            where
            | {
                "source_ref": f"{unit}@{at_us // SECOND_US}",
                "unit_ref": unit,
                "kind": self._transport.kind(route),
                "label": route or None,
                "at": at_us,
                "heading_deg": self._number(vehicle.position, "bearing", 0.0, 360.0),
                "speed_kmh": None if speed is None else speed * _KMH,
                "status": "engaged" if vehicle.HasField("trip") else "unknown",
                "attributes": _details(vehicle),
            },
        )
        measure = self._transport.measure
        if speed is not None:
            measure("transport.speed", unit, at_us, where, value=speed * _KMH, unit="km/h")
        if (found := _occupancy(vehicle)) is not None:
            share, quality = found
            name = "transport.occupancy"
            measure(name, unit, at_us, where, value=share, unit="%", quality=quality)

    def _number(self, message: Any, name: str, low: float, high: float) -> float | None:
        if not message.HasField(name):
            return None
        value = float(getattr(message, name))
        if low <= value <= high:
            return value
        self._rows.remark("out_of_range", value=f"{value:g}", column=name)
        return None

    # --- Trips ----------------------------------------------------------------------------------

    def _trip_update(self, update: Any) -> None:
        trip = update.trip
        if trip.schedule_relationship in _NO_SERVICE:
            self._rows.remark("not_used", what="trip_update CANCELED")
            return
        found = _delay(update)
        if found is None:
            self._rows.remark("not_used", what="trip_update without delay")
            return
        delay, stop = found
        key = (
            text_of(trip.trip_id)
            or f"{text_of(trip.route_id)}/{trip.direction_id}/{text_of(trip.start_time)}"
        )
        where = {"place_id": self._transport.stop(stop)} if stop else {}
        at_us = self._instant(update.timestamp)
        key = f"{key}/{text_of(trip.start_date)}"
        name = "transport.delay"
        self._transport.measure(name, key, at_us, where, value=float(delay), unit="s")

    # --- Alerts ---------------------------------------------------------------------------------

    def _alert(self, entity: Any) -> None:
        """Add an alert: a fact while a period of it runs, a plan while all of them are ahead."""
        alert, said_us = entity.alert, self._instant(0)
        name = text_of(entity.id).strip()
        if not name:
            raise RowRefused("missing_required", column="entity.id")
        if alert.effect == _EFFECT.NO_EFFECT:
            self._rows.remark("not_used", what="alert NO_EFFECT")
            return
        periods = _periods(alert, said_us)
        live = [p for p in periods if p.ends_us is None or p.ends_us > said_us]
        if not live:
            self._rows.remark("not_used", what="alert that is over")
            return
        kind = _KIND_OF_EFFECT.get(alert.effect, "road.transit.disruption")
        if alert.cause == _CAUSE.POLICE_ACTIVITY:
            kind = "road.transit.incident"
        selectors = alert.informed_entity
        lines = (text_of(one.route_id or one.trip.route_id) for one in selectors)
        told = Disruption(
            source_ref=f"alert/{name}",
            revision=said_us // SECOND_US,
            kind=kind,
            planned=all(period.starts_us > said_us for period in live),
            periods=periods,
            said_us=said_us,
            severity=_SEVERITY.get(alert.severity_level),
            cause=_CAUSE.Name(alert.cause).lower() if alert.HasField("cause") else None,
            effect=_EFFECT.Name(alert.effect).lower() if alert.HasField("effect") else None,
            lines=codes(lines),
            stops=codes(text_of(one.stop_id) for one in selectors),
            text=_told(alert, self._language),
            language=self._language,
        )
        add_disruption(self._rows, told)


def _decoded(kind: Any, content: bytes) -> Any | None:
    """Return a message of a kind, or None when the bytes are none."""
    try:
        return kind.FromString(content)
    except (DecodeError, ValueError):
        return None


def _checked(seconds: int, column: str) -> int:
    if seconds > _LATEST_S:
        raise RowRefused("bad_time", value=str(seconds), column=column)
    return seconds


def _periods(alert: Any, said_us: int) -> tuple[Period, ...]:
    """Return when an alert is active; one that does not say is active when it is shown."""
    found = []
    for period in alert.active_period:
        starts_us = _checked(int(period.start), "active_period.start") * SECOND_US
        ends_us = int(period.end) * SECOND_US if 0 < period.end <= _LATEST_S else None
        begun_us = said_us if ends_us is None else min(said_us, ends_us)
        found.append(Period(starts_us or begun_us, ends_us))
    return tuple(found) or (Period(said_us, None),)


def _told(alert: Any, language: str) -> str | None:
    """Return the public text in the city's language, else in the first that is given."""
    said = (
        in_language(
            [(text_of(one.language), text_of(one.text)) for one in part.translation], language
        )
        for part in (alert.header_text, alert.description_text)
    )
    return "\n".join(one for one in said if one) or None


def _occupancy(vehicle: Any) -> tuple[float, str] | None:
    """Return how full a vehicle is, in per cent, and the quality of that."""
    if vehicle.HasField("occupancy_percentage"):
        return float(vehicle.occupancy_percentage), "good"
    if vehicle.HasField("occupancy_status"):
        share = OCCUPANCY_PERCENT.get(vehicle.occupancy_status)
        return None if share is None else (share, "estimated")
    return None


def _delay(update: Any) -> tuple[int, str] | None:
    """Return the present delay of a trip in seconds and the stop it is about."""
    for stop in update.stop_time_update:
        for event in ("departure", "arrival"):
            if stop.HasField(event) and getattr(stop, event).HasField("delay"):
                return int(getattr(stop, event).delay), text_of(stop.stop_id)
    return (int(update.delay), "") if update.HasField("delay") else None


def _details(vehicle: Any) -> dict[str, str]:
    """Return what is kept of a position besides; nothing here identifies a person."""
    trip = vehicle.trip
    values = {
        "route": text_of(trip.route_id),
        "trip": text_of(trip.trip_id),
        "direction": str(trip.direction_id) if trip.HasField("direction_id") else "",
        "stop": text_of(vehicle.stop_id),
        "stop_status": _STATUS.Name(vehicle.current_status)
        if vehicle.HasField("current_status")
        else "",
    }
    return {key: str(value) for key, value in values.items() if value}


# fmt: off
FIELDS = (
    listed("header.timestamp", "Horodatage du message", "Time of the message"),
    listed("entity.id", "Identifiant dans le message", "Identifier in the message", required=True),
    listed("vehicle.vehicle.id", "Véhicule", "Vehicle"),
    listed("vehicle.vehicle.label", "Libellé du véhicule", "Label of the vehicle"),
    listed("vehicle.vehicle.license_plate", "Plaque : refusée", "Plate: refused", "personal"),
    listed("vehicle.position", "Position, vitesse, cap", "Position, speed, bearing", "place"),
    listed("vehicle.timestamp", "Instant de la position", "Instant of the position"),
    listed("vehicle.trip", "Course et ligne", "Trip and route"),
    listed("vehicle.stop_id", "Arrêt", "Stop"),
    listed("vehicle.current_status", "État par rapport à l'arrêt", "Status at the stop"),
    listed("vehicle.occupancy_percentage", "Remplissage", "Occupancy"),
    listed("vehicle.occupancy_status", "Remplissage par classes", "Occupancy by class"),
    listed("trip_update.delay", "Retard de la course", "Delay of the trip"),
    listed("trip_update.stop_time_update", "Retard au prochain arrêt", "Delay at the next stop"),
    listed("alert.active_period", "Quand la perturbation vaut", "When the disruption holds"),
    listed("alert.informed_entity", "Lignes et arrêts touchés", "Routes and stops concerned"),
    listed("alert.cause", "Cause", "Cause"),
    listed("alert.effect", "Effet", "Effect"),
    listed("alert.severity_level", "Gravité", "Severity"),
    listed("alert.header_text", "Titre public", "Public title", "free_text"),
    listed("alert.description_text", "Texte public", "Public text", "free_text"),
)
# fmt: on

CONNECTOR = Connector(
    name="gtfs_realtime",
    title={"fr": "Transport public en temps réel (GTFS-RT)", "en": "Public transport, real time"},
    emits=("means", "measures", "facts", "plans"),
    suffixes=(".pb", ".pbf", ".protobuf"),
    media=("application/x-protobuf", "application/protobuf", "application/octet-stream"),
    fields=FIELDS,
    parse=parse,
    period_s=30,
    revises=True,
    reference="GTFS Realtime Reference 2.0, gtfs.org",
)
