"""Samples of the police log. Every name, number and text is invented."""

from __future__ import annotations

HEADER = (
    "NUMERO;DATE_SAISIE;HEURE_SAISIE;DATE_DEBUT;HEURE_DEBUT;DATE_FIN;HEURE_FIN;CODE_NATURE;NATURE;"
    "ORIGINE;ADRESSE;LIEU;QUARTIER;SECTEUR;ARRONDISSEMENT;LONGITUDE;LATITUDE;GRAVITE;ETAT;SUITE;"
    "EQUIPAGE;OBSERVATIONS;REQUERANT;TELEPHONE;MAJ"
)
NAMES = HEADER.split(";")
PERSONAL = ("Zéphyrine Quatrebarbes", "06 99 00 11 22", "EQ-SECRET-7")

_ROW = {
    "NUMERO": "2026-0000001",
    "DATE_SAISIE": "12/03/2026",
    "HEURE_SAISIE": "14:31",
    "DATE_DEBUT": "12/03/2026",
    "HEURE_DEBUT": "14:05",
    "CODE_NATURE": "TN",
    "NATURE": "Tapage nocturne",
    "ORIGINE": "APPEL",
    "ADRESSE": "12 rue de Rome",
    "QUARTIER": "Préfecture",
    "SECTEUR": "S1",
    "ARRONDISSEMENT": "13006",
    "LONGITUDE": "5,3790",
    "LATITUDE": "43,2901",
    "GRAVITE": "2",
    "ETAT": "VERT",
    "SUITE": "PV",
    "EQUIPAGE": PERSONAL[2],
    "OBSERVATIONS": "Musique forte depuis une heure",
    "REQUERANT": PERSONAL[0],
    "TELEPHONE": PERSONAL[1],
    "MAJ": "12/03/2026 16:00:05",
}


def row(**changes: str) -> str:
    """Return a line of the log."""
    values = _ROW | changes
    return ";".join(values.get(name, "") for name in NAMES)


def log(*rows: str, header: str = HEADER, end: str = "\n") -> str:
    """Return a file of the log."""
    return "".join(line + end for line in (header, *rows))


ONE = row()
TWO = row(NUMERO="2026-0000002", CODE_NATURE="VR", ORIGINE="PATROUILLE", ETAT="ORANGE")
THREE = row(NUMERO="2026-0000003", CODE_NATURE="AVP", ORIGINE="CSU", LONGITUDE="", LATITUDE="")
GOOD = (ONE, TWO, THREE)
DROPPED = {"dropped_personal": 9}
MINIMAL = "NUMERO;DATE_DEBUT;CODE_NATURE"


def _bad(code: str, **changes: str) -> dict[str, object]:
    """One bad row between two good ones: the good ones get in."""
    content = log(
        ONE,
        row(NUMERO="2026-0000009")
        if not changes
        else row(**({"NUMERO": "2026-0000009"} | changes)),
        TWO,
    )
    return {
        "content": content.encode(),
        "records": {"facts": 2},
        "read": 3,
        "rejects": {code: 1},
        "notices": DROPPED,
    }


CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/simple.csv": {
        "content": log(*GOOD).encode(), "records": {"facts": 3}, "read": 3, "notices": DROPPED,
    },
    "valid/bom.csv": {
        "content": log(*GOOD).encode("utf-8-sig"), "records": {"facts": 3}, "read": 3,
        "notices": DROPPED | {"wrong_encoding": 1},
    },
    "valid/windows1252.csv": {
        "content": log(*GOOD).encode("cp1252"), "records": {"facts": 3}, "read": 3,
        "notices": DROPPED | {"wrong_encoding": 1},
    },
    "valid/multiline.csv": {
        "content": log(
            row(OBSERVATIONS='"Un groupe ; très bruyant\ndit ""venir"" tous les soirs"'), TWO
        ).encode(),
        "records": {"facts": 2}, "read": 2, "notices": {"dropped_personal": 6},
    },
    "valid/amended.csv": {
        "content": log(
            row(ETAT="ROUGE", MAJ="12/03/2026 14:31:00"), row(MAJ="13/03/2026 09:00:00")
        ).encode(),
        "records": {"facts": 2}, "read": 2, "notices": {"dropped_personal": 6},
    },
    "valid/clock_changes.csv": {
        "content": log(
            row(NUMERO="1", DATE_DEBUT="25/10/2026", HEURE_DEBUT="02:30"),
            row(NUMERO="2", DATE_DEBUT="29/03/2026", HEURE_DEBUT="02:30"),
            row(NUMERO="3", DATE_DEBUT="25/10/2026", HEURE_DEBUT=""),
            row(NUMERO="4", DATE_DEBUT="24/10/2026", HEURE_DEBUT="23:00", DATE_FIN="25/10/2026",
                HEURE_FIN="02:30"),
        ).encode(),
        "records": {"facts": 4}, "read": 4,
        "notices": {"dropped_personal": 12, "ambiguous_time": 2, "nonexistent_time": 1},
    },
    "valid/minimal.csv": {
        "content": log("A1;12/03/2026;TN", "A2;13/03/2026;vr", header=MINIMAL).encode(),
        "records": {"facts": 2}, "read": 2,
    },
    "valid/crlf_and_blank_lines.csv": {
        "content": log(ONE, "", TWO, "", end="\r\n").encode(),
        "records": {"facts": 2}, "read": 2, "notices": {"dropped_personal": 6},
    },
    "valid/left_to_the_kit.csv": {  # swapped, (0, 0), 2099, reversed: named by the kit's checks
        "content": log(
            row(NUMERO="1", LONGITUDE="43,2901", LATITUDE="5,3790"),
            row(NUMERO="2", LONGITUDE="0", LATITUDE="0"),
            row(NUMERO="3", DATE_DEBUT="12/03/2099"),
            row(NUMERO="4", DATE_FIN="11/03/2026", HEURE_FIN="10:00"),
        ).encode(),
        "records": {"facts": 4}, "read": 4, "notices": {"dropped_personal": 12},
    },
    # --- invalid
    "invalid/empty.csv": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/blank.csv": {"content": b"\n \r\n\n", "rejects": {"empty_file": 1}},
    "invalid/header_only.csv": {"content": log().encode(), "notices": {"empty_file": 1}},
    "invalid/truncated.csv": {
        "content": log(*GOOD).encode()[:-120],
        "records": {"facts": 2}, "read": 3, "rejects": {"truncated_file": 1},
        "notices": {"dropped_personal": 6},
    },
    "invalid/truncated_in_quotes.csv": {
        "content": log(ONE, row(OBSERVATIONS='"Commence et')).encode().split(b"Commence et")[0]
        + b"Commence et",
        "records": {"facts": 1}, "read": 2, "rejects": {"truncated_file": 1},
        "notices": {"dropped_personal": 3},
    },
    "invalid/commas.csv": {
        "content": log(row(LONGITUDE="", LATITUDE=""), header=HEADER).replace(";", ",").encode(),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 3, "wrong_separator": 1},
    },
    "invalid/tabs.csv": {
        "content": log(ONE).replace(";", "\t").encode(),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 3, "wrong_separator": 1},
    },
    "invalid/utf16.csv": {
        "content": log(*GOOD).encode("utf-16"), "records": {"facts": 3}, "read": 3,
        "notices": DROPPED | {"wrong_encoding": 1},
    },
    "invalid/utf16_without_mark.csv": {
        "content": log(*GOOD).encode("utf-16-le"), "records": {"facts": 3}, "read": 3,
        "notices": DROPPED | {"wrong_encoding": 1},
    },
    "invalid/two_encodings.csv": {
        "content": log(ONE).encode() + (TWO + "\n").encode("cp1252"),
        "records": {"facts": 2}, "read": 2,
        "notices": {"dropped_personal": 6, "wrong_encoding": 1},
    },
    "invalid/binary.csv": {"content": bytes(range(32)) * 8, "rejects": {"unreadable": 1}},
    "invalid/web_page.csv": {
        "content": b"<html>\n<body>Erreur 500</body>\n</html>\n", "read": 2,
        "rejects": {"missing_column": 1},
    },
    "invalid/without_numbers.csv": {
        "content": log("12/03/2026;TN", header="DATE_DEBUT;CODE_NATURE").encode(), "read": 1,
        "rejects": {"missing_column": 1},
    },
    "invalid/missing_number.csv": _bad("missing_required", NUMERO=""),
    "invalid/missing_day.csv": _bad("missing_required", DATE_DEBUT=""),
    "invalid/missing_code.csv": _bad("missing_required", CODE_NATURE=""),
    "invalid/unknown_code.csv": _bad("unknown_kind", CODE_NATURE="ZZQ"),
    "invalid/impossible_day.csv": _bad("bad_time", DATE_DEBUT="31/02/2026"),
    "invalid/impossible_hour.csv": _bad("bad_time", HEURE_DEBUT="25:61"),
    "invalid/american_day.csv": _bad("bad_time", DATE_DEBUT="12/31/2026"),
    "invalid/short_year.csv": _bad("bad_time", DATE_DEBUT="12/03/26"),
    "invalid/bad_change_time.csv": _bad("bad_time", MAJ="hier"),
    "invalid/bad_longitude.csv": _bad("bad_number", LONGITUDE="5,37 E"),
    "invalid/infinite_latitude.csv": _bad("bad_number", LATITUDE="inf"),
    "invalid/bad_severity.csv": _bad("bad_number", GRAVITE="grave"),
    "invalid/fraction_of_severity.csv": _bad("bad_number", GRAVITE="2,5"),
    "invalid/short_row.csv": {
        "content": log(ONE, "2026-0000009;12/03/2026", TWO).encode(),
        "records": {"facts": 2}, "read": 3, "rejects": {"ragged_row": 1},
        "notices": {"dropped_personal": 6},
    },
    "invalid/long_row.csv": {
        "content": log(ONE, row(NUMERO="2026-0000009") + ";de;trop", TWO).encode(),
        "records": {"facts": 2}, "read": 3, "rejects": {"ragged_row": 1},
        "notices": {"dropped_personal": 6},
    },
    "invalid/stray_quote.csv": {
        "content": log(ONE, row(NUMERO="2026-0000009", OBSERVATIONS='"jamais fermé'), TWO).encode(),
        "records": {"facts": 2}, "read": 3, "rejects": {"unclosed_quote": 1},
        "notices": {"dropped_personal": 6},
    },
    "invalid/huge_line.csv": {
        "content": log(ONE, row(NUMERO="2026-0000009", OBSERVATIONS="x" * 5_000), TWO).encode(),
        "context": {"max_line_bytes": 2_000},
        "records": {"facts": 2}, "read": 3, "rejects": {"line_too_long": 1},
        "notices": {"dropped_personal": 6},
    },
    "invalid/formula.csv": {
        "content": log(row(SECTEUR="=HYPERLINK(1)", OBSERVATIONS="@SUM(A1)"), TWO).encode(),
        "records": {"facts": 2}, "read": 2,
        "notices": {"dropped_personal": 6, "formula_neutralised": 2},
    },
    "invalid/unknown_words.csv": {
        "content": log(row(ETAT="BLEU", ORIGINE="RADIO", SUITE="Voir M. Untel")).encode(),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 3, "unknown_code": 3},
    },
    "invalid/unexpected_column.csv": {
        "content": log(ONE + ";1990", header=HEADER + ";NAISSANCE").encode(),
        "records": {"facts": 1}, "read": 1,
        "notices": {"dropped_personal": 3, "unmapped_column": 1},
    },
    "invalid/zero_bytes.csv": {
        "content": log(ONE, row(NUMERO="2026-0000009", GRAVITE="2\x00"), TWO).encode(),
        "records": {"facts": 2}, "read": 3, "rejects": {"bad_number": 1}, "notices": DROPPED,
    },
}  # fmt: skip
