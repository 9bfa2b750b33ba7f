"""One form for each identifier, and a pseudonym that nobody makes without the key."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.privacy.pseudonyms import DAY_US, Identifier, epoch_of, normalise, token

KEY = bytes(range(32))
digits = st.text("0123456789", min_size=8, max_size=8)
separators = st.sampled_from(["", " ", ".", "-", "\u00a0", "/"])


@pytest.mark.parametrize(
    ("identifier", "written", "form"),
    [
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("phone", "+33 (0)6.12.34.56.78", "+33612345678"),
        ("phone", "+33 06 12 34 56 78", "+33612345678"),
        ("phone", "0033612345678", "+33612345678"),
        ("phone", "\uff10612345678", "+33612345678"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("phone", "+44 (0)20 7946 0958", "+442079460958"),
        ("phone", "17", None),
        ("phone", "12 34 56 78 90", None),
        ("phone", "06 12 34 56 789", None),
        ("phone", "demain", None),
        ("plate", "ab-123-cd", "AB123CD"),
        ("plate", "1234 AB 13", "1234AB13"),
        ("plate", "ABCDEF", None),
        ("plate", "A1", None),
        ("nir", "2 85 05 13 055 123 45", "2850513055123"),
        ("nir", "285052A055123", "285052A055123"),
        ("nir", "285052A05512345", "285052A055123"),
        ("nir", "9850513055123", None),
        ("email", " Jeanne.Martin@Exemple.FR ", "jeanne.martin@exemple.fr"),
        ("email", "jeanne.martin", None),
        ("email", "jeanne@exemple", None),
    ],
)
def test_an_identifier_has_one_form(identifier: Identifier, written: str, form: str | None) -> None:
    assert normalise(identifier, written) == form


@given(digits, separators, st.sampled_from(["0", "+33", "0033", "+33 (0)", "+330"]))
def test_a_french_number_is_the_same_however_it_is_written(
    number: str, between: str, prefix: str
) -> None:
    pairs = between.join(number[at : at + 2] for at in range(0, 8, 2))
    assert normalise("phone", f"{prefix}6{between}{pairs}") == f"+336{number}"


@given(st.sampled_from(["phone", "plate", "nir", "email"]), st.text(max_size=30))
def test_a_form_is_its_own_form(identifier: Identifier, text: str) -> None:
    form = normalise(identifier, text)
    assert form is None or normalise(identifier, form) == form


@given(st.integers(0, 2**53), st.sampled_from(["live", "sealed"]))
def test_an_instant_is_in_one_epoch(at_us: int, plane: str) -> None:
    first = epoch_of(plane, at_us)  # type: ignore[arg-type]
    days = {"live": 1, "sealed": 30}[plane]
    assert first <= at_us // DAY_US < first + days
    assert first % days == 0
    assert type(first) is int


@given(st.binary(min_size=1, max_size=64), st.text(max_size=8), st.text(max_size=30))
def test_a_token_is_the_hmac_of_domain_and_identifier(key: bytes, domain: str, one: str) -> None:
    name = domain.encode()
    message = len(name).to_bytes(2, "big") + name + one.encode()
    assert token(key, domain, one) == hmac.digest(key, message, "sha256").hex()


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
def test_domain_and_identifier_do_not_run_into_each_other(a: str, b: str, c: str, d: str) -> None:
    assert (token(KEY, a, b) == token(KEY, c, d)) == ((a, b) == (c, d))


def test_what_is_no_unicode_has_a_token_of_its_own() -> None:
    assert token(KEY, "email", "\ud800@x.fr") != token(KEY, "email", "\ud801@x.fr")


def test_a_token_is_no_unkeyed_hash() -> None:
    for number in range(1_000):
        one = f"+336{number:08}"
        assert token(KEY, "phone", one) != hashlib.sha256(one.encode()).hexdigest()
