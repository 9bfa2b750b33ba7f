"""Samples of Open311: requests of an invented town, by invented people."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

PERSONAL = (
    "Zéphyrine",
    "Quatrebarbes",
    "zoe.invente@example.org",
    "06 99 00 11 22",
    "IMEI-356938035643809",
    "https://example.org/photos/638.jpg",
    "compte-secret-77",
    "Madame Quatrebarbes au rez-de-chaussée",
)
FIRST, LAST, MAIL, PHONE, DEVICE, PICTURE, ACCOUNT, ANSWER = PERSONAL

REQUEST: dict[str, Any] = {
    "service_request_id": "638344",
    "status": "open",
    "service_code": "A12",
    "service_name": "Éclairage public en panne",
    "description": "Lampadaire éteint depuis lundi",
    "requested_datetime": "2026-03-02T08:10:00+01:00",
    "updated_datetime": "2026-03-02T09:00:00+01:00",
    "address": "12 rue de Rome",
    "zipcode": "13006",
    "lat": 43.2901,
    "long": 5.379,
}
LEAKED = {
    "account_id": ACCOUNT, "first_name": FIRST, "last_name": LAST, "email": MAIL, "phone": PHONE,
    "device_id": DEVICE, "media_url": PICTURE, "attribute": [{"name": "Qui ?", "value": ANSWER}],
}  # fmt: skip
SERVICE = {
    "service_code": "A12",
    "service_name": "Éclairage",
    "description": "",
    "metadata": False,
    "type": "realtime",
}


def request(**changes: Any) -> dict[str, Any]:
    """Return a request; a change to None takes the field away."""
    return {k: v for k, v in (REQUEST | changes).items() if v is not None}


def as_json(*requests: Any) -> bytes:
    """Return a list of requests in JSON."""
    return json.dumps(list(requests), ensure_ascii=False).encode()


def as_xml(
    *requests: dict[str, Any],
    before: str = '<?xml version="1.0" encoding="utf-8"?>',
    root: str = "service_requests",
) -> bytes:
    """Return a list of requests in XML."""
    body = "".join(
        "<request>" + "".join(f"<{k}>{escape(str(v))}</{k}>" for k, v in one.items()) + "</request>"
        for one in requests
    )
    return f"{before}<{root}>{body}</{root}>".encode()


def ngsi(**changes: Any) -> dict[str, Any]:
    """Return a request as NGSI-LD wraps it."""
    wrapped = {
        k: {"type": "Property", "value": v}
        for k, v in request(lat=None, long=None, **changes).items()
    }
    wrapped["requested_datetime"]["value"] = {
        "@type": "DateTime",
        "@value": REQUEST["requested_datetime"],
    }
    where = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [5.379, 43.2901]}}
    return {"id": "urn:x", "type": "Open311ServiceRequest", **wrapped, "location": where}


def _bad(code: str, *, notices: dict[str, int] | None = None, **changes: Any) -> dict[str, object]:
    """One bad request between two good ones: the good ones get in."""
    case: dict[str, object] = {
        "content": as_json(
            request(),
            request(**({"service_request_id": "9"} | changes)),
            request(service_request_id="2"),
        ),
        "records": {"facts": 2},
        "read": 3,
        "rejects": {code: 1},
    }
    return case | ({"notices": notices} if notices else {})


def _refused(code: str, content: bytes) -> dict[str, object]:
    return {"content": content, "rejects": {code: 1}}


ONE, TWO = (
    request(),
    request(
        service_request_id="638345",
        status="closed",
        service_name="Dépôt sauvage",
        expected_datetime="2026-03-09T08:00:00+01:00",
    ),
)
BOMB = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'

CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/list.json": {"content": as_json(ONE, TWO), "records": {"facts": 2}, "read": 2},
    "valid/list.xml": {"content": as_xml(ONE, TWO), "records": {"facts": 2}, "read": 2},
    "valid/single.json": {"content": json.dumps(ONE).encode(), "records": {"facts": 1}, "read": 1},
    "valid/wrapped.json": {"content": json.dumps({"service_requests": [ONE]}).encode(), "records": {"facts": 1}, "read": 1},
    "valid/leaking_server.json": {
        "content": as_json(ONE | LEAKED), "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 8},
    },
    "valid/ngsi_ld.json": {"content": as_json(ngsi(), ngsi(service_request_id="2")), "records": {"facts": 2}, "read": 2},
    "valid/own_codes.json": {
        "content": as_json(request(service_name="Divers")),
        "context": {"options": {"services": {"A12": "space.equipment.furniture_fault"}}},
        "records": {"facts": 1}, "read": 1,
    },
    "valid/closed_before_open.json": {
        "content": as_json(request(status="closed", updated_datetime="2026-03-03T09:00:00+01:00"), request()),
        "records": {"facts": 2}, "read": 2,
    },
    "valid/duplicate.json": {"content": as_json(ONE, ONE), "records": {"facts": 2}, "read": 2},
    "valid/nothing_new.json": {"content": b"[]"},
    "valid/nothing_new.xml": {"content": as_xml()},
    "valid/latin.xml": {
        "content": as_xml(ONE, before='<?xml version="1.0" encoding="ISO-8859-1"?>').decode().encode("latin-1"),
        "records": {"facts": 1}, "read": 1,
    },
    # --- invalid
    "invalid/unknown_service.json": _bad("unknown_code", service_name="Zzz", service_code="Z9"),
    "invalid/without_service_code.json": _bad("missing_required", service_code=None),
    "invalid/without_number.json": _bad("missing_required", service_request_id=""),
    "invalid/token_only.json": {
        "content": as_json({"service_request_id": "", "token": "123"}), "read": 1, "rejects": {"missing_required": 1},
    },
    "invalid/without_time.json": _bad("missing_required", requested_datetime=None),
    "invalid/bad_time.json": _bad("bad_time", requested_datetime="yesterday"),
    "invalid/bad_change_time.json": _bad("bad_time", updated_datetime="2026-13-45T00:00:00Z"),
    "invalid/bad_latitude.json": _bad("bad_number", lat="north"),
    "invalid/huge_longitude.json": _bad("bad_number", long="1e999"),
    "invalid/not_an_object.json": {
        "content": as_json(ONE, "638345"), "records": {"facts": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/unknown_status.json": {
        "content": as_json(request(status="bizarre")), "records": {"facts": 1}, "read": 1, "notices": {"unknown_code": 1},
    },
    "invalid/unexpected_field.json": {
        "content": as_json(ONE | {"mood": "angry"}), "records": {"facts": 1}, "read": 1, "notices": {"unmapped_column": 1},
    },
    "invalid/errors.json": _refused("unknown_message", as_json({"code": 404, "description": "not found"})),
    "invalid/errors.xml": _refused("unknown_message", b"<errors><error><code>404</code></error></errors>"),
    "invalid/services.json": {"content": as_json(SERVICE, SERVICE), "notices": {"not_used": 2}},
    "invalid/services.xml": {"content": b"<services><service><service_code>1</service_code></service></services>", "notices": {"not_used": 1}},
    "invalid/service_type.json": {
        "content": json.dumps({"id": "o311:x", "type": "Open311ServiceType", "service_code": 1}).encode(), "notices": {"not_used": 1},
    },
    "invalid/entity_bomb.xml": _refused("xml_document_type", as_xml(ONE, before=BOMB)),
    "invalid/external_entity.xml": _refused("xml_document_type", as_xml(ONE, before=OUTSIDE)),
    "invalid/too_deep.json": _refused("too_deep", b"[" * 90 + b"]" * 90),
    "invalid/too_deep.xml": _refused("too_deep", b"<a>" * 90 + b"</a>" * 90),
    "invalid/truncated.json": _refused("unreadable", as_json(ONE)[:-20]),
    "invalid/truncated.xml": _refused("unreadable", as_xml(ONE)[:-20]),
    "invalid/not_utf8.json": _refused("unreadable", b'[{"service_request_id": "\xff\xfe"}]'),
    "invalid/not_a_number.json": _refused("unreadable", b'[{"lat": NaN}]'),
    "invalid/number.json": _refused("unknown_message", b"12"),
    "invalid/web_page.xml": _refused("xml_document_type", b"<!DOCTYPE html><html><body>503</body></html>"),
    "invalid/empty.json": _refused("empty_file", b""),
    "invalid/clock_ahead.json": {  # that it lies in the future is the kit's business
        "content": as_json(request(requested_datetime="2027-06-01T08:00:00Z", updated_datetime=None)), "records": {"facts": 1}, "read": 1,
    },
}  # fmt: skip
