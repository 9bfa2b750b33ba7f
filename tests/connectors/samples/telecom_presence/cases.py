"""Samples of presence figures: zones and figures of an invented town, invented identifiers."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = (
    "208019876543210",
    "356938035643809",
    "33699001122",
    "06 99 00 11 33",
    "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
    "3f2b8a1c-9d4e-4f6a-8b7c-1d2e3f4a5b6c",
    "00:1A:2B:3C:4D:5E",
    "Zéphyrine Quatrebarbes",
    "zoe.invente@example.org",
    "qK7rXw2ZbL9fTn4VyD8mPs",
)
IMSI, IMEI, MSISDN, PHONE, SHA1, UUID, MAC, NAME, MAIL, TOKEN = PERSONAL
HEADER = "zone;début;fin;catégorie;nombre"
FIRST = ("Z1", "2026-03-02T08:00", "2026-03-02T10:00", "total", "1240")


def sheet(*rows: tuple[str, ...], header: str = HEADER, separator: str = ";") -> bytes:
    """Return a delimited file."""
    lines = [header.replace(";", separator), *(separator.join(row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def row(**changes: str) -> tuple[str, ...]:
    """Return a row with some of its cells changed, by position: a zone to e figure."""
    values = dict(zip("abcde", FIRST, strict=True)) | changes
    return tuple(values[name] for name in "abcde")


def as_json(*rows: dict[str, Any]) -> bytes:
    """Return a JSON file."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1).encode()


ONE, TWO = row(), row(d="résidents", e="860")
THREE = row(a="Z2", d="visiteurs", e="120")
PLAIN = {"zone": "Z1", "start": "2026-03-02T08:00:00+01:00", "duration": 120, "count": 640}


def _bad(code: str, *, notices: dict[str, int] | None = None, **changes: str) -> dict[str, object]:
    """One bad row between two good ones: the good ones get in."""
    case: dict[str, object] = {
        "content": sheet(TWO, row(a="Z3", **changes) if "a" not in changes else row(**changes), THREE),
        "records": {"measures": 2}, "read": 3, "rejects": {code: 1},
    }  # fmt: skip
    return case | ({"notices": notices} if notices else {})


def _planted(heading: str, value: str) -> dict[str, object]:
    """A good file with one more column, in which one cell is filled."""
    rows = [(*ONE, ""), (*TWO, value), (*THREE, "")]
    return {
        "content": sheet(*rows, header=f"{HEADER};{heading}"),
        "rejects": {"identifier_column": 1},
    }


def _refused(code: str, content: bytes, **more: object) -> dict[str, object]:
    return {"content": content, "rejects": {code: 1}, **more}


CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/french.csv": {"content": sheet(ONE, TWO, THREE), "records": {"measures": 3}, "read": 3},
    "valid/commas.csv": {
        "content": sheet(("Z1", "02/03/2026", "8h-10h", "1240", "860", "380"), header="zone;date;time slot;total;residents;visitors", separator=","),
        "records": {"measures": 3}, "read": 1,
    },
    "valid/tabs.csv": {
        "content": sheet(("Plage du Nord", "2026-03-02 23:00", "2h", "foreign tourists", "1 260"), header="zone name;start;duration;class;count", separator="\t"),
        "records": {"measures": 1}, "read": 1,
    },
    "valid/list.json": {"content": as_json(PLAIN, PLAIN | {"zone": "Z2", "class": "workers"}), "records": {"measures": 2}, "read": 2},
    "valid/shapes.json": {
        "content": json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": 1, "geometry": {"type": "Point", "coordinates": [5.36981234567891, 43.29651234567891]}, "properties": PLAIN},
        ]}).encode(),
        "records": {"measures": 1}, "read": 1, "notices": {"not_used": 1},
    },
    "valid/own_words.csv": {
        "content": sheet(("H1", "02/03/2026 08:00", "PRESENTS", "500"), header="bloc;quand;famille;pax"),
        "context": {"options": {
            "columns": {"zone": "bloc", "debut": "quand", "categorie": "famille", "nombre": "pax"},
            "classes": {"presents": "presence.total"}, "slot_minutes": 60, "zones": {"H1": "harbour"},
            "rounding": 10, "minimum": 50,
        }},
        "records": {"measures": 1}, "read": 1,
    },
    "valid/computed_again.csv": {
        "content": sheet((*ONE, "2026-03-04"), (*row(e="1300"), "2026-03-05"), header=HEADER + ";date de calcul"),
        "records": {"measures": 2}, "read": 2,
    },
    "valid/duplicate_row.csv": {
        "content": sheet(ONE, ONE, TWO), "records": {"measures": 2}, "read": 3, "notices": {"duplicate_row": 1},
    },
    # --- invalid
    "invalid/imsi.csv": _planted("IMSI", IMSI),
    "invalid/imei_under_a_plain_name.csv": _planted("note", IMEI),
    "invalid/empty_column_of_identifiers.csv": _planted("deviceId", ""),
    "invalid/msisdn_in_a_comment.csv": _planted("commentaire", f"vu {MSISDN} deux fois"),
    "invalid/phone.csv": _planted("contact", PHONE),
    "invalid/hash.csv": _planted("cle", SHA1),
    "invalid/uuid.csv": _planted("ref", UUID),
    "invalid/hardware_address.csv": _planted("antenne", MAC),
    "invalid/name.csv": _planted("nom", NAME),
    "invalid/mail.csv": _planted("par", MAIL),
    "invalid/encoded_hash.csv": _planted("lot", TOKEN),
    "invalid/identifier_as_zone.csv": _refused("identifier_column", sheet(ONE, row(a=IMSI))),
    "invalid/identifier_as_figure.csv": _refused("identifier_column", sheet(ONE, row(e=MSISDN))),
    "invalid/token_on_every_row.csv": _refused(
        "identifier_column",
        sheet(*((*row(a=f"Z{n}"), f"{chr(97 + n)}{n * 7919 % 9973:05d}x") for n in range(14)), header=HEADER + ";lot"),
    ),
    "invalid/identifier_in_a_ragged_row.csv": _refused("identifier_column", sheet(ONE, (*TWO, IMSI))),
    "invalid/identifier_inside.json": _refused("identifier_column", as_json(PLAIN, PLAIN | {"detail": {"seen": [IMEI]}})),
    "invalid/small_group.csv": _refused("group_too_small", sheet(ONE, row(e="19"), THREE)),
    "invalid/withheld_part_hides_its_total.csv": {
        "content": sheet(ONE, row(d="visiteurs", e="<20"), THREE), "records": {"measures": 1}, "read": 3,
        "rejects": {"group_too_small": 2},
    },
    "invalid/withheld_by_the_operator.csv": _bad("group_too_small", e="<20"),
    "invalid/raised_minimum.csv": {
        "content": sheet(TWO, THREE), "context": {"options": {"minimum": 200}},
        "rejects": {"group_too_small": 1},
    },
    "invalid/lowered_minimum.csv": {
        "content": sheet(TWO, row(e="12")), "context": {"options": {"minimum": 5}},
        "rejects": {"group_too_small": 1},
    },
    "invalid/not_rounded.csv": _refused("not_rounded", sheet(ONE, row(e="863")), context={"options": {"rounding": 20}}),
    "invalid/short_slot.csv": _bad("out_of_range", c="2026-03-02T08:14"),
    "invalid/week_long_slot.csv": _bad("out_of_range", c="2026-03-09T08:00"),
    "invalid/reversed_slot.csv": _bad("time_reversed", c="2026-03-02T07:00"),
    "invalid/bad_time.csv": _bad("bad_time", b="hier soir"),
    "invalid/without_end.csv": _bad("missing_required", c=""),
    "invalid/without_zone.csv": _bad("missing_required", a=""),
    "invalid/unknown_class.csv": _bad("unknown_code", d="18-24 ans"),
    "invalid/bad_figure.csv": _bad("bad_number", e="beaucoup"),
    "invalid/negative_figure.csv": _bad("bad_number", e="-40"),
    "invalid/huge_figure.csv": _bad("bad_number", e="1e999"),
    "invalid/two_figures_for_one.csv": {
        "content": sheet(TWO, row(d="résidents", e="900"), THREE), "records": {"measures": 1}, "read": 3,
        "rejects": {"figures_differ": 2},
    },
    "invalid/without_figures.csv": _refused("missing_column", sheet(("Z1", "2026-03-02T08:00"), header="zone;debut")),
    "invalid/unexpected_column.csv": {
        "content": sheet((*ONE, "12,5"), header=HEADER + ";surface"), "records": {"measures": 1}, "read": 1,
        "notices": {"unmapped_column": 1},
    },
    "invalid/ragged.csv": _refused("ragged_row", sheet(TWO, (*THREE, "9", "8")), records={"measures": 1}, read=2),
    "invalid/truncated.json": {
        "content": as_json(PLAIN, PLAIN | {"zone": "Z2"})[:-30], "records": {"measures": 1}, "read": 2,
        "rejects": {"truncated_file": 1},
    },
    "invalid/changing_clocks.csv": {
        "content": sheet(row(b="25/10/2026 02:30", c="25/10/2026 03:00")), "records": {"measures": 1}, "read": 1,
        "notices": {"ambiguous_time": 1},
    },
    "invalid/empty.csv": _refused("empty_file", b""),
    "invalid/binary.csv": _refused("unreadable", bytes(range(32)) * 20),
    "invalid/not_utf8.csv": {
        "content": sheet(TWO).decode().encode("windows-1252"), "records": {"measures": 1}, "read": 1,
        "notices": {"wrong_encoding": 1},
    },
}  # fmt: skip
