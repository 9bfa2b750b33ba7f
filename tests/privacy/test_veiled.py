"""The veiled part gives the same texts everywhere, whole and varied; the scrubber is not run."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from vigie.privacy.scrubber import PLACEHOLDERS

sys.path.insert(0, str(Path(__file__).parent))

import veiled
from unseen import ENTRIES, Entry, Planted
from veiled_values import drawn, person, value

KNOWN = {*PLACEHOLDERS, "agent"}


@pytest.fixture(scope="module")
def texts() -> list[Entry]:
    return list(veiled.entries())


@pytest.fixture(scope="module")
def planted(texts) -> list[tuple[Planted, str]]:
    return [(one, text.text[one.start : one.end]) for text in texts for one in text.planted]


def test_the_texts_are_the_same_each_time_and_a_short_run_is_the_head_of_a_long_one(texts):
    assert len(texts) == ENTRIES
    assert list(veiled.entries(60)) == texts[:60]
    assert len({one.text for one in texts}) > 0.97 * ENTRIES


def test_every_mark_is_of_a_known_class_and_stands_on_its_value(texts, planted):
    assert {one.kind for one, _ in planted} == KNOWN | {""}
    assert all(shown and shown == shown.strip() for _, shown in planted)
    for text in texts:
        ends = [0]
        for one in text.planted:
            assert ends[-1] <= one.start < one.end <= len(text.text)
            ends.append(one.end)
        assert "<" not in text.text
        assert "{" not in text.text


def test_every_form_is_distinct_and_used(planted, monkeypatch):
    personal = [form for name in veiled.REGISTERS for form in veiled.FORMS[name]]
    assert len(set(personal)) == len(personal) >= 250
    assert {one.form for one, _ in planted} == set(personal)
    drawn_forms = set()
    draw = veiled.Bags.draw

    def noted(bags: veiled.Bags, register: str) -> str:
        form = draw(bags, register)
        drawn_forms.add(form)
        return form

    monkeypatch.setattr(veiled.Bags, "draw", noted)
    assert sum(not one.planted for one in veiled.entries(600)) > 90
    assert drawn_forms >= set(veiled.FORMS[veiled.NEUTRAL])


def test_every_class_has_a_hundred_values_and_they_differ(planted):
    counts = Counter(one.kind for one, _ in planted)
    distinct = Counter(kind for kind, _ in {(one.kind, shown) for one, shown in planted})

    assert {kind: counts[kind] for kind in KNOWN if counts[kind] < 100} == {}
    assert {kind: distinct[kind] for kind in KNOWN if distinct[kind] < 0.8 * counts[kind]} == {}


def _signs(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


def _iban_is_right(text: str) -> bool:
    signs = _signs(text)
    return int("".join(str(int(sign, 36)) for sign in signs[4:] + signs[:4])) % 97 == 1


def _nir_is_right(text: str) -> bool:
    digits = _signs(text).replace("2A", "19").replace("2B", "18")
    return len(digits) == 15 and (int(digits[:13]) + int(digits[13:])) % 97 == 0


def _card_is_right(text: str) -> bool:
    digits = [int(sign) for sign in text if sign.isdigit()][::-1]
    doubled = sum(sum(divmod(2 * one, 10)) for one in digits[1::2])
    return len(digits) == 16 and (sum(digits[::2]) + doubled) % 10 == 0


@pytest.mark.parametrize(
    ("kind", "maker", "right", "least"),
    [
        ("iban", "iban", _iban_is_right, 0.88),
        ("nir", "nir", _nir_is_right, 0.7),
        ("card", "pan", _card_is_right, 0.75),
    ],
)
def test_most_values_with_a_check_pass_it_and_some_are_typed_wrong(kind, maker, right, least):
    chance = veiled.Random(7)
    made = [value(chance, kind, maker, person(chance, "")) for _ in range(400)]

    assert least * 400 < sum(map(right, made)) < 400


def test_numbers_are_said_as_they_are_said():
    said = {number: veiled.spoken(number) for number in (8, 17, 21, 71, 75, 80, 81, 91, 98)}

    assert list(said.values()) == [
        "huit",
        "dix-sept",
        "vingt et un",
        "soixante et onze",
        "soixante-quinze",
        "quatre-vingts",
        "quatre-vingt-un",
        "quatre-vingt-onze",
        "quatre-vingt-dix-huit",
    ]
    assert len(drawn(veiled.Random(1), "??-###-??")) == 9
