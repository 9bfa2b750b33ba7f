"""Cells and times of whole columns: numbers, codes, instants, joined texts."""

# ruff: noqa: E501 -- tables of cases, one a line

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.tabular.cells import (
    as_boolean,
    as_number,
    as_text,
    join_texts,
    looks_like_formula,
    map_codes,
    to_integers,
)
from vigie.intake.tabular.instants import end_of_local_day, read_instants
from vigie.intake.tabular.maps import map_column
from vigie.model.times import AMBIGUOUS, NONEXISTENT, UNREADABLE

PARIS = "Europe/Paris"


@given(
    st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), max_size=40)
)
def test_numbers_written_with_either_mark_are_read(values):
    for decimal in (".", ","):
        texts = [None if v is None else repr(v).replace(".", decimal) for v in values]
        found = as_number(pa.array(texts, pa.string()), decimal)

        assert found.values.to_pylist() == values
        assert not found.bad.any()


@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=30), st.sampled_from(".,"))
def test_any_text_is_a_number_or_bad_or_blank(texts, decimal):
    found = as_number(pa.array(texts, pa.string()), decimal)

    for text, value, bad in zip(texts, found.values.to_pylist(), found.bad.tolist(), strict=True):
        assert (value is None) or math.isfinite(value)
        if text is not None and text.strip(" \t\n"):
            assert bad == (value is None) or not text.strip()


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-Infinity", "1e999", "0x10", "1.2.3", "1_000", "٣", "--1", "e5"]
)
def test_what_is_not_a_number_is_bad(text):
    assert as_number(pa.array([text, "1"])).bad.tolist() == [True, False]


@pytest.mark.parametrize("text", ["1 234,5", "1\u00a0234,5", "1\u202f234,5", "+1234,5"])
def test_thousands_may_stand_apart_where_the_mark_is_a_comma(text):
    assert as_number(pa.array([text]), ",").values.to_pylist() == [1234.5]


def test_native_numbers_pass_and_not_a_number_is_empty():
    found = as_number(pa.array([1.5, float("nan"), float("inf"), None]))

    assert found.values.to_pylist() == [1.5, None, None, None]
    assert found.bad.tolist() == [False, False, True, False]
    assert as_number(pa.array([datetime(2026, 1, 1)])).bad.tolist() == [True]


@pytest.mark.parametrize(
    ("text", "good"), [("3", True), ("3.0", True), ("3.5", False), ("128", False), ("-129", False)]
)
def test_integers_fit_or_are_bad(text, good):
    values, bad = to_integers(as_number(pa.array([text])), pa.int8())

    assert bad.tolist() == [not good]
    assert (values.to_pylist() == [None]) is not good


def test_booleans_are_read_in_both_languages():
    values, bad = as_boolean(pa.array(["oui", "NON", "True", "0", "peut-être", None]))

    assert values.to_pylist() == [True, False, True, False, None, None]
    assert bad.tolist() == [False, False, False, False, True, False]


def test_numbers_kept_as_floats_are_written_without_a_fraction():
    assert as_text(pa.array([12.0, 2.5, None])).to_pylist() == ["12", "2.5", None]
    assert as_text(pa.array([" a ", "  ", None])).to_pylist() == ["a", None, None]
    assert as_text(pa.array(["x"]).dictionary_encode()).to_pylist() == ["x"]


@given(st.lists(st.sampled_from(["A", "AB", "ABC", "B", "ZZ", None]), max_size=30))
def test_the_longest_prefix_counts(codes):
    table = {"A": "a", "AB": "ab", "B": "b"}
    found, unknown = map_codes(pa.array(codes, pa.string()), table, prefix=True)

    expected = {"A": "a", "AB": "ab", "ABC": "ab", "B": "b", "ZZ": None, None: None}
    assert found.to_pylist() == [expected[code] for code in codes]
    assert unknown.tolist() == [code == "ZZ" for code in codes]


@given(
    st.lists(
        st.tuples(*[st.one_of(st.none(), st.text("ab ", min_size=1, max_size=3))] * 3), max_size=30
    )
)
def test_joined_texts_leave_empty_parts_out(rows):
    columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(3)]

    assert join_texts(columns, "-").to_pylist() == [
        "-".join(part for part in row if part is not None)
        if any(p is not None for p in row)
        else None
        for row in rows
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [("=1+1", 1), ("@x", 1), ("+cmd", 1), ("-2+3", 1), ("\t=x", 1), ("-5", 0), ("+33 6 12", 0), ("-5,5", 0),
     ("a=b", 0), ("", 0)],
)  # fmt: skip
def test_a_cell_that_a_spreadsheet_would_run_is_counted(text, count):
    assert looks_like_formula(pa.array([text, None])) == count


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.text(max_size=3), max_size=3),
        min_size=0,
        max_size=20,
    )
)
def test_maps_hold_what_is_there(rows):
    columns = [pa.array([row.get(key) for row in rows], pa.string()) for key in "abc"]
    found = map_column("abc", columns, len(rows))

    assert [dict(pairs) for pairs in found.to_pylist()] == rows


# --- Times --------------------------------------------------------------------------------------

moments = st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)).map(
    lambda at: at.replace(microsecond=0, fold=0)
)


@given(st.lists(moments, min_size=1, max_size=30))
def test_local_texts_agree_with_zoneinfo(walls):
    texts = pa.array([f"{wall:%d/%m/%Y %H:%M:%S}" for wall in walls])
    found = read_instants(texts, ("%d/%m/%Y %H:%M:%S",), PARIS)

    for wall, us, flag in zip(walls, found.us.to_pylist(), found.flags.tolist(), strict=True):
        aware = wall.replace(tzinfo=ZoneInfo(PARIS))
        assert datetime.fromtimestamp(0, UTC) + timedelta(microseconds=us) == aware.astimezone(UTC)
        twice = aware.utcoffset() != aware.replace(fold=1).utcoffset()
        assert (flag in {AMBIGUOUS, NONEXISTENT}) == twice


def test_formats_are_tried_in_order_and_a_day_is_a_day():
    texts = pa.array(["12/03/2026 14:05", "12/03/2026", "12/03/2026 14:05:06", "hier", None])
    found = read_instants(texts, ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y"), PARIS)

    assert found.date_only.tolist() == [False, True, False, False, False]
    assert (found.flags == UNREADABLE).tolist() == [False, False, False, True, False]
    assert [us is None for us in found.us.to_pylist()] == [False, False, False, True, True]


def test_a_zone_in_the_text_counts_and_its_absence_is_seen():
    texts = pa.array(
        ["2026-03-12T14:05:00Z", "2026-03-12T14:05:00+02:00", "2026-03-12T14:05:00", "2026-03-12"]
    )
    found = read_instants(texts, ("iso8601",), PARIS)

    assert found.naive.tolist() == [False, False, True, False]
    assert found.date_only.tolist() == [False, False, False, True]
    hours = [(us or 0) // 3_600_000_000 % 24 for us in found.us.to_pylist()]
    assert hours == [14, 12, 13, 23]


@pytest.mark.parametrize(
    "kind", [pa.timestamp("s"), pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns")]
)
def test_native_times_without_a_zone_are_local(kind):
    at = datetime(2026, 7, 1, 12)
    found = read_instants(pa.array([at, None], kind), ("iso8601",), PARIS)

    assert found.us.to_pylist() == [
        int(at.replace(tzinfo=ZoneInfo(PARIS)).timestamp()) * 10**6,
        None,
    ]
    assert found.naive[0]


def test_native_times_with_a_zone_are_instants():
    at = datetime(2026, 7, 1, 12, tzinfo=UTC)
    found = read_instants(pa.array([at], pa.timestamp("us", tz="UTC")), ("iso8601",), PARIS)

    assert found.us.to_pylist() == [int(at.timestamp()) * 10**6]
    assert not found.naive.any()


@given(moments)
def test_the_end_of_a_local_day_is_the_last_microsecond_before_the_next(wall):
    aware = wall.replace(tzinfo=ZoneInfo(PARIS))
    us = int(aware.timestamp()) * 10**6
    end = end_of_local_day(pa.array([us, None]), PARIS).to_pylist()

    local = (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=end[0])).astimezone(
        ZoneInfo(PARIS)
    )
    following = (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=end[0] + 1)).astimezone(
        ZoneInfo(PARIS)
    )
    assert local.date() == datetime.fromtimestamp(us / 10**6, ZoneInfo(PARIS)).date()
    assert following.date() == local.date() + timedelta(days=1)
    assert end[1] is None
    assert np.isfinite(end[0])
