"""Numbers in sentences, as people of each language write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.remarks import joined, remark
from vigie.base.translations import number

THIN = "\u202f"


@pytest.mark.parametrize(
    ("template", "value", "french", "english"),
    [
        ("I = {n:.3f}.", 0.1234, "I = 0,123.", "I = 0.123."),
        ("{n} faits", 12345, f"12{THIN}345 faits", "12,345 faits"),
        ("{n} faits", np.int64(2026), f"2{THIN}026 faits", "2,026 faits"),
        ("{n:.0%}", np.float64(0.45), f"45{THIN}%", "45%"),
        ("{n:.1%}", 0.0349, f"3,5{THIN}%", "3.5%"),
        ("écart {n:.1f}", -0.5, "écart -0,5", "écart -0.5"),
        ("p = {n:.2g}", 1.5e-05, "p = 1,5e-05", "p = 1.5e-05"),
        ("{n:.1f} m", 1234567.5, f"1{THIN}234{THIN}567,5 m", "1,234,567.5 m"),
        ("depuis {n}", "2026", "depuis 2026", "depuis 2026"),
        ("le {n}", "2026-03-30", "le 2026-03-30", "le 2026-03-30"),
        ("kind {n}", "offence.1.5", "kind offence.1.5", "kind offence.1.5"),
        ("({n})", ("donnée", "given"), "(donnée)", "(given)"),
        ("{n[1]}", ["2026-03-30", "10.5"], "10.5", "10.5"),
    ],
)
def test_a_value_is_written_by_what_it_is(
    template: str, value: object, french: str, english: str
) -> None:
    assert remark(template, template, n=value) == {"fr": french, "en": english}


def test_what_a_template_says_itself_stays() -> None:
    said = "version 0.1.2, doi 10.1080/016, 12345"
    assert remark(said, said) == {"fr": said, "en": said}


def test_sentences_follow_each_other() -> None:
    both = joined(remark("Un {n}.", "One {n}.", n=0), remark("Deux.", "Two."))
    assert both == {"fr": "Un 0. Deux.", "en": "One 0. Two."}


@given(st.integers(-(10**12), 10**12))
def test_a_whole_number_is_that_of_the_formatter(value: int) -> None:
    told = remark("{n}", "{n}", n=value)
    assert told == {language: number(value, language) for language in ("fr", "en")}


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 4))
def test_a_decimal_is_that_of_the_formatter(value: float, digits: int) -> None:
    told = remark(f"{{n:.{digits}f}}", f"{{n:.{digits}f}}", n=value)
    assert told == {language: number(value, language, digits) for language in ("fr", "en")}
