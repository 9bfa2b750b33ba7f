"""GTFS Realtime: where vehicles are, how fast, how full, how late.

One protobuf ``FeedMessage`` a payload. Vehicle positions become means and measures, trip updates
become delays; alerts are counted. A licence plate never passes, not even where a feed uses it as
the vehicle's identifier. A message cut short gives the entities that are whole.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as rt

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.base.translations import Phrase
from vigie.intake.connector import (
    CHUNK_ROWS,
    Connector,
    Context,
    Field,
    FieldPrivacy,
    Parsed,
    Payload,
)
from vigie.intake.tabular.block import no_rows
from vigie.intake.tabular.records import empty_parsed
from vigie.intake.tabular.wire import messages, text_of
from vigie.model.contracts import ATTRIBUTES, CONTRACTS, TIMESTAMP, RecordKind
from vigie.model.notices import Notice, Reject
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import SECOND_US

MAX_BYTES = 64 << 20
SKEW_S = 300
OCCUPANCY_PERCENT = {0: 0.0, 1: 20.0, 2: 60.0, 3: 90.0, 4: 100.0, 5: 100.0}
"""Per cent meant by an ``OccupancyStatus`` where a feed gives no percentage: quality estimated."""

_HEADER, _ENTITY = 1, 2
_PLATE = re.compile(
    r"[A-Z]{2}[- ]?\d{3}[- ]?[A-Z]{2}|\d{2,4}[- ]?[A-Z]{2,3}[- ]?\d{2}", re.IGNORECASE
)
_KMH = 3.6
_LATEST_S = 253_402_300_799  # the last second of the year 9999
_VERSIONS = ("1.0", "2.0", "2.1")
_NO_SERVICE = (
    rt.TripDescriptor.ScheduleRelationship.CANCELED,
    rt.TripDescriptor.ScheduleRelationship.DELETED,
)
_DEFAULT_KIND = "means.transport"
_STATUS = rt.VehiclePosition.VehicleStopStatus

Row = dict[str, Any]


class _Refused(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one message into means and measures.

    Options of the feed: ``kinds``, from the beginning of a route's identifier to a kind under
    ``means`` (``{"M" = "means.transport.metro"}``); ``static_source``, the feed of the timetable
    whose stops delays refer to (``gtfs``).
    """
    data = payload.read_bytes(MAX_BYTES)
    if data is None:
        refused = Reject("too_large", params={"limit": MAX_BYTES})
    elif not data:
        refused = Reject("empty_file")
    else:
        message = _Message(data, context)
        if message.header is not None:
            yield from message.parsed()
            return
        refused = Reject("unreadable", params={"reason": Phrase("reason_protobuf")})
    yield empty_parsed("means", no_rows(rejects=[refused]))


class _Message:
    """One feed message, entity by entity.

    Attributes:
        header: The header, or None when the payload is no feed message.
    """

    def __init__(self, data: bytes, context: Context) -> None:
        self._context = context
        self._now_us = to_us(context.now)
        self._counts: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
        self._rejects: list[Reject] = []
        self._rows: dict[RecordKind, list[Row]] = {"means": [], "measures": []}
        self._parts = list(messages(data))
        self._read = 0
        self.header: Any = None
        self._header_raw = b""
        for part in self._parts:
            if part.number == _HEADER and part.whole:
                self._header_raw = part.raw
                self.header = _decoded(rt.FeedHeader, part.content)
                break
        if self.header is not None and not self.header.gtfs_realtime_version:
            self.header = None

    def parsed(self) -> Iterator[Parsed]:
        """Yield means, then measures."""
        self._look_at_header()
        for part in self._parts:
            if part.number == _ENTITY or not part.whole:
                self._read += 1
                self._take(part.content, part.raw, whole=part.whole)
        notices = [
            Notice(code, severity="info", count=count, params=dict(params))
            for (code, params), count in self._counts.items()
        ]
        block = no_rows(notices=notices, rejects=self._rejects)
        block.read = self._read
        if not any(self._rows.values()):
            yield empty_parsed("means", block)
            return
        for kind, rows in self._rows.items():
            for start in range(0, len(rows), CHUNK_ROWS):
                chunk = _table(kind, rows[start : start + CHUNK_ROWS])
                chunk.notices, chunk.rejects, chunk.read = block.notices, block.rejects, block.read
                block = no_rows()
                yield chunk

    def _remark(self, code: str, **params: str) -> None:
        self._counts[code, tuple(params.items())] += 1

    def _look_at_header(self) -> None:
        if self.header.gtfs_realtime_version not in _VERSIONS:
            version = self.header.gtfs_realtime_version[:20]
            self._remark("unknown_code", value=version, column="gtfs_realtime_version")
        if self.header.timestamp:
            skew = int(self.header.timestamp) - self._now_us // SECOND_US
            if abs(skew) > SKEW_S:
                self._remark("clock_skew", seconds=str(skew))

    def _take(self, content: bytes, raw: bytes, *, whole: bool) -> None:
        raw = self._header_raw + raw
        if not whole:
            self._rejects.append(Reject("truncated_file", row=self._read, raw=raw))
            return
        entity = _decoded(rt.FeedEntity, content)
        if entity is None:
            reason = {"reason": Phrase("reason_protobuf")}
            self._rejects.append(Reject("bad_row", row=self._read, params=reason, raw=raw))
            return
        if entity.is_deleted:
            self._remark("not_used", what="is_deleted")
            return
        try:
            self._entity(entity)
        except _Refused as refusal:
            self._rejects.append(Reject(refusal.code, self._read, refusal.params, raw))

    def _entity(self, entity: Any) -> None:
        used = False
        if entity.HasField("vehicle"):
            self._vehicle(entity)
            used = True
        if entity.HasField("trip_update"):
            self._trip_update(entity.trip_update)
            used = True
        if not used:
            self._remark("not_used", what="alert" if entity.HasField("alert") else "entity")

    def _instant(self, stated: int) -> int:
        """Return epoch µs of a time in seconds: the stated one, the header's, or of receipt."""
        seconds = stated or int(self.header.timestamp)
        if seconds > _LATEST_S:
            raise _Refused("bad_time", value=str(seconds), column="timestamp")
        if seconds:
            return seconds * SECOND_US
        self._remark("no_timestamp")
        return self._now_us

    def _unit(self, entity: Any) -> str:
        """Return what identifies the vehicle, never its plate."""
        descriptor = entity.vehicle.vehicle
        if descriptor.license_plate:
            self._remark("dropped_personal", column="vehicle.license_plate")
        trip_id = entity.vehicle.trip.trip_id
        unit = text_of(descriptor.id or descriptor.label or trip_id or entity.id).strip()
        if not unit:
            raise _Refused("missing_required", column="vehicle.id")
        if _PLATE.fullmatch(unit):
            self._remark("dropped_personal", column="vehicle.id")
            return record_id(self._context.source, unit)
        return unit

    def _kind(self, route: str) -> str:
        kinds = self._context.options.get("kinds", {})
        found = [start for start in kinds if route.startswith(start)] if route else []
        kind = str(kinds[max(found, key=len)]) if found else _DEFAULT_KIND
        return kind if kind in TAXONOMY else _DEFAULT_KIND

    def _vehicle(self, entity: Any) -> None:
        vehicle = entity.vehicle
        if not vehicle.HasField("position"):
            raise _Refused("missing_required", column="vehicle.position")
        lon, lat = vehicle.position.longitude, vehicle.position.latitude
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise _Refused("bad_number", value=f"{lon}, {lat}", column="vehicle.position")
        unit, at_us = self._unit(entity), self._instant(vehicle.timestamp)
        where = {"lon": round(lon, 6), "lat": round(lat, 6), "row": self._read}
        speed = self._number(vehicle.position, "speed", 0.0, 150.0)
        heading = self._number(vehicle.position, "bearing", 0.0, 360.0)
        route = text_of(vehicle.trip.route_id)
        self._rows["means"].append(
            where
            | {
                "source_ref": f"{unit}@{at_us // SECOND_US}",
                "unit_ref": unit,
                "kind": self._kind(route),
                "label": route or None,
                "at": at_us,
                "heading_deg": heading,
                "speed_kmh": None if speed is None else speed * _KMH,
                "status": "engaged" if vehicle.HasField("trip") else "unknown",
                "attributes": _details(vehicle),
            }
        )
        if speed is not None:
            kmh = speed * _KMH
            self._measure("transport.speed", unit, at_us, where, value=kmh, unit="km/h")
        self._occupancy(vehicle, unit, at_us, where)

    def _number(self, message: Any, name: str, low: float, high: float) -> float | None:
        if not message.HasField(name):
            return None
        value = float(getattr(message, name))
        if low <= value <= high:
            return value
        self._remark("out_of_range", value=f"{value:g}", column=name)
        return None

    def _occupancy(self, vehicle: Any, unit: str, at_us: int, where: Row) -> None:
        if vehicle.HasField("occupancy_percentage"):
            share, quality = float(vehicle.occupancy_percentage), "good"
        elif vehicle.HasField("occupancy_status"):
            status = OCCUPANCY_PERCENT.get(vehicle.occupancy_status)
            if status is None:
                return
            share, quality = status, "estimated"
        else:
            return
        name = "transport.occupancy"
        self._measure(name, unit, at_us, where, value=share, unit="%", quality=quality)

    def _trip_update(self, update: Any) -> None:
        trip = update.trip
        if trip.schedule_relationship in _NO_SERVICE:
            self._remark("not_used", what="trip_update CANCELED")
            return
        found = _delay(update)
        if found is None:
            self._remark("not_used", what="trip_update without delay")
            return
        delay, stop = found
        key = (
            text_of(trip.trip_id)
            or f"{text_of(trip.route_id)}/{trip.direction_id}/{trip.start_time}"
        )
        where: Row = {"row": self._read}
        if stop:
            static = str(self._context.options.get("static_source", "gtfs"))
            where["place_id"] = record_id(static, stop)
        at_us = self._instant(update.timestamp)
        trip_key = f"{key}/{trip.start_date}"
        self._measure("transport.delay", trip_key, at_us, where, value=float(delay), unit="s")

    def _measure(
        self,
        metric: str,
        key: str,
        at_us: int,
        where: Row,
        *,
        value: float,
        unit: str,
        quality: str = "good",
    ) -> None:
        self._rows["measures"].append(
            where
            | {
                "source_ref": f"{metric}/{key}@{at_us // SECOND_US}",
                "metric": metric,
                "from_at": at_us,
                "to_at": at_us + SECOND_US,
                "value": value,
                "unit": unit,
                "quality": quality,
            }
        )


def _decoded(kind: Any, content: bytes) -> Any | None:
    """Return a message of a kind, or None when the bytes are none."""
    try:
        return kind.FromString(content)
    except (DecodeError, ValueError):
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


def _table(kind: RecordKind, rows: list[Row]) -> Parsed:
    contract = CONTRACTS[kind]
    columns: dict[str, pa.Array] = {}
    for column in contract.columns:
        if column.filled != "given":
            continue
        values = [row.get(column.name) for row in rows]
        if column.name == "revision":
            columns[column.name] = pa.repeat(pa.scalar(0, pa.int64()), len(rows))
        elif column.type == TIMESTAMP:
            columns[column.name] = pa.array(values, pa.int64()).cast(TIMESTAMP)
        elif column.type == ATTRIBUTES:
            pairs = [list(value.items()) if value else None for value in values]
            columns[column.name] = pa.array(pairs, ATTRIBUTES)
        else:
            columns[column.name] = pa.array(values, column.type)
    return Parsed(
        kind=kind,
        table=contract.conform(pa.table(columns), only=contract.names("given")),
        rows=pa.array(np.array([row["row"] for row in rows], np.int64)),
    )


def _field(
    name: str, fr: str, en: str, privacy: FieldPrivacy = "none", *, required: bool = False
) -> Field:
    return Field(name, {"fr": fr, "en": en}, privacy, required)


# fmt: off
FIELDS = (
    _field("header.timestamp", "Horodatage du message", "Time of the message"),
    _field("entity.id", "Identifiant dans le message", "Identifier in the message", required=True),
    _field("vehicle.vehicle.id", "Véhicule", "Vehicle"),
    _field("vehicle.vehicle.label", "Libellé du véhicule", "Label of the vehicle"),
    _field("vehicle.vehicle.license_plate", "Plaque : refusée", "Plate: refused", "personal"),
    _field("vehicle.position", "Position, vitesse, cap", "Position, speed, bearing", "place"),
    _field("vehicle.timestamp", "Instant de la position", "Instant of the position"),
    _field("vehicle.trip", "Course et ligne", "Trip and route"),
    _field("vehicle.stop_id", "Arrêt", "Stop"),
    _field("vehicle.current_status", "État par rapport à l'arrêt", "Status at the stop"),
    _field("vehicle.occupancy_percentage", "Remplissage", "Occupancy"),
    _field("vehicle.occupancy_status", "Remplissage par classes", "Occupancy by class"),
    _field("trip_update.delay", "Retard de la course", "Delay of the trip"),
    _field("trip_update.stop_time_update", "Retard au prochain arrêt", "Delay at the next stop"),
    _field("alert", "Perturbation : comptée, pas encore exploitée", "Alert: counted, not used yet"),
)
# fmt: on

CONNECTOR = Connector(
    name="gtfs_realtime",
    title={"fr": "Transport public en temps réel (GTFS-RT)", "en": "Public transport, real time"},
    emits=("means", "measures"),
    suffixes=(".pb", ".pbf", ".protobuf"),
    media=("application/x-protobuf", "application/protobuf", "application/octet-stream"),
    fields=FIELDS,
    parse=parse,
    period_s=30,
    reference="GTFS Realtime Reference 2.0, gtfs.org",
)
