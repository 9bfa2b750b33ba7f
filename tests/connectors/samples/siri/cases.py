"""Samples of SIRI: a few vehicles, journeys and situations of an invented town."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

AT = "2026-11-23T09:00:00Z"  # when the tests' clock stands
PERSONAL = (
    "ZY-987-XW",
    "06 39 98 01 02",
    "Zélie Quatremains",
    "agent-4417",
    "zelie@exemple.invalid",
)
SIRI = "http://www.siri.org.uk/siri"


def tag(name: str, *inside: str | None, **attributes: str) -> str:
    """Return an element; nothing inside that is None."""
    said = "".join(f' {key.replace("__", ":")}="{value}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(part for part in inside if part is not None)}</{name}>"


def delivery(
    name: str, *inside: str, version: str | None = "2.1", status: str | None = None
) -> str:
    """Return a delivery of a service."""
    attributes = {} if version is None else {"version": version}
    told = None if status is None else tag("Status", status)
    return tag(f"{name}Delivery", tag("ResponseTimestamp", AT), told, *inside, **attributes)


def siri(*deliveries: str, at: str | None = AT, root: str = "Siri") -> bytes:
    """Return a message of some deliveries."""
    header = "" if at is None else tag("ResponseTimestamp", at) + tag("ProducerRef", "RTM")
    service = tag("ServiceDelivery", header, *deliveries)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SIRI}" version="2.1">{service}</{root}>\n'.encode()


def soap(body: str, version: str = "http://schemas.xmlsoap.org/soap/envelope/") -> bytes:
    """Return a SOAP envelope around something."""
    return f'<soapenv:Envelope xmlns:soapenv="{version}"><soapenv:Header/><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'.encode()


def vehicle(
    unit: str | None = "V1",
    at: str | None = "2026-11-23T08:59:50Z",
    place: str | None = "5.3745 43.2955",
    **changes: str | None,
) -> str:
    """Return a vehicle's activity; a change of None leaves the field out."""
    lon, lat = (None, None) if place is None else place.split()
    fields = {
        "LineRef": "M1",
        "DirectionRef": "aller",
        "FramedVehicleJourneyRef": tag("DataFrameRef", "2026-11-23")
        + tag("DatedVehicleJourneyRef", f"course-{unit}"),
        "VehicleLocation": None if lon is None else tag("Longitude", lon) + tag("Latitude", lat),
        "VehicleRef": unit,
    } | changes
    return tag(
        "VehicleActivity",
        None if at is None else tag("RecordedAtTime", at),
        tag("ValidUntilTime", "2026-11-23T09:01:00Z"),
        tag(
            "MonitoredVehicleJourney",
            *(tag(name, value) for name, value in fields.items() if value is not None),
        ),
    )


def vehicles(*activities: str, **changes: Any) -> bytes:
    """Return a message of vehicles."""
    return siri(delivery("VehicleMonitoring", *activities), **changes)


def period(start: str = "2026-11-23T08:00:00Z", end: str | None = "2026-11-23T12:00:00Z") -> str:
    """Return a period of validity."""
    return tag(
        "ValidityPeriod", tag("StartTime", start), None if end is None else tag("EndTime", end)
    )


def situation(
    number: str | None = "S1",
    *inside: str,
    created: str | None = "2026-11-23T08:05:00Z",
    element: str = "PtSituationElement",
    **changes: str | None,
) -> str:
    """Return a situation; a change of None leaves the field out."""
    fields = {
        "ParticipantRef": "RTM",
        "SituationNumber": number,
        "Version": "1",
        "Progress": "published",
        "AlertCause": "roadworks",
        "Severity": "severe",
        "Summary": "Rue barrée",
    } | changes
    return tag(
        element,
        None if created is None else tag("CreationTime", created),
        *(tag(name, value) for name, value in fields.items() if value is not None),
        *(inside or (period(),)),
    )


def situations(*elements: str, **changes: Any) -> bytes:
    """Return a message of situations."""
    return siri(delivery("SituationExchange", tag("Situations", *elements)), **changes)


def effect(condition: str, *lines: str) -> str:
    """Return the consequence of a situation for some lines."""
    touched = "".join(tag("AffectedLine", tag("LineRef", line)) for line in lines)
    return tag(
        "Consequences",
        tag(
            "Consequence",
            tag("Condition", condition),
            tag("Affects", tag("Networks", tag("AffectedNetwork", touched))),
        ),
    )


STOP = tag("Affects", tag("StopPoints", tag(
    "AffectedStopPoint", tag("StopPointRef", "P1"), tag("StopPointName", "Vieux-Port"),
    tag("Location", tag("Longitude", "5.3745"), tag("Latitude", "43.2955")),
)))  # fmt: skip


def call(stop: str, aimed: str, expected: str | None, name: str = "EstimatedCall") -> str:
    """Return a call at a stop, hours of the morning of the 23rd in UTC."""
    late = None if expected is None else tag("ExpectedDepartureTime", f"2026-11-23T{expected}Z")
    return tag(
        name, tag("StopPointRef", stop), tag("AimedDepartureTime", f"2026-11-23T{aimed}Z"), late
    )


def journey(reference: str | None = "c1", *calls: str, **fields: str) -> str:
    """Return an estimated journey."""
    return tag(
        "EstimatedVehicleJourney",
        tag("LineRef", "21"),
        None if reference is None else tag("DatedVehicleJourneyRef", reference),
        *(tag(name, value) for name, value in fields.items()),
        tag("EstimatedCalls", *calls) if calls else None,
    )


def timetable(*journeys: str, at: str | None = "2026-11-23T08:59:00Z") -> bytes:
    """Return a message of estimated journeys."""
    recorded = None if at is None else tag("RecordedAtTime", at)
    return siri(
        delivery("EstimatedTimetable", tag("EstimatedJourneyVersionFrame", recorded, *journeys))
    )


def visit(
    line: str = "21",
    *inside: str,
    stop: str | None = "P1",
    item: str = "i1",
    at: str | None = "2026-11-23T08:59:00Z",
) -> str:
    """Return a visit of a monitored stop."""
    return tag(
        "MonitoredStopVisit",
        None if at is None else tag("RecordedAtTime", at),
        tag("ItemIdentifier", item),
        None if stop is None else tag("MonitoringRef", stop),
        tag("MonitoredVehicleJourney", tag("LineRef", line), *inside),
    )


def lite(**deliveries: Any) -> bytes:
    """Return a message of SIRI Lite."""
    service = {"ResponseTimestamp": AT, "ProducerRef": {"value": "RTM"}, **deliveries}
    return json.dumps({"Siri": {"ServiceDelivery": service}}, ensure_ascii=False, indent=1).encode()


LITE_VEHICLE = {
    "RecordedAtTime": "2026-11-23T08:59:50Z",
    "MonitoredVehicleJourney": {
        "LineRef": {"value": "M1"}, "VehicleRef": {"value": "V1"}, "Delay": "PT1M",
        "VehicleLocation": {"Longitude": 5.3745, "Latitude": 43.2955},
    },
}  # fmt: skip
NOTIFY = (
    '<sw:NotifyVehicleMonitoring xmlns:sw="http://wsdl.siri.org.uk" xmlns:s="http://www.siri.org.uk/siri">'
    f"<ServiceDeliveryInfo><s:ResponseTimestamp>{AT}</s:ResponseTimestamp></ServiceDeliveryInfo>"
    '<Notification><s:VehicleMonitoringDelivery version="2.0:FR-IDF-2.4">'
    "<s:VehicleActivity><s:RecordedAtTime>2026-11-23T08:59:50Z</s:RecordedAtTime><s:MonitoredVehicleJourney>"
    "<s:LineRef>M1</s:LineRef><s:VehicleLocation><s:Longitude>5.3745</s:Longitude><s:Latitude>43.2955</s:Latitude>"
    "</s:VehicleLocation><s:VehicleRef>V1</s:VehicleRef></s:MonitoredVehicleJourney></s:VehicleActivity>"
    "</s:VehicleMonitoringDelivery></Notification></sw:NotifyVehicleMonitoring>"
)
WRAPPED = (
    siri(delivery("StopMonitoring", visit("21", tag("Delay", "-PT40S"))))
    .split(b"\n", 1)[1]
    .decode()
)
AHEAD = situation(
    "S2",
    period("2026-12-01T20:00:00Z", "2026-12-02T04:00:00Z"),
    period("2026-12-02T20:00:00Z", "2026-12-03T04:00:00Z"),
    effect("diverted", "21", "49"),
)
CLOSED = situation("S1", VersionedAtTime="2026-11-23T08:50:00Z", Version="2", Progress="closed")
SOURCE = tag(
    "Source", tag("SourceType", "phone"), tag("Phone", PERSONAL[1]), tag("Name", PERSONAL[2]),
    tag("AgentReference", PERSONAL[3]), tag("Email", PERSONAL[4]),
)  # fmt: skip
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE Siri [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Siri xmlns="http://www.siri.org.uk/siri"><ServiceDelivery>&c;</ServiceDelivery></Siri>'
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE Siri [<!ENTITY x SYSTEM "file:///etc/passwd">]><Siri><ServiceDelivery>&x;</ServiceDelivery></Siri>'
GOOD = vehicles(
    vehicle(Bearing="45", Velocity="10", Delay="PT2M30S", Occupancy="fewSeatsAvailable"),
    vehicle("V2", LineRef="21", VehicleMode="bus", Delay="-PT40S"),
    vehicle("V3", place=None, Delay="PT0S", PredictionInaccurate="true"),
)

CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/vehicles.xml": {"content": GOOD, "records": {"means": 2, "measures": 4}, "read": 3},
    "valid/notify_in_soap_11.xml": {"content": soap(NOTIFY), "records": {"means": 1}, "read": 1},
    "valid/siri_in_soap_12.xml": {
        "content": soap(WRAPPED, "http://www.w3.org/2003/05/soap-envelope"), "records": {"measures": 1}, "read": 1,
    },
    "valid/lite.json": {
        "content": lite(VehicleMonitoringDelivery=[{"ResponseTimestamp": AT, "VehicleActivity": [LITE_VEHICLE]}]),
        "records": {"means": 1, "measures": 1}, "read": 1,
    },
    "valid/situations.xml": {
        "content": situations(
            situation("S1", period(), STOP, effect("noService", "M1"), tag("Source", tag("SourceType", "feed"))),
            AHEAD,
            situation("S3", AlertCause="unattendedBag"),
            situation("S4", AlertCause="liftFailure", Severity="slight"),
            situation("R1", element="RoadSituationElement", AlertCause="accident"),
        ),
        "records": {"facts": 4, "plans": 1}, "read": 5,
    },
    "valid/versions_of_a_situation.xml": {
        "content": situations(situation("S1"), CLOSED), "records": {"facts": 2}, "read": 2,
    },
    "valid/timetable.xml": {
        "content": timetable(
            journey("c1", call("P1", "09:10:00", "09:12:00"), call("P2", "09:20:00", "09:22:00")),
            journey("c2", call("P1", "09:30:00", None), call("P2", "09:40:00", "09:39:30")),
            journey("c3", call("P1", "10:10:00", None), call("P2", "10:20:00", None), Cancellation="true"),
        ),
        "records": {"measures": 2, "facts": 1}, "read": 3,
    },
    "valid/stops.xml": {
        "content": siri(delivery("StopMonitoring",
            visit("21", tag("Delay", "PT3M"), item="i1"),
            visit("49", call("P1", "09:10:00", "09:11:00", "MonitoredCall"), item="i2"),
        )),
        "records": {"measures": 2}, "read": 2,
    },
    "valid/several_deliveries.xml": {
        "content": siri(delivery("VehicleMonitoring", vehicle()), delivery("SituationExchange", tag("Situations", situation())), delivery("VehicleMonitoring", vehicle("V2"))),
        "records": {"means": 2, "facts": 1}, "read": 3,
    },
    "valid/no_vehicle_at_night.xml": {"content": vehicles()},
    # --- invalid: messages
    "invalid/empty.xml": {"content": b" \n", "rejects": {"empty_file": 1}},
    "invalid/entity_bomb.xml": {"content": BOMB.encode(), "rejects": {"xml_document_type": 1}},
    "invalid/external_entity.xml": {"content": EXTERNAL.encode(), "rejects": {"xml_document_type": 1}},
    "invalid/deep.xml": {
        "content": b"<Siri><ServiceDelivery>" + b"<a>" * 80 + b"</a>" * 80 + b"</ServiceDelivery></Siri>", "rejects": {"too_deep": 1},
    },
    "invalid/deep.json": {"content": b'{"Siri":' + b"[" * 500 + b"]" * 500 + b"}", "rejects": {"too_deep": 1}},
    "invalid/not_utf8.xml": {"content": GOOD.replace(b"aller", b"all\xff\xfe"), "rejects": {"unreadable": 1}},
    "invalid/cut.xml": {"content": GOOD[:700], "rejects": {"unreadable": 1}},
    "invalid/cut.json": {"content": lite(VehicleMonitoringDelivery=[])[:-9], "rejects": {"unreadable": 1}},
    "invalid/array.json": {"content": b"[1, 2]", "rejects": {"unreadable": 1}},
    "invalid/web_page.xml": {"content": b"<html><body>503</body></html>", "rejects": {"unknown_message": 1}},
    "invalid/nothing_of_siri.json": {"content": b'{"etat": "indisponible"}', "rejects": {"unknown_message": 1}},
    "invalid/nothing_inside.xml": {"content": b"<Siri/>", "rejects": {"unknown_message": 1}},
    "invalid/fault.xml": {
        "content": soap("<soapenv:Fault><faultcode>Server</faultcode><faultstring>indisponible</faultstring></soapenv:Fault>"), "notices": {"not_used": 1},
    },
    "invalid/heartbeat.xml": {
        "content": f'<Siri xmlns="{SIRI}"><HeartbeatNotification><RequestTimestamp>{AT}</RequestTimestamp></HeartbeatNotification></Siri>'.encode(), "notices": {"not_used": 1},
    },
    "invalid/capabilities.xml": {"content": b"<StopMonitoringCapabilitiesResponse/>", "notices": {"not_used": 1}},
    "invalid/general_message.xml": {
        "content": siri(delivery("GeneralMessage", tag("GeneralMessage", tag("Content", PERSONAL[2]))), delivery("ProductionTimetable")), "notices": {"not_used": 2},
    },
    "invalid/error_of_the_server.xml": {
        "content": siri(delivery("VehicleMonitoring", status="false")), "notices": {"not_used": 1},
    },
    "invalid/unknown_version.xml": {
        "content": siri(delivery("VehicleMonitoring", vehicle(), version="9.0")), "records": {"means": 1}, "read": 1, "notices": {"unknown_version": 1},
    },
    "invalid/clock_ahead.xml": {
        "content": vehicles(vehicle(), at="2026-11-23T10:00:00Z"), "records": {"means": 1}, "read": 1, "notices": {"clock_skew": 1},
    },
    "invalid/unreadable_clock.xml": {
        "content": vehicles(vehicle(), at="hier"), "records": {"means": 1}, "read": 1, "notices": {"bad_time": 1},
    },
    # --- invalid: vehicles
    "invalid/plate_as_vehicle.xml": {
        "content": vehicles(vehicle(PERSONAL[0], FramedVehicleJourneyRef=None)), "records": {"means": 1}, "read": 1, "notices": {"dropped_personal": 1},
    },
    "invalid/driver.xml": {
        "content": vehicles(vehicle(DriverRef=PERSONAL[3], DriverName=PERSONAL[2])), "records": {"means": 1}, "read": 1, "notices": {"dropped_personal": 2},
    },
    "invalid/unlisted_field.xml": {
        "content": vehicles(vehicle(JourneyNote=f"voir {PERSONAL[2]}")), "records": {"means": 1}, "read": 1, "notices": {"unmapped_column": 1},
    },
    "invalid/text_as_line.xml": {
        "content": vehicles(vehicle(LineRef=f"conduite par {PERSONAL[2]}")), "records": {"means": 1}, "read": 1,
    },
    "invalid/without_vehicle.xml": {
        "content": vehicles(vehicle(None), vehicle("V2")), "records": {"means": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/without_position.xml": {
        "content": vehicles(vehicle(place=None), vehicle("V2")), "records": {"means": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/without_time.xml": {
        "content": vehicles(vehicle(at=None), vehicle("V2")), "records": {"means": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/impossible_time.xml": {
        "content": vehicles(vehicle(at="2026-02-30T08:00:00Z"), vehicle("V2")), "records": {"means": 1}, "read": 2, "rejects": {"bad_time": 1},
    },
    "invalid/not_a_number.xml": {
        "content": vehicles(vehicle(place="NaN 43.3"), vehicle("V2", place="1e999 43.3"), vehicle("V3")), "records": {"means": 1}, "read": 3, "rejects": {"bad_number": 2},
    },
    "invalid/durations.xml": {
        "content": vehicles(vehicle(Delay="2 min"), vehicle("V2", Delay="P1M"), vehicle("V3", Delay="PT")), "records": {"means": 3}, "read": 3, "notices": {"bad_number": 3},
    },
    "invalid/impossible_speed.xml": {
        "content": vehicles(vehicle(Velocity="900", Bearing="-1")), "records": {"means": 1}, "read": 1, "notices": {"out_of_range": 2},
    },
    "invalid/unknown_occupancy.xml": {
        "content": vehicles(vehicle(Occupancy="packed"), vehicle("V2", Occupancy="unknown")), "records": {"means": 2}, "read": 2, "notices": {"unknown_code": 1},
    },
    "invalid/duplicate_vehicle.xml": {"content": vehicles(vehicle(), vehicle()), "records": {"means": 2}, "read": 2},
    # --- invalid: situations
    "invalid/informant.xml": {
        "content": situations(situation("S1", period(), SOURCE)), "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 4},
    },
    "invalid/reordered_versions.xml": {
        "content": situations(CLOSED, situation("S1")), "records": {"facts": 2}, "read": 2,
    },
    "invalid/update_before_creation.xml": {"content": situations(CLOSED), "records": {"facts": 1}, "read": 1},
    "invalid/closed_before_its_start.xml": {
        "content": situations(AHEAD.replace("published", "closed")), "records": {"plans": 1}, "read": 1,
    },
    "invalid/draft.xml": {"content": situations(situation(Progress="draft")), "read": 1, "notices": {"not_actual": 1}},
    "invalid/without_number.xml": {
        "content": situations(situation(None), situation("S2")), "records": {"facts": 1}, "read": 2, "rejects": {"missing_required": 1},
    },
    "invalid/without_creation.xml": {
        "content": situations(situation(created=None)), "read": 1, "rejects": {"missing_required": 1},
    },
    "invalid/ends_before_it_starts.xml": {
        "content": situations(situation("S1", period("2026-11-23T08:00:00Z", "2026-11-22T08:00:00Z"))), "read": 1, "rejects": {"time_reversed": 1},
    },
    "invalid/huge_version.xml": {
        "content": situations(situation(Version="99999999999"), situation("S2", Version="1.5"), situation("S3", Version="x")), "read": 3,
        "rejects": {"out_of_range": 2, "bad_number": 1},
    },
    "invalid/unknown_codes.xml": {
        "content": situations(situation("S1", period(), effect("teleported"), AlertCause="dragons", Severity="epic", Progress="dreamt")), "records": {"facts": 1}, "read": 1,
        "notices": {"unknown_code": 4},
    },
    "invalid/open_end.xml": {
        "content": situations(situation("S1", period("2026-12-01T08:00:00Z", None))), "records": {"plans": 1}, "read": 1,
    },
    # --- invalid: journeys and stops
    "invalid/nameless_journey.xml": {
        "content": timetable(journey(None, call("P1", "09:10:00", "09:12:00"))), "read": 1, "rejects": {"missing_required": 1},
    },
    "invalid/journey_without_delay.xml": {
        "content": timetable(journey("c1", call("P1", "09:10:00", None))), "read": 1, "notices": {"not_used": 1},
    },
    "invalid/cancelled_next_week.xml": {
        "content": timetable(journey("c1", call("P1", "09:10:00", None).replace("11-23", "11-30"), Cancellation="true")), "records": {"plans": 1}, "read": 1,
    },
    "invalid/visit_without_delay.xml": {
        "content": siri(delivery("StopMonitoring", visit())), "read": 1, "notices": {"not_used": 1},
    },
    "invalid/visit_without_stop.xml": {
        "content": siri(delivery("StopMonitoring", visit("21", tag("Delay", "PT1M"), stop=None))), "read": 1, "rejects": {"missing_required": 1},
    },
    "invalid/visit_without_time.xml": {
        "content": siri(delivery("StopMonitoring", visit("21", tag("Delay", "PT1M"), at=None))), "read": 1, "rejects": {"missing_required": 1},
    },
}  # fmt: skip
