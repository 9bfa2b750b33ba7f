"""Samples of the register of injury accidents: invented accidents, invented people."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import io
import zipfile

PERSONAL = ("U-SECRET-19870", "né-en-19871", "VEH-SECRET-42")
PERSON, BIRTH, VEHICLE = PERSONAL
NAMES = (
    "Num_Acc",
    "jour",
    "mois",
    "an",
    "hrmn",
    "lum",
    "dep",
    "com",
    "agg",
    "int",
    "atm",
    "col",
    "adr",
    "lat",
    "long",
)
_ROW = dict(
    zip(
        NAMES,
        (
            "202300000001",
            "7",
            "3",
            "2023",
            "14:05",
            "1",
            "13",
            "13055",
            "2",
            "1",
            "1",
            "3",
            "12 rue de Rome",
            "43,2901000",
            "5,3790000",
        ),
        strict=True,
    )
)
OLD_NAMES = (
    "Num_Acc",
    "an",
    "mois",
    "jour",
    "hrmn",
    "lum",
    "agg",
    "int",
    "atm",
    "col",
    "com",
    "adr",
    "gps",
    "lat",
    "long",
    "dep",
)
_OLD = dict(
    zip(
        OLD_NAMES,
        (
            "201600000001",
            "16",
            "3",
            "7",
            "1405",
            "1",
            "2",
            "1",
            "1",
            "3",
            "55",
            "12, rue de la République",
            "M",
            "4329010",
            "0537900",
            "130",
        ),
        strict=True,
    )
)


def new(**changes: str) -> str:
    """Return a line of the form of 2019 onwards: every cell in quotes."""
    return ";".join(f'"{(_ROW | changes)[name]}"' for name in NAMES)


def old(**changes: str) -> str:
    """Return a line of the form of 2005-2018."""
    values = _OLD | changes
    return ",".join(f'"{values[n]}"' if n in {"adr", "gps"} else values[n] for n in OLD_NAMES)


def year(*rows: str, names: tuple[str, ...] = NAMES) -> bytes:
    """Return a file of the form of 2019 onwards."""
    return ("\n".join([";".join(f'"{name}"' for name in names), *rows]) + "\n").encode()


def old_year(*rows: str) -> bytes:
    """Return a file of the form of 2005-2018, in Latin-1."""
    return ("\n".join([",".join(OLD_NAMES), *rows]) + "\n").encode("latin-1")


def people(*rows: tuple[str, str, str]) -> bytes:
    """Return a table of people: accident, category, outcome."""
    lines = [
        f'"{acc}";"{PERSON}";"{VEHICLE}";"1";"{catu}";"{grav}";"1";"{BIRTH}"'
        for acc, catu, grav in rows
    ]
    return (
        "\n".join(["Num_Acc;id_usager;id_vehicule;place;catu;grav;sexe;an_nais", *lines]) + "\n"
    ).encode()


def vehicles(*rows: tuple[str, str]) -> bytes:
    """Return a table of vehicles: accident, category."""
    return (
        "\n".join(
            [
                "Num_Acc;id_vehicule;num_veh;catv",
                *(f"{acc};{VEHICLE};A01;{catv}" for acc, catv in rows),
            ]
        )
        + "\n"
    ).encode()


def packed(**members: bytes) -> bytes:
    """Return an archive; the names of members in the manner of Python."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "-") + ".csv"), data)
    return content.getvalue()


def bomb() -> bytes:
    """Return an archive whose member packs much too well."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("caract-2023.csv"), b"0" * 5_000_000, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def climbing() -> bytes:
    """Return an archive whose member leaves its folder."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("../caract-2023.csv"), year(new()))
    return content.getvalue()


ONE, TWO, THREE = (
    new(),
    new(Num_Acc="202300000002", hrmn="23:59", lat="43,3", long="5,4"),
    new(Num_Acc="202300000003"),
)
PLACES = b"Num_Acc;catr;voie;nbv\n202300000001;3;rue de Rome;2\n"
PEOPLE = people(
    ("202300000001", "1", "1"),
    ("202300000001", "3", "2"),
    ("202300000002", "1", "3"),
    ("202300000002", "2", "4"),
    ("202300000003", "1", "4"),
)
FOUR = packed(
    caract__2023=year(ONE, TWO, THREE),
    lieux__2023=PLACES,
    vehicules__2023=vehicles(("202300000001", "7"), ("202300000002", "1")),
    usagers__2023=PEOPLE,
)


def _bad(code: str, **changes: str) -> dict[str, object]:
    """One bad row between two good ones: the good ones get in."""
    return {
        "content": year(ONE, new(**({"Num_Acc": "202300000009"} | changes)), TWO),
        "records": {"facts": 2},
        "read": 3,
        "rejects": {code: 1},
    }


def _refused(code: str, content: bytes, **more: object) -> dict[str, object]:
    return {"content": content, "rejects": {code: 1}, **more}


CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/caracteristiques.csv": {"content": year(ONE, TWO, THREE), "records": {"facts": 3}, "read": 3},
    "valid/caracteristiques_2016.csv": {
        "content": old_year(old(), old(Num_Acc="201600000002", hrmn="45", lat="0", long="0")),
        "records": {"facts": 2}, "read": 2, "notices": {"wrong_encoding": 1},
    },
    "valid/accident_id.csv": {"content": year(ONE, names=("Accident_Id", *NAMES[1:])), "records": {"facts": 1}, "read": 1},
    "valid/four_tables.zip": {"content": FOUR, "records": {"facts": 3}, "read": 3, "notices": {"dropped_personal": 5, "not_used": 1}},
    "valid/without_people.zip": {"content": packed(carcteristiques__2021=year(ONE)), "records": {"facts": 1}, "read": 1},
    "valid/lambert.csv": {"content": year(new(lat="6246123", long="893456")), "records": {"facts": 1}, "read": 1},
    "valid/tabs.csv": {
        "content": ("\t".join(OLD_NAMES) + "\n" + "\t".join(_OLD.values()) + "\n").encode("latin-1"),
        "records": {"facts": 1}, "read": 1, "notices": {"wrong_encoding": 1},
    },
    "valid/counted.json": {  # what goes to quarantine of a row whose people were counted
        "content": b'[{"num_acc": "1", "an": "2023", "mois": "3", "jour": "7", "tues": "1", "hospitalises": "0", "legers": "2"}]',
        "records": {"facts": 1}, "read": 1,
    },
    "valid/duplicate.csv": {"content": year(ONE, ONE), "records": {"facts": 2}, "read": 2},
    # --- invalid
    "invalid/usagers.csv": {"content": PEOPLE, "notices": {"dropped_personal": 5, "not_used": 1}},
    "invalid/vehicules.csv": {"content": vehicles(("1", "7")), "notices": {"not_used": 1}},
    "invalid/lieux.csv": {"content": PLACES, "notices": {"not_used": 1}},
    "invalid/only_people.zip": _refused("missing_file", packed(usagers__2023=PEOPLE)),
    "invalid/empty_people.zip": {
        "content": packed(caract__2023=year(ONE), usagers__2023=b""), "records": {"facts": 1}, "read": 1, "notices": {"empty_file": 1},
    },
    "invalid/ragged_person.zip": {
        "content": packed(caract__2023=year(ONE), usagers__2023=PEOPLE + b"202300000001;" + PERSON.encode() + b"\n"),
        "records": {"facts": 1}, "read": 1, "notices": {"dropped_personal": 6, "ragged_row": 1},
    },
    "invalid/unknown_member.zip": {
        "content": packed(caract__2023=year(ONE), notes=b"x"), "records": {"facts": 1}, "read": 1, "notices": {"not_used": 1},
    },
    "invalid/empty_table.zip": _refused("empty_file", packed(caract__2023=b"")),
    "invalid/bomb.zip": _refused("archive_bomb", bomb()),
    "invalid/climbing.zip": _refused("path_traversal", climbing()),
    "invalid/nested.zip": _refused("archive_bomb", packed(caract__2023=FOUR)),
    "invalid/cut.zip": _refused("unreadable", FOUR[:-40]),
    "invalid/without_number.csv": _bad("missing_required", Num_Acc=""),
    "invalid/without_day.csv": _bad("missing_required", jour=""),
    "invalid/impossible_day.csv": _bad("bad_time", jour="31", mois="2"),
    "invalid/month_in_words.csv": _bad("bad_time", mois="mars"),
    "invalid/impossible_hour.csv": _bad("bad_time", hrmn="25:61"),
    "invalid/year_of_three_digits.csv": _bad("bad_time", an="202"),
    "invalid/bad_latitude.csv": _bad("bad_number", lat="nord"),
    "invalid/huge_longitude.csv": _bad("bad_number", long="1e999"),
    "invalid/negative_count.json": _refused("bad_number", b'[{"num_acc": "1", "an": "2023", "mois": "3", "jour": "7", "tues": "-1"}]', read=1),
    "invalid/lost_hour.csv": {
        "content": year(new(jour="26", mois="3", hrmn="02:30")), "records": {"facts": 1}, "read": 1, "notices": {"nonexistent_time": 1},
    },
    "invalid/unexpected_column.csv": {
        "content": year(ONE + ';"x"', names=(*NAMES, "humeur")), "records": {"facts": 1}, "read": 1, "notices": {"unmapped_column": 1},
    },
    "invalid/without_years.csv": _refused("missing_column", b"Num_Acc;jour;mois;hrmn\n1;2;3;04:05\n"),
    "invalid/ragged.csv": _refused("ragged_row", year(ONE, '"1";"2"'), records={"facts": 1}, read=2),
    "invalid/truncated.csv": _refused("truncated_file", year(ONE, TWO)[:-20], records={"facts": 1}, read=2),
    "invalid/web_page.csv": _refused("missing_column", b"<html>\n<body>503</body>\n</html>\n"),
    "invalid/binary.csv": _refused("unreadable", bytes(range(32)) * 20),
    "invalid/empty.csv": _refused("empty_file", b""),
}  # fmt: skip
