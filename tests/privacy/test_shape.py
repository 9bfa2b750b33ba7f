"""One shape by itself: where it is looked for, what of a match goes, where reading goes on."""

from __future__ import annotations

import re

from tests.rows import for_each

from vigie.privacy.shape import Shape
from vigie.privacy.told import Told
from vigie.privacy.words import bare, cut

NUMBER = re.compile("[0-9]+")


@for_each(
    "row",
    [
        (Shape("x", NUMBER), "", True),
        (Shape("x", NUMBER, digits=2), "no 1", False),
        (Shape("x", NUMBER, digits=2), "no 12", True),
        (Shape("x", NUMBER, words=("no", "nr")), "n 12", False),
        (Shape("x", NUMBER, words=("no", "nr")), "nr 1", True),
        (Shape("x", NUMBER, digits=2, words=("no",)), "no 1", False),
        (Shape("x", NUMBER, digits=2, words=("no",)), "n 12", False),
        (Shape("x", NUMBER, digits=1, words=("no",), hint=re.compile("2$")), "no 1", False),
        (Shape("x", NUMBER, digits=1, words=("no",), hint=re.compile("2$")), "no 2", True),
        (Shape("x", NUMBER, digits=2, hint=re.compile("2$")), "no 2", False),
    ],
)
def test_a_shape_is_looked_for_where_all_that_it_needs_is(row: tuple[Shape, str, bool]) -> None:
    shape, text, worth = row
    digits = sum(map(str.isdigit, text))
    assert shape.may_stand_in(text, set(text.split()), digits) is worth


def even(match: re.Match[str]) -> bool:
    return int(match.group()) % 2 == 0


@for_each(
    "row",
    [
        (Shape("x", NUMBER), "a 12, b 3", ("a [-], b [-]", 2)),
        (Shape("x", NUMBER), "nothing", ("nothing", 0)),
        (Shape("x", NUMBER, even), "1 2 3 45 6", ("1 [-] 3 45 [-]", 2)),
        (Shape("x", NUMBER, even), "13", ("13", 0)),
        (Shape("x", re.compile("(?P<keep>no )[0-9]+")), "no 1, no 2.", ("no [-], no [-].", 2)),
        (
            Shape("x", NUMBER, reach=lambda match: match.end() + 2),
            "1 a 2 b 3 c",
            ("[-] [-] [-]", 3),
        ),
        (Shape("x", re.compile("(?=b)"), lambda _: False), "abba", ("abba", 0)),
        (Shape("x", re.compile("(?=a)|b"), lambda found: found.group() != ""), "ab", ("a[-]", 1)),
    ],
)
def test_what_is_found_goes_from_left_to_right(
    row: tuple[Shape, str, tuple[str, int]],
) -> None:
    shape, text, after = row
    assert shape.replaced(text, "[-]") == after


def test_a_text_is_cut_at_all_that_is_no_letter() -> None:
    assert cut("Le c\u0153ur d'\u00c9lodie: 12b, \u4e2d\nX") == [
        *(b"le", b"coeur", b"d", "\u00e9lodie".encode("latin-1"), b"b", b"x"),
    ]


def test_a_bare_text_has_no_accents() -> None:
    assert bare("No\u00ebl \u00e0 Ch\u00e2lons \u00e7a") == "Noel a Chalons ca"


@for_each(
    "row",
    [
        (Told(0, 0, "", None), "la porte", True),
        (Told(0, 0, "short", None), "la porte", False),
        (Told(0, 0, "short", None), "zorglub", True),
        (Told(0, 0, "all", None), "la de", False),
        (Told(0, 0, "all", None), "la de zorglub", True),
        (Told(0, 0, "first", None), "la zorglub", False),
        (Told(0, 0, "first", None), "zorglub la", True),
        (Told(3, 0, "", None), "12 B", False),
        (Told(3, 0, "", None), "12 B 3", True),
        (Told(3, 0, "", None), "1 deux trois", True),
        (Told(0, 4, "", None), "a-b-c", False),
        (Told(0, 4, "", None), "a-b-c1", True),
        (Told(0, 0, "", re.compile("non")), "x", False),
        (Told(0, 0, "", re.compile("x")), "x", True),
    ],
)
def test_a_value_holds_what_it_must(row: tuple[Told, str, bool]) -> None:
    judge, value, holds = row
    match = re.compile("non : (?P<id>.*)").fullmatch(f"non : {value}")
    assert match is not None
    assert judge(match) is holds
