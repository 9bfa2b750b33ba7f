"""City sensors, as their messages are: plain JSON, NGSI v2, NGSI-LD, and the last will.

One message a payload. Levels, counts and states become measures, and a sensor that says where it
stands becomes a place. A noise sensor gives a level and nothing else: sound, spectrum and whatever
recognises sounds are refused (TA Orléans, 12 July 2024), and so is everything that a camera saw.
That a sensor is gone is a remark, never a record: silence measures nothing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from vigie.base.clock import to_us
from vigie.base.ids import record_id
from vigie.base.translations import Phrase
from vigie.intake.connector import Connector, Context, Field, Parsed, Payload
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.cameras import seen_by_camera
from vigie.intake.messages.ngsi import (
    Attribute,
    attribute,
    attributes,
    entities,
    interval,
    moment,
    point_of,
    shape_of,
    short_id,
    with_short_names,
)
from vigie.intake.messages.reading import RowRefused, number, shown_name, text
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.topics import RETAINED, topic_of
from vigie.intake.messages.tree import Tree, read_json, read_payload
from vigie.intake.tabular.block import FileRefused
from vigie.model.times import DAY_US, SECOND_US
from vigie.model.units import METRICS, find_unit

MAX_BYTES = 4 << 20
SKEW_S = 300

_TABLES = tomllib.loads(files("vigie.connectors").joinpath("sensors_mqtt.toml").read_text("utf-8"))
MEASURES: dict[str, dict[str, list[str]]] = _TABLES["measures"]
TYPES: dict[str, dict[str, Any]] = _TABLES["types"]
NOT_USED = frozenset(_TABLES["not_used"]["types"])
ALERTS: dict[str, str] = _TABLES["alerts"]
SEVERITY: dict[str, int] = _TABLES["severity"]

_OFFLINE = frozenset({"offline", "disconnected", "down", "dead", "ko", "lost"})
_ONLINE = frozenset({"online", "connected", "up", "alive", "ok"})
_FAULTS = frozenset({"defectiveLamp", "columnIssue", "brokenLantern"})
_SOUND_CLASSES = frozenset({"soundClass", "sound_class", "classification", "eventClass", "label"})
_TIMES = ("timestamp", "time", "ts", "at", "date")
_CHANGES = ("dateLastValueReported", "dateModified", "modifiedAt")
_NAMES = ("id", "sensor", "sensor_id", "device", "deviceId", "dev_id")
_WORD = 40
_MOST_PEOPLE = 1_000_000_000
_DATED_NAME = re.compile(r"[-_:]?\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?$")


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one message into measures, places and facts.

    Options of the feed: ``period_s``, how long a measure without an end lasted (1); ``places``,
    the feed that knows the sensors as places (their own messages); and ``time_of_receipt``,
    whether one without a time may take that of its receipt (no: a message that the broker
    repeats or had kept would be another measure).
    """
    rows = Rows("measures", "places", "facts")
    try:
        data = read_payload(payload, MAX_BYTES)
        word = data.strip(b' "\r\n\t')[:_WORD].decode("ascii", "replace").casefold()
        if word in _OFFLINE | _ONLINE:
            with rows.row(data):
                _liveness(rows, word, topic_of(payload.name))
        else:
            message = _Message(context, rows, retained=payload.media.endswith(RETAINED))
            for entity in entities(read_json(data)):
                message.take(entity)
    except FileRefused as refusal:
        yield refused_file("measures", refusal)
        return
    yield from rows.parsed()


def _liveness(rows: Rows, word: str | None, name: str) -> None:
    if word is not None and word.casefold() in _OFFLINE:
        rows.remark("sensor_offline", severity="warning", name=shown_name(name))


def _raw(entity: Tree) -> bytes:
    return json.dumps([entity], ensure_ascii=False).encode("utf-8", "replace")


def _times(
    found: Mapping[str, Attribute], own: str | None, *, state: bool
) -> Iterator[tuple[str, Tree]]:
    if own is not None:
        yield "observedAt", own
    for name in ("dateObservedFrom", "dateObserved", *_TIMES, *(_CHANGES if state else ())):
        if name in found:
            yield name, found[name].value


def _identity(entity: dict[str, Tree]) -> str:
    for name in _NAMES:
        if found := text(attribute(entity.get(name)).value, "", 160):
            return _DATED_NAME.sub("", short_id(found)) or found
    raise RowRefused("missing_required", column="id")


def _unit(said: str | None, meant: str, value: float) -> str:
    """Return the unit of a value: what is said, else what the model means.

    Models write shares as fractions and sensors as per cent: above 1 it is no fraction.
    """
    if said is None or said in {"C62", "1"}:
        if meant == "fraction":
            return "ratio" if abs(value) <= 1 else "%"
        return meant
    unit = find_unit(said)
    if unit is None:
        raise RowRefused("unknown_code", value=shown_name(said), column="unitCode")
    return unit.code


def _alert(
    entity: dict[str, Tree], found: Mapping[str, Attribute], revision: int, context: Context
) -> dict[str, Any]:
    """Return the fact that an NGSI alert reports."""
    plain = {name: one.value for name, one in found.items()}
    code = f"{text(plain, 'category', 60)}/{text(plain, 'subCategory', 60)}"
    if code not in ALERTS:
        raise RowRefused("unknown_code", value=shown_name(code), column="subCategory")
    issued_us = moment(plain.get("dateIssued"), "dateIssued", context.timezone)
    at_us = moment(plain.get("validFrom"), "validFrom", context.timezone) or issued_us
    if at_us is None:
        raise RowRefused("missing_required", column="dateIssued")
    return {
        "source_ref": f"alert/{_identity(entity)}",
        "revision": revision,
        "kind": ALERTS[code],
        "earliest_at": at_us,
        "latest_at": at_us,
        "reported_at": issued_us,
        "severity": SEVERITY.get(text(plain, "severity", 40) or ""),
        "basis": "reported",
        **point_of(found),
    }


class _Message:
    """One message, entity by entity."""

    def __init__(self, context: Context, rows: Rows, *, retained: bool) -> None:
        self.context = context
        self.rows = rows
        self.placed: set[str] = set()
        self.register = str(context.options.get("places", ""))
        self._at_receipt = bool(context.options.get("time_of_receipt")) and not retained
        self._period_us = max(1, int(context.options.get("period_s", 1))) * SECOND_US

    def take(self, entity: Tree) -> None:
        """Read an entity; what is refused keeps nothing that the list does not let in."""
        if not isinstance(entity, dict):
            self._refuse(_raw(None), "bad_row", reason=Phrase("reason_not_object"))
            return
        entity = with_short_names(entity)
        if seen_by_camera(entity):
            what = Phrase("reason_camera_event")
            self._refuse(_raw({"camera": ""}), "no_legal_grant", what=what)
            return
        stripped = ALLOWED.strip(entity)
        self.rows.remarks(stripped.notices())
        if not _SOUND_CLASSES.isdisjoint(stripped.personal):
            what = Phrase("reason_sound_class")
            self._refuse(_raw({"soundClass": "…"}), "no_legal_grant", what=what)
            return
        with self.rows.row(_raw(stripped.tree)):
            self._entity(stripped.tree)

    def _refuse(self, raw: bytes, code: str, **params: Any) -> None:
        with self.rows.row(raw):
            raise RowRefused(code, **params)

    def _entity(self, entity: dict[str, Tree]) -> None:
        kind = text(entity, "type", 80) or ""
        if kind in NOT_USED:
            self.rows.remark("not_used", what=kind)
            return
        found = attributes(entity)
        if kind == "Alert":
            fact = _alert(entity, found, self.revision(found), self.context)
            said = (
                text({"text": found["description"].value}, "text")
                if "description" in found
                else None
            )
            self.rows.add("facts", fact, narrative=said)
            return
        if kind not in TYPES:
            raise RowRefused("unknown_message", value=shown_name(kind))
        _Sensor(self, kind, entity, found).tell()

    # --- What a sensor needs -------------------------------------------------------------------

    def interval(
        self, found: Mapping[str, Attribute], own: str | None, *, state: bool
    ) -> tuple[int, int] | None:
        """Return from when to when, in epoch µs; None for a state that does not say since when.

        Raises:
            RowRefused: ``bad_time``, and ``missing_required`` for what is no state.
        """
        zone = self.context.timezone
        for name, shown in _times(found, own, state=state):
            said = interval(shown, name, zone)
            if said is None:
                continue
            from_us, end_us = said
            if name == "dateObservedFrom" and "dateObservedTo" in found:
                end_us = moment(found["dateObservedTo"].value, "dateObservedTo", zone)
            return from_us, from_us + self._period_us if end_us is None else end_us
        if not self._at_receipt:
            if state:
                return None
            raise RowRefused("missing_required", column="dateObserved")
        self.rows.remark("no_timestamp")
        now_us = to_us(self.context.now)
        return now_us, now_us + self._period_us

    def revision(self, found: Mapping[str, Attribute]) -> int:
        """Return the time of the last change in seconds, or 0."""
        for name in ("dateModified", "modifiedAt"):
            if name in found:
                return (moment(found[name].value, name, self.context.timezone) or 0) // SECOND_US
        return 0


class _Sensor:
    """One entity that measures."""

    def __init__(
        self, message: _Message, kind: str, entity: dict[str, Tree], found: dict[str, Attribute]
    ) -> None:
        self._message = message
        self._kind = kind
        self._found = found
        self._plain = {name: one.value for name, one in found.items()}
        station = text(self._plain, "stationCode", 120) or text(self._plain, "refDevice", 120)
        self._name = short_id(station) if station else _identity(entity)
        self._revision = message.revision(found)
        self._state = bool(TYPES[kind].get("state"))
        self._point = point_of(found)
        self._told = False
        self._undated = 0

    def tell(self) -> None:
        """Add what the entity gives: its place, its measures, a fault."""
        if self._kind != "ParkingGroup" and not self._message.register:
            self._place(self._point)
        groups = list(TYPES[self._kind]["measures"])
        if text(self._plain, "vehicleType", 40) == "bicycle":
            groups = ["bicycles"]
        for group in groups:
            for name, (metric, unit) in MEASURES[group].items():
                if name in self._found:
                    self._measure(metric, name, unit)
        if self._kind == "ParkingSpot":
            self._spot()
        elif self._kind == "Streetlight":
            self._light()
        else:
            state = text(self._plain, "deviceState", 40) or text(self._plain, "status", 40)
            _liveness(self._message.rows, state, self._name)
            self._told = self._told or (state or "").casefold() in _OFFLINE | _ONLINE
        if self._undated:
            what = f"{self._kind}: dateModified?"
            self._message.rows.remark("not_used", what=what, count=self._undated)
        elif not self._told:
            self._message.rows.remark("not_used", what=f"{self._kind or 'JSON'}: 0")

    def _place(self, where: dict[str, Any]) -> None:
        if not where or self._name in self._message.placed:
            return
        self._message.placed.add(self._name)
        named = self._state and text(self._plain, "name", 80)
        self._told = True
        self._message.rows.add(
            "places",
            {
                "source_ref": self._name,
                "revision": self._revision if self._kind in {"Device", "Streetlight"} else 0,
                "kind": TYPES[self._kind]["place"],
                "label": named or text(self._plain, "stationName", 80) or self._name,
                "geometry": shape_of(self._found),
                "capacity": number(self._plain, "totalSpotNumber"),
                **where,
            },
        )

    def _measure(self, metric: str, name: str, unit: str) -> None:
        value = number(self._plain, name)
        if value is None:
            return
        found = self._found[name]
        self._add(metric, value, _unit(found.unit, unit, value), observed=found.observed)

    def _add(self, metric: str, value: float, unit: str, *, observed: str | None) -> None:
        found = self._message.interval(self._found, observed, state=self._state)
        if found is None:
            self._undated += 1
            return
        ahead_s = (found[0] - to_us(self._message.context.now)) // SECOND_US
        if ahead_s > SKEW_S:
            self._message.rows.remark("clock_skew", seconds=str(ahead_s))
        counted = metric == "presence.flow" and 0 <= value < _MOST_PEOPLE
        lane = text(self._plain, "laneId", 20)
        key = f"{self._name}/{lane}" if lane else self._name
        self._told = True
        register = self._message.register or self._message.context.source
        self._message.rows.add(
            "measures",
            {
                "source_ref": f"{metric}/{key}@{found[0]}",
                "revision": 0 if self._state else self._revision,
                "metric": metric,
                "place_id": record_id(register, self._name),
                "from_at": found[0],
                "to_at": found[1],
                "value": value,
                "unit": unit,
                "group_size": int(value) if counted else None,
                "quality": "good",
                **self._point,
            },
        )

    def _spot(self) -> None:
        status = text(self._plain, "status", 40)
        if status in {"free", "occupied"}:
            free, observed = float(status == "free"), self._found["status"].observed
            self._add("parking.available", free, "count", observed=observed)

    def _light(self) -> None:
        """A lamp that is out is 0 %; one that is lit and says no level is not invented one."""
        power = self._found.get("powerState")
        if power and power.value == "off":
            self._add("light.power", 0.0, "%", observed=power.observed)
        status = text(self._plain, "status", 40)
        if status not in _FAULTS:
            return
        found = self._message.interval(self._found, self._found["status"].observed, state=True)
        if found is None:
            self._undated += 1
            return
        from_us, _ = found
        day = from_us // DAY_US
        self._told = True
        self._message.rows.add(
            "facts",
            {
                "source_ref": f"fault/{self._name}/{day}",
                "revision": from_us // SECOND_US,
                "kind": "space.equipment.light_fault",
                "earliest_at": from_us,
                "latest_at": from_us,
                "status": "open",
                "basis": "observed",
                "discovered_by": "sensor",
                "attributes": {"fault": status},
                **self._point,
            },
        )


_SAID = {name: METRICS[metric] for one in MEASURES.values() for name, (metric, _) in one.items()}
FIELDS = (
    *(Field(name, {"fr": w[0], "en": w[1]}, w[2]) for name, w in _TABLES["fields"].items()),
    *(Field(name, {"fr": metric.fr, "en": metric.en}) for name, metric in _SAID.items()),
)
ALLOWED = AllowList(FIELDS)

CONNECTOR = Connector(
    name="sensors_mqtt",
    title={"fr": "Capteurs urbains (JSON, NGSI v2, NGSI-LD)", "en": "City sensors (JSON, NGSI)"},
    emits=("measures", "places", "facts"),
    suffixes=(".json", ".jsonld"),
    media=("application/json", "application/ld+json", "text/plain"),
    fields=FIELDS,
    parse=parse,
    period_s=900,
    revises=True,
    reference="ETSI GS CIM 009 (NGSI-LD); FIWARE NGSI v2 and smart data models; OASIS MQTT",
)
