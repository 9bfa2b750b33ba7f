"""Identifiers of persons and devices are seen by name and by content; figures are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.identifiers import (
    WORDS,
    differs_on_every_row,
    holds_identifier,
    names_identifier,
    pieces_hold_identifier,
)

DIGITS = st.text("0123456789", min_size=10, max_size=20)
HEX = st.text("0123456789abcdef", min_size=8, max_size=60).map(lambda text: f"a1{text}2b")


@pytest.mark.parametrize("word", sorted(WORDS))
def test_each_word_is_seen_in_any_case_and_place(word):
    for heading in (word, word.upper(), f"id_{word}", f"{word} 2", f"properties.{word}"):
        assert names_identifier(heading), heading


@pytest.mark.parametrize(
    "heading",
    ["hashedmsisdn", "deviceId", "userid", "subscriberKey", "imsi2", "N° de téléphone", "Prénom"],
)
def test_words_that_stand_inside_another_are_seen(heading):
    assert names_identifier(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "zone",
        "début",
        "nombre",
        "value",
        "longitude",
        "machine",
        "machinerie",
        "telematique",
        "hauteur",
    ],
)
def test_other_headings_are_left_alone(heading):
    assert not names_identifier(heading)


@given(DIGITS, st.sampled_from(("{}", "n° {}", "<{}>", "a{}")))
def test_a_long_number_is_one(digits, around):
    assert holds_identifier(around.format(digits))


@given(HEX)
def test_a_hash_is_one_whatever_its_length_and_case(text):
    assert holds_identifier(text)
    assert holds_identifier(text.upper())


@pytest.mark.parametrize(
    "text",
    [
        "06 99 00 11 22", "06.99.00.11.22", "+33699001122", "0033 6 99 00 11 22", "0699001122",
        "00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e", "x@example.org",
        "3F2B8A1C-9d4e-4f6a-8b7c-1d2e3f4a5b6c", "qK7rXw2ZbL9fTn4VyD8mPs", "8a3969a1a4dffff",
    ],
)  # fmt: skip
def test_an_identifier_is_seen(text):
    assert holds_identifier(text)


@pytest.mark.parametrize(
    "text",
    [
        "12", "1240.5", "1 240", "43.29651234567891", "5,369812345678", "132010101", "13055",
        "2026-03-02 08:00", "2026-03-02T08:00:00+01:00", "01.03.2026 14h05", "02/03/2026 08:10:12",
        "Vieux-Port", "POLYGON((5.36981234567891 43.29651234567891, 5.37 43.3))",
        "08:00-10:00", "résidents",
    ],
)  # fmt: skip
def test_a_figure_a_time_or_a_word_is_none(text):
    assert not holds_identifier(text)


@pytest.mark.parametrize("text", ["8a3969a1a4dffff", "CRS3035RES200mN2029800E4259400"])
def test_a_square_of_a_grid_is_none_where_zones_are_named(text):
    assert not holds_identifier(text, place=True)


@given(st.floats(-1e8, 1e8, allow_nan=False))
def test_no_number_that_a_table_holds_is_one(value):
    assert not holds_identifier(repr(value))


def test_tokens_that_differ_on_every_row_are_identifiers_and_codes_with_a_shared_start_are_not():
    tokens = [f"{'kqzvbnmwx'[n % 9]}{n * 7919 % 9973:05d}" for n in range(20)]

    assert differs_on_every_row(tokens, 6)
    assert not differs_on_every_row(tokens, 7)
    assert not differs_on_every_row(tokens[:5], 6)
    assert not differs_on_every_row(tokens[:2] * 10, 6)
    assert not differs_on_every_row([f"ZONE{n:04d}" for n in range(20)], 6)
    assert not differs_on_every_row([f"quartier {n}" for n in range(20)], 6)


def test_a_row_that_could_not_be_cut_is_searched_too():
    assert pieces_hold_identifier(b'zone;debut\nZ1;"2080198765432')
    assert pieces_hold_identifier(b'{"zone": "Z1", "x": "00:1A:2B:3C:4D:5E"')
    assert not pieces_hold_identifier(b"zone;debut\nZ1;2026-03-02T08:00;12;13")
