"""Samples of uses of public space, by an invented city and its prefecture."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import io
import json
import zipfile
from html import escape
from typing import Any

PERSONAL = (
    "Collectif des Marronniers",
    "Ildefonse Brouillard",
    "06 39 98 55 44",
    "brouillard@exemple.invalid",
    "contre le gros radis",
    "Son Excellence Aurélie Pontmarin",
    "SARL Films du Cabanon",
)

_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FORMS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<?xml version="1.0"?><Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_FORMS}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_FORMS}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets><sheet name="Feuille" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(*rows: tuple[object, ...]) -> bytes:
    """Return a workbook of one sheet, written by hand (ECMA-376)."""
    body = "".join(f"<row>{''.join(_cell(value) for value in line)}</row>" for line in rows)
    sheet = (
        f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return packed.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def csv(*rows: str) -> bytes:
    """Return a table with semicolons."""
    return "".join(f"{row}\r\n" for row in rows).encode()


def features(*items: dict[str, Any]) -> bytes:
    """Return a GeoJSON feature collection."""
    return json.dumps(
        {"type": "FeatureCollection", "features": list(items)}, ensure_ascii=False
    ).encode()


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {"type": "Feature", "geometry": geometry, "properties": properties}


LINE = {
    "type": "LineString",
    "coordinates": [[5.3745, 43.2955], [5.3789, 43.2897], [5.3835, 43.2862]],
}
HEAD = "reference;nature;type;debut;fin;etat;adresse;maj"
MARCH_HEAD = "reference;debut;fin;itineraire;jauge_basse;jauge;jauge_haute;service;etat;maj"
MARCH = "M-2026-31;05/12/2026 14:00;05/12/2026 17h30;Vieux-Port > La Canebière > Place Castellane;500;800;1200;Bureau de l'ordre public;déclarée;01/11/2026"
PLACES = {
    "Vieux-Port": {"lon": 5.3745, "lat": 43.2955}, "La Canebière": {"lon": 5.3789, "lat": 43.2968},
    "Place Castellane": {"lon": 5.3835, "lat": 43.2862}, "Préfecture": {"lon": 5.3805, "lat": 43.29},
}  # fmt: skip
MARCHES = {"context": {"options": {"nature": "manifestation", "venues": PLACES}}}
MARKET_HEAD = "reference;nom;jours;heure_debut;heure_fin;periode_debut;periode_fin;annule_le;lieu"
MARKET = "MA-1;Marché de la Plaine;mardi, jeudi et samedi;07:00;13h30;01/10/2026;31/12/2026;10/11/2026, 12/12/2026;Place Jean Jaurès"
MARKETS = {"context": {"options": {"nature": "marché"}}}
GOOD_ORDER = (
    "AR-12;arrêté;stationnement;03/12/2026 07:00;04/12/2026 19:00;signé;12 rue de Rome;02/11/2026"
)

CASES: dict[str, dict[str, Any]] = {
    # --- valid
    "valid/orders.csv": {
        "content": csv(HEAD, GOOD_ORDER, "AR-13;arrêté;circulation;05/12/2026;06/12/2026;;Quai des Belges;", "AR-14;arrêté;interdiction;06/12/2026;;annulé;;"),
        "records": {"plans": 3}, "read": 3,
    },
    "valid/works_with_means.csv": {
        "content": csv(
            "Référence;Nature;Type;Date de début;Date de fin;WKT;Montage;Démontage;Fermetures;Agents;Barrières;Déviations;Service",
            'CH-7;travaux;réseaux;2026-12-01T07:00:00;2026-12-11T18:00:00;"LINESTRING (5.38 43.29, 5.381 43.291)";60;30;"rue de Rome, stationnement, cours Lieutaud";2;40;1;Direction de la voirie',
            'CH-8;chantier;grue;2026-12-01;2027-02-28;"POLYGON ((5.38 43.29, 5.381 43.29, 5.381 43.291, 5.38 43.29))";2026-11-30T06:00:00;;;;;;',
        ),
        "records": {"plans": 2}, "read": 2,
    },
    "valid/markets.csv": {  # 27 October, the first in the horizon, to 31 December
        "content": csv(MARKET_HEAD, MARKET), "records": {"plans": 29}, "read": 1, **MARKETS,
    },
    "valid/demonstrations.csv": {"content": csv(MARCH_HEAD, MARCH), "records": {"plans": 1}, "read": 1, **MARCHES},
    "valid/demonstrations.geojson": {
        "content": features(
            feature(LINE, reference="M-1", nature="manifestation", debut="2026-12-05T14:00:00+01:00", fin="2026-12-05T18:00:00+01:00", effectif=3000, service="DIPN"),
            feature(None, reference="M-2", nature="rassemblement", debut="2026-12-06T10:00:00+01:00", fin="2026-12-06T12:00:00+01:00", lieu="Préfecture", etat="interdite"),
            feature(None, reference="M-3", nature="manifestation", debut="2026-12-06T10:00:00+01:00", fin="2026-12-06T12:00:00+01:00", lieu="Vieux-Port", etat="non déclarée"),
        ),
        "records": {"plans": 3}, "read": 3,
    },
    "valid/visits_and_shoots.json": {
        "content": json.dumps([
            {"reference": "V-1", "nature": "visite", "debut": "2026-12-10T09:00:00+01:00", "fin": "2026-12-10T12:00:00+01:00", "lieu": "Hôtel de ville"},
            {"reference": "T-1", "nature": "tournage", "type": "série", "debut": "2026-12-11T06:00:00+01:00", "fin": "2026-12-11T22:00:00+01:00", "adresse": "rue de la République", "lon": 5.37, "lat": 43.299},
        ], ensure_ascii=False).encode(),
        "records": {"plans": 2}, "read": 2,
    },
    "valid/works.xlsx": {
        "content": workbook(
            ("Référence", "Nature", "Type", "Début", "Fin", "Longitude", "Latitude", "Agents"),
            ("CH-20", "travaux", "eau", "03/12/2026 08:00", "04/12/2026 17:00", 5.38, 43.29, 3),
            ("CH-21", "travaux", "gaz", "07/12/2026", "08/12/2026", 5.39, 43.3, 2),
        ),
        "records": {"plans": 2}, "read": 2,
    },
    "valid/duplicate_order.csv": {"content": csv(HEAD, GOOD_ORDER, GOOD_ORDER), "records": {"plans": 2}, "read": 2},
    "valid/amended_order.csv": {
        "content": csv(HEAD, GOOD_ORDER.replace("signé", "abrogé").replace(";02/11", ";03/11"), GOOD_ORDER),
        "records": {"plans": 2}, "read": 2,
    },
    # --- invalid: declared demonstrations that tell too much
    "invalid/organiser_column.csv": {
        "content": csv(MARCH_HEAD + ";organisateur", MARCH + f";{PERSONAL[0]}", MARCH.replace("31", "32") + ";"), "read": 2,
        "rejects": {"forbidden_column": 2}, **MARCHES,
    },
    "invalid/many_columns.csv": {
        "content": csv(MARCH_HEAD + ";association;slogan;téléphone;courriel;déclarant", MARCH + f";{PERSONAL[0]};{PERSONAL[4]};{PERSONAL[2]};{PERSONAL[3]};{PERSONAL[1]}"),
        "read": 1, "rejects": {"forbidden_column": 1}, **MARCHES,
    },
    "invalid/column_named_after_somebody.csv": {
        "content": csv(MARCH_HEAD + f";{PERSONAL[1]} {PERSONAL[2]}", MARCH + ";oui"), "read": 1, "rejects": {"forbidden_column": 1}, **MARCHES,
    },
    "invalid/mixed_file.csv": {
        "content": csv(
            HEAD + ";objet", GOOD_ORDER + ";", f"M-9;manifestation;;05/12/2026 14:00;05/12/2026 18:00;;Vieux-Port;;{PERSONAL[4]}",
            "M-10;manifestation;;05/12/2026 14:00;05/12/2026 18:00;;Vieux-Port;;",
        ),
        "records": {"plans": 2}, "read": 3, "rejects": {"forbidden_column": 1},
    },
    "invalid/organiser_in_geojson.geojson": {
        "content": features(feature(LINE, reference="M-4", nature="manifestation", debut="2026-12-05T14:00", fin="2026-12-05T18:00", contact={"nom": PERSONAL[1], "tel": PERSONAL[2]})),
        "read": 1, "rejects": {"forbidden_column": 1},
    },
    "invalid/person_in_the_route.csv": {
        "content": csv(MARCH_HEAD, MARCH.replace("Vieux-Port", f"chez M. {PERSONAL[1]}"), MARCH.replace("Place Castellane", f"tél. {PERSONAL[2]}")),
        "read": 2, "rejects": {"forbidden_column": 2}, **MARCHES,
    },
    "invalid/slogan_in_the_route.csv": {  # what is no street and no known place is not kept
        "content": csv(MARCH_HEAD, MARCH.replace("La Canebière", PERSONAL[4])), "records": {"plans": 1}, "read": 1, "notices": {"not_used": 1}, **MARCHES,
    },
    "invalid/person_as_service.csv": {
        "content": csv(MARCH_HEAD, MARCH.replace("Bureau de l'ordre public", f"M. {PERSONAL[1]}, {PERSONAL[2]}")), "records": {"plans": 1}, "read": 1,
        "notices": {"dropped_personal": 1}, **MARCHES,
    },
    "invalid/ragged_demonstration.csv": {
        "content": csv(MARCH_HEAD, MARCH + f";{PERSONAL[1]};{PERSONAL[2]}", MARCH), "records": {"plans": 1}, "read": 2, "rejects": {"ragged_row": 1}, **MARCHES,
    },
    "invalid/organiser_in_the_nature.csv": {
        "content": csv(HEAD, f"M-11;Manifestation du {PERSONAL[0]};;05/12/2026 14:00;05/12/2026 18:00;;Vieux-Port;"), "read": 1,
        "rejects": {"forbidden_column": 1},
    },
    "invalid/slogan_in_the_state.csv": {  # the reason does not repeat it
        "content": csv(MARCH_HEAD, MARCH.replace("déclarée", PERSONAL[4])), "read": 1, "rejects": {"unknown_code": 1}, **MARCHES,
    },
    # --- invalid: persons elsewhere
    "invalid/visitor.csv": {
        "content": csv(HEAD + ";personnalite;delegation", f"V-2;visite;;10/12/2026 09:00;10/12/2026 12:00;;;;{PERSONAL[5]};{PERSONAL[1]}"),
        "records": {"plans": 1}, "read": 1, "notices": {"dropped_personal": 2},
    },
    "invalid/applicant.csv": {
        "content": csv(HEAD + ";demandeur;observations;remarque_interne", GOOD_ORDER + f";{PERSONAL[1]};rappeler le {PERSONAL[2]};x", f"T-2;tournage;film;11/12/2026;12/12/2026;;;;{PERSONAL[6]};;"),
        "records": {"plans": 2}, "read": 2, "notices": {"dropped_personal": 3, "unmapped_column": 1},
    },
    "invalid/phone_in_market_name.csv": {
        "content": csv("reference;nom;debut;fin", f"MA-3;Marché, infos {PERSONAL[2]};05/12/2026 07:00;05/12/2026 13:00"), "records": {"plans": 1}, "read": 1,
        "notices": {"title_replaced": 1}, **MARKETS,
    },
    # --- invalid: files
    "invalid/empty.csv": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/only_header.csv": {"content": csv(HEAD), "notices": {"empty_file": 1}},
    "invalid/binary.csv": {"content": bytes(range(256)), "rejects": {"unreadable": 1}},
    "invalid/not_a_workbook.xlsx": {"content": b"PK\x03\x04 rien", "rejects": {"unreadable": 1}},
    "invalid/cut.json": {
        "content": b'[{"reference": "AR-1", "nature": "arr\\u00eat\\u00e9", "debut": "2026-12-01", "fin": "2026-12-02"}, {"reference": "AR-2", "nat',
        "records": {"plans": 1}, "read": 2, "rejects": {"truncated_file": 1},
    },
    "invalid/nested.json": {"content": b"[" * 9_000, "read": 1, "rejects": {"truncated_file": 1}},
    "invalid/latin1.csv": {
        "content": csv(HEAD, GOOD_ORDER).decode().encode("cp1252"), "records": {"plans": 1}, "read": 1, "notices": {"wrong_encoding": 1},
    },
    # --- invalid: rows
    "invalid/no_nature.csv": {
        "content": csv("reference;debut;fin", "X-1;01/12/2026;02/12/2026"), "read": 1, "rejects": {"missing_required": 1},
    },
    "invalid/unknown_codes.csv": {
        "content": csv(
            HEAD, "X-1;kermesse;;01/12/2026;02/12/2026;;;", "X-2;arrêté;chapeaux;01/12/2026;02/12/2026;;;", "X-3;arrêté;;01/12/2026;02/12/2026;perdu;;", GOOD_ORDER,
        ),
        "records": {"plans": 1}, "read": 4, "rejects": {"unknown_code": 3},
    },
    "invalid/times.csv": {
        "content": csv(
            HEAD, "X-1;arrêté;;31/02/2026;02/12/2026;;;", "X-2;arrêté;;bientôt;02/12/2026;;;", "X-3;arrêté;;01/12/2026 25:00;02/12/2026;;;",
            "X-4;arrêté;;01/12/2026 08:00;;;;", "X-5;arrêté;;;02/12/2026;;;", ";arrêté;;01/12/2026;02/12/2026;;;",
        ),
        "read": 6, "rejects": {"bad_time": 3, "missing_required": 3},
    },
    "invalid/numbers.csv": {
        "content": csv(
            "reference;nature;debut;fin;jauge;lon;lat;agents", "X-1;arrêté;01/12/2026;02/12/2026;beaucoup;;;", "X-2;arrêté;01/12/2026;02/12/2026;-5;;;",
            "X-3;arrêté;01/12/2026;02/12/2026;1e300;;;", "X-4;arrêté;01/12/2026;02/12/2026;;5,38;nord;", "X-5;arrêté;01/12/2026;02/12/2026;;;;99999999999999999999",
        ),
        "read": 5, "rejects": {"bad_number": 5},
    },
    "invalid/shapes.csv": {
        "content": csv(
            "reference;nature;debut;fin;geometrie", "X-1;travaux;01/12/2026;02/12/2026;POINT (x y)", "X-2;travaux;01/12/2026;02/12/2026;POINT EMPTY",
            'X-3;travaux;01/12/2026;02/12/2026;"LINESTRING (500 43, 5 43)"', "X-4;travaux;01/12/2026;02/12/2026;" + "GEOMETRYCOLLECTION(" * 300,
            'X-5;travaux;01/12/2026;02/12/2026;"LINESTRING (1e400 43, 5 43)"',
        ),
        "read": 5, "rejects": {"bad_coordinates": 2, "bad_geometry": 3},
    },
    "invalid/broken_geojson.geojson": {
        "content": features(feature({"type": "LineString", "coordinates": [[5.3]]}, reference="CH-1", nature="travaux"), {"type": "Thing"}),
        "read": 2, "rejects": {"bad_geometry": 1, "bad_row": 1},
    },
    "invalid/markets.csv": {
        "content": csv(
            MARKET_HEAD, "MA-1;;lundredi;07:00;13:00;;;;", "MA-2;;mardi;7 heures;13:00;;;;", "MA-3;;mardi;07:00;;;;;", "MA-4;;mardi;07:00;13:00;hier;;;",
            "MA-5;;mardi;07:00;13:00;;;toussaint;", "MA-6;;mardi;07:00;13:00;01/01/1900;;;", "MA-7;;mardi;07:00;13:00;01/01/2030;;;",
        ),
        "read": 7, "rejects": {"bad_time": 3, "missing_required": 1, "time_too_old": 1, "unknown_code": 1}, **MARKETS,
    },
    "invalid/too_many_days.csv": {
        "content": csv("reference;jours;heure_debut;heure_fin", "MA-8;tous les jours;22:00;02:00"), "records": {"plans": 10}, "read": 1,
        "notices": {"too_many_occurrences": 1}, "context": {"options": {"nature": "marche", "max_occurrences": 10}},
    },
    "invalid/buffers_and_clock.csv": {
        "content": csv(
            "reference;nature;debut;fin;montage;maj", "X-1;travaux;01/12/2026 08:00;02/12/2026;01/12/2026 09:00;", "X-2;travaux;01/12/2026;02/12/2026;;01/01/2099",
        ),
        "records": {"plans": 1}, "read": 2, "rejects": {"time_reversed": 1}, "notices": {"clock_skew": 1},
    },
    "invalid/closures.csv": {
        "content": csv("reference;nature;debut;fin;fermetures", f"X-1;travaux;01/12/2026;02/12/2026;parking, chez {PERSONAL[1]}, rue de Rome"),
        "records": {"plans": 1}, "read": 1, "notices": {"not_used": 1},
    },
}  # fmt: skip
