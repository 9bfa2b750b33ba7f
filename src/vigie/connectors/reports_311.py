"""Residents' reports by Open311, GeoReport v2, in JSON and in XML; NGSI forms of them too.

A list of service requests is read, or one of them. Who reported never passes: names, account,
e-mail, phone and device are dropped where a server lets them out, and so is the picture, which may
show people. What the resident wrote goes to the kit's scrubber and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from vigie.geo.addresses import fold
from vigie.intake.connector import Connector, Context, Parsed, Payload, listed
from vigie.intake.messages.allowed import AllowList
from vigie.intake.messages.keywords import Keywords
from vigie.intake.messages.options import texts
from vigie.intake.messages.reading import (
    RowRefused,
    instant,
    need_instant,
    need_text,
    number,
    text,
)
from vigie.intake.messages.rows import Rows, refused_file
from vigie.intake.messages.sheets import data_of
from vigie.intake.messages.tree import Tree, looks_like_xml, read_json, read_payload, read_xml
from vigie.intake.tabular.block import FileRefused
from vigie.model.taxonomy import TAXONOMY

KEYWORDS = Keywords(data_of("reports_311")["keywords"])
STATUSES = {
    fold(word): status
    for status, words in data_of("reports_311")["statuses"].items()
    for word in words
}

_LIST, _REQUEST = "service_requests", "request"
_NGSI_REQUEST = "Open311ServiceRequest"
_NOT_REQUESTS = ("services", "service_definition", "discovery", "Open311ServiceType")
_CLOSED = "closed"


# fmt: off
FIELDS = (
    listed("service_request_id", "Numéro du signalement", "Number of the request", required=True),
    listed("status", "Ouvert ou clos", "Open or closed"),
    listed("service_code", "Code du service demandé", "Code of the service", required=True),
    listed("service_name", "Nom du service demandé", "Name of the service"),
    listed("requested_datetime", "Instant du signalement", "When it was made", required=True),
    listed("updated_datetime", "Dernière modification", "Last change"),
    listed("expected_datetime", "Traitement prévu", "When it should be dealt with"),
    listed("description", "Texte de l'habitant, expurgé", "Resident's text, scrubbed", "free_text"),
    listed("status_notes", "Texte du service, expurgé", "Service's text, scrubbed", "free_text"),
    listed("address", "Adresse, pour situer", "Address, to place it", "place"),
    listed("address_string", "Adresse (formes NGSI)", "Address (NGSI forms)", "place"),
    listed("address_id", "Identifiant de l'adresse", "Identifier of the address", "place"),
    listed("zipcode", "Code postal", "Postcode", "place"),
    listed("lat", "Latitude", "Latitude", "place"),
    listed("long", "Longitude", "Longitude", "place"),
    listed("location", "Point (formes NGSI)", "Point (NGSI forms)", "place"),
    listed("agency_responsible", "Service chargé", "Agency in charge"),
    listed("service_notice", "Avis au public", "Notice to the public"),
    listed("token", "Jeton d'attente : sans numéro, rien à garder", "Token: nothing to keep yet"),
    listed("media_url", "Photo : refusée, elle peut montrer des gens",
           "Picture: refused, it may show people", "personal"),
    listed("account_id", "Compte : refusé", "Account: refused", "personal"),
    listed("first_name", "Prénom : refusé", "First name: refused", "personal"),
    listed("last_name", "Nom : refusé", "Last name: refused", "personal"),
    listed("email", "Courriel : refusé", "E-mail: refused", "personal"),
    listed("phone", "Téléphone : refusé", "Phone: refused", "personal"),
    listed("device_id", "Appareil : refusé", "Device: refused", "personal"),
    listed("requestor", "Demandeur : refusé", "Requester: refused", "personal"),
    listed("reporter", "Auteur : refusé", "Reporter: refused", "personal"),
    listed("attribute", "Réponses au formulaire : refusées", "Answers to the form: refused",
           "personal"),
    listed("attributes", "Réponses au formulaire : refusées", "Answers to the form: refused",
           "personal"),
    listed("id", "Identifiant NGSI", "NGSI identifier"),
    listed("type", "Type NGSI", "NGSI type"),
    listed("@context", "Contexte NGSI-LD", "NGSI-LD context"),
)
# fmt: on
_ALLOWED = AllowList(FIELDS)


def parse(payload: Payload, context: Context) -> Iterator[Parsed]:
    """Turn a list of service requests into facts.

    Options of the feed: ``services``, from a service code to a kind of the taxonomy; a code that is
    not there is read by the words of its service's name.
    """
    rows = Rows("facts")
    try:
        requests = _requests(read_payload(payload), rows)
    except FileRefused as refusal:
        yield refused_file("facts", refusal)
        return
    services = texts(context.options, "services")
    for request in requests:
        stripped = _ALLOWED.strip(request)
        rows.remarks(stripped.notices())
        plain = _plain(stripped.tree)
        with rows.row(partial(_raw, plain)):
            _take(rows, plain, services, context.timezone)
    yield from rows.parsed()


def _raw(tree: Tree) -> bytes:
    return json.dumps([tree], ensure_ascii=False).encode("utf-8", "replace")


def _requests(data: bytes, rows: Rows) -> list[Tree]:
    """Return the service requests of a document, as trees.

    Raises:
        FileRefused: As the readers do, and ``unknown_message`` for another document.
    """
    if looks_like_xml(data):
        root, tree = read_xml(data)
        if root == _LIST:
            tree = tree.get(_REQUEST) if isinstance(tree, dict) else None
        elif root in _NOT_REQUESTS:
            rows.remark("not_used", what=root)
            return []
        elif root != _REQUEST:
            raise FileRefused("unknown_message", value=root[:40])
    else:
        tree = read_json(data)
        if isinstance(tree, dict):
            tree = next((tree[name] for name in (_LIST, "requests") if name in tree), tree)
    if tree is None:
        return []
    if not isinstance(tree, dict | list):
        raise FileRefused("unknown_message", value="?")
    found = tree if isinstance(tree, list) else [tree]
    return [one for one in found if not _is_other(one, rows)]


def _is_other(one: Tree, rows: Rows) -> bool:
    """Say whether an object is of another sort than a request, and remark on it."""
    if not isinstance(one, dict) or "service_request_id" in one:
        return False
    if one.get("type") in _NOT_REQUESTS:
        rows.remark("not_used", what=one["type"])
        return True
    if "service_code" in one and "requested_datetime" not in one and "metadata" in one:
        rows.remark("not_used", what="services")
        return True
    if {"code", "description"} <= one.keys() and "service_code" not in one:
        raise FileRefused("unknown_message", value="errors")
    return False


def _plain(request: Tree) -> Tree:
    """Return a request without the wrappers of NGSI v2 and NGSI-LD around its values."""
    if not isinstance(request, dict) or request.get("type") != _NGSI_REQUEST:
        return request
    return {name: _unwrapped(value) for name, value in request.items()}


def _unwrapped(value: Tree) -> Tree:
    inner = value["value"] if isinstance(value, dict) and "value" in value else value
    return inner.get("@value", inner) if isinstance(inner, dict) else inner


def _take(rows: Rows, request: Tree, services: dict[str, str], timezone: str) -> None:
    """Add the fact of one request."""
    if not isinstance(request, dict):
        raise RowRefused("missing_required", column="service_request_id")
    requested_us = need_instant(request, "requested_datetime", timezone)
    updated_us = instant(request, "updated_datetime", timezone)
    status = _status(rows, request)
    lon, lat = _point(request)
    written = [text(request, name) for name in ("description", "status_notes")]
    rows.add(
        "facts",
        {
            "source_ref": need_text(request, "service_request_id", 120),
            # A server that gives no time of change still ends what it opened.
            "revision": (updated_us or requested_us) + (status == _CLOSED),
            "kind": _kind(request, services),
            "earliest_at": requested_us,
            "latest_at": requested_us,
            "reported_at": requested_us,
            "lon": lon,
            "lat": lat,
            "status": status,
            "basis": "reported",
            "discovered_by": "public",
            "attributes": {
                "service_code": text(request, "service_code", 80),
                "address_id": text(request, "address_id", 80),
                "zipcode": text(request, "zipcode", 10),
                "expected_at": text(request, "expected_datetime", 40),
            },
        },
        narrative="\n".join(one for one in written if one) or None,
        address=_address(request),
    )


def _kind(request: Tree, services: dict[str, str]) -> str:
    """Return the kind by the feed's own table, else by the words of the service's name."""
    code = need_text(request, "service_code", 80)
    kind = services.get(code) or KEYWORDS.find(text(request, "service_name", 200))
    if kind is None or kind not in TAXONOMY:
        raise RowRefused("unknown_code", value=code[:40], column="service_code")
    return kind


def _status(rows: Rows, request: Tree) -> str | None:
    said = text(request, "status", 40)
    if said is None:
        return None
    status = STATUSES.get(fold(said))
    if status is None:
        rows.remark("unknown_code", severity="warning", value=said, column="status")
    return status


def _point(request: Tree) -> tuple[float | None, float | None]:
    lon, lat = number(request, "long"), number(request, "lat")
    where = request.get("location")
    if lon is None and lat is None and isinstance(where, dict) and where.get("type") == "Point":
        pair = where.get("coordinates")
        if isinstance(pair, list) and len(pair) >= 2:  # noqa: PLR2004 -- longitude and latitude
            return number({"lon": pair[0]}, "lon"), number({"lat": pair[1]}, "lat")
    return lon, lat


def _address(request: Tree) -> str | None:
    """Return the address with its postcode, as a gazetteer wants it."""
    address = text(request, "address", 200) or text(request, "address_string", 200)
    zipcode = text(request, "zipcode", 10)
    if address is None or zipcode is None or zipcode in address:
        return address
    return f"{address}, {zipcode}"


CONNECTOR = Connector(
    name="reports_311",
    title={"fr": "Signalements d'habitants (Open311)", "en": "Residents' reports (Open311)"},
    emits=("facts",),
    suffixes=(".json", ".xml"),
    media=("application/json", "application/xml", "text/xml"),
    fields=FIELDS,
    parse=parse,
    period_s=3_600,
    revises=True,
    reference="Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2)",
)
