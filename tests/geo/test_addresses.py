from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vigie.geo.addresses import WAY_TYPES, crossing, district_key, fold, name_key, parse_address

TEXTS = st.one_of(
    st.text(max_size=80), st.text(st.sampled_from("aeirué'- .,/0123456789 bdavst"), max_size=60)
)


@pytest.mark.parametrize(
    ("text", "key", "number", "district"),
    [
        ("BD. de la Libération, 13001 Marseille", "boulevard liberation", None, "1"),
        ("12 bis, r. St-Ferréol", "rue saint ferreol", 12, ""),
        ("12bis rue St Ferreol", "rue saint ferreol", 12, ""),
        ("12-14 rue du 4 septembre", "rue 4 septembre", 12, ""),
        ("3 B rue d'Aubagne 13001", "rue aubagne", 3, "1"),
        ("7 ter rue d’Aubagne", "rue aubagne", 7, ""),
        ("Rue du 8 mai 1945", "rue 8 mai 1945", None, ""),
        ("8 mai 1945", "8 mai 1945", None, ""),
        ("face au 12 av. du Prado", "avenue prado", 12, ""),
        ("au niveau du n° 5 bvd Baille", "boulevard baille", 5, ""),
        ("devant le 5 all Léon Gambetta", "allee leon gambetta", 5, ""),
        ("Av. du Mal Foch, Marseille 4e", "avenue marechal foch", None, "4"),
        ("rue Paradis au n° 120", "rue paradis", 120, ""),
        ("12 rue de Rome Marseille 6ème arrondissement", "rue rome", 12, "6"),
        ("15 pl Castellane 13006 Marseille cedex 6", "place castellane", 15, "6"),
        ("Rond-Point du Prado", "rondpoint prado", None, ""),
        ("quai du Port 2e arrdt", "quai port", None, "2"),
        ("Boulevard Anatole France", "boulevard anatole france", None, ""),
        ("rue de Marseille", "rue marseille", None, ""),
        ("Marseille", "", None, ""),
        ("La Canebière", "canebiere", None, ""),
        ("ch. du Vallon de l'Oriol", "chemin vallon oriol", None, ""),
        ("", "", None, ""),
        ("rue", "rue", None, ""),
    ],
)  # fmt: skip
def test_what_people_type_comes_to_one_form(text: str, key: str, number: int | None, district: str):
    read = parse_address(text)
    assert (read.key, read.number, read.district) == (key, number, district)
    assert read.way in {"", *WAY_TYPES}


@given(TEXTS)
@example("ß" * 400)
@example("1 " * 200)
def test_any_text_is_read_without_complaint(text: str):
    read = parse_address(text)
    assert read == parse_address(text)
    assert read.number is None or 0 <= read.number <= 9999
    assert read.key == f"{read.way} {read.core}".strip()
    folded = fold(text)
    assert fold(folded) == folded
    assert all(char in "abcdefghijklmnopqrstuvwxyz0123456789 " for char in folded)
    crossing(text)


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéèà '-"), max_size=40))
def test_case_accents_and_punctuation_do_not_matter(text: str):
    assert name_key(text.upper()) == name_key(text)
    assert name_key(text.replace("-", " ").replace("é", "e")) == name_key(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("13001", "1"), ("13201", "1"), ("1er", "1"), ("01", "1"), ("16", "16"),
        ("Marseille 1er arrondissement", "1"), ("12ème arrdt", "12"), ("13013 Marseille", "13"),
        ("75112", "12"), ("69003", "3"), ("Saint-Barnabé", "saint barnabe"),
        ("LES CROTTES", "crottes"),
        ("13999", "13999"),
    ],
)  # fmt: skip
def test_districts_are_compared_by_number_or_name(text: str, key: str):
    assert district_key(text) == key


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("angle rue de Rome et rue Paradis", ("rue de Rome", "rue Paradis")),
        ("Rue de Rome / Cours Lieutaud", ("Rue de Rome", "Cours Lieutaud")),
        ("rue de Rome angle bd Baille", ("rue de Rome", "bd Baille")),
        ("Croisement de la rue A1 & de la rue B1", ("rue A1", "rue B1")),
        ("Bd Baille", None),
        ("rue Jean et Marie Curie", None),
        ("angle", None),
    ],
)
def test_crossings(text: str, ways: tuple[str, str] | None):
    assert crossing(text) == ways
