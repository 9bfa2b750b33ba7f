"""What a record can do without is remarked upon; a reference is never a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.lenient import code, codes, listed, optional, within
from vigie.intake.messages.reading import RowRefused, number
from vigie.intake.messages.rows import Rows


def remarks(rows: Rows) -> list[tuple[str, dict[str, object]]]:
    (parsed,) = rows.parsed()
    return [(notice.code, notice.params) for notice in parsed.notices]


def test_a_number_that_cannot_be_read_is_remarked_on():
    rows = Rows("means")

    assert optional(rows, lambda: number({"speed": "12"}, "speed")) == 12.0
    assert optional(rows, lambda: number({"speed": "fast"}, "speed")) is None
    assert remarks(rows) == [("bad_number", {"value": "fast", "column": "speed"})]


def test_only_a_refusal_of_the_row_is_caught():
    def broken() -> float:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        optional(Rows("means"), broken)


def test_a_number_out_of_its_bounds_is_remarked_on():
    rows = Rows("means")

    assert within(rows, {"bearing": 360}, "bearing", 0.0, 360.0) == 360.0
    assert within(rows, {}, "bearing", 0.0, 360.0) is None
    assert within(rows, {"bearing": 361}, "bearing", 0.0, 360.0) is None
    assert remarks(rows) == [("out_of_range", {"value": "361", "column": "bearing"})]


def test_a_code_is_of_its_list_or_remarked_on_without_showing_a_text():
    rows = Rows("means")
    known = {"open": 1}

    assert listed(rows, "open", "state", known) == "open"
    assert listed(rows, None, "state", known) is None
    assert listed(rows, "unknown", "state", known, says_nothing={"unknown"}) is None
    assert listed(rows, "ajar", "state", known) is None
    assert listed(rows, "call 06 00 00 00 00", "state", known) is None
    assert remarks(rows) == [
        ("unknown_code", {"column": "state", "value": "ajar"}),
        ("unknown_code", {"column": "state", "value": "…"}),
    ]


def test_references_are_kept_once_in_order_and_texts_are_not():
    assert codes(["M1", None, "FR:SNCF:Line::21", "M1", "voir le chef", ""]) == (
        "M1", "FR:SNCF:Line::21",
    )  # fmt: skip
    assert len(codes(str(n) for n in range(1_000))) == 20


@given(st.text())
def test_a_reference_has_no_blank(value):
    found = code(value)

    assert found is None or (found == value and not any(c.isspace() for c in found))


def test_a_refusal_keeps_its_facts():
    rows = Rows("means")

    def refuse() -> float:
        raise RowRefused("bad_time", value="x", column="y")

    assert optional(rows, refuse) is None
    assert remarks(rows) == [("bad_time", {"value": "x", "column": "y"})]
