"""Samples of fines, parking fees and impounds: everything in them is invented."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = (
    "GA-123-ZZ",
    "9876 XW 13",
    "AGENT-SECRET-7",
    "Zéphyrine Quatrebarbes",
    "Zébramobile",
    "https://example.org/cliche.jpg",
)
PLATE, OLD_PLATE, AGENT, NAME, MODEL, PICTURE = PERSONAL
HEADER = "numero_pv;date_infraction;heure;natinf;libelle_infraction;voie;numero_voie;code_postal;longitude;latitude;montant;immatriculation;matricule_agent"
NAMES = HEADER.split(";")
_ROW = {
    "numero_pv": "PV-1",
    "date_infraction": "12/03/2026",
    "heure": "14h05",
    "natinf": "",
    "libelle_infraction": "Arrêt ou stationnement très gênant sur trottoir",
    "voie": "rue de Rome",
    "numero_voie": "12",
    "code_postal": "13006",
    "longitude": "5,3790",
    "latitude": "43,2901",
    "montant": "135,00",
    "immatriculation": PLATE,
    "matricule_agent": AGENT,
}


def row(**changes: str) -> str:
    """Return a line."""
    values = _ROW | changes
    return ";".join(values[name] for name in NAMES)


def sheet(*rows: str, header: str = HEADER) -> bytes:
    """Return a file."""
    return ("\n".join([header, *rows]) + "\n").encode()


def as_json(*rows: dict[str, Any]) -> bytes:
    """Return a list in JSON."""
    return json.dumps(list(rows), ensure_ascii=False).encode()


FPS = {
    "numero_fps": "26-0001",
    "date_fps": "2026-03-12T14:05:00+01:00",
    "montant_fps": 17.5,
    "zone_tarifaire": "Centre",
    "geo_point_2d": "43.2901, 5.3790",
}
ONE, TWO = row(), row(numero_pv="PV-2", natinf="256", libelle_infraction="")
THREE = row(
    numero_pv="PV-3",
    libelle_infraction="Excès de vitesse inférieur à 20 km/h",
    longitude="",
    latitude="",
)
IMPOUND = "numero_fourriere;date_enlevement;motif;lieu_enlevement;statut;marque"


def _bad(code: str, *, notices: dict[str, int] | None = None, **changes: str) -> dict[str, object]:
    """One bad row between two good ones: the good ones get in."""
    return {
        "content": sheet(ONE, row(**({"numero_pv": "PV-9"} | changes)), TWO),
        "records": {"facts": 2},
        "read": 3,
        "rejects": {code: 1},
        "notices": notices or {"dropped_personal": 6},
    }


def _refused(code: str, content: bytes, **more: object) -> dict[str, object]:
    return {"content": content, "rejects": {code: 1}, **more}


CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/fines.csv": {"content": sheet(ONE, TWO, THREE), "records": {"facts": 3}, "read": 3, "notices": {"dropped_personal": 6}},
    "valid/parking_fees.json": {"content": as_json(FPS, FPS | {"numero_fps": "26-0002"}), "records": {"facts": 2}, "read": 2},
    "valid/open_data_portal.json": {
        "content": json.dumps({"total_count": 1, "results": [FPS]}).encode(), "records": {"facts": 1}, "read": 1,
    },
    "valid/impounds.csv": {
        "content": sheet("F-1;12/03/2026 09:15;Stationnement gênant;quai du Port;Restitué;" + MODEL, "F-2;12/03/2026;;;En fourrière;", header=IMPOUND),
        "records": {"facts": 2}, "read": 2, "notices": {"dropped_personal": 1},
    },
    "valid/own_words.csv": {
        "content": sheet("7,2026-03-12 10:00,B12", header="cle,quand,code_natinf"),
        "context": {"options": {"columns": {"numero": "cle", "date": "quand"}, "codes": {"12": "road.parking.abusive"}}},
        "records": {"facts": 1}, "read": 1,
    },
    "valid/with_owner.csv": {
        "content": sheet(f"PV-1;2026-03-12;Feu rouge;{NAME};{NAME};{PICTURE};{OLD_PLATE}", header="n° PV;jour;infraction;Nom du propriétaire;conducteur;photo;plaque"),
        "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 4},
    },
    "valid/paid_after.csv": {
        "content": sheet("PV-1;2026-03-12;Feu rouge;émis;2026-03-13", "PV-1;2026-03-12;Feu rouge;payé;2026-03-20", header="numero;date;infraction;etat;maj"),
        "records": {"facts": 2}, "read": 2,
    },
    "valid/duplicate.csv": {"content": sheet(ONE, ONE), "records": {"facts": 2}, "read": 2, "notices": {"dropped_personal": 4}},
    # --- invalid
    "invalid/unknown_natinf.csv": _bad("unknown_code", natinf="99999", libelle_infraction=""),
    "invalid/unknown_label.csv": _bad("unknown_code", libelle_infraction="Zzz"),
    "invalid/without_offence.csv": _bad("missing_required", libelle_infraction=""),
    "invalid/without_number.csv": _bad("missing_required", numero_pv=""),
    "invalid/plate_as_number.csv": _bad("missing_required", numero_pv=PLATE, notices={"dropped_personal": 7}),
    "invalid/old_plate_as_number.csv": _bad("missing_required", numero_pv=OLD_PLATE, notices={"dropped_personal": 7}),
    "invalid/plate_in_the_street.csv": {
        "content": sheet(row(voie=f"devant {PLATE}")), "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 3},
    },
    "invalid/plate_in_the_label.csv": _bad("unknown_code", libelle_infraction=f"Zzz {PLATE}"),
    "invalid/without_day.csv": _bad("missing_required", date_infraction=""),
    "invalid/american_day.csv": _bad("bad_time", date_infraction="03/25/2026"),
    "invalid/impossible_hour.csv": _bad("bad_time", heure="25:10"),
    "invalid/bad_amount.csv": _bad("bad_number", montant="gratuit"),
    "invalid/negative_amount.csv": _bad("bad_number", montant="-17"),
    "invalid/huge_amount.csv": _bad("bad_number", montant="1e999"),
    "invalid/bad_longitude.csv": _bad("bad_number", longitude="est"),
    "invalid/bad_point.json": _refused("bad_number", as_json(FPS | {"geo_point_2d": "quelque part"}), read=1),
    "invalid/unknown_state.csv": {
        "content": sheet("PV-1;2026-03-12;Feu rouge;bizarre", header="numero;date;infraction;etat"),
        "records": {"facts": 1}, "read": 1, "notices": {"unknown_code": 1},
    },
    "invalid/bad_change_time.csv": _refused("bad_time", sheet("PV-1;2026-03-12;Feu rouge;demain", header="numero;date;infraction;maj"), read=1),
    "invalid/unexpected_column.csv": {
        "content": sheet("PV-1;2026-03-12;Feu rouge;lundi", header="numero;date;infraction;humeur"),
        "records": {"facts": 1}, "read": 1, "notices": {"unmapped_column": 1},
    },
    "invalid/without_numbers.csv": _refused("missing_column", sheet("2026-03-12;Feu rouge", header="date;infraction")),
    "invalid/without_days.csv": _refused("missing_column", sheet("PV-1;Feu rouge", header="numero;infraction")),
    "invalid/ragged.csv": _refused("ragged_row", sheet("PV-1;2026-03-12;Feu rouge", "PV-2;2026-03-12", header="numero;date;infraction") , records={"facts": 1}, read=2),
    "invalid/double_hour.csv": {
        "content": sheet("PV-1;25/10/2026 02:30;Feu rouge", header="numero;date;infraction"),
        "records": {"facts": 1}, "read": 1, "notices": {"ambiguous_time": 1},
    },
    "invalid/lost_hour.csv": {
        "content": sheet("PV-1;29/03/2026 02:30;Feu rouge", header="numero;date;infraction"),
        "records": {"facts": 1}, "read": 1, "notices": {"nonexistent_time": 1},
    },
    "invalid/truncated.json": _refused("truncated_file", as_json(FPS, FPS)[:-30], records={"facts": 1}, read=2),
    "invalid/not_an_object.json": _refused("bad_row", b'["PV-1"]', read=1),
    "invalid/windows1252.csv": {
        "content": sheet(ONE).decode().encode("windows-1252"), "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 2, "wrong_encoding": 1},
    },
    "invalid/binary.csv": _refused("unreadable", bytes(range(32)) * 20),
    "invalid/empty.csv": _refused("empty_file", b""),
}  # fmt: skip
