"""Samples of city sensors: an invented town's noise, air, weather, traffic, parking and lamps."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = (
    "ZZ-909-QX",
    "Perpétue Lantosque",
    "Barnabé Estaque",
    "192.0.2.77",
    "02:00:5e:10:00:99",
    "perpetue.lantosque@example.org",
    "cri de femme",
)
AT = "2026-11-23T08:45:00Z"
HERE = {"type": "Point", "coordinates": [5.3745, 43.2955]}


def wire(value: Any) -> bytes:
    """Return a value as a message."""
    return json.dumps(value, ensure_ascii=False).encode()


def noise(**more: Any) -> dict[str, Any]:
    """Return a plain message of a noise sensor."""
    said = {"id": "b12", "dateObserved": AT, "LAeq": 61.4, "LAmax": 78.2, **more}
    return {name: value for name, value in said.items() if value != "absent"}


def normalised(kind: str, ld: bool = True, **values: Any) -> dict[str, Any]:
    """Return an entity with its attributes written out."""
    name = f"urn:ngsi-ld:{kind}:b12" if ld else "b12"
    entity: dict[str, Any] = {"id": name, "type": kind}
    for key, value in values.items():
        unit = None
        if isinstance(value, tuple):
            value, unit = value  # noqa: PLW2901 -- a value with its unit
        written: dict[str, Any] = {"type": "Property", "value": value}
        if key == "location":
            written["type"] = "GeoProperty" if ld else "geo:json"
        if unit and ld:
            written["unitCode"] = unit
        elif unit:
            written["metadata"] = {"unitCode": {"type": "Text", "value": unit}}
        entity[key] = written
    return entity


def alert(**more: Any) -> dict[str, Any]:
    """Return an NGSI alert."""
    return {
        "id": "A-1", "type": "Alert", "category": "traffic", "subCategory": "trafficJam",
        "severity": "high", "location": HERE, "dateIssued": AT,
        "description": "Bouchon avenue de la Gare", **more,
    }  # fmt: skip


LD = normalised(
    "NoiseLevelObserved",
    dateObserved={"@type": "DateTime", "@value": AT},
    LAeq=(61.4, "2N"),
    LAmax=(78.2, "2N"),
    location=HERE,
)
V2 = normalised(
    "NoiseLevelObserved", ld=False, dateObserved=AT, LAeq=(61.4, "2N"), LAmax=(78.2, "2N"), location=HERE
)  # fmt: skip
CONCISE = {
    "id": "urn:ngsi-ld:NoiseLevelObserved:b12",
    "type": "NoiseLevelObserved",
    "dateObserved": {"value": AT},
    "LAeq": {"value": 61.4, "unitCode": "2N"},
    "LAmax": {"value": 78.2, "unitCode": "2N"},
    "location": HERE,
}
KEYS = noise(type="NoiseLevelObserved", location=HERE)
IRI = {
    "@id": "urn:ngsi-ld:NoiseLevelObserved:b12",
    "@type": "https://smartdatamodels.org/dataModel.Environment/NoiseLevelObserved",
    "https://smartdatamodels.org/dateObserved": AT,
    "https://smartdatamodels.org/dataModel.Environment/LAeq": 61.4,
    "https://smartdatamodels.org/dataModel.Environment/LAmax": 78.2,
    "https://uri.etsi.org/ngsi-ld/location": HERE,
}
DEEP = b'{"a":' * 80 + b"1" + b"}" * 80
EVENT = {
    "type": "update",
    "before": {"camera": "porte", "label": "person", "recognized_license_plate": "ZZ-909-QX"},
    "after": {"camera": "porte", "sub_label": "Barnabé Estaque"},
}
PARKING = {
    "id": "P-1", "type": "OffStreetParking", "name": "Parking des Quais", "location": HERE,
    "totalSpotNumber": 414, "availableSpotNumber": 132, "occupancy": 0.68, "dateModified": AT,
}  # fmt: skip


def _refused(code: str, *, read: int = 1, **more: Any) -> dict[str, Any]:
    return {"read": read, "rejects": {code: 1}, **more}


CASES: dict[str, dict[str, Any]] = {
    # --- valid
    "valid/plain.json": {"content": wire(noise()), "records": {"measures": 2}, "read": 1},
    "valid/plain_with_position.json": {
        "content": wire(noise(lon=5.37, lat=43.29, batteryLevel=0.8)),
        "records": {"measures": 3, "places": 1}, "read": 1,
    },
    "valid/plain_epoch_ms.json": {
        "content": wire(noise(dateObserved="absent", timestamp=1_795_423_500_000)), "records": {"measures": 2}, "read": 1,
    },
    "valid/ngsi_ld.jsonld": {"content": wire(LD), "records": {"measures": 2, "places": 1}, "read": 1},
    "valid/ngsi_v2.json": {"content": wire(V2), "records": {"measures": 2, "places": 1}, "read": 1},
    "valid/concise.jsonld": {"content": wire(CONCISE), "records": {"measures": 2, "places": 1}, "read": 1},
    "valid/key_values.json": {"content": wire(KEYS), "records": {"measures": 2, "places": 1}, "read": 1},
    "valid/expanded_names.jsonld": {"content": wire(IRI), "records": {"measures": 2, "places": 1}, "read": 1},
    "valid/notification.jsonld": {
        "content": wire({"id": "urn:n", "type": "Notification", "subscriptionId": "urn:s", "notifiedAt": AT, "data": [LD, PARKING]}),
        "records": {"measures": 4, "places": 2}, "read": 2,
    },
    "valid/weather.json": {
        "content": wire({"id": "w1", "type": "WeatherObserved", "stationCode": "13054", "stationName": "Les Ormes", "location": HERE, "dateObserved": AT,
                         "temperature": 11.5, "relativeHumidity": 0.61, "windSpeed": 4.2, "atmosphericPressure": 1012.5, "precipitation": 0}),
        "records": {"measures": 5, "places": 1}, "read": 1,
    },
    "valid/units.json": {
        "content": wire(normalised("WeatherObserved", dateObserved=AT, temperature=(59, "FAH"), windSpeed=(36, "KMH"), relativeHumidity=(61, "P1"))),
        "records": {"measures": 3}, "read": 1,
    },
    "valid/air.json": {
        "content": wire({"id": "a1", "type": "AirQualityObserved", "location": HERE, "dateObserved": f"{AT}/2026-11-23T09:00:00Z", "NO2": 41, "PM10": 22, "PM25": 9, "O3": 30, "CO": 250}),
        "records": {"measures": 5, "places": 1}, "read": 1,
    },
    "valid/traffic.json": {
        "content": wire({"id": "t1", "type": "TrafficFlowObserved", "laneId": 2, "location": {"type": "LineString", "coordinates": [[5.37, 43.29], [5.38, 43.30]]},
                         "dateObservedFrom": AT, "dateObservedTo": "2026-11-23T08:50:00Z", "intensity": 197, "occupancy": 0.76, "averageVehicleSpeed": 52.6}),
        "records": {"measures": 3, "places": 1}, "read": 1,
    },
    "valid/bicycles.json": {
        "content": wire({"id": "t2", "type": "TrafficFlowObserved", "vehicleType": "bicycle", "dateObserved": AT, "intensity": 14}),
        "records": {"measures": 1}, "read": 1,
    },
    "valid/crowd.json": {
        "content": wire({"id": "c1", "type": "CrowdFlowObserved", "dateObserved": f"{AT}/2026-11-23T08:55:00Z", "peopleCount": 640, "location": HERE}),
        "records": {"measures": 1, "places": 1}, "read": 1,
    },
    "valid/parking.json": {"content": wire(PARKING), "records": {"measures": 2, "places": 1}, "read": 1},
    "valid/parking_spot.jsonld": {
        "content": wire({"id": "s1", "type": "ParkingSpot", "status": {"type": "Property", "value": "free", "observedAt": AT}, "location": HERE}),
        "records": {"measures": 1, "places": 1}, "read": 1,
    },
    "valid/bike_station.json": {
        "content": wire({"id": "v1", "type": "BikeHireDockingStation", "availableBikeNumber": 20, "freeSlotNumber": 10, "location": HERE, "dateModified": AT}),
        "records": {"measures": 2, "places": 1}, "read": 1,
    },
    "valid/lamp_defective.json": {
        "content": wire({"id": "l1", "type": "Streetlight", "status": "defectiveLamp", "powerState": "off", "location": HERE, "dateModified": AT}),
        "records": {"measures": 1, "places": 1, "facts": 1}, "read": 1,
    },
    "valid/device.json": {
        "content": wire({"id": "d1", "type": "Device", "batteryLevel": 0.75, "deviceState": "ok", "dateLastValueReported": AT}),
        "records": {"measures": 1}, "read": 1,
    },
    "valid/alert.json": {"content": wire(alert()), "records": {"facts": 1}, "read": 1},
    "valid/last_will.txt": {"content": b"offline", "read": 1, "notices": {"sensor_offline": 1}},
    "valid/alive.txt": {"content": b'"online"\n', "read": 1},
    "valid/duplicates.json": {
        "content": wire([noise(location=HERE), noise(location=HERE)]), "records": {"measures": 4, "places": 1}, "read": 2,
    },
    "valid/out_of_order.json": {
        "content": wire([noise(dateObserved="2026-11-23T08:46:00Z"), noise()]), "records": {"measures": 4}, "read": 2,
    },
    "valid/time_of_receipt.json": {
        "content": wire(noise(dateObserved="absent")), "context": {"options": {"time_of_receipt": True}},
        "records": {"measures": 2}, "read": 1, "notices": {"no_timestamp": 2},
    },
    # --- invalid: messages
    "invalid/empty.json": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/blank.json": {"content": b" \n", "rejects": {"empty_file": 1}},
    "invalid/cut.json": {"content": wire(LD)[:-20], "rejects": {"unreadable": 1}},
    "invalid/not_utf8.json": {"content": wire(noise()).replace(b"b12", b"b\xff2"), "rejects": {"unreadable": 1}},
    "invalid/not_a_number.json": {"content": b'{"id": "b12", "LAeq": NaN}', "rejects": {"unreadable": 1}},
    "invalid/image.json": {"content": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40), "rejects": {"unreadable": 1}},
    "invalid/xml_bomb.json": {
        "content": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', "rejects": {"unreadable": 1},
    },
    "invalid/too_deep.json": {"content": DEEP, "rejects": {"too_deep": 1}},
    "invalid/number_alone.json": {"content": b"61.4", **_refused("bad_row")},
    "invalid/null_entity.json": {"content": wire([None, noise()]), **_refused("bad_row", read=2, records={"measures": 2})},
    # --- invalid: cameras and sounds
    "invalid/camera_event.json": {"content": wire(EVENT), **_refused("no_legal_grant")},
    "invalid/camera_plate.json": {
        "content": wire({"type": "lpr", "id": "1.2-x", "plate": "ZZ-909-QX", "camera": "allee"}), **_refused("no_legal_grant"),
    },
    "invalid/camera_face.json": {
        "content": wire({"type": "face", "id": "1.2-x", "name": "Barnabé Estaque", "score": 0.95}), **_refused("no_legal_grant"),
    },
    "invalid/camera_description.json": {
        "content": wire({"type": "description", "id": "1.2-x", "description": "Perpétue Lantosque en manteau rouge"}), **_refused("no_legal_grant"),
    },
    "invalid/camera_alert.json": {"content": wire(alert(category="security", subCategory="robbery", alertSource="Camera12")), **_refused("no_legal_grant")},
    "invalid/alert_with_video.json": {"content": wire(alert(data={"videoURL": "http://v.example/1.mp4"})), **_refused("no_legal_grant")},
    "invalid/sound_recognised.json": {
        "content": wire(noise(soundClass="cri de femme")), **_refused("no_legal_grant", notices={"dropped_personal": 1}),
    },
    "invalid/sound_recorded.json": {
        "content": wire(noise(audio="UklGRg==", spectrum=[40.1, 41.2], thirdOctave={"1000": 51.3})),
        "records": {"measures": 2}, "read": 1, "notices": {"dropped_personal": 3},
    },
    # --- invalid: persons
    "invalid/persons.json": {
        "content": wire({"id": "d1", "type": "Device", "batteryLevel": 0.5, "dateLastValueReported": AT, "owner": ["Perpétue Lantosque"],
                         "contactPoint": {"email": "perpetue.lantosque@example.org"}, "ipAddress": ["192.0.2.77"], "operatorName": "Barnabé Estaque"}),
        "records": {"measures": 1}, "read": 1, "notices": {"dropped_personal": 4},
    },
    "invalid/phones_heard.json": {
        "content": wire({"id": "c1", "type": "CrowdFlowObserved", "dateObserved": AT, "peopleCount": 12, "macAddresses": ["02:00:5e:10:00:99"]}),
        "records": {"measures": 1}, "read": 1, "notices": {"dropped_personal": 1},
    },
    # --- invalid: rows
    "invalid/without_id.json": {"content": wire(noise(id="absent")), **_refused("missing_required")},
    "invalid/without_time.json": {"content": wire(noise(dateObserved="absent")), **_refused("missing_required")},
    "invalid/bad_time.json": {"content": wire(noise(dateObserved="hier soir")), **_refused("bad_time")},
    "invalid/month_13.json": {"content": wire(noise(dateObserved="2026-13-01T00:00:00Z")), **_refused("bad_time")},
    "invalid/bad_number.json": {"content": wire(noise(LAeq="fort")), **_refused("bad_number")},
    "invalid/huge_number.json": {"content": wire(noise()).replace(b"61.4", b"1e999"), **_refused("bad_number")},
    "invalid/boolean.json": {"content": wire(noise(LAeq=True)), **_refused("bad_number")},
    "invalid/unknown_unit.jsonld": {"content": wire(normalised("NoiseLevelObserved", dateObserved=AT, LAeq=(61.4, "XYZ"))), **_refused("unknown_code")},
    "invalid/unknown_type.json": {"content": wire(noise(type="TeapotObserved")), **_refused("unknown_message")},
    "invalid/unknown_alert.json": {"content": wire(alert(subCategory="zombies")), **_refused("unknown_code")},
    "invalid/alert_without_date.json": {"content": wire(alert(dateIssued=None)), **_refused("missing_required")},
    "invalid/bad_geometry.json": {"content": wire(noise(location={"type": "Pont", "coordinates": [1]})), **_refused("bad_geometry")},
    "invalid/position_of_text.json": {"content": wire(noise(lon="est", lat=43.2)), **_refused("bad_number")},
    "invalid/one_of_three_is_bad.json": {
        "content": wire([noise(), noise(LAeq="?", dateObserved="2026-11-23T08:46:00Z"), noise(dateObserved="2026-11-23T08:47:00Z")]),
        **_refused("bad_number", read=3, records={"measures": 4}),
    },
    "invalid/unknown_field.json": {
        "content": wire(noise(firmware="1.2", rssi=-80)), "records": {"measures": 2}, "read": 1, "notices": {"unmapped_column": 2},
    },
    "invalid/other_model.json": {"content": wire({"id": "x", "type": "Museum", "name": "Musée"}), "read": 1, "notices": {"not_used": 1}},
    "invalid/state_without_time.json": {
        "content": wire({**PARKING, "dateModified": None}), "records": {"places": 1}, "read": 1, "notices": {"not_used": 2},
    },
    "invalid/nothing_measured.json": {"content": wire({"id": "b12"}), "read": 1, "notices": {"not_used": 1}},
    "invalid/clock_ahead.json": {"content": wire(noise(dateObserved="2049-01-01T00:00:00Z")), "records": {"measures": 2}, "read": 1, "notices": {"clock_skew": 2}},
}  # fmt: skip
