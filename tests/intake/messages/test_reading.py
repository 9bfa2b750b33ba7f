"""Values taken out of a tree are exact, or refused by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import from_us, to_us
from vigie.intake.messages import reading
from vigie.intake.messages.reading import RowRefused

ZONE = "Europe/Paris"
TREE = {
    "a": [{"b": "1"}, {"b": ["2", {"#": "3", "@x": "y"}]}, {}],
    "t": "  x\x07y ",
    "n": "4,5",
    "f": True,
}


def code_of(read, *args, **kwargs):
    with pytest.raises(RowRefused) as caught:
        read(*args, **kwargs)
    return caught.value.code


def test_paths_go_through_lists():
    assert reading.many(TREE, "a.b") == ["1", "2", {"#": "3", "@x": "y"}]
    assert reading.many(TREE, "a.c") == []
    assert reading.many([1, [2, None]]) == [1, 2]
    assert reading.first(TREE, "a.b") == "1"
    assert reading.first(TREE, "a.b.x") is None


def test_texts_are_plain():
    assert reading.text(TREE, "t") == "x y"
    assert reading.text(TREE, "f") == "true"
    assert reading.text({"s": "\ud800"}, "s") == "?"
    assert reading.text({"s": "x" * 50}, "s", 10) == "x" * 10
    assert reading.text({"s": " "}, "s") is None
    assert code_of(reading.need_text, TREE, "zz") == "missing_required"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab#"), inner, max_size=3)
    ),
)
PATHS = st.lists(st.sampled_from("ab"), max_size=3).map(".".join)


@given(VALUES, PATHS)
def test_the_first_value_is_the_first_of_many(tree, path):
    assert reading.first(tree, path) == next(iter(reading.many(tree, path)), None)


@given(st.text(), st.integers(1, 8))
def test_a_text_is_the_same_alone_and_in_a_list(said, limit):
    assert reading.text({"s": said}, "s", limit) == reading.text({"s": [said]}, "s", limit)


@given(st.lists(st.text(max_size=3), max_size=4))
def test_the_first_text_is_the_first_that_is_not_blank(said):
    told = [one for one in map(reading.text, said) if one is not None]
    assert reading.text({"s": said}, "s") == (told[0] if told else None)


@pytest.mark.parametrize("wrong", ["x", "1e999", "12 3", "--1", "0x10", "\u0661", "nan", "1_000"])
def test_what_is_no_number_is_refused(wrong):
    assert code_of(reading.number, {"n": wrong}, "n") == "bad_number"


def test_numbers():
    assert reading.number(TREE, "n") == 4.5
    assert reading.number(TREE, "zz") is None
    assert reading.number({"n": -3}, "n") == -3.0
    assert reading.number({"n": 1e-7}, "n") == 1e-7


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_of_json_comes_back(value):
    assert reading.number({"n": value}, "n") == value


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_with_its_offset_is_exact(naive, offset):
    at = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))

    assert reading.instant({"t": at.isoformat()}, "t", ZONE, zoned=True) == to_us(at)


def test_an_instant_without_offset_is_of_the_city_or_refused():
    tree = {"t": "2026-07-14T21:00:00", "day": "2026-07-14", "z": "2026-07-14T21:00:00Z"}

    assert from_us(reading.need_instant(tree, "t", ZONE)) == datetime(2026, 7, 14, 19, tzinfo=UTC)
    assert from_us(reading.need_instant(tree, "day", ZONE)) == datetime(2026, 7, 13, 22, tzinfo=UTC)
    assert from_us(reading.need_instant(tree, "z", ZONE)).hour == 21
    assert code_of(reading.instant, tree, "t", ZONE, zoned=True) == "naive_time"
    assert code_of(reading.instant, {"t": "hier"}, "t", ZONE) == "bad_time"
    assert code_of(reading.instant, {"t": "0001-01-01T00:00:00+14:00"}, "t", ZONE) == "bad_time"
    assert code_of(reading.need_instant, tree, "zz", ZONE) == "missing_required"
    assert reading.instant(tree, "zz", ZONE) is None


@given(st.text(max_size=30))
def test_any_text_is_an_instant_or_refused(text):
    try:
        us = reading.instant({"t": text}, "t", ZONE)
    except RowRefused as refused:
        us = refused.code

    assert us is None or us == "bad_time" or isinstance(us, int)
