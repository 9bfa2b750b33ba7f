"""Samples of works, closures and orders: invented streets of an invented week."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = (
    "Odilon Trancheur",
    "07 55 44 33 22",
    "o.trancheur@btp.example",
    "FK-909-WQ",
    "Mme Zoé Gravier",
)

NAMESPACES = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:d2="http://datex2.eu/schema/3/d2Payload" xmlns:com="http://datex2.eu/schema/3/common" '
    'xmlns:loc="http://datex2.eu/schema/3/locationReferencing" xmlns:sit="http://datex2.eu/schema/3/situation" xmlns="http://datex2.eu/schema/3/trafficRegulation"'
)  # fmt: skip
HEAD = "<com:publicationTime>2026-11-22T12:00:00Z</com:publicationTime><com:publicationCreator><com:country>fr</com:country><com:nationalIdentifier>VILLE</com:nationalIdentifier></com:publicationCreator>"


def payload(body: str, sort: str = "TrafficRegulationPublication") -> str:
    """Return a publication."""
    return f'<d2:payload modelBaseVersion="3" lang="fr" id="p1" xsi:type="{sort}" {NAMESPACES}>{HEAD}{body}</d2:payload>'


def xml(body: str, encoding: str = "UTF-8") -> bytes:
    """Return a document."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'.encode(encoding)


LINE = "<loc:gmlLineString><loc:posList>43.2961 5.3699 43.2972 5.3781</loc:posList></loc:gmlLineString>"
NO_ENTRY = '<typeOfRegulation xsi:type="AccessRestriction"><accessRestrictionType>noEntry</accessRestrictionType></typeOfRegulation>'
NO_PARKING = '<typeOfRegulation xsi:type="StandingOrParkingRestriction"><standingOrParkingRestrictionType>parkingProhibited</standingOrParkingRestrictionType></typeOfRegulation>'
SPAN = "<com:overallStartTime>2026-11-24T07:00:00Z</com:overallStartTime><com:overallEndTime>2026-11-27T17:00:00Z</com:overallEndTime>"


def validity(span: str = SPAN) -> str:
    """Return a validity condition."""
    return (
        '<conditions xsi:type="ValidityCondition"><negate>false</negate><validityByOrder><com:validityStatus>definedByValidityTimeSpec</com:validityStatus>'
        f"<com:validityTimeSpecification>{span}</com:validityTimeSpecification></validityByOrder></conditions>"
    )  # fmt: skip


def location(shape: str = LINE, sort: str = "loc:LinearLocation") -> str:
    """Return a location condition."""
    return f'<conditions xsi:type="LocationCondition"><negate>false</negate><implementedLocation xsi:type="{sort}">{shape}</implementedLocation></conditions>'


def vehicles(characteristics: str, *, negate: bool = False) -> str:
    """Return a vehicle condition."""
    return f'<conditions xsi:type="VehicleCondition"><negate>{str(negate).lower()}</negate><vehicleCharacteristics>{characteristics}</vehicleCharacteristics></conditions>'


def regulation(types: str = NO_ENTRY, *conditions: str) -> str:
    """Return a regulation."""
    inside = "".join(conditions or (validity(), location()))
    return f'<trafficRegulation><status>active</status>{types}<condition xsi:type="ConditionSet"><operator>and</operator>{inside}</condition></trafficRegulation>'


def order(
    reference: str = "T-2026-101",
    *regulations: str,
    version: str = "1",
    status: str = "madeAndImplemented",
    authority: str = "Ville de Port-Salin",
    number: str | None = None,
) -> str:
    """Return an order."""
    issued = (
        f"<issuingAuthority><com:values><com:value>{authority}</com:value></com:values></issuingAuthority>"
        if authority
        else ""
    )
    said = f"<status>{status}</status>" if status else ""
    named = f' id="{reference}"' if reference else ""
    return (
        f'<trafficRegulationOrder{named} version="{version}"><description><com:values><com:value>Arrêté temporaire</com:value></com:values></description>{issued}'
        f"<reason>roadworks</reason><regulationId>{number or reference}</regulationId>{said}{''.join(regulations or (regulation(),))}</trafficRegulationOrder>"
    )  # fmt: skip


def orders(*listed: str) -> bytes:
    """Return a publication of orders."""
    inside = "".join(listed)
    return xml(
        payload(
            f"<trafficRegulationsFromCompetentAuthorities>{inside}</trafficRegulationsFromCompetentAuthorities>"
        )
    )


POINT = "<loc:pointByCoordinates><loc:pointCoordinates><loc:latitude>43.2965</loc:latitude><loc:longitude>5.3811</loc:longitude></loc:pointCoordinates></loc:pointByCoordinates>"


def record(
    sort: str = "MaintenanceWorks",
    *,
    reference: str = "R1",
    status: str = "active",
    span: str = SPAN,
    more: str = "",
    shape: str = POINT,
    made: str = "2026-11-22T10:00:00Z",
) -> str:
    """Return a record of a situation."""
    version_time = (
        f"<sit:situationRecordVersionTime>{made}</sit:situationRecordVersionTime>" if made else ""
    )
    return (
        f'<sit:situationRecord xsi:type="sit:{sort}" id="{reference}" version="1"><sit:situationRecordCreationTime>2026-11-22T09:00:00Z</sit:situationRecordCreationTime>{version_time}'
        f"<sit:severity>high</sit:severity><sit:validity><com:validityStatus>{status}</com:validityStatus><com:validityTimeSpecification>{span}</com:validityTimeSpecification></sit:validity>"
        f'<sit:locationReference xsi:type="loc:PointLocation">{shape}</sit:locationReference>{more}</sit:situationRecord>'
    )  # fmt: skip


def situations(*records: str) -> bytes:
    """Return a publication of one situation."""
    inside = "".join(records)
    return xml(
        payload(
            f'<sit:situation id="S1" version="1">{inside}</sit:situation>',
            "sit:SituationPublication",
        )
    )


AREA = (
    "<loc:gmlMultiPolygon><loc:gmlPolygon><loc:exterior><loc:posList>43.29 5.36 43.30 5.36 43.30 5.38 43.29 5.38 43.29 5.36</loc:posList></loc:exterior>"
    "<loc:interior><loc:posList>43.294 5.366 43.296 5.366 43.296 5.370 43.294 5.370 43.294 5.366</loc:posList></loc:interior></loc:gmlPolygon></loc:gmlMultiPolygon>"
)  # fmt: skip
CLOSED = "<sit:roadOrCarriagewayOrLaneManagementType>roadClosed</sit:roadOrCarriagewayOrLaneManagementType>"
HAPPENED = "<com:overallStartTime>2026-11-23T08:40:00Z</com:overallStartTime>"


def feature(**changes: Any) -> dict[str, Any]:
    """Return a closure; ... removes a property, `geometry` and `id` are the feature's own."""
    own: dict[str, Any] = {
        "id": changes.pop("id", None),
        "geometry": changes.pop(
            "geometry",
            {"type": "LineString", "coordinates": [[5.3699, 43.2961], [5.3781, 43.2972]]},
        ),
    }
    properties = {
        "numero": "F-1",
        "Type": "Travaux de voirie",
        "Date début": "2026-11-24",
        "date_fin": "2026-11-27",
        "Statut": "Autorisé",
        "voie": "rue de la Grange",
    } | changes
    return {
        "type": "Feature",
        **own,
        "properties": {k: v for k, v in properties.items() if v is not ...},
    }


def collection(*features: Any, **top: Any) -> bytes:
    """Return a collection of features."""
    return json.dumps(
        {"type": "FeatureCollection", "features": list(features)} | top, ensure_ascii=False
    ).encode()


BOMB = '<!DOCTYPE payload [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<payload><x>&b;</x></payload>'
OUTSIDE = (
    '<!DOCTYPE payload [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<payload><x>&x;</x></payload>'
)
AUTHOR = f"<sit:source><com:sourceName><com:values><com:value>{PERSONAL[0]}</com:value></com:values></com:sourceName></sit:source>"
VEHICLE = f"<sit:obstructingVehicle><com:vehicleRegistrationPlateIdentifier>{PERSONAL[3]}</com:vehicleRegistrationPlateIdentifier></sit:obstructingVehicle>"

CASES: dict[str, dict[str, object]] = {
    # --- valid: orders
    "valid/order.xml": {"content": orders(order()), "records": {"plans": 1}, "read": 1},
    "valid/parking.xml": {"content": orders(order("T-2026-102", regulation(NO_PARKING)), order("T-2026-103", regulation(NO_PARKING), regulation(NO_ENTRY), version="4")), "records": {"plans": 2}, "read": 2},
    "valid/lorries.xml": {
        "content": orders(order("T-2026-104", regulation(NO_ENTRY, validity(), location(), vehicles("<com:vehicleType>lorry</com:vehicleType>"), vehicles("<com:vehicleUsage>emergencyServices</com:vehicleUsage>", negate=True)))),
        "records": {"plans": 1}, "read": 1,
    },
    "valid/withdrawn.xml": {"content": orders(order(version="2", status="withdrawn")), "records": {"plans": 1}, "read": 1},
    "valid/container.xml": {"content": xml(f'<con:messageContainer xmlns:con="http://datex2.eu/schema/3/messageContainer">{payload("<trafficRegulationsFromCompetentAuthorities>" + order() + "</trafficRegulationsFromCompetentAuthorities>").replace("d2:payload", "con:payload")}</con:messageContainer>'), "records": {"plans": 1}, "read": 1},
    "valid/area.xml": {"content": orders(order("T-2026-105", regulation(NO_PARKING, validity(), location(AREA, "loc:AreaLocation")))), "records": {"plans": 1}, "read": 1},
    # --- valid: situations
    "valid/works.xml": {"content": situations(record(), record("ConstructionWorks", reference="R2"), record("RoadOrCarriagewayOrLaneManagement", reference="R3", more=CLOSED)), "records": {"plans": 3}, "read": 3},
    "valid/accident.xml": {"content": situations(record("Accident", span=HAPPENED, more="<sit:accidentType>multivehicleAccident</sit:accidentType>")), "records": {"facts": 1}, "read": 1},
    # --- valid: GeoJSON
    "valid/closures.geojson": {"content": collection(feature(), feature(numero="F-2", Type="Réseau de gaz", geometry={"type": "Point", "coordinates": [5.38, 43.3]})), "records": {"plans": 2}, "read": 2},
    "valid/english.geojson": {
        "content": json.dumps({"type": "Feature", "id": 17, "geometry": None, "properties": {"start_date": "2026-11-24T08:00:00+01:00", "end_date": "2026-11-24T18:00:00+01:00", "category": "Road closed", "status": "planned", "street": "Mill Lane", "closure": "closed to traffic", "version": 3}}).encode(),
        "records": {"plans": 1}, "read": 1,
    },
    "valid/none.geojson": {"content": collection()},
    # --- invalid: documents
    "invalid/empty.xml": {"content": b"\n", "rejects": {"empty_file": 1}},
    "invalid/cut.xml": {"content": orders(order())[:-25], "rejects": {"unreadable": 1}},
    "invalid/cut.geojson": {"content": collection(feature())[:-9], "rejects": {"unreadable": 1}},
    "invalid/entity_bomb.xml": {"content": xml(BOMB), "rejects": {"xml_document_type": 1}},
    "invalid/external_entity.xml": {"content": xml(OUTSIDE), "rejects": {"xml_document_type": 1}},
    "invalid/not_utf8.xml": {"content": orders(order()).replace("Arrêté".encode(), b"Arr\xeat\xe9"), "rejects": {"unreadable": 1}},
    "invalid/nested.xml": {"content": xml("<payload>" + "<a>" * 100 + "</a>" * 100 + "</payload>"), "rejects": {"too_deep": 1}},
    "invalid/nested.geojson": {"content": b'{"type":' + b"[" * 200 + b"]" * 200 + b"}", "rejects": {"too_deep": 1}},
    "invalid/version_2.xml": {"content": xml('<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" modelBaseVersion="2"/>'), "rejects": {"unknown_version": 1}},
    "invalid/web_page.xml": {"content": b"<html><body>503</body></html>", "rejects": {"unknown_message": 1}},
    "invalid/other.json": {"content": b'{"erreur": 1}', "rejects": {"unknown_message": 1}, "read": 1},
    "invalid/without_sort.xml": {"content": xml("<payload><publicationTime>2026-11-22T12:00:00Z</publicationTime></payload>"), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/other_publication.xml": {"content": xml(payload("", "MeasuredDataPublication")), "notices": {"not_used": 1}},
    # --- invalid: orders
    "invalid/nameless_order.xml": {"content": orders(order("")), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/unknown_status.xml": {"content": orders(order(status="rumoured"), order("T-2026-106")), "records": {"plans": 1}, "rejects": {"unknown_code": 1}, "read": 2},
    "invalid/unknown_regulation.xml": {"content": orders(order("T-2026-107", regulation('<typeOfRegulation xsi:type="Teleport"/>'))), "rejects": {"unknown_code": 1}, "read": 1},
    "invalid/one_unknown_regulation.xml": {"content": orders(order("T-2026-108", regulation(NO_ENTRY + '<typeOfRegulation xsi:type="Teleport"/>'))), "records": {"plans": 1}, "read": 1, "notices": {"unknown_code": 1}},
    "invalid/without_times.xml": {"content": orders(order("T-2026-109", regulation(NO_ENTRY, location()))), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/unreadable_time.xml": {"content": orders(order("T-2026-110", regulation(NO_ENTRY, validity(SPAN.replace("2026-11-24T07:00:00Z", "demain")), location()))), "rejects": {"bad_time": 1}, "read": 1},
    "invalid/reversed.xml": {"content": orders(order("T-2026-111", regulation(NO_ENTRY, validity(SPAN.replace("2026-11-27", "2026-11-20")), location()))), "rejects": {"time_reversed": 1}, "read": 1},
    "invalid/without_end.xml": {"content": orders(order("T-2026-112", regulation(NO_ENTRY, validity(HAPPENED), location()))), "records": {"plans": 1}, "read": 1, "notices": {"no_end": 1}},
    "invalid/only_on_sundays.xml": {
        "content": orders(order("T-2026-113", regulation(NO_ENTRY, validity(SPAN + "<com:validPeriod><com:recurringDayWeekMonthPeriod><com:applicableDay>sunday</com:applicableDay></com:recurringDayWeekMonthPeriod></com:validPeriod>"), location()))),
        "records": {"plans": 1}, "read": 1, "notices": {"not_used": 1},
    },
    "invalid/odd_positions.xml": {"content": orders(order("T-2026-114", regulation(NO_ENTRY, validity(), location(LINE.replace("43.2961 5.3699", "43.2961"))))), "records": {"plans": 1}, "read": 1, "notices": {"bad_geometry": 1}},
    "invalid/lambert.xml": {"content": orders(order("T-2026-115", regulation(NO_ENTRY, validity(), location(LINE.replace("<loc:gmlLineString>", '<loc:gmlLineString srsName="EPSG:2154">'))))), "records": {"plans": 1}, "read": 1, "notices": {"bad_geometry": 1}},
    "invalid/alert_c.xml": {"content": orders(order("T-2026-116", regulation(NO_ENTRY, validity(), location("<loc:alertCLinear><loc:alertCLocationCountryCode>F</loc:alertCLocationCountryCode></loc:alertCLinear>")))), "records": {"plans": 1}, "read": 1, "notices": {"not_used": 1}},
    "invalid/huge_version.xml": {"content": orders(order(version="9" * 60)), "rejects": {"bad_number": 1}, "read": 1},
    "invalid/named_authority.xml": {"content": orders(order("T-2026-117", authority=PERSONAL[4], number=f"Arrêté de {PERSONAL[4]}")), "records": {"plans": 1}, "read": 1, "notices": {"dropped_personal": 1}},
    "invalid/duplicate_orders.xml": {"content": orders(order(), order()), "records": {"plans": 2}, "read": 2},
    "invalid/signatory.xml": {"content": orders(order().replace("<reason>", f"<signatory>{PERSONAL[0]}</signatory><reason>")), "records": {"plans": 1}, "read": 1, "notices": {"unmapped_column": 1}},
    # --- invalid: situations
    "invalid/order_of_nothing.xml": {
        "content": orders(order("T-2026-118", "<trafficRegulation/>", authority="")),
        "rejects": {"missing_required": 1},
        "read": 1,
    },
    "invalid/sortless_record.xml": {
        "content": situations(record().replace('xsi:type="sit:MaintenanceWorks"', "")),
        "rejects": {"missing_required": 1},
        "read": 1,
    },
    "invalid/hole_beyond_its_area.xml": {
        "content": orders(
            order(
                "T-2026-119",
                regulation(
                    NO_PARKING,
                    validity(),
                    location(
                        AREA.replace("43.294", "43.2").replace("43.296", "43.4").replace("5.366", "5.3").replace("5.370", "5.5"),
                        "loc:AreaLocation",
                    ),
                ),
                authority="",
            )
        ),
        "records": {"plans": 1},
        "read": 1,
        "notices": {"bad_geometry": 1},
    },
    "invalid/empty_payload.xml": {
        "content": xml("<payload/>"),
        "rejects": {"missing_required": 1},
        "read": 1,
    },
    "invalid/fast_clock.xml": {
        "content": situations(record(made="2036-11-22T10:00:00Z")),
        "records": {"plans": 1},
        "read": 1,
        "notices": {"clock_skew": 1},
    },
    "invalid/unused_record.xml": {"content": situations(record("WinterDrivingManagement")), "read": 1, "notices": {"not_used": 1}},
    "invalid/nameless_record.xml": {"content": situations(record(reference="")), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/broken_down_vehicle.xml": {
        "content": situations(record("VehicleObstruction", span=HAPPENED, more=AUTHOR + VEHICLE)), "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 2},
    },
    "invalid/accident_without_time.xml": {"content": situations(record("Accident", span="")), "rejects": {"missing_required": 1}, "read": 1},
    # --- invalid: GeoJSON
    "invalid/applicant.geojson": {
        "content": collection(feature(demandeur=PERSONAL[0], Téléphone=PERSONAL[1], courriel=PERSONAL[2], couleur="rouge", observations=f"Voir {PERSONAL[0]}")), "records": {"plans": 1}, "read": 1,
        "notices": {"dropped_personal": 3, "unmapped_column": 1},
    },
    "invalid/without_number.geojson": {"content": collection(feature(numero=...), feature()), "records": {"plans": 1}, "rejects": {"missing_required": 1}, "read": 2},
    "invalid/without_start.geojson": {"content": collection(feature(**{"Date début": ...})), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/unknown_kind.geojson": {"content": collection(feature(Type="Zigzag")), "rejects": {"unknown_code": 1}, "read": 1},
    "invalid/unknown_status.geojson": {"content": collection(feature(Statut="zigzag")), "records": {"plans": 1}, "read": 1, "notices": {"unknown_code": 1}},
    "invalid/impossible_day.geojson": {"content": collection(feature(date_fin="2026-02-31")), "rejects": {"bad_time": 1}, "read": 1},
    "invalid/metres.geojson": {"content": collection(feature(geometry={"type": "Point", "coordinates": [893000.0, 6247000.0]})), "rejects": {"bad_coordinates": 1}, "read": 1},
    "invalid/lambert.geojson": {"content": collection(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}), "rejects": {"unreadable": 1}},
    "invalid/broken_geometry.geojson": {"content": collection(feature(geometry={"type": "LineString", "coordinates": [["a", "b"]]})), "records": {"plans": 1}, "read": 1, "notices": {"bad_geometry": 1}},
    "invalid/texts.geojson": {"content": collection("travaux", 3), "rejects": {"missing_required": 2}, "read": 2},
}  # fmt: skip
