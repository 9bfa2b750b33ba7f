"""How the tagger reads a text: its words, and what each says about itself and its neighbours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.privacy.words import load_words
from vigie.scrub.cues import NONE, announced, cue, numbers
from vigie.scrub.rows import placed

_MARKS = "|".join(re.escape(mark) for mark in PLACEHOLDERS.values())
_TOKEN = re.compile(rf"{_MARKS}|[^\W\d_]+|\d+|[^\w\s]|_|[\n\t]")
_SHAPE = {
    code: "X" if chr(code).isupper() else "x" if chr(code).islower() else "9"
    for code in range(0x180)
    if chr(code).isalpha() or chr(code).isdecimal()
}
_RUN = re.compile(r"[^\W\d_]+|\d+|[\W_]")
_LONGEST = 12
_LONG_RUN = re.compile(r"(.)\1{2,}")
_MARK = "@mark"
_REACH = 7
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, a sign, or a mark that the rules have left.

    Attributes:
        start: Where it begins in the text.
        end: Where it ends.
        low: In small letters without accents; ``@mark`` for a mark.
        shape: Its letters as ``X`` and ``x``, its digits as ``9``, long runs cut to three; a mark's
            is the mark.
        known: A letter for each list of the kernel that has the word.
    """

    start: int
    end: int
    low: str
    shape: str
    known: str

    @property
    def is_mark(self) -> bool:
        """Whether the rules have put it there."""
        return self.low == _MARK

    @property
    def is_word(self) -> bool:
        """Whether it has letters or digits."""
        return self.low.isalnum()


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    """Return for each word of the kernel's lists a letter for each list that has it."""
    words = load_words()
    known: dict[str, str] = {}
    for name, listed in (
        ("G", words.given),
        ("F", words.surnames),
        ("C", words.ordinary),
        ("M", words.common - words.ordinary),
        ("A", words.announces),
        ("P", words.places),
        ("V", words.civilities),
        ("T", words.titles),
        ("R", words.grades),
        ("E", words.eponyms),
        ("S", words.short),
    ):
        for word in listed:
            known[word] = known.get(word, "") + name
    return known


def _bare(word: str) -> str:
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFD", word)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


@lru_cache(maxsize=20_000)
def _word(word: str) -> tuple[str, str, str]:
    """Return a word in small letters without accents, its shape, and the lists that have it."""
    if len(word) > 1 and word[0] == "[":
        return _MARK, word, ""
    low = _bare(word.lower())
    shape = word.translate(_SHAPE)
    if len(shape) > _SHORT:
        shape = _LONG_RUN.sub(r"\1\1\1", shape)
    return low, shape, _lists().get(low, "")


def tokens(text: str) -> list[Token]:
    """Cut a text into its words, numbers, signs and marks."""
    return [Token(*found.span(), *_word(found[0])) for found in _TOKEN.finditer(text)]


def _case(text: str) -> str:
    """Return ``U`` where all is in capitals, ``L`` where nothing is; neither tells a name."""
    return "U" if text.upper() == text else "L" if text.lower() == text else ""


def features(text: str, read: Sequence[Token]) -> list[list[str]]:
    """Say of each token of a text what the tagger weighs, as short strings.

    Args:
        text: The text.
        read: Its tokens.
    """
    case = _case(text)
    glued = [bool(place) and here.start == read[place - 1].end for place, here in enumerate(read)]
    lows = [here.low for here in read]
    told = announced([cue(low) for low in lows])
    said = numbers(lows, [here.shape for here in read], glued)
    chunks = _chunks(text, read, glued)
    where = placed(text, read)
    around = [_beside(here.low, here.shape, here.known) for here in read]
    return [
        [
            *_own(here.low, here.shape, here.known, case),
            *_neighbours(around, place),
            *_before(read, place, case, glued[place]),
            *_announced(told[place], said[place], chunks[place], here.shape),
            *where[place],
        ]
        for place, here in enumerate(read)
    ]


@lru_cache(maxsize=20_000)
def _own(low: str, shape: str, known: str, case: str) -> tuple[str, ...]:
    first = shape[:2] + case
    return (
        f"w={low}",
        f"s={shape}{case}",
        f"p={low[:3]}",
        f"x={low[-3:]}",
        f"y={low[-2:]}",
        f"l={min(len(low), 9)}",
        f"k={known}|{first}",
    )


@lru_cache(maxsize=20_000)
def _beside(low: str, shape: str, known: str) -> dict[int, tuple[str, ...]]:
    """Return what a token says to those two or one before it, and one or two behind it."""
    return {
        step: (f"w{step}={low}", f"s{step}={shape}", f"k{step}={known}{shape[:1]}")
        for step in (-2, -1, 1, 2)
    }


def _neighbours(around: Sequence[dict[int, tuple[str, ...]]], place: int) -> list[str]:
    said: list[str] = []
    for step in (-2, -1, 1, 2):
        beside = place + step
        if 0 <= beside < len(around):
            said.extend(around[beside][step])
        else:
            said.append(f"w{step}=^")
    return said


def _before(read: Sequence[Token], place: int, case: str, glued: bool) -> list[str]:
    if not place:
        return ["start"]
    here, before = read[place], read[place - 1]
    said = [
        f"b={before.low}|{here.shape}",
        f"g={not glued}",
        f"kk={before.known}|{here.known}|{here.shape[:2]}{case}",
    ]
    if place > 1:
        said.append(f"t={read[place - 2].low}|{before.low}|{here.shape}")
    behind = {
        token.low for token in read[max(0, place - _REACH) : place] if len(token.low) >= _SHORT
    }
    said.extend(f"c={word}" for word in sorted(behind))
    if before.low in ".\n":
        said.append("start")
    return said


def _announced(told: tuple[str, str, str], number: str, chunk: str, shape: str) -> list[str]:
    """Say what was announced, together with the number or the written run a token is part of."""
    last, older, ahead = told
    said = [f"q={last}", f"qo={older}", f"qa={ahead}"]
    if number != NONE:
        said += (f"n={number}", f"qn={last}|{number}", f"on={older}|{number}")
        said.append(f"an={ahead}|{number}")
    else:
        said.append(f"qs={last}|{shape[:3]}")
    if chunk:
        said += (f"h={chunk}", f"qh={last}|{chunk}", f"ah={ahead}|{chunk}")
    return said


def _chunks(text: str, read: Sequence[Token], glued: Sequence[bool]) -> list[str]:
    """Say of each token how what stands there without a blank is written: ``9.2 a2 9.5``."""
    told: list[str] = []
    start = 0
    for place in range(1, len(read) + 1):
        if place < len(read) and glued[place]:
            continue
        many = place - start > 1
        shown = _written(text[read[start].start : read[place - 1].end]) if many else ""
        told += [shown] * (place - start)
        start = place
    return told


@lru_cache(maxsize=20_000)
def _written(chunk: str) -> str:
    """Return how a run is written: letters, digits and signs, how many of each up to five."""
    shown = ""
    for run in _RUN.finditer(chunk):
        sign = run[0][0]
        kind = "9" if sign.isdecimal() else "a" if sign.isalpha() else sign
        shown += kind + (str(min(len(run[0]), 5)) if kind in "a9" else "")
    return shown[:_LONGEST]
