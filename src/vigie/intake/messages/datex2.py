"""Reading DATEX II version 3 (CEN 16157): publications, validity, locations, vehicles.

Coordinates of GML shapes are latitude then longitude unless their ``srsName`` says otherwise
(part 2, ``GmlLineString``: ETRS89-LatLonh). References that need a map to be read (OpenLR, Alert-C,
TPEG, linear elements) are counted, not guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from vigie.intake.messages.reading import RowRefused, first, instant, many, number, text
from vigie.intake.messages.shapes import line, longitude_first, position, positions, ring
from vigie.intake.messages.tree import Tree

_CONTAINERS = {
    "payload": "",
    "messageContainer": "payload",
    "Envelope": "Body.messageContainer.payload",
}
_NEEDS_A_MAP = (
    "openlrLinear",
    "openlrPointLocationReference",
    "openlrAreaLocationReference",
    "alertCLinear",
    "alertCPoint",
    "alertCArea",
    "tpegLinearLocation",
    "tpegPointLocation",
    "tpegAreaLocation",
    "linearWithinLinearElement",
    "pointAlongLinearElement",
    "predefinedLocationReference",
)
_VEHICLE_WORDS = ("vehicleType", "vehicleUsage", "vehicleEquipment", "fuelType", "loadType")
_VEHICLE_SIZES = {
    "grossWeightCharacteristic": "grossVehicleWeight",
    "heaviestAxleWeightCharacteristic": "heaviestAxleWeight",
    "heightCharacteristic": "vehicleHeight",
    "lengthCharacteristic": "vehicleLength",
    "widthCharacteristic": "vehicleWidth",
    "numberOfAxlesCharacteristic": "numberOfAxles",
}
DETAILS = (
    "accidentType",
    "abnormalTrafficType",
    "animalPresenceType",
    "constructionWorkType",
    "environmentalObstructionType",
    "infrastructureDamageType",
    "nonWeatherRelatedRoadConditionType",
    "obstructionType",
    "publicEventType",
    "roadMaintenanceType",
    "roadOrCarriagewayOrLaneManagementType",
    "trafficConstrictionType",
    "vehicleObstructionType",
    "weatherRelatedRoadConditionType",
)
"""Elements of a situation record, or of its impact, that say in a code what it is."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{0,60}", re.ASCII)


class Validity(NamedTuple):
    """When something holds.

    Attributes:
        starts_us: Overall start, epoch µs; None when it is not told.
        ends_us: Overall end; None when it is open.
        in_part: Whether it holds only at times within, or not at some.
    """

    starts_us: int | None
    ends_us: int | None
    in_part: bool = False


def publications(root: str, tree: Tree) -> list[Tree] | None:
    """Return the publications of a document, alone, in a container or in SOAP; None for another.

    Raises:
        RowRefused: ``unknown_version`` for version 1 or 2.
    """
    if root == "d2LogicalModel":
        raise RowRefused("unknown_version", value=text(tree, "@modelBaseVersion", 20) or "2")
    if root not in _CONTAINERS:
        return None
    return many(tree, _CONTAINERS[root])


def type_of(tree: Tree) -> str:
    """Return the class that an element says it is (``xsi:type``), without prefix; empty if none."""
    name = (text(tree, "@type", 200) or "").rpartition(":")[2]
    return name if _WORD.fullmatch(name) else ""


def values(tree: Tree, path: str) -> str | None:
    """Return the first text of a multilingual string."""
    return text(tree, f"{path}.values.value", 500) or text(tree, path, 500)


def conditions(regulation: Tree) -> Iterator[Tree]:
    """Yield the conditions of a regulation, those within sets too."""
    waiting = many(regulation, "condition")
    for one in waiting:  # grows on the way
        yield one
        waiting += many(one, "conditions")


def validity(found: Iterable[Tree], timezone: str) -> Validity:
    """Return when any of some validities holds, from the first start to the last end.

    Raises:
        RowRefused: ``bad_time``.
    """
    starts: list[int] = []
    ends: list[int | None] = []
    in_part = False
    for one in found:
        span = first(one, "validityTimeSpecification")
        start = instant(span, "overallStartTime", timezone)
        if start is None:
            continue
        starts.append(start)
        ends.append(instant(span, "overallEndTime", timezone))
        in_part |= bool(many(span, "validPeriod") or many(span, "exceptionPeriod"))
    last = None if None in ends else max((end for end in ends if end is not None), default=None)
    return Validity(min(starts, default=None), last, in_part)


def shapes(location: Tree) -> tuple[list[BaseGeometry], Counter[str]]:
    """Return the shapes of a location, and what could not be read: ``bad_geometry`` or its name."""
    found: list[BaseGeometry] = []
    unread: Counter[str] = Counter()
    display: list[Tree] = []
    waiting = many(location)
    for node in waiting:  # grows on the way
        if not isinstance(node, dict):
            continue
        for name, value in node.items():
            if name in _NEEDS_A_MAP:
                unread[name] += 1
            elif name == "coordinatesForDisplay":
                display += many(value)
            elif name in _READERS:
                for one in many(value):
                    try:
                        found.append(_READERS[name](one))
                    except RowRefused:
                        unread["bad_geometry"] += 1
            elif isinstance(value, dict | list):
                waiting += many(value)
    if not found and display:
        return shapes({"pointCoordinates": display})[0], unread
    return found, unread


def _line_string(tree: Tree) -> BaseGeometry:
    return line(_pos_list(tree))


def _pos_list(tree: Tree) -> list[tuple[float, float]]:
    system = text(tree, "@srsName", 200) or text(tree, "posList.@srsName", 200)
    size = number(tree, "@srsDimension") or number(tree, "posList.@srsDimension") or 2
    listed = text(tree, "posList", 1 << 24) or ""
    return positions(listed, lon_first=longitude_first(system), dimensions=int(size))


def _polygon(tree: Tree) -> BaseGeometry:
    exterior = first(tree, "exterior")
    area = ring(_pos_list(first(exterior, "gmlLinearRing") or exterior))
    for hole in many(tree, "interior"):
        area = area.difference(ring(_pos_list(first(hole, "gmlLinearRing") or hole)))
    if area.is_empty:
        raise RowRefused("bad_geometry")
    return area


def _point(tree: Tree) -> BaseGeometry:
    lat, lon = text(tree, "latitude", 60), text(tree, "longitude", 60)
    return shapely.Point(position(lat or "", lon or "", lon_first=False))


_READERS = {
    "gmlLineString": _line_string,
    "gmlPolygon": _polygon,
    "pointCoordinates": _point,
}


def road_names(location: Tree) -> list[str]:
    """Return the names of roads and places that a location tells in words."""
    found: list[str] = []
    waiting = many(location)
    for node in waiting:  # grows on the way
        if isinstance(node, dict):
            found += [name for one in many(node, "roadName") if (name := values({"n": one}, "n"))]
            waiting += [one for value in node.values() for one in many(value)]
    return list(dict.fromkeys(found))


def state(record: Tree) -> str:
    """Return the state of what a situation record plans: authorised, or cancelled."""
    cancelled = text(record, "management.lifeCycleManagement.cancel") == "true"
    suspended = text(record, "validity.validityStatus", 60) == "suspended"
    return "cancelled" if cancelled or suspended else "authorised"


def details(record: Tree) -> dict[str, str]:
    """Return the codes that a record and its impact hold, by the name they stand under."""
    told = {name: text(record, name, 61) or text(record, f"impact.{name}", 61) for name in DETAILS}
    return {name: word for name, word in told.items() if word and _WORD.fullmatch(word)}


def vehicles(condition: Tree) -> list[str]:
    """Return the codes of the vehicles a condition is about: ``lorry``, ``length.lessThan.12``.

    A condition that is negated gives the codes of those that are spared, after ``sauf.``.
    """
    spared = "sauf." if text(condition, "negate") == "true" else ""
    codes = []
    for one in many(condition, "vehicleCharacteristics"):
        codes += [text(word, "", 61) for name in _VEHICLE_WORDS for word in many(one, name)]
        for name, measure in _VEHICLE_SIZES.items():
            codes += [_compared(name, size, measure) for size in many(one, name)]
    known = (code for code in codes if code and code != "anyVehicle")
    return [spared + code for code in known if all(map(_CODE_PART.fullmatch, code.split(".")))]


_CODE_PART = re.compile(r"[A-Za-z0-9]{1,60}", re.ASCII)


def _compared(name: str, tree: Tree, measure: str) -> str:
    """Return ``name.operator.value`` of a characteristic that is compared with a number."""
    value = number(tree, measure)
    if value is None:
        return ""
    operator = text(tree, "comparisonOperator", 40) or "equalTo"
    return f"{name.removesuffix('Characteristic')}.{operator}.{value:g}"
