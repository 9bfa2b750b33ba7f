"""Works, closures and traffic orders: DATEX II version 3, and GeoJSON of closures.

A traffic regulation order is one plan, whatever the number of its regulations: its ground is that
of all of them, its time from the first start to the last end, its version the revision. Works and
planned management of a situation are plans, what has already happened (accident, obstruction) is a
fact. Times that only partly fill the overall interval are remarked and not expanded. Descriptions
are not kept, an authority only where it is a service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from vigie.base.clock import to_us
from vigie.geo.addresses import fold
from vigie.intake.connector import Connector, Context, Field, FieldPrivacy, Parsed, Payload
from vigie.intake.messages import codes, datex2
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.documents import raw_json, read_documents
from vigie.intake.messages.features import (
    Properties,
    beginning,
    check_system,
    footprint_of,
    plain_names,
)
from vigie.intake.messages.reading import (
    RowRefused,
    first,
    instant,
    many,
    need_text,
    number,
    text,
)
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.shapes import Footprint, footprint
from vigie.intake.messages.tables import fields_of, read_tables
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.block import FileRefused
from vigie.model.contracts import RecordKind
from vigie.model.taxonomy import TAXONOMY
from vigie.model.times import SECOND_US

SKEW_S = 300
HOUR_US = 3_600 * SECOND_US
OPEN_END_H = 24 * 3_650
"""How long an order or works without an end is taken to hold: the end is a placeholder."""

_TABLES = read_tables("vigie.connectors", "roadworks")
_PROPERTIES: dict[str, list[str]] = _TABLES["properties"]
_ORDERS = "trafficRegulationsFromCompetentAuthorities"
_NUMBER_OF_ORDER = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ./_-]{0,59}", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]{0,60}", re.ASCII)
_MOST_AUTHORITY = 80


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn one DATEX II publication or one GeoJSON collection into plans and facts.

    Option of the feed: ``kind``, that of GeoJSON features that name none
    (``event.decree.traffic``).
    """
    yield from read_documents(payload, context, ("plans", "facts"), xml=_document, item=_json_item)


def _document(root: str, tree: Tree, rows: Rows, context: Context) -> None:
    try:
        found = datex2.publications(root, tree)
    except RowRefused as refusal:
        raise FileRefused(refusal.code, **refusal.params) from refusal
    if found is None:
        raise FileRefused("unknown_message", value=root[:40])
    for one in found or [None]:
        _publication(one, rows, context)


def _json_item(item: Tree, rows: Rows, context: Context) -> None:
    sort = item.get("type") if isinstance(item, dict) else None
    if isinstance(item, dict) and "payload" in item:
        for one in many(item, "payload") or [None]:
            _publication(one, rows, context)
    elif sort == "FeatureCollection":
        check_system(text(item, "crs.properties.name", 200))
        for feature in many(item, "features"):
            _feature(feature, rows, context)
    elif sort == "Feature":
        _feature(item, rows, context)
    else:
        with rows.row(raw_json([{}])):
            raise RowRefused("unknown_message", value="JSON")


def _publication(tree: Tree, rows: Rows, context: Context) -> None:
    """Read a publication; each order and each record of a situation is a row."""
    stripped = _ALLOWED.strip({"payload": tree})
    rows.remarks(stripped.notices())
    kept = first(stripped.tree, "payload")
    sort = datex2.type_of(kept) if isinstance(kept, dict) else ""
    head = {"@type": sort}
    if sort == "TrafficRegulationPublication":
        for order in many(kept, f"{_ORDERS}.trafficRegulationOrder"):
            with rows.row(
                raw_json({"payload": head | {_ORDERS: {"trafficRegulationOrder": order}}})
            ):
                _order(order, rows, context)
    elif sort == "SituationPublication":
        for situation in many(kept, "situation"):
            about = {"@id": text(situation, "@id", 200)}
            for record in many(situation, "situationRecord"):
                alone = about | {"situationRecord": record}
                with rows.row(raw_json({"payload": head | {"situation": alone}})):
                    _record(record, rows, context)
    elif sort:
        rows.remark("not_used", what=sort)
    else:
        with rows.row(raw_json({"payload": {}})):
            raise RowRefused("missing_required", column="payload.@type")


def _order(order: Tree, rows: Rows, context: Context) -> None:
    reference = need_text(order, "@id", 200)
    status = need_text(order, "status", 60)
    if status not in _TABLES["order_status"]:
        raise RowRefused("unknown_code", value=codes.shown(status), column="status")
    regulations = many(order, "trafficRegulation")
    kind, closes = _regulated(regulations, rows)
    conditions = [one for regulation in regulations for one in datex2.conditions(regulation)]
    places = [order, *conditions]
    spans = ("validityByOrder", "implementedValidity")
    valid = [span for one in places for name in spans for span in many(one, name)]
    starts_us, ends_us = _interval(datex2.validity(valid, context.timezone), rows)
    names = ("implementedLocation", "locationByOrder")
    located = [one for name in names for place in places for one in many(place, name)]
    shown = text(order, "regulationId", 200) or reference
    named = _NUMBER_OF_ORDER.fullmatch(shown) is not None
    reason = text(order, "reason", 60) or ""
    values = {
        "source_ref": f"order/{reference}",
        "revision": _version(order),
        "kind": kind,
        "title": f"Arrêté {shown}" if named else TAXONOMY.get(kind).label(),
        "starts_at": starts_us,
        "ends_at": ends_us,
        "state": _TABLES["order_status"][status],
        "closes": ",".join(closes) or None,
        "attributes": {
            "authority": _authority(order, rows),
            "reason": reason if _WORD.fullmatch(reason) else "",
            "status": status,
        },
    }
    road = next(iter(datex2.road_names(located)), None)
    rows.add("plans", values | _place(_located(located, rows)), address=road)


def _regulated(regulations: list[Tree], rows: Rows) -> tuple[str, list[str]]:
    """Return the kind of an order and the codes of what it closes, and to which vehicles.

    Raises:
        RowRefused: ``unknown_code`` when none of its types is known, ``missing_required``.
    """
    kinds, closes, unknown = set(), [], []
    for regulation in regulations:
        vehicles = [code for one in datex2.conditions(regulation) for code in datex2.vehicles(one)]
        for one in many(regulation, "typeOfRegulation"):
            sort = datex2.type_of(one)
            found = _TABLES["regulations"].get(sort)
            if found is None:
                unknown.append(sort or "?")
                continue
            kinds.add(found["kind"])
            refused = text(one, "accessRestrictionType", 60) or "noEntry"
            if found["closes"] and refused == "noEntry":
                walkers = text(one, "nonVehicularRoadUser", 60) or ""
                to = [*vehicles, *([walkers] if _WORD.fullmatch(walkers) else [])]
                closes += [f"{found['closes']}:{code}" for code in to] or [found["closes"]]
    if not kinds and unknown:
        raise RowRefused("unknown_code", value=unknown[0], column="typeOfRegulation")
    if not kinds:
        raise RowRefused("missing_required", column="typeOfRegulation")
    for sort in unknown:
        rows.remark("unknown_code", value=sort, column="typeOfRegulation")
    kind = "event.decree.traffic" if "event.decree.traffic" in kinds else min(kinds)
    return kind, list(dict.fromkeys(closes))


def _interval(found: datex2.Validity, rows: Rows) -> tuple[int, int]:
    if found.starts_us is None:
        raise RowRefused("missing_required", column="overallStartTime")
    if found.in_part:
        rows.remark("not_used", what="validPeriod, exceptionPeriod")
    if found.ends_us is None:
        rows.remark("no_end", hours=OPEN_END_H)
        return found.starts_us, found.starts_us + OPEN_END_H * HOUR_US
    if found.ends_us < found.starts_us:
        raise RowRefused("time_reversed")
    return found.starts_us, found.ends_us


def _located(location: Tree, rows: Rows) -> Footprint:
    shapes, unread = datex2.shapes(location)
    for what, count in sorted(unread.items()):
        if what == "bad_geometry":
            rows.remark(what, severity="warning", count=count)
        else:
            rows.remark("not_used", what=what, count=count)
    return footprint(shapes)


def _place(where: Footprint) -> dict[str, Any]:
    return {"geometry": where.wkb, "lon": where.lon, "lat": where.lat}


def _version(tree: Tree) -> int:
    """Return the revision: when the version was made, in seconds, or its number."""
    for path in ("situationRecordVersionTime", "situationRecordCreationTime"):
        made_us = instant(tree, path, "UTC")
        if made_us is not None:
            return made_us // SECOND_US
    return int(number(tree, "@version") or 0)


def _authority(order: Tree, rows: Rows) -> str | None:
    """Return the issuing authority where it is a service; a person's name is dropped, counted."""
    shown = datex2.values(order, "issuingAuthority")
    if shown is None:
        return None
    words = fold(shown).split()
    service = bool(words) and words[0] in _TABLES["authorities"]["services"]
    persons = set(words) & set(_TABLES["authorities"]["persons"])
    if service and not persons and len(shown) <= _MOST_AUTHORITY and "," not in shown:
        return shown
    rows.remark("dropped_personal", column="issuingAuthority")
    return None


def _record(record: Tree, rows: Rows, context: Context) -> None:
    """Read one record of a situation."""
    reference = need_text(record, "@id", 200)
    sort = datex2.type_of(record)
    if not sort:
        raise RowRefused("missing_required", column="situationRecord.@type")
    how = _TABLES["situations"].get(sort)
    if how is None:
        rows.remark("not_used", what=sort)
        return
    found = datex2.validity(many(record, "validity"), context.timezone)
    where = _located(many(record, "locationReference"), rows)
    revision = _version(record)
    ahead = revision - to_us(context.now) // SECOND_US
    if ahead > SKEW_S:
        rows.remark("clock_skew", seconds=ahead)
    values = {
        "source_ref": f"record/{reference}",
        "revision": revision,
        "kind": how["kind"],
        "attributes": {"type": sort} | datex2.details(record),
    }
    if how["record"] == "plans":
        starts_us, ends_us = _interval(found, rows)
        words = set(datex2.details(record).values())
        closed = {code for word, code in _TABLES["situation_closes"].items() if word in words}
        values |= {
            "title": TAXONOMY.get(how["kind"]).label(),
            "starts_at": starts_us,
            "ends_at": ends_us,
            "state": datex2.state(record),
            "closes": ",".join(sorted(closed)) or None,
        }
    else:
        if found.starts_us is None:
            raise RowRefused("missing_required", column="overallStartTime")
        over = found.ends_us is not None or datex2.state(record) == "cancelled"
        values |= {
            "earliest_at": found.starts_us,
            "latest_at": found.starts_us,
            "reported_at": instant(record, "situationRecordCreationTime", context.timezone),
            "severity": _TABLES["severities"].get(text(record, "severity", 20) or ""),
            "status": "closed" if over else "in_progress",
            "discovered_by": "partner",
        }
    kind: RecordKind = how["record"]
    comment = None
    if kind == "facts":
        comment = text(record, "generalPublicComment.comment.values.value")
    road = next(iter(datex2.road_names(many(record, "locationReference"))), None)
    rows.add(kind, values | _place(where), narrative=comment, address=road)


def _feature(feature: Tree, rows: Rows, context: Context) -> None:
    """Read one closure of a GeoJSON collection."""
    whole = feature if isinstance(feature, dict) else {}
    named = plain_names(whole.get("properties"))
    place = {"id": whole.get("id"), "geometry": whole.get("geometry")}
    stripped = _ALLOWED.strip(place | {"properties": named})
    rows.remarks(stripped.notices())
    kept = stripped.tree | {"type": "Feature"}
    with rows.row(raw_json(kept)):
        said = Properties(kept.get("properties"), _PROPERTIES, context.timezone)
        reference = said.text("reference") or need_text(kept, "id", 200)
        span = datex2.Validity(said.instant("starts"), said.instant("ends", last=True))
        starts_us, ends_us = _interval(span, rows)
        kind = _kind(said.text("kind"), str(context.options.get("kind", "event.decree.traffic")))
        where = Footprint()
        try:
            where = footprint_of(kept.get("geometry"))
        except RowRefused as refusal:
            if refusal.code != "bad_geometry":
                raise
            rows.remark("bad_geometry", severity="warning")
        closes = beginning(said.text("closes"), _TABLES["closes_words"])
        values = {
            "source_ref": f"feature/{reference}",
            "revision": said.revision("revision"),
            "kind": kind,
            "title": TAXONOMY.get(kind).label(),
            "starts_at": starts_us,
            "ends_at": ends_us,
            "state": _status(said.text("status"), rows),
            "closes": ",".join(closes) or None,
        }
        rows.add("plans", values | _place(where), address=said.text("street"))


def _kind(shown: str | None, default: str) -> str:
    found = [default] if shown is None else beginning(shown, _TABLES["kind_words"])
    if not found or found[0] not in TAXONOMY:
        raise RowRefused("unknown_code", value=codes.shown(shown or default), column="type")
    return found[0]


def _status(shown: str | None, rows: Rows) -> str:
    found = beginning(shown, _TABLES["status_words"])
    if shown is not None and not found:
        rows.remark("unknown_code", value=codes.shown(shown), column="statut")
    return found[0] if found else "declared"


def _property(target: str, name: str) -> Field:
    privacy: dict[str, FieldPrivacy] = {"personal": "personal", "text": "free_text"}
    meaning = {"fr": f"Propriété GeoJSON ({target})", "en": f"GeoJSON property ({target})"}
    return Field(f"properties.{name}", meaning, privacy.get(target, "none"))


FIELDS = (
    *fields_of(_TABLES),
    *(
        Field(f"payload.situation.situationRecord.{name}", {"fr": "Code", "en": "Code"})
        for name in datex2.DETAILS
    ),
    *(_property(target, name) for target, names in _PROPERTIES.items() for name in names),
)
_ALLOWED = AllowList(FIELDS)

CONNECTOR = Connector(
    name="roadworks",
    title={"fr": "Travaux, fermetures et arrêtés", "en": "Roadworks, closures and traffic orders"},
    emits=("plans", "facts"),
    suffixes=(".xml", ".json", ".geojson"),
    media=("application/xml", "application/json", "application/geo+json"),
    fields=FIELDS,
    parse=parse,
    period_s=86_400,
    revises=True,
    reference="CEN 16157, DATEX II 3.x (TrafficRegulation, Situation) ; RFC 7946, GeoJSON.",
)
