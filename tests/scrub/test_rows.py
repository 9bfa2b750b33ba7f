"""What a place in a row or on a sheet tells, and the numbers that explain themselves."""

from __future__ import annotations

import pytest

from vigie.scrub.explained import explained
from vigie.scrub.reading import tokens
from vigie.scrub.rows import placed, written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("présentation à 15:47 puis départ", ["15:47"]),
        ("rappel à 9h05, fin 17h", ["9h05", "17h"]),
        ("montant 1 452 € puis 137e", ["1 452 €", "137e"]),
        ("relevé 84 512 km, plein fait", ["84 512 km"]),
        ("homme 1m80, 44 ans", ["1m80", "44 ans"]),
        ("le 21/10/2026 et le 3 mars 2025", ["21/10/2026", "3 mars 2025"]),
        ("le 2026-10-21, 3 véhicules", ["2026-10-21", "3 véhicules"]),
        ("né le 21/10/1986, code 4512, AB-123-CD, 06 12 34 56 78", []),
        ("le 21 mars 1995 et le 4/1", []),
    ],
)
def test_a_number_that_says_what_it_is_is_explained(text: str, said: list[str]):
    assert [text[start:end] for start, end in explained(text)] == said


def _told(text: str) -> dict[str, list[str]]:
    read = tokens(text)
    return dict(zip((one.low for one in read), placed(text, read), strict=True))


def test_a_cell_knows_its_shape_its_neighbours_and_its_row():
    told = _told("13h20;[nom];19ABC42;clos\nsans suite")

    assert {"row", "e=92A392", "eb=[nom]|92A392", "ea=a4|92A392"} <= set(told["abc"])
    assert told["suite"] == []
    assert _told("a\tb\tCD 12")["cd"] == _told("a|b|CD 12")["cd"]


def test_a_line_knows_its_label_and_a_sentence_has_none():
    told = _told("Navire : TL 51840\nvu à 15:47 ici")

    assert told["tl"][0] == "fl=navire"
    assert told["ici"] == told["47"] == []


def test_a_cell_is_written_by_its_runs():
    assert written("AB-123 cd") == "A2-93 a2"
    assert written("[plaque] 7") == "[plaque] 91"
