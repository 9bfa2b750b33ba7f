from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigie.city import geography, people, texts
from vigie.city.feeds.main_courante import LABELS

DRAWS = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=20).map(np.array)
FICTION = re.compile(r"(01[ .]?99[ .]?00|04[ .]?65[ .]?71|06[ .]?39[ .]?98)")


@given(DRAWS)
def test_phones_belong_to_the_blocks_kept_for_fiction(draws: np.ndarray) -> None:
    for phone in people.phones(draws):
        assert FICTION.match(phone.replace("+33 ", "0"))
        assert len(re.sub(r"\D", "", phone.replace("+33", "0"))) == 10


@given(DRAWS)
def test_plates_are_of_a_series_not_yet_issued(draws: np.ndarray) -> None:
    assert all(re.fullmatch(r"Z[A-Z]-?\d{3}-?[A-Z]{2}", p) for p in people.plates(draws))


@given(DRAWS)
def test_emails_are_under_reserved_domains(draws: np.ndarray) -> None:
    pattern = r"[a-z]+\.[a-z]+\d+@example\.(org|com|net)"
    assert all(re.fullmatch(pattern, mail) for mail in people.emails(draws))


@given(DRAWS)
def test_home_addresses_name_streets_that_do_not_exist(draws: np.ndarray) -> None:
    real = {street.name.lower() for street in geography.streets()}
    for address in people.addresses(draws):
        street = address.partition(",")[0].partition(" ")[2]
        assert street.lower() not in real


@given(st.integers(0, 2**32), st.sampled_from(sorted(LABELS)), st.floats(0, 1))
def test_planted_values_stand_where_they_are_said_to(seed: int, code: str, share: float) -> None:
    chance = np.random.default_rng(seed)
    written, planted = texts.write([code] * 12, ["APPEL"] * 12, chance, share=share)
    for text, value, start in zip(planted.text, planted.value, planted.start, strict=True):
        assert written[text][start : start + len(value)] == value
    for text in written:
        text.encode("cp1252")


def test_the_share_of_planted_texts_is_kept() -> None:
    chance = np.random.default_rng(3)
    _, planted = texts.write(["STA"] * 20_000, ["CSU"] * 20_000, chance, share=0.14)
    assert abs(len(set(planted.text)) / 20_000 - 0.14) < 0.01
    assert set(planted.kind) == set(people.MAKERS)


def test_every_log_code_has_sentences_of_its_own() -> None:
    assert set(LABELS) <= texts.body_codes()
