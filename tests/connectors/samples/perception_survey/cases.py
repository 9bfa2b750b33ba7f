"""Samples of surveys of how people feel: zones and figures of an invented town."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

PERSONAL = (
    "Zéphyrine Quatrebarbes",
    "zoe.invente@example.org",
    "06 99 00 11 33",
    "3f2b8a1c-9d4e-4f6a-8b7c-1d2e3f4a5b6c",
    "33699001122",
)
NAME, MAIL, PHONE, UUID, LONG = PERSONAL
HEADER = "zone;periode;question;part;reponses"
FIRST = ("Z1", "2026-T1", "insécurité la nuit", "42", "180")
workbook = runpy.run_path(str(Path(__file__).parents[1] / "public_space" / "cases.py"))["workbook"]


def sheet(*rows: tuple[str, ...], header: str = HEADER, separator: str = ";") -> bytes:
    """Return a delimited file."""
    lines = [header.replace(";", separator), *(separator.join(row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def row(**changes: str) -> tuple[str, ...]:
    """Return a row with some of its cells changed, by position: a zone to e answers."""
    values = dict(zip("abcde", FIRST, strict=True)) | changes
    return tuple(values[name] for name in "abcde")


def as_json(*rows: dict[str, Any]) -> bytes:
    """Return a JSON file."""
    return json.dumps(list(rows), ensure_ascii=False, indent=1).encode()


ONE, TWO, THREE = row(), row(a="Z2", d="28,4 %"), row(c="nuisances", d="61")
PLAIN = {
    "zone": "Z1",
    "question": "unsafe",
    "start": "2026-03-02",
    "end": "2026-03-29",
    "yes": 60,
    "answers": 240,
}


def _bad(code: str, **changes: str) -> dict[str, object]:
    """One bad row between two good ones: the good ones get in."""
    return {
        "content": sheet(TWO, row(**({"a": "Z3"} | changes)), THREE),
        "records": {"measures": 2}, "read": 3, "rejects": {code: 1},
    }  # fmt: skip


def _planted(heading: str, value: str) -> dict[str, object]:
    """A good file with one more column, in which one cell is filled."""
    rows = [(*ONE, ""), (*TWO, value), (*THREE, "")]
    return {
        "content": sheet(*rows, header=f"{HEADER};{heading}"),
        "rejects": {"identifier_column": 1},
    }


def _refused(code: str, content: bytes) -> dict[str, object]:
    return {"content": content, "rejects": {code: 1}}


CASES: dict[str, dict[str, object]] = {
    # --- valid
    "valid/french.csv": {"content": sheet(ONE, TWO, THREE), "records": {"measures": 3}, "read": 3},
    "valid/english.csv": {
        "content": sheet(
            ("Old Harbour", "01/03/2026", "31/03/2026", "unsafe after dark", "37", "95"),
            header="neighbourhood,from,to,indicator,share,respondents",
            separator=",",
        ),
        "records": {"measures": 1},
        "read": 1,
    },
    "valid/scores.csv": {
        "content": sheet(
            ("Z1", "03/2026", "tranquillité", "3,4", "1", "5", "210"),
            header="quartier;mois;question;note moyenne;echelle min;echelle max;n",
        ),
        "records": {"measures": 1},
        "read": 1,
    },
    "valid/list.json": {
        "content": as_json(PLAIN, PLAIN | {"zone": "Z2"}),
        "records": {"measures": 2},
        "read": 2,
    },
    "valid/book.xlsx": {
        "content": workbook(
            ("zone", "periode", "question", "part", "reponses"),
            ("Z1", "2026-S1", "insécurité", 31, 400),
        ),
        "records": {"measures": 1},
        "read": 1,
    },
    "valid/own_words.csv": {
        "content": sheet(("H1", "2026", "25", "300"), header="bloc;quand;pct;pax"),
        "context": {
            "options": {
                "columns": {"zone": "bloc", "periode": "quand", "reponses": "pax"},
                "question": "Q12",
                "questions": {"q12": "feeling.unsafe"},
                "zones": {"H1": "harbour"},
                "minimum": 50,
            }
        },
        "records": {"measures": 1},
        "read": 1,
    },
    "valid/computed_again.csv": {
        "content": sheet(
            (*ONE, "2026-04-10"), (*row(d="44"), "2026-05-02"), header=HEADER + ";maj"
        ),
        "records": {"measures": 2},
        "read": 2,
    },
    "valid/duplicate_row.csv": {
        "content": sheet(ONE, ONE, TWO),
        "records": {"measures": 2},
        "read": 3,
        "notices": {"duplicate_row": 1},
    },
    # --- invalid
    "invalid/name.csv": _planted("nom", NAME),
    "invalid/mail.csv": _planted("par", MAIL),
    "invalid/phone.csv": _planted("contact", PHONE),
    "invalid/uuid.csv": _planted("ref", UUID),
    "invalid/identifier_as_zone.csv": _refused("identifier_column", sheet(ONE, row(a=LONG))),
    "invalid/empty_column_of_identifiers.csv": _planted("email", ""),
    "invalid/one_row_a_person.csv": {
        "content": sheet(*(row(d=share, e="1") for share in ("0", "100", "100"))),
        "rejects": {"group_too_small": 3},
        "read": 3,
    },
    "invalid/small_group.csv": _bad("group_too_small", e="19"),
    "invalid/withheld_by_the_sender.csv": _bad("group_too_small", d="*", e="<20"),
    "invalid/raised_minimum.csv": {
        "content": sheet(ONE, TWO),
        "context": {"options": {"minimum": 200}},
        "read": 2,
        "rejects": {"group_too_small": 2},
    },
    "invalid/lowered_minimum.csv": {
        "content": sheet(ONE, row(a="Z2", e="12")),
        "context": {"options": {"minimum": 5}},
        "read": 2,
        "records": {"measures": 1},
        "rejects": {"group_too_small": 1},
    },
    "invalid/two_figures_for_one.csv": {
        "content": sheet(ONE, row(d="57"), TWO),
        "records": {"measures": 1},
        "read": 3,
        "rejects": {"figures_differ": 2},
    },
    "invalid/unknown_question.csv": _bad("unknown_code", c="âge du capitaine"),
    "invalid/bad_period.csv": _bad("bad_time", b="2026-T9"),
    "invalid/thirteenth_month.csv": _bad("bad_time", b="2026-13"),
    "invalid/half_sixth.csv": _bad("bad_time", b="2026-S4"),
    "invalid/bad_figure.csv": _bad("bad_number", d="beaucoup"),
    "invalid/above_all.csv": _bad("out_of_range", d="104"),
    "invalid/bad_answers.csv": _bad("bad_number", e="tous"),
    "invalid/without_answers.csv": _bad("missing_required", e=""),
    "invalid/without_zone.csv": _bad("missing_required", a=""),
    "invalid/without_figure.csv": _bad("missing_required", d=""),
    "invalid/share_for_a_score.csv": _bad("missing_required", c="tranquillité"),
    "invalid/score_without_its_scale.csv": _refused(
        "missing_required",
        sheet(("Z1", "2026", "tranquillité", "3,4", "210"), header="zone;periode;question;note;n"),
    )
    | {"read": 1},
    "invalid/reversed.csv": {
        "content": sheet(
            ("Z1", "2026-03-29", "2026-03-02", "insécurité", "37", "95"),
            header="zone;debut;fin;question;part;n",
        ),
        "read": 1,
        "rejects": {"time_reversed": 1},
    },
    "invalid/two_years.csv": {
        "content": sheet(
            ("Z1", "2024-03-01", "2026-03-02", "insécurité", "37", "95"),
            header="zone;debut;fin;question;part;n",
        ),
        "read": 1,
        "rejects": {"out_of_range": 1},
    },
    "invalid/without_question_column.csv": _refused(
        "missing_column", sheet(("Z1", "2026", "37", "95"), header="zone;periode;part;reponses")
    ),
    "invalid/without_answers_column.csv": _refused(
        "missing_column",
        sheet(("Z1", "2026", "insécurité", "37"), header="zone;periode;question;part"),
    ),
    "invalid/unexpected_column.csv": {
        "content": sheet((*ONE, "oui"), header=HEADER + ";redresse"),
        "records": {"measures": 1},
        "read": 1,
        "notices": {"unmapped_column": 1},
    },
    "invalid/not_a_workbook.xlsx": _refused("unreadable", b"PK\x03\x04 rien"),
    "invalid/empty.csv": _refused("empty_file", b""),
}
