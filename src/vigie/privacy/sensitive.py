"""Words of a text that say a person's opinions, religion, union, health, origin or sexual life.

Law PM-4 (GDPR 9, directive 2016/680 art. 10). A lexicon, ``sensitive.toml``: it misses some and
says how many (the generated page ``scrubber.md``).
"""

from __future__ import annotations

import re
import string
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files

_TABLE = tomllib.loads(files("vigie.privacy").joinpath("sensitive.toml").read_text("utf-8"))
_HINTS = {name: tuple(text.split()) for name, text in _TABLE.pop("hints").items()}
SHORT = 3
"""Hints no longer than this are whole words."""
_WHOLE = {name: {hint for hint in hints if len(hint) <= SHORT} for name, hints in _HINTS.items()}
_STARTS = {name: tuple(set(_HINTS[name]) - _WHOLE[name]) for name in _HINTS}
_ANY_WHOLE = {hint for hints in _WHOLE.values() for hint in hints}
_ANY_START = tuple({hint for hints in _STARTS.values() for hint in hints})
_PLAIN = str.maketrans(
    "àâäáãçéèêëíìîïñóòôöõúùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ’", "aaaaaceeeeiiiinooooouuuuyAAACEEEEIIOOUUU'"
)
_NO_LETTER = str.maketrans(dict.fromkeys(string.punctuation + string.digits + "«»…–—\xa0", " "))
SENSITIVE = "[sensible]"
SENSITIVE_CLASSES = tuple(_TABLE)


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return the passages of some classes as one pattern, a group for each class."""
    said = (rf"(?P<{name}>\b(?:{'|'.join(_TABLE[name].strip().splitlines())}))" for name in names)
    return re.compile("|".join(said), re.IGNORECASE)


def _hinted(words: set[str]) -> tuple[str, ...]:
    """Return the classes that words hint at; most texts hint at none, and are told so fast."""
    if not (words & _ANY_WHOLE or any(word.startswith(_ANY_START) for word in words)):
        return ()
    return tuple(
        name
        for name in SENSITIVE_CLASSES
        if words & _WHOLE[name] or any(word.startswith(_STARTS[name]) for word in words)
    )


def mask_sensitive(text: str) -> tuple[str, Counter[str]]:
    """Return a text with ``[sensible]`` for each sensitive passage, and how many of each class."""
    plain, found = text.translate(_PLAIN), Counter[str]()
    names = _hinted(set(plain.lower().translate(_NO_LETTER).split()))
    if not names:
        return text, found
    pieces: list[str] = []
    done = 0
    for match in _pattern(names).finditer(plain):
        found[match.lastgroup or ""] += 1
        pieces += (text[done : match.start()], SENSITIVE)
        done = match.end()
    return "".join(pieces) + text[done:], found
