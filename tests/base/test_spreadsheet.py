from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.spreadsheet import DANGEROUS, is_dangerous, neutralise, neutralise_all, restore

CELLS = st.one_of(
    st.text(max_size=20),
    st.text(st.sampled_from("=+-@\t\r\n' 1a,;\"\uff1d"), max_size=8),
)


@given(CELLS)
def test_no_cell_that_leaves_can_run_and_each_comes_back(cell: str):
    safe = neutralise(cell)
    assert not is_dangerous(safe)
    assert restore(safe) == cell
    assert safe in (cell, "'" + cell)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=6))
def test_rows_survive_the_round_trip_through_rfc_4180(rows: list[list[str]]):
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([neutralise(cell) for cell in row] for row in rows)
    sheet.seek(0)
    read = list(csv.reader(sheet))
    assert [[restore(cell) for cell in row] for row in read] == rows


@pytest.mark.parametrize(
    "number", ["-3", "+33", "-3,5", "-3.5", "0", "1e5", "-1.2E-3", "-.5", "+33612345678", "12,"]
)
def test_numbers_are_left_alone(number: str):
    assert neutralise(number) == number


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", " =1",
        "\u00a0=1", "-", "+", "--1", "-1-1", "\uff1d1", "=", "@", "\n=1", "-1e9999",
    ],
)  # fmt: skip
def test_known_attacks_are_defused(cell: str):
    assert is_dangerous(cell)
    assert neutralise(cell) == "'" + cell


def test_words_are_left_alone():
    for cell in ("", "rue de Rome", "l'Estaque", "a=b", "12-14 rue", "'quoted'", "''"):
        assert neutralise(cell) == cell
        assert restore(cell) == cell


def test_columns_count_what_they_changed():
    assert neutralise_all(["=1", None, "ok", "-4"]) == (["'=1", None, "ok", "-4"], 1)
    assert all(is_dangerous(start + "x") for start in DANGEROUS)
