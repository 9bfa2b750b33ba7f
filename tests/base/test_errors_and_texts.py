"""Every error and notice code has a text in both languages, and texts never fail."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import for_each

from vigie.base.errors import VigieError, subclasses_of
from vigie.base.translations import LANGUAGES, _catalogue, choose_language, codes, number, translate


@for_each("error", subclasses_of())
def test_every_error_has_a_text_and_a_place_in_the_table(error: type[VigieError]) -> None:
    assert error.code in codes()
    assert 400 <= error.http_status < 600
    assert error.exit_code in (1, 2)
    assert error.__doc__


@for_each("code", codes())
def test_every_text_stands_in_both_languages_with_the_same_parameters(code: str) -> None:
    entry = _catalogue()[code]

    assert set(entry) == set(LANGUAGES)
    assert set(re.findall(r"{\w+}", entry["fr"])) == set(re.findall(r"{\w+}", entry["en"]))


def test_a_missing_parameter_stays_visible() -> None:
    assert "{name}" in translate("not_found", "en", what="plan")


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert translate("no_such_code") == "no_such_code"


@given(st.text(max_size=60))
def test_any_header_gives_a_known_language(header: str) -> None:
    assert choose_language(header) in LANGUAGES


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("fr;q=0.9,en;q=0.4", "fr"),
        ("de,en;q=0.5", "en"),
        ("en;q=0", "fr"),
        ("en;q=x", "fr"),
    ],
)
def test_language_follows_the_weights(header: str | None, language: str) -> None:
    assert choose_language(header) == language


def test_numbers_are_written_as_people_do() -> None:
    assert number(12345.678, "fr", 1) == "12\u202f345,7"
    assert number(12345.678, "en", 1) == "12,345.7"
