"""A brawl as four of the city's feeds tell it: police, rescue, a citizen, a density signal.

Native messages as the live replay sends them, at an instant and a place that are asked for: what
tells the story of one evening where the city's own chance may not have planted one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import numpy as np

from vigie.base.clock import from_us, to_rfc3339
from vigie.city.feeds import hub, main_courante, reports, rescue
from vigie.city.feeds.writing import csv_bytes, json_array
from vigie.city.live import LiveMessage
from vigie.city.logbook import SOURCE as LOG
from vigie.city.span import DAY_US, MINUTE_US, local_text

DENSITY_SOURCE: Final = "demo_density"
"""The feed of a camera's own density signal; registered with ``grant``."""
TOKEN: Final = "vs-demo"  # noqa: S105 -- of a video source, no secret
FICTION: Final = "FICTIF (démonstration)"
_TOPIC = "tnsvigie:Analytics/Density"
_NEAR = 0.0001
"""Some ten metres: people who tell of one brawl do not stand on one spot."""
_SIGNAL = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"'
    ' xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tnsvigie="urn:vigie:demo">'
    "<tt:Event><wsnt:NotificationMessage><wsnt:Topic>{topic}</wsnt:Topic><wsnt:Message>"
    '<tt:Message UtcTime="{at}" PropertyOperation="Changed"><tt:Source>'
    '<tt:SimpleItem Name="VideoSourceConfigurationToken" Value="{token}"/></tt:Source>'
    '<tt:Data><tt:SimpleItem Name="Count" Value="64"/></tt:Data></tt:Message>'
    "</wsnt:Message></wsnt:NotificationMessage></tt:Event></tt:MetadataStream>"
)


def grant(at_us: int, lon: float, lat: float) -> dict[str, Any]:
    """Return the options of the density feed: a grant that says of itself that it is fictional."""
    day = timedelta(days=1)
    at = from_us(at_us)
    return {
        "grants": [
            {
                "legal_basis": f"{FICTION} : aucun texte ; images de synthèse",
                "order": f"{FICTION} 13-DEMO-0002",
                "model": "detector 2.1",
                "attestation": f"{FICTION} ATT-DEMO",
                "threshold": "0.8",
                "types": ["density"],
                "dated": at - 2 * day,
                "from": at - day,
                "to": at + day,
                "cameras": {TOKEN: [lon, lat]},
            }
        ],
        "topics": {_TOPIC: "density"},
    }


Writer = Callable[[int, int, str, float, float], bytes]


def tellings(at_us: int, lon: float, lat: float) -> tuple[LiveMessage, ...]:
    """Return what the four feeds send of a brawl; the same instant and place, the same bytes.

    Args:
        at_us: When it began, epoch µs; the police log tells whole minutes.
        lon: Where.
        lat: Where.
    """
    number = f"{at_us // MINUTE_US % 10_000_000:07d}"
    ways: tuple[tuple[int, str, str, Writer], ...] = (
        (1, LOG, "csv", _police),
        (1, DENSITY_SOURCE, "xml", _density),
        (2, rescue.SOURCE, "json", _rescue),
        (2, reports.SOURCE, "json", _citizen),
    )
    found = []
    for minutes, source, ending, write in ways:
        sent_us = at_us + minutes * MINUTE_US
        content = write(at_us, sent_us, number, lon, lat)
        name = f"brawl_{number}_{source}.{ending}"
        found.append(LiveMessage(from_us(sent_us), source, name, content))
    return tuple(found)


def _text(at_us: int, style: str) -> str:
    return local_text(np.array([at_us], dtype=np.int64), style)[0]


def _police(at_us: int, sent_us: int, number: str, lon: float, lat: float) -> bytes:
    said = {
        "NUMERO": f"{_text(at_us, 'date')[-4:]}-B{number}",
        "DATE_SAISIE": _text(sent_us, "date"),
        "HEURE_SAISIE": _text(sent_us, "hm"),
        "DATE_DEBUT": _text(at_us, "date"),
        "HEURE_DEBUT": _text(at_us, "hm"),
        "CODE_NATURE": "RX",
        "NATURE": main_courante.LABELS["RX"],
        "ORIGINE": "APPEL",
        "LONGITUDE": f"{lon:.5f}",
        "LATITUDE": f"{lat:.5f}",
        "GRAVITE": "4",
        "ETAT": "ROUGE",
        "EQUIPAGE": "EQ12",
        "OBSERVATIONS": "Appel au standard. Rixe entre deux groupes.",
        "MAJ": _text(sent_us, "stamp"),
    }
    header = main_courante.HEADER
    return csv_bytes(header, [[said.get(name, "") for name in header]])


def _rescue(at_us: int, sent_us: int, number: str, lon: float, lat: float) -> bytes:
    call = f"{hub.ORGANISATION}.{_text(at_us, 'date')[-4:]}-B{number}"
    received = _text(at_us + MINUTE_US, "offset")
    point = {"lon": lon + 2 * _NEAR, "lat": lat + _NEAR, "precision": "ADRESSE"}
    case = {
        "caseId": call,
        "senderCaseId": call.removeprefix(f"{hub.ORGANISATION}."),
        "creation": received,
        "referenceVersion": "1.4",
        "qualification": {
            "whatsHappen": {"code": "C02.15.01", "label": "Rixe"},
            "details": {"status": "ACTIF", "priority": "P1"},
        },
        "location": {
            "locID": f"loc-B{number}",
            "country": "FR",
            "city": {"name": "Marseille", "inseeCode": "13208"},
            "geometry": {"point": {"coord": point}},
        },
        "initialAlert": {"id": f"AL-B{number}", "reception": received, "reporting": "STANDARD"},
    }
    sent, expires = _text(sent_us, "offset"), _text(sent_us + DAY_US, "offset")
    return hub.one(hub.message(f"B{number}_0", {"createCase": case}, sent=sent, expires=expires))


def _citizen(at_us: int, sent_us: int, number: str, lon: float, lat: float) -> bytes:
    name, _ = reports.SERVICES["TRQ-NUI"]
    told = _text(at_us + MINUTE_US, "offset")
    request = {
        "service_request_id": f"AM-{_text(sent_us, 'date')[-4:]}-B{number}",
        "status": "open",
        "service_name": name,
        "service_code": "TRQ-NUI",
        "description": "Une bagarre devant les terrasses.",
        "requested_datetime": told,
        "updated_datetime": told,
        "lat": lat + _NEAR,
        "long": lon - _NEAR,
        "media_url": None,
    }
    return json_array([request])


def _density(at_us: int, _sent_us: int, _number: str, _lon: float, _lat: float) -> bytes:
    at = to_rfc3339(at_us + MINUTE_US // 2)
    return _SIGNAL.format(topic=_TOPIC, at=at, token=TOKEN).encode("utf-8")
