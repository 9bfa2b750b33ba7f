"""Samples of a register of cameras: an invented town's, with invented installers."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = (
    "Sosthène Bellecourde",
    "Hermine Vauquelas",
    "04 91 00 12 34",
    "sosthene.bellecourde@example.org",
    "198.51.100.23",
    "rtsp://admin:Tr0ub4dor@198.51.100.23/1",
    "fenêtre de Mme Vauquelas, 2e étage",
)
HEAD = "identifiant;type;longitude;latitude;azimut;ouverture;portee_m;autorisation;autorisation_debut;autorisation_fin;finalites;conservation_jours;masques;service;mise_a_jour"
GOOD = "CAM-{n};fixe;5,3745;43,2955;90;60;80;13-2024-0117;2024-03-01;2029-02-28;1,5,8;20;posés;Sécurité publique;2026-10-01"


def row(n: int = 1, **changes: str) -> str:
    """Return a row of the table with some cells changed."""
    cells = dict(zip(HEAD.split(";"), GOOD.format(n=n).split(";"), strict=True)) | changes
    return ";".join(cells[name] for name in HEAD.split(";"))


def table(*rows: str, head: str = HEAD) -> bytes:
    """Return a CSV file."""
    return "\n".join([head, *rows, ""]).encode()


def camera(**more: Any) -> dict[str, Any]:
    """Return a camera as an object."""
    said = {
        "identifiant": "CAM-1", "type": "dôme", "longitude": 5.3745, "latitude": 43.2955, "ouverture": 360, "portee_m": 120,
        "autorisation": "13-2024-0117", "autorisation_fin": "2029-02-28", "finalites": ["1°", "L251-2 5°"],
        "conservation_jours": 30, "masques": "sans objet", "mise_a_jour": "2026-10-01", **more,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value != "absent"}


def objects(*cameras: dict[str, Any]) -> bytes:
    """Return a JSON file."""
    return json.dumps(list(cameras), ensure_ascii=False).encode()


def feature(point: Any = (5.37, 43.29), **more: Any) -> dict[str, Any]:
    """Return a camera as a GeoJSON feature."""
    properties = camera(longitude="absent", latitude="absent", **more)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(point)},
        "properties": properties,
    }


def _bad(code: str, **changes: Any) -> dict[str, Any]:
    return {"content": objects(camera(**changes)), "read": 1, "rejects": {code: 1}}


MASKS = [[[0.1, 0.1], [0.4, 0.1], [0.4, 0.3]]]
CASES: dict[str, dict[str, Any]] = {
    # --- valid
    "valid/table.csv": {"content": table(row(1), row(2, azimut="270"), row(3, type="dome")), "records": {"places": 3}, "read": 3},
    "valid/latin1.csv": {
        "content": table(row(1)).decode().encode("latin-1"), "records": {"places": 1}, "read": 1, "notices": {"wrong_encoding": 1},
    },
    "valid/commas_and_other_names.csv": {
        "content": b"Camera ID,Lon,Lat,N\xc2\xb0 autorisation,Date fin,Finalit\xc3\xa9s,Dur\xc3\xa9e conservation,Masquage\n"
                   b'C-9,5.37,43.29,13-2025-3,31/12/2028,"1;4",15,oui\n',
        "records": {"places": 1}, "read": 1,
    },
    "valid/objects.json": {"content": objects(camera(), camera(identifiant="CAM-2", azimut=12.5, ouverture=45)), "records": {"places": 2}, "read": 2},
    "valid/named_list.json": {"content": json.dumps({"cameras": [camera()]}).encode(), "records": {"places": 1}, "read": 1},
    "valid/features.geojson": {
        "content": json.dumps({"type": "FeatureCollection", "features": [feature(), feature(identifiant="CAM-2")]}).encode(),
        "records": {"places": 2}, "read": 2,
    },
    "valid/masks_drawn.json": {"content": objects(camera(masques="absent", masques_polygones=MASKS)), "records": {"places": 1}, "read": 1},
    "valid/without_view.json": {"content": objects(camera(ouverture="absent", portee_m="absent")), "records": {"places": 1}, "read": 1},
    "valid/last_day.json": {"content": objects(camera(autorisation_fin="2026-11-23")), "records": {"places": 1}, "read": 1},
    "valid/duplicates.json": {"content": objects(camera(), camera()), "records": {"places": 2}, "read": 2},
    # --- invalid: files
    "invalid/empty.csv": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/cut.json": {"content": objects(camera())[:-9], "rejects": {"unreadable": 1}},
    "invalid/not_utf8.json": {"content": b'[{"identifiant": "\xff"}]', "rejects": {"unreadable": 1}},
    "invalid/too_deep.json": {"content": b"[" * 90 + b"]" * 90, "rejects": {"too_deep": 1}},
    "invalid/binary.csv": {"content": b"\x89PNG\r\n\x1a\n" + bytes(60), "rejects": {"unreadable": 1}},
    "invalid/not_objects.json": {"content": b'[1, "CAM-2", null]', "read": 3, "rejects": {"bad_row": 3}},
    "invalid/short_row.csv": {
        "content": table(row(1), "CAM-2;fixe;5,37", row(3)), "records": {"places": 2}, "read": 3, "rejects": {"ragged_row": 1},
    },
    "invalid/header_alone.csv": {"content": table(), "notices": {"empty_file": 1}},
    # --- invalid: law
    "invalid/without_authorisation.json": _bad("missing_required", autorisation="absent"),
    "invalid/blank_authorisation.csv": {"content": table(row(1, autorisation="")), "read": 1, "rejects": {"missing_required": 1}},
    "invalid/expired.json": _bad("authorisation_expired", autorisation_fin="2026-11-22"),
    "invalid/expired_years_ago.csv": {
        "content": table(row(1), row(2, autorisation_debut="2014-03-01", autorisation_fin="2019-02-28")),
        "records": {"places": 1}, "read": 2, "rejects": {"authorisation_expired": 1},
    },
    "invalid/without_end.json": _bad("missing_required", autorisation_fin="absent"),
    "invalid/ends_before_it_begins.json": _bad("time_reversed", autorisation_debut="2030-01-01"),
    "invalid/bad_date.json": _bad("bad_time", autorisation_fin="2029-02-30"),
    "invalid/words_for_a_date.json": _bad("bad_time", autorisation_fin="au printemps"),
    "invalid/last_of_all_days.json": _bad("bad_time", autorisation_fin="9999-12-31"),
    "invalid/without_purpose.json": _bad("missing_required", finalites="absent"),
    "invalid/purpose_12.json": _bad("unknown_code", finalites="1,12"),
    "invalid/purpose_in_words.json": _bad("unknown_code", finalites="tranquillité"),
    "invalid/kept_31_days.json": _bad("out_of_range", conservation_jours=31),
    "invalid/kept_no_day.json": _bad("out_of_range", conservation_jours=0),
    "invalid/kept_half_a_day.json": _bad("out_of_range", conservation_jours=0.5),
    "invalid/kept_for_ever.json": _bad("bad_number", conservation_jours="illimité"),
    "invalid/without_retention.json": _bad("missing_required", conservation_jours="absent"),
    "invalid/without_masks.json": _bad("missing_required", masques="absent"),
    "invalid/masks_to_come.json": _bad("unknown_code", masques="à poser"),
    "invalid/mask_outside_image.json": _bad("bad_geometry", masques_polygones=[[[0, 0], [2, 0], [1, 1]]]),
    "invalid/mask_of_two_corners.json": _bad("bad_geometry", masques_polygones="[[[0, 0], [1, 0]]]"),
    # --- invalid: places
    "invalid/without_id.json": _bad("missing_required", identifiant=" "),
    "invalid/without_position.json": _bad("missing_required", longitude="absent"),
    "invalid/position_in_words.json": _bad("bad_number", latitude="nord"),
    "invalid/feature_without_geometry.geojson": {
        "content": json.dumps({"type": "FeatureCollection", "features": [{**feature(), "geometry": None}]}).encode(),
        "read": 1, "rejects": {"missing_required": 1},
    },
    "invalid/opening_of_400.json": _bad("out_of_range", ouverture=400),
    "invalid/sees_to_the_horizon.json": _bad("out_of_range", portee_m=30_000),
    "invalid/huge_number.json": {
        "content": objects(camera()).replace(b"120", b"1e999"), "read": 1, "rejects": {"bad_number": 1},
    },
    "invalid/unknown_type.json": {
        "content": objects(camera(type="drone")), "records": {"places": 1}, "read": 1, "notices": {"unknown_code": 1},
    },
    # --- invalid: persons
    "invalid/persons.json": {
        "content": objects(camera(installateur="Sosthène Bellecourde", telephone="04 91 00 12 34", courriel="sosthene.bellecourde@example.org",
                                  responsable="Hermine Vauquelas", adresse_ip="198.51.100.23", url_flux="rtsp://admin:Tr0ub4dor@198.51.100.23/1",
                                  masques_description="fenêtre de Mme Vauquelas, 2e étage")),
        "records": {"places": 1}, "read": 1, "notices": {"dropped_personal": 7},
    },
    "invalid/persons.csv": {
        "content": table(row(1) + ";Sosthène Bellecourde;Tr0ub4dor", head=HEAD + ";Technicien;Mot de passe"),
        "records": {"places": 1}, "read": 1, "notices": {"dropped_personal": 2},
    },
    "invalid/unknown_column.csv": {
        "content": table(row(1) + ";Acme 3000", head=HEAD + ";Modèle"), "records": {"places": 1}, "read": 1, "notices": {"unmapped_column": 1},
    },
}  # fmt: skip
