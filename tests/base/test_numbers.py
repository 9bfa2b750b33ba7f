"""Numbers in sentences, as people of each language write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.translations import number, numbers_in

THIN = "\u202f"


@pytest.mark.parametrize(
    ("said", "french", "english"),
    [
        ("I = 0.123, z = 4.5.", "I = 0,123, z = 4,5.", "I = 0.123, z = 4.5."),
        ("12345 faits", f"12{THIN}345 faits", "12,345 faits"),
        ("pour 10,000 habitants", f"pour 10{THIN}000 habitants", "pour 10,000 habitants"),
        ("45% et 3.5 %", f"45{THIN}% et 3,5{THIN}%", "45% et 3.5%"),
        ("[0.10 ; 1.25]", "[0,10 ; 1,25]", "[0.10 ; 1.25]"),
        ("écart -0.5", "écart -0,5", "écart -0.5"),
        ("p = 1.5e-05", "p = 1,5e-05", "p = 1.5e-05"),
        ("1250 lieux", f"1{THIN}250 lieux", "1,250 lieux"),
        ("1234567.5 m", f"1{THIN}234{THIN}567,5 m", "1,234,567.5 m"),
    ],
)
def test_a_sentence_is_written_for_its_readers(said: str, french: str, english: str) -> None:
    assert numbers_in(said, "fr") == french
    assert numbers_in(said, "en") == english


@pytest.mark.parametrize(
    "said",
    [
        "depuis 2026",
        "le 2026-03-30 à 12:30",
        "30/03/2026",
        "doi 10.1080/01621459.1969.10501049",
        "version 0.1.2",
        "cellule 8a1f8d4c",
        "article L. 2212-2",
        "offence.property.theft",
    ],
)
def test_what_is_no_quantity_stays(said: str) -> None:
    assert numbers_in(said, "fr") == numbers_in(said, "en") == said


@given(st.integers(0, 10**12))
def test_a_whole_number_is_that_of_the_formatter(value: int) -> None:
    for language in ("fr", "en"):
        told = numbers_in(f"{value} faits", language)
        wanted = str(value) if 1900 <= value <= 2100 else number(value, language)
        assert told == f"{wanted} faits"


@given(st.floats(0, 9_999, allow_nan=False), st.integers(1, 4))
def test_a_decimal_has_a_comma_in_french_and_comes_back(value: float, digits: int) -> None:
    said = f"{value:.{digits}f}"
    told = numbers_in(f"x = {said}.", "fr")
    plain = told.removeprefix("x = ").removesuffix(".").replace(THIN, "")
    assert plain.replace(",", ".") == said
