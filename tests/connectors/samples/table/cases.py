"""Samples of mapped tables. Every name, number and text is invented."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

PERSONAL = ("06 99 00 33 44",)
UNSTABLE = (
    "valid/points.parquet",
    "invalid/parquet_cut.parquet",
    "invalid/parquet_without_column.parquet",
)

COLUMNS = ("id", "type", "date", "heure", "x", "y", "gravite", "etat", "num", "rue", "canal", "texte",
           "telephone", "maj")  # fmt: skip
_ROW = {
    "id": "S1", "type": "TAG", "date": "12/03/2026", "heure": "14:05", "x": "5,37", "y": "43,29",
    "gravite": "1", "etat": "N", "num": "12", "rue": "rue de Rome", "canal": "application",
    "texte": "Une inscription sur le mur", "telephone": PERSONAL[0], "maj": "2026-03-12T15:00:00+01:00",
}  # fmt: skip


def row(**changes: str) -> str:
    """Return a line of reports."""
    values = _ROW | changes
    return ";".join(values[name] for name in COLUMNS)


def table(*rows: str) -> bytes:
    """Return a file of reports."""
    return "".join(line + "\n" for line in (";".join(COLUMNS), *rows)).encode()


def _bad(code: str, **changes: str) -> dict[str, object]:
    return {
        "mapping": "reports.toml",
        "content": table(row(), row(**({"id": "S9"} | changes)), row(id="S2")),
        "records": {"facts": 2}, "read": 3, "rejects": {code: 1},
        "notices": {"dropped_personal": 3},
    }  # fmt: skip


def _lines(*values: object) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def _noise(**changes: object) -> dict[str, object]:
    return {
        "capteur": {"id": "C1"},
        "debut": "2026-03-12T14:00:00+01:00",
        "laeq": 61.5,
        "evenements": 3,
    } | changes


def _feature(geometry: object, **changes: object) -> dict[str, object]:
    properties = {
        "id": "E1", "nature": "concert", "titre": "Récital", "debut": "2026-06-01T20:00",
        "fin": "2026-06-01", "jauge": 1200, "declare": True, "etat": "autorisé", "agents": 12,
    } | changes  # fmt: skip
    return {"type": "Feature", "geometry": geometry, "properties": properties}


POINT = {"type": "Point", "coordinates": [5.37, 43.29]}
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[5.37, 43.29], [5.38, 43.29], [5.38, 43.3], [5.37, 43.29]]],
}


def _collection(*features: object, **top: object) -> bytes:
    return json.dumps(
        {"type": "FeatureCollection"} | top | {"features": list(features)}, ensure_ascii=False
    ).encode()


def _venues(*records: object) -> bytes:
    return json.dumps(
        {"total_count": len(records), "results": list(records)}, ensure_ascii=False
    ).encode()


def _venue(**changes: object) -> dict[str, object]:
    return {
        "id": "V1",
        "nom": "Salle des fêtes",
        "geo_point_2d": "43.29, 5.37",
        "capacite": 300,
    } | changes


_SHEET = "xl/worksheets/sheet1.xml"
_PARTS = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Relevé" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}  # fmt: skip


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def workbook(*rows: tuple[object, ...], extra: dict[str, bytes] | None = None) -> bytes:
    """Return a workbook of one sheet, written by hand (ECMA-376)."""
    body = "".join(f"<row>{''.join(_cell(value) for value in line)}</row>" for line in rows)
    sheet = f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_PARTS, _SHEET: sheet, **(extra or {})}.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


PATROLS = ("unité", "instant", "lon", "lat")
GOOD_SHEET = workbook(
    PATROLS, ("P1", "2026-03-12T14:05", 5.37, 43.29), ("P2", "2026-03-12T14:06", 5.38, 43.3)
)


def points(columns: dict[str, list[object]] | None = None) -> bytes:
    """Return a Parquet file."""
    given = columns or {
        "time": [datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 13), datetime(2026, 1, 1, 12)],
        "category": ["THEFT", "ARSON", "THEFT"],
        "lon": [-87.6, -87.7, -87.6],
        "lat": [41.8, 41.9, 41.8],
    }
    file = io.BytesIO()
    pq.write_table(pa.table(given), file)
    return file.getvalue()


PLAIN = "ref,kind,at,n\n"

CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/reports.csv": {
        "mapping": "reports.toml", "content": table(row(), row(id="S2", type="DEC", heure="")),
        "records": {"facts": 2}, "read": 2, "notices": {"dropped_personal": 2},
    },
    "valid/noise.jsonl": {
        "mapping": "noise.toml",
        "content": _lines(_noise(), _noise(debut="2026-03-12T14:00:00Z", evenements=None)),
        "records": {"measures": 3}, "read": 2,
    },
    "valid/agenda.geojson": {
        "mapping": "agenda.toml",
        "content": _collection(_feature(POINT), _feature(SQUARE, id="E2", nature="marché", etat=None)),
        "records": {"plans": 2}, "read": 2,
        "notices": {},
    },
    "valid/agenda_sequence.geojson": {
        "mapping": "agenda.toml",
        "content": _lines(_feature(POINT), _feature(None, id="E2")),
        "records": {"plans": 2}, "read": 2,
    },
    "valid/places.json": {
        "mapping": "places.toml", "content": _venues(_venue(), _venue(id="V2", nom="Théâtre")),
        "records": {"places": 2}, "read": 2,
    },
    "valid/patrols.xlsx": {
        "mapping": "patrols.toml", "content": GOOD_SHEET, "records": {"means": 2}, "read": 2,
    },
    "valid/plain.csv": {
        "mapping": "plain.toml",
        "content": (PLAIN + "1,offence.drugs,2026-03-12T14:05:00Z,NA\n2,road,2026-03-12T14:05:00Z,3\n").encode(),
        "records": {"facts": 2}, "read": 2,
    },
    "valid/points_duplicate.jsonl": {  # a row of a Parquet file, as quarantine gives it back
        "mapping": "points.toml",
        "content": _lines({"time": "2026-01-01T12:00:00", "category": "THEFT", "lon": -87.6, "lat": 41.8}),
        "records": {"facts": 1}, "read": 1,
    },
    # --- invalid: tables of text
    "invalid/empty.csv": {"mapping": "reports.toml", "content": b"", "rejects": {"empty_file": 1}},
    "invalid/header_only.csv": {
        "mapping": "reports.toml", "content": table(), "notices": {"empty_file": 1},
    },
    "invalid/truncated.csv": {
        "mapping": "reports.toml", "content": table(row(), row(id="S2"))[:-70],
        "records": {"facts": 1}, "read": 2, "rejects": {"truncated_file": 1},
        "notices": {"dropped_personal": 1},
    },
    "invalid/comma.csv": {
        "mapping": "reports.toml", "content": table(row(x="", y="")).replace(b";", b","),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 1, "wrong_separator": 1},
    },
    "invalid/windows1252.csv": {
        "mapping": "reports.toml", "content": table(row(rue="allée Léon Gambetta")).decode().encode("cp1252"),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 1, "wrong_encoding": 1},
    },
    "invalid/utf16.csv": {
        "mapping": "reports.toml", "content": table(row()).decode().encode("utf-16"),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 1, "wrong_encoding": 1},
    },
    "invalid/without_column.csv": {
        "mapping": "reports.toml", "content": b"id;type;heure\n1;TAG;14:05\n", "read": 1,
        "rejects": {"missing_column": 1},
    },
    "invalid/without_optional_columns.csv": {
        "mapping": "reports.toml", "content": b"id;type;date;heure;telephone\n1;TAG;12/03/2026;14:05;\n",
        "records": {"facts": 1}, "read": 1, "notices": {"missing_column": 9},
    },
    "invalid/unmapped_column.csv": {
        "mapping": "plain.toml", "content": b"ref,kind,at,n,nom\n1,road,2026-03-12T14:05:00Z,1,Untel\n",
        "records": {"facts": 1}, "read": 1, "notices": {"unmapped_column": 1},
    },
    "invalid/unknown_kind.csv": _bad("unknown_kind", type="???"),
    "invalid/bad_time.csv": _bad("bad_time", date="2026-03-12"),
    "invalid/bad_number.csv": _bad("bad_number", x="12.34.56"),
    "invalid/bad_severity.csv": _bad("bad_number", gravite="300"),
    "invalid/bad_revision.csv": _bad("bad_time", maj="jamais"),
    "invalid/ragged.csv": {
        "mapping": "reports.toml", "content": table(row(), "S9;TAG", row(id="S2")),
        "records": {"facts": 2}, "read": 3, "rejects": {"ragged_row": 1},
        "notices": {"dropped_personal": 2},
    },
    "invalid/unknown_status.csv": {
        "mapping": "reports.toml", "content": table(row(etat="?")),
        "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 1, "unknown_code": 1},
    },
    "invalid/formula.csv": {
        "mapping": "reports.toml", "content": table(row(canal="=1+1", texte="@SUM(A1)")),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 1, "formula_neutralised": 2},
    },
    "invalid/naive.csv": {  # the mapping states no zone: the city's is taken, and said
        "mapping": "plain.toml", "content": (PLAIN + "1,road,2026-03-12T14:05:00,1\n").encode(),
        "records": {"facts": 1}, "read": 1, "notices": {"naive_time": 1},
    },
    # --- invalid: JSON
    "invalid/naive.jsonl": {
        "mapping": "noise.toml", "content": _lines(_noise(), _noise(debut="2026-03-12T14:00:00")),
        "records": {"measures": 2}, "read": 2, "rejects": {"naive_time": 1},
    },
    "invalid/broken_lines.jsonl": {
        "mapping": "noise.toml",
        "content": _lines(_noise()) + b'{"laeq": NaN}\n[1, 2]\n"text"\n{"a": {}\n' + _lines(_noise(capteur="C2"))[:-9],
        "records": {"measures": 2}, "read": 6, "rejects": {"bad_row": 4, "truncated_file": 1},
    },
    "invalid/nothing_measured.jsonl": {
        "mapping": "noise.toml", "content": _lines(_noise(laeq=None, evenements=None), _noise(laeq="fort")),
        "read": 2, "rejects": {"bad_number": 1, "missing_required": 1},
    },
    "invalid/web_page.json": {
        "mapping": "places.toml", "content": b"<html>", "rejects": {"unreadable": 1},
    },
    "invalid/broken_item.json": {
        "mapping": "places.toml",
        "content": b'{"results": [' + _lines(_venue()) + b',{"id": "V9", "nom": },\n' + _lines(_venue(id="V2")) + b"]}",
        "records": {"places": 2}, "read": 3, "rejects": {"bad_row": 1},
    },
    "invalid/bad_point.json": {
        "mapping": "places.toml", "content": _venues(_venue(), _venue(id="V2", geo_point_2d="ici")),
        "records": {"places": 1}, "read": 2, "rejects": {"bad_number": 1},
    },
    # --- invalid: GeoJSON
    "invalid/truncated.geojson": {
        "mapping": "agenda.toml", "content": _collection(_feature(POINT), _feature(POINT, id="E2"))[:-40],
        "records": {"plans": 1}, "read": 2, "rejects": {"truncated_file": 1},
    },
    "invalid/bad_geometry.geojson": {
        "mapping": "agenda.toml",
        "content": _collection(
            _feature(POINT),
            _feature({"type": "Polygon", "coordinates": [[[5, 43]]]}, id="E2"),
            _feature({"type": "Cube", "coordinates": []}, id="E3"),
            _feature({"type": "Point", "coordinates": ["a", "b"]}, id="E4"),
            _feature({"type": "Point"}, id="E5"),
        ),
        "records": {"plans": 1}, "read": 5, "rejects": {"bad_geometry": 4},
    },
    "invalid/lambert.geojson": {
        "mapping": "agenda.toml",
        "content": _collection(
            _feature(POINT), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
        ),
        "rejects": {"unreadable": 1},
    },
    "invalid/not_features.geojson": {
        "mapping": "agenda.toml", "content": _collection({"type": "Point"}, 3, _feature(POINT)),
        "records": {"plans": 1}, "read": 3, "rejects": {"bad_row": 2},
    },
    # --- invalid: workbooks and Parquet
    "invalid/not_a_workbook.xlsx": {
        "mapping": "patrols.toml", "content": b"PK\x03\x04 but nothing more", "rejects": {"unreadable": 1},
    },
    "invalid/cut.xlsx": {
        "mapping": "patrols.toml", "content": GOOD_SHEET[:700], "rejects": {"unreadable": 1},
    },
    "invalid/bomb.xlsx": {
        "mapping": "patrols.toml",
        "content": workbook(PATROLS, extra={"xl/media/zero.bin": b"\x00" * (8 << 20)}),
        "rejects": {"archive_bomb": 1},
    },
    "invalid/path.xlsx": {
        "mapping": "patrols.toml", "content": workbook(PATROLS, extra={"../../evil.xml": b"x"}),
        "rejects": {"path_traversal": 1},
    },
    "invalid/bad_cells.xlsx": {
        "mapping": "patrols.toml",
        "content": workbook(
            PATROLS, ("P1", "2026-03-12T14:05", 5.37, 43.29), ("P2", "hier", 5.37, 43.29),
            ("P3", "2026-03-12T14:05", "x", 43.29), ("", "2026-03-12T14:05", 5.37, 43.29),
        ),
        "records": {"means": 2}, "read": 4, "rejects": {"bad_number": 1, "bad_time": 1},
    },
    "invalid/parquet_cut.parquet": {
        "mapping": "points.toml", "content": points()[:-20], "rejects": {"unreadable": 1},
    },
    "invalid/parquet_without_column.parquet": {
        "mapping": "points.toml", "content": points({"time": [datetime(2026, 1, 1)]}), "read": 1,
        "rejects": {"missing_column": 1},
    },
    "valid/points.parquet": {
        "mapping": "points.toml", "content": points({
            "time": [datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 13)],
            "category": ["THEFT", "THEFT"], "lon": [-87.6, -87.7], "lat": [41.8, 41.9],
        }),
        "records": {"facts": 2}, "read": 2, "notices": {},
    },
    "invalid/parquet_unknown_kind.jsonl": {
        "mapping": "points.toml",
        "content": _lines({"time": "2026-01-01T12:00:00", "category": "ARSON", "lon": -87.6, "lat": 41.8}),
        "read": 1, "rejects": {"unknown_kind": 1},
    },
}  # fmt: skip
