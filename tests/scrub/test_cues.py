"""What words announce near a token, and the number it is part of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.scrub.cues import NONE, announced, cue, numbers, weight
from vigie.scrub.reading import features, tokens


@pytest.mark.parametrize(
    ("word", "announces"),
    [
        ("passeport", "paper"),
        ("digicodes", "lock"),
        ("instagramm", "account"),
        ("immatriculee", "vehicle"),
        ("domiciliee", "home"),
        ("candelabre", "public"),
        ("euros", "unit"),
        ("mandarine", NONE),
    ],
)
def test_a_word_announces_by_its_stem(word: str, announces: str):
    assert cue(word) == announces


CAPITALS = 3 * "X"


@pytest.mark.parametrize(
    ("low", "shape", "adds"),
    [
        ("4512", "999", (4, 0)),
        ("douze", "xxx", (2, 0)),
        ("et", "xx", (0, 0)),
        ("b", "X", (0, 1)),
        ("bravo", "xxx", (0, 1)),
        ("abc", CAPITALS, (0, 3)),
        ("les", CAPITALS, (0, 0)),
        ("porte", "xxx", (0, 0)),
    ],
)
def test_what_a_word_adds_to_a_number(low: str, shape: str, adds: tuple[int, int]):
    assert weight(low, shape) == adds


def _numbers(text: str) -> dict[str, str]:
    read = tokens(text)
    glued = [bool(at) and one.start == read[at - 1].end for at, one in enumerate(read)]
    said = numbers([one.low for one in read], [one.shape for one in read], glued)
    return {one.low: number for one, number in zip(read, said, strict=True)}


def test_a_number_in_groups_spelled_or_glued_is_read_as_one():
    told = _numbers("carte 12 AB-345 perdue, 26ab00417 vu, douze b trente pour 7 jours")
    assert told["carte"] == told["perdue"] == told["vu"] == NONE
    assert told["12"] == told["345"] == "d5l2"
    assert told["00417"] == "d7l2"
    assert told["trente"] == "d4l1"
    assert told["7"] == NONE  # a digit alone is no number of anybody


def test_what_was_announced_is_told_with_its_distance_and_ends_far_off():
    far = ["paper", *[NONE] * 14, "lock"]
    told = announced(far)
    assert told[0] == (NONE, NONE, NONE)
    assert told[1][0] == "paper1"
    assert told[5][0] == "paper2"
    assert told[12][0] == "paper3"
    assert told[13][0] == NONE
    assert told[14][2] == "lock1"
    assert told[10][2] == "lock2"
    assert announced(["paper", "lock", "lock", NONE])[3] == ("lock1", "paper1", NONE)


@given(st.text(max_size=40))
def test_every_token_of_every_text_is_said_something_about(text: str):
    read = tokens(text)
    said = features(text, read)
    assert len(said) == len(read)
    assert all(any(one.startswith("q=") for one in here) for here in said)
