"""Codes match by their beginning; what has not the shape of a code is neither kept nor shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.intake.messages.allowed import OTHER
from vigie.intake.messages.codes import (
    identifier,
    is_plate,
    longest,
    organisation,
    shown,
    under,
    word,
)
from vigie.intake.messages.reading import RowRefused

TABLE = {"C04": "fire", "C04.02": "building", "C04.02.01": "home"}
PARTS = st.lists(st.sampled_from(["C04", "02", "01", "77"]), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("C04.02.01", ("home", True)),
        ("C04.02.77", ("building", False)),
        ("C04.77.01", ("fire", False)),
        ("C04", ("fire", True)),
        ("C0", None),
        ("", None),
    ],
)
def test_the_longest_known_beginning_counts(code, found):
    assert longest(code, TABLE, ".") == found


@given(PARTS)
def test_a_code_means_what_its_longest_known_beginning_means(parts):
    code = ".".join(parts)
    heads = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    known = [head for head in heads if head in TABLE]

    found = longest(code, TABLE, ".")

    assert found == ((TABLE[known[-1]], known[-1] == code) if known else None)


def test_a_code_stands_beneath_its_head_and_not_beside_it():
    assert under("LIB.MEDV", ["LIB"])
    assert under("HUM/PERSON", ["HUM"])
    assert under("LIB", ["LIB"])
    assert not under("LIBERAL", ["LIB"])


@pytest.mark.parametrize("code", ["fr.fire.sdis13", "MAT/VEH", "C04.02.01", "M.2611.7", "RET-BASE"])
def test_a_code_is_kept(code):
    assert word(code) == code


@pytest.mark.parametrize(
    "code",
    [None, "", "Jean Untel", "GA-123-ZZ", "fr.fire.GA-123-ZZ", "a@b", "é", "x" * 201, "a..b"],
)
def test_what_may_be_anything_is_not_kept(code):
    assert word(code) is None


@pytest.mark.parametrize("code", ["Jean Untel", "0639980011", "GA-123-ZZ", "é", "", "x" * 41])
def test_what_may_be_anything_is_not_shown(code):
    assert shown(code) == OTHER


@given(st.text(max_size=80))
def test_what_is_shown_is_short_and_plain(code):
    found = shown(code)

    assert found in (code, OTHER)
    assert found.isascii() or found == OTHER
    assert len(found) <= 40


@pytest.mark.parametrize(
    "name", ["GA-123-ZZ", "ga123zz", "unit.GA 123 ZZ", "1234 AB 13", "987-ZZZ-2A"]
)
def test_a_plate_is_seen(name):
    assert is_plate(name)


@pytest.mark.parametrize(
    "name", ["VSAV2", "fr.health.samu130.resource.VLM25", "77_22247# VSAV1", "FPT 12"]
)
def test_a_call_sign_is_no_plate(name):
    assert not is_plate(name)


@pytest.mark.parametrize(
    ("given_", "found"),
    [
        (" SC-2026-013-AF18 ", "SC-2026-013-AF18"),
        ("77_22247#   VSAV1", "77_22247# VSAV1"),
        (12, "12"),
    ],
)
def test_an_identifier_is_one_or_two_words_with_a_digit(given_, found):
    assert identifier({"id": given_}, "id") == found


@pytest.mark.parametrize("bad", ["Jean Untel", "a b 1", "é1", "x1" * 101, "<1>", "١٢"])
def test_an_identifier_that_may_be_anything_is_refused(bad):
    with pytest.raises(RowRefused) as caught:
        identifier({"id": bad}, "id")

    assert (caught.value.code, caught.value.params) == ("bad_identifier", {"column": "id"})


@pytest.mark.parametrize(
    ("stated", "kept"),
    [("fr.fire.sdis13", "fr.fire.sdis13"), ("Untel", None), ("Jean U. Ntel", None), (None, None)],
)
def test_an_organisation_has_a_domain(stated, kept):
    assert organisation({"org": stated}, "org") == kept
