"""Entities of smart-city brokers: NGSI v2 and NGSI-LD, normalised, concise or key-values.

The same attribute is written in five ways (FIWARE NGSI v2; ETSI GS CIM 009). All give one
``Attribute``; names that are whole addresses lose all but their last part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from vigie.intake.messages.reading import RowRefused, instant, number, text
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.geojson import wkb_of

SYSTEM_NAMES = frozenset({"id", "type", "@context"})
_OBSERVED = ("observedAt", "metadata.timestamp", "metadata.TimeInstant", "metadata.observedAt")
_UNIT = ("unitCode", "metadata.unitCode", "metadata.unit")
_EPOCH = re.compile(r"\d{10}(?:\.\d{1,6})?|\d{13}|\d{16}")
_EPOCH_US = {10: 1_000_000, 13: 1_000, 16: 1}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of an entity.

    Attributes:
        value: As the source gives it: text, number, boolean, list or geometry.
        unit: Unit code or name, when the source says one.
        observed: When it was observed, when that is said of this attribute alone.
    """

    value: Tree
    unit: str | None = None
    observed: str | None = None


def entities(tree: Tree) -> list[Tree]:
    """Return the entities of a payload: one, a list, or the data of a notification."""
    if isinstance(tree, list):
        return tree
    data = tree.get("data") if isinstance(tree, dict) else None
    notified = isinstance(data, list) and ("subscriptionId" in tree or "notifiedAt" in tree)
    return list(data) if notified and isinstance(data, list) else [tree]


def short_name(name: str) -> str:
    """Return the last part of a name that is a whole address, else the name."""
    return name.rstrip("/#").replace("#", "/").rpartition("/")[2] if "://" in name else name


def short_id(name: str) -> str:
    """Return an identifier without ``urn:ngsi-ld:Type:``, which only one notation has."""
    parts = name.split(":", 3)
    return parts[3] if name.startswith("urn:ngsi-ld:") and len(parts) > 3 and parts[3] else name  # noqa: PLR2004 -- urn, space, type, rest


def with_short_names(entity: dict[str, Tree]) -> dict[str, Tree]:
    """Return an entity with short names of attributes and of its type."""
    short = {short_name(name): value for name, value in entity.items()}
    kind = short.get("type", short.get("@type"))
    if isinstance(kind, str):
        short.pop("@type", None)
        short["type"] = short_name(kind)
    if "@id" in short:
        short.setdefault("id", short.pop("@id"))
    return short


def attribute(node: Tree) -> Attribute:
    """Return an attribute in whichever notation it is written."""
    if isinstance(node, list) and any(_is_written_out(one) for one in node):
        plain = [one for one in node if isinstance(one, dict) and "datasetId" not in one]
        return attribute((plain or node)[0])
    if not isinstance(node, dict):
        return Attribute(node)
    if "@value" in node:
        return Attribute(node["@value"])
    if "value" in node:
        return Attribute(
            attribute(node["value"]).value, _first(node, _UNIT), _first(node, _OBSERVED)
        )
    if "object" in node:
        return Attribute(node["object"])
    return Attribute(node)


def attributes(entity: dict[str, Tree]) -> dict[str, Attribute]:
    """Return the attributes of an entity by name; those without a value are left out."""
    found = {name: attribute(node) for name, node in entity.items() if name not in SYSTEM_NAMES}
    return {name: one for name, one in found.items() if one.value not in (None, "", [], {})}


def _is_written_out(node: Tree) -> bool:
    return isinstance(node, dict) and ("value" in node or "object" in node)


def _first(node: dict[str, Tree], paths: tuple[str, ...]) -> str | None:
    for path in paths:
        found = text(node, path, 80) or text(node, f"{path}.value", 80)
        if found:
            return found
    return None


def moment(shown: Tree, column: str, timezone: str) -> int | None:
    """Return a time as epoch µs: ISO 8601, or seconds, ms or µs since 1970; None where none is.

    Raises:
        RowRefused: ``bad_time``.
    """
    plain = {column: shown}
    said = text(plain, column, 80) or ""
    if _EPOCH.fullmatch(said):
        return round(float(said) * _EPOCH_US[len(said.partition(".")[0])])
    return instant(plain, column, timezone)


def interval(shown: Tree, column: str, timezone: str) -> tuple[int, int | None] | None:
    """Return start and end of ``a/b``, or of an instant without an end; None where none is.

    Raises:
        RowRefused: ``bad_time``.
    """
    start, _, end = (text({column: shown}, column, 160) or "").partition("/")
    from_us = moment(start, column, timezone)
    return None if from_us is None else (from_us, moment(end, column, timezone))


def point_of(found: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return ``lon`` and ``lat`` of an entity, the middle of what is no point, or nothing.

    Raises:
        RowRefused: ``bad_geometry`` or ``bad_number``.
    """
    if "location" in found:
        middle = shapely.from_wkb(_wkb(found["location"].value)).centroid
        return {"lon": middle.x, "lat": middle.y}
    plain = {name: one.value for name, one in found.items()}
    for x, y in (("lon", "lat"), ("lng", "lat"), ("longitude", "latitude")):
        lon, lat = number(plain, x), number(plain, y)
        if lon is not None and lat is not None:
            return {"lon": lon, "lat": lat}
    return {}


def shape_of(found: Mapping[str, Attribute]) -> bytes | None:
    """Return the WKB of a location that is more than a point, or None.

    Raises:
        RowRefused: ``bad_geometry``.
    """
    location = found.get("location")
    if location is None or not isinstance(location.value, dict):
        return None
    return None if location.value.get("type") == "Point" else _wkb(location.value)


def _wkb(geometry: Tree) -> bytes:
    try:
        found = wkb_of(geometry)
    except ValueError as error:
        raise RowRefused("bad_geometry") from error
    if found is None:
        raise RowRefused("bad_geometry")
    return found
