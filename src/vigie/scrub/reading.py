"""How the tagger reads a text: its words, and what each says about itself and its neighbours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.privacy.words import load_words

_MARKS = "|".join(re.escape(mark) for mark in PLACEHOLDERS.values())
_TOKEN = re.compile(rf"{_MARKS}|[^\W\d_]+|\d+|[^\w\s]|_|\n")
_SHAPE = {
    code: "X" if chr(code).isupper() else "x" if chr(code).islower() else "9"
    for code in range(0x180)
    if chr(code).isalpha() or chr(code).isdecimal()
}
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
        shape: Its letters as ``X`` and ``x``, its digits as ``9``, long runs cut to three.
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


def _token(found: re.Match[str]) -> Token:
    word = found[0]
    if len(word) > 1 and word[0] == "[":
        return Token(*found.span(), _MARK, _MARK, "")
    low = _bare(word.lower())
    shape = word.translate(_SHAPE)
    if len(shape) > _SHORT:
        shape = _LONG_RUN.sub(r"\1\1\1", shape)
    return Token(*found.span(), low, shape, _lists().get(low, ""))


def tokens(text: str) -> list[Token]:
    """Cut a text into its words, numbers, signs and marks."""
    return [_token(found) for found in _TOKEN.finditer(text)]


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
    return [_said(read, place, case) for place in range(len(read))]


def _said(read: Sequence[Token], place: int, case: str) -> list[str]:
    here = read[place]
    low, shape, known = here.low, here.shape, here.known
    first = shape[:2] + case
    said = [
        f"w={low}",
        f"s={shape}{case}",
        f"p={low[:3]}",
        f"x={low[-3:]}",
        f"y={low[-2:]}",
        f"l={min(len(low), 9)}",
        f"k={known}|{first}",
    ]
    for step in (-2, -1, 1, 2):
        beside = place + step
        if 0 <= beside < len(read):
            other = read[beside]
            said.append(f"w{step}={other.low}")
            said.append(f"s{step}={other.shape}")
            said.append(f"k{step}={other.known}{other.shape[:1]}")
        else:
            said.append(f"w{step}=^")
    if place:
        before = read[place - 1]
        said.append(f"b={before.low}|{shape}")
        said.append(f"g={here.start > before.end}")
        said.append(f"kk={before.known}|{known}|{first}")
        if place > 1:
            said.append(f"t={read[place - 2].low}|{before.low}|{shape}")
    behind = {
        token.low for token in read[max(0, place - _REACH) : place] if len(token.low) >= _SHORT
    }
    said.extend(f"c={word}" for word in sorted(behind))
    if not place or read[place - 1].low in ".\n":
        said.append("start")
    return said
