"""What words announce near a token, and the number, typed or said, that a token is part of."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from vigie.privacy.shape import PARTS
from vigie.privacy.words import load_words

NONE = "-"
_FAR, _CLOSE, _NEAR = 12, 3, 7
_AHEAD = 6
_SHORT = 3
_SIGNS = frozenset("-./*,#_:")
_COUNT = re.compile(rf"(?:{PARTS['counts']})", re.IGNORECASE)
_SPELLED = re.compile(rf"(?:{PARTS['spelled']})", re.IGNORECASE)
_JOINS = frozenset(("tiret", "comme", "point", "puis", "slash", "barre"))


@lru_cache(maxsize=1)
def _stems() -> tuple[dict[str, str], dict[str, str], tuple[int, ...]]:
    """Return the class of each whole word, of each stem, and how long stems are, longest first."""
    whole: dict[str, str] = {}
    stems: dict[str, str] = {}
    listed = tomllib.loads(files("vigie.scrub").joinpath("cues.toml").read_text("utf-8"))
    for name, words in listed.items():
        for word in words.split():
            if word.endswith("*"):
                stems.setdefault(word[:-1], name)
            else:
                whole.setdefault(word, name)
    return whole, stems, tuple(sorted({len(stem) for stem in stems}, reverse=True))


@lru_cache(maxsize=20_000)
def cue(low: str) -> str:
    """Return what a word announces (``paper``, ``lock`` …), or ``-``.

    Args:
        low: The word in small letters, without accents.
    """
    whole, stems, lengths = _stems()
    if low in whole:
        return whole[low]
    for length in lengths:
        name = stems.get(low[:length])
        if name is not None:
            return name
    return NONE


@lru_cache(maxsize=20_000)
def weight(low: str, shape: str) -> tuple[int, int]:
    """Return how many digits and letters a word adds to a number; nothing: it is part of none."""
    if low.isdecimal():
        return len(low), 0
    if len(low) == 1 and low.isalpha():
        return 0, 1
    if _COUNT.fullmatch(low):
        return (0 if low == "et" else 2 if len(low) > 1 else 1), 0
    if _SPELLED.fullmatch(low):
        return 0, 1
    if len(low) <= _SHORT and shape.isalpha() and shape.isupper():
        return (0, 0) if low in load_words().short else (0, len(low))
    return 0, 0


def numbers(lows: Sequence[str], shapes: Sequence[str], glued: Sequence[bool]) -> list[str]:
    """Say of each token which number it is part of: ``d9l2`` has nine digits and two letters.

    Args:
        lows: The tokens in small letters.
        shapes: Their shapes.
        glued: Whether a token stands against the one before.
    """
    told = [NONE] * len(lows)
    start, end, digits, letters = 0, -1, 0, 0
    for place, low in enumerate(lows):
        more, spelled = weight(low, shapes[place])
        if not more and not spelled and low.isalpha() and len(low) <= _SHORT:
            beside = glued[place] and place and lows[place - 1].isdecimal()
            ahead = place + 1 < len(lows) and glued[place + 1] and lows[place + 1].isdecimal()
            spelled = len(low) if beside or ahead else 0
        if more or spelled:
            if end < 0:
                start, digits, letters = place, 0, 0
            digits, letters, end = digits + more, letters + spelled, place
        elif end >= 0 and low not in _SIGNS and low not in _JOINS:
            _tell(told, start, end, digits, letters)
            end = -1
    if end >= 0:
        _tell(told, start, end, digits, letters)
    return told


def _tell(told: list[str], start: int, end: int, digits: int, letters: int) -> None:
    if digits + letters > 1:
        said = f"d{min(digits, 16)}l{min(letters, 6)}"
        told[start : end + 1] = [said] * (end + 1 - start)


def announced(cues: Sequence[str]) -> list[tuple[str, str, str]]:
    """Say of each token what was announced last, what before that, and what comes next.

    Each with how far off it stands: ``lock1`` is within three tokens, ``lock2`` within seven.

    Args:
        cues: What each token announces.
    """
    ahead = [NONE] * len(cues)
    name, at = NONE, 0
    for place in range(len(cues) - 1, -1, -1):
        if name != NONE and at - place <= _AHEAD:
            ahead[place] = f"{name}{1 if at - place <= _CLOSE else 2}"
        if cues[place] != NONE:
            name, at = cues[place], place
    told: list[tuple[str, str, str]] = []
    last, before = (NONE, -_FAR), (NONE, -_FAR)
    for place, here in enumerate(cues):
        told.append((_off(last, place), _off(before, place), ahead[place]))
        if here != NONE:
            before = last if last[0] != here else before
            last = (here, place)
    return told


def _off(known: tuple[str, int], place: int) -> str:
    name, at = known
    far = place - at
    if name == NONE or far > _FAR:
        return NONE
    return f"{name}{1 if far <= _CLOSE else 2 if far <= _NEAR else 3}"
