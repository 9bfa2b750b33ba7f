"""Emergency cases and means of the 15-18 hub: RC-EDA, RC-RI, GEO-POS, GEO-RES, GEO-REQ and EMSI.

JSON or XML, bare or in an EDXL-DE envelope, one message or a JSON list of them. A case becomes
one fact whose later messages are revisions; a vehicle's position or state becomes a means. Callers,
call takers, crews, access codes and the health of victims are refused before anything is looked at;
notes go to the scrubber and nowhere else. ``rescue_cases.toml`` lists the fields and says what each
code means. Messages of the hub's other types (``RS-*``: files of patients) are counted, unread.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

from vigie.intake.connector import Connector, Context, Field, Parsed, Payload
from vigie.intake.messages import emsi
from vigie.intake.messages.codes import identifier, longest, organisation, shown, under, word
from vigie.intake.messages.inbox import PART, Inbox, Message, Types, allow_list, joined, read_trees
from vigie.intake.messages.reading import RowRefused, first, many, need_text, number, text
from vigie.intake.messages.revisions import DAY_S, revision
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.tree import Tree
from vigie.intake.tabular.block import FileRefused
from vigie.model.times import SECOND_US

TABLE: Mapping[str, Any] = tomllib.loads(
    resources.files("vigie.connectors").joinpath("rescue_cases.toml").read_text("utf-8")
)
KINDS = {code: kind for kind, codes in TABLE["facts"].items() for code in codes.split()}
"""From a code of ``whatsHappen``, without its last ``.00``, to a kind."""

FIELDS = tuple(
    Field(path, {"fr": fr, "en": en}, privacy, required)
    for path, told in TABLE["fields"].items()
    for fr, en, privacy, required in [(*told, *("none", False)[len(told) - 2 :])]
)
_TYPES = Types(
    read=frozenset(TABLE["messages"]["read"]),
    others=frozenset(TABLE["messages"]["others"]),
    without_header=frozenset(TABLE["messages"]["without_header"]),
    telling=TABLE["telling"],
    namespaces=frozenset(TABLE["versions"]["namespace"]),
    references=frozenset(TABLE["versions"]["reference"]),
)
_ALLOWED = allow_list(FIELDS, _TYPES)
_NAMESPACE = re.compile(r"urn:emergency:(?:eda|cisu):([0-9A-Za-z.]{1,20})")
_CODE = re.compile(r"[CL]\d\d(?:\.\d\d){0,2}", re.ASCII)

Values = dict[str, Any]


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn a message, or a JSON list of messages, into facts and means."""
    try:
        trees, spoken = read_trees(payload)
    except FileRefused as refusal:
        yield refused_file("facts", refusal)
        return
    versions = {found[1] for found in map(_NAMESPACE.match, spoken) if found}
    namespace = max(versions - _TYPES.namespaces, default=None)
    rows = Rows("facts", "means")
    inbox = Inbox(rows, context, _TYPES, _ALLOWED)
    for tree in trees:
        for message in inbox.open(tree, namespace):
            _READERS[message.name](inbox, message)
    yield from rows.parsed()


# --- Cases --------------------------------------------------------------------------------------


def _create_case(inbox: Inbox, message: Message) -> None:
    """RC-EDA: a case as its holder knows it now, whole."""
    body = message.body
    with inbox.row(message, body):
        case, created = identifier(body, "caseId"), inbox.need_instant(body, "creation")
        need_text(body, "referenceVersion", 20)
        column = "qualification.whatsHappen.code"
        code = need_text(body, column, 40).upper()
        place = first(body, "location")
        if not isinstance(place, dict):
            raise RowRefused("missing_required", column="location")
        received = inbox.instant(body, "initialAlert.reception")
        if received is None or not 0 <= created - received <= DAY_S * SECOND_US:
            received = created
        status = text(body, "qualification.details.status", 20)
        told = ("qualification.details.priority", "initialAlert.reporting")
        coord = first(place, "geometry.point.coord")
        sort = text(body, "qualification.locationKind.code", 20) or ""
        count = text(body, "qualification.victims.count", 6) or ""
        risks = [text(one, "code", 4) or "" for one in many(body, "qualification.riskThreat")]
        values: Values = {
            "kind": inbox.kind(re.sub(r"(\.00)+$", "", code), KINDS, ".", column),
            "earliest_at": received,
            "reported_at": received,
            "lon": number(coord, "lon"),
            "lat": number(coord, "lat"),
            "accuracy_m": TABLE["accuracy_m"].get(text(coord, "precision", 20)),
            "severity": _severity(body, told),
            "status": inbox.meaning(TABLE["status"], status, "details.status") or "open",
            "quantity": float(count) if count.isascii() and count.isdigit() else None,
            "attributes": {
                "code": code if _CODE.fullmatch(code) else None,
                "location_kind": sort if _CODE.fullmatch(sort) else None,
                "risks": ",".join(one for one in risks if one in TABLE["risks"]["kept"]),
            },
        }
        values |= {"source_ref": case, "revision": inbox.spoken_us(message, TABLE["times"]["case"])}
        beside = (joined(body, TABLE["notes"]["case"]), _address(place), text(place, "name", 200))
        _add_fact(inbox, message, values, beside)


def _emsi(inbox: Inbox, message: Message) -> None:
    """EMSI: an event, and the vehicles on it."""
    body = message.body
    try:
        purpose = emsi.purpose(body)
    except RowRefused as refusal:
        inbox.refuse_whole(message, refusal)
        return
    if purpose in ("ACK", "ERROR"):
        inbox.unused(f"emsi {purpose}")
        return
    own = {"CONTEXT": first(body, "CONTEXT"), "EVENT": first(body, "EVENT")}
    if text(body, PART) is None:
        with inbox.row(message, own):
            _event(inbox, message, purpose)
    for one in many(body, "RESOURCE"):
        with inbox.row(message, own | {"RESOURCE": one, PART: "RESOURCE"}):
            _emsi_vehicle(inbox, message, one)


def _event(inbox: Inbox, message: Message, purpose: str) -> None:
    body = message.body
    case, event = identifier(body, "EVENT.ID"), first(body, "EVENT")
    spoken = inbox.spoken_us(message, TABLE["times"]["event"])
    declared = inbox.instant(event, "DECL_DATIME")
    begun = inbox.instant(event, "OCC_DATIME")
    known = [us for us in (begun, declared, spoken) if us is not None]
    column, category = "EVENT.ETYPE.CATEGORY", text(event, "ETYPE.CATEGORY", 40)
    kind = "rescue.operation.other"
    if category is not None:
        kind = inbox.kind(category.upper(), TABLE["categories"], "/", column)
    elif purpose == "ALERT":
        inbox.rows.remark("missing_required", severity="warning", column=column)
    status = inbox.meaning(TABLE["status"], text(event, "STATUS", 20), "EVENT.STATUS")
    cause, place = text(event, "CAUSE", 20), emsi.latest(inbox, many(event, "EGEO"))
    found_by, cancelled = text(event, "SOURCE", 20), purpose == "CANCEL"
    values: Values = emsi.point(inbox, place) | {
        "source_ref": case,
        "revision": spoken,
        "kind": kind,
        "earliest_at": known[0],
        "reported_at": known[0] if declared is None else declared,
        "severity": _severity(body, ("EVENT.SCALE", "CONTEXT.URGENCY")),
        "status": "closed" if cancelled else status or ("open" if purpose == "ALERT" else None),
        "discovered_by": "sensor" if found_by == "SENSOR" else None,
        "quantity": emsi.casualties(inbox, many(event, "CASUALTIES")),
        "attributes": {
            "code": category if category in TABLE["categories"] else None,
            "case": word(text(event, "MAIN_EVENT_ID")),
            "org": organisation(body, "CONTEXT.ORIGIN.ORG_ID"),
            "cause": cause if cause in ("ACC", "DEL", "NAT") else None,
            "cancelled": "true" if cancelled else None,
        },
    }
    beside = (
        joined(body, TABLE["notes"]["event"]),
        *(emsi.stated(place, name) for name in ("ADDRESS", "NAME")),
    )
    told = {"kind": category, "earliest_at": begun or declared, "reported_at": declared}
    told |= {"discovered_by": found_by, "lon": place}
    _add_fact(inbox, message, values, beside, emsi.said(purpose, told))


def _add_fact(
    inbox: Inbox,
    message: Message,
    values: Values,
    beside: tuple[str | None, ...],
    said: frozenset[str] | None = None,
) -> None:
    """Add the state of a case.

    Args:
        inbox: Where it goes.
        message: What tells it.
        values: Its columns; ``revision`` is still the instant at which it was told.
        beside: Its narrative, address and name of place.
        said: The columns that the message says, where it tells only part of the case.
    """
    if message.sent.kind == "Cancel":
        values["status"] = "closed"
    values |= {"latest_at": values["earliest_at"], "basis": "reported"}
    values["discovered_by"] = values.get("discovered_by") or "partner"
    told, final = (sorted(values.items()), beside), values["status"] == "closed"
    values["revision"] = revision(values["revision"], told, final=final)
    narrative, address, place_name = beside
    where = {"address": address, "place_name": place_name}
    inbox.rows.add("facts", values, narrative=narrative, **where, said=said)


def _severity(body: Tree, paths: tuple[str, ...]) -> int | None:
    """Return the first severity that is told at some paths, or None."""
    told = (TABLE["severity"].get(text(body, path, 20)) for path in paths)
    return next((one for one in told if one is not None), None)


def _address(place: Tree) -> str | None:
    """Return number, way and municipality; never what leads inside."""
    way = text(place, "detailedAddress.wayName.complete", 200)
    whole = text(place, "detailedAddress.complete", 200)
    number_of = text(place, "detailedAddress.number", 20)
    if whole is not None and (way is None or number_of is None):
        way = whole
        number_of = None if number_of and whole.startswith(number_of) else number_of
    if way is None:
        return None
    city = text(place, "city.name", 100)
    street = " ".join(part for part in (number_of, way) if part)
    return ", ".join(part for part in (street, city) if part)


# --- Means --------------------------------------------------------------------------------------


def _positions(inbox: Inbox, message: Message) -> None:
    """GEO-POS: where units are."""
    for one in inbox.items(message, "position"):
        with inbox.row(message, {"position": one}):
            unit, at = inbox.unit(one, "resourceId"), inbox.need_instant(one, "datetime")
            stage, free = text(one, "engagedStatus", 40), text(one, "status", 40)
            table = TABLE["means_status"]
            engaged = inbox.meaning(table, stage, "position.engagedStatus")
            ready = inbox.meaning(table, free, "position.status")
            at_base = stage == "ARRIVEE_CENTRE" and ready is not None
            values = {
                "kind": _told_by(unit)[1] or "means.rescue",
                "label": _told_by(unit)[0],
                **{axis: inbox.need_number(one, f"coord.{axis}") for axis in ("lon", "lat")},
                "speed_kmh": inbox.number(one, "speed", 0.0, 500.0),
                "heading_deg": inbox.number(one, "cap", 0.0, 360.0),
                "status": ready if at_base else engaged or ready or "unknown",
                "attributes": {"state": stage if engaged else None},
            }
            _add_means(inbox, message, unit, at, values)


def _resources(inbox: Inbox, message: Message) -> None:
    """RC-RI: the means of a case, each with its states."""
    case = first(message.body, "caseId")
    for one in inbox.items(message, "resource"):
        with inbox.row(message, {"caseId": case, "resource": one}):
            inbox.need_instant(one, "datetime")
            identifier(message.body, "caseId")
            column, vehicle = "resource.vehicleType", need_text(one, "vehicleType", 40)
            if _is_person(inbox, vehicle, column):
                continue
            found = longest(vehicle, TABLE["vehicles"], ".")
            if found is None:
                raise RowRefused("unknown_code", value=shown(vehicle), column=column)
            _unit_of_case(inbox, message, one, found[0])


def _unit_of_case(inbox: Inbox, message: Message, one: Tree, kind: str) -> None:
    """Add each state of a unit at its own instant, and its position, in its last state, at its."""
    unit = inbox.unit(one, "resourceId")
    if text(one, "vehicleType", 40) in TABLE["vague"]["vehicles"]:
        kind = _told_by(unit)[1] or kind
    mission = text(one, "missionId")
    common: Values = {"kind": kind, "label": inbox.call_sign(one, "name", TABLE["call_signs"])}
    attributes = {
        "case": text(message.body, "caseId"),
        "org": organisation(one, "orgId"),
        "mission": word(mission) if re.search("[0-9]", mission or "") else None,
        "type": word(text(one, "vehicleType", 40)),
    }
    last: tuple[int, str] | None = None
    for state in many(one, "state") or [None]:
        code, at = need_text(state, "status", 40), inbox.need_instant(state, "datetime")
        status = inbox.meaning(TABLE["means_status"], code, "resource.state.status")
        status = _availability(status, text(state, "availability", 5))
        told = {"state": code if code in TABLE["means_status"] else None}
        values = common | {"status": status, "attributes": attributes | told}
        _add_means(inbox, message, unit, at, values)
        last = max(last or (at, status), (at, status))
    if last is not None and isinstance(first(one, "position"), dict):
        values = common | {
            "lon": inbox.need_number(one, "position.coord.lon"),
            "lat": inbox.need_number(one, "position.coord.lat"),
            "speed_kmh": inbox.number(one, "position.speed", 0.0, 500.0),
            "status": last[1],
            "attributes": attributes,
        }
        at = inbox.need_instant(one, "position.datetime")
        _add_means(inbox, message, unit, at, values)


def _emsi_vehicle(inbox: Inbox, message: Message, one: Tree) -> None:
    """EMSI RESOURCE: vehicles alone; staff are persons, other material does not move."""
    column, vehicle = "RESOURCE.RTYPE.RCLASS", need_text(one, "RTYPE.RCLASS", 80)
    if _is_person(inbox, vehicle, column):
        return
    found = longest(vehicle, TABLE["vehicles"], "/")
    if found is None:
        inbox.rows.remark("not_used", what=f"RESOURCE {shown(vehicle)}")
        return
    unit, code = inbox.unit(one, "ID"), need_text(one, "STATUS", 40)
    status = inbox.meaning(TABLE["means_status"], code, "RESOURCE.STATUS")
    place = emsi.latest(inbox, many(one, "RGEO"))
    seen = inbox.instant(place, "DATIME")
    label = inbox.call_sign(one, "NAME", TABLE["call_signs"])
    values = emsi.point(inbox, place) | {
        "kind": _told_by(label or "")[1] or found[0],
        "label": label,
        "status": status or "unknown",
        "attributes": {
            "case": word(text(message.body, "EVENT.ID")),
            "org": organisation(one, "ORG_ID"),
            "state": code if status else None,
            "type": word(vehicle),
        },
    }
    spoken = inbox.spoken_us(message, TABLE["times"]["event"])
    _add_means(inbox, message, unit, spoken if seen is None else seen, values)


def _listed(inbox: Inbox, message: Message) -> None:
    """GEO-RES and GEO-REQ: which units there are, without time or place: read, and left out."""
    name, needed = {
        "geoResourcesDetails": ("resource", ("resourceId", "orgId", "resourceType")),
        "geoResourcesRequest": ("resourceId", ("",)),
    }[message.name]
    for one in inbox.items(message, name):
        with inbox.row(message, {name: one}):
            for path in needed:
                if text(one, path) is None:
                    raise RowRefused("missing_required", column=path or name)
            inbox.rows.remark("not_used", what=message.name)


def _add_means(inbox: Inbox, message: Message, unit: str, at_us: int, values: Values) -> None:
    state = values["attributes"].get("state")
    values |= {"unit_ref": unit, "at": at_us}
    # a position and a state of one second are two records
    values["source_ref"] = f"{unit}/{state or 'at'}@{at_us // SECOND_US}"
    spoken = message.sent.at_us
    if spoken is None:
        spoken = at_us
        inbox.check_clock(at_us)
    values["revision"] = revision(spoken, sorted(values.items()))
    inbox.rows.add("means", values)


def _availability(status: str | None, available: str | None) -> str:
    """Return the status of a unit from its stage and whether it is said to be available."""
    if status in (None, "available") and available in ("true", "false"):
        return "available" if available == "true" else "out"
    return status or "unknown"


def _is_person(inbox: Inbox, vehicle: str, column: str) -> bool:
    """Say whether a vehicle is one person (a doctor on foot): such tracks are not kept."""
    person = under(vehicle, TABLE["persons"]["vehicles"])
    if person:
        inbox.rows.remark("dropped_personal", column=column)
    return person


def _told_by(unit: str) -> tuple[str | None, str | None]:
    """Return the call sign that ends a unit's identifier, where known, and the kind it tells."""
    parts = unit.split(".")
    kind = TABLE["call_signs"].get(parts[-1].rstrip("0123456789_- "))
    return (parts[-1] if kind else None), kind or TABLE["domains"].get(".".join(parts[1:2]))


_READERS: Mapping[str, Callable[[Inbox, Message], None]] = {
    "createCase": _create_case,
    "emsi": _emsi,
    "geoPositionsUpdate": _positions,
    "geoResourcesDetails": _listed,
    "geoResourcesRequest": _listed,
    "resourcesInfoCisu": _resources,
}

CONNECTOR = Connector(
    name="rescue_cases",
    title={"fr": "Affaires de secours (hub 15-18)", "en": "Emergency cases (15-18 hub)"},
    emits=("facts", "means"),
    suffixes=(".json", ".xml"),
    media=("application/json", "application/xml", "text/xml"),
    fields=FIELDS,
    parse=parse,
    period_s=300,
    revises=True,
    reference="Hub Santé, modèles CISU (RC-EDA, RC-RI, GEO-*), EMSI, OASIS EDXL-DE 2.0",
)
